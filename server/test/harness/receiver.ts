import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { z } from 'zod'

// A system outside, on a port of its own: it checks signatures by itself, as the standard says, and answers as a test wants.

const told = z.looseObject({
  type: z.string(),
  timestamp: z.string(),
  node: z.string().nullable(),
  person: z.object({ id: z.number(), userId: z.string().nullable() }).nullable(),
  data: z.record(z.string(), z.unknown()),
})

export interface Receipt extends z.infer<typeof told> {
  readonly id: string
  /** By each of the secrets that it was asked to know. */
  readonly signed: readonly boolean[]
  readonly headers: IncomingHttpHeaders
}

export interface Answering {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string | object
  /** Nothing is answered before. */
  readonly after?: Promise<void>
}

export interface Receiver {
  readonly url: string
  readonly receipts: Receipt[]
  /** What the next ones are answered, one each; then 200 with nothing. */
  readonly script: Answering[]
  readonly secrets: string[]
  /** Resolves when so many have come in all. */
  came(count: number): Promise<void>
  close(): Promise<void>
}

function isSigned(secret: string, headers: IncomingHttpHeaders, body: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given } = headers
  const expected = createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(`${id}.${at}.${body}`)
    .digest()
  return String(given)
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice(3), 'base64'))
    .some((one) => one.length === expected.length && timingSafeEqual(one, expected))
}

export async function openReceiver(): Promise<Receiver> {
  const receipts: Receipt[] = []
  const script: Answering[] = []
  const secrets: string[] = []
  let watching: { count: number; done: () => void }[] = []

  async function answer(response: ServerResponse): Promise<void> {
    const { status = 200, headers = {}, body = '', after } = script.shift() ?? {}
    await after
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  }

  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { headers } = request
      const signed = secrets.map((secret) => isSigned(secret, headers, body))
      receipts.push({ ...told.parse(JSON.parse(body)), id: String(headers['webhook-id']), signed, headers })
      for (const one of watching.filter(({ count }) => receipts.length >= count)) one.done()
      watching = watching.filter(({ count }) => receipts.length < count)
      void answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook`,
    receipts,
    script,
    secrets,
    came: (count) => (receipts.length >= count ? Promise.resolve() : new Promise((done) => void watching.push({ count, done }))),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
