import type { Run } from '../core/run.ts'
import type { EngineDeps } from '../deps.ts'
import { type GoalRow, goalsOfRun } from '../engine/goal-store.ts'
import { findRun, listRuns, listSteps, type RunFilter, type StepRow } from '../engine/run-store.ts'
import { findPastRun, listPastRuns } from './history-store.ts'
import { type PastGoal, pastRuns } from './past-store.ts'

/** Runs wherever they are: in PostgreSQL, or in history. */
export interface History {
  /** Newest first; `before` is the last id of the page before. */
  list(workspaceId: number, journeyId: string, filter: RunFilter, before: string | null, limit: number): Promise<Run[]>
  find(workspaceId: number, journeyId: string, id: string): Promise<{ run: Run; steps: StepRow[]; goals: readonly PastGoal[] } | null>
}

export function createHistory({ db, clickhouse }: Pick<EngineDeps, 'db' | 'clickhouse'>): History {
  const hasPast = async (workspaceId: number, journeyId: string) => (await pastRuns(db, workspaceId, [journeyId])).size > 0
  return {
    async list(workspaceId, journeyId, filter, before, limit) {
      const here = await listRuns(db, workspaceId, journeyId, filter, before, limit)
      const inside = filter.state === 'active' || filter.state === 'waiting'
      if (inside || !(await hasPast(workspaceId, journeyId))) return here
      const past = await listPastRuns(clickhouse, workspaceId, journeyId, filter, before, limit)
      // One that went between the two questions is in both answers, or, just written and not forgotten yet, in both stores.
      const all = new Map([...past, ...here].map((run) => [run.id, run]))
      return [...all.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit)
    },
    async find(workspaceId, journeyId, id) {
      const run = await findRun(db, workspaceId, journeyId, id)
      if (run) return { run, steps: await listSteps(db, workspaceId, id), goals: (await goalsOfRun(db, workspaceId, id)).map(goalOf) }
      return (await hasPast(workspaceId, journeyId)) ? findPastRun(clickhouse, workspaceId, journeyId, id) : null
    },
  }
}

const goalOf = ({ goal, event, node_id, reached_at, money_fen }: GoalRow): PastGoal => ({
  ...{ goal, event, nodeId: node_id, at: reached_at.toISOString(), moneyFen: money_fen, variants: {} },
})
