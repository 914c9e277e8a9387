import { describe, expect, test } from 'vitest'
import { defineJourney, send } from '../../../test/harness/journeys.ts'
import { sql } from '../../platform/db/postgres.ts'
import { type JourneyShop, shopForEachTest } from '../journeys.test-kit.ts'

let shop: JourneyShop
shopForEachTest((own) => {
  shop = own
  for (const person of [1, 2, 3]) shop.world.people.add(person)
})

const called = (more: object = {}) =>
  shop.live(
    defineJourney('a', [send('a', 'end'), { id: 'end', kind: 'exit' }], { trigger: { kind: 'call' }, reentry: 'every_time', ...more }),
  )
const enter = (id: string, key: string, userIds: string[], properties = {}) =>
  shop.room.calls.enter(shop.caller, id, { key, people: userIds.map((userId) => ({ userId })), properties })
const people = async (id: string) => (await shop.runs(id)).map((run) => run.person).sort()

describe('a call', () => {
  test('lets people in with what is said of them, and names those whom nobody knows', async () => {
    const id = await called()
    const answer = await shop.room.calls.enter(shop.caller, id, {
      key: 'k',
      people: [{ userId: '1', properties: { seat: 'A1' } }, { userId: '2' }, { userId: 'who' }],
      properties: { seat: 'free', show: 'Hamlet' },
    })
    expect(answer).toEqual({ accepted: 2, unknown: ['who'] })
    await shop.after(0)
    const rows = await shop.stores.db.many(
      sql`select person_id, context from messages where workspace_id = ${shop.workspaceId} order by person_id`,
    )
    expect(rows).toEqual([
      { person_id: 1, context: { event: { seat: 'A1', show: 'Hamlet' } } },
      { person_id: 2, context: { event: { seat: 'free', show: 'Hamlet' } } },
    ])
  })

  test('of the same key lets nobody in twice, and of another one again', async () => {
    const id = await called()
    for (const key of ['a', 'a', 'b', 'a']) {
      expect(await enter(id, key, ['1'])).toEqual({ accepted: 1, unknown: [] })
      await shop.after(0)
    }
    expect(await people(id)).toEqual([1, 1])
    const never = await called({ reentry: 'never' })
    await enter(never, 'a', ['1'])
    await enter(never, 'b', ['1'])
    await shop.after(0)
    expect(await people(never)).toEqual([1])
  })

  test('is refused by a journey that is not live, or begins in another way', async () => {
    await expect(enter('jny_none', 'k', ['1'])).rejects.toThrow('no journey')
    const id = await called()
    await shop.room.journeys.pause(shop.caller, id)
    await expect(enter(id, 'k', ['1'])).rejects.toThrow('paused')
    await expect(enter(await called({ trigger: { kind: 'event', event: 'X' } }), 'k', ['1'])).rejects.toThrow('does not begin by a call')
    await shop.room.journeys.resume(shop.caller, id)
    await shop.after(0)
    expect(await people(id)).toEqual([])
  })

  test('of another journey happens exactly when the transaction does', async () => {
    const id = await called()
    const start = (key: string, fail: boolean) =>
      shop.stores.db.tx(async (tx) => {
        const calls = [{ key, personId: 1, properties: {} }]
        expect(await shop.room.calls.start(tx, shop.workspaceId, id, calls)).toBeNull()
        if (fail) throw new Error('killed')
      })
    await expect(start('run_1:n', true)).rejects.toThrow('killed')
    await shop.after(0)
    expect(await people(id)).toEqual([])
    for (let i = 0; i < 2; i++) await start('run_1:n', false)
    await shop.after(0)
    expect(await people(id)).toEqual([1])
  })
})
