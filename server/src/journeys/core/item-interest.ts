import { type ItemTrigger, interestEvents } from '@chaoxi/contract'
import { type ItemChange, itemIdOf, productsOf, toFen } from '../../ingest/index.ts'
import type { Heard } from './run.ts'

// Whom a change of an item concerns, worked out from what people did.

/** Something that a person did, with an item among its properties. */
export interface Seen {
  readonly personId: number
  readonly event: string
  /** ms */
  readonly time: number
  readonly properties: Readonly<Record<string, unknown>>
}

export interface Concerned {
  readonly personId: number
  /** Fen, when the person last showed interest; null where nobody said it. */
  readonly priceFen: number | null
}

const dayMs = 86_400_000
const orderEvents = ['Order Completed', 'Order Paid']

/** Events that must be known, and since when (ms). */
export function interestNeeds(triggers: readonly ItemTrigger[], at: number): { events: string[]; from: number } {
  const events = new Set([...triggers.flatMap((one) => one.interest.map((interest) => interestEvents[interest])), ...orderEvents])
  return { events: [...events], from: at - Math.max(...triggers.map((one) => one.days)) * dayMs }
}

const ordered = (one: Seen, itemId: string) =>
  orderEvents.includes(one.event) && productsOf(one.properties).some((product) => itemIdOf(product) === itemId)

/** `seen` in any order; what happened after the change counts only as a purchase. */
export function concerned(
  trigger: ItemTrigger,
  change: Pick<ItemChange, 'itemId' | 'at' | 'was' | 'became'>,
  seen: readonly Seen[],
): Concerned[] {
  const shows = new Set(trigger.interest.map((one) => interestEvents[one]))
  const found: Concerned[] = []
  for (const [personId, own] of Map.groupBy(seen, (one) => one.personId)) {
    const interest = own
      .filter((one) => shows.has(one.event) && itemIdOf(one.properties) === change.itemId)
      .filter((one) => one.time > change.at - trigger.days * dayMs && one.time <= change.at)
      .toSorted((a, b) => b.time - a.time)
    const [last] = interest
    if (last === undefined) continue
    if (trigger.unlessBought && own.some((one) => one.time >= last.time && ordered(one, change.itemId))) continue
    const priceFen = toFen(last.properties.price)
    if (trigger.change === 'price_drop' && !dropped(trigger, priceFen ?? change.was, change.became)) continue
    found.push({ personId, priceFen })
  }
  return found
}

function dropped({ minimum }: ItemTrigger, from: number, to: number): boolean {
  if (to >= from) return false
  if (minimum === undefined) return true
  return minimum.unit === 'fen' ? from - to >= minimum.value : (from - to) * 100 >= from * minimum.value
}

const yuan = (fen: number) => fen / 100

/** What the person's run is told: the item as it is now, and the price that the person knew, in yuan as events say them. */
export function itemNews(journeyId: string, change: ItemChange, { personId, priceFen }: Concerned, now: number): Heard {
  const { name, category, brand, price_fen: price, stock, image_url, url } = change.item
  const facts = { name, category, brand, stock, image_url, url }
  const drop = change.change === 'price_drop'
  const from = priceFen ?? change.was
  const properties = {
    change: change.change,
    product_id: change.itemId,
    ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null && value !== undefined)),
    ...(drop ? { price: yuan(change.became) } : typeof price === 'number' ? { price: yuan(price) } : {}),
    ...(drop
      ? { old_price: yuan(from), drop: yuan(from - change.became), drop_percent: Math.floor(((from - change.became) * 100) / from) }
      : {}),
  }
  return {
    sourceKey: `item:${journeyId}:${change.id}:${personId}`,
    kind: 'item_change',
    name: journeyId,
    properties,
    occurredAt: change.at,
    receivedAt: Math.max(now, change.at),
  }
}
