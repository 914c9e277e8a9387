import type { Moved } from '../identity/index.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Queryable, type Sql, sql, type Tx } from '../platform/db/postgres.ts'

// What the rooms keep by person. A merge notes which rows it moves, in one statement, so that a split can give them back
// without every room keeping whose they once were.

/** The rows that merges are about to move, in their order, without memberships: those the tags know. */
export async function findMovable(tx: Tx, workspaceId: number, merges: readonly { from: number }[]): Promise<Omit<Moved, 'memberships'>[]> {
  const keys = (table: Sql, key: Sql) =>
    sql`(select coalesce(jsonb_agg(${key}), '[]') from ${table} where workspace_id = ${workspaceId} and person_id = pair.source)`
  const rows = await tx.many<{ moved: Omit<Moved, 'memberships'> }>(sql`
    select jsonb_build_object(
      'orders', ${keys(sql`orders`, sql`order_id`)},
      'consents', ${keys(sql`consent_entries`, sql`id`)},
      'claims', ${keys(sql`coupon_claims`, sql`code`)},
      'messages', ${keys(sql`messages`, sql`id`)},
      'runs', ${keys(sql`journey_runs`, sql`id`)}
    ) as moved
    from unnest(${merges.map((merge) => merge.from)}::bigint[]) with ordinality as pair (source, place)
    order by place`)
  return rows.map((row) => row.moved)
}

/** Rows that are still with who took them in. */
export async function giveBack(
  tx: Tx,
  workspaceId: number,
  { person, leaves, moved }: { person: number; leaves: number; moved: Moved },
): Promise<void> {
  const back = (table: Sql, key: Sql, keys: readonly string[]) =>
    keys.length === 0
      ? null
      : tx.run(
          sql`update ${table} set person_id = ${person} where workspace_id = ${workspaceId} and ${key} = any(${keys}::text[]) and person_id = ${leaves}`,
        )
  await back(sql`orders`, sql`order_id`, moved.orders)
  await back(sql`consent_entries`, sql`id`, moved.consents)
  await back(sql`coupon_claims`, sql`code`, moved.claims)
  await back(sql`messages`, sql`id`, moved.messages)
  await back(sql`journey_runs`, sql`id`, moved.runs)
}

/** Orders whose first event came by one of the numbers. */
export async function ordersBegunBy(
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  others: readonly number[],
): Promise<string[]> {
  const rows = await clickhouse.query<{ order_id: string }>(
    'interactive',
    `select if(JSONType(properties, 'order_id') = 'String', JSONExtractString(properties, 'order_id'), JSONExtractRaw(properties, 'order_id')) as order_id
     from events where workspace_id = {w:UInt32} and person_id in {all:Array(UInt64)} and startsWith(event, 'Order ') and JSONHas(properties, 'order_id')
     group by order_id having argMin(person_id, (received_at, time)) in {numbers:Array(UInt64)}`,
    { w: workspaceId, all: [...numbers, ...others], numbers },
  )
  return rows.map((row) => row.order_id)
}

export const consentsOf = (query: Queryable, workspaceId: number, personId: number) =>
  query.many<{ id: string; source_key: string }>(sql`
    select id, source_key from consent_entries where workspace_id = ${workspaceId} and person_id = ${personId}`)

/** Those of the messages that came by one of the numbers. */
export async function messagesOf(
  clickhouse: ClickHouse,
  workspaceId: number,
  numbers: readonly number[],
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await clickhouse.query<{ message_id: string }>(
    'interactive',
    `select distinct message_id from events where workspace_id = {w:UInt32} and person_id in {numbers:Array(UInt64)} and message_id in {ids:Array(String)}`,
    { w: workspaceId, numbers, ids },
  )
  return new Set(rows.map((row) => row.message_id))
}

export async function countEvents(clickhouse: ClickHouse, workspaceId: number, numbers: readonly number[]): Promise<number> {
  const rows = await clickhouse.query<{ count: number }>(
    'interactive',
    'select count() as count from events where workspace_id = {w:UInt32} and person_id in {numbers:Array(UInt64)}',
    { w: workspaceId, numbers },
  )
  return rows[0]?.count ?? 0
}

interface Share {
  orders: number
  messages: number
  coupons: number
  runs: number
  liveRuns: number
}

/** How many of a person's rows would go, and how many stay. */
export async function countRows(
  query: Queryable,
  workspaceId: number,
  personId: number,
  moved: Moved,
): Promise<{ leaving: Share; staying: Share }> {
  const count = (table: Sql, key: Sql, keys: readonly string[], also: Sql = sql``) => sql`
    (select array[count(*) filter (where ${key} = any(${keys}::text[])), count(*) filter (where not ${key} = any(${keys}::text[]))]::float8[]
      from ${table} where workspace_id = ${workspaceId} and person_id = ${personId} ${also})`
  const row = await query.one<{ orders: number[]; messages: number[]; coupons: number[]; runs: number[]; live: number[] }>(sql`
    select ${count(sql`orders`, sql`order_id`, moved.orders)} as orders, ${count(sql`messages`, sql`id`, moved.messages)} as messages,
      ${count(sql`coupon_claims`, sql`code`, moved.claims)} as coupons, ${count(sql`journey_runs`, sql`id`, moved.runs)} as runs,
      ${count(sql`journey_runs`, sql`id`, moved.runs, sql`and state in ('active', 'waiting')`)} as live`)
  const share = (i: 0 | 1): Share => ({
    orders: row?.orders[i] ?? 0,
    messages: row?.messages[i] ?? 0,
    coupons: row?.coupons[i] ?? 0,
    runs: row?.runs[i] ?? 0,
    liveRuns: row?.live[i] ?? 0,
  })
  return { leaving: share(0), staying: share(1) }
}
