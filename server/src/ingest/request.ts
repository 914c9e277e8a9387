import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AppError, batchBytesMax } from '@chaoxi/contract'
import type { Context } from 'hono'

const unzip = promisify(gunzip)

/** The body as text, unpacked, within the limits. */
export async function readText(c: Context): Promise<string> {
  const declared = Number(c.req.header('content-length') ?? 0)
  const tooLarge = () => new AppError('body_too_large', `A request takes at most ${batchBytesMax / 1024} KB; split the batch`)
  if (declared > batchBytesMax) throw tooLarge()
  const bytes = Buffer.from(await c.req.arrayBuffer())
  if (bytes.length > batchBytesMax) throw tooLarge()
  if (c.req.header('content-encoding') !== 'gzip') return bytes.toString('utf8')
  try {
    return (await unzip(bytes, { maxOutputLength: batchBytesMax })).toString('utf8')
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge()
    throw new AppError('invalid_request', 'The body says gzip but does not unpack; send valid gzip or leave Content-Encoding out')
  }
}

/** Where the request came from, kept with each event as evidence (consent) and for analysis. */
export function contextOf(c: Context): Record<string, unknown> {
  const ip = c.req.header('x-forwarded-for')?.split(',', 1)[0]?.trim() ?? ipOfSocket(c)
  const userAgent = c.req.header('user-agent')
  return { ...(ip ? { ip } : {}), ...(userAgent ? { userAgent } : {}) }
}

function ipOfSocket(c: Context): string | undefined {
  const incoming: unknown = c.env?.incoming
  if (typeof incoming !== 'object' || incoming === null || !('socket' in incoming)) return undefined
  const { socket } = incoming
  return typeof socket === 'object' && socket !== null && 'remoteAddress' in socket && typeof socket.remoteAddress === 'string'
    ? socket.remoteAddress
    : undefined
}
