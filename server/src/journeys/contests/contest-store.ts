import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'
import type { CountedWay, Decision } from '../core/contest.ts'
import type { ContestOpening, NodeDraw, Run } from '../core/run.ts'

// Which way people went by chance, and the splits that look for a winner.

export interface NewArm extends Omit<NodeDraw, 'opens'>, Pick<Run, 'workspaceId' | 'journeyId' | 'version' | 'personId'> {
  readonly runId: string
  readonly way: string
}

/** Each run once at a node; no two write the same row, so nobody waits. */
export async function insertArms(tx: Tx, arms: readonly NewArm[]): Promise<void> {
  if (arms.length === 0) return
  await tx.run(sql`
    insert into journey_arms (workspace_id, journey_id, node_id, person_id, version, run_id, way, how, at)
    select "workspaceId", "journeyId", "nodeId", "personId", version, "runId", way, how, at
    from jsonb_to_recordset(${jsonText(arms.map((arm) => ({ ...arm, at: new Date(arm.at) })))}::jsonb) as row (
      "workspaceId" int, "journeyId" text, "nodeId" text, "personId" bigint, version int, "runId" text, way text, how text, at timestamptz)
    on conflict do nothing`)
}

/** Arms of the one person are the other's now. */
export async function moveArms(tx: Tx, workspaceId: number, from: number, into: number): Promise<void> {
  await tx.run(sql`update journey_arms set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}`)
}

/**
 * Of runs that go into history, which the transaction holds: their goals stay with the arm, and what no comparison counts goes, because
 * only the first run of a person at a node of a version does. To be called while the goals are there.
 */
export async function settleArms(tx: Tx, workspaceId: number, runs: readonly Pick<Run, 'id' | 'journeyId' | 'personId'>[]): Promise<void> {
  const gone = sql`unnest(${runs.map((run) => run.id)}::text[], ${runs.map((run) => run.journeyId)}::text[],
    ${runs.map((run) => run.personId)}::bigint[]) as gone (run_id, journey_id, person_id)`
  const own = sql`a.workspace_id = ${workspaceId} and a.person_id = gone.person_id and a.journey_id = gone.journey_id and a.run_id = gone.run_id`
  await tx.run(sql`
    delete from journey_arms a using ${gone} where ${own}
      and exists (select from journey_arms first where first.workspace_id = a.workspace_id and first.journey_id = a.journey_id
        and first.node_id = a.node_id and first.person_id = a.person_id and first.version = a.version
        and (first.at, first.run_id) < (a.at, a.run_id))`)
  await tx.run(sql`
    update journey_arms a set goals = (
      select jsonb_agg(jsonb_build_object('goal', g.goal, 'at', g.reached_at, 'moneyFen', g.money_fen)) from journey_goals g
      where g.workspace_id = a.workspace_id and g.run_id = a.run_id)
    from ${gone} where ${own}`)
}

/** By person the way to which chance led them last at the node, in any version. */
export async function waysBefore(
  query: Queryable,
  whose: { workspaceId: number; journeyId: string; nodeId: string },
  personIds: readonly number[],
): Promise<Map<number, string>> {
  const rows = await query.many<{ person_id: number; way: string }>(sql`
    select asked.id as person_id, a.way from unnest(${personIds}::bigint[]) as asked (id)
    cross join lateral (select way from journey_arms where workspace_id = ${whose.workspaceId} and journey_id = ${whose.journeyId}
      and node_id = ${whose.nodeId} and person_id = asked.id and how = 'lot' order by at desc limit 1) a`)
  return new Map(rows.map((row) => [row.person_id, row.way]))
}

export interface ContestRow {
  workspace_id: number
  journey_id: string
  version: number
  node_id: string
  started_at: Date
  due_at: Date
  filled_at: Date | null
  decided_at: Date | null
  /** Null: the rule. */
  decided_by: string | null
  reason: Decision['reason'] | null
  way: string | null
  ways: CountedWay[]
  looks: number
}
const columns = sql`workspace_id, journey_id, version, node_id, started_at, due_at, filled_at, decided_at, decided_by, reason, way, ways, looks`

export type ContestKey = Pick<ContestRow, 'workspace_id' | 'journey_id' | 'version' | 'node_id'>

export interface NewContest extends ContestOpening, Pick<Run, 'workspaceId' | 'journeyId' | 'version'> {
  readonly nodeId: string
}

