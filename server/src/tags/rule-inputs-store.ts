import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { ChangeRow } from './why-store.ts'

// What was known of one person at an instant. `numbers` are the person's own and those that went into it.

export interface KnownEventRow {
  event: string
  message_id: string
  /** ms */
  time: number
  received_at: number
  properties: string
}

/** Events of these names that had happened and were known at the instant (ms), of each name the newest, newest first. */
export const eventsKnownAt = (
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  wanted: { events: readonly string[]; at: number; limit: number },
) =>
  clickhouse.query<KnownEventRow>(
    'interactive',
    `select event, message_id, toUnixTimestamp64Milli(e.time) as time, toUnixTimestamp64Milli(e.received_at) as received_at, properties from (
       select event, message_id, time, received_at, properties from events
       where workspace_id = {workspace:UInt32} and person_id in {numbers:Array(UInt64)} and event in {events:Array(String)}
         and toUnixTimestamp64Milli(events.time) <= {at:Int64} and toUnixTimestamp64Milli(events.received_at) <= {at:Int64}
       order by events.time desc, message_id limit {limit:UInt32} by event) as e
     order by time desc, message_id`,
    { workspace: workspaceId, numbers, events: wanted.events, at: wanted.at, limit: wanted.limit },
  )

/** When the person entered and left the definition, up to the instant (ms), oldest first. */
export async function changesUntil(
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  wanted: { kind: string; key: string; at: number; limit: number },
): Promise<ChangeRow[]> {
  const rows = await clickhouse.query<ChangeRow>(
    'interactive',
    `select kind, key, value, person_id as person, entered, reason, toUnixTimestamp64Milli(c.at) as at from membership_changes as c
     where workspace_id = {workspace:UInt32} and kind = {kind:String} and key = {key:String} and person_id in {numbers:Array(UInt64)}
       and toUnixTimestamp64Milli(c.at) <= {at:Int64}
     order by seq desc limit {limit:UInt32}`,
    { workspace: workspaceId, numbers, kind: wanted.kind, key: wanted.key, at: wanted.at, limit: wanted.limit },
  )
  return rows.reverse()
}

/** When (ms) one of the events was last received after the instant; null: none was. */
export async function lastReceivedAfter(
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  wanted: { events: readonly string[]; at: number },
): Promise<number | null> {
  const [row] = await clickhouse.query<{ last: number; found: number }>(
    'interactive',
    `select toUnixTimestamp64Milli(max(received_at)) as last, count() as found from events
     where workspace_id = {workspace:UInt32} and person_id in {numbers:Array(UInt64)} and event in {events:Array(String)}
       and toUnixTimestamp64Milli(events.received_at) > {at:Int64}`,
    { workspace: workspaceId, numbers, events: wanted.events, at: wanted.at },
  )
  return row && row.found > 0 ? row.last : null
}

const profileEvents = ['$identify', '$profile_set_once', '$profile_increment', '$profile_append', '$profile_unset', '$profile_delete']

/** The newest word on an attribute that was known at the instant (ms); null: none. */
export async function attributeSaidAt(
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  wanted: { attribute: string; at: number },
): Promise<KnownEventRow | null> {
  const [row] = await clickhouse.query<KnownEventRow>(
    'interactive',
    `select event, message_id, toUnixTimestamp64Milli(e.time) as time, toUnixTimestamp64Milli(e.received_at) as received_at, properties from (
       select event, message_id, time, received_at, properties from events
       where workspace_id = {workspace:UInt32} and person_id in {numbers:Array(UInt64)} and event in {events:Array(String)}
         and (JSONHas(properties, {attribute:String}) or event = '$profile_delete') and toUnixTimestamp64Milli(events.received_at) <= {at:Int64}
       order by events.time desc, message_id limit 1) as e`,
    { workspace: workspaceId, numbers, events: profileEvents, attribute: wanted.attribute, at: wanted.at },
  )
  return row ?? null
}
