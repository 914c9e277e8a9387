import type { Rule } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { sql } from '../platform/db/postgres.ts'
import { all, did, inCity, not, openShop, type Shop, shopForEachTest, tag } from './tags.test-kit.ts'

let shop: Shop
shopForEachTest((own) => {
  shop = own
})

const hour = 3_600_000
const day = 24 * hour

test('a tag follows the event, and the closing of its window without one', async () => {
  const person = await shop.addPerson()
  await shop.dynamicTag('carted', did('Product Added', 2))
  await shop.settle()
  await shop.track(person, 'Product Added')
  await shop.settle()
  expect(await shop.members('tag', 'carted')).toEqual([])
  shop.stores.clock.advance(hour)
  await shop.track(person, 'Product Added')
  await shop.settle()
  expect(await shop.members('tag', 'carted')).toEqual([person])
  shop.stores.clock.advance(3 * day - hour - 1)
  await shop.settle()
  expect(await shop.members('tag', 'carted')).toEqual([person])
  shop.stores.clock.advance(1)
  await shop.settle()
  expect(await shop.members('tag', 'carted')).toEqual([])
  expect(shop.heard.map(({ key, personId, entered, reason }) => ({ key, personId, entered, reason }))).toEqual([
    { key: 'carted', personId: person, entered: true, reason: 'event' },
    { key: 'carted', personId: person, entered: false, reason: 'time' },
  ])
})

test('a check is only made when the answer can really turn', async () => {
  const person = await shop.addPerson()
  await shop.dynamicTag('viewer', did('Product Viewed', 2))
  for (const _ of [1, 2, 3, 4]) {
    await shop.track(person, 'Product Viewed')
    shop.stores.clock.advance(hour)
  }
  await shop.settle()
  const due = await shop.stores.db.many(sql`select due_at from person_memberships where workspace_id = ${shop.workspaceId}`)
  // The third of the four leaving is what turns it.
  expect(due).toEqual([{ due_at: new Date(shop.stores.clock.now() - 2 * hour + 3 * day) }])
})

test('a rule that holds for nobody-in-particular takes in a newcomer with the first event, whatever it is', async () => {
  await shop.dynamicTag('no-order', not(did('Order Paid')))
  await shop.settle()
  const person = await shop.addPerson()
  await shop.track(person, 'Product Viewed')
  await shop.settle()
  expect(await shop.members('tag', 'no-order')).toEqual([person])
})

test('attributes, and an event that lies in the future', async () => {
  const person = await shop.addPerson({ city: '北京' })
  await shop.dynamicTag('shanghai', inCity('上海'))
  await shop.dynamicTag('viewed', did('Product Viewed'))
  await shop.track(person, 'Product Viewed', {}, shop.stores.clock.now() + hour)
  await shop.settle()
  expect(await shop.members('tag', 'viewed')).toEqual([])
  await shop.setAttributes(person, { city: '上海' })
  shop.stores.clock.advance(hour)
  await shop.settle()
  expect(await shop.members('tag', 'shanghai')).toEqual([person])
  expect(await shop.members('tag', 'viewed')).toEqual([person])
})

test('a new definition is computed for everyone, and a changed one takes its dependents along', async () => {
  const [a, b] = [await shop.addPerson({ city: '上海' }), await shop.addPerson({ city: '北京' })]
  await shop.dynamicTag('city', inCity('上海'))
  await shop.dynamicTag('others', not(tag('city')))
  await shop.settle()
  expect([await shop.members('tag', 'city'), await shop.members('tag', 'others')]).toEqual([[a], [b]])
  const current = await shop.tags.definitions.get(shop.workspaceId, 'tag', 'city')
  expect(current).toMatchObject({ size: 1, revision: 1, computedRevision: 1 })
  await shop.tags.definitions.update(shop.actor, 'tag', 'city', { ...current, rule: inCity('北京') })
  await shop.settle()
  expect([await shop.members('tag', 'city'), await shop.members('tag', 'others')]).toEqual([[b], [a]])
})

