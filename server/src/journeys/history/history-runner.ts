import type { EngineDeps } from '../deps.ts'
import { toRun } from '../engine/run-store.ts'
import { insertHistory } from './history-store.ts'
import * as past from './past-store.ts'

/** Runs that go at once: enough for one insert into ClickHouse, few enough to be held meanwhile. */
const batchSize = 2_000
const entriesForgottenMax = 5_000
const dayMs = 86_400_000

export interface HistoryRunner {
  /** Takes a batch of long-ended runs into history; answers whether there may be more. */
  run(): Promise<boolean>
}

/**
 * Ended runs go to ClickHouse with their stories when they have been over for `runsKeptDays`. They are on disk there before
 * the transaction that forgets them here commits; a crash between the two brings the same row again, which replaces itself.
 */
export function createHistoryRunner(deps: Pick<EngineDeps, 'db' | 'clickhouse' | 'clock' | 'runsKeptDays' | 'tasks'>): HistoryRunner {
  const { db, clickhouse, clock, runsKeptDays, tasks } = deps
  return {
    async run() {
      const until = new Date(clock.now() - runsKeptDays * dayMs)
      const count = await db.tx(async (tx) => {
        const rows = await past.claimEnded(tx, until, new Date(clock.now()), batchSize)
        for (const [workspaceId, own] of Map.groupBy(rows, (row) => row.workspace_id)) {
          await insertHistory(clickhouse, await past.withStories(tx, workspaceId, own))
          await past.forget(tx, workspaceId, own.map(toRun))
          await tasks.forget(
            tx,
            workspaceId,
            own.map((row) => row.id),
          )
        }
        return rows.length
      })
      const forgotten = await past.forgetArchivedEntries(db, entriesForgottenMax)
      return count === batchSize || forgotten === entriesForgottenMax
    },
  }
}
