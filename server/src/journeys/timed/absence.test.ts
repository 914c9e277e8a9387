import type { Trigger } from '@chaoxi/contract'
import { describe, expect, test } from 'vitest'
import { acceptedEvent, defineJourney, send, wait } from '../../../test/harness/journeys.ts'
import { sql } from '../../platform/db/postgres.ts'
import { type JourneyShop, shopForEachTest } from '../journeys.test-kit.ts'

const minute = 60_000
const end = { id: 'end', kind: 'exit' }
const viewed = { kind: 'event_absence', event: 'Product Viewed', none: [{ event: 'Order Paid' }], within: { amount: 10, unit: 'minute' } }

let shop: JourneyShop
shopForEachTest((own) => {
  shop = own
})

const remind = (trigger: object = {}, more: object = {}) =>
  shop.live(defineJourney('a', [send('a', 'end'), end], { trigger: { ...viewed, ...trigger }, reentry: 'every_time', ...more }))
const waiting = () => shop.stores.db.many(sql`select person_id from journey_absences where workspace_id = ${shop.workspaceId}`)
const people = async (id: string) => (await shop.runs(id)).map((run) => run.person).sort()

describe('an event that nothing follows', () => {
  test('brings in who did not do the other thing within the time, and nobody before', async () => {
    const id = await remind()
    await shop.happens(1, 'Product Viewed', 0, { name: 'shoe' })
    await shop.happens(2, 'Product Viewed')
    await shop.after(5 * minute)
    await shop.happens(2, 'Order Paid')
    await shop.after(4 * minute)
    expect(await people(id)).toEqual([])
    await shop.after(minute)
    expect(await people(id)).toEqual([1])
    expect(await waiting()).toEqual([])
    const message = await shop.stores.db.one(sql`select context from messages where workspace_id = ${shop.workspaceId}`)
    expect(message).toEqual({ context: { event: { name: 'shoe' } } })
    const { steps } = await shop.room.journeys.run(shop.caller, id, (await shop.runs(id))[0]?.id ?? '')
    expect(steps[0]?.details.trigger).toMatchObject({ kind: 'event_absence', name: 'Product Viewed' })
    expect(await shop.runs(id)).toHaveLength(1)
  })

  test('runs from the time that the event happened, and counts what arrives late by when it happened', async () => {
    const id = await remind()
    await shop.happens(1, 'Product Viewed', 6 * minute)
    await shop.happens(2, 'Product Viewed', 6 * minute)
    await shop.happens(3, 'Product Viewed', 11 * minute)
    await shop.after(0)
    expect(await people(id)).toEqual([3])
    // Bought before the event, and so of another story.
    await shop.happens(1, 'Order Paid', 7 * minute)
    await shop.after(3 * minute)
    // Bought within the time, and told of before it was over.
    await shop.happens(2, 'Order Paid', 2 * minute)
    await shop.after(minute)
    expect(await people(id)).toEqual([1, 3])
    await shop.happens(4, 'Product Viewed', 25 * 60 * minute)
    await shop.after(20 * minute)
    expect(await people(id)).toEqual([1, 3])
  })

  test('asks for the same item when told so, in the lists of orders too', async () => {
    const id = await remind({ same: { first: 'product_id', none: 'products[].product_id' } })
    for (const person of [1, 2, 3]) await shop.happens(person, 'Product Viewed', 0, { product_id: 'p1' })
    await shop.happens(4, 'Product Viewed')
    await shop.happens(1, 'Order Paid', 0, { products: [{ product_id: 'p2' }] })
    await shop.happens(2, 'Order Paid', 0, { products: [{ product_id: 'p2' }, { product_id: 'p1' }] })
    await shop.happens(4, 'Order Paid', 0, { products: [{ product_id: 'p9' }] })
    await shop.after(0)
    await shop.after(10 * minute)
    expect(await people(id)).toEqual([1, 3])
  })

  test('comes in once, however often the event is sent and whatever follows in the same breath', async () => {
    const id = await remind()
    const now = shop.stores.clock.now()
    const one = acceptedEvent(shop.workspaceId, 1, 'Product Viewed', now)
    for (let i = 0; i < 3; i++) {
      await shop.take([one])
      await shop.after(0)
    }
    await shop.take(['Product Viewed', 'Order Paid'].map((event) => acceptedEvent(shop.workspaceId, 2, event, now)))
    await shop.after(10 * minute)
    await shop.take([one])
    await shop.after(10 * minute)
    expect(await people(id)).toEqual([1])
  })

  test('is kept out by re-entry, which is told with its reason', async () => {
    const id = await shop.live(defineJourney('w', [wait('w', 'end', 5), end], { trigger: viewed, reentry: 'after_exit' }))
    for (let i = 0; i < 3; i++) await shop.happens(1, 'Product Viewed')
    await shop.after(0)
    await shop.after(11 * minute)
    expect(await people(id)).toEqual([1])
    expect((await shop.room.journeys.counters(shop.workspaceId, id)).refusals).toEqual([{ reason: 'still_inside', count: 2 }])
  })

  test('in a pause hears what was done, and lets nobody in whose time is over', async () => {
    const id = await remind()
    for (const person of [1, 2, 3]) await shop.happens(person, 'Product Viewed')
    await shop.after(0)
    await shop.room.journeys.pause(shop.caller, id)
    await shop.happens(2, 'Order Paid')
    await shop.happens(4, 'Product Viewed')
    await shop.after(10 * minute)
    await shop.room.journeys.resume(shop.caller, id)
    await shop.happens(5, 'Product Viewed')
    await shop.after(10 * minute)
    expect(await people(id)).toEqual([5])
    expect((await shop.room.journeys.counters(shop.workspaceId, id)).refusals).toEqual([{ reason: 'paused', count: 2 }])
  })

  test('is forgotten when the journey is archived, or begins in another way from now on', async () => {
    const id = await remind()
    await shop.happens(1, 'Product Viewed')
    await shop.after(0)
    const { draftRevision } = await shop.room.journeys.detail(shop.workspaceId, id)
    const event: Trigger = { kind: 'event', event: 'Signed Up', filters: [] }
    const definition = defineJourney('end', [end], { trigger: event })
    await shop.room.journeys.saveDraft(shop.caller, id, { name: 'J', description: '', definition, draftRevision })
    await shop.room.journeys.publish(shop.caller, id)
    expect(await waiting()).toEqual([])
    const other = await remind()
    await shop.happens(1, 'Product Viewed')
    await shop.after(0)
    await shop.room.journeys.archive(shop.caller, other)
    await shop.after(10 * minute)
    expect([await people(id), await people(other), await waiting()]).toEqual([[], [], []])
  })

  test('goes with the person into another', async () => {
    const id = await remind()
    await shop.happens(1, 'Product Viewed')
    await shop.happens(3, 'Product Viewed')
    await shop.after(0)
    for (const [from, into] of [
      [1, 2],
      [3, 4],
    ] as const)
      await shop.stores.db.tx((tx) => shop.room.mergeConsumer(tx, shop.workspaceId, from, into))
    await shop.happens(4, 'Order Paid')
    await shop.after(10 * minute)
    expect(await people(id)).toEqual([2])
  })
})
