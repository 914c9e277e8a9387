import type { NodeOutcome, PeopleStage } from '@chaoxi/contract'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Queryable, type Sql, sql } from '../platform/db/postgres.ts'

export interface PeopleFilter {
  /** An identifier begins with it, or the name contains it; empty: everyone. */
  readonly text: string
  /** Sets of people that have to contain the person, and sets that must not. */
  readonly within: readonly Sql[]
  readonly without: readonly Sql[]
  readonly attribute: AttributeFilter | null
}

/** What an attribute has to be: a value (or a list with it), a text that begins so, a number of a band; else anything. */
export interface AttributeFilter {
  readonly name: string
  readonly value: string | number | boolean | undefined
  readonly prefix: string | undefined
  readonly min: number | undefined
  readonly max: number | undefined
}

const escaped = (text: string) => text.replace(/[\\%_]/g, '\\$&')

function attributeIs({ name, value, prefix, min, max }: AttributeFilter): Sql {
  const found = sql`p.attributes #> ${name.split('.')}::text[]`
  if (value !== undefined) {
    const wanted = JSON.stringify(value)
    return sql`and (${found} = ${wanted}::jsonb or (jsonb_typeof(${found}) = 'array' and ${found} @> ${wanted}::jsonb))`
  }
  if (prefix !== undefined) return sql`and jsonb_typeof(${found}) = 'string' and ${found} #>> '{}' like ${`${escaped(prefix)}%`}`
  const number = sql`case when jsonb_typeof(${found}) = 'number' then (${found})::float8 end`
  if (min !== undefined || max !== undefined)
    return sql`and (${min ?? null}::float8 is null or ${number} >= ${min ?? null}::float8)
      and (${max ?? null}::float8 is null or ${number} < ${max ?? null}::float8) and ${number} is not null`
  return sql`and jsonb_typeof(${found}) <> 'null'`
}

/** Ids of the people whom every part of the filter holds for; newest first, after `beforeId`. */
export async function peopleMatching(
  query: Queryable,
  workspaceId: number,
  { text, within, without, attribute }: PeopleFilter,
  beforeId: number | null,
  limit: number,
): Promise<number[]> {
  const pattern = escaped(text)
  const identities = sql`select person_id from person_identities where workspace_id = ${workspaceId}`
  const inSets = within.reduce((conditions, set) => sql`${conditions} and p.id in (${set})`, sql``)
  const outside = without.reduce(
    (conditions, set) => sql`${conditions} and not exists (select from (${set}) as other (person_id) where other.person_id = p.id)`,
    sql``,
  )
  const trait = attribute === null ? sql`` : attributeIs(attribute)
  const named =
    text === ''
      ? sql``
      : sql`and (p.id in (${identities} and value like ${`${pattern}%`})
          or p.id in (${identities} and kind = 'phone' and value like ${`+86${pattern}%`})
          or p.attributes ->> 'name' ilike ${`%${pattern}%`})`
  const rows = await query.many<{ id: number }>(sql`
    select p.id from persons p
    where p.workspace_id = ${workspaceId} and p.merged_into is null and (${beforeId}::bigint is null or p.id < ${beforeId}) ${inSets} ${outside} ${trait} ${named}
    order by p.id desc limit ${limit}`)
  return rows.map((row) => row.id)
}

/** People by how far their runs are; `ended` are all that are over, however they ended. */
export function peopleOfRuns(workspaceId: number, journeyId: string, stage: 'entered' | 'inside' | 'ended'): Sql {
  const inside = sql`state in ('active', 'waiting')`
  const state = { entered: sql`true`, inside, ended: sql`not ${inside}` }[stage]
  return sql`select person_id from journey_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId} and ${state}`
}

/** People whose runs reached the goal. */
export const peopleOfGoal = (workspaceId: number, journeyId: string, goal: string): Sql =>
  sql`select person_id from journey_goals where workspace_id = ${workspaceId} and journey_id = ${journeyId} and goal = ${goal}`

/** People whom this once happened to at the node; `waiting`: those who are there now. */
export function peopleOfNode(workspaceId: number, journeyId: string, nodeId: string, outcome: NodeOutcome, way: string | undefined): Sql {
  if (outcome === 'waiting') return sql`${peopleOfRuns(workspaceId, journeyId, 'inside')} and node_id = ${nodeId}`
  const line = { nodeId, outcome, ...(way === undefined ? {} : { details: { way } }) }
  return sql`select r.person_id from journey_runs r
    join journey_steps s on s.workspace_id = r.workspace_id and s.run_id = r.id
    where r.workspace_id = ${workspaceId} and r.journey_id = ${journeyId} and s.steps @> ${JSON.stringify([line])}::jsonb`
}

/** As `peopleOfRuns` and `peopleOfNode`, of runs that are history. */
export async function pastPeople(
  clickhouse: ClickHouse,
  workspaceId: number,
  journeyId: string,
  passage: { readonly nodeId: string; readonly outcome: NodeOutcome; readonly way: string | undefined } | null,
): Promise<number[]> {
  const passed = `arrayExists(line -> JSONExtractString(line, 'nodeId') = {node:String} and JSONExtractString(line, 'outcome') = {outcome:String}
    and ({way:String} = '' or JSONExtractString(line, 'details', 'way') = {way:String}), JSONExtractArrayRaw(story))`
  const column = await clickhouse.column(
    'interactive',
    `select distinct dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id) as person
     from journey_history where workspace_id = {w:UInt32} and journey_id = {j:String} and ${passage === null ? '1' : passed}`,
    { w: workspaceId, j: journeyId, node: passage?.nodeId ?? '', outcome: passage?.outcome ?? '', way: passage?.way ?? '' },
  )
  return [...column]
}

/** People by what became of a journey's messages of the span. */
export function peopleOfMessages(
  workspaceId: number,
  journeyId: string,
  stage: Extract<PeopleStage, 'sent' | 'reached' | 'clicked'>,
  { from, to }: { from: Date | null; to: Date | null },
): Sql {
  const state = {
    sent: sql`sent_at is not null`,
    reached: sql`(delivered_at is not null or shown_at is not null or clicked_at is not null)`,
    clicked: sql`clicked_at is not null`,
  }[stage]
  return sql`select person_id from messages where workspace_id = ${workspaceId} and journey_id = ${journeyId} and ${state}
    and (${from}::timestamptz is null or created_at >= ${from}) and (${to}::timestamptz is null or created_at < ${to})`
}

export const peopleOfCoupon = (workspaceId: number, couponKey: string, claim: 'claimed' | 'used'): Sql =>
  sql`select person_id from coupon_claims where workspace_id = ${workspaceId} and coupon_key = ${couponKey}
    and ${claim === 'used' ? sql`state = 'used'` : sql`true`}`

export const either = (a: Sql, b: Sql): Sql => sql`${a} union all ${b}`

export const peopleAmong = (ids: readonly number[]): Sql => sql`select unnest(${ids}::bigint[])`
