import type { FindingCode, Rule } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'

// Order among tags and segments (T7), through the API.

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.close())

const day = 86_400_000
let sent = 0
const track = (userId: string, event: string, properties = {}) =>
  app.events([{ type: 'track', userId, event, properties, messageId: `m${++sent}`, timestamp: new Date(app.clock.now()).toISOString() }])
const did = (event: string, value = 1): Rule => ({
  kind: 'event',
  event,
  filters: [],
  window: { kind: 'ever' },
  measure: { fn: 'count' },
  op: 'gte',
  value,
})
const not = (rule: Rule): Rule => ({ kind: 'not', rule })
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })
const segment = (key: string, rule: Rule | null) =>
  app.call('segmentCreate', { body: { key, name: `人群 ${key}`, description: '', mode: rule === null ? 'static' : 'dynamic', rule } })
const codesOf = async (key: string): Promise<FindingCode[]> => {
  const { items } = await app.call('governance', {})
  return (items.find((one) => one.key === key)?.findings ?? []).map(({ code }) => code)
}
const refusal = (call: Promise<unknown>) => call.then(String, (error: Error) => error.message)

test('empty, contradictory, always true, unheard of, and twice the same are found at once', async () => {
  await track('ming', 'Product Viewed')
  await track('hong', 'Product Viewed')
  await segment('viewers', did('Product Viewed'))
  await segment('viewers-too', all(did('Product Viewed'), not(not(did('Product Viewed')))))
  await segment('nobody', all(did('Product Viewed'), not(did('Product Viewed'))))
  await segment('everybody', { kind: 'any', rules: [did('Product Viewed'), not(did('Product Viewed'))] })
  await segment('dreamers', did('Dreamt Of'))
  await app.settle()
  expect(await codesOf('viewers')).toEqual(['duplicate'])
  expect(await codesOf('viewers-too')).toEqual(['duplicate'])
  expect(await codesOf('nobody')).toEqual(['empty', 'never'])
  expect(await codesOf('everybody')).toEqual(['always'])
  expect(await codesOf('dreamers')).toEqual(['empty', 'unheard'])
  const { items } = await app.call('governance', {})
  const viewers = items.find((one) => one.key === 'viewers')
  expect(viewers?.findings[0]?.same).toEqual([{ kind: 'segment', key: 'viewers-too', name: '人群 viewers-too' }])
  expect(viewers?.size).toBe(2)
})

test('what is in use cannot be archived, and who uses it is named', async () => {
  await segment('inner', did('Product Viewed', 2))
  await segment('outer', all({ kind: 'segment', segment: 'inner' }, did('Product Viewed')))
  const message = await refusal(app.call('segmentArchive', { params: { key: 'inner' } }))
  expect(message).toContain('in_use')
  expect(message).toContain('人群 outer')
  const { items } = await app.call('governance', {})
  expect(items.find((one) => one.key === 'inner')?.usedBy).toEqual([{ kind: 'segment', key: 'outer', name: '人群 outer' }])
})

test('unused and stale are found after ninety days, counted from when the last user let go', async () => {
  app.clock.advance(60 * day)
  // The user lets go of it today, so its ninety days begin today.
  await app.call('segmentUpdate', {
    params: { key: 'outer' },
    body: { name: '人群 outer', description: '', rule: did('Product Viewed', 3), revision: 1 },
  })
  app.clock.advance(31 * day)
  await app.settle()
  expect(await codesOf('viewers')).toEqual(['unused', 'stale', 'duplicate'])
  expect(await codesOf('inner')).toEqual(['empty'])
  app.clock.advance(60 * day)
  await track('lan', 'Product Viewed')
  await app.settle()
  expect(await codesOf('inner')).toContain('unused')
  expect(await codesOf('viewers')).toEqual(['unused', 'duplicate'])
})

test('a definition that was not computed is waiting', async () => {
  await segment('slow', did('Product Viewed', 5))
  app.clock.advance(2 * 3_600_000)
  expect(await codesOf('slow')).toEqual(['waiting'])
  await app.settle()
  expect(await codesOf('slow')).toEqual(['empty'])
})

