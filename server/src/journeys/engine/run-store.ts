import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'
import { isOver, type Run, type RunContext, type RunState, type StepOutcome, type StepRecord } from '../core/run.ts'
import { markOf } from './marks.ts'

// Runs and their steps.

export interface RunRow {
  workspace_id: number
  id: string
  journey_id: string
  version: number
  person_id: number
  state: RunState
  node_id: string
  visit: number
  wake_at: Date | null
  context: RunContext
  result: string | null
  steps: number
  tries: number
  entered_at: Date
}

export const columns = sql`workspace_id, id, journey_id, version, person_id, state, node_id, visit, wake_at, context, result, steps, tries, entered_at`

export function toRun(row: RunRow): Run {
  return {
    workspaceId: row.workspace_id,
    id: row.id,
    journeyId: row.journey_id,
    version: row.version,
    personId: row.person_id,
    state: row.state,
    nodeId: row.node_id,
    visit: row.visit,
    wakeAt: row.wake_at?.getTime() ?? null,
    context: row.context,
    result: row.result,
    steps: row.steps,
    tries: row.tries,
    enteredAt: row.entered_at.getTime(),
  }
}

async function runs(query: Queryable, statement: ReturnType<typeof sql>): Promise<Run[]> {
  return (await query.many<RunRow>(statement)).map(toRun)
}

/** Live journeys with something due, the longest overdue first: each gets its batch, so that none starves another. */
export function journeysDue(query: Queryable, now: Date, limit: number): Promise<{ workspace_id: number; id: string; wake_at: Date }[]> {
  return query.many(sql`
    select j.workspace_id, j.id, due.wake_at from journeys j
    cross join lateral (select wake_at from journey_runs r where r.workspace_id = j.workspace_id and r.journey_id = j.id
      and r.state in ('active', 'waiting') and r.wake_at <= ${now} order by r.wake_at limit 1) due
    where j.status = 'live' order by due.wake_at, j.id limit ${limit}`)
}

/** Locks what is due and nobody else has in hand, the longest overdue first. */
export function claimDue(tx: Tx, workspaceId: number, journeyId: string, now: Date, limit: number): Promise<Run[]> {
  return runs(
    tx,
    sql`select ${columns} from journey_runs
      where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state in ('active', 'waiting') and wake_at <= ${now}
      order by wake_at, id limit ${limit} for update skip locked`,
  )
}

/** The given runs, as far as they are still due and free. */
export function claimDueAmong(tx: Tx, workspaceId: number, ids: readonly string[], now: Date): Promise<Run[]> {
  return runs(
    tx,
    sql`select ${columns} from journey_runs
      where workspace_id = ${workspaceId} and id = any(${ids}) and state in ('active', 'waiting') and wake_at <= ${now}
      order by wake_at, id for update skip locked`,
  )
}

/** The given runs, locked, without those that another batch has in hand. */
export function lockRuns(tx: Tx, workspaceId: number, ids: readonly string[]): Promise<Run[]> {
  return runs(
    tx,
    sql`select ${columns} from journey_runs where workspace_id = ${workspaceId} and id = any(${ids}) order by id for update skip locked`,
  )
}

/** Those of the runs that are live, locked; `busy` are those that another batch has in hand. Waits for nobody. */
export async function lockLiveAmong(tx: Tx, workspaceId: number, ids: readonly string[]): Promise<{ live: Run[]; busy: Set<string> }> {
  const there = await tx.many<{ id: string }>(sql`
    select id from journey_runs where workspace_id = ${workspaceId} and id = any(${ids}) and state in ('active', 'waiting')`)
  const live =
    there.length === 0
      ? []
      : (
          await lockRuns(
            tx,
            workspaceId,
            there.map((row) => row.id),
          )
        ).filter((run) => !isOver(run))
  const locked = new Set(live.map((run) => run.id))
  return { live, busy: new Set(there.map((row) => row.id).filter((id) => !locked.has(id))) }
}

/** People's live runs, locked; `busy` are the people of whom another batch has a run in hand. Waits for nobody. */
export async function lockLiveRuns(tx: Tx, workspaceId: number, personIds: readonly number[]): Promise<{ live: Run[]; busy: Set<number> }> {
  const there = await tx.many<{ id: string; person_id: number }>(sql`
    select id, person_id from journey_runs
    where workspace_id = ${workspaceId} and person_id = any(${personIds}::bigint[]) and state in ('active', 'waiting')`)
  if (there.length === 0) return { live: [], busy: new Set() }
  const live = await runs(
    tx,
    sql`select ${columns} from journey_runs
      where workspace_id = ${workspaceId} and id = any(${there.map((row) => row.id)}) and state in ('active', 'waiting')
      order by id for update skip locked`,
  )
  const locked = new Set(live.map((run) => run.id))
  return { live, busy: new Set(there.filter((row) => !locked.has(row.id)).map((row) => row.person_id)) }
}

/**
 * Entries of the people into the journeys since then, each with its key (of runs in history without, and the last one only). Person by person, and nothing but the person: a planner without
 * statistics walks all runs of the journey instead.
 */
