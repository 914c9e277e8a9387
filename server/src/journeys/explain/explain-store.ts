import type { JourneyStatus } from '@chaoxi/contract'
import type { ClickHouse } from '../../platform/db/clickhouse.ts'
import { type Queryable, sql } from '../../platform/db/postgres.ts'

// What is known of one person and the journeys.

export interface VersionTime {
  version: number
  published_at: Date
}

/** Versions, the first first. */
export function versionTimes(query: Queryable, workspaceId: number, journeyId: string): Promise<VersionTime[]> {
  return query.many<VersionTime>(sql`
    select version, published_at from journey_versions
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} order by version`)
}

export interface InboxState {
  source_key: string
  taken_at: Date | null
  dropped: string | null
}

/** Of the news with these keys what the inbox still knows. */
export function inboxStates(query: Queryable, workspaceId: number, keys: readonly string[]): Promise<InboxState[]> {
  return query.many<InboxState>(sql`
    select source_key, taken_at, dropped from journey_inbox where workspace_id = ${workspaceId} and source_key = any(${keys})`)
}

/** Events after which something is waited for not to happen, by the event's key. */
export function waitingAbsences(
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  keys: readonly string[],
): Promise<{ source_key: string; due_at: Date }[]> {
  return query.many(sql`
    select source_key, due_at from journey_absences
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and source_key = any(${keys})`)
}

export interface PersonJourneyRow {
  id: string
  name: string
  status: JourneyStatus
  entered: number
  last_run: string | null
  /** There are runs in history besides. */
  past: boolean
}

/** Every journey that was ever published, with how often the person came in and the id of the newest run. */
export function journeysOfPerson(query: Queryable, workspaceId: number, personId: number): Promise<PersonJourneyRow[]> {
  return query.many<PersonJourneyRow>(sql`
    select j.id, j.name, j.status, coalesce(r.entered, 0)::bigint as entered, r.last_run,
      exists (select from journey_past_entries p
        where p.workspace_id = ${workspaceId} and p.person_id = ${personId} and p.journey_id = j.id) as past
    from journeys j
    left join (select journey_id, count(*) as entered, max(id) as last_run from journey_runs
      where workspace_id = ${workspaceId} and person_id = ${personId} group by journey_id) r on r.journey_id = j.id
    where j.workspace_id = ${workspaceId} and j.live_version is not null order by r.last_run desc nulls last, j.created_at desc`)
}

/** By journey how many of the person's runs went into history, and the newest of them. */
export const pastRunsOf = (clickhouse: ClickHouse, workspaceId: number, numbers: readonly number[]) =>
  clickhouse.query<{ journey_id: string; runs: number; last_run: string }>(
    'interactive',
    `select journey_id, uniqExact(id) as runs, max(id) as last_run from journey_history
     where workspace_id = {workspace:UInt32} and person_id in {numbers:Array(UInt64)} group by journey_id`,
    { workspace: workspaceId, numbers },
  )

export interface EventRow {
  event: string
  message_id: string
  /** ms */
  time: number
  received_at: number
  properties: string
}

/** The person's newest events of these names, newest first. */
export const eventsOfPerson = (
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  wanted: { events: readonly string[]; from: number; to: number; limit: number },
) =>
  clickhouse.query<EventRow>(
    'interactive',
    `select event, message_id, toUnixTimestamp64Milli(e.time) as time, toUnixTimestamp64Milli(e.received_at) as received_at, properties from (
       select event, message_id, time, received_at, properties from events
       where workspace_id = {workspace:UInt32} and person_id in {numbers:Array(UInt64)} and event in {events:Array(String)}
         and toUnixTimestamp64Milli(events.time) between {from:Int64} and {to:Int64}
       order by events.time desc, message_id limit {limit:UInt32}) as e`,
    { workspace: workspaceId, numbers, ...wanted },
  )

export interface MoveRow {
  person: number
  value: string
  entered: number
  reason: string
  /** ms */
  at: number
}

/** When the person entered or left a tag or segment, newest first. */
export const movesOfPerson = (
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  wanted: { kind: 'tag' | 'segment'; key: string; entered: number; limit: number },
) =>
  clickhouse.query<MoveRow>(
    'interactive',
    `select person_id as person, value, entered, reason, toUnixTimestamp64Milli(c.at) as at from membership_changes as c
     where workspace_id = {workspace:UInt32} and kind = {kind:String} and key = {key:String} and person_id in {numbers:Array(UInt64)}
       and entered = {entered:UInt8}
     order by c.at desc, seq desc limit {limit:UInt32}`,
    { workspace: workspaceId, numbers, ...wanted },
  )
