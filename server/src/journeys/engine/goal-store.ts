import type { Queryable, Tx } from '../../platform/db/postgres.ts'
import { sql } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'

// Goals that runs have reached.

/** Of event names, those that reach a goal of some version, with the longest time (ms) for which they count. */
export async function goalEvents(query: Queryable, workspaceId: number, names: readonly string[]): Promise<Map<string, number>> {
  if (names.length === 0) return new Map()
  const rows = await query.many<{ name: string; goal_ms: number }>(sql`
    select name, max(goal_ms)::bigint as goal_ms from journey_listens
    where workspace_id = ${workspaceId} and kind = 'event' and name = any(${names}) and goal_ms is not null group by name`)
  return new Map(rows.map((row) => [row.name, Number(row.goal_ms)]))
}

export interface NewGoal {
  readonly workspaceId: number
  readonly runId: string
  readonly goal: string
  readonly journeyId: string
  readonly version: number
  readonly personId: number
  readonly nodeId: string | null
  readonly variants: Readonly<Record<string, string>>
  readonly event: string
  readonly sourceKey: string
  readonly at: number
  readonly moneyFen: number | null
}

/** Each run reaches each goal once: the first event that does counts. */
export async function insertGoals(tx: Tx, goals: readonly NewGoal[]): Promise<void> {
  if (goals.length === 0) return
  await tx.run(sql`
    insert into journey_goals (workspace_id, run_id, goal, journey_id, version, person_id, node_id, variants, event, source_key, reached_at, money_fen)
    select "workspaceId", "runId", goal, "journeyId", version, "personId", "nodeId", variants, event, "sourceKey", at, "moneyFen"
    from jsonb_to_recordset(${jsonText(goals.map((one) => ({ ...one, at: new Date(one.at) })))}::jsonb) as row (
      "workspaceId" int, "runId" text, goal text, "journeyId" text, version int, "personId" bigint, "nodeId" text, variants jsonb, event text,
      "sourceKey" text, at timestamptz, "moneyFen" bigint)
    on conflict do nothing`)
}

export interface GoalRow {
  goal: string
  event: string
  node_id: string | null
  reached_at: Date
  money_fen: number | null
}

export function goalsOfRun(query: Queryable, workspaceId: number, runId: string): Promise<GoalRow[]> {
  return query.many<GoalRow>(sql`
    select goal, event, node_id, reached_at, money_fen from journey_goals
    where workspace_id = ${workspaceId} and run_id = ${runId} order by reached_at, goal`)
}

export interface GoalSumRow {
  goal: string
  version: number
  node_id: string | null
  /** A split and the way taken there; null: all together. */
  split: string | null
  way: string | null
  reached: number
  money_fen: number
}

/** Reached goals by version and node last passed, and by version and the way taken at each split. */
export function goalSums(query: Queryable, workspaceId: number, journeyId: string): Promise<GoalSumRow[]> {
  return query.many<GoalSumRow>(sql`
    select goal, version, node_id, null as split, null as way, count(*) as reached, coalesce(sum(money_fen), 0)::bigint as money_fen
    from journey_goals where workspace_id = ${workspaceId} and journey_id = ${journeyId} group by goal, version, node_id
    union all
    select goal, version, null, split, way, count(*), coalesce(sum(money_fen), 0)::bigint
    from journey_goals cross join lateral jsonb_each_text(variants) as taken (split, way)
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} group by goal, version, split, way
    union all
    select goal, version, case when way = '' then nullif(node_id, '') end, case when way <> '' then node_id end, nullif(way, ''),
      reached, money_fen
    from journey_past_goals where workspace_id = ${workspaceId} and journey_id = ${journeyId}
    order by goal, version, node_id, split, way`)
}

/** What runs of the one person reached is the other's now. */
export async function moveGoals(tx: Tx, workspaceId: number, from: number, into: number): Promise<void> {
  await tx.run(sql`update journey_goals set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}`)
}

/** Runs by the version that they are in, or were in when they ended. */
export function runsByVersion(query: Queryable, workspaceId: number, journeyId: string): Promise<{ version: number; runs: number }[]> {
  return query.many(sql`
    select version, sum(runs)::bigint as runs from (
      select version, count(*) as runs from journey_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId} group by version
      union all
      select version, runs from journey_past_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId}) parts
    group by version`)
}
