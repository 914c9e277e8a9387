import { modelValues, type Rfm, rfmSharesDefault, rfmValues, type ValueModel } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { type Order, openRetailShop } from './online-retail.test-kit.ts'
import { boundariesOf, dueOn } from './rfm.ts'
import { levels } from './rfm-store.ts'
import { insightOf, openShop, type Shop } from './tags.test-kit.ts'

// RFM by quantiles: boundaries from the shop's own distribution, stored as fixed ones, taken again when their day has come.

const day = 86_400_000
const subject = { event: 'Order Paid', property: 'total', days: 365 }

test('boundaries are due a week, month or quarter after they were taken, at the end of short months too', () => {
  expect([dueOn('2026-01-31', 'week'), dueOn('2026-01-31', 'month'), dueOn('2025-11-30', 'quarter'), dueOn('2026-01-31', 'never')]).toEqual(
    ['2026-02-07', '2026-02-28', '2026-02-28', null],
  )
})

test('where all are alike nobody is high, and boundaries stay within what the model takes', () => {
  const all = (value: number) => levels.map(() => value)
  const alike = { people: 9, ages: all(3 * day), orders: all(1), spent: all(88_000_000) }
  expect(boundariesOf(alike, rfmSharesDefault, 365)).toEqual({ recencyDays: 4, frequency: 2, amount: 88.01 })
  expect(boundariesOf({ ...alike, spent: all(-5_000_000) }, rfmSharesDefault, 2)).toEqual({ recencyDays: 1, frequency: 2, amount: 0 })
  expect(boundariesOf({ ...alike, people: 0 }, rfmSharesDefault, 365)).toBe(null)
})

/** Written for this test from the words: of the sorted values the one behind the given share of people. */
const behind = (values: readonly number[], share: number) => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0

function reckoned(people: Iterable<readonly Order[]>, at: number, shares: { recent: number; frequent: number; much: number }) {
  const buyers = [...people]
    .map((orders) => orders.filter(({ time }) => time <= at && time > at - 365 * day))
    .filter((orders) => orders.length > 0)
    .map((orders) => ({
      age: at - Math.max(...orders.map(({ time }) => time)),
      orders: orders.length,
      pounds: orders.reduce((sum, { thousandths }) => sum + thousandths, 0) / 1_000,
    }))
  const of = (value: (one: (typeof buyers)[number]) => number, share: number) => behind(buyers.map(value), share / 100)
  const age = of((one) => one.age, shares.recent)
  const boundaries = {
    recencyDays: Math.floor(age / day) + 1,
    frequency: of((one) => one.orders, 100 - shares.frequent) + 1,
    amount: (Math.floor(of((one) => one.pounds, 100 - shares.much) * 100 + 1e-6) + 1) / 100,
  }
  const classOf = ({ age: own, orders, pounds }: (typeof buyers)[number]) => {
    const [r, f, m] = [own < boundaries.recencyDays * day, orders >= boundaries.frequency, pounds >= boundaries.amount]
    return `${m ? '重要' : '一般'}${r ? (f ? '价值' : '发展') : f ? '保持' : '挽留'}`
  }
  const sizes = new Map([...Map.groupBy(buyers, classOf)].map(([name, own]) => [name, own.length]))
  return { people: buyers.length, boundaries, sizes }
}

