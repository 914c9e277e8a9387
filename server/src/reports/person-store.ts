import type { ClickHouse } from '../platform/db/clickhouse.ts'

// One person's events. `numbers` are the person's own number and those that went into it: events lie under the one they came by.

const ms = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`

export interface SeenRow {
  user_id: string
  anonymous_id: string
  events: number
  first: number
  last: number
}

/** Events by the identifiers they carried, with the first and last time (ms). */
export const seenBy = (clickhouse: ClickHouse, workspaceId: number, numbers: readonly number[]) =>
  clickhouse.query<SeenRow>(
    'interactive',
    `select user_id, anonymous_id, count() as events, toUnixTimestamp64Milli(min(time)) as first, toUnixTimestamp64Milli(max(time)) as last
     from events where workspace_id = {w:UInt32} and person_id in {numbers:Array(UInt64)} group by user_id, anonymous_id`,
    { w: workspaceId, numbers },
  )

export interface MessageRow {
  message_id: string
  event: string
  time: number
  library: string
}

/** What came as these messages. */
export const messagesOf = (clickhouse: ClickHouse, workspaceId: number, numbers: readonly number[], ids: readonly string[]) =>
  clickhouse.query<MessageRow>(
    'interactive',
    `select message_id, event, toUnixTimestamp64Milli(time) as time, JSONExtractString(context, 'library', 'name') as library
     from events where workspace_id = {w:UInt32} and person_id in {numbers:Array(UInt64)} and message_id in {ids:Array(String)}`,
    { w: workspaceId, numbers, ids },
  )

export interface TimelineRow {
  message_id: string
  time: number
  event: string
  properties: string
}

export interface TimelineFilter {
  /** Exactly these names; empty: any. */
  readonly events: readonly string[]
  /** A condition on `event` and `type`. */
  readonly kind: 'behaviour' | 'order' | 'coupon' | 'message' | 'profile' | null
  readonly channel: string | null
  /** Days of the zone, both included: 2026-11-22. */
  readonly from: string | null
  readonly to: string | null
  readonly zone: string
  /** In a property's value. */
  readonly text: string
  /** Properties that the text is not looked for in. */
  readonly hidden: readonly string[]
}

const isMessage = "startsWith(event, 'Message ')"
const isOrder = "startsWith(event, 'Order ')"
const isCoupon = "startsWith(event, 'Coupon ')"
const isProfile = "type in ('identify', 'alias', 'group')"
const kinds: Record<NonNullable<TimelineFilter['kind']>, string> = {
  message: isMessage,
  order: isOrder,
  coupon: isCoupon,
  profile: isProfile,
  behaviour: `not (${[isMessage, isOrder, isCoupon, isProfile].join(' or ')})`,
}

/** A person's events that the filter keeps, newest first, after the cursor (time, message id). */
export function timeline(
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  filter: TimelineFilter,
  before: { time: number; id: string },
  limit: number,
): Promise<TimelineRow[]> {
  const { events, kind, channel, from, to, text, hidden } = filter
  const [only] = numbers
  const conditions = [
    'workspace_id = {w:UInt32}',
    // By one number the rows are read backwards along the key, and no further than the page.
    numbers.length === 1 ? 'person_id = {number:UInt64}' : 'person_id in {numbers:Array(UInt64)}',
    `events.time <= ${ms('time')} and (events.time, message_id) < (${ms('time')}, {id:String})`,
    ...(events.length > 0 ? ['event in {events:Array(String)}'] : []),
    ...(kind === null ? [] : [kinds[kind]]),
    ...(channel === null ? [] : [`${isMessage} and JSONExtractString(properties, 'channel') = {channel:String}`]),
    ...(from === null ? [] : ["events.time >= toDateTime64(concat({from:String}, ' 00:00:00'), 3, {zone:String})"]),
    ...(to === null ? [] : ["events.time < toDateTime64(concat(toString(toDate({to:String}) + 1), ' 00:00:00'), 3, {zone:String})"]),
    ...(text === ''
      ? []
      : [
          'positionCaseInsensitiveUTF8(properties, {text:String}) > 0',
          `arrayExists((name, value) -> not has({hidden:Array(String)}, name) and positionCaseInsensitiveUTF8(value, {text:String}) > 0,
             JSONExtractKeys(properties), arrayMap(pair -> pair.2, JSONExtractKeysAndValuesRaw(properties)))`,
        ]),
  ]
  return clickhouse.query<TimelineRow>(
    'interactive',
    `select message_id, toUnixTimestamp64Milli(time) as time, event, properties from events where ${conditions.join('\n       and ')}
     order by events.time desc, message_id desc limit {limit:UInt32}`,
    {
      ...{ w: workspaceId, number: only ?? 0, numbers, time: before.time, id: before.id, limit, events, channel: channel ?? '' },
      // Inside JSON a quotation mark is written with a backslash.
      ...{ from: from ?? '', to: to ?? '', zone: filter.zone, text: JSON.stringify(text).slice(1, -1), hidden },
    },
  )
}
