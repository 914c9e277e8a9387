import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Chaoxi, startChaoxi } from '../../server/src/boot.ts'
import type { Clock } from '../../server/src/platform/clock.ts'
import { readConfig } from '../../server/src/platform/config.ts'
import type { ClickHouse } from '../../server/src/platform/db/clickhouse.ts'
import { migratePostgres, readMigrations } from '../../server/src/platform/db/migrate.ts'
import { type Db, openPostgres, sql } from '../../server/src/platform/db/postgres.ts'
import { createLogger } from '../../server/src/platform/log.ts'
import { openStores, type Stores } from '../../server/src/platform/stores.ts'
import { postgresUrlOf, serverEnvironment } from './processes.ts'

/** The whole program in this process, its loops in our hand and its clock where we put it. */
export interface Program {
  readonly chaoxi: Chaoxi
  /** The stores without what stands between them and the program. */
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock & { set(now: number): void }
  /** Another one with a database of its own on the same PostgreSQL, the same clock and the same ClickHouse. */
  beside(database: string): Promise<Program>
  close(): Promise<void>
}

/** What stands between the program and its stores, if anything. */
export interface Meters {
  clickhouse(inner: ClickHouse): ClickHouse
  db(inner: Db): Db
}

/** When we end before our time: the embedded server is a process of its own and would live on. */
function stopPostgres(folder: string): void {
  try {
    process.kill(Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGINT')
  } catch {
    // It is gone already.
  }
}

function movableClock(start: number): Program['clock'] {
  let at = start
  return {
    now: () => at,
    set(next) {
      at = next
    },
  }
}

export async function openProgram(folder: string, now: number, meters: Meters): Promise<Program> {
  const config = readConfig({ ...serverEnvironment(folder), CHAOXI_LOG_LEVEL: 'warn' })
  const clock = movableClock(now)
  const log = createLogger(config.logLevel)
  const stores = await openStores(config, clock, log)
  const open = async (own: Pick<Stores, 'db' | 'clickhouse'>, inner: Db, end: () => Promise<void>): Promise<Program> => {
    const chaoxi = await startChaoxi(config, { clock, stores: own, manualLoops: true })
    return {
      chaoxi,
      db: inner,
      clickhouse: stores.clickhouse,
      clock,
      async beside(database) {
        await stores.db.run({ strings: [`create database ${database}`], values: [] })
        const other = openPostgres(postgresUrlOf(folder, database), log)
        await migratePostgres(other, clock, readMigrations(join(import.meta.dirname, '../../server/migrations/postgres')))
        // Nothing was cut off there: without this it would read all events of the one ClickHouse.
        const at = new Date(clock.now())
        await other.run(sql`
          insert into ingest_checkpoint (flush, received_at, items_received_at) values (nextval('flush_numbers'), ${at}, ${at})`)
        return open({ db: meters.db(other), clickhouse: own.clickhouse }, other, () => other.close())
      },
      async close() {
        await chaoxi.stop()
        await end()
      },
    }
  }
  const endPostgres = () => stopPostgres(folder)
  process.once('exit', endPostgres)
  return open({ db: meters.db(stores.db), clickhouse: meters.clickhouse(stores.clickhouse) }, stores.db, async () => {
    await stores.close()
    process.off('exit', endPostgres)
  })
}
