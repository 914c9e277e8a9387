import type { ItemTrigger } from '@chaoxi/contract'
import { describe, expect, test } from 'vitest'
import type { ItemChange } from '../../ingest/index.ts'
import { concerned, interestNeeds, itemNews, type Seen } from './item-interest.ts'

const at = Date.parse('2026-03-30T10:00:00Z')
const day = 86_400_000
const trigger = (more: Partial<ItemTrigger> = {}): ItemTrigger => ({
  ...{ kind: 'item_change', change: 'price_drop', interest: ['viewed', 'carted'], days: 10, unlessBought: true },
  ...more,
})
const change = (more: Partial<ItemChange> = {}): ItemChange => ({
  ...{ id: 5, workspaceId: 1, itemId: 'p1', change: 'price_drop', was: 10_000, became: 8_000, at },
  item: { name: '碧螺春', category: null, brand: null, price_fen: 8_000, stock: 3, image_url: null, url: 'https://shop.example/p1' },
  ...more,
})
const did = (event: string, daysAgo: number, properties: object = {}, personId = 1): Seen => ({
  ...{ personId, event, time: at - daysAgo * day, properties: { product_id: 'p1', ...properties } },
})
const bought = (daysAgo: number) => did('Order Completed', daysAgo, { product_id: undefined, products: [{ product_id: 'p1' }] })
const found = (one: ItemTrigger, seen: Seen[], own = change()) => concerned(one, own, seen)

describe('a price drop', () => {
  test('concerns who showed interest in that item, in one of the ways, lately enough', () => {
    expect(found(trigger(), [did('Product Viewed', 3, { price: 100 })])).toEqual([{ personId: 1, priceFen: 10_000 }])
    expect(found(trigger(), [did('Product Viewed', 3, { product_id: 'p2' })])).toEqual([])
    expect(found(trigger(), [did('Product Added to Wishlist', 3)])).toEqual([])
    expect(found(trigger(), [did('Product Viewed', 10)])).toEqual([])
    expect(found(trigger(), [did('Product Viewed', -1)])).toEqual([])
    expect(found(trigger(), [did('Product Added', 9, { product_id: undefined, sku: 'p1' }, 4)])).toEqual([{ personId: 4, priceFen: null }])
  })

  test('is measured against the price that the person last saw, in per cent or fen', () => {
    const saw = (price: number) => [did('Product Viewed', 5, { price: 200 }), did('Product Viewed', 1, { price })]
    const percent = trigger({ minimum: { unit: 'percent', value: 20 } })
    expect([saw(100), saw(99.99), saw(80), saw(75)].map((seen) => found(percent, seen).length)).toEqual([1, 0, 0, 0])
    const fen = trigger({ minimum: { unit: 'fen', value: 500 } })
    expect([saw(85), saw(84.99)].map((seen) => found(fen, seen).length)).toEqual([1, 0])
    expect(found(trigger(), saw(80))).toEqual([])
    // Nobody said it: against what it was.
    expect(found(percent, [did('Product Viewed', 1)])).toEqual([{ personId: 1, priceFen: null }])
  })

  test('leaves out who has ordered it since, unless told otherwise', () => {
    const before = [did('Product Viewed', 3), bought(4)]
    const since = [did('Product Viewed', 3), bought(2)]
    const after = [did('Product Viewed', 3), bought(-0.01)]
    expect([before, since, after].map((seen) => found(trigger(), seen).length)).toEqual([1, 0, 0])
    expect(found(trigger({ unlessBought: false }), since)).toHaveLength(1)
  })
})

test('an item that is back concerns them whatever it costs', () => {
  const back = change({ change: 'back_in_stock', was: 0, became: 3 })
  expect(found(trigger({ change: 'back_in_stock' }), [did('Product Viewed', 3, { price: 50 })], back)).toHaveLength(1)
})

test('the run is told of the item in the words of events, under a key of journey, change and person', () => {
  expect(itemNews('jny_1', change(), { personId: 7, priceFen: 12_000 }, at + 5)).toEqual({
    sourceKey: 'item:jny_1:5:7',
    kind: 'item_change',
    name: 'jny_1',
    properties: {
      ...{ change: 'price_drop', product_id: 'p1', name: '碧螺春', stock: 3, url: 'https://shop.example/p1' },
      ...{ price: 80, old_price: 120, drop: 40, drop_percent: 33 },
    },
    occurredAt: at,
    receivedAt: at + 5,
  })
})

test('what is asked for covers every trigger', () => {
  expect(interestNeeds([trigger(), trigger({ days: 30, interest: ['favourited'] })], at)).toEqual({
    events: ['Product Viewed', 'Product Added', 'Product Added to Wishlist', 'Order Completed', 'Order Paid'],
    from: at - 30 * day,
  })
})
