import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Logger } from '../log.ts'

/** A statement with its bound values. Nest one in another: the numbering is done at the end. */
export interface Sql {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
}

/** `sql\`select … where id = ${id}\``: values are bound, never spliced. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  return { strings, values }
}

function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && 'strings' in value && 'values' in value
}

function print(statement: Sql, values: unknown[]): string {
  let text = statement.strings[0] ?? ''
  statement.values.forEach((value, i) => {
    if (isSql(value)) text += print(value, values)
    else text += `$${values.push(value)}`
    text += statement.strings[i + 1] ?? ''
  })
  return text
}

/** Runs statements: the pool, or one transaction. Row types are the caller's word for what its statement selects. */
export interface Queryable {
  many<Row extends object>(statement: Sql): Promise<Row[]>
  /** The first row, or null. */
  one<Row extends object>(statement: Sql): Promise<Row | null>
  /** Rows that the statement changed. */
  run(statement: Sql): Promise<number>
}

export interface Tx extends Queryable {
  /** Marks that this is a transaction, so that a function can ask for one by type. */
  readonly transaction: true
}

export interface Db extends Queryable {
  /** Commits when `work` resolves, rolls back when it throws. Serialisation failures and deadlocks are tried again (at most 5 times). */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** A connection of its own for as long as the program lives (advisory locks). */
  hold(): Promise<{ query: Queryable; release(): void }>
  close(): Promise<void>
}

// int8 as a number: our counts, fen and person ids stay below 2^53, and a larger one is a bug that must be seen.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`bigint ${text} does not fit a number`)
  return value
})

const retryable = new Set(['40001', '40P01'])
const triesMax = 5

interface Client {
  query(config: { name?: string; text: string; values: unknown[] }): Promise<pg.QueryResult>
}

function queryable(client: Client, prepared: boolean): Queryable {
  const execute = (statement: Sql) => {
    const values: unknown[] = []
    const text = print(statement, values)
    // Several commands in one text cannot be prepared, and have no values.
    const name = prepared && values.length > 0 ? { name: createHash('sha256').update(text).digest('base64url') } : {}
    return client.query({ ...name, text, values })
  }
  return {
    many: async <Row extends object>(statement: Sql) => (await execute(statement)).rows as Row[],
    one: async <Row extends object>(statement: Sql) => ((await execute(statement)).rows[0] as Row | undefined) ?? null,
    run: async (statement) => (await execute(statement)).rowCount ?? 0,
  }
}

export interface PostgresOptions {
  readonly connectionsMax?: number
  /** Each connection keeps its statements: for many small ones, whose planning costs more than they do. */
  readonly prepared?: boolean
}

export function openPostgres(url: string, log: Logger, { connectionsMax = 12, prepared = false }: PostgresOptions = {}): Db {
  const pool = new pg.Pool({ connectionString: url, max: connectionsMax })
  // An idle connection errors when the server goes; without a listener that would end the process.
  let closing = false
  pool.on('error', (error) => {
    if (!closing) log.warn({ message: error.message, code: postgresCode(error) }, 'postgres connection lost')
  })

  // One in use errors too, between two statements; the next one on it then fails, which its caller hears.
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug({ message: error.message }, 'postgres connection lost while in use'))
  })

  async function attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    let broken = false
    try {
      await client.query('begin')
      const result = await work({ ...queryable(client, prepared), transaction: true })
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch(() => {
        broken = true
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    ...queryable(pool, prepared),
    async tx(work) {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(work)
        } catch (error) {
          const code = error instanceof pg.DatabaseError ? error.code : undefined
          if (code === undefined || !retryable.has(code) || tries >= triesMax) throw error
        }
      }
    },
    async hold() {
      const client = await pool.connect()
      return { query: queryable(client, false), release: () => client.release(true) }
    },
    close: () => {
      closing = true
      return pool.end()
    },
  }
}

/** The error code of a PostgreSQL failure (`23505` = unique violation), or null. */
export function postgresCode(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null
}
