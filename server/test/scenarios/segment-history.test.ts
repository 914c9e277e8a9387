import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'

// The size of a segment day by day, and who was in it at the end of a day, in the workspace's zone (Asia/Shanghai).

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
  await app.call('segmentCreate', {
    body: {
      key: 'carted',
      name: '近 2 天加购',
      description: '',
      mode: 'dynamic',
      rule: {
        kind: 'event',
        event: 'Product Added',
        filters: [],
        window: { kind: 'rolling', amount: 2, unit: 'day' },
        measure: { fn: 'count' },
        op: 'gte',
        value: 1,
      },
    },
  })
  await app.settle()
})
afterAll(() => app?.close())

let sent = 0
const add = (who: { userId?: string; anonymousId?: string }) =>
  app.events([
    { type: 'track', event: 'Product Added', ...who, messageId: `m${++sent}`, timestamp: new Date(app.clock.now()).toISOString() },
  ])
const ofCarted = { params: { kind: 'segment', key: 'carted' } } as const
const sizes = async (from: string, to: string) => (await app.call('sizes', { ...ofCarted, query: { from, to } })).days
const namesOn = async (day: string) =>
  (await app.call('membersAt', { ...ofCarted, query: { day } })).items.map((person) => person.userId ?? 'visitor').sort()

test('people come and go with the days of the workspace, not with those of Greenwich', async () => {
  app.clock.set('2026-03-02T23:30:00+08:00')
  await add({ userId: 'ming' })
  await app.settle()
  // Still 2 March in Greenwich, 3 March in Shanghai.
  app.clock.set('2026-03-03T00:30:00+08:00')
  await add({ userId: 'hong' })
  await add({ anonymousId: 'browser' })
  await app.settle()
  app.clock.set('2026-03-04T23:45:00+08:00')
  await app.settle()
  expect(await sizes('2026-03-01', '2026-03-05')).toEqual([
    { day: '2026-03-01', size: 0, entered: 0, left: 0, merged: 0 },
    { day: '2026-03-02', size: 1, entered: 1, left: 0, merged: 0 },
    { day: '2026-03-03', size: 3, entered: 2, left: 0, merged: 0 },
    { day: '2026-03-04', size: 2, entered: 0, left: 1, merged: 0 },
    { day: '2026-03-05', size: 2, entered: 0, left: 0, merged: 0 },
  ])
  expect(await sizes('2026-03-04', '2026-03-04')).toMatchObject([{ size: 2, left: 1 }])
})

test('who was in on a day is answered for any day of the past', async () => {
  expect(await namesOn('2026-03-01')).toEqual([])
  expect(await namesOn('2026-03-02')).toEqual(['ming'])
  expect(await namesOn('2026-03-03')).toEqual(['hong', 'ming', 'visitor'])
  expect(await namesOn('2026-03-04')).toEqual(['hong', 'visitor'])
})

test('members who turn out to be one are one fewer, and stand in the past under the name they live on in', async () => {
  await app.events([{ type: 'identify', userId: 'hong', anonymousId: 'browser', messageId: `m${++sent}` }])
  await app.settle()
  expect(await sizes('2026-03-03', '2026-03-04')).toEqual([
    { day: '2026-03-03', size: 3, entered: 2, left: 0, merged: 0 },
    { day: '2026-03-04', size: 1, entered: 0, left: 1, merged: 1 },
  ])
  expect(await namesOn('2026-03-04')).toEqual(['hong'])
  expect(await namesOn('2026-03-03')).toEqual(['hong', 'ming'])
  expect((await app.call('segment', { params: { key: 'carted' } })).size).toBe(1)
})

test('the list of a past day comes page by page, each person once', async () => {
  app.clock.set('2026-03-10T09:00:00+08:00')
  for (let i = 0; i < 7; i++) await add({ userId: `u${i}` })
  await app.settle()
  app.clock.set('2026-03-20T09:00:00+08:00')
  await app.settle()
  expect((await app.call('segment', { params: { key: 'carted' } })).size).toBe(0)
  const found: (string | null)[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof app.call<'membersAt'>>> = await app.call('membersAt', {
      ...ofCarted,
      query: { day: '2026-03-10', limit: 3, ...(cursor === null ? {} : { cursor }) },
    })
    expect(page.size).toBe(7)
    found.push(...page.items.map((person) => person.userId))
    cursor = page.nextCursor
  } while (cursor !== null)
  expect(found.sort()).toEqual(['u0', 'u1', 'u2', 'u3', 'u4', 'u5', 'u6'])
})
