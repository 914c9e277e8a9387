import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Db, type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import type { ColumnType, Layout } from '../platform/db/row-binary.ts'
import { jsonText } from '../platform/json-text.ts'
import { foldOrders, type ItemFact, type OrderFacts, orderStatuses } from './commerce.ts'

export interface EventRow {
  workspace_id: number
  person_id: number
  time: number
  event: string
  type: string
  message_id: string
  message_hash: number
  user_id: string
  anonymous_id: string
  properties: string
  context: string
  received_at: number
}

const eventsLayout: Layout = {
  table: 'events',
  columns: {
    workspace_id: 'UInt32',
    person_id: 'UInt64',
    time: 'DateTime64(3)',
    event: 'String',
    type: 'String',
    message_id: 'String',
    message_hash: 'UInt64',
    user_id: 'String',
    anonymous_id: 'String',
    properties: 'String',
    context: 'String',
    received_at: 'DateTime64(3)',
  } satisfies Record<keyof EventRow, ColumnType>,
}

export const insertEvents = (clickhouse: ClickHouse, rows: readonly EventRow[]) => clickhouse.insertRows(eventsLayout, rows)

/** Those of the message ids that are stored. The hash finds the blocks, the id decides. */
export async function findStored(
  clickhouse: ClickHouse,
  workspaceId: number,
  ids: readonly string[],
  hashes: readonly number[],
): Promise<Set<string>> {
  const rows = await clickhouse.query<{ message_id: string }>(
    'ingest',
    'select distinct message_id from events where workspace_id = {w:UInt32} and message_hash in {hashes:Array(UInt64)} and message_id in {ids:Array(String)}',
    { w: workspaceId, hashes, ids },
  )
  return new Set(rows.map((row) => row.message_id))
}

/** Pieces that all hashes are read in, so that a large store does not pass through memory at once. */
const hashPieces = 16

/** The hashes of all events, or of those received since an instant (ms). */
export async function readHashes(clickhouse: ClickHouse, since: number | null, take: (hash: number) => void): Promise<void> {
  if (since !== null) {
    const text = `select message_hash from events where events.received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`
    for (const hash of await clickhouse.column('batch', text, { since })) take(hash)
    return
  }
  for (let piece = 0; piece < hashPieces; piece++) {
    const hashes = await clickhouse.column(
      'batch',
      'select message_hash from events where bitShiftRight(message_hash, 40) % {pieces:UInt8} = {piece:UInt8}',
      {
        pieces: hashPieces,
        piece,
      },
    )
    for (const hash of hashes) take(hash)
  }
}

/** When the newest event was received, ms; 0: there is none. */
export async function newestReceived(clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query<{ newest: number }>('batch', 'select toUnixTimestamp64Milli(max(received_at)) as newest from events')
  return Math.max(0, row?.newest ?? 0)
}

/** Number and sum of the hashes of what was received before an instant (ms): the same for the same events. */
export async function storedBefore(clickhouse: ClickHouse, instant: number): Promise<string> {
  const text = `
    select concat(toString(count()), ' ', toString(sum(message_hash))) as stored from events
    where events.received_at < fromUnixTimestamp64Milli({instant:Int64}, 'UTC')`
  const [row] = await clickhouse.query<{ stored: string }>('batch', text, { instant })
  return row?.stored ?? ''
}

/**
 * Events stored after the instant: those whose flush may have been cut off between the stores. `events.received_at` is the
 * column; without its table ClickHouse reads the name as the number that is selected under it, and every event passes.
 */
export const findReceivedSince = (clickhouse: ClickHouse, receivedAt: number) =>
  clickhouse.query<EventRow>(
    'batch',
    `select workspace_id, person_id, toUnixTimestamp64Milli(time) as time, event, type, message_id, message_hash, user_id, anonymous_id, properties, context,
       toUnixTimestamp64Milli(received_at) as received_at
     from events where events.received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') order by events.received_at`,
    { since: receivedAt },
  )

export interface Checkpoint {
  readonly flush: number
  /** Ms; what was received until then is in both stores. */
  readonly receivedAt: number
  /** Ms; what events received until then say of items is in the catalogue. */
  readonly itemsReceivedAt: number
}

export async function readCheckpoint(query: Queryable): Promise<Checkpoint | null> {
  const row = await query.one<{ flush: number; received_at: Date; items_received_at: Date }>(
    sql`select flush, received_at, items_received_at from ingest_checkpoint`,
  )
  return row && { flush: row.flush, receivedAt: row.received_at.getTime(), itemsReceivedAt: row.items_received_at.getTime() }
}

export async function writeCheckpoint(tx: Tx, { flush, receivedAt, itemsReceivedAt }: Checkpoint): Promise<void> {
  await tx.run(sql`
    insert into ingest_checkpoint (flush, received_at, items_received_at) values (${flush}, ${new Date(receivedAt)}, ${new Date(itemsReceivedAt)})
    on conflict (one) do update set flush = excluded.flush, received_at = excluded.received_at, items_received_at = excluded.items_received_at`)
}

