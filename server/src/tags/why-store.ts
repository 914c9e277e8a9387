import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Queryable, sql } from '../platform/db/postgres.ts'
import type { ChangeReason, DefinitionKind } from './types.ts'

export interface EntryRow {
  kind: DefinitionKind
  key: string
  value: string
  reason: ChangeReason
  /** ms */
  at: number
}

/** How the person, or a number that went into it, last came into each: what has reached ClickHouse. A merge only carries over. */
export const findEntries = (clickhouse: ClickHouse, workspaceId: number, numbers: readonly number[], keys: readonly string[]) =>
  clickhouse.query<EntryRow>(
    'interactive',
    `select kind, key, value, argMax(reason, seq) as reason, toUnixTimestamp64Milli(argMax(c.at, seq)) as at from membership_changes as c
     where workspace_id = {workspace:UInt32} and kind in ('tag', 'segment') and key in {keys:Array(String)}
       and person_id in {numbers:Array(UInt64)} and c.entered = 1 and c.reason != 'merge'
     group by kind, key, value`,
    { workspace: workspaceId, numbers, keys },
  )

/** The same of what has not: the outbox is short. */
export const findEntriesUnderWay = (query: Queryable, workspaceId: number, numbers: readonly number[]) =>
  query.many<EntryRow>(sql`
    select kind, key, value, reason, extract(epoch from at)::float8 * 1000 as at from membership_outbox
    where workspace_id = ${workspaceId} and person_id = any(${numbers}::bigint[]) and entered and reason <> 'merge' order by id`)

export interface CauseRow {
  event: string
  message_id: string
  /** ms */
  time: number
  received_at: number
}

/** Events of these names that came shortly before one of the instants (ms), newest first. */
export const findCauses = (
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  wanted: { events: readonly string[]; instants: readonly number[]; withinMs: number; limit: number },
) =>
  clickhouse.query<CauseRow>(
    'interactive',
    `select event, message_id, toUnixTimestamp64Milli(time) as time, toUnixTimestamp64Milli(received_at) as received_at from (
       select event, message_id, time, received_at from events
       where workspace_id = {workspace:UInt32} and person_id in {numbers:Array(UInt64)} and event in {events:Array(String)}
         and arrayExists(x -> toUnixTimestamp64Milli(received_at) between x - {within:Int64} and x, {instants:Array(Int64)})
       order by events.received_at desc, message_id limit {limit:UInt32})`,
    { workspace: workspaceId, numbers, events: wanted.events, instants: wanted.instants, within: wanted.withinMs, limit: wanted.limit },
  )
