import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { ChangeReason, DefinitionKind } from './types.ts'

export interface ChangeRow {
  kind: DefinitionKind
  key: string
  value: string
  person: number
  entered: number
  reason: ChangeReason
  /** ms */
  at: number
}

const changesOfEachMax = 200

/** What became of the person, and of the numbers that went into it, in the definitions of these keys; oldest first, of each the newest. */
export async function findChanges(
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  keys: readonly string[],
): Promise<ChangeRow[]> {
  const rows = await clickhouse.query<ChangeRow>(
    'interactive',
    `select kind, key, value, person_id as person, entered, reason, toUnixTimestamp64Milli(c.at) as at from membership_changes as c
     where workspace_id = {workspace:UInt32} and kind in ('tag', 'segment') and key in {keys:Array(String)}
       and person_id in {numbers:Array(UInt64)}
     order by seq desc limit {limit:UInt32} by kind, key, value`,
    { workspace: workspaceId, numbers, keys, limit: changesOfEachMax },
  )
  return rows.reverse()
}

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