/**
 * The first who came opens it. Of two at once one does, and the other does not wait to see whether it commits: should it not, whoever comes
 * next opens it.
 */
export async function insertContest(tx: Tx, contest: NewContest): Promise<void> {
  const { workspaceId, journeyId, version, nodeId } = contest
  await tx.run(sql`
    insert into journey_contests (workspace_id, journey_id, version, node_id, started_at, due_at, people, way_count, within_ms)
    select ${workspaceId}, ${journeyId}, ${version}, ${nodeId}, ${new Date(contest.startedAt)}, ${new Date(contest.dueAt)}, ${contest.people}::int,
      ${contest.ways}, ${contest.withinMs}
    where pg_try_advisory_xact_lock(hashtextextended(${`journey_contest ${workspaceId} ${journeyId} ${version} ${nodeId}`}, 0))
    on conflict do nothing`)
}

export function contestsOf(query: Queryable, workspaceId: number, journeyId: string): Promise<ContestRow[]> {
  return query.many<ContestRow>(sql`
    select ${columns} from journey_contests where workspace_id = ${workspaceId} and journey_id = ${journeyId} order by version desc, node_id`)
}

/** One that is not decided and that nobody else has in hand. */
export function lockOpenContest(tx: Tx, key: ContestKey): Promise<ContestRow | null> {
  return tx.one<ContestRow>(sql`
    select ${columns} from journey_contests where workspace_id = ${key.workspace_id} and journey_id = ${key.journey_id}
      and version = ${key.version} and node_id = ${key.node_id} and decided_at is null for update skip locked`)
}

/** Of live journeys, those whose time has come. */
export function dueContests(query: Queryable, now: Date, limit: number): Promise<ContestKey[]> {
  return query.many(sql`
    select t.workspace_id, t.journey_id, t.version, t.node_id from journey_contests t
    join journeys j on j.workspace_id = t.workspace_id and j.id = t.journey_id
    where t.decided_at is null and t.due_at <= ${now} and j.status = 'live' order by t.due_at, t.journey_id, t.node_id limit ${limit}`)
}

/** Decided ones, of which those who wait are to be told. */
export function untoldContests(query: Queryable, now: Date, limit: number): Promise<(ContestKey & { decided_at: Date })[]> {
  return query.many(sql`
    select workspace_id, journey_id, version, node_id, decided_at from journey_contests
    where tell_at <= ${now} order by tell_at, journey_id, node_id limit ${limit}`)
}

/** What there is to do about contests. */
export interface ContestWork {
  /** Some may be decided earlier, when enough people have come. */
  readonly filling: boolean
  readonly due: boolean
  readonly untold: boolean
}

/** One small question: this is asked before each turn of everything that moves, and mostly there is nothing. */
export async function contestWork(query: Queryable, now: Date): Promise<ContestWork> {
  const work = await query.one<ContestWork>(sql`
    select exists (select from journey_contests where people is not null and filled_at is null and decided_at is null) as filling,
      exists (select from journey_contests where decided_at is null and due_at <= ${now}) as due,
      exists (select from journey_contests where tell_at <= ${now}) as untold`)
  return work ?? { filling: false, due: false, untold: false }
}

/**
 * Of those that may be decided earlier, all whose ways have had their people by now are due when the last of these has had the time that a
 * success may take.
 */
export async function fillContests(query: Queryable): Promise<void> {
  await query.run(sql`
    with open as materialized (
      select * from journey_contests where people is not null and filled_at is null and decided_at is null for update skip locked),
    placed as (
      select open.workspace_id, open.journey_id, open.version, open.node_id, open.people, open.way_count, a.at,
        row_number() over (partition by open.workspace_id, open.journey_id, open.version, open.node_id, a.way order by a.at, a.person_id) as place
      from open cross join lateral (
        select distinct on (person_id) person_id, way, how, at from journey_arms
        where workspace_id = open.workspace_id and journey_id = open.journey_id and node_id = open.node_id and version = open.version
        order by person_id, at, run_id) a
      where a.how = 'lot'),
    full_ways as (
      select workspace_id, journey_id, version, node_id, max(at) as last_at from placed where place = people
      group by workspace_id, journey_id, version, node_id, way_count having count(*) = way_count)
    update journey_contests t set filled_at = f.last_at, due_at = least(t.due_at, f.last_at + t.within_ms * interval '1 millisecond')
    from full_ways f
    where (t.workspace_id, t.journey_id, t.version, t.node_id) = (f.workspace_id, f.journey_id, f.version, f.node_id)`)
}

