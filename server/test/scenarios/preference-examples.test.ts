import { modelValues, type Rule, type ValueModel, valueModelDefaults } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { day, hour, type LiveShop, openLiveShop, rolling } from '../harness/live-shop.ts'

// What people do most, when, and after how long, live: from the shop's calls through the intake to who has the tag, in through an
// event and out through another or through time alone. What each rule means at its edges is asked in
// server/src/query/*-examples.test.ts.

let app: TestApp
let tell: LiveShop['tell']
let pass: LiveShop['pass']
let tagged: LiveShop['tagged']
let idOf: LiveShop['idOf']
let viewed: (userId: string, category: string) => object
beforeAll(async () => {
  const shop = await openLiveShop()
  ;({ app, tell, pass, tagged, idOf } = shop)
  viewed = (userId, category) => shop.happened(userId, 'Product Viewed', { category })
})
afterAll(() => app.close())

/** Until clocks of the shop, which lives in Shanghai, next show an hour. */
const passUntilHour = (wanted: number) => {
  const since = (app.clock.now() + 8 * hour) % day
  return pass((wanted * hour - since + day) % day || day)
}
const createTag = (key: string, rule: Rule) =>
  app.call('tagCreate', { body: { key, name: key, layer: 'behaviour', mode: 'dynamic', rule } })

/** The person's values of a tag. */
async function valuesOf(userId: string, key: string): Promise<string[]> {
  const { tags } = await app.call('person', { params: { id: await idOf(userId) } })
  return tags
    .filter((tag) => tag.key === key)
    .map((tag) => tag.value)
    .sort()
}

test('偏好类目: the first two, with another view in the place of what was seen longest ago, and out as views leave the window', async () => {
  const settings = { ...valueModelDefaults.preference, days: 10, rank: 2, least: 2, values: ['美妆', '母婴', '数码'] }
  const model: ValueModel = { kind: 'preference', settings }
  const body = { key: 'likes', name: '偏好类目', layer: 'preference', mode: 'valued', rule: null, values: modelValues(model) } as const
  await expect(app.call('tagCreate', { body: { ...body, model } })).rejects.toThrow('several of the values at once')
  await app.call('tagCreate', { body: { ...body, model, several: true } })
  await tell(...['美妆', '美妆', '数码'].map((category) => viewed('t4_mei', category)))
  expect(await valuesOf('t4_mei', 'likes')).toEqual(['美妆'])
  await pass(day)
  await tell(...['数码', '母婴', '母婴'].map((category) => viewed('t4_mei', category)))
  expect(await valuesOf('t4_mei', 'likes')).toEqual(['数码', '母婴'])
  await pass(day)
  await tell(viewed('t4_mei', '美妆'))
  // Of the two that are as frequent and as late the one whose text comes first.
  expect(await valuesOf('t4_mei', 'likes')).toEqual(['数码', '美妆'])
  // The first views are ten days old: one of 美妆 is left, one of 数码, two of 母婴.
  await pass(8 * day)
  expect(await valuesOf('t4_mei', 'likes')).toEqual(['母婴'])
  await pass(day)
  expect(await valuesOf('t4_mei', 'likes')).toEqual([])
})

test('常活跃时段 晚间: views from 20:00 to 23:00 count, and no others', async () => {
  await createTag('evening', {
    ...{ kind: 'event', event: 'Product Viewed', filters: [], window: rolling(30) },
    ...{ clock: { hours: { from: '20:00', to: '23:00' } }, measure: { fn: 'count' }, op: 'gte', value: 2 },
  })
  await passUntilHour(20)
  await tell(viewed('t4_ye', '鞋'))
  await passUntilHour(23)
  await tell(viewed('t4_ye', '鞋'))
  expect(await tagged('evening')).toEqual([])
  await passUntilHour(22)
  await tell(viewed('t4_ye', '鞋'))
  expect(await tagged('evening')).toEqual(['t4_ye'])
})

test('回流: with the first visit after thirty days away, for seven days', async () => {
  const visit = { event: 'Product Viewed', filters: [] }
  await createTag('returned', {
    kind: 'sequence',
    steps: [visit, { ...visit, when: { kind: 'rolling', amount: 7, unit: 'day' }, after: { amount: 30, unit: 'day' }, without: [visit] }],
    window: { kind: 'ever' },
  })
  await tell(viewed('t4_hui', '鞋'), viewed('t4_lai', '鞋'))
  await pass(29 * day)
  await tell(viewed('t4_lai', '鞋'))
  await pass(day)
  await tell(viewed('t4_hui', '鞋'), viewed('t4_lai', '鞋'))
  expect(await tagged('returned')).toEqual(['t4_hui'])
  await pass(3 * day)
  await tell(viewed('t4_hui', '鞋'))
  await pass(4 * day - 1)
  expect(await tagged('returned')).toEqual(['t4_hui'])
  await pass(1)
  expect(await tagged('returned')).toEqual([])
})
