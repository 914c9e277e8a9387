import { type JourneyDefinition, journeyDefinitionSchema } from '@chaoxi/contract'
import { beforeEach, expect, test } from 'vitest'
import { sql } from '../../platform/db/postgres.ts'
import { type JourneyShop, shopForEachTest } from '../journeys.test-kit.ts'
import { createHistoryRunner } from './history-runner.ts'

const dayMs = 86_400_000
let shop: JourneyShop
shopForEachTest((opened) => {
  shop = opened
})

const welcome = (reentry: JourneyDefinition['reentry']): JourneyDefinition =>
  journeyDefinitionSchema.parse({
    trigger: { kind: 'event', event: 'Signed Up' },
    reentry,
    start: 'hello',
    nodes: [
      { id: 'hello', kind: 'send', channel: 'sms', template: 'hello', next: 'pause' },
      { id: 'pause', kind: 'wait', duration: { amount: 1, unit: 'hour' }, next: 'end' },
      { id: 'end', kind: 'exit', result: 'done' },
    ],
  })

const rows = async (table: 'journey_runs' | 'journey_steps') =>
  (
    await shop.stores.db.one<{ count: number }>({
      strings: [`select count(*) as count from ${table} where workspace_id = `, ''],
      values: [shop.workspaceId],
    })
  )?.count

const runsOf = async (id: string, limit = 10, cursor: string | null = null) => shop.room.journeys.runs(shop.caller, id, {}, cursor, limit)

async function comes(person: number, event = 'Signed Up'): Promise<void> {
  await shop.happens(person, event)
  await shop.after(1)
}

/** Somebody's way from the trigger to the exit. */
async function passes(person: number): Promise<void> {
  await comes(person)
  await shop.after(3_600_000)
}

let id: string
beforeEach(async () => {
  id = await shop.live(welcome('never'))
})

test('a run that ended long ago leaves PostgreSQL and is told as before', async () => {
  await passes(1)
  const [before] = (await runsOf(id)).items
  const told = await shop.room.journeys.run(shop.caller, id, before?.id ?? '')
  await shop.after(29 * dayMs)
  expect(await rows('journey_runs')).toBe(1)
  await shop.after(2 * dayMs)
  expect([await rows('journey_runs'), await rows('journey_steps')]).toEqual([0, 0])
  expect((await runsOf(id)).items).toEqual([before])
  expect(await shop.room.journeys.run(shop.caller, id, before?.id ?? '')).toEqual(told)
  expect(await shop.room.journeys.detail(shop.workspaceId, id)).toMatchObject({ entered: 1, active: 0, finished: 1 })
})

test('who is inside stays, however long, and pages go over what is here and what is history', async () => {
  const long = await shop.live(
    journeyDefinitionSchema.parse({
      trigger: { kind: 'event', event: 'Signed Up' },
      reentry: 'every_time',
      start: 'paid',
      nodes: [
        {
          id: 'paid',
          kind: 'wait_event',
          match: { event: 'Order Paid' },
          timeout: { amount: 200, unit: 'day' },
          next: 'end',
          onTimeout: 'end',
        },
        { id: 'end', kind: 'exit' },
      ],
    }),
  )
  for (const person of [1, 2, 3, 4]) await comes(person)
  for (const person of [2, 4]) await comes(person, 'Order Paid')
  const all = (await runsOf(long)).items
  await shop.after(40 * dayMs)
  const now = (await runsOf(long)).items
  expect(now.map((run) => [run.id, run.state])).toEqual(all.map((run) => [run.id, run.state]))
  const first = await runsOf(long, 3)
  const second = await runsOf(long, 3, first.nextCursor)
  expect([...first.items, ...second.items].map((run) => run.id)).toEqual(all.map((run) => run.id))
  expect(second.nextCursor).toBeNull()
  expect((await shop.room.journeys.runs(shop.caller, long, { state: 'finished' }, null, 10)).items).toHaveLength(2)
  expect((await shop.room.journeys.runs(shop.caller, long, { person: 4 }, null, 10)).items.map((run) => run.state)).toEqual(['finished'])
})

test('a crash between the two stores brings the same run twice, and it is one', async () => {
  await passes(1)
  shop.stores.clock.advance(31 * dayMs)
  const { db, clickhouse, clock } = shop.stores
  const dies: typeof db = {
    ...db,
    tx: (work) =>
      db.tx(async (tx) => {
        await work(tx)
        throw new Error('killed before the commit')
      }),
  }
  const runner = (over: typeof db) => createHistoryRunner({ db: over, clickhouse, clock, runsKeptDays: 30, tasks: shop.room.tasks })
  await expect(runner(dies).run()).rejects.toThrow('killed')
  expect((await runsOf(id)).items).toHaveLength(1)
  await runner(db).run()
  await runner(db).run()
  expect(await rows('journey_runs')).toBe(0)
  expect((await runsOf(id)).items).toHaveLength(1)
  expect(await shop.room.journeys.detail(shop.workspaceId, id)).toMatchObject({ entered: 1, finished: 1 })
})

test('who was in once does not come in again, nor within so many days', async () => {
  const monthly = await shop.live(welcome({ kind: 'after_days', days: 60 }))
  await passes(1)
  await shop.after(40 * dayMs)
  await passes(1)
  expect([(await runsOf(id)).items.length, (await runsOf(monthly)).items.length]).toEqual([1, 1])
  await shop.after(21 * dayMs)
  await passes(1)
  expect([(await runsOf(id)).items.length, (await runsOf(monthly)).items.length]).toEqual([1, 2])
})

test('of two who became one, what was history of the one keeps the other from going on', async () => {
  await passes(1)
  await shop.after(40 * dayMs)
  await comes(2)
  const { db } = shop.stores
  await db.tx((tx) => shop.room.mergeConsumer(tx, shop.workspaceId, 1, 2))
  const [live] = (await runsOf(id)).items
  expect([live?.state, live?.result]).toEqual(['exited', 'merged'])
  await passes(2)
  expect(await rows('journey_runs')).toBe(1)
  const left = await db.many<{ person_id: number }>(sql`
    select person_id from journey_past_entries where workspace_id = ${shop.workspaceId}`)
  expect(left.map((row) => row.person_id)).toEqual([2])
})

test('a total limit counts who is history', async () => {
  const limited = await shop.live({ ...welcome('every_time'), limits: { total: 2 } })
  await passes(1)
  await shop.after(40 * dayMs)
  const detail = await shop.room.journeys.detail(shop.workspaceId, limited)
  await shop.room.journeys.saveDraft(shop.caller, limited, {
    name: 'J',
    description: '',
    definition: { ...welcome('every_time'), limits: { total: 2 } },
    draftRevision: detail.draftRevision,
  })
  await shop.room.journeys.publish(shop.caller, limited)
  for (const person of [2, 3]) await passes(person)
  expect(await shop.room.journeys.detail(shop.workspaceId, limited)).toMatchObject({ entered: 2 })
})

test('an archived journey forgets who was in it before', async () => {
  await passes(1)
  await shop.after(31 * dayMs)
  await shop.room.journeys.archive(shop.caller, id)
  await shop.after(1)
  expect(await shop.stores.db.many(sql`select 1 from journey_past_entries where workspace_id = ${shop.workspaceId}`)).toEqual([])
  expect((await runsOf(id)).items).toHaveLength(1)
})
