import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { inject } from 'vitest'
import { systemClock } from '../../src/platform/clock.ts'
import type { ClickHouse } from '../../src/platform/db/clickhouse.ts'
import { openEmbeddedClickHouse } from '../../src/platform/db/embedded-clickhouse.ts'
import { migrateClickHouse, readMigrations } from '../../src/platform/db/migrate.ts'
import { type Db, openPostgres, sql } from '../../src/platform/db/postgres.ts'
import { createIds, type Ids } from '../../src/platform/ids.ts'
import { createLoops, type Loops } from '../../src/platform/jobs/loops.ts'
import type { Logger } from '../../src/platform/log.ts'
import { createMetrics, type Metrics } from '../../src/platform/metrics.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { templateDatabase } from './global-setup.ts'
import { createLog } from './log.ts'
import { createRandomBytes } from './random.ts'

/** Real stores of a test file's own, with a clock that the test moves. Call in `beforeAll`; `close` in `afterAll`. */
export interface TestStores {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: TestClock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  readonly loops: Loops
  readonly postgresUrl: string
  /** A folder that goes with the test run. */
  readonly scratchFolder: string
  /** Makes an empty workspace and answers its id. */
  createWorkspace(timeZone?: string): Promise<number>
  close(): Promise<void>
}

/** A database of this file's own, copied from the migrated template. */
export async function createTestDatabase(): Promise<string> {
  const name = `t_${randomBytes(6).toString('hex')}`
  const admin = openPostgres(inject('postgresUrl'), createLog(), { connectionsMax: 1 })
  try {
    // Copying fails while another file copies the same template, so they take turns.
    const held = await admin.hold()
    await held.query.run(sql`select pg_advisory_lock(727002)`)
    await held.query.run({ strings: [`create database ${name} template ${templateDatabase}`], values: [] })
    held.release()
  } finally {
    await admin.close()
  }
  return inject('postgresUrl').replace(/\/postgres$/, `/${name}`)
}

export async function createTestClickHouse(): Promise<ClickHouse> {
  // A test file is a process, and a process has one chdb folder: so a file has a ClickHouse of its own.
  const clickhouse = openEmbeddedClickHouse(join(inject('scratchFolder'), `clickhouse-${process.pid}`))
  await migrateClickHouse(clickhouse, systemClock, readMigrations(join(import.meta.dirname, '../../migrations/clickhouse')), null)
  return clickhouse
}

/** Settings a new workspace has; the program's own default is in workspaces/. */
const settings = { quietHours: { start: '21:00', end: '08:00' }, marketingCap: { max: 3, hours: 24 } }

export async function createTestStores(seed = 1): Promise<TestStores> {
  const [postgresUrl, clickhouse] = await Promise.all([createTestDatabase(), createTestClickHouse()])
  const log = createLog()
  const clock = createTestClock()
  const metrics = createMetrics()
  const db = openPostgres(postgresUrl, log)
  return {
    db,
    clickhouse,
    clock,
    log,
    metrics,
    postgresUrl,
    scratchFolder: join(inject('scratchFolder'), `data-${process.pid}`),
    ids: createIds(clock, createRandomBytes(seed)),
    loops: createLoops({ log, metrics }),
    async createWorkspace(timeZone = 'Asia/Shanghai') {
      const row = await db.one<{ id: number }>(sql`
        insert into workspaces (name, time_zone, settings, created_at)
        values ('Test', ${timeZone}, ${JSON.stringify(settings)}, ${new Date(clock.now())}) returning id`)
      if (!row) throw new Error('no workspace')
      return row.id
    },
    async close() {
      await db.close()
      await clickhouse.close()
    },
  }
}
