import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { settleArms } from '../contests/contest-store.ts'
import type { Run } from '../core/run.ts'
import { newsAgeMaxMs } from '../engine/listeners.ts'
import { columns, type RunRow, toRun } from '../engine/run-store.ts'

// What PostgreSQL lets go of, and what it keeps of it.

export interface EndedRun {
  readonly run: Run
  /** Ms since 1970. */
  readonly endedAt: number
  /** The lines of its story, as JSON. */
  readonly story: string
  /** What of it is counted, and when each was (ms). */
  readonly marks: readonly { readonly mark: number; readonly at: number }[]
  readonly goals: readonly PastGoal[]
}

/** A goal that the run reached. */
export interface PastGoal {
  readonly goal: string
  readonly event: string
  readonly nodeId: string | null
  readonly at: string
  readonly moneyFen: number | null
  readonly variants: Readonly<Record<string, string>>
}

/**
 * Locks runs that ended before `until`, the longest ended first, without those that another one has in hand, whose deed is not done, or
 * that may still reach a goal.
 */
export async function claimEnded(tx: Tx, until: Date, now: Date, limit: number): Promise<(RunRow & { updated_at: Date })[]> {
  return tx.many<RunRow & { updated_at: Date }>(sql`
    select ${columns}, updated_at from journey_runs r
    where state not in ('active', 'waiting') and updated_at < ${until}
      and not exists (select from journey_deeds d where d.workspace_id = r.workspace_id and d.run_id = r.id)
      and not exists (select from journey_listens l where l.workspace_id = r.workspace_id and l.journey_id = r.journey_id
        and l.version = r.version and r.updated_at + (l.goal_ms + ${newsAgeMaxMs}::bigint) * interval '1 millisecond' >= ${now})
    order by updated_at limit ${limit} for update skip locked`)
}

/** With their stories, of one workspace. */
export async function withStories(tx: Tx, workspaceId: number, rows: readonly (RunRow & { updated_at: Date })[]): Promise<EndedRun[]> {
  const ids = rows.map((row) => row.id)
  const stories = await tx.many<{ id: string; story: string; marks: EndedRun['marks'] }>(sql`
    select asked.id, s.story, m.marks from unnest(${ids}::text[]) as asked (id)
    cross join lateral (
      select jsonb_agg(line order by one.seq, place)::text as story from journey_steps one
      cross join lateral jsonb_array_elements(one.steps) with ordinality as lines (line, place)
      where one.workspace_id = ${workspaceId} and one.run_id = asked.id offset 0) s
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_object('mark', mark, 'at', round(extract(epoch from one.at) * 1000)::bigint)), '[]'::jsonb) as marks
      from journey_steps one cross join lateral unnest(one.marks) as mark
      where one.workspace_id = ${workspaceId} and one.run_id = asked.id offset 0) m
    where s.story is not null`)
  const storyOf = new Map(stories.map((row) => [row.id, row]))
  const reached = await tx.many<PastGoal & { runId: string }>(sql`
    select run_id as "runId", goal, event, node_id as "nodeId", to_char(reached_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
      money_fen as "moneyFen", variants
    from journey_goals where workspace_id = ${workspaceId} and run_id = any(${ids}::text[]) order by run_id, reached_at, goal`)
  const goalsOf = Map.groupBy(reached, (row) => row.runId)
  return rows.map((row) => {
    const { story = '[]', marks = [] } = storyOf.get(row.id) ?? {}
    const goals = (goalsOf.get(row.id) ?? []).map(({ runId: _, ...goal }) => goal)
    return { run: toRun(row), endedAt: row.updated_at.getTime(), story, marks, goals }
  })
}

