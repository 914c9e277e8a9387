import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Queryable, sql } from '../platform/db/postgres.ts'

// Reports read what other rooms wrote, and write nothing.

const person = "dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id)"
const ms = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`

export interface HourRow {
  at: number
  events: number
  people: number
}

/** Events and people by hour of arrival in [from, to). */
export const eventsByHour = (clickhouse: ClickHouse, workspaceId: number, from: number, to: number) =>
  clickhouse.query<HourRow>(
    'interactive',
    `select toUnixTimestamp(toStartOfHour(time)) * 1000 as at, count() as events, uniqExact(${person}) as people from events
     where workspace_id = {w:UInt32} and time >= ${ms('from')} and time < ${ms('to')} group by at order by at`,
    { w: workspaceId, from, to },
  )

export const eventTotals = async (clickhouse: ClickHouse, workspaceId: number, from: number, to: number) =>
  (
    await clickhouse.query<{ events: number; people: number }>(
      'interactive',
      `select count() as events, uniqExact(${person}) as people from events where workspace_id = {w:UInt32} and time >= ${ms('from')} and time < ${ms('to')}`,
      { w: workspaceId, from, to },
    )
  )[0] ?? { events: 0, people: 0 }

export const topEvents = (clickhouse: ClickHouse, workspaceId: number, from: number, limit: number) =>
  clickhouse.query<{ name: string; count: number }>(
    'interactive',
    `select event as name, count() as count from events where workspace_id = {w:UInt32} and time >= ${ms('from')} group by event order by count desc, name limit {limit:UInt32}`,
    { w: workspaceId, from, limit },
  )

export const eventCount = async (clickhouse: ClickHouse, workspaceId: number) =>
  (
    await clickhouse.query<{ count: number }>('interactive', 'select count() as count from events where workspace_id = {w:UInt32}', {
      w: workspaceId,
    })
  )[0]?.count ?? 0

export interface EventRow {
  message_id: string
  person: number
  time: number
  received_at: number
  event: string
  properties: string
}

const eventColumns = `message_id, ${person} as person, toUnixTimestamp64Milli(time) as time, toUnixTimestamp64Milli(received_at) as received_at, event, properties`

export const recentEvents = (clickhouse: ClickHouse, workspaceId: number, since: number, limit: number) =>
  clickhouse.query<EventRow>(
    'interactive',
    `select ${eventColumns} from events where workspace_id = {w:UInt32} and events.received_at >= ${ms('since')} order by events.received_at desc, message_id limit {limit:UInt32}`,
    { w: workspaceId, since, limit },
  )

/** Number of events and the last one's time (ms), by person. */
export const activity = (clickhouse: ClickHouse, workspaceId: number, people: readonly number[]) =>
  clickhouse.query<{ person: number; events: number; last: number }>(
    'interactive',
    `select ${person} as person, count() as events, toUnixTimestamp64Milli(max(time)) as last from events
     where workspace_id = {w:UInt32} and person_id in (
       select arrayJoin({people:Array(UInt64)}) union all
       select old_person_id from person_overrides final where workspace_id = {w:UInt32} and person_id in {people:Array(UInt64)})
     group by person`,
    { w: workspaceId, people },
  )

export interface DayNumbers {
  new_people: number
  orders: number
  sales_fen: number
  messages_sent: number
  messages_dropped: number
}

export async function dayNumbers(query: Queryable, workspaceId: number, from: Date, to: Date): Promise<DayNumbers> {
  const row = await query.one<DayNumbers>(sql`
    select
      (select count(*) from persons where workspace_id = ${workspaceId} and merged_into is null and created_at >= ${from} and created_at < ${to}) as new_people,
      (select count(*) from orders where workspace_id = ${workspaceId} and paid_at >= ${from} and paid_at < ${to}) as orders,
      (select coalesce(sum(paid_fen), 0)::bigint from orders where workspace_id = ${workspaceId} and paid_at >= ${from} and paid_at < ${to}) as sales_fen,
      (select count(*) from messages where workspace_id = ${workspaceId} and sent_at >= ${from} and sent_at < ${to}) as messages_sent,
      (select count(*) from messages where workspace_id = ${workspaceId} and state = 'dropped' and created_at >= ${from} and created_at < ${to}) as messages_dropped`)
  return row ?? { new_people: 0, orders: 0, sales_fen: 0, messages_sent: 0, messages_dropped: 0 }
}

export const messagesByHour = (query: Queryable, workspaceId: number, from: Date) =>
  query.many<{ at: Date; messages: number }>(sql`
    select date_trunc('hour', sent_at, 'UTC') as at, count(*) as messages from messages
    where workspace_id = ${workspaceId} and sent_at >= ${from} group by 1`)

export async function workspaceTotals(
  query: Queryable,
  workspaceId: number,
): Promise<{ people: number; live_journeys: number; quarantined: number }> {
  const row = await query.one<{ people: number; live_journeys: number; quarantined: number }>(sql`
    select
      (select count(*) from persons where workspace_id = ${workspaceId} and merged_into is null) as people,
      (select count(*) from journeys where workspace_id = ${workspaceId} and status = 'live') as live_journeys,
      (select count(*) from quarantined_events where workspace_id = ${workspaceId} and status = 'open') as quarantined`)
  return row ?? { people: 0, live_journeys: 0, quarantined: 0 }
}

export interface OrderRow {
  order_id: string
  status: 'created' | 'paid' | 'cancelled' | 'refunded'
  total_fen: number
  paid_fen: number
  refunded_fen: number
  currency: string
  created_at: Date
  paid_at: Date | null
  lines: { line_no: number; item_id: string; name: string; quantity: number; price_fen: number }[] | null
}

/** A page of a person's orders, newest first, after the cursor (created_at, order_id). */
export const ordersOf = (query: Queryable, workspaceId: number, personId: number, before: { at: Date; id: string } | null, limit: number) =>
  query.many<OrderRow>(sql`
    select o.order_id, o.status, o.total_fen, o.paid_fen, o.refunded_fen, o.currency, o.created_at, o.paid_at,
      (select json_agg(json_build_object('line_no', line_no, 'item_id', item_id, 'name', name, 'quantity', quantity, 'price_fen', price_fen) order by line_no)
        from order_lines l where l.workspace_id = o.workspace_id and l.order_id = o.order_id) as lines
    from orders o
    where o.workspace_id = ${workspaceId} and o.person_id = ${personId}
      and (${before?.at ?? null}::timestamptz is null or (o.created_at, o.order_id) < (${before?.at ?? null}, ${before?.id ?? ''}))
    order by o.created_at desc, o.order_id desc limit ${limit}`)

export async function orderStats(
  query: Queryable,
  workspaceId: number,
  personId: number,
): Promise<{ orders: number; paid_fen: number; last_paid_at: Date | null }> {
  const row = await query.one<{ orders: number; paid_fen: number; last_paid_at: Date | null }>(sql`
    select count(*) as orders, coalesce(sum(paid_fen - refunded_fen), 0)::bigint as paid_fen, max(paid_at) as last_paid_at
    from orders where workspace_id = ${workspaceId} and person_id = ${personId}`)
  return row ?? { orders: 0, paid_fen: 0, last_paid_at: null }
}

export interface EffectJourneyRow {
  id: string
  name: string
  version: number | null
  goal_event: string
  window_ms: number
}

/** Journeys that have been published, with the goal of their newest version. */
export const effectJourneys = (query: Queryable, workspaceId: number) =>
  query.many<EffectJourneyRow>(sql`
    select j.id, j.name, v.version, v.definition #>> '{goal,event}' as goal_event,
      ((v.definition #>> '{goal,window,amount}')::bigint * case v.definition #>> '{goal,window,unit}'
        when 'second' then 1000 when 'minute' then 60000 when 'hour' then 3600000 else 86400000 end) as window_ms
    from journeys j
    join lateral (select version, definition from journey_versions v where v.workspace_id = j.workspace_id and v.journey_id = j.id order by version desc limit 1) v on true
    where j.workspace_id = ${workspaceId} order by j.id desc`)

export interface EffectRow {
  journey_id: string
  sent: number
  reached: number
  clicked: number
  cost_fen: number
}

/** People per journey whom its messages of the span went to, reached, and who clicked; and what the messages cost. */
export const effectMessages = (query: Queryable, workspaceId: number, from: Date | null, to: Date | null) =>
  query.many<EffectRow>(sql`
    select journey_id, count(distinct person_id) filter (where sent_at is not null) as sent,
      count(distinct person_id) filter (where delivered_at is not null or shown_at is not null or clicked_at is not null) as reached,
      count(distinct person_id) filter (where clicked_at is not null) as clicked,
      coalesce(sum(cost_fen), 0)::bigint as cost_fen
    from messages
    where workspace_id = ${workspaceId} and journey_id is not null
      and (${from}::timestamptz is null or created_at >= ${from}) and (${to}::timestamptz is null or created_at < ${to})
    group by journey_id`)

const paidAfterClick = (workspaceId: number, journeyId: string, windowMs: number, from: Date | null, to: Date | null) =>
  sql`o.workspace_id = ${workspaceId} and o.paid_at is not null and exists (
    select from messages m
    where m.workspace_id = o.workspace_id and m.person_id = o.person_id and m.journey_id = ${journeyId} and m.clicked_at is not null
      and (${from}::timestamptz is null or m.created_at >= ${from}) and (${to}::timestamptz is null or m.created_at < ${to})
      and o.paid_at >= m.clicked_at and o.paid_at < m.clicked_at + ${windowMs} * interval '1 millisecond')`

/**
 * Orders paid within the window after a click on a message of the journey, each order once, and the people who paid them.
 * Sales are what was paid less what was refunded.
 */
export const effectSales = (
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  windowMs: number,
  from: Date | null,
  to: Date | null,
) =>
  query.one<{ buyers: number; sales_fen: number }>(sql`
    select count(distinct o.person_id) as buyers, coalesce(sum(o.paid_fen - o.refunded_fen), 0)::bigint as sales_fen
    from orders o where ${paidAfterClick(workspaceId, journeyId, windowMs, from, to)}`)

export const effectBuyers = (
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  windowMs: number,
  from: Date | null,
  to: Date | null,
) =>
  query.many<{ person_id: number }>(sql`
    select distinct o.person_id from orders o where ${paidAfterClick(workspaceId, journeyId, windowMs, from, to)}`)

export const effectClicks = (query: Queryable, workspaceId: number, journeyId: string, from: Date | null, to: Date | null) =>
  query.many<{ person_id: number; clicked_at: Date }>(sql`
    select person_id, clicked_at from messages
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and clicked_at is not null
      and (${from}::timestamptz is null or created_at >= ${from}) and (${to}::timestamptz is null or created_at < ${to})`)

/** When people did the event, for goals other than paying. */
export const goalEvents = (clickhouse: ClickHouse, workspaceId: number, event: string, since: number) =>
  clickhouse.query<{ person: number; time: number }>(
    'interactive',
    `select ${person} as person, toUnixTimestamp64Milli(time) as time from events where workspace_id = {w:UInt32} and event = {event:String} and events.time >= ${ms('since')}`,
    { w: workspaceId, event, since },
  )

export const hotItems = (query: Queryable, workspaceId: number, since: Date, limit: number) =>
  query.many<{ item_id: string; name: string | null; price_fen: number | null; image_url: string | null; url: string | null }>(sql`
    select i.item_id, i.name, i.price_fen, i.image_url, i.url
    from items i
    left join (
      select l.item_id, sum(l.quantity) as sold from order_lines l
      join orders o on o.workspace_id = l.workspace_id and o.order_id = l.order_id
      where o.workspace_id = ${workspaceId} and o.created_at >= ${since} group by l.item_id
    ) sales on sales.item_id = i.item_id
    where i.workspace_id = ${workspaceId}
    order by coalesce(sales.sold, 0) desc, i.updated_at desc, i.item_id limit ${limit}`)
