import type { PeopleStage } from '@chaoxi/contract'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Queryable, type Sql, sql } from '../platform/db/postgres.ts'

// The people behind the numbers of a journey.

export interface OfJourney {
  readonly workspaceId: number
  readonly journeyId: string
  /** Null: any. */
  readonly version: number | null
  readonly from: Date | null
  readonly to: Date | null
}

const ofVersion = (column: Sql, { version }: OfJourney): Sql => (version === null ? sql`` : sql`and ${column} = ${version}`)

/** Within the span of the question. */
const within = (column: Sql, { from, to }: OfJourney): Sql =>
  sql`${from === null ? sql`` : sql`and ${column} >= ${from}`} ${to === null ? sql`` : sql`and ${column} < ${to}`}`

const inside = sql`state in ('active', 'waiting')`

const states = {
  entered: sql`true`,
  inside,
  ended: sql`not (${inside})`,
  finished: sql`state = 'finished'`,
  exited: sql`state = 'exited'`,
  failed: sql`state = 'failed'`,
}

/** People by how far their runs are; `ended` are all that are over, however they ended. `node`: who is there now. */
export function peopleOfRuns(of: OfJourney, stage: keyof typeof states, node?: string): Sql {
  const state = states[stage]
  const at = stage === 'entered' || stage === 'inside' ? sql`entered_at` : sql`updated_at`
  return sql`select person_id from journey_runs where workspace_id = ${of.workspaceId} and journey_id = ${of.journeyId} and ${state}
    ${node === undefined ? sql`` : sql`and node_id = ${node}`} ${ofVersion(sql`version`, of)} ${within(at, of)}`
}

/** People of whose stories one of the marks is. */
export function peopleOfMarks(of: OfJourney, marks: readonly number[]): Sql {
  return sql`select r.person_id from journey_steps s join journey_runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
    where s.workspace_id = ${of.workspaceId} and s.marks && ${marks}::bigint[] ${within(sql`s.at`, of)}`
}

export interface OfGoal {
  readonly goal: string
  /** Passed last; with `way` the split at which it was taken. */
  readonly node: string | undefined
  readonly way: string | undefined
}

/** People whose runs reached the goal. */
export function peopleOfGoal(of: OfJourney, { goal, node, way }: OfGoal): Sql {
  const passed = node === undefined ? sql`` : way === undefined ? sql`and node_id = ${node}` : sql`and variants ->> ${node} = ${way}`
  return sql`select person_id from journey_goals where workspace_id = ${of.workspaceId} and journey_id = ${of.journeyId} and goal = ${goal}
    ${passed} ${ofVersion(sql`version`, of)} ${within(sql`reached_at`, of)}`
}

/** People whom the journey kept out, as far as it is remembered: of each the last few times. */
export function peopleRefused(of: OfJourney, reason: string | undefined): Sql {
  return sql`select person_id from journey_refusals where workspace_id = ${of.workspaceId} and journey_id = ${of.journeyId}
    and exists (select from jsonb_array_elements(recent) as one where ${reason ?? null}::text is null or one ->> 'reason' = ${reason ?? null}
      ${ofVersion(sql`(one ->> 'version')::int`, of)} ${within(sql`(one ->> 'at')::timestamptz`, of)})`
}

/** People by what became of a journey's messages of the span. */
export function peopleOfMessages(
  of: OfJourney,
  stage: Extract<PeopleStage, 'sent' | 'reached' | 'clicked' | 'stopped'>,
  { node, reason }: { node: string | undefined; reason: string | undefined },
): Sql {
  const state = {
    sent: sql`sent_at is not null`,
    reached: sql`(delivered_at is not null or shown_at is not null or clicked_at is not null)`,
    clicked: sql`clicked_at is not null`,
    stopped: reason === undefined ? sql`state = 'dropped'` : sql`state = 'dropped' and reason = ${reason}`,
  }[stage]
  return sql`select person_id from messages where workspace_id = ${of.workspaceId} and journey_id = ${of.journeyId} and ${state}
    ${node === undefined ? sql`` : sql`and node_id = ${node}`} ${ofVersion(sql`journey_version`, of)} ${within(sql`created_at`, of)}`
}

