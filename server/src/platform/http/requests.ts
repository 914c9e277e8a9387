import { AppError } from '@chaoxi/contract'
import type { Context } from 'hono'

/** Largest body of a request to the console's API: a replayed event and a journey of 200 nodes fit with room. */
export const apiBodyBytesMax = 2 * 1024 * 1024

/** Bytes of the body, refused with `body_too_large` as soon as they are more than `bytesMax`, however they are sent. */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array> {
  const tooLarge = () => new AppError('body_too_large', `The body is larger than ${bytesMax} bytes`)
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge()
  if (!request.body) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > bytesMax) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The body as JSON; nothing at all is an empty object, so that an endpoint without a body needs none. */
export async function readJson(request: Request, bytesMax: number = apiBodyBytesMax): Promise<unknown> {
  const bytes = await readBody(request, bytesMax)
  if (bytes.byteLength === 0) return {}
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const message = error instanceof SyntaxError ? error.message : 'it is not UTF-8 text'
    throw new AppError('invalid_request', 'The body is not JSON', [{ path: 'body', message }])
  }
}

/** Address of the peer. Proxies' headers are not believed: anybody can send them. */
export function ipOf(c: Context): string {
  const incoming: unknown = c.env?.incoming
  if (typeof incoming !== 'object' || incoming === null || !('socket' in incoming)) return 'unknown'
  const { socket } = incoming
  if (typeof socket !== 'object' || socket === null || !('remoteAddress' in socket)) return 'unknown'
  return String(socket.remoteAddress)
}

const bearer = /^bearer +(\S+)$/i

export function bearerOf(c: Context): string | null {
  return bearer.exec(c.req.header('authorization') ?? '')?.[1] ?? null
}

/**
 * Whether a page of another site may have caused this request in a signed-in browser. Browsers say where a request
 * comes from: in Sec-Fetch-Site (over https and on localhost), and in Origin with every write. A program sends neither.
 */
export function isCrossSite(c: Context): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const origin = c.req.header('origin')
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== c.req.header('host')
}

/** Whether the browser spoke https, to us or to the proxy in front. */
export function isSecure(c: Context): boolean {
  return c.req.header('x-forwarded-proto') === 'https' || c.req.url.startsWith('https:')
}