/** The first of ten thousand flush numbers that nobody else gets. */
export async function reserveFlushNumbers(db: Db): Promise<number> {
  const row = await db.one<{ first: number }>(sql`select nextval('flush_numbers') as first`)
  if (!row) throw new Error('the flush_numbers sequence gave no row')
  return row.first
}

export async function insertTouched(
  tx: Tx,
  rows: readonly { workspaceId: number; personId: number; changes: readonly string[] }[],
  at: Date,
): Promise<void> {
  // An array of arrays must be rectangular in PostgreSQL, so the names travel joined by a character that no name has.
  await tx.run(sql`
    insert into touched_people (workspace_id, person_id, changes, touched_at)
    select workspace_id, person_id, string_to_array(changes, ${separator}), ${at}
    from unnest(${rows.map((r) => r.workspaceId)}::int[], ${rows.map((r) => r.personId)}::bigint[], ${rows.map((r) => r.changes.join(separator))}::text[])
      as new (workspace_id, person_id, changes)`)
}
const separator = '\u001f'

/**
 * What is known of items, each given once; facts older than what is stored change nothing. What became cheaper, or can be bought again, is
 * noted with it.
 */
export async function writeItems(query: Queryable, workspaceId: number, items: readonly ItemFact[]): Promise<void> {
  if (items.length === 0) return
  const rows = items.map(({ priceFen, orderedFen, at, ...item }) => ({
    ...item,
    priceFen: priceFen ?? orderedFen,
    at: new Date(at),
  }))
  const onlyOrdered = items.filter((item) => item.priceFen === null && item.orderedFen !== null).map((item) => item.itemId)
  await query.run(sql`
    with before as (select item_id, price_fen, stock from items where workspace_id = ${workspaceId} and item_id = any(${items.map((item) => item.itemId)})),
    written as (
      insert into items (workspace_id, item_id, name, category, brand, price_fen, stock, image_url, url, updated_at)
      select ${workspaceId}, "itemId", name, category, brand, "priceFen", stock, "imageUrl", url, at
      from jsonb_to_recordset(${jsonText(rows)}::jsonb) as new (
        "itemId" text, name text, category text, brand text, "priceFen" bigint, stock bigint, "imageUrl" text, url text, at timestamptz)
      on conflict (workspace_id, item_id) do update set
        name = coalesce(excluded.name, items.name), category = coalesce(excluded.category, items.category), brand = coalesce(excluded.brand, items.brand),
        price_fen = case when items.item_id = any(${onlyOrdered}::text[]) then coalesce(items.price_fen, excluded.price_fen)
          else coalesce(excluded.price_fen, items.price_fen) end,
        stock = coalesce(excluded.stock, items.stock),
        image_url = coalesce(excluded.image_url, items.image_url), url = coalesce(excluded.url, items.url), updated_at = excluded.updated_at
      where items.updated_at <= excluded.updated_at
        and (items.name, items.category, items.brand, items.price_fen, items.stock, items.image_url, items.url)
          is distinct from (coalesce(excluded.name, items.name), coalesce(excluded.category, items.category), coalesce(excluded.brand, items.brand),
            case when items.item_id = any(${onlyOrdered}::text[]) then coalesce(items.price_fen, excluded.price_fen)
              else coalesce(excluded.price_fen, items.price_fen) end,
            coalesce(excluded.stock, items.stock), coalesce(excluded.image_url, items.image_url), coalesce(excluded.url, items.url))
      returning item_id, price_fen, stock, updated_at)
    insert into item_changes (workspace_id, item_id, change, was, became, at)
    select ${workspaceId}, item_id, change, was, became, written.updated_at from written join before using (item_id)
    cross join lateral (values ('price_drop', before.price_fen, written.price_fen), ('back_in_stock', before.stock, written.stock)) as c (change, was, became)
    where (change = 'price_drop' and became < was) or (change = 'back_in_stock' and was <= 0 and became > 0)`)
}

export interface ItemChange {
  readonly id: number
  readonly workspaceId: number
  readonly itemId: string
  readonly change: 'price_drop' | 'back_in_stock'
  /** Fen, or pieces. */
  readonly was: number
  readonly became: number
  /** ms */
  readonly at: number
  /** What is known of the item now. */
  readonly item: Readonly<Record<string, string | number | null>>
}

