import { expect } from 'vitest'
import { type Db, sql } from '../../src/platform/db/postgres.ts'
import type { DefinitionOf } from './journey-checks.ts'
import type { Outcome, RunRow } from './journey-outcome.ts'

/** When everything is at rest: whatever is due in a live journey is decided, and whoever waits does so for a decision that is ahead. */
export async function checkContestsAtRest(db: Db, workspace: number, now: number, definitionOf: DefinitionOf): Promise<void> {
  const open = await db.many<{ node_id: string }>(sql`
    select t.node_id from journey_contests t join journeys j on j.workspace_id = t.workspace_id and j.id = t.journey_id
    where t.workspace_id = ${workspace} and j.status = 'live' and t.decided_at is null and t.due_at <= ${new Date(now)}`)
  expect(open, 'splits that are due and not decided').toEqual([])
  const waiting = await db.many<RunRow & { decided: boolean | null }>(sql`
    select r.*, t.decided_at is not null as decided from journey_runs r
    join journeys j on j.workspace_id = r.workspace_id and j.id = r.journey_id
    left join journey_contests t on t.workspace_id = r.workspace_id and t.journey_id = r.journey_id and t.version = r.version and t.node_id = r.node_id
    where r.workspace_id = ${workspace} and r.state = 'waiting' and j.status = 'live'`)
  for (const run of waiting) {
    const node = definitionOf(run).nodes.find((one) => one.id === run.node_id)
    if (node?.kind === 'split') expect(run.decided, `${run.id} waits at ${run.node_id} for what is decided`).not.toBe(true)
  }
}

/**
 * Each way that chance or a decision led to is written down once for the run, whoever was led by a decision went where it says, and nobody
 * was sent to a winner before there was one. Answers how many were decided.
 */
export async function checkContests(db: Db, workspace: number, { steps, runs }: Outcome, definitionOf: DefinitionOf): Promise<number> {
  const arms = await db.many<{ node_id: string; version: number; run_id: string; way: string; how: string; at: Date }>(sql`
    select * from journey_arms where workspace_id = ${workspace}`)
  const contests = await db.many<{
    journey_id: string
    node_id: string
    version: number
    decided_at: Date | null
    way: string | null
    looks: number
  }>(sql`select * from journey_contests where workspace_id = ${workspace}`)
  const byId = new Map(runs.map((run) => [run.id, run]))
  for (const step of steps) {
    const run = byId.get(step.run_id)
    if (!run || step.outcome !== 'passed') continue
    const { kind } = definitionOf({ ...run, version: step.version }).nodes.find((one) => one.id === step.node_id) ?? {}
    if (kind !== 'split' && kind !== 'holdout') continue
    const own = arms.filter((arm) => arm.run_id === run.id && arm.node_id === step.node_id && arm.version === step.version)
    expect(
      own.map((arm) => arm.way),
      `${run.id} at ${step.node_id}`,
    ).toEqual([step.details.way])
  }
  for (const { how, way, at, run_id, node_id, version } of arms) {
    if (how !== 'winner') continue
    const run = byId.get(run_id)
    const contest = contests.find((one) => one.journey_id === run?.journey_id && one.node_id === node_id && one.version === version)
    expect(contest?.way, `${run_id} at ${node_id}`).toBe(way)
    expect(contest?.decided_at?.getTime() ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(at.getTime())
  }
  for (const { looks, decided_at } of contests) expect(looks).toBe(decided_at === null ? 0 : 1)
  return contests.filter((one) => one.decided_at !== null).length
}
