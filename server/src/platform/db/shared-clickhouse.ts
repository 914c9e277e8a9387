import { randomBytes, timingSafeEqual } from 'node:crypto'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { deserialize, serialize } from 'node:v8'
import { type ClickHouse, TooLarge } from './clickhouse.ts'

// The embedded ClickHouse has one owner; other processes of ours on the same machine reach it through that one. Values cross as V8
// writes them, numbers in columns as they lie. Only who knows the secret of the data folder is let in, on loopback alone.

export interface SharedClickHouse {
  readonly url: string
  readonly secret: string
}

type Method = 'query' | 'insert' | 'insertRows' | 'command' | 'column' | 'blocks' | 'stream'
interface Call {
  readonly method: Method
  readonly args: readonly unknown[]
}
type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'rows'; readonly rows: readonly object[] }
  | { readonly kind: 'error'; readonly message: string; readonly tooLarge: boolean }

const secretHeader = 'x-chaoxi-secret'
const callBytesMax = 256 * 1024 ** 2
const headBytes = 4

function frame(answer: Answer): Buffer {
  const body = serialize(answer)
  const head = Buffer.alloc(headBytes)
  head.writeUInt32LE(body.length)
  return Buffer.concat([head, body])
}

const isOurs = (given: string | string[] | undefined, secret: string): boolean =>
  typeof given === 'string' && given.length === secret.length && timingSafeEqual(Buffer.from(given), Buffer.from(secret))

/** Lets other processes in. What is owed to the tables is written before they read, as for ourselves. */
export async function shareClickHouse(clickhouse: ClickHouse): Promise<SharedClickHouse & { close(): Promise<void> }> {
  const secret = randomBytes(32).toString('hex')

  async function perform({ method, args }: Call, response: ServerResponse): Promise<Answer> {
    // Both ends are this file, so the arguments are those of the method.
    if (method === 'stream') {
      const [work, text, params] = args as Parameters<ClickHouse['stream']>
      await clickhouse.stream(work, text, params, (rows) => response.write(frame({ kind: 'rows', rows })))
      return { kind: 'value', value: undefined }
    }
    const call = clickhouse[method] as (...given: readonly unknown[]) => Promise<unknown>
    return { kind: 'value', value: await call(...args) }
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOurs(message.headers[secretHeader], secret) || Number(message.headers['content-length'] ?? Number.NaN) > callBytesMax) {
      message.resume()
      response.writeHead(403).end()
      return
    }
    try {
      const call: Call = deserialize(await buffer(message))
      response.end(frame(await perform(call, response)))
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      response.end(frame({ kind: 'error', message, tooLarge: error instanceof TooLarge }))
    }
  }

  const server = createServer((message, response) => void answer(message, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the shared ClickHouse has no port')
  return {
    url: `http://127.0.0.1:${address.port}/`,
    secret,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const connectionsMax = 16
const callTimeoutMs = 600_000

/** The ClickHouse of the process that shares it. */
export function openSharedClickHouse({ url, secret }: SharedClickHouse): ClickHouse {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax })
  const hooks: (() => Promise<void>)[] = []

  function send(call: Call): Promise<IncomingMessage> {
    const body = serialize(call)
    const headers = { 'content-length': body.length, [secretHeader]: secret }
    return new Promise((resolve, reject) => {
      const out = request(url, { method: 'POST', agent, headers, timeout: callTimeoutMs }, resolve)
      out.once('timeout', () => out.destroy(new Error(`the shared ClickHouse did not answer within ${callTimeoutMs} ms`)))
      out.once('error', (error) => reject(new Error(`the process that has ClickHouse does not answer: ${error.message}`, { cause: error })))
      out.end(body)
    })
  }

  async function call(method: Method, args: readonly unknown[], take: (rows: readonly object[]) => void = () => {}): Promise<unknown> {
    if (method !== 'insert' && method !== 'insertRows' && method !== 'command') for (const hook of hooks) await hook()
    const response = await send({ method, args })
    if (response.statusCode !== 200) {
      response.resume()
      throw new Error(`the process that has ClickHouse answered ${response.statusCode}`)
    }
    let rest = Buffer.alloc(0)
    let last: Answer | null = null
    for await (const chunk of response) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      while (rest.length >= headBytes && rest.length >= headBytes + rest.readUInt32LE(0)) {
        const end = headBytes + rest.readUInt32LE(0)
        const found: Answer = deserialize(rest.subarray(headBytes, end))
        rest = rest.subarray(end)
        if (found.kind === 'rows') take(found.rows)
        else last = found
      }
    }
    if (last === null) throw new Error('the process that has ClickHouse hung up')
    if (last.kind === 'error') throw last.tooLarge ? new TooLarge(last.message) : new Error(last.message)
    return last.kind === 'value' ? last.value : undefined
  }

  return {
    database: 'default',
    beforeRead: (hook) => void hooks.push(hook),
    query: async <Row extends object>(...args: Parameters<ClickHouse['query']>) => (await call('query', args)) as Row[],
    insert: async (...args) => void (await call('insert', args)),
    insertRows: async (...args) => void (await call('insertRows', args)),
    command: async (...args) => void (await call('command', args)),
    column: async (...args) => (await call('column', args)) as Awaited<ReturnType<ClickHouse['column']>>,
    blocks: async (...args) => (await call('blocks', args)) as Awaited<ReturnType<ClickHouse['blocks']>>,
    stream: async (work, text, params, take) => void (await call('stream', [work, text, params], (rows) => take(rows as never))),
    async close() {
      agent.destroy()
    },
  }
}
