import type { AcceptedEvent } from './accepted-event.ts'

// Orders, lines and catalogue items are read out of the standard events (Segment's e-commerce specification, and
// `Order Paid` where it has none). Everything here can come twice and in any order.

export interface ItemFact {
  itemId: string
  name: string | null
  category: string | null
  brand: string | null
  priceFen: number | null
  imageUrl: string | null
  url: string | null
  at: number
}
export interface OrderFact {
  orderId: string
  personId: number
  status: 'created' | 'paid' | 'cancelled' | 'refunded'
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
export interface CommerceFacts {
  items: ItemFact[]
  orders: OrderFact[]
  lines: LineFact[]
  refunds: RefundFact[]
}

const orderStatus: Record<string, OrderFact['status']> = {
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

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' && Number.isFinite(value) ? String(value) : null

type Fields = Record<string, unknown>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const productsOf = (properties: Fields): Fields[] =>
  Array.isArray(properties.products) ? properties.products.filter(isFields).slice(0, linesMax) : []
const itemIdOf = (product: Fields) => text(product.product_id) ?? text(product.sku)

function itemOf(product: Fields, at: number): ItemFact | null {
  const itemId = itemIdOf(product)
  if (itemId === null) return null
  return {
    itemId,
    at,
    name: text(product.name),
    category: text(product.category),
    brand: text(product.brand),
    priceFen: toFen(product.price),
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

/** The facts in a group of events of one workspace. */
export function commerceFacts(events: readonly AcceptedEvent[]): CommerceFacts {
  const facts: CommerceFacts = { items: [], orders: [], lines: [], refunds: [] }
  for (const { event, properties, personId, time, messageId, type } of events) {
    if (type !== 'track') continue
    if (itemEvents.has(event)) {
      const products = event === 'Order Completed' ? productsOf(properties) : [properties]
      for (const product of products) {
        const item = itemOf(product, time)
        if (item) facts.items.push(item)
      }
    }
    const status = orderStatus[event]
    const orderId = text(properties.order_id)
    if (status === undefined || orderId === null) continue
    const total = toFen(properties.total ?? properties.revenue ?? properties.value)
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
