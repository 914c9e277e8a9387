import type { ClickHouseClient } from '@clickhouse/client'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { type Block, readNative } from './native.ts'
import type { Layout } from './row-binary.ts'

/** What a statement is for; each class has its own budget, so that a rebuild never starves the intake. */
export type WorkClass = 'ingest' | 'live' | 'interactive' | 'batch'

const gib = 1024 ** 3

// chdb takes what memory it finds unless told (DESIGN.md), and a group by over a large history must spill to disk. Settings
// stand in the statement and not beside it: chdb's client sends those as `set` statements of their own, which cost more than
// a small insert and stay in force for whatever comes next.
const classSettings: Record<WorkClass, string> = {
  ingest: clause({ threads: 1, memory: gib / 2, seconds: 60 }),
  live: clause({ threads: 2, memory: gib / 2, seconds: 60 }),
  interactive: clause({ threads: 2, memory: gib, seconds: 30 }),
  batch: clause({ threads: 2, memory: 2 * gib, seconds: 600 }),
}

function clause({ threads, memory, seconds }: { threads: number; memory: number; seconds: number }): string {
  const settings = {
    max_threads: threads,
    max_memory_usage: memory,
    max_bytes_before_external_group_by: memory / 2,
    max_execution_time: seconds,
    // Numbers stay numbers: all our UInt64 columns hold less than 2^53.
    output_format_json_quote_64bit_integers: 0,
    // `left join` must not invent zeros that look like answers.
    join_use_nulls: 1,
  }
  return ` settings ${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')}`
}

/** An answer is larger than whoever asked can take. */
export class TooLarge extends Error {}
/** TOO_MANY_ROWS_OR_BYTES */
const tooLargeCode = '396'

export type Params = Record<string, unknown>

/** ClickHouse, in the process or over HTTP: the same client, the same SQL. Values are bound as `{name:Type}`. */
export interface ClickHouse {
  query<Row extends object>(work: WorkClass, text: string, params?: Params): Promise<Row[]>
  /** Inserts and waits until the rows are on disk. Instants are ms since 1970. */
  insert(table: string, rows: readonly object[]): Promise<void>
  /** The same for tables that are written all the time: with their columns known it costs less. */
  insertRows(layout: Layout, rows: readonly object[]): Promise<void>
  command(text: string, params?: Params): Promise<void>
  /** One UInt64 column of values below 2^53, as bytes: reading millions of them as JSON takes fifty times as long. */
  column(work: WorkClass, text: string, params?: Params): Promise<Float64Array>
  /** Columns as bytes: millions of numbers and texts. Throws `TooLarge` when ClickHouse would hold more than so many bytes of them. */
  blocks(work: WorkClass, text: string, params?: Params, bytesMax?: number): Promise<Block[]>
  /** Rows of a large answer in blocks, without holding all of them. */
  stream<Row extends object>(work: WorkClass, text: string, params: Params, take: (rows: Row[]) => void): Promise<void>
  /** Awaited before every reading of other classes than `ingest`: writes what somebody still owes to the tables. */
  beforeRead(hook: () => Promise<void>): void
  readonly database: string
  close(): Promise<void>
}

export function wrapClickHouse(client: ClickHouseClient, database: string): ClickHouse {
  const hooks: (() => Promise<void>)[] = []
  async function settle(work: WorkClass): Promise<void> {
    if (work !== 'ingest') for (const hook of hooks) await hook()
  }
  async function insert(table: string, rows: readonly object[], settings: Layout['settings'] = {}): Promise<void> {
    if (rows.length > 0) await client.insert({ table, values: rows, format: 'JSONEachRow', clickhouse_settings: settings })
  }
  async function bytesOf(query: string, params: Params): Promise<Buffer> {
    // Whether it failed is known before the first byte comes.
    const answer = await client.exec({ query, query_params: params, clickhouse_settings: { wait_end_of_query: 1 } })
    const chunks: Buffer[] = []
    for await (const chunk of answer.stream) chunks.push(chunk)
    const [only] = chunks
    return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
  }
  return {
    database,
    beforeRead: (hook) => {
      hooks.push(hook)
    },
    async query<Row extends object>(work: WorkClass, text: string, params: Params = {}) {
      await settle(work)
      const answer = await client.query({
        query: text + classSettings[work],
        format: 'JSONEachRow',
        query_params: params,
      })
      return answer.json<Row>()
    },
    insert: (table, rows) => insert(table, rows),
    insertRows: ({ table, settings }, rows) => insert(table, rows, settings),
    async command(text, params = {}) {
      await client.command({ query: text, query_params: params })
    },
    async column(work, text, params = {}) {
      await settle(work)
      const bytes = await bytesOf(`${text}${classSettings[work]} format RowBinary`, params)
      return Float64Array.from(
        { length: bytes.length / 8 },
        (_, i) => bytes.readUInt32LE(i * 8) + bytes.readUInt32LE(i * 8 + 4) * 0x1_0000_0000,
      )
    },
    async blocks(work, text, params = {}, bytesMax = 0) {
      await settle(work)
      try {
        return readNative(await bytesOf(`${text}${classSettings[work]}, max_result_bytes = ${bytesMax} format Native`, params))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === tooLargeCode) throw new TooLarge('too many bytes', { cause: error })
        throw error
      }
    },
    async stream<Row extends object>(work: WorkClass, text: string, params: Params, take: (rows: Row[]) => void) {
      await settle(work)
      const answer = await client.query({
        query: text + classSettings[work],
        format: 'JSONEachRow',
        query_params: params,
      })
      for await (const rows of answer.stream<Row>()) take(rows.map((row) => row.json<Row>()))
    },
    close: () => client.close(),
  }
}

/** A ClickHouse server or cluster: `http://user:password@host:8123/database`. */
export function openClickHouseServer(url: string): ClickHouse {
  const parsed = new URL(url)
  const database = parsed.pathname.replace(/^\//, '') || 'default'
  return wrapClickHouse(
    createClient({
      url,
      max_open_connections: 16,
      request_timeout: 600_000,
      // Failures are thrown and logged by whoever asked; long lists of ids would not fit a URL.
      log: { level: ClickHouseLogLevel.OFF },
      use_multipart_params_auto: true,
    }),
    database,
  )
}
