import type { AcceptedEvent } from './accepted-event.ts'

// Orders, lines and catalogue items are read out of the standard events (Segment's e-commerce specification, and
// `Order Paid` where it has none). Everything here can come twice and in any order.

export interface ItemFact {
  itemId: string
  name: string | null
  category: string | null
  brand: string | null
  /** As it is offered. */
  priceFen: number | null
  /** What an order says of a piece: discounts may be in it, so it counts only until a price is known. */
  orderedFen: number | null
  /** Pieces that can be bought. */
  stock: number | null
  imageUrl: string | null
  url: string | null
  at: number
}
/** In the order of an order's life: a later one is never taken back by an earlier one that comes late. */
export const orderStatuses = ['created', 'paid', 'cancelled', 'refunded'] as const
type OrderStatus = (typeof orderStatuses)[number]

export interface OrderFact {
  orderId: string
  personId: number
  status: OrderStatus
  currency: string
  totalFen: number | null
  paidFen: number | null
  couponCode: string | null
  at: number
}
export interface LineFact {
  orderId: string
  lineNo: number
  itemId: string
  name: string
  quantity: number
  priceFen: number
}
export interface RefundFact {
  orderId: string
  messageId: string
  /** Null: the whole order. */
  amountFen: number | null
  at: number
}
export interface OrderFacts {
  orders: OrderFact[]
  lines: LineFact[]
  refunds: RefundFact[]
}
export interface CommerceFacts extends OrderFacts {
  items: ItemFact[]
}

const orderStatus: Record<string, OrderStatus> = {
  'Order Completed': 'created',
  'Order Updated': 'created',
  'Order Paid': 'paid',
  'Order Cancelled': 'cancelled',
  'Order Refunded': 'refunded',
}
const itemEvents = new Set([
  'Product Viewed',
  'Product Clicked',
  'Product Added',
  'Product Added to Wishlist',
  'Order Completed',
  'Product Catalogued',
])
/** Lines of one order in one event; an event is at most 32 KB, so more cannot come. */
const linesMax = 2_000

/** Yuan to fen, half away from zero; null for what is no amount. The one place where money is rounded on its way in. */
export function toFen(value: unknown): number | null {
  const yuan = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof yuan !== 'number' || !Number.isFinite(yuan)) return null
  const fen = Math.sign(yuan) * Math.round(Math.abs(yuan) * 100 + 1e-6)
  return Number.isSafeInteger(fen) ? fen : null
}

/** The money that an event of an order speaks of; null: none. */
export function orderMoneyFen(event: string, properties: Record<string, unknown>): number | null {
  return event in orderStatus ? toFen(properties.total ?? properties.revenue ?? properties.value) : null
}

function toCount(value: unknown): number | null {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof count === 'number' && Number.isFinite(count) && Math.abs(count) <= 1e12 ? Math.trunc(count) : null
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' && Number.isFinite(value) ? String(value) : null

type Fields = Record<string, unknown>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
export const productsOf = (properties: Fields): Fields[] =>
  Array.isArray(properties.products) ? properties.products.filter(isFields).slice(0, linesMax) : []
export const itemIdOf = (product: Fields) => text(product.product_id) ?? text(product.sku)

export function itemOf(product: Fields, at: number): ItemFact | null {
  const itemId = itemIdOf(product)
  if (itemId === null) return null
  return {
    itemId,
    at,
    name: text(product.name),
    category: text(product.category),
    brand: text(product.brand),
    priceFen: toFen(product.price),
    orderedFen: null,
    stock: toCount(product.stock),
    imageUrl: text(product.image_url),
    url: text(product.url),
  }
}

function linesOf(orderId: string, properties: Fields): LineFact[] {
  // A very long order comes in several events; each says how many lines came before it.
  const offset = typeof properties.line_offset === 'number' && Number.isSafeInteger(properties.line_offset) ? properties.line_offset : 0
  return productsOf(properties).map((product, i) => ({
    orderId,
    lineNo: offset + i + 1,
    itemId: itemIdOf(product) ?? '',
    name: text(product.name) ?? '',
    quantity: typeof product.quantity === 'number' && Number.isFinite(product.quantity) ? product.quantity : 1,
    priceFen: toFen(product.price) ?? 0,
  }))
}

/** All that a group of events says of one order. */
export interface OrderRow {
  orderId: string
  personId: number
  status: OrderStatus
  currency: string
  totalFen: number
  /** Whether the total was said by the order itself, and not only taken from its payment. */
  saysTotal: boolean
  paidFen: number
  couponCode: string | null
  createdAt: number
  paidAt: number | null
}

function newOrder({ orderId, personId, currency, status, at }: OrderFact): OrderRow {
  return { orderId, personId, currency, status, totalFen: 0, saysTotal: false, paidFen: 0, couponCode: null, createdAt: at, paidAt: null }
}

/** One row an order: the facts of a group joined as the store joins a group with what it has. */
export function foldOrders(facts: readonly OrderFact[]): OrderRow[] {
  const rows = new Map<string, OrderRow>()
  for (const fact of facts) {
    const { orderId, status, at } = fact
    const row = rows.get(orderId) ?? newOrder(fact)
    const says = status === 'created' && fact.totalFen !== null
    if (says || row.totalFen === 0) row.totalFen = fact.totalFen ?? fact.paidFen ?? row.totalFen
    row.saysTotal ||= says
    if (orderStatuses.indexOf(status) > orderStatuses.indexOf(row.status)) row.status = status
    row.paidFen = Math.max(row.paidFen, fact.paidFen ?? 0)
    row.couponCode ??= fact.couponCode
    row.createdAt = Math.min(row.createdAt, at)
    if (status === 'paid') row.paidAt = Math.min(row.paidAt ?? at, at)
    rows.set(orderId, row)
  }
  return [...rows.values()]
}

/** The facts in a group of events of one workspace. */
export function commerceFacts(events: readonly AcceptedEvent[]): CommerceFacts {
  const facts: CommerceFacts = { items: [], orders: [], lines: [], refunds: [] }
  for (const { event, properties, personId, time, messageId, type } of events) {
    if (type !== 'track') continue
    if (itemEvents.has(event)) {
      const ordered = event === 'Order Completed'
      for (const product of ordered ? productsOf(properties) : [properties]) {
        const item = itemOf(product, time)
        if (item) facts.items.push(ordered ? { ...item, priceFen: null, orderedFen: item.priceFen, stock: null } : item)
      }
    }
    const status = orderStatus[event]
    const orderId = text(properties.order_id)
    if (status === undefined || orderId === null) continue
    const total = orderMoneyFen(event, properties)
    facts.orders.push({
      orderId,
      personId,
      status,
      at: time,
      currency: text(properties.currency) ?? 'CNY',
      totalFen: status === 'refunded' || status === 'cancelled' ? null : total,
      paidFen: status === 'paid' ? total : null,
      couponCode: text(properties.coupon),
    })
    if (status === 'created') facts.lines.push(...linesOf(orderId, properties))
    if (status === 'refunded') facts.refunds.push({ orderId, messageId, amountFen: total, at: time })
  }
  return facts
}