test('an archived dynamic one comes back by its rule, a static one with its people, merged ones once', async () => {
  await track('gone', 'Product Viewed')
  await app.events([{ type: 'identify', anonymousId: 'browser', messageId: `m${++sent}` }])
  await segment('staff', null)
  const people = (await app.call('people', {})).items.map(({ id }) => id)
  await app.call('segmentMembers', { params: { key: 'staff' }, body: { add: people } })
  await app.settle()
  for (const key of ['staff', 'viewers']) await app.call('segmentArchive', { params: { key } })
  await app.settle()
  app.clock.advance(day)
  await app.events([{ type: 'identify', userId: 'gone', anonymousId: 'browser', messageId: `m${++sent}` }])
  await app.settle()
  for (const key of ['staff', 'viewers']) await app.call('definitionRestore', { params: { kind: 'segment', key } })
  await app.settle()
  expect((await app.call('segment', { params: { key: 'staff' } })).size).toBe(people.length - 1)
  expect((await app.call('people', { query: { segment: 'staff' } })).items).toHaveLength(people.length - 1)
  expect((await app.call('segment', { params: { key: 'viewers' } })).size).toBe(4)
  expect(await refusal(app.call('definitionRestore', { params: { kind: 'segment', key: 'staff' } }))).toContain('is not archived')
})

test('a definition whose rule names something archived does not come back before that does', async () => {
  await segment('base', did('Product Viewed', 7))
  await segment('above', { kind: 'segment', segment: 'base' })
  await app.call('segmentArchive', { params: { key: 'above' } })
  await app.call('segmentArchive', { params: { key: 'base' } })
  expect(await refusal(app.call('definitionRestore', { params: { kind: 'segment', key: 'above' } }))).toContain('there is no segment')
  await app.call('definitionRestore', { params: { kind: 'segment', key: 'base' } })
  await app.call('definitionRestore', { params: { kind: 'segment', key: 'above' } })
})

test('every revision is kept with who made it, and an older one can be taken again', async () => {
  await segment('history', did('Product Viewed', 1))
  const body = (value: number, revision: number) => ({
    name: `第 ${revision + 1} 版`,
    description: '',
    rule: did('Product Viewed', value),
    revision,
  })
  const params = { key: 'history' }
  await app.call('segmentUpdate', { params, body: body(2, 1) })
  await app.call('segmentUpdate', { params, body: body(3, 2) })
  await app.call('segmentArchive', { params })
  await app.call('definitionRestore', { params: { kind: 'segment', ...params } })
  const revert = (to: number, revision: number) =>
    app.call('definitionRevert', { params: { kind: 'segment', ...params }, body: { to, revision } })
  await revert(1, 5)
  const { items } = await app.call('definitionVersions', { params: { kind: 'segment', ...params } })
  expect(items.map(({ revision, change, name }) => [revision, change, name])).toEqual([
    [6, 'changed', '人群 history'],
    [5, 'restored', '第 3 版'],
    [4, 'archived', '第 3 版'],
    [3, 'changed', '第 3 版'],
    [2, 'changed', '第 2 版'],
    [1, 'created', '人群 history'],
  ])
  expect(items[0]?.rule).toEqual(did('Product Viewed', 1))
  expect(items.every(({ by }) => by.startsWith('key_'))).toBe(true)
  await app.settle()
  expect((await app.call('segment', { params })).size).toBe(4)
  expect(await refusal(revert(1, 5))).toContain('stale_revision')
  expect(await refusal(revert(99, 6))).toContain('there was no revision 99')
})

test('the report of a month says what changed, how many there are, and whose size moved', async () => {
  const now = new Date(app.clock.now()).toISOString().slice(0, 7)
  const first = await app.call('governanceReport', { query: { month: '2026-03' } })
  expect(first).toMatchObject({ segments: 7, tags: 0, created: 7, archived: 0, more: false })
  expect(first.from).toBe('2026-02-28T16:00:00.000Z')
  expect(first.moves.find((one) => one.key === 'viewers')).toMatchObject({ before: 0, entered: 2, left: 0, after: 2 })
  const last = await app.call('governanceReport', { query: { month: now } })
  const { items } = await app.call('governance', {})
  expect(last.segments).toBe(items.length)
  expect(last).toMatchObject({ archived: 3, restored: 5 })
  expect(await refusal(app.call('governanceReport', { query: { month: '2099-01' } }))).toContain('query.month')
  expect(await refusal(app.call('governanceReport', { query: { month: '2026-13' } }))).toContain('query.month')
})