export function pastEntries(
  query: Queryable,
  workspaceId: number,
  journeyIds: readonly string[],
  personIds: readonly number[],
  since: Date,
): Promise<{ journey_id: string; person_id: number; entry_key: string; entered_at: Date }[]> {
  return query.many(sql`
    select r.journey_id, r.person_id, r.entry_key, r.entered_at from unnest(${personIds}::bigint[]) as asked (id)
    cross join lateral (select journey_id, person_id, entry_key, entered_at from journey_runs
      where workspace_id = ${workspaceId} and person_id = asked.id offset 0) r
    where r.journey_id = any(${journeyIds}) and r.entered_at >= ${since}
    union all
    select p.journey_id, p.person_id, '' as entry_key, p.entered_at from unnest(${personIds}::bigint[]) as asked (id)
    cross join lateral (select journey_id, person_id, entered_at from journey_past_entries
      where workspace_id = ${workspaceId} and person_id = asked.id offset 0) p
    where p.journey_id = any(${journeyIds}) and p.entered_at >= ${since}`)
}

/** Runs of the people that are over, and were not yet before `since`. Person by person, as above. */
export function overRuns(tx: Tx, workspaceId: number, personIds: readonly number[], since: Date): Promise<Run[]> {
  return runs(
    tx,
    sql`select r.* from unnest(${personIds}::bigint[]) as asked (id)
      cross join lateral (select ${columns} from journey_runs where workspace_id = ${workspaceId} and person_id = asked.id
        and state not in ('active', 'waiting') and updated_at >= ${since} offset 0) r`,
  )
}

/** Puts in runs as far as they have come; answers the ids that are new: an entry key that is there already starts nothing again. */
export async function insertRuns(tx: Tx, runs: readonly Run[], now: Date): Promise<Set<string>> {
  if (runs.length === 0) return new Set()
  const rows = await tx.many<{ id: string }>(sql`
    insert into journey_runs (workspace_id, id, journey_id, version, person_id, entry_key, state, node_id, visit, wake_at, context,
      result, steps, tries, entered_at, updated_at)
    select "workspaceId", id, "journeyId", version, "personId", context->'trigger'->>'sourceKey', state, "nodeId", visit, "wakeAt", context,
      result, steps, tries, ${now}, ${now}
    from jsonb_to_recordset(${jsonText(runs.map(runRow))}::jsonb) as row (
      "workspaceId" int, id text, "journeyId" text, version int, "personId" bigint, state text, "nodeId" text, visit int,
      "wakeAt" timestamptz, context jsonb, result text, steps int, tries int)
    on conflict do nothing returning id`)
  return new Set(rows.map((row) => row.id))
}

const runRow = (run: Run) => ({ ...run, wakeAt: run.wakeAt === null ? null : new Date(run.wakeAt) })

/** Writes runs that this transaction holds. */
export async function updateRuns(tx: Tx, runs: readonly Run[], now: Date): Promise<void> {
  if (runs.length === 0) return
  await tx.run(sql`
    update journey_runs r set version = row.version, state = row.state, node_id = row."nodeId", visit = row.visit, wake_at = row."wakeAt",
      context = row.context, result = row.result, steps = row.steps, tries = row.tries, updated_at = ${now}
    from jsonb_to_recordset(${jsonText(runs.map(runRow))}::jsonb) as row (
      "workspaceId" int, id text, version int, state text, "nodeId" text, visit int, "wakeAt" timestamptz, context jsonb, result text, steps int,
      tries int)
    where r.workspace_id = row."workspaceId" and r.id = row.id`)
}

export interface Story {
  readonly run: Run
  readonly steps: readonly StepRecord[]
}

/** The lines of each move, as one row. */
export async function insertSteps(tx: Tx, moves: readonly Story[]): Promise<void> {
  const rows = moves.flatMap(({ run, steps }) => {
    const [first] = steps
    if (!first) return []
    const lines = steps.map(({ nodeId, at, outcome, details }) => ({ nodeId, at: new Date(at), outcome, details }))
    return { workspaceId: run.workspaceId, runId: run.id, seq: first.seq, lines, at: new Date(first.at), marks: marksOf(run, steps) }
  })
  if (rows.length === 0) return
  await tx.run(sql`
    insert into journey_steps (workspace_id, run_id, seq, steps, at, marks)
    select "workspaceId", "runId", seq, lines, at, marks
    from jsonb_to_recordset(${jsonText(rows)}::jsonb) as row ("workspaceId" int, "runId" text, seq int, lines jsonb, at timestamptz, marks bigint[])`)
}

/** As the counters count: a node's own, and the way out of it. */
function marksOf({ workspaceId, journeyId, version: own }: Run, steps: readonly StepRecord[]): number[] {
  return [
    ...new Set(
      steps.flatMap(({ nodeId, outcome, way, version = own }) => {
        if (outcome === 'by_hand') return []
        const marked = { workspaceId, journeyId, version, nodeId, outcome }
        return way === undefined ? [markOf(marked)] : [markOf(marked), markOf({ ...marked, way })]
      }),
    ),
  ]
}

