import { createRandom } from '../../server/test/harness/random.ts'
import * as world from './world.ts'

export interface FreshEvent {
  readonly event: string
  readonly properties: Record<string, unknown>
}

/** Events as people send them now: names by their shares, properties as in the history. */
export function createFreshEvents(seed: number): () => FreshEvent {
  const random = createRandom(seed)
  const pick = (names: world.Weighted): string => {
    let left = random() * names.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of names) {
      left -= weight
      if (left < 0) return name
    }
    return names[0]?.[0] ?? ''
  }
  return () => {
    const event = pick(world.eventShares)
    const price = Math.round(500 + 150_000 * random() ** 3) / 100
    const quantity = 1 + Math.floor(random() * 2)
    const category = pick(world.categories)
    const promotion = pick(world.promotions)
    const product = { product_id: world.productId(Math.floor(random() ** 2 * world.products)), category, price, quantity }
    const total = Math.round(price * quantity * 100) / 100
    if (event.startsWith('Order ')) {
      // The order of a stock of its own: what comes after the first event of an order is another matter.
      const order_id = `fresh-${seed}-${Math.floor(random() * 1e12)}`
      return { event, properties: { order_id, total, promotion, ...product, products: [product] } }
    }
    if (event === 'Promotion Viewed' || event === 'Coupon Applied') return { event, properties: { promotion, coupon_id: 'c1' } }
    if (event === 'Products Searched') return { event, properties: { query: category, results: 10 } }
    if (event === 'Product List Viewed') return { event, properties: { category } }
    if (event === 'Cart Viewed' || event === 'Checkout Started') return { event, properties: { total, quantity } }
    return { event, properties: product }
  }
}
