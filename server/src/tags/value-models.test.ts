import {
  type Lifecycle,
  lifecycleValues,
  type Rfm,
  rfmValues,
  type TagValue,
  type ValueBands,
  valueBandValues,
  valueModelDefaults,
} from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { type FactEvent, matches, type PersonFacts, resolveValues } from '../query/index.ts'
import { type Order, openRetailShop } from './online-retail.test-kit.ts'
import type { Shop } from './tags.test-kit.ts'

// The ready models (T3), case by case; and over UCI Online Retail against a reckoning of their own from the file.

const day = 86_400_000
const now = Date.parse('2026-03-02T10:00:00+08:00')
const bought = (daysAgo: number, total = 10): FactEvent => ({ event: 'Order Paid', time: now - daysAgo * day, properties: { total } })
const added = (daysAgo: number): FactEvent => ({ event: 'Product Added', time: now - daysAgo * day, properties: {} })

/** The value that somebody with these events has; null: none. */
function valueHeld(values: readonly TagValue[], ...events: FactEvent[]): string | null {
  const person: PersonFacts = { personId: 1, attributes: {}, events, tags: new Map(), segments: new Set() }
  const rules = resolveValues(values, () => null)
  const held = values.filter((_, i) => {
    const rule = rules[i]
    return rule !== undefined && matches(rule, person, now, 'Asia/Shanghai')
  })
  expect(held.length).toBeLessThanOrEqual(1)
  return held[0]?.value ?? null
}

test('lifecycle: who was lost and buys again is regained for the days of the active, whenever that was', () => {
  const values = lifecycleValues({ event: 'Order Paid', newDays: 30, activeDays: 60, lostDays: 180 })
  expect(valueHeld(values)).toBe(null)
  expect(valueHeld(values, bought(29))).toBe('新客')
  expect(valueHeld(values, bought(31))).toBe('活跃')
  expect(valueHeld(values, bought(90), bought(5))).toBe('活跃')
  expect(valueHeld(values, bought(61))).toBe('沉睡风险')
  expect(valueHeld(values, bought(181))).toBe('流失')
  expect(valueHeld(values, bought(181), bought(0))).toBe('回流')
  expect(valueHeld(values, bought(240), bought(59), bought(2))).toBe('回流')
  expect(valueHeld(values, bought(241), bought(61))).toBe('沉睡风险')
})

test('value bands: potential is who spends little and shows interest', () => {
  const values = valueBandValues(valueModelDefaults.bands)
  expect(valueHeld(values, bought(300, 1_500), bought(3, 500))).toBe('高价值')
  expect(valueHeld(values, bought(3, 1_999.99), added(1), added(2))).toBe('中价值')
  expect(valueHeld(values, bought(3, 499), added(1), added(2))).toBe('潜力')
  expect(valueHeld(values, added(1), added(2))).toBe('潜力')
  expect(valueHeld(values, bought(3, 499), added(1), added(40))).toBe('低价值')
  expect(valueHeld(values, bought(400, 5_000))).toBe(null)
})

test('RFM: the eight classes', () => {
  const values = rfmValues({ event: 'Order Paid', property: 'total', days: 365, recencyDays: 60, frequency: 3, amount: 1_000 })
  const orders = (daysAgo: number, times: number, total: number) => Array.from({ length: times }, (_, i) => bought(daysAgo + i, total))
  const classes = [
    [5, 3, 400],
    [5, 1, 1_000],
    [90, 3, 400],
    [90, 1, 1_000],
    [5, 3, 10],
    [5, 1, 10],
    [90, 3, 10],
    [90, 1, 10],
  ] as const
  expect(classes.map(([recency, times, total]) => valueHeld(values, ...orders(recency, times, total)))).toEqual(
    values.map((one) => one.value),
  )
  expect(valueHeld(values, bought(366, 9_000))).toBe(null)
})

const rfm: Rfm = { event: 'Order Paid', property: 'total', days: 365, recencyDays: 60, frequency: 4, amount: 1_000 }
const stages: Lifecycle = { event: 'Order Paid', newDays: 30, activeDays: 45, lostDays: 120 }
const bands: ValueBands = { ...valueModelDefaults.bands, days: 180, high: 1_500, mid: 400 }

/** Written for this test from the words, not from the rules. */
function reckoned(orders: readonly Order[], at: number): { rfm: string; stage: string; band: string } {
  const past = orders.filter((order) => order.time <= at).sort((a, b) => a.time - b.time)
  const age = (order: Order) => (at - order.time) / day
  const since = (days: number) => past.filter((order) => age(order) < days)
  const spent = (list: readonly Order[]) => list.reduce((sum, order) => sum + order.thousandths, 0) / 1_000
  const first = past.at(0)
  const last = past.at(-1)
  if (first === undefined || last === undefined) return { rfm: '', stage: '', band: '' }
  const year = since(rfm.days)
  const [r, f, m] = [age(last) < rfm.recencyDays, year.length >= rfm.frequency, spent(year) >= rfm.amount]
  const kind = r ? (f ? '价值' : '发展') : f ? '保持' : '挽留'
  const recent = since(stages.activeDays)
  const earlier = past.slice(0, past.length - recent.length).at(-1)
  const back = recent.length > 0 && earlier !== undefined && age(earlier) >= stages.lostDays
  const money = spent(since(bands.days))
  const band = since(bands.days).length > 0 ? '低价值' : ''
  return {
    rfm: year.length === 0 ? '' : `${m ? '重要' : '一般'}${kind}`,
    stage:
      age(first) < stages.newDays ? '新客' : back ? '回流' : recent.length > 0 ? '活跃' : age(last) < stages.lostDays ? '沉睡风险' : '流失',
    band: money >= bands.high ? '高价值' : money >= bands.mid ? '中价值' : band,
  }
}

describe('Online Retail, the whole file', () => {
  let stores: TestStores
  let shop: Shop
  let people: ReadonlyMap<number, readonly Order[]>

  beforeAll(async () => {
    stores = await createTestStores()
    stores.clock.set('2011-09-09T12:50:00Z')
    ;({ shop, people } = await openRetailShop(stores))
    await shop.valuedTag('rfm', rfmValues(rfm))
    await shop.valuedTag('stage', lifecycleValues(stages))
    await shop.valuedTag('band', valueBandValues(bands))
  }, 120_000)
  afterAll(() => stores.close())

  async function expectReckoned(): Promise<void> {
    await shop.settle()
    const at = stores.clock.now()
    const answers = [...people].map(([person, orders]) => ({ person, ...reckoned(orders, at) }))
    for (const key of ['rfm', 'stage', 'band'] as const) {
      const wanted = answers.flatMap((one) => (one[key] === '' ? [] : [[one.person, one[key]]])).sort(([a], [b]) => Number(a) - Number(b))
      expect((await shop.held(key)).map(([person, value]) => [person, value])).toEqual(wanted)
    }
  }

  test('RFM, lifecycle and bands of every customer are those of the reckoning, and so they are live three months later', {
    timeout: 240_000,
  }, async () => {
    await expectReckoned()
    stores.clock.set('2011-11-01T00:00:00Z')
    await expectReckoned()
    stores.clock.set('2011-12-09T12:50:00Z')
    await expectReckoned()
    const sizes = await shop.tags.valueSizes(shop.workspaceId)
    expect(people.size).toBe(4_339)
    expect(Object.fromEntries(sizes.get('rfm') ?? [])).toEqual({
      重要价值: 1053,
      重要发展: 200,
      重要保持: 167,
      重要挽留: 212,
      一般价值: 165,
      一般发展: 979,
      一般保持: 71,
      一般挽留: 1423,
    })
  })
})
