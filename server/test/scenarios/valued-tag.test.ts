import { lifecycleValues, modelValues, type Rule, rfmSharesDefault, type ValueModel, valueModelDefaults } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'

// A tag with values from the API to the profile, the lists, the journeys and through a merge and its undoing.

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const day = 86_400_000
const bought = (days: number): Rule => ({
  kind: 'event',
  event: 'Order Paid',
  filters: [],
  window: { kind: 'rolling', amount: days, unit: 'day' },
  measure: { fn: 'count' },
  op: 'gte',
  value: 1,
})
const stages = [
  { value: '活跃', rule: bought(3) },
  { value: '沉睡', rule: bought(30) },
]
const common = { name: '阶段', layer: 'value', mode: 'valued', rule: null } as const
const paid = (userId: string, daysAgo: number) => ({
  ...{ type: 'track', userId, event: 'Order Paid', properties: { order_id: `${userId}-${daysAgo}`, total: 10 } },
  timestamp: new Date(app.clock.now() - daysAgo * day).toISOString(),
})
const idOf = async (userId: string) => (await app.call('people', { query: { q: userId } })).items[0]?.id ?? 0
const stageOf = async (userId: string) => {
  const { tags } = await app.call('person', { params: { id: await idOf(userId) } })
  return tags.filter((tag) => tag.key === 'stage').map(({ value, reason }) => [value, reason])
}
const withValue = async (tagValue: string) =>
  (await app.call('people', { query: { tag: 'stage', tagValue } })).items.map((person) => person.userId).sort()
const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'taken',
    (error: unknown) => String(error).replaceAll('\\"', '"'),
  )

test('who has which value is on the profile, in the lists and in the sizes', async () => {
  await app.events([paid('lin', 1), paid('wu', 10), paid('he', 100)])
  await app.settle()
  await app.call('tagCreate', { body: { ...common, key: 'stage', values: stages } })
  await app.call('segmentCreate', { body: { key: 'lately', name: '近期', mode: 'dynamic', rule: bought(30) } })
  await app.settle()
  expect([await stageOf('lin'), await stageOf('wu'), await stageOf('he')]).toEqual([[['活跃', 'definition']], [['沉睡', 'definition']], []])
  expect([await withValue('活跃'), await withValue('沉睡'), await withValue('没有')]).toEqual([['lin'], ['wu'], []])
  const tag = await app.call('tag', { params: { key: 'stage' } })
  expect(tag).toMatchObject({ mode: 'valued', rule: null, size: 2 })
  expect(tag.values.map(({ value, size }) => [value, size])).toEqual([
    ['活跃', 1],
    ['沉睡', 1],
  ])
  const portrait = await app.call('portrait', { params: { kind: 'segment', key: 'lately' } })
  expect(portrait.tags.filter((one) => one.value !== '').map(({ value, count }) => [value, count])).toEqual(
    expect.arrayContaining([
      ['活跃', 1],
      ['沉睡', 1],
    ]),
  )
  expect(await refused(app.call('people', { query: { tagValue: '活跃' } }))).toContain('is needed with tagValue')
})

test('a journey begins for whoever comes to its value, by an event or by time', async () => {
  const definition = {
    trigger: { kind: 'tag_entry' as const, tag: 'stage', value: '沉睡' },
    reentry: 'never' as const,
    start: 'end',
    nodes: [{ id: 'end', kind: 'exit' as const, name: '', result: '' }],
  }
  const { id } = await app.call('journeyCreate', { body: { key: 'wake', name: '唤醒', definition } })
  await app.call('journeyPublish', { params: { id } })
  app.clock.advance(2.5 * day)
  await app.settle()
  expect(await stageOf('lin')).toEqual([['沉睡', 'time']])
  const { items } = await app.call('journeyRuns', { params: { id } })
  expect(items.map((run) => run.person.userId)).toEqual(['lin'])
  const unknown = { ...definition, trigger: { ...definition.trigger, value: '没有' } }
  const other = await app.call('journeyCreate', { body: { key: 'other', name: '另一个', definition: unknown } })
  expect(other.problems).toEqual([{ path: 'trigger.value', message: 'the tag "stage" has no value "没有"; it has 活跃, 沉睡' }])
  expect(await refused(app.call('journeyPublish', { params: { id: other.id } }))).not.toBe('taken')
})