describe('Online Retail, the whole file', () => {
  let stores: TestStores
  let shop: Shop
  let people: ReadonlyMap<number, readonly Order[]>
  const names = rfmValues({ ...subject, recencyDays: 1, frequency: 1, amount: 1 }).map((one) => one.value)

  beforeAll(async () => {
    stores = await createTestStores()
    stores.clock.set('2011-09-09T12:50:00Z')
    ;({ shop, people } = await openRetailShop(stores))
  }, 120_000)
  afterAll(() => stores.close())

  const preview = (by: Parameters<Shop['tags']['rfm']['preview']>[1]['by']) => shop.tags.rfm.preview(shop.workspaceId, { ...subject, by })
  const tag = () => shop.tags.definitions.get(shop.workspaceId, 'tag', 'rfm')
  const settingsOf = (model: ValueModel | null): Rfm | null => (model?.kind === 'rfm' ? model.settings : null)

  test('boundaries and sizes are those of the reckoning, for any shares', async () => {
    for (const shares of [rfmSharesDefault, { recent: 20, frequent: 20, much: 20 }, { recent: 95, frequent: 5, much: 65 }]) {
      const wanted = reckoned(people.values(), stores.clock.now(), shares)
      const found = await preview(shares)
      expect(found).toEqual({
        takenOn: '2011-09-09',
        people: wanted.people,
        boundaries: wanted.boundaries,
        sizes: names.map((name) => wanted.sizes.get(name) ?? 0),
      })
      // The same boundaries, given, put the same people into each class.
      expect((await preview(wanted.boundaries)).sizes).toEqual(found.sizes)
    }
  })

  test('a tag with these boundaries has the classes that were shown, and takes them again when a month is over, as a revision', {
    timeout: 240_000,
  }, async () => {
    const shown = await preview(rfmSharesDefault)
    const settings: Rfm = { ...subject, ...(shown.boundaries ?? { recencyDays: 1, frequency: 1, amount: 1 }) }
    const model: ValueModel = {
      kind: 'rfm',
      settings: { ...settings, quantiles: { ...rfmSharesDefault, again: 'month', takenOn: shown.takenOn } },
    }
    const values = modelValues(
      model,
      'zh',
      names.map((name) => `${name}客户`),
    )
    const common = { key: 'rfm', name: 'RFM', description: '', layer: 'value' as const, scene: '' }
    await shop.tags.definitions.create(shop.actor, 'tag', { ...common, mode: 'valued', rule: null, values, model })
    await shop.settle()
    const sizesNow = async () => {
      const sizes = (await shop.tags.valueSizes(shop.workspaceId)).get('rfm')
      return names.map((name) => sizes?.get(`${name}客户`) ?? 0)
    }
    expect(await sizesNow()).toEqual(shown.sizes)

    stores.clock.set('2011-10-08T12:00:00Z')
    await shop.tags.work.boundaries()
    expect((await tag()).revision).toBe(1)
    stores.clock.set('2011-10-09T12:00:00Z')
    await shop.tags.work.boundaries()
    await shop.settle()
    const wanted = reckoned(people.values(), stores.clock.now(), rfmSharesDefault)
    const taken = await tag()
    expect(taken.revision).toBe(2)
    expect(settingsOf(taken.model)).toMatchObject({ ...wanted.boundaries, quantiles: { takenOn: '2011-10-09', again: 'month' } })
    expect(taken.values.map((one) => one.value)).toEqual(names.map((name) => `${name}客户`))
    expect(await sizesNow()).toEqual(names.map((name) => wanted.sizes.get(name) ?? 0))
    const versions = await shop.tags.definitions.versions(shop.workspaceId, 'tag', 'rfm')
    expect(versions.map(({ revision, change, account }) => [revision, change, account])).toEqual([
      [2, 'boundaries', 'system'],
      [1, 'created', 'acc_test'],
    ])
    expect(settingsOf(versions[1]?.model ?? null)).toMatchObject(settings)
    await shop.tags.work.boundaries()
    expect((await tag()).revision).toBe(2)
  })

  test('by hand on any day; where nothing moved only the day is noted', async () => {
    stores.clock.set('2011-12-03T15:59:59Z')
    const again = await shop.tags.rfm.retake(shop.actor, 'rfm')
    expect(again.revision).toBe(3)
    stores.clock.set('2011-12-03T16:00:00Z')
    const same = await shop.tags.rfm.retake(shop.actor, 'rfm')
    expect([same.revision, settingsOf(same.model)?.quantiles?.takenOn]).toEqual([3, '2011-12-04'])
    await shop.tags.definitions.revert(shop.actor, 'tag', 'rfm', { to: 1, revision: 3 })
    expect(settingsOf((await tag()).model)?.quantiles?.takenOn).toBe('2011-09-09')
  })
})

test('a shop in which nobody buys keeps its boundaries, and says so when it is asked', async () => {
  const stores = await createTestStores()
  const shop = await openShop({ stores })
  const boundaries = { recencyDays: 60, frequency: 3, amount: 1_000 }
  const quantiles = { ...rfmSharesDefault, again: 'week' as const, takenOn: '2020-01-01' }
  const model: ValueModel = { kind: 'rfm', settings: { ...subject, ...boundaries, quantiles } }
  const common = { name: 'RFM', description: '', layer: 'value' as const, scene: '', mode: 'valued' as const, rule: null }
  await shop.tags.definitions.create(shop.actor, 'tag', { ...common, key: 'rfm', values: modelValues(model), model })
  await shop.staticTag('plain')
  expect(await shop.tags.rfm.preview(shop.workspaceId, { ...subject, by: rfmSharesDefault })).toMatchObject({ people: 0, boundaries: null })
  await shop.tags.work.boundaries()
  const kept = await shop.tags.definitions.get(shop.workspaceId, 'tag', 'rfm')
  expect(kept.revision).toBe(1)
  expect(kept.model).toMatchObject({ settings: { ...boundaries, quantiles: { takenOn: insightOf(shop).today() } } })
  await expect(shop.tags.rfm.retake(shop.actor, 'rfm')).rejects.toThrow('Nobody had "Order Paid" in the last 365 days')
  await expect(shop.tags.rfm.retake(shop.actor, 'plain')).rejects.toThrow('not taken from the distribution')
  await stores.close()
})
