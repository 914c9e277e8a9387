import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../../src/platform/db/postgres.ts'
import { startTestApp, type TestApp } from '../harness/app.ts'
import { importInto, sharedData } from '../harness/import-file.ts'

// Alibaba's UserBehavior through the real intake: the figures are two independent computations over the same file.
const expectedSchema = z.object({
  'taobao-behaviour': z.object({
    rows: z.number(),
    'inWindow_2017-11-25..12-03_AsiaShanghai': z.number(),
    users: z.number(),
    events: z.object({ pv: z.number(), cart: z.number(), fav: z.number(), buy: z.number() }),
    DAU: z.array(z.number()),
    'retention_2017-11-25': z.array(z.number()),
    buyers: z.number(),
    'cohorts_asof_2017-12-04': z.object({ 'cart>=3 in 3d': z.number() }),
  }),
})
const expected = expectedSchema.parse(JSON.parse(readFileSync(sharedData('expected.json'), 'utf8')))['taobao-behaviour']
const file = sharedData('taobao-behaviour.csv.gz')
const importTimeoutMs = 240_000

const cartedThrice = {
  kind: 'event',
  event: 'Product Added',
  filters: [],
  window: { kind: 'rolling', amount: 3, unit: 'day' },
  measure: { fn: 'count' },
  op: 'gte',
  value: 3,
} as const

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
  app.clock.set('2017-12-04T00:00:00+08:00')
})
afterAll(() => app.close())

const inWindow = `time >= toDateTime64('2017-11-25 00:00:00', 3, 'Asia/Shanghai') and time < toDateTime64('2017-12-04 00:00:00', 3, 'Asia/Shanghai')`

async function figures() {
  const w = { w: app.workspaceId }
  const one = async (text: string) => (await app.clickhouse.query<{ n: number }>('batch', text, w))[0]?.n
  const perEvent = await app.clickhouse.query<{ event: string; n: number }>(
    'batch',
    `select event, count() as n from events where workspace_id = {w:UInt32} and ${inWindow} group by event`,
    w,
  )
  const days = await app.clickhouse.query<{ day: string; users: number; back: number }>(
    'batch',
    `with first as (select distinct person_id from events where workspace_id = {w:UInt32} and toDate(time, 'Asia/Shanghai') = '2017-11-25')
     select toString(toDate(time, 'Asia/Shanghai')) as day, uniqExact(person_id) as users,
       uniqExactIf(person_id, person_id in first) as back
     from events where workspace_id = {w:UInt32} and ${inWindow} group by day order by day`,
    w,
  )
  return {
    rows: await one('select count() as n from events where workspace_id = {w:UInt32}'),
    messages: await one('select uniqExact(message_id) as n from events where workspace_id = {w:UInt32}'),
    users: await one('select uniqExact(person_id) as n from events where workspace_id = {w:UInt32}'),
    buyers: await one(
      `select uniqExact(person_id) as n from events where workspace_id = {w:UInt32} and event = 'Order Completed' and ${inWindow}`,
    ),
    events: Object.fromEntries(perEvent.map(({ event, n }) => [event, n])),
    DAU: days.map(({ users }) => users),
    retention: days.map(({ back }) => back),
    orders: (await app.db.one<{ n: number }>(sql`select count(*) as n from orders where workspace_id = ${app.workspaceId}`))?.n,
    quarantined: (
      await app.db.one<{ n: number }>(sql`select count(*) as n from quarantined_events where workspace_id = ${app.workspaceId}`)
    )?.n,
  }
}

const exact = {
  rows: expected.rows,
  messages: expected.rows,
  users: expected.users,
  buyers: expected.buyers,
  events: {
    'Product Viewed': expected.events.pv,
    'Product Added': expected.events.cart,
    'Product Added to Wishlist': expected.events.fav,
    'Order Completed': expected.events.buy,
  },
  DAU: expected.DAU,
  retention: expected['retention_2017-11-25'],
  orders: expected.events.buy,
  quarantined: 0,
}

async function cohort() {
  await app.settle()
  const estimate = await app.call('estimate', { body: { rule: cartedThrice } })
  const { items } = await app.call('tags')
  return { estimate: estimate.count, tag: items.find(({ key }) => key === 'carted_thrice')?.size }
}

test('the import gives exactly the known figures, and the tag that was there before it', { timeout: importTimeoutMs }, async () => {
  await app.call('tagCreate', {
    body: { key: 'carted_thrice', name: '近3天加购3次', layer: 'behaviour', mode: 'dynamic', rule: cartedThrice },
  })
  const result = await importInto(app, file, 'taobao-behaviour')
  expect(result).toMatchObject({ rows: expected.rows, events: expected.rows, rejected: 0, quarantined: 0 })
  expect(await figures()).toEqual(exact)
  const people = expected['cohorts_asof_2017-12-04']['cart>=3 in 3d']
  expect(await cohort()).toEqual({ estimate: people, tag: people })
})

test('importing it again changes nothing', { timeout: importTimeoutMs }, async () => {
  const result = await importInto(app, file, 'taobao-behaviour')
  expect(result.sent).toBe(expected.rows)
  expect(await figures()).toEqual(exact)
  const people = expected['cohorts_asof_2017-12-04']['cart>=3 in 3d']
  expect(await cohort()).toEqual({ estimate: people, tag: people })
})
