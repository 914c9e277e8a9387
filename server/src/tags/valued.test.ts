import type { Rule, TagValue } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { all, did, inCity, insightOf, not, type Shop, shopForEachTest, tag } from './tags.test-kit.ts'

let shop: Shop
shopForEachTest((own) => {
  shop = own
})

const day = 86_400_000
const ever = (event: string): Rule => ({ ...did(event), window: { kind: 'ever' } }) as Rule

const stages: readonly TagValue[] = [
  { value: '活跃', rule: did('Order Paid', 1, 3) },
  { value: '沉睡', rule: did('Order Paid', 1, 10) },
  { value: '流失', rule: ever('Order Paid') },
]

const moves = (key: string) =>
  shop.heard.filter((change) => change.key === key).map(({ value, entered, reason }) => [entered ? 'enters' : 'leaves', value, reason])

test('a person has the first value whose rule holds, and goes on to the next by time alone and back by an event', async () => {
  await shop.valuedTag('stage', stages)
  await shop.settle()
  const [buyer, visitor] = [await shop.addPerson(), await shop.addPerson()]
  await shop.track(visitor, 'Product Viewed')
  await shop.track(buyer, 'Order Paid')
  await shop.settle()
  expect(await shop.held('stage')).toEqual([[buyer, '活跃', shop.stores.clock.now()]])
  shop.stores.clock.advance(4 * day)
  await shop.settle()
  shop.stores.clock.advance(7 * day)
  await shop.settle()
  expect(await shop.held('stage')).toEqual([[buyer, '流失', shop.stores.clock.now()]])
  await shop.track(buyer, 'Order Paid')
  await shop.settle()
  expect(moves('stage')).toEqual([
    ['enters', '活跃', 'event'],
    ['leaves', '活跃', 'time'],
    ['enters', '沉睡', 'time'],
    ['leaves', '沉睡', 'time'],
    ['enters', '流失', 'time'],
    ['leaves', '流失', 'event'],
    ['enters', '活跃', 'event'],
  ])
  expect((await shop.tags.valueSizes(shop.workspaceId)).get('stage')).toEqual(
    new Map([
      ['活跃', 1],
      ['沉睡', 0],
      ['流失', 0],
    ]),
  )
  const [explained] = await shop.tags.explain(shop.workspaceId, buyer, [buyer])
  expect(explained).toMatchObject({ key: 'stage', value: '活跃', reason: 'event', rule: stages[0]?.rule, cause: { event: 'Order Paid' } })
})

test('rules ask for values, and hear at once when a person goes from one to another', async () => {
  await shop.valuedTag('stage', stages)
  await shop.dynamicTag('wake', all({ kind: 'tag', tag: 'stage', values: ['沉睡', '流失'] }, not(inCity('北京'))))
  await shop.dynamicTag('known', tag('stage'))
  const [here, there] = [await shop.addPerson({ city: '上海' }), await shop.addPerson({ city: '北京' })]
  for (const person of [here, there]) await shop.track(person, 'Order Paid', {}, shop.stores.clock.now() - 5 * day)
  await shop.settle()
  expect(await shop.members('tag', 'wake')).toEqual([here])
  expect(await shop.members('tag', 'known')).toEqual([here, there])
  await shop.track(here, 'Order Paid')
  await shop.settle()
  expect(await shop.members('tag', 'wake')).toEqual([])
})

test('a changed order and changed rules are computed for everyone; a value that is asked for cannot go', async () => {
  const { definitions } = shop.tags
  await shop.valuedTag('stage', stages)
  const person = await shop.addPerson()
  await shop.track(person, 'Order Paid')
  await shop.settle()
  const change = async (values: readonly TagValue[]) => {
    const { name, description, layer, scene, rule, revision } = await definitions.get(shop.workspaceId, 'tag', 'stage')
    await definitions.update(shop.actor, 'tag', 'stage', { name, description, layer, scene, rule, values, revision })
    await shop.settle()
  }
  await change(stages.toReversed())
  expect(await shop.held('stage')).toEqual([[person, '流失', shop.stores.clock.now()]])
  await change(stages.map((one) => ({ ...one, value: `${one.value}客户` })))
  expect((await shop.held('stage')).map(([, value]) => value)).toEqual(['活跃客户'])
  await change(stages)
  await shop.dynamicTag('wake', { kind: 'not', rule: { kind: 'tag', tag: 'stage', values: ['沉睡'] } })
  shop.journeys.push({ kind: 'journey', key: 'win_back', name: 'tag:stage=流失' })
  await expect(change(stages.slice(0, 1).concat({ value: '其他', rule: ever('Order Paid') }))).rejects.toMatchObject({
    code: 'in_use',
    problems: [
      { path: 'values', message: 'tag "wake" (wake) asks for the value "沉睡"' },
      { path: 'values', message: 'journey "tag:stage=流失" (win_back) asks for the value "流失"' },
    ],
  })
  await expect(definitions.archive(shop.actor, 'tag', 'stage')).rejects.toMatchObject({ code: 'in_use' })
  const before = await definitions.get(shop.workspaceId, 'tag', 'stage')
  await definitions.revert(shop.actor, 'tag', 'stage', { to: 2, revision: before.revision })
  await shop.settle()
  expect((await definitions.get(shop.workspaceId, 'tag', 'stage')).values).toEqual(stages.toReversed())
  expect((await shop.held('stage')).map(([, value]) => value)).toEqual(['流失'])
})

