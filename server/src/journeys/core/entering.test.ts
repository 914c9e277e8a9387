import { describe, expect, test } from 'vitest'
import { acceptedEvent, defineJourney, send, wait } from '../../../test/harness/journeys.ts'
import { sql } from '../../platform/db/postgres.ts'
import { type JourneyShop, shopForEachTest } from '../journeys.test-kit.ts'

const hour = 3_600_000
const end = { id: 'end', kind: 'exit' }

let shop: JourneyShop
shopForEachTest((own) => {
  shop = own
})

describe('who comes in', () => {
  const short = (more: object) => defineJourney('a', [send('a', 'w'), wait('w', 'end'), end], more)

  test.each([
    ['never', 1],
    ['after_exit', 2],
    ['every_time', 3],
  ])('with re-entry %s, three triggers within and after a run make %i runs', async (reentry, expected) => {
    const id = await shop.live(short({ reentry }))
    await shop.happens(1, 'Signed Up')
    await shop.after(0)
    await shop.happens(1, 'Signed Up')
    await shop.after(2 * hour)
    await shop.happens(1, 'Signed Up')
    await shop.after(2 * hour)
    expect(await shop.runs(id)).toHaveLength(expected)
  })

  test('again after so many days counts from the last entry', async () => {
    const id = await shop.live(short({ reentry: { kind: 'after_days', days: 2 } }))
    for (let day = 0; day < 5; day++) {
      await shop.happens(1, 'Signed Up')
      await shop.after(24 * hour)
    }
    expect(await shop.runs(id)).toHaveLength(3)
    expect((await shop.room.journeys.counters(shop.workspaceId, id)).refusals).toEqual([{ reason: 'entered_lately', count: 2 }])
  })

  test('one at a time for each order, and again once it is through', async () => {
    const id = await shop.live(short({ reentry: { kind: 'one_per_key', property: 'order_id' } }))
    for (const order_id of ['o1', 'o1', 'o2']) await shop.happens(1, 'Signed Up', 0, { order_id })
    await shop.happens(2, 'Signed Up', 0, { order_id: 'o1' })
    await shop.after(0)
    expect((await shop.runs(id)).map((run) => run.person).sort()).toEqual([1, 1, 2])
    await shop.after(2 * hour)
    await shop.happens(1, 'Signed Up', 0, { order_id: 'o1' })
    await shop.after(0)
    expect(await shop.runs(id)).toHaveLength(4)
    expect((await shop.room.journeys.counters(shop.workspaceId, id)).refusals).toEqual([{ reason: 'key_inside', count: 1 }])
  })

  test('a limit for the hour and one for ever hold over versions, and say whom they kept out', async () => {
    const definition = (limits: object) => short({ reentry: 'every_time', limits })
    const id = await shop.live(definition({ perHour: 2 }))
    for (let person = 1; person <= 5; person++) await shop.happens(person, 'Signed Up')
    await shop.after(0)
    expect(await shop.runs(id)).toHaveLength(2)
    await shop.after(hour)
    for (let person = 1; person <= 3; person++) await shop.happens(person, 'Signed Up')
    await shop.after(0)
    expect(await shop.runs(id)).toHaveLength(4)
    const { draftRevision } = await shop.room.journeys.detail(shop.workspaceId, id)
    const draft = { name: 'J', description: '', definition: definition({ total: 5, perHour: 100 }), draftRevision }
    await shop.room.journeys.saveDraft(shop.caller, id, draft)
    await shop.room.journeys.publish(shop.caller, id)
    for (let person = 1; person <= 3; person++) await shop.happens(person, 'Signed Up')
    await shop.after(hour)
    expect(await shop.runs(id)).toHaveLength(5)
    expect((await shop.room.journeys.counters(shop.workspaceId, id)).refusals).toEqual([
      { reason: 'limit_hour', count: 4 },
      { reason: 'limit_total', count: 2 },
    ])
  })

  test('the same message twice starts one run', async () => {
    const id = await shop.live(short({ reentry: 'every_time' }))
    const one = acceptedEvent(shop.workspaceId, 1, 'Signed Up', shop.stores.clock.now())
    for (let i = 0; i < 3; i++) {
      await shop.take([one])
      await shop.stores.loops.drain()
    }
    expect(await shop.runs(id)).toHaveLength(1)
  })

  test('the entry rule and the trigger’s filters are asked', async () => {
    const trigger = { kind: 'event', event: 'Signed Up', filters: [{ property: 'channel', op: 'eq', value: 'app' }] }
    const id = await shop.live(short({ trigger, entryRule: { kind: 'not', rule: { kind: 'tag', tag: 'vip' } } }))
    shop.world.tags.set(2, new Set(['vip']))
    await shop.happens(1, 'Signed Up', 0, { channel: 'app' })
    await shop.happens(2, 'Signed Up', 0, { channel: 'app' })
    await shop.happens(3, 'Signed Up', 0, { channel: 'web' })
    await shop.after(0)
    expect((await shop.runs(id)).map((run) => run.person)).toEqual([1])
  })

  test('an event of two days ago starts nothing, and one of last month does not even come to the inbox', async () => {
    const id = await shop.live(short({}))
    await shop.happens(1, 'Signed Up', 48 * hour)
    await shop.happens(2, 'Signed Up', 30 * 24 * hour)
    await shop.after(0)
    expect(await shop.runs(id)).toEqual([])
    expect(await shop.stores.db.many(sql`select person_id from journey_inbox where workspace_id = ${shop.workspaceId}`)).toEqual([
      { person_id: 1 },
    ])
  })

  test('coming into a segment starts a run, being found in it by a new rule does not', async () => {
    const id = await shop.live(short({ trigger: { kind: 'segment_entry', segment: 'carts' } }))
    const at = shop.stores.clock.now()
    const move = {
      kind: 'segment' as const,
      key: 'carts',
      value: '',
      entered: true,
      at,
      reason: 'event' as const,
    }
    await shop.stores.db.tx((tx) =>
      shop.room.membershipListener(tx, shop.workspaceId, [
        { ...move, people: [1] },
        { ...move, people: [2], reason: 'definition' },
        { ...move, people: [3], entered: false },
        { ...move, people: [4], kind: 'tag' },
        { ...move, people: [5], key: 'others' },
      ]),
    )
    await shop.after(0)
    expect((await shop.runs(id)).map((run) => run.person)).toEqual([1])
  })

  test('being given a tag starts a run, with a value only of those who come to it', async () => {
    const any = await shop.live(short({ trigger: { kind: 'tag_entry', tag: 'stage' } }))
    const lost = await shop.live(short({ trigger: { kind: 'tag_entry', tag: 'stage', value: '流失' } }))
    const at = shop.stores.clock.now()
    const move = { kind: 'tag' as const, key: 'stage', value: '流失', entered: true, at, reason: 'time' as const }
    await shop.stores.db.tx((tx) =>
      shop.room.membershipListener(tx, shop.workspaceId, [
        { ...move, people: [1], value: '活跃', entered: false },
        { ...move, people: [1] },
        { ...move, people: [2], value: '活跃' },
        { ...move, people: [3], kind: 'segment' },
      ]),
    )
    await shop.after(0)
    expect((await shop.runs(any)).map((run) => run.person).sort()).toEqual([1, 2])
    expect((await shop.runs(lost)).map((run) => run.person)).toEqual([1])
  })

  test('leaving a segment or losing a tag starts a run, of a tag with values this value or any', async () => {
    const left = await shop.live(short({ trigger: { kind: 'segment_exit', segment: 'carts' } }))
    const any = await shop.live(short({ trigger: { kind: 'tag_exit', tag: 'stage' } }))
    const active = await shop.live(short({ trigger: { kind: 'tag_exit', tag: 'stage', value: '活跃' } }))
    const at = shop.stores.clock.now()
    const tag = { kind: 'tag' as const, key: 'stage', at, reason: 'time' as const }
    const segment = { kind: 'segment' as const, key: 'carts', value: '', at, reason: 'event' as const }
    await shop.stores.db.tx((tx) =>
      shop.room.membershipListener(tx, shop.workspaceId, [
        { ...segment, people: [1], entered: false },
        { ...segment, people: [2], entered: false, reason: 'definition' },
        { ...segment, people: [3], entered: true },
        { ...tag, people: [4], value: '活跃', entered: false },
        { ...tag, people: [4], value: '流失', entered: true },
        { ...tag, people: [5], value: '流失', entered: false },
      ]),
    )
    await shop.after(0)
    const people = async (id: string) => (await shop.runs(id)).map((run) => run.person).sort()
    expect([await people(left), await people(any), await people(active)]).toEqual([[1], [4, 5], [4]])
  })

  test('events that no journey listens for do not come to the inbox, and those of a journey just published do', async () => {
    await shop.happens(1, 'Signed Up')
    expect(await shop.stores.db.many(sql`select 1 from journey_inbox where workspace_id = ${shop.workspaceId}`)).toEqual([])
    await shop.live(short({}))
    await shop.happens(1, 'Signed Up')
    expect(await shop.stores.db.many(sql`select 1 from journey_inbox where workspace_id = ${shop.workspaceId}`)).toHaveLength(1)
    await shop.after(0)
  })
})