test('renaming a definition computes nothing anew', async () => {
  await shop.dynamicTag('city', all(inCity('上海'), did('Product Viewed')))
  await shop.settle()
  const current = await shop.tags.definitions.get(shop.workspaceId, 'tag', 'city')
  const renamed = await shop.tags.definitions.update(shop.actor, 'tag', 'city', { ...current, name: '上海人' })
  expect(renamed).toMatchObject({ name: '上海人', revision: 2, computedRevision: 2 })
  expect(await shop.tags.work.compute()).toBe(false)
})

test('people put into a static tag by hand turn the tags that depend on it', async () => {
  const [a, b] = [await shop.addPerson(), await shop.addPerson()]
  await shop.staticTag('vip')
  await shop.dynamicTag('plain', not(tag('vip')))
  await shop.settle()
  expect(await shop.members('tag', 'plain')).toEqual([a, b])
  await shop.tags.definitions.setMembers(shop.actor, 'tag', 'vip', { add: [a, b], remove: [] })
  await shop.tags.definitions.setMembers(shop.actor, 'tag', 'vip', { add: [a], remove: [b] })
  await shop.settle()
  expect(await shop.members('tag', 'plain')).toEqual([b])
  expect(await shop.tags.memberships(shop.workspaceId, [a, b])).toEqual(
    new Map([
      [a, { tags: new Set(['vip']), segments: new Set() }],
      [b, { tags: new Set(['plain']), segments: new Set() }],
    ]),
  )
  expect((await shop.tags.definitions.get(shop.workspaceId, 'tag', 'vip')).size).toBe(1)
})

test('unknown people and dynamic definitions cannot be filled by hand', async () => {
  await shop.staticTag('vip')
  await shop.dynamicTag('carted', did('Product Added'))
  const add = (key: string, ids: number[]) => shop.tags.definitions.setMembers(shop.actor, 'tag', key, { add: ids, remove: [] })
  await expect(add('vip', [1])).rejects.toMatchObject({
    code: 'invalid_request',
    problems: [{ path: 'add', message: 'there is no person 1' }],
  })
  await expect(add('carted', [await shop.addPerson()])).rejects.toMatchObject({ code: 'conflict' })
  await expect(add('nothing', [])).rejects.toMatchObject({ code: 'not_found' })
})

test('a rule that is too deep, names nothing that is there, or comes back to itself points at the place', async () => {
  const definitions = shop.tags.definitions
  await expect(shop.dynamicTag('a', all(did('x'), tag('missing')))).rejects.toMatchObject({
    code: 'invalid_rule',
    problems: [{ path: 'rule.rules.1.tag', message: 'there is no tag with the key "missing"' }],
  })
  await shop.dynamicTag('a', did('x'))
  await shop.dynamicTag('b', not(tag('a')))
  const a = await definitions.get(shop.workspaceId, 'tag', 'a')
  await expect(definitions.update(shop.actor, 'tag', 'a', { ...a, rule: all(tag('b')) })).rejects.toMatchObject({
    code: 'invalid_rule',
    problems: [{ path: 'rule.rules.0.tag', message: 'the rule comes back to itself: tag:a → tag:b → tag:a' }],
  })
  let deep = did('x')
  for (let i = 0; i < 20; i++) deep = not(deep)
  await expect(shop.dynamicTag('deep', deep)).rejects.toMatchObject({
    code: 'invalid_rule',
    problems: [{ path: `rule.${Array(20).fill('rule').join('.')}`, message: 'conditions are nested at most 20 deep' }],
  })
})

