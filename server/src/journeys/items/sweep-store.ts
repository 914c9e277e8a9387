import type { ItemChange } from '../../ingest/index.ts'
import type { ClickHouse } from '../../platform/db/clickhouse.ts'
import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'
import type { Seen } from '../core/item-interest.ts'

// Changes of items on their way to the people whom they concern.

/** A change, for a journey that begins by such. */
export interface Target {
  readonly journeyId: string
  readonly change: ItemChange
}

export interface Sweep {
  readonly workspaceId: number
  readonly id: number
  readonly targets: readonly Target[]
  /** Everybody up to this number was asked. */
  readonly askedTo: number
}

export async function insertSweep(tx: Tx, workspaceId: number, targets: readonly Target[], now: Date): Promise<void> {
  await tx.run(sql`
    insert into journey_item_sweeps (workspace_id, targets, started_at) values (${workspaceId}, ${jsonText(targets)}::jsonb, ${now})`)
}

export async function findSweeps(query: Queryable, limit: number): Promise<Sweep[]> {
  const rows = await query.many<{ workspace_id: number; id: number; targets: Target[]; asked_to: number }>(sql`
    select workspace_id, id, targets, asked_to from journey_item_sweeps order by id limit ${limit}`)
  return rows.map((row) => ({ workspaceId: row.workspace_id, id: row.id, targets: row.targets, askedTo: Number(row.asked_to) }))
}

/** False: another one has it in hand, or has gone on with it. */
export async function claimSweep(tx: Tx, { workspaceId, id, askedTo }: Sweep): Promise<boolean> {
  const row = await tx.one(sql`
    select 1 from journey_item_sweeps where workspace_id = ${workspaceId} and id = ${id} and asked_to = ${askedTo} for update skip locked`)
  return row !== null
}

export async function moveSweep(tx: Tx, { workspaceId, id }: Sweep, to: number): Promise<void> {
  await tx.run(sql`update journey_item_sweeps set asked_to = ${to} where workspace_id = ${workspaceId} and id = ${id}`)
}

export async function deleteSweep(tx: Tx, { workspaceId, id }: Sweep): Promise<void> {
  await tx.run(sql`delete from journey_item_sweeps where workspace_id = ${workspaceId} and id = ${id}`)
}

/** The last of the next so many numbers of people; null: nobody is left. */
export async function nextNumber(query: Queryable, workspaceId: number, after: number, limit: number): Promise<number | null> {
  const row = await query.one<{ last: number | null }>(sql`
    select max(id) as last from (
      select id from persons where workspace_id = ${workspaceId} and id > ${after} order by id limit ${limit}) page`)
  return row?.last == null ? null : Number(row.last)
}

/** The numbers under which events of the people in (after, to] are stored, each with its person. */
export async function numbersIn(query: Queryable, workspaceId: number, after: number, to: number): Promise<Map<number, number>> {
  const rows = await query.many<{ origin: number; person_id: number }>(sql`
    select id as origin, id as person_id from persons
    where workspace_id = ${workspaceId} and id > ${after} and id <= ${to} and merged_into is null
    union select origin, person_id from person_identities where workspace_id = ${workspaceId} and person_id > ${after} and person_id <= ${to}`)
  return new Map(rows.map((row) => [Number(row.origin), Number(row.person_id)]))
}

export interface Page {
  readonly workspaceId: number
  readonly numbers: readonly number[]
  readonly events: readonly string[]
  readonly items: readonly string[]
  readonly from: number
  readonly until: number
}

/** What was done under these numbers that mentions one of the items, newest first, at most `limit`. */
export async function seenIn(clickhouse: ClickHouse, { workspaceId, ...page }: Page, limit: number): Promise<Seen[]> {
  const rows = await clickhouse.query<{ person: number; event: string; at: number; properties: string }>(
    'batch',
    `select person_id as person, event, toUnixTimestamp64Milli(time) as at, properties from events
     where workspace_id = {workspace:UInt32} and person_id in {numbers:Array(UInt64)} and event in {events:Array(String)}
       and toUnixTimestamp64Milli(time) between {from:Int64} and {until:Int64} and multiSearchAny(properties, {items:Array(String)})
     order by time desc limit {limit:UInt32}`,
    { workspace: workspaceId, ...page, limit },
  )
  return rows.map(({ person, event, at, properties }) => ({
    personId: Number(person),
    event,
    time: Number(at),
    properties: JSON.parse(properties),
  }))
}
