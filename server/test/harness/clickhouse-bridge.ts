import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createGunzip, gzipSync } from 'node:zlib'
import { Session } from 'chdb'

/**
 * ClickHouse's HTTP interface over chdb, so that the network client runs against the real engine in every test run
 * (clickhouse.com/docs/interfaces/http). One statement runs at a time: settings and parameters are set on chdb's one
 * session, and reset after it, where a server has them for each request.
 */
export interface ClickHouseBridge {
  /** With the user and password that the bridge asks for. */
  readonly url: string
  /** Requests that it answered, for tests that count them. */
  requests(): number
  close(): Promise<void>
}

export interface BridgeOptions {
  /** chdb's data folder; the process must have no other open. */
  readonly folder: string
  readonly user?: string
  readonly password?: string
  /** Created if it is not there. */
  readonly database?: string
}

const version = '26.7.2.1'
// The server's default for http_max_uri_size is 1 MiB; Node's is 16 KB.
const headerBytesMax = 1024 * 1024

/** URL parameters that are not settings. */
const notSettings = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'session_id',
  'user',
  'password',
  'role',
  'compress',
  'decompress',
])
/** Settings of the HTTP layer, which chdb does not know. */
const httpSettings = new Set([
  'enable_http_compression',
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
])

class Failure extends Error {
  readonly code: number
  readonly status: number
  constructor(code: number, status: number, message: string) {
    super(message)
    this.code = code
    this.status = status
  }
}

const quote = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const identifier = /^\w+$/

interface Statement {
  readonly sql: string
  readonly params: [string, string][]
  readonly settings: [string, string][]
  readonly format: string
  readonly database: string
}

async function bodyOf(request: IncomingMessage): Promise<{ body: string; form: FormData | null }> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'gzip') throw new Failure(36, 400, `Unknown compression method: ${encoding}`)
  const body = await text(encoding === 'gzip' ? request.pipe(createGunzip()) : request)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return { body, form: null }
  return { body: '', form: await new Response(body, { headers: { 'content-type': type } }).formData() }
}

async function statementOf(request: IncomingMessage, url: URL, defaultDatabase: string): Promise<Statement> {
  const { body, form } = await bodyOf(request)
  const entries: [string, string][] = [
    ...url.searchParams,
    ...[...(form ?? [])].map(([name, value]): [string, string] => [name, String(value)]),
  ]
  const query = entries.find(([name]) => name === 'query')?.[1] ?? ''
  // As the server does: the statement is the parameter and then the body, so that an insert has its data in the body.
  const sql = query !== '' && body !== '' ? `${query}\n${body}` : query + body
  if (sql.trim() === '') throw new Failure(62, 400, 'Syntax error: Empty query')
  const named = (name: string) => entries.find(([key]) => key === name)?.[1]
  return {
    sql,
    params: entries.filter(([name]) => name.startsWith('param_')),
    settings: entries.filter(([name]) => !name.startsWith('param_') && !notSettings.has(name) && !httpSettings.has(name)),
    format: named('default_format') ?? 'TabSeparated',
    database: named('database') ?? defaultDatabase,
  }
}

/** What the engine said, as the server would answer it. */
function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error
  const message = error instanceof Error ? error.message : String(error)
  const code = Number(/Code: (\d+)/.exec(message)?.[1] ?? 1002)
  const exception = message.replace(/^[\s\S]*?DB::Exception: /, '').trim()
  // Unknown table and database are 404, what the client wrote wrong is 400, the rest 500.
  const status = [60, 81].includes(code) ? 404 : [6, 27, 36, 38, 41, 46, 47, 53, 62, 70, 386].includes(code) ? 400 : 500
  return new Failure(code, status, exception)
}