/** Takes the oldest changes away, in the caller's transaction; those that another one has in hand are left. */
export async function takeItemChanges(tx: Tx, limit: number): Promise<ItemChange[]> {
  const rows = await tx.many<{
    id: number
    workspace_id: number
    item_id: string
    change: ItemChange['change']
    was: number
    became: number
    at: Date
    item: ItemChange['item']
  }>(sql`
    with taken as (
      delete from item_changes where (workspace_id, id) in (select workspace_id, id from item_changes order by id limit ${limit} for update skip locked)
      returning id, workspace_id, item_id, change, was, became, at)
    select taken.*, jsonb_build_object('name', i.name, 'category', i.category, 'brand', i.brand, 'price_fen', i.price_fen, 'stock', i.stock,
      'image_url', i.image_url, 'url', i.url) as item
    from taken join items i on i.workspace_id = taken.workspace_id and i.item_id = taken.item_id order by taken.id`)
  return rows.map((row) => ({
    ...{ id: row.id, workspaceId: row.workspace_id, itemId: row.item_id, change: row.change, item: row.item },
    ...{ was: Number(row.was), became: Number(row.became), at: row.at.getTime() },
  }))
}

export async function writeOrders(tx: Tx, workspaceId: number, facts: OrderFacts): Promise<void> {
  const { orders, lines, refunds } = facts
  const date = (at: number) => new Date(at)
  if (orders.length > 0) {
    const rows = foldOrders(orders)
    await tx.run(sql`
      insert into orders (workspace_id, order_id, person_id, status, currency, total_fen, paid_fen, refunded_fen, coupon_code, created_at, paid_at)
      select ${workspaceId}, order_id, person_id, status, currency, total_fen, paid_fen, 0, coupon_code, created_at, paid_at
      from unnest(${rows.map((o) => o.orderId)}::text[], ${rows.map((o) => o.personId)}::bigint[], ${rows.map((o) => o.status)}::text[], ${rows.map((o) => o.currency)}::text[],
        ${rows.map((o) => o.totalFen)}::bigint[], ${rows.map((o) => o.paidFen)}::bigint[], ${rows.map((o) => o.couponCode)}::text[],
        ${rows.map((o) => date(o.createdAt))}::timestamptz[], ${rows.map((o) => (o.paidAt === null ? null : date(o.paidAt)))}::timestamptz[])
        as new (order_id, person_id, status, currency, total_fen, paid_fen, coupon_code, created_at, paid_at)
      on conflict (workspace_id, order_id) do update set
        status = case when array_position(${orderStatuses}::text[], excluded.status) > array_position(${orderStatuses}::text[], orders.status)
          then excluded.status else orders.status end,
        total_fen = case when orders.total_fen = 0 or orders.order_id = any(${rows.filter((o) => o.saysTotal).map((o) => o.orderId)}::text[])
          then excluded.total_fen else orders.total_fen end,
        paid_fen = greatest(orders.paid_fen, excluded.paid_fen),
        coupon_code = coalesce(orders.coupon_code, excluded.coupon_code),
        created_at = least(orders.created_at, excluded.created_at),
        paid_at = least(orders.paid_at, excluded.paid_at)`)
  }
  if (lines.length > 0) {
    const last = [...new Map(lines.map((line) => [`${line.orderId}\n${line.lineNo}`, line])).values()]
    await tx.run(sql`
      insert into order_lines (workspace_id, order_id, line_no, item_id, name, quantity, price_fen)
      select ${workspaceId}, new.* from unnest(${last.map((l) => l.orderId)}::text[], ${last.map((l) => l.lineNo)}::int[], ${last.map((l) => l.itemId)}::text[], ${last.map((l) => l.name)}::text[],
        ${last.map((l) => l.quantity)}::double precision[], ${last.map((l) => l.priceFen)}::bigint[]) as new
      on conflict (workspace_id, order_id, line_no) do update set item_id = excluded.item_id, name = excluded.name, quantity = excluded.quantity, price_fen = excluded.price_fen`)
  }
  if (refunds.length > 0) {
    await tx.run(sql`
      insert into order_refunds (workspace_id, order_id, message_id, amount_fen, refunded_at)
      select ${workspaceId}, o.order_id, new.message_id, coalesce(new.amount_fen, o.paid_fen), new.refunded_at
      from unnest(${refunds.map((r) => r.orderId)}::text[], ${refunds.map((r) => r.messageId)}::text[], ${refunds.map((r) => r.amountFen)}::bigint[], ${refunds.map((r) => date(r.at))}::timestamptz[])
        as new (order_id, message_id, amount_fen, refunded_at)
      join orders o on o.workspace_id = ${workspaceId} and o.order_id = new.order_id
      on conflict do nothing`)
    await tx.run(sql`
      update orders set refunded_fen = (select coalesce(sum(amount_fen), 0) from order_refunds r where r.workspace_id = orders.workspace_id and r.order_id = orders.order_id)
      where workspace_id = ${workspaceId} and order_id = any(${refunds.map((r) => r.orderId)}::text[])`)
  }
}

export async function moveOrders(tx: Tx, workspaceId: number, from: number, into: number): Promise<void> {
  await tx.run(sql`update orders set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}`)
}

const ingestLock = 727_010

/** A session lock: it goes with the connection, so a killed process never leaves it behind. */
export async function tryIngestLock(query: Queryable): Promise<boolean> {
  return (await query.one<{ taken: boolean }>(sql`select pg_try_advisory_lock(${ingestLock}) as taken`))?.taken ?? false
}
