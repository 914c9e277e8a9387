import type { Rule, TagValue } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { all, insightOf, not, type Shop, shopForEachTest, tag } from './tags.test-kit.ts'

// Preferences (SPEC T4): a tag of which a person has every value whose rule holds.

let shop: Shop
shopForEachTest(async (own) => {
  shop = own
  await shop.valuedTag('偏好类目', categories, true)
  await shop.settle()
})

const day = 86_400_000
const likes = (category: string): Rule => ({
  kind: 'event',
  event: 'Product Viewed',
  filters: [{ property: 'category', op: 'eq', value: category }],
  window: { kind: 'rolling', amount: 30, unit: 'day' },
  measure: { fn: 'count' },
  op: 'gte',
  value: 3,
})
const categories: readonly TagValue[] = ['美妆', '母婴', '数码'].map((category) => ({ value: category, rule: likes(category) }))
const prefers = (...values: string[]): Rule => ({ kind: 'tag', tag: '偏好类目', values })

async function views(person: number, category: string, times = 3): Promise<void> {
  for (let i = 0; i < times; i++) await shop.track(person, 'Product Viewed', { category })
}
const held = async () => (await shop.held('偏好类目')).map(([person, value]) => [person, value])
const sizes = async () => ({
  tag: (await shop.tags.definitions.get(shop.workspaceId, 'tag', '偏好类目')).size,
  values: Object.fromEntries([...((await shop.tags.valueSizes(shop.workspaceId)).get('偏好类目') ?? [])].sort()),
})

test('a person has every category whose rule holds, and loses each by itself', async () => {
  const [both, one] = [await shop.addPerson(), await shop.addPerson()]
  await views(both, '美妆')
  await views(one, '数码')
  await shop.settle()
  shop.stores.clock.advance(5 * day)
  await views(both, '母婴')
  await shop.settle()
  expect(await held()).toEqual([
    [both, '母婴'],
    [both, '美妆'],
    [one, '数码'],
  ])
  expect(await sizes()).toEqual({ tag: 2, values: { 数码: 1, 母婴: 1, 美妆: 1 } })
  shop.stores.clock.advance(26 * day)
  await shop.settle()
  expect(await held()).toEqual([[both, '母婴']])
  expect(await sizes()).toEqual({ tag: 1, values: { 数码: 0, 母婴: 1, 美妆: 0 } })
  expect(shop.heard.filter(({ personId }) => personId === both).map(({ value, entered, reason }) => [value, entered, reason])).toEqual([
    ['美妆', true, 'event'],
    ['母婴', true, 'event'],
    ['美妆', false, 'time'],
  ])
  const [explained, ...others] = await shop.tags.explain(shop.workspaceId, both, [both])
  expect(explained).toMatchObject({
    key: '偏好类目',
    value: '母婴',
    rule: likes('母婴'),
    reason: 'event',
    since: shop.stores.clock.now() - 26 * day,
  })
  expect(others).toEqual([])
})

test('rules ask for one of the categories, for several together, and for any', async () => {
  const [both, one, none] = [await shop.addPerson(), await shop.addPerson(), await shop.addPerson()]
  await shop.dynamicTag('beauty', prefers('美妆'))
  await shop.dynamicTag('beauty_and_baby', all(prefers('美妆'), prefers('母婴')))
  await shop.dynamicTag('anything', tag('偏好类目'))
  await shop.dynamicTag('not_baby', all(tag('偏好类目'), not(prefers('母婴', '数码'))))
  for (const category of ['美妆', '母婴']) await views(both, category)
  await views(one, '美妆')
  await views(none, '数码', 1)
  await shop.settle()
  const members = (key: string) => shop.members('tag', key)
  expect(await Promise.all(['beauty', 'beauty_and_baby', 'anything', 'not_baby'].map(members))).toEqual([
    [both, one],
    [both],
    [both, one],
    [one],
  ])
  const told = await shop.tags.explain(shop.workspaceId, both, [both])
  expect(told.filter((one) => one.key === '偏好类目').map((one) => [one.value, one.rule])).toEqual([
    ['美妆', likes('美妆')],
    ['母婴', likes('母婴')],
  ])
  const names = ['偏好类目', 'beauty', 'beauty_and_baby', 'anything', 'not_baby'].map((key) => ({ kind: 'tag' as const, key }))
  expect(await shop.tags.recompute.run(shop.workspaceId, names)).toEqual({ entered: 0, left: 0 })
})