export async function startClickHouseBridge(options: BridgeOptions): Promise<ClickHouseBridge> {
  const { folder, user = 'default', password = '', database = 'default' } = options
  mkdirSync(folder, { recursive: true })
  const session = new Session(folder)
  if (!identifier.test(database)) throw new Error(`${database} is not a database name`)
  await session.queryAsync(`create database if not exists ${database}`)
  let requests = 0
  let last: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work, work)
    last = result.catch(() => {})
    return result
  }

  async function execute({
    sql,
    params,
    settings,
    format,
    database: wanted,
  }: Statement): Promise<{ bytes: Uint8Array; rows: number; elapsed: number }> {
    for (const [name] of [...params, ...settings]) if (!identifier.test(name)) throw new Failure(115, 400, `Unknown setting '${name}'`)
    if (!identifier.test(wanted)) throw new Failure(81, 404, `Database ${wanted} does not exist`)
    const set = [...params, ...settings].map(([name, value]) => `set ${name} = ${quote(value)}`)
    const reset = settings.map(([name]) => `set ${name} = default`)
    return inTurn(async () => {
      await session.queryAsync(`use ${wanted}`)
      try {
        for (const one of set) await session.queryAsync(one)
        const result = await session.queryAsync(sql, { format })
        return { bytes: result.bytes(), rows: result.rowsRead, elapsed: result.elapsed }
      } finally {
        for (const one of reset) await session.queryAsync(one)
        await session.queryAsync('use default')
      }
    })
  }

  function authenticate(request: IncomingMessage, url: URL): void {
    const basic = Buffer.from(request.headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString('utf8')
    const header = (name: string) => (typeof request.headers[name] === 'string' ? request.headers[name] : undefined)
    const given =
      header('x-clickhouse-user') ?? url.searchParams.get('user') ?? (basic === '' ? 'default' : basic.slice(0, basic.indexOf(':')))
    const key = header('x-clickhouse-key') ?? url.searchParams.get('password') ?? (basic === '' ? '' : basic.slice(basic.indexOf(':') + 1))
    if (given !== user || key !== password)
      throw new Failure(
        516,
        403,
        `${given}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)`,
      )
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://bridge')
    const common = {
      'x-clickhouse-server-display-name': 'bridge',
      'x-clickhouse-query-id': url.searchParams.get('query_id') ?? randomUUID(),
      'x-clickhouse-timezone': 'UTC',
    }
    try {
      if (url.pathname === '/ping') {
        response.writeHead(200, { ...common, 'content-type': 'text/html; charset=UTF-8' }).end('Ok.\n')
        return
      }
      if (url.pathname !== '/') throw new Failure(0, 404, `There is no handle ${url.pathname}`)
      authenticate(request, url)
      const statement = await statementOf(request, url, 'default')
      // The server lets GET read only.
      if (request.method === 'GET' && /^\s*(insert|create|alter|drop|truncate|delete)\b/i.test(statement.sql))
        throw new Failure(164, 500, 'Cannot execute query in readonly mode. (READONLY)')
      const { bytes, rows, elapsed } = await execute(statement)
      const summary = {
        read_rows: String(rows),
        read_bytes: '0',
        written_rows: '0',
        written_bytes: '0',
        total_rows_to_read: '0',
        result_rows: '0',
        result_bytes: String(bytes.length),
        elapsed_ns: String(Math.round(elapsed * 1e9)),
      }
      const packed =
        url.searchParams.get('enable_http_compression') === '1' && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
      response.writeHead(200, {
        ...common,
        'content-type': statement.format.startsWith('JSON')
          ? 'application/json; charset=UTF-8'
          : 'text/tab-separated-values; charset=UTF-8',
        'x-clickhouse-format': statement.format,
        'x-clickhouse-summary': JSON.stringify(summary),
        ...(packed ? { 'content-encoding': 'gzip' } : {}),
      })
      response.end(packed ? gzipSync(bytes) : bytes)
    } catch (error) {
      const { code, status, message } = failureOf(error)
      request.resume()
      response.writeHead(status, { ...common, 'content-type': 'text/plain; charset=UTF-8', 'x-clickhouse-exception-code': String(code) })
      response.end(`Code: ${code}. DB::Exception: ${message}${message.includes('(version') ? '' : ` (version ${version})`}\n`)
    }
  }

  const server: Server = createServer({ maxHeaderSize: headerBytesMax }, (request, response) => {
    requests++
    void answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const login = password === '' && user === 'default' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`
  return {
    url: `http://${login}127.0.0.1:${port}/${database === 'default' ? '' : database}`,
    requests: () => requests,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await last
      session.close()
    },
  }
}