test('a value that a journey waits for keeps its name, and values that cannot be are refused at their place', async () => {
  const { name, layer, revision } = await app.call('tag', { params: { key: 'stage' } })
  const update = (values: typeof stages) =>
    refused(app.call('tagUpdate', { params: { key: 'stage' }, body: { name, layer, rule: null, values, revision } }))
  expect(await update(stages.map((one) => ({ ...one, value: `${one.value}客户` })))).toContain(
    'journey "唤醒" (wake) asks for the value "沉睡"',
  )
  expect(await update(stages.slice(0, 1))).toContain('2 to 50')
  expect(await update([...stages, { value: '  活跃 ', rule: bought(1) }])).toContain('values.2.value')
  expect(await update([...stages, { value: 'x'.repeat(51), rule: bought(1) }])).toContain('body.values.2.value')
  const many = Array.from({ length: 51 }, (_, i) => ({ value: `v${i}`, rule: bought(1) }))
  expect(await refused(app.call('tagCreate', { body: { ...common, values: many } }))).toContain('body.values')
  const segment = { key: 'no', name: '人群', mode: 'valued', rule: null, values: stages }
  expect(await refused(app.call('segmentCreate', { body: JSON.parse(JSON.stringify(segment)) }))).toContain('body.mode')
})

describe('two people who are one and two again', () => {
  test('have one value each, before, during and after', async () => {
    app.clock.advance(day)
    await app.events([paid('mei', 0), paid('yan', 10)])
    await app.settle()
    expect([await stageOf('mei'), await stageOf('yan')]).toEqual([[['活跃', 'event']], [['沉睡', 'event']]])
    const [mei, yan] = [await idOf('mei'), await idOf('yan')]
    await app.call('personMerge', { params: { id: yan }, body: { from: mei, note: '' } })
    await app.settle()
    expect((await stageOf('yan')).map(([value]) => value)).toEqual(['活跃'])
    const { merges } = await app.call('personIdentity', { params: { id: yan } })
    await app.call('personSplit', { params: { id: yan }, body: { merge: merges[0]?.id ?? '', note: '不是同一人' } })
    await app.settle()
    expect((await stageOf('mei')).map(([value]) => value)).toEqual(['活跃'])
    expect((await stageOf('yan')).map(([value]) => value)).toEqual(['沉睡'])
    const { values, size } = await app.call('tag', { params: { key: 'stage' } })
    expect(values.reduce((sum, one) => sum + one.size, 0)).toBe(size)
  })
})

test('governance names values that nobody can have, and tags that say the same', async () => {
  const never: Rule = { kind: 'all', rules: [bought(3), { kind: 'not', rule: bought(3) }] }
  await app.call('tagCreate', { body: { ...common, key: 'twin', name: '同一个', values: stages } })
  await app.call('tagCreate', { body: { ...common, key: 'odd', values: [...stages, { value: '没人', rule: never }] } })
  await app.settle()
  const { items } = await app.call('governance')
  const findings = (key: string) => items.find((one) => one.key === key)?.findings ?? []
  expect(findings('twin').find((one) => one.code === 'duplicate')?.same).toEqual([{ kind: 'tag', key: 'stage', name: '阶段' }])
  expect(findings('odd').find((one) => one.code === 'never')?.places).toEqual([
    { path: 'values.2.rule', message: 'nobody can have the value "没人"' },
  ])
})

