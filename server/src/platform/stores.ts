import { join } from 'node:path'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { type ClickHouse, openClickHouseServer } from './db/clickhouse.ts'
import { openEmbeddedClickHouse } from './db/embedded-clickhouse.ts'
import { startEmbeddedPostgres } from './db/embedded-postgres.ts'
import { migrateClickHouse, migratePostgres, readMigrations } from './db/migrate.ts'
import { type Db, openPostgres, sql } from './db/postgres.ts'
import type { Logger } from './log.ts'

export interface Stores {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly postgresUrl: string
  close(): Promise<void>
}

const migrations = join(import.meta.dirname, '../../migrations')
const databaseName = 'chaoxi'

/** Opens both stores, embedded or by address, and brings their schema up to date. */
export async function openStores(config: Config, clock: Clock, log: Logger): Promise<Stores> {
  const closers: (() => Promise<void>)[] = []
  const close = async () => {
    for (const closer of closers.reverse()) await closer()
  }
  try {
    let url = config.databaseUrl
    if (url === null) {
      const server = await startEmbeddedPostgres(join(config.dataFolder, 'postgres'), log)
      closers.push(() => server.stop())
      await server.ensureDatabase(databaseName)
      url = server.url(databaseName)
    }
    const db = openPostgres(url, log)
    closers.push(() => db.close())
    await db.one(sql`select 1`).catch((error: unknown) => {
      throw new Error(`PostgreSQL does not answer (DATABASE_URL): ${error instanceof Error ? error.message : String(error)}`)
    })
    await migratePostgres(db, clock, readMigrations(join(migrations, 'postgres')))

    const clickhouse =
      config.clickhouseUrl === null
        ? openEmbeddedClickHouse(join(config.dataFolder, 'clickhouse'))
        : openClickHouseServer(config.clickhouseUrl)
    closers.push(() => clickhouse.close())
    await clickhouse.query('interactive', 'select 1').catch((error: unknown) => {
      throw new Error(`ClickHouse does not answer (CLICKHOUSE_URL): ${error instanceof Error ? error.message : String(error)}`)
    })
    const address = config.clickhouseUrl === null ? null : new URL(config.clickhouseUrl)
    const credentials = address?.username
      ? { user: decodeURIComponent(address.username), password: decodeURIComponent(address.password) }
      : null
    await migrateClickHouse(clickhouse, clock, readMigrations(join(migrations, 'clickhouse')), credentials)
    return { db, clickhouse, postgresUrl: url, close }
  } catch (error) {
    await close()
    throw error
  }
}
