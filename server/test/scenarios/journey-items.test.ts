import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { type Definition, end, instant, type NewYorkShop, openNewYorkShop } from '../harness/new-york-shop.ts'

// Journeys that begin when an item of interest becomes cheaper or is back in stock, through the whole program.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
  const close = { kind: 'close' as const }
  const title = '{{ event.name }} {{ event.old_price }}→{{ event.price }}'
  const content = { kind: 'popup' as const, title, body: '', imageUrl: '', button: '好', action: close, validHours: 48 }
  await app.call('templateCreate', { body: { key: 'drop', name: '降价', channel: 'popup', content, linkUrl: '' } })
})
afterAll(() => app.close())

type Item = Extract<Definition['trigger'], { kind: 'item_change' }>
const watching = (more: Partial<Item> = {}) =>
  shop.live(
    'Item',
    'w',
    [
      { id: 'w', kind: 'wait_until', until: { kind: 'time', at: '09:00' }, next: 's' },
      { id: 's', kind: 'send', channel: 'popup', template: 'drop', purpose: 'transactional', next: 'end' },
      end(),
    ],
    { trigger: { kind: 'item_change', change: 'price_drop', interest: ['viewed', 'carted', 'favourited'], days: 30, ...more } },
  )
async function catalogue(...items: { sku: string; name?: string; priceFen?: number; stock?: number }[]): Promise<void> {
  await app.call('itemsWrite', { body: { items } })
  await app.settle()
}
/** What events say of items is written a little later than they are; a call of the catalogue writes it at once. */
const written = () => catalogue({ sku: 'other', stock: 1 })
const whoIn = async (id: string) => Object.keys(await shop.runsOf(id)).sort()

test('a price drop brings in whom it concerns, at midnight before the clocks change, each once and with the price that they knew', async () => {
  const id = await watching({ minimum: { unit: 'percent', value: 10 } })
  await shop.at('2026-03-06T12:00:00-05:00')
  await catalogue({ sku: 'tea', name: '碧螺春', priceFen: 10_000 })
  await shop.happens('ann', 'Product Viewed', { product_id: 'tea', price: 100 })
  await shop.happens('ben', 'Product Added', { product_id: 'tea', price: 100 })
  await shop.happens('cai', 'Product Viewed', { product_id: 'cup', price: 100 })
  await shop.happens('dan', 'Product Viewed', { product_id: 'tea', price: 100 })
  await shop.happens('dan', 'Order Completed', { order_id: 'o1', total: 100, products: [{ product_id: 'tea', price: 100, quantity: 1 }] })
  await shop.at('2026-03-07T23:59:30-05:00')
  // Too little for everybody; then more, against what they knew.
  await catalogue({ sku: 'tea', priceFen: 9_500 })
  expect(await whoIn(id)).toEqual([])
  await catalogue({ sku: 'tea', priceFen: 9_000 }, { sku: 'cup', priceFen: 10_000 })
  await catalogue({ sku: 'tea', priceFen: 9_000 })
  expect(await shop.runsOf(id)).toEqual({
    ann: `w ${instant('2026-03-08T09:00:00-04:00')}`,
    ben: `w ${instant('2026-03-08T09:00:00-04:00')}`,
  })
  await shop.at('2026-03-08T09:00:00-04:00')
  expect(await shop.popupsOf('ann')).toEqual(['碧螺春 100→90'])
  const { items } = await app.call('journeyRuns', { params: { id }, query: {} })
  expect(items).toHaveLength(2)
  expect((await shop.storiesOf(id, 'trigger')).ann?.[0]?.[2]).toMatchObject({ kind: 'item_change' })
})

test('what events say of prices counts too, an order’s discount does not; over the end of a month, and two who became one once', async () => {
  await shop.at('2026-03-31T20:00:00-04:00')
  await shop.happens('eve', 'Product Added to Wishlist', { product_id: 'pot', price: 50 })
  await app.events([
    { type: 'track', anonymousId: 'eve-phone', event: 'Product Viewed', messageId: 'p', properties: { product_id: 'pot', price: 50 } },
  ])
  await app.events([{ type: 'identify', userId: 'eve', anonymousId: 'eve-phone', traits: {} }])
  await app.settle()
  const id = await watching({ interest: ['viewed', 'favourited'] })
  await shop.happens('fay', 'Order Completed', { order_id: 'o2', total: 30, products: [{ product_id: 'pot', price: 30, quantity: 1 }] })
  await written()
  expect(await whoIn(id)).toEqual([])
  await shop.at('2026-04-01T00:00:30-04:00')
  await shop.happens('fay', 'Product Viewed', { product_id: 'pot', price: 40 })
  await written()
  expect(await whoIn(id)).toEqual(['eve'])
  expect((await app.call('journeyRuns', { params: { id }, query: {} })).items).toHaveLength(1)
})

test('back in stock, and not in a pause', async () => {
  await shop.at('2026-04-02T12:00:00-04:00')
  const id = await watching({ change: 'back_in_stock' })
  await catalogue({ sku: 'jar', name: '罐', stock: 0 })
  await shop.happens('gil', 'Product Viewed', { product_id: 'jar' })
  await catalogue({ sku: 'jar', stock: 5 })
  await catalogue({ sku: 'jar', stock: 4 })
  expect(await whoIn(id)).toEqual(['gil'])
  await app.call('journeyPause', { params: { id } })
  await catalogue({ sku: 'jar', stock: 0 })
  await catalogue({ sku: 'jar', stock: 9 })
  await app.call('journeyResume', { params: { id } })
  await app.settle()
  expect((await app.call('journeyRuns', { params: { id }, query: {} })).items).toHaveLength(1)
  expect((await app.call('journeyCounters', { params: { id } })).refusals).toEqual([{ reason: 'paused', count: 1 }])
})

test('many people come in batches, nobody twice', async () => {
  await shop.at('2026-04-05T12:00:00-04:00')
  await catalogue({ sku: 'mat', name: '垫', priceFen: 2_000 })
  const people = Array.from({ length: 2_400 }, (_, i) => `many${i}`)
  for (let i = 0; i < people.length; i += 400)
    await app.events(
      people
        .slice(i, i + 400)
        .map((userId) => ({ type: 'track', userId, event: 'Product Viewed', properties: { product_id: 'mat', price: 20 } })),
    )
  await app.settle()
  const id = await watching({ interest: ['viewed'] })
  await catalogue({ sku: 'mat', priceFen: 1_500 })
  const { entered } = await app.call('journey', { params: { id } })
  expect(entered).toBe(people.length)
})
