import { journeyDefinitionSchema } from '@chaoxi/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from '../../platform/db/postgres.ts'
import { type JourneyShop, shopForEachTest } from '../journeys.test-kit.ts'
import { closeAlarm, leaseUntold, noteTold, openAlarm, tellNobody } from './alarm-store.ts'

// Whoever tells of alarms holds no transaction meanwhile: anything may happen in between.

let shop: JourneyShop
shopForEachTest((opened) => {
  shop = opened
})

const definition = journeyDefinitionSchema.parse({
  trigger: { kind: 'event', event: 'Signed Up' },
  start: 'end',
  nodes: [{ id: 'end', kind: 'exit' }],
})
const stands = { value: 60, limit: 30, usual: null }
const t0 = Date.parse('2026-03-02T10:00:00Z')
const at = (minutes: number) => new Date(t0 + minutes * 60_000)
const lease = async (minutes: number) => (await leaseUntold(shop.stores.db, at(minutes), at(minutes + 2), 10)).map((alarm) => alarm.untold)
const alarmInHand = async () => {
  const [alarm] = await leaseUntold(shop.stores.db, at(0), at(2), 10)
  if (!alarm) throw new Error('nobody is to be told')
  return alarm
}

beforeEach(async () => {
  const journeyId = await shop.live(definition)
  const alarm = { workspaceId: shop.workspaceId, journeyId, id: 'alm_1', kind: 'lag' as const, stands }
  await shop.stores.db.tx((tx) => openAlarm(tx, alarm, true, at(0)))
})
// Alarms of all workspaces wait in one row.
afterEach(() => shop.stores.db.run(sql`delete from journey_alarms`))

test('what one has in hand no other takes, and whoever dies with it in hand leaves it to the next', async () => {
  expect(await lease(0)).toEqual([['opened']])
  expect(await lease(1)).toEqual([])
  expect(await lease(2)).toEqual([['opened']])
})

test('what closes while its opening is told is told after it, at once', async () => {
  const { db } = shop.stores
  const alarm = await alarmInHand()
  await db.tx((tx) => closeAlarm(tx, alarm, stands, true, at(1)))
  expect(await lease(1)).toEqual([])
  await noteTold(db, alarm, at(1))
  expect(await lease(1)).toEqual([['closed']])
  await noteTold(db, alarm, at(1))
  expect(await lease(60)).toEqual([])
})

test('where nobody listens any more nothing is left to be told', async () => {
  await tellNobody(shop.stores.db, await alarmInHand())
  expect(await lease(60)).toEqual([])
})
