import type { ClickHouse, WorkClass } from '../platform/db/clickhouse.ts'
import { type PassInput, printEstimate, printEvaluation } from './print.ts'
import type { ResolvedRule } from './resolved.ts'

export interface EvaluationRow {
  person: number
  held: number[]
  wait: number[]
}

export async function evaluationRows(
  clickhouse: ClickHouse,
  work: WorkClass,
  input: PassInput & { silent: boolean },
  take: (rows: EvaluationRow[]) => void,
): Promise<void> {
  const { text, params } = printEvaluation(input)
  await clickhouse.stream<EvaluationRow>(work, text, params, take)
}

export interface EstimateRow {
  cluster: number
  held: number[]
  people: number
  newest: number[]
}

export async function estimateRows(
  clickhouse: ClickHouse,
  input: Omit<PassInput, 'rules'> & { rule: ResolvedRule; sampleMax: number; cluster: { first: number; step: number } | null },
): Promise<EstimateRow[]> {
  const { text, params } = printEstimate(input)
  return clickhouse.query<EstimateRow>('interactive', text, params)
}

/** How many people live, and their lowest and highest number; nobody: 0, and 0 to 0. */
export async function livingSpan(clickhouse: ClickHouse, workspaceId: number): Promise<{ people: number; first: number; last: number }> {
  const text = `
    select count() as people, min(person_id) as first, max(person_id) as last from profiles final
    where workspace_id = {workspace:UInt32} and merged = 0`
  const [row] = await clickhouse.query<{ people: number; first: number; last: number }>('interactive', text, { workspace: workspaceId })
  return row === undefined || row.people === 0 ? { people: 0, first: 0, last: 0 } : row
}

/** Of every `step` numbers from `first` on, the living people among the `width` that come after `skip`. */
export async function peopleDrawn(
  clickhouse: ClickHouse,
  workspaceId: number,
  draw: { first: number; step: number; skip: number; width: number },
): Promise<number[]> {
  const text = `
    select person_id from profiles final where workspace_id = {workspace:UInt32} and merged = 0
      and (person_id - {first:UInt64}) % {step:UInt64} between {skip:UInt64} and {skip:UInt64} + {width:UInt64} - 1`
  return [...(await clickhouse.column('interactive', text, { workspace: workspaceId, ...draw }))]
}

export async function redirectRows(
  clickhouse: ClickHouse,
  workspaceId: number,
  personIds: readonly number[],
): Promise<{ id: number; person: number }[]> {
  const text = `
    select id, dictGetOrDefault('person_override_map', 'person_id', ({workspace:UInt32}, id), id) as person
    from (select arrayJoin({ids:Array(UInt64)}) as id) where person != id`
  return clickhouse.query('live', text, { workspace: workspaceId, ids: personIds })
}

export async function peopleAfter(clickhouse: ClickHouse, workspaceId: number, after: number, limit: number): Promise<number[]> {
  const text = `
    select person_id from profiles final
    where workspace_id = {workspace:UInt32} and person_id > {after:UInt64} and merged = 0 order by person_id limit {limit:UInt32}`
  return [...(await clickhouse.column('batch', text, { workspace: workspaceId, after, limit }))]
}

export async function eventCounts(clickhouse: ClickHouse, workspaceId: number, limit: number): Promise<{ event: string; count: number }[]> {
  const text = `
    select event, count() as count from events where workspace_id = {workspace:UInt32}
    group by event order by count desc, event limit {limit:UInt32}`
  return clickhouse.query('interactive', text, { workspace: workspaceId, limit })
}

export interface PropertiesRow {
  event: string
  properties: string
}

/** Some events of each name among those of the newest people: read backwards along the key, so it costs the same however much there is. */
export async function recentProperties(clickhouse: ClickHouse, workspaceId: number): Promise<PropertiesRow[]> {
  const text = `
    select event, properties from (
      select event, properties from events where workspace_id = {workspace:UInt32}
      order by workspace_id desc, person_id desc, time desc limit 20000
    ) limit 200 by event`
  return clickhouse.query('interactive', text, { workspace: workspaceId })
}

/** For the names that are too rare to be among those. */
export async function propertiesOf(clickhouse: ClickHouse, workspaceId: number, events: readonly string[]): Promise<PropertiesRow[]> {
  const text = `
    select event, properties from events where workspace_id = {workspace:UInt32} and event in ({events:Array(String)})
    limit 50 by event limit 5000`
  return clickhouse.query('interactive', text, { workspace: workspaceId, events })
}

export async function recentAttributes(clickhouse: ClickHouse, workspaceId: number): Promise<{ attributes: string }[]> {
  const text = `
    select attributes from profiles where workspace_id = {workspace:UInt32} and merged = 0 and attributes != '{}'
    order by workspace_id desc, person_id desc limit 2000`
  return clickhouse.query('interactive', text, { workspace: workspaceId })
}