export async function decideRow(tx: Tx, key: ContestKey, { way, reason, ways }: Decision, by: string | null, at: Date): Promise<void> {
  await tx.run(sql`
    update journey_contests set decided_at = ${at}, decided_by = ${by}, reason = ${reason}, way = ${way}, ways = ${JSON.stringify(ways)},
      looks = looks + 1, tell_at = ${at}
    where workspace_id = ${key.workspace_id} and journey_id = ${key.journey_id} and version = ${key.version} and node_id = ${key.node_id}`)
}

/** It is looked at anew when `dueAt` has come. */
export async function reopenRow(tx: Tx, key: ContestKey, dueAt: Date): Promise<void> {
  await tx.run(sql`
    update journey_contests set decided_at = null, decided_by = null, reason = null, way = null, ways = '[]', due_at = ${dueAt},
      filled_at = null, tell_at = null
    where workspace_id = ${key.workspace_id} and journey_id = ${key.journey_id} and version = ${key.version} and node_id = ${key.node_id}`)
}

/** Tells again at that time; null: everybody knows. */
export async function tellAgain(tx: Tx, key: ContestKey, at: Date | null): Promise<void> {
  await tx.run(sql`
    update journey_contests set tell_at = ${at}
    where workspace_id = ${key.workspace_id} and journey_id = ${key.journey_id} and version = ${key.version} and node_id = ${key.node_id}`)
}

/** Runs that wait at the node beyond `now`. */
export async function waitingAt(query: Queryable, key: ContestKey, now: Date, limit: number): Promise<string[]> {
  const rows = await query.many<{ id: string }>(sql`
    select id from journey_runs where workspace_id = ${key.workspace_id} and journey_id = ${key.journey_id} and version = ${key.version}
      and state = 'waiting' and node_id = ${key.node_id} and wake_at > ${now} limit ${limit}`)
  return rows.map((row) => row.id)
}

/** Of each person the first at the node in the version, by whatever it was led. */
const firstArms = (key: ContestKey) => sql`(
  select distinct on (person_id) person_id, way, how, at, run_id, goals from journey_arms
  where workspace_id = ${key.workspace_id} and journey_id = ${key.journey_id} and node_id = ${key.node_id} and version = ${key.version}
  order by person_id, at, run_id)`

/** Successes of runs by another way than a goal: run and when (ms). */
export type Successes = ReadonlyMap<string, number>

/**
 * By way, people whom chance led there until `until`, and those of whom the run reached the goal by then and within `withinMs`; or who are
 * among `successes`.
 */
export function countArms(
  query: Queryable,
  key: ContestKey,
  by: { goal: string | null; successes: Successes; withinMs: number; until: Date },
): Promise<{ way: string; people: number; successes: number }[]> {
  const runs = [...by.successes.keys()]
  const times = [...by.successes.values()].map((at) => new Date(at))
  return query.many(sql`
    select a.way, count(*) as people,
      count(*) filter (where s.at >= a.at and s.at <= ${by.until} and s.at <= a.at + ${by.withinMs}::bigint * interval '1 millisecond') as successes
    from ${firstArms(key)} a
    left join (
      select run_id, reached_at as at from journey_goals
      where workspace_id = ${key.workspace_id} and journey_id = ${key.journey_id} and goal = ${by.goal}
      union all
      select * from unnest(${runs}::text[], ${times}::timestamptz[])) here on here.run_id = a.run_id
    cross join lateral (select coalesce(here.at, (
      select min((past->>'at')::timestamptz) from jsonb_array_elements(a.goals) as past where past->>'goal' = ${by.goal})) as at) s
    where a.how = 'lot' and a.at <= ${by.until}
    group by a.way order by a.way`)
}

/** The decision, whatever it is, of one that is open or was decided; held. */
export function lockContest(tx: Tx, key: ContestKey): Promise<ContestRow | null> {
  return tx.one<ContestRow>(sql`
    select ${columns} from journey_contests where workspace_id = ${key.workspace_id} and journey_id = ${key.journey_id}
      and version = ${key.version} and node_id = ${key.node_id} for update`)
}