/** Live runs of archived journeys, to be ended. */
export function claimOrphans(tx: Tx, limit: number): Promise<Run[]> {
  return runs(
    tx,
    sql`select ${columns} from (
      select one.* from journeys j cross join lateral (
        select * from journey_runs r where r.workspace_id = j.workspace_id and r.journey_id = j.id and r.state in ('active', 'waiting')
        order by r.wake_at limit ${limit} for update skip locked) one
      where j.status = 'archived' limit ${limit}) orphans`,
  )
}

/** Live runs that nothing would wake: there should be none, ever. Answers how many were given a waker. */
export async function healUnwoken(query: Queryable, now: Date): Promise<number> {
  const row = await query.one<{ runs: number }>(sql`
    with healed as (
      update journey_runs set wake_at = ${now}, updated_at = ${now} where state in ('active', 'waiting') and wake_at is null
      returning workspace_id, journey_id),
    noted as (
      insert into journey_healed (workspace_id, journey_id, runs, last_at)
      select workspace_id, journey_id, count(*), ${now} from healed group by workspace_id, journey_id
      on conflict (workspace_id, journey_id) do update set runs = journey_healed.runs + excluded.runs, last_at = excluded.last_at)
    select count(*) as runs from healed`)
  return row?.runs ?? 0
}

/** How late the live journeys are: their longest overdue run, and how many are overdue since before `longAgo`. */
export async function lateness(query: Queryable, now: Date, longAgo: Date): Promise<{ oldest: Date | null; stuck: number }> {
  const row = await query.one<{ oldest: Date | null; stuck: number }>(sql`
    select min(due.oldest) as oldest, coalesce(sum(due.stuck), 0)::bigint as stuck from journeys j
    cross join lateral (select min(wake_at) as oldest, count(*) filter (where wake_at < ${longAgo}) as stuck from journey_runs r
      where r.workspace_id = j.workspace_id and r.journey_id = j.id and r.state in ('active', 'waiting') and r.wake_at <= ${now}) due
    where j.status = 'live'`)
  return { oldest: row?.oldest ?? null, stuck: row?.stuck ?? 0 }
}

/** Every run of the two people, the ended ones too, locked in order of id. */
export function lockRunsOf(tx: Tx, workspaceId: number, personIds: readonly number[]): Promise<Run[]> {
  return runs(
    tx,
    sql`select ${columns} from journey_runs where workspace_id = ${workspaceId} and person_id = any(${personIds}::bigint[]) order by id for update`,
  )
}

export async function moveRuns(tx: Tx, workspaceId: number, from: number, into: number): Promise<void> {
  await tx.run(sql`update journey_runs set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}`)
}

export interface RunFilter {
  readonly node?: string
  readonly state?: RunState
  readonly person?: number
}

/** Newest first; `before` is the last id of the page before. Ids sort by time. */
export function listRuns(
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  filter: RunFilter,
  before: string | null,
  limit: number,
): Promise<Run[]> {
  const { node, state, person } = filter
  const asked = sql`select ${columns} from journey_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId}
    ${before === null ? sql`` : sql`and id < ${before}`} ${state === undefined ? sql`` : sql`and state = ${state}`}
    ${person === undefined ? sql`` : sql`and person_id = ${person}`} ${node === undefined ? sql`` : sql`and node_id = ${node}`}`
  const newest = sql`order by id desc limit ${limit}`
  if (node === undefined) return runs(query, sql`${asked} ${newest}`)
  // Two indexes, each in the order asked for: those inside, and those whose way ended there.
  const inside = sql`state in ('active', 'waiting')`
  return runs(
    query,
    sql`select * from ((${asked} and ${inside} ${newest}) union all (${asked} and not (${inside}) ${newest})) there ${newest}`,
  )
}

export async function findRun(query: Queryable, workspaceId: number, journeyId: string, id: string): Promise<Run | null> {
  const [run] = await runs(
    query,
    sql`select ${columns} from journey_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId} and id = ${id}`,
  )
  return run ?? null
}

export function findRuns(query: Queryable, workspaceId: number, ids: readonly string[]): Promise<Run[]> {
  return runs(query, sql`select ${columns} from journey_runs where workspace_id = ${workspaceId} and id = any(${ids}::text[])`)
}

/** Runs by what brought them in. */
export function runsByEntry(
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  keys: readonly string[],
): Promise<{ id: string; entry_key: string }[]> {
  return query.many(sql`
    select id, entry_key from journey_runs
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and entry_key = any(${keys})`)
}

export interface StepRow {
  node_id: string
  at: Date
  outcome: StepOutcome
  details: Record<string, unknown>
}

export function listSteps(query: Queryable, workspaceId: number, runId: string): Promise<StepRow[]> {
  return query.many<StepRow>(sql`
    select line->>'nodeId' as node_id, (line->>'at')::timestamptz as at, line->>'outcome' as outcome, line->'details' as details
    from journey_steps s cross join lateral jsonb_array_elements(s.steps) with ordinality as lines (line, place)
    where s.workspace_id = ${workspaceId} and s.run_id = ${runId} order by s.seq, lines.place limit 1000`)
}
