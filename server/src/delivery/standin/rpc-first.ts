import type { IncomingMessage, RequestListener } from 'node:http'
import { bodyMax, type StandIn } from './index.ts'

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  let body = ''
  for await (const piece of request.setEncoding('utf8')) {
    body += piece
    if (body.length > bodyMax) return null
  }
  return body
}

/** Answers calls of the provider's protocol without the web's request objects, which cost as much as all the rest of a call. */
export function rpcFirst(path: string, rpc: StandIn['rpc'], otherwise: RequestListener): RequestListener {
  return async (request, response) => {
    const url = request.url ?? ''
    const mark = url.indexOf('?')
    if (request.method !== 'POST' || mark < 0 || url.slice(0, mark) !== path) return otherwise(request, response)
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    try {
      const body = await bodyOf(request)
      if (body === null) return answer(413, { Code: 'RequestTooLarge', Message: `more than ${bodyMax} bytes` })
      const { status, body: said } = await rpc({
        method: request.method,
        path,
        query: Object.fromEntries(new URLSearchParams(url.slice(mark + 1))),
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        body,
      })
      answer(status, said)
    } catch (error) {
      answer(500, { Code: 'InternalError', Message: String(error) })
    }
  }
}