/** Forgets runs of one workspace that this transaction holds, but for when each person came in last and how many they were. */
export async function forget(tx: Tx, workspaceId: number, runs: readonly Run[]): Promise<void> {
  const ids = runs.map((run) => run.id)
  await tx.run(sql`
    insert into journey_past_entries (workspace_id, person_id, journey_id, entered_at)
    select ${workspaceId}, person_id, journey_id, max(entered_at)
    from unnest(${runs.map((run) => run.personId)}::bigint[], ${runs.map((run) => run.journeyId)}::text[],
      ${runs.map((run) => new Date(run.enteredAt))}::timestamptz[]) as gone (person_id, journey_id, entered_at)
    group by person_id, journey_id order by person_id, journey_id
    on conflict (workspace_id, person_id, journey_id) do update
      set entered_at = greatest(journey_past_entries.entered_at, excluded.entered_at)`)
  await settleArms(tx, workspaceId, runs)
  await forgetGoals(tx, workspaceId, ids)
  await tx.run(sql`delete from journey_steps where workspace_id = ${workspaceId} and run_id = any(${ids}::text[])`)
  await tx.run(sql`delete from journey_runs where workspace_id = ${workspaceId} and id = any(${ids}::text[])`)
  await tx.run(sql`
    insert into journey_past_runs (workspace_id, journey_id, version, runs)
    select ${workspaceId}, journey_id, version, count(*)
    from unnest(${runs.map((run) => run.journeyId)}::text[], ${runs.map((run) => run.version)}::int[]) as gone (journey_id, version)
    group by journey_id, version order by journey_id, version
    on conflict (workspace_id, journey_id, version) do update set runs = journey_past_runs.runs + excluded.runs`)
}

/** Of goals that the runs reached the sums stay. */
async function forgetGoals(tx: Tx, workspaceId: number, runIds: readonly string[]): Promise<void> {
  const own = sql`workspace_id = ${workspaceId} and run_id = any(${runIds}::text[])`
  await tx.run(sql`
    insert into journey_past_goals (workspace_id, journey_id, goal, version, node_id, way, reached, money_fen, last_at)
    select ${workspaceId}, journey_id, goal, version, node_id, way, count(*), coalesce(sum(money_fen), 0), max(reached_at) from (
      select journey_id, goal, version, coalesce(node_id, '') as node_id, '' as way, money_fen, reached_at from journey_goals where ${own}
      union all
      select journey_id, goal, version, split, taken.way, money_fen, reached_at
      from journey_goals cross join lateral jsonb_each_text(variants) as taken (split, way) where ${own}) gone
    group by journey_id, goal, version, node_id, way order by journey_id, goal, version, node_id, way
    on conflict (workspace_id, journey_id, goal, version, node_id, way) do update set
      reached = journey_past_goals.reached + excluded.reached, money_fen = journey_past_goals.money_fen + excluded.money_fen,
      last_at = greatest(journey_past_goals.last_at, excluded.last_at)`)
  await tx.run(sql`delete from journey_goals where ${own}`)
}

/** How many runs of the journeys went into history. */
export async function pastRuns(query: Queryable, workspaceId: number, journeyIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await query.many<{ journey_id: string; runs: number }>(sql`
    select journey_id, sum(runs)::bigint as runs from journey_past_runs
    where workspace_id = ${workspaceId} and journey_id = any(${journeyIds}::text[]) group by journey_id`)
  return new Map(rows.map((row) => [row.journey_id, row.runs]))
}

/** Of the journeys, those that the person was in by a run that went into history. */
export async function movePastEntries(tx: Tx, workspaceId: number, from: number, into: number): Promise<Set<string>> {
  await tx.run(sql`
    insert into journey_past_entries (workspace_id, person_id, journey_id, entered_at)
    select workspace_id, ${into}, journey_id, entered_at from journey_past_entries where workspace_id = ${workspaceId} and person_id = ${from}
    on conflict (workspace_id, person_id, journey_id) do update
      set entered_at = greatest(journey_past_entries.entered_at, excluded.entered_at)`)
  await tx.run(sql`delete from journey_past_entries where workspace_id = ${workspaceId} and person_id = ${from}`)
  const rows = await tx.many<{ journey_id: string }>(sql`
    select journey_id from journey_past_entries where workspace_id = ${workspaceId} and person_id = ${into}`)
  return new Set(rows.map((row) => row.journey_id))
}

/** Of archived journeys nobody asks who was in them before; answers how many entries were forgotten. */
export function forgetArchivedEntries(query: Queryable, limit: number): Promise<number> {
  return query.run(sql`
    delete from journey_past_entries where (workspace_id, person_id, journey_id) in (
      select p.workspace_id, p.person_id, p.journey_id from journey_past_entries p
      join journeys j on j.workspace_id = p.workspace_id and j.id = p.journey_id
      where j.status = 'archived' limit ${limit})`)
}