test('what is wrong with values is told with its place', async () => {
  const refused = (values: readonly TagValue[]) => expect(shop.valuedTag('stage', values)).rejects
  await refused(stages.slice(0, 1)).toMatchObject({ code: 'invalid_request', problems: [{ path: 'values' }] })
  await refused([...stages, { value: '活跃', rule: inCity('上海') }]).toMatchObject({
    code: 'invalid_request',
    problems: [{ path: 'values.3.value', message: '"活跃" is the value of values.0 too' }],
  })
  await refused([...stages, { value: '新', rule: all(inCity('上海'), tag('nobody')) }]).toMatchObject({
    code: 'invalid_rule',
    problems: [{ path: 'values.3.rule.rules.1.tag', message: 'there is no tag with the key "nobody"' }],
  })
  const backwards: Rule = { kind: 'random', seed: 'x', from: 5, to: 5 }
  await refused([...stages, { value: '新', rule: backwards }]).toMatchObject({
    code: 'invalid_rule',
    problems: [{ path: 'values.3.rule.to', message: 'the share ends before it begins' }],
  })
  await refused([...stages, { value: '新', rule: tag('stage') }]).toMatchObject({
    code: 'invalid_rule',
    problems: [{ path: 'values.3.rule.tag' }],
  })
  await shop.valuedTag('stage', stages)
  const unknown: Rule = { kind: 'tag', tag: 'stage', values: ['活跃', '没有'] }
  expect(await shop.tags.definitions.ruleProblems(shop.workspaceId, unknown)).toEqual([
    { path: 'values.1', message: 'the tag "stage" has no value "没有"; it has 活跃, 沉睡, 流失' },
  ])
  await expect(shop.tags.definitions.setMembers(shop.actor, 'tag', 'stage', { add: [], remove: [] })).rejects.toMatchObject({
    code: 'conflict',
  })
})

test('whoever lives on keeps one value, and merging and splitting leave nobody with two', async () => {
  await shop.valuedTag('stage', stages)
  const [from, into] = [await shop.addPerson(), await shop.addPerson()]
  await shop.track(from, 'Order Paid')
  await shop.track(into, 'Order Paid', {}, shop.stores.clock.now() - 5 * day)
  await shop.settle()
  expect((await shop.held('stage')).map(([person, value]) => [person, value])).toEqual([
    [from, '活跃'],
    [into, '沉睡'],
  ])
  await shop.mergeInPostgres(from, into)
  expect((await shop.held('stage')).map(([person, value]) => [person, value])).toEqual([[into, '沉睡']])
  await shop.mergeInClickHouse(from, into)
  await shop.settle()
  expect((await shop.held('stage')).map(([person, value]) => [person, value])).toEqual([[into, '活跃']])
  await shop.stores.db.tx((tx) =>
    shop.tags.splitConsumer(tx, shop.workspaceId, {
      person: from,
      leaves: into,
      moved: { memberships: [{ kind: 'tag', key: 'stage', value: '活跃', shared: true }] },
    }),
  )
  expect((await shop.held('stage')).map(([person, value]) => [person, value])).toEqual([
    [from, '活跃'],
    [into, '活跃'],
  ])
})

test('the history of a value counts its own moves, that of the tag only who comes and goes', async () => {
  const { insight, today } = insightOf(shop)
  await shop.valuedTag('stage', stages.slice(0, 2))
  const [one, other] = [await shop.addPerson(), await shop.addPerson()]
  for (const person of [one, other]) await shop.track(person, 'Order Paid')
  await shop.settle()
  const first = today()
  shop.stores.clock.advance(4 * day)
  await shop.track(other, 'Order Paid')
  await shop.settle()
  const then = today()
  const of = { kind: 'tag' as const, key: 'stage' }
  const span = { from: first, to: then }
  const ends = async (value?: string) => {
    const { days } = await insight.sizes(shop.workspaceId, { ...of, value }, span)
    return [days[0], days.at(-1)].map((moved) => [moved?.size, moved?.entered, moved?.left])
  }
  expect(await ends()).toEqual([
    [2, 2, 0],
    [2, 0, 0],
  ])
  expect(await ends('活跃')).toEqual([
    [2, 2, 0],
    [1, 0, 1],
  ])
  expect(await ends('沉睡')).toEqual([
    [0, 0, 0],
    [1, 1, 0],
  ])
  const { values } = await insight.sizes(shop.workspaceId, of, span)
  expect(values.map(({ value, sizes }) => [value, sizes[0], sizes.at(-1)])).toEqual([
    ['活跃', 2, 1],
    ['沉睡', 0, 1],
  ])
  const at = (value: string) =>
    insight.membersAt(shop.workspaceId, { ...of, value }, { day: then, before: null, limit: 10 }, { unmasked: true })
  expect((await at('沉睡')).size).toBe(1)
  expect((await shop.tags.history(shop.workspaceId, 'tag', 'stage')).map((moved) => [moved.entered, moved.left])).toEqual([[2, 0]])
})
