import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { systemClock } from '../../src/platform/clock.ts'
import { startEmbeddedPostgres } from '../../src/platform/db/embedded-postgres.ts'
import { migratePostgres, readMigrations } from '../../src/platform/db/migrate.ts'
import { openPostgres } from '../../src/platform/db/postgres.ts'
import { createLog } from './log.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
    scratchFolder: string
  }
}

export const templateDatabase = 'chaoxi_template'

// What a crash would lose is of no interest here; the tests that crash start the program itself.
const forTests = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }

/** One real PostgreSQL for the whole run, with a migrated template that every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const scratch = mkdtempSync(join(tmpdir(), 'chaoxi-test-'))
  const log = createLog()
  const server = await startEmbeddedPostgres(join(scratch, 'postgres'), log, forTests)
  await server.ensureDatabase(templateDatabase)
  const db = openPostgres(server.url(templateDatabase), log)
  await migratePostgres(db, systemClock, readMigrations(join(import.meta.dirname, '../../migrations/postgres')))
  await db.close()
  project.provide('postgresUrl', server.url('postgres'))
  project.provide('scratchFolder', scratch)
  return async () => {
    await server.stop()
    rmSync(scratch, { recursive: true, force: true })
  }
}