test('whoever lives on after a merge has the categories of both, and a split gives back what the other brought', async () => {
  const [from, into] = [await shop.addPerson(), await shop.addPerson()]
  await views(from, '美妆')
  await views(from, '数码')
  await views(into, '美妆')
  await views(into, '母婴')
  await shop.settle()
  const [moved] = await shop.stores.db.tx((tx) => shop.tags.movable(tx, shop.workspaceId, [{ from, into }]))
  await shop.merge(from, into)
  await shop.settle()
  expect(await held()).toEqual(['数码', '母婴', '美妆'].map((value) => [into, value]))
  expect(await sizes()).toEqual({ tag: 1, values: { 数码: 1, 母婴: 1, 美妆: 1 } })
  await shop.stores.db.tx((tx) =>
    shop.tags.splitConsumer(tx, shop.workspaceId, { person: from, leaves: into, moved: { memberships: moved ?? [] } }),
  )
  expect(await held()).toEqual([
    [from, '数码'],
    [from, '美妆'],
    [into, '数码'],
    [into, '母婴'],
    [into, '美妆'],
  ])
  expect((await sizes()).tag).toBe(2)
})

test('the tag counts people, however many categories each has, in its history, its size and the portrait', async () => {
  const { insight, today } = insightOf(shop)
  const [both, one] = [await shop.addPerson(), await shop.addPerson()]
  for (const category of ['美妆', '母婴']) await views(both, category)
  await views(one, '美妆')
  await shop.settle()
  const first = today()
  shop.stores.clock.advance(3 * day)
  await views(one, '数码')
  await shop.settle()
  const span = { from: first, to: today() }
  const days = async (value?: string) =>
    (await insight.sizes(shop.workspaceId, { kind: 'tag', key: '偏好类目', value }, span)).days
      .filter((moved) => moved.entered + moved.left > 0)
      .map((moved) => [moved.size, moved.entered, moved.left])
  expect(await days()).toEqual([[2, 2, 0]])
  expect(await days('数码')).toEqual([[1, 1, 0]])
  expect((await shop.tags.history(shop.workspaceId, 'tag', '偏好类目')).map((moved) => [moved.entered, moved.left])).toEqual([[2, 0]])
  const found = await shop.stores.db.many(await shop.tags.peopleOf(shop.workspaceId, { kind: 'tag', key: '偏好类目' }))
  expect(found).toEqual([{ person_id: both }, { person_id: one }])
})

test('one value at a time and several at once are changed into each other, for everyone', async () => {
  const person = await shop.addPerson()
  for (const category of ['美妆', '母婴']) await views(person, category)
  await shop.settle()
  const { definitions } = shop.tags
  const change = async (several: boolean) => {
    const { name, description, layer, scene, rule, values, revision } = await definitions.get(shop.workspaceId, 'tag', '偏好类目')
    await definitions.update(shop.actor, 'tag', '偏好类目', { name, description, layer, scene, rule, values, several, revision })
    await shop.settle()
  }
  await change(false)
  expect(await held()).toEqual([[person, '美妆']])
  await change(true)
  expect(await held()).toEqual([
    [person, '母婴'],
    [person, '美妆'],
  ])
  const versions = await definitions.versions(shop.workspaceId, 'tag', '偏好类目')
  expect(versions.map(({ several }) => several)).toEqual([true, false, true])
  await expect(
    definitions.create(shop.actor, 'tag', {
      ...{ name: 'x', description: '', layer: 'basic', scene: '', mode: 'static', rule: null, several: true },
    }),
  ).rejects.toMatchObject({ code: 'invalid_request', problems: [{ path: 'several' }] })
})