test('a change from an old revision is refused, and so is archiving what is in use', async () => {
  const definitions = shop.tags.definitions
  await shop.staticTag('vip')
  await shop.dynamicTag('plain', not(tag('vip')))
  const vip = await definitions.get(shop.workspaceId, 'tag', 'vip')
  await definitions.update(shop.actor, 'tag', 'vip', { ...vip, name: 'VIP' })
  await expect(definitions.update(shop.actor, 'tag', 'vip', { ...vip, name: 'V' })).rejects.toMatchObject({ code: 'stale_revision' })
  await expect(definitions.archive(shop.actor, 'tag', 'vip')).rejects.toMatchObject({ code: 'in_use' })
  shop.journeys.push({ kind: 'journey', key: 'welcome', name: 'asks tag:plain' })
  await expect(definitions.archive(shop.actor, 'tag', 'plain')).rejects.toMatchObject({
    code: 'in_use',
    problems: [{ path: 'key', message: 'journey "asks tag:plain" (welcome) uses it' }],
  })
  shop.journeys.pop()
  await shop.addPerson()
  await shop.settle()
  await definitions.archive(shop.actor, 'tag', 'plain')
  await definitions.archive(shop.actor, 'tag', 'vip')
  await shop.settle()
  expect(await shop.members('tag', 'plain')).toEqual([])
  expect(await definitions.get(shop.workspaceId, 'tag', 'plain')).toMatchObject({ status: 'archived', size: 0 })
})

test('keys come from ASCII names, and another is found when one is taken', async () => {
  const create = (name: string, key?: string) =>
    shop.tags.definitions.create(shop.actor, 'tag', { key, name, description: '', layer: 'basic', scene: '', mode: 'static', rule: null })
  expect((await create('Hot Items!')).key).toBe('hot_items')
  expect((await create('Hot items')).key).toMatch(/^hot_items_[0-9a-z]{6}$/)
  expect((await create('近7天浏览')).key).toMatch(/^tag_[0-9a-z]{8}$/)
  await expect(create('x', 'hot_items')).rejects.toMatchObject({ code: 'conflict' })
})

test('a merge carries memberships over and tells no listener; then the whole history counts', async () => {
  const [visitor, customer] = [await shop.addPerson(), await shop.addPerson()]
  await shop.staticTag('vip')
  await shop.dynamicTag('carted', did('Product Added', 2))
  await shop.dynamicTag('viewed', did('Product Viewed'))
  await shop.tags.definitions.setMembers(shop.actor, 'tag', 'vip', { add: [visitor], remove: [] })
  await shop.track(visitor, 'Product Viewed')
  await shop.track(visitor, 'Product Added')
  await shop.track(customer, 'Product Added')
  await shop.settle()
  shop.heard.length = 0
  await shop.merge(visitor, customer)
  await shop.settle()
  expect(await Promise.all(['vip', 'viewed', 'carted'].map((key) => shop.members('tag', key)))).toEqual([
    [customer],
    [customer],
    [customer],
  ])
  expect(shop.heard.map(({ key, personId, reason }) => ({ key, personId, reason }))).toEqual([
    { key: 'carted', personId: customer, reason: 'merge' },
  ])
  expect(await shop.tags.recompute.run(shop.workspaceId, [{ kind: 'tag', key: 'viewed' }])).toEqual({ entered: 0, left: 0 })
})

test('until ClickHouse knows of a merge the person is not judged by half of the history', async () => {
  const [visitor, customer] = [await shop.addPerson(), await shop.addPerson()]
  await shop.dynamicTag('viewed', did('Product Viewed'))
  await shop.track(visitor, 'Product Viewed')
  await shop.settle()
  shop.heard.length = 0
  await shop.mergeInPostgres(visitor, customer)
  await shop.track(customer, 'Product Viewed', {}, shop.stores.clock.now() - 100 * day)
  await shop.settle()
  expect(await shop.members('tag', 'viewed')).toEqual([customer])
  await shop.mergeInClickHouse(visitor, customer)
  await shop.settle()
  expect(await shop.members('tag', 'viewed')).toEqual([customer])
  expect(shop.heard).toEqual([])
  expect(await shop.stores.db.many(sql`select 1 from touched_people where workspace_id = ${shop.workspaceId}`)).toEqual([])
})

