import { describe, expect, test } from 'vitest'
import { createHandLoops } from '../../../test/harness/hand-loops.ts'
import { defineJourney, openJourneys, send } from '../../../test/harness/journeys.ts'
import { sql } from '../../platform/db/postgres.ts'
import { createMetrics } from '../../platform/metrics.ts'
import { type JourneyShop, shopForEachTest } from '../journeys.test-kit.ts'

const hour = 3_600_000
const day = 24 * hour
const end = { id: 'end', kind: 'exit' }
const everyMorning = {
  kind: 'schedule',
  audience: { kind: 'rule', rule: { kind: 'tag', tag: 'vip' } },
  at: '09:00',
  repeat: { kind: 'daily' },
}

let shop: JourneyShop
shopForEachTest((own) => {
  shop = own
  shop.world.people.clear()
  for (const person of [1, 2, 3]) shop.world.people.add(person)
  for (const person of [1, 2]) shop.world.tags.set(person, new Set(['vip']))
})

const journey = (trigger: object = {}, more: object = {}) =>
  shop.live(defineJourney('a', [send('a', 'end'), end], { trigger: { ...everyMorning, ...trigger }, reentry: 'every_time', ...more }))
const people = async (id: string) => (await shop.runs(id)).map((run) => run.person).sort()
/** To so long before or after the next nine o'clock of Shanghai. */
async function atNine(ms = 0): Promise<void> {
  const now = shop.stores.clock.now()
  const today = Math.floor(now / day) * day + hour
  await shop.after((today > now ? today : today + day) - now + ms)
}
/** Begun, collected, in the inbox: nobody has read it. */
async function tellTheInbox(): Promise<void> {
  const loops = createHandLoops()
  openJourneys(shop.stores, shop.world, { loops, metrics: createMetrics() })
  for (let i = 0; i < 3; i++) await loops.runOnce('journey_occurrence')
}
const past = async (id: string) =>
  (await shop.room.journeys.occurrences(shop.workspaceId, id)).items.map(({ state, reason, people: count, told }) => ({
    state,
    reason,
    count,
    told,
  }))

describe('a schedule', () => {
  test('lets in everybody who is in the audience when it is due, each time once', async () => {
    const id = await journey()
    await atNine(-1)
    expect(await people(id)).toEqual([])
    shop.world.tags.set(3, new Set(['vip']))
    shop.world.tags.delete(1)
    await shop.after(1)
    expect(await people(id)).toEqual([2, 3])
    await shop.after(hour)
    expect(await people(id)).toEqual([2, 3])
    await atNine()
    expect(await people(id)).toEqual([2, 2, 3, 3])
    expect(await past(id)).toEqual([
      { state: 'done', reason: null, count: 2, told: 2 },
      { state: 'done', reason: null, count: 2, told: 2 },
    ])
    const { next } = await shop.room.journeys.occurrences(shop.workspaceId, id)
    const { next: drawn } = await shop.room.journeys.detail(shop.workspaceId, id)
    expect(next).toHaveLength(3)
    expect(drawn).toEqual(next)
  })

  test('of many people enters piece by piece, whatever else waits in the inbox', async () => {
    for (let person = 10; person < 2_510; person++) {
      shop.world.people.add(person)
      shop.world.tags.set(person, new Set(['vip']))
    }
    const id = await shop.live(defineJourney('end', [end], { trigger: everyMorning, reentry: 'every_time' }))
    await atNine()
    const { entered } = (await shop.room.journeys.list(shop.workspaceId))[0] ?? {}
    expect(entered).toBe(2_502)
    expect(await past(id)).toEqual([{ state: 'done', reason: null, count: 2_502, told: 2_502 }])
    expect(await shop.stores.db.many(sql`select 1 from journey_occurrence_people`)).toEqual([])
  })

  test('that fell due in a pause is skipped and says so, and one that was missed for more than a day too', async () => {
    const id = await journey()
    await shop.room.journeys.pause(shop.caller, id)
    await atNine()
    await shop.room.journeys.resume(shop.caller, id)
    await shop.after(hour)
    expect(await people(id)).toEqual([])
    // Nobody came for two days and a half: the last time is less than a day ago.
    await atNine(2.5 * day)
    expect(await people(id)).toEqual([1, 2])
    expect((await past(id)).map(({ state, reason }) => reason ?? state)).toEqual(['done', 'late', 'late', 'paused'])
  })

  test('that is paused on the way keeps those who were not yet in, and lets them in when it is resumed', async () => {
    const id = await journey()
    const untilNine = Math.floor(shop.stores.clock.now() / day) * day + day + hour - shop.stores.clock.now()
    shop.stores.clock.advance(untilNine)
    await tellTheInbox()
    expect(
      await shop.stores.db.many(sql`select 1 from journey_inbox where workspace_id = ${shop.workspaceId} and taken_at is null`),
    ).toHaveLength(2)
    await shop.room.journeys.pause(shop.caller, id)
    await shop.after(hour)
    expect(await people(id)).toEqual([])
    await shop.room.journeys.resume(shop.caller, id)
    await shop.after(0)
    expect(await people(id)).toEqual([1, 2])
    expect(await past(id)).toEqual([{ state: 'done', reason: null, count: 2, told: 2 }])
  })

  test('of which two people became one lets that one in once', async () => {
    const id = await journey()
    shop.stores.clock.advance(Math.floor(shop.stores.clock.now() / day) * day + day + hour - shop.stores.clock.now())
    await tellTheInbox()
    await shop.stores.db.tx((tx) => shop.room.mergeConsumer(tx, shop.workspaceId, 1, 2))
    await shop.after(0)
    expect(await people(id)).toEqual([2])
    expect((await shop.room.journeys.counters(shop.workspaceId, id)).refusals).toEqual([{ reason: 'entered_before', count: 1 }])
  })

  test('that is archived or begins in another way is due no more', async () => {
    const id = await journey()
    await shop.room.journeys.archive(shop.caller, id)
    const other = await journey()
    const { draftRevision } = await shop.room.journeys.detail(shop.workspaceId, other)
    await shop.room.journeys.saveDraft(shop.caller, other, {
      name: 'J',
      description: '',
      definition: defineJourney('end', [end]),
      draftRevision,
    })
    await shop.room.journeys.publish(shop.caller, other)
    await atNine()
    expect([await people(id), await past(id), await people(other), await past(other)]).toEqual([[], [], [], []])
  })

  test('keeps to the clocks of the shop when it moves to another zone', async () => {
    const id = await journey()
    const before = (await shop.room.journeys.occurrences(shop.workspaceId, id)).next[0]
    shop.world.timeZone = 'Asia/Tokyo'
    await shop.after(15_000)
    const after = (await shop.room.journeys.occurrences(shop.workspaceId, id)).next[0]
    expect(Date.parse(before ?? '') - Date.parse(after ?? '')).toBe(hour)
    shop.world.timeZone = 'Asia/Shanghai'
  })

  test('that is never due cannot go live', async () => {
    const definition = defineJourney('end', [end], { trigger: { ...everyMorning, repeat: { kind: 'once', date: '2020-01-01' } } })
    await expect(shop.live(definition)).rejects.toThrow('cannot go live')
  })
})