test('a tag keeps its model through changes, older revisions and hands, and only where the rules are the model\u2019s', async () => {
  const lifecycle: ValueModel = { kind: 'lifecycle', settings: valueModelDefaults.lifecycle }
  const shorter: ValueModel = { kind: 'lifecycle', settings: { ...valueModelDefaults.lifecycle, newDays: 7 } }
  const body = { ...common, name: '生命周期' }
  const key = 'lifecycle'
  const names = ['新', '回', '活', '险', '失']
  await app.call('tagCreate', { body: { ...body, key, values: modelValues(lifecycle, 'zh', names), model: lifecycle } })
  const params = { key }
  expect((await app.call('tag', { params })).model).toEqual(lifecycle)
  const change = (values: ReturnType<typeof lifecycleValues>, model: ValueModel | null, revision: number) =>
    refused(app.call('tagUpdate', { params, body: { name: body.name, layer: 'value', rule: null, values, model, revision } }))
  expect(await change(lifecycleValues(shorter.settings), lifecycle, 1)).toContain('"path":"model"')
  expect(await change(modelValues(shorter, 'zh', names), shorter, 1)).toBe('taken')
  expect(await change(modelValues(shorter, 'zh', names).toReversed(), null, 2)).toBe('taken')
  expect((await app.call('tag', { params })).model).toBe(null)
  const { items } = await app.call('definitionVersions', { params: { kind: 'tag', key } })
  expect(items.map(({ revision, model }) => [revision, model])).toEqual([
    [3, null],
    [2, shorter],
    [1, lifecycle],
  ])
  await app.call('definitionRevert', { params: { kind: 'tag', key }, body: { to: 1, revision: 3 } })
  expect((await app.call('tag', { params })).model).toEqual(lifecycle)
  const static_ = { key: 'by_hand', name: '手动', layer: 'value', mode: 'static', rule: null, model: lifecycle } as const
  expect(await refused(app.call('tagCreate', { body: static_ }))).toContain('"path":"model"')
  const wrong = { ...valueModelDefaults.lifecycle, lostDays: 1 }
  const broken = { ...body, key: 'broken', model: { kind: 'lifecycle' as const, settings: wrong } }
  expect(await refused(app.call('tagCreate', { body: broken }))).toContain('body.model')
})

test('RFM from the distribution: shown before it is stored, and taken again when somebody asks', async () => {
  const subject = { event: 'Order Paid', property: 'total', days: 365 }
  const shown = await app.call('rfmPreview', { body: { ...subject, by: rfmSharesDefault } })
  expect(shown.people).toBeGreaterThan(3)
  expect(shown.sizes.reduce((sum, size) => sum + size, 0)).toBe(shown.people)
  const boundaries = shown.boundaries ?? { recencyDays: 1, frequency: 1, amount: 1 }
  const quantiles = { ...rfmSharesDefault, again: 'never' as const, takenOn: shown.takenOn }
  const model: ValueModel = { kind: 'rfm', settings: { ...subject, ...boundaries, quantiles } }
  await app.call('tagCreate', { body: { ...common, key: 'rfm', name: 'RFM', values: modelValues(model), model } })
  await app.events([paid('lin', 0), ...[1, 2, 3].flatMap((ago) => [paid('rich', ago), paid('richer', ago), paid('richest', ago)])])
  await app.settle()
  const taken = await app.call('tagBoundaries', { params: { key: 'rfm' } })
  expect(taken.revision).toBe(2)
  const again = await app.call('rfmPreview', { body: { ...subject, by: rfmSharesDefault } })
  expect(taken.model).toMatchObject({ settings: { ...again.boundaries, quantiles: { takenOn: again.takenOn } } })
  await app.settle()
  expect((await app.call('tag', { params: { key: 'rfm' } })).values.map((one) => one.size)).toEqual(again.sizes)
  expect(await refused(app.call('tagBoundaries', { params: { key: 'stage' } }))).toContain('not taken from the distribution')
})