test('journeys ask rules of people at once, with names looked up', async () => {
  const [a, b] = [await shop.addPerson({ city: '上海' }), await shop.addPerson()]
  await shop.staticTag('vip')
  await shop.dynamicTag('shanghai', inCity('上海'))
  await shop.tags.definitions.setMembers(shop.actor, 'tag', 'vip', { add: [b], remove: [] })
  const ask = (rules: Parameters<typeof shop.tags.evaluateRules>[1]) =>
    shop.tags.evaluateRules(shop.workspaceId, rules, [b, a], shop.stores.clock.now())
  expect(await ask([tag('vip'), tag('shanghai'), not(tag('shanghai'))])).toEqual([
    [true, false],
    [false, true],
    [true, false],
  ])
  await expect(ask([tag('gone')])).rejects.toMatchObject({ code: 'invalid_rule' })
})

test('an estimate counts everyone and shows the newest of them', async () => {
  const people = []
  for (let i = 0; i < 12; i++) people.push(await shop.addPerson({ city: i % 12 === 0 ? '北京' : '上海' }))
  const found = await shop.tags.estimate(shop.workspaceId, inCity('上海'), { unmasked: false, exact: false })
  expect(found).toMatchObject({ count: 11, interval: null, total: 12 })
  expect(found.sample.map((person) => person.id)).toEqual(people.slice(2).reverse())
  await expect(shop.tags.estimate(shop.workspaceId, tag('gone'), { unmasked: false, exact: false })).rejects.toMatchObject({
    code: 'invalid_rule',
    problems: [{ path: 'rule.tag', message: 'there is no tag with the key "gone"' }],
  })
})

test('another workspace sees nothing of it', async () => {
  const person = await shop.addPerson({ city: '上海' })
  await shop.dynamicTag('shanghai', inCity('上海'))
  await shop.settle()
  const other = await openShop({ stores: shop.stores })
  expect(await other.members('tag', 'shanghai')).toEqual([])
  expect(await other.tags.memberships(other.workspaceId, [person])).toEqual(new Map([[person, { tags: new Set(), segments: new Set() }]]))
  expect(await other.tags.evaluateRules(other.workspaceId, [inCity('上海')], [person], shop.stores.clock.now())).toEqual([[false]])
  await expect(other.tags.definitions.get(other.workspaceId, 'tag', 'shanghai')).rejects.toMatchObject({ code: 'not_found' })
})

test('a test that no value that came so far can pass is refused at its place; names that nothing used yet are not', async () => {
  const person = await shop.addPerson({ city: '上海' })
  await shop.track(person, 'Order Paid', { total: 12 })
  const paid: Rule = {
    kind: 'event',
    event: 'Order Paid',
    filters: [{ property: 'total', op: 'contains', value: '1' }],
    window: { kind: 'ever' },
    measure: { fn: 'count' },
    op: 'gte',
    value: 1,
  }
  await expect(shop.dynamicTag('clash', all(inCity('上海'), paid))).rejects.toMatchObject({
    code: 'invalid_rule',
    problems: [
      {
        path: 'rule.rules.1.filters.0.property',
        message: 'the property "total" of "Order Paid" was always a number so far, and this test needs a text',
      },
    ],
  })
  await shop.dynamicTag('early', did('Never Seen'))
})

test('in another time zone the days are others, and every definition is computed anew', async () => {
  const person = await shop.addPerson()
  await shop.track(person, 'Product Viewed', {}, Date.parse('2026-03-01T23:00:00+08:00'))
  const today: Rule = {
    kind: 'event',
    event: 'Product Viewed',
    filters: [],
    window: { kind: 'calendar', unit: 'day', from: 0, to: 0 },
    measure: { fn: 'count' },
    op: 'gte',
    value: 1,
  }
  shop.stores.clock.set('2026-03-02T10:00:00+08:00')
  await shop.dynamicTag('today', today)
  await shop.settle()
  expect(await shop.members('tag', 'today')).toEqual([])
  await shop.stores.db.run(sql`update workspaces set time_zone = 'America/New_York' where id = ${shop.workspaceId}`)
  await shop.settle()
  // There it is still the evening of 1 March.
  expect(await shop.members('tag', 'today')).toEqual([person])
})
