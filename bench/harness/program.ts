import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Chaoxi, startChaoxi } from '../../server/src/boot.ts'
import type { Clock } from '../../server/src/platform/clock.ts'
import { readConfig } from '../../server/src/platform/config.ts'
import type { ClickHouse } from '../../server/src/platform/db/clickhouse.ts'
import type { Db } from '../../server/src/platform/db/postgres.ts'
import { createLogger } from '../../server/src/platform/log.ts'
import { openStores } from '../../server/src/platform/stores.ts'
import { serverEnvironment } from './processes.ts'

/** The whole program in this process, its loops in our hand and its clock where we put it. */
export interface Program {
  readonly chaoxi: Chaoxi
  /** The stores without what stands between them and the program. */
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock & { set(now: number): void }
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
  const stores = await openStores(config, clock, createLogger(config.logLevel))
  const between = { db: meters.db(stores.db), clickhouse: meters.clickhouse(stores.clickhouse) }
  const chaoxi = await startChaoxi(config, { clock, stores: between, manualLoops: true })
  const endPostgres = () => stopPostgres(folder)
  process.once('exit', endPostgres)
  return {
    chaoxi,
    db: stores.db,
    clickhouse: stores.clickhouse,
    clock,
    async close() {
      await chaoxi.stop()
      await stores.close()
      process.off('exit', endPostgres)
    },
  }
}