export async function versionsOf(query: Queryable, workspaceId: number, journeyId: string): Promise<number[]> {
  const rows = await query.many<{ version: number }>(sql`
    select version from journey_versions where workspace_id = ${workspaceId} and journey_id = ${journeyId}`)
  return rows.map((row) => row.version)
}

export async function hasPast(query: Queryable, workspaceId: number, journeyId: string): Promise<boolean> {
  return (
    (await query.one(sql`select from journey_past_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId} limit 1`)) !== null
  )
}

/** What is asked of runs that are history. */
export type PastQuestion =
  | { readonly kind: 'entered' | 'ended' | 'finished' | 'exited' | 'failed' }
  | { readonly kind: 'marks'; readonly marks: readonly number[] }
  | ({ readonly kind: 'goal' } & OfGoal)

const ended = `ended_at >= fromUnixTimestamp64Milli({from:Int64}) and ended_at < fromUnixTimestamp64Milli({to:Int64})`
const conditions = {
  entered: `entered_at >= fromUnixTimestamp64Milli({from:Int64}) and entered_at < fromUnixTimestamp64Milli({to:Int64})`,
  ended,
  ...{ finished: `state = 'finished' and ${ended}`, exited: `state = 'exited' and ${ended}`, failed: `state = 'failed' and ${ended}` },
  marks: `hasAny(marks, {marks:Array(UInt64)})
    and arrayExists((mark, at) -> has({marks:Array(UInt64)}, mark) and at >= {from:Int64} and at < {to:Int64}, marks, marked_at)`,
  goal: `arrayExists(one -> JSONExtractString(one, 'goal') = {goal:String}
      and ({node:String} = '' or if({way:String} = '', JSONExtractString(one, 'nodeId') = {node:String},
        JSONExtractString(one, 'variants', {node:String}) = {way:String}))
      and toUnixTimestamp64Milli(parseDateTime64BestEffort(JSONExtractString(one, 'at'), 3, 'UTC')) >= {from:Int64}
      and toUnixTimestamp64Milli(parseDateTime64BestEffort(JSONExtractString(one, 'at'), 3, 'UTC')) < {to:Int64}, JSONExtractArrayRaw(goals))`,
} as const

/** No event is older or newer than this. */
const [anyFrom, anyTo] = [0, Date.UTC(2200, 0, 1)]

const living = `dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id) as person`

function pastRuns({ workspaceId, journeyId, version, from, to }: OfJourney, question: PastQuestion) {
  const goal = question.kind === 'goal' ? question : null
  return {
    text: `journey_history where workspace_id = {w:UInt32} and journey_id = {j:String} and ({v:UInt32} = 0 or version = {v:UInt32})
      and (${conditions[question.kind]})`,
    params: {
      ...{ w: workspaceId, j: journeyId },
      // Marks name their version.
      v: question.kind === 'marks' ? 0 : (version ?? 0),
      ...{ from: from?.getTime() ?? anyFrom, to: to?.getTime() ?? anyTo },
      marks: question.kind === 'marks' ? question.marks : [],
      ...{ goal: goal?.goal ?? '', node: goal?.node ?? '', way: goal?.way ?? '' },
    },
  }
}

/** People of runs that are history by whom they live on in, the highest number first, below `before`. */
export async function pastPeople(
  clickhouse: ClickHouse,
  of: OfJourney,
  question: PastQuestion,
  before: number | null,
  limit: number,
): Promise<number[]> {
  const { text, params } = pastRuns(of, question)
  const column = await clickhouse.column(
    'interactive',
    `select distinct ${living} from ${text} and ({before:UInt64} = 0 or person < {before:UInt64}) order by person desc limit {limit:UInt32}`,
    { ...params, before: before ?? 0, limit },
  )
  return [...column]
}

export async function countPast(clickhouse: ClickHouse, of: OfJourney, question: PastQuestion): Promise<number> {
  const { text, params } = pastRuns(of, question)
  const [count] = await clickhouse.column('interactive', `select toUInt64(uniqExact(person)) from (select ${living} from ${text})`, params)
  return count ?? 0
}
