import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPeopleSaves, createPeopleSets } from '../../src/reports/index.ts'
import { startTestApp, type TestApp } from '../harness/app.ts'

let app: TestApp
const people = Array.from({ length: 25 }, (_, i) => `user-${String(i).padStart(2, '0')}`)
beforeAll(async () => {
  app = await startTestApp()
  await app.events(people.map((userId) => ({ type: 'identify', userId, traits: { name: userId } })))
  await app.settle()
})
afterAll(() => app.close())

const membersOf = async (segment: string) =>
  (await app.call('people', { query: { segment, limit: 100 } })).items.map((person) => person.userId).toSorted()

test('a list becomes a segment in the background and says how far it is', async () => {
  const begun = await app.call('peopleSave', { body: { name: '名单', filter: { q: 'user-1' } } })
  expect(begun).toMatchObject({ state: 'running', saved: 0, about: null })
  await app.settle()
  expect(await app.call('peopleSaved', { params: { id: begun.id } })).toMatchObject({ state: 'done', saved: 10, about: 10, problem: null })
  expect(await membersOf(begun.segmentKey)).toEqual(people.slice(10, 20))
  expect((await app.call('peopleSaves')).items.map((one) => one.id)).toEqual([begun.id])
  const { items } = await app.callAsAdmin('audit', {})
  expect(items.filter((one) => one.subject === begun.segmentKey).map((one) => [one.action, one.details])).toEqual([
    ['segment.members', { added: 10, removed: 0 }],
    ['segment.create', expect.anything()],
  ])
})

/** The same work in pages of ten, whose transactions may die. */
function inPagesOfTen(dies: (page: number) => boolean) {
  const { db, clickhouse, clock, ids, chaoxi } = app
  const { tags, workspaces } = chaoxi.house
  let page = 0
  return createPeopleSaves({
    ...{ db, clock, ids, pageSize: 10, wake: () => {}, settled: () => {}, audit: workspaces.audit },
    sets: createPeopleSets({ db, clickhouse, peopleOf: tags.peopleOf, converted: async () => [] }),
    createSegment: async () => ({ key: 'unused' }),
    active: tags.definitions.active,
    async putIn(tx, workspaceId, key, some) {
      const there = await tags.byList(tx, workspaceId, { kind: 'segment', key }, some)
      page += 1
      if (dies(page)) throw new Error('killed before the commit')
      return there
    },
  })
}

test('a stop between two pages leaves nobody out and puts nobody in twice', async () => {
  const begun = await app.call('peopleSave', { body: { name: '大名单', filter: {} } })
  const work = inPagesOfTen((page) => page === 2)
  expect(await work.loop.run()).toBe(true)
  await expect(work.loop.run()).rejects.toThrow('killed')
  expect(await app.call('peopleSaved', { params: { id: begun.id } })).toMatchObject({ state: 'running', saved: 10, about: 25 })
  // Somebody who comes meanwhile is not in what is left of the list.
  await app.events([{ type: 'identify', userId: 'late', traits: { name: 'late' } }])
  while (await inPagesOfTen(() => false).loop.run());
  await app.settle()
  expect(await app.call('peopleSaved', { params: { id: begun.id } })).toMatchObject({ state: 'done', saved: 25 })
  expect(await membersOf(begun.segmentKey)).toEqual(people)
})

test('a segment that is archived meanwhile, and a list by what is no more, end with their reason', async () => {
  const first = await app.call('peopleSave', { body: { name: '没了', filter: {} } })
  await app.call('segmentArchive', { params: { key: first.segmentKey } })
  await app.settle()
  expect(await app.call('peopleSaved', { params: { id: first.id } })).toMatchObject({ state: 'failed', problem: 'segment_gone', saved: 0 })
  const { key } = await app.call('tagCreate', { body: { name: '临时', layer: 'basic', mode: 'static', rule: null } })
  const second = await app.call('peopleSave', { body: { name: '按标签', filter: { tag: key } } })
  await app.call('tagArchive', { params: { key } })
  await app.settle()
  expect(await app.call('peopleSaved', { params: { id: second.id } })).toMatchObject({ state: 'failed', problem: 'filter_gone' })
  await expect(app.call('peopleSave', { body: { name: '错', filter: { stage: 'entered' } } })).rejects.toThrow('query.journey')
})
