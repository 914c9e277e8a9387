import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../src/platform/db/postgres.ts'
import { startTestApp, type TestApp } from '../harness/app.ts'
import { everBought } from '../harness/endpoint-inputs.ts'

// Two people are joined, live on as one, and are two again: everything is with whom it belongs to, in both stores.

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const idOf = async (userId: string) => (await app.call('people', { query: { q: userId } })).items[0]?.id ?? 0
const detailOf = (id: number) => app.call('person', { params: { id } })
const order = (orderId: string, total: number) => ({ type: 'track', event: 'Order Paid', properties: { order_id: orderId, total } })

/** Events, and people who have any, as every query counts them. */
async function everyone(): Promise<{ events: number; people: number; profiles: number; living: number }> {
  const [row] = await app.clickhouse.query<{ events: number; people: number }>(
    'interactive',
    `select count() as events, uniqExact(dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id)) as people
     from events where workspace_id = {w:UInt32}`,
    { w: app.workspaceId },
  )
  const [copies] = await app.clickhouse.query<{ people: number }>(
    'interactive',
    'select count() as people from (select person_id from profiles where workspace_id = {w:UInt32} group by person_id having argMax(merged, version) = 0)',
    { w: app.workspaceId },
  )
  const living = await app.db.one<{ people: number }>(
    sql`select count(*) as people from persons where workspace_id = ${app.workspaceId} and merged_into is null`,
  )
  return { events: row?.events ?? 0, people: row?.people ?? 0, profiles: copies?.people ?? 0, living: living?.people ?? 0 }
}

describe('two accounts that a colleague joined by mistake', () => {
  let [anna, bella] = [0, 0]
  test('live as one: what comes by either counts for it', async () => {
    await app.call('tagCreate', { body: { key: 'buyer', name: '买过', layer: 'behaviour', mode: 'dynamic', rule: everBought } })
    await app.call('tagCreate', { body: { key: 'vip', name: '贵宾', layer: 'value', mode: 'static', rule: null } })
    await app.settle()
    await app.events([
      { type: 'identify', userId: 'anna', anonymousId: 'anna-phone', traits: { name: '安娜', city: '杭州', phone: '13800000001' } },
      { type: 'track', userId: 'anna', event: 'Product Viewed' },
      { type: 'identify', userId: 'bella', anonymousId: 'bella-phone', traits: { name: '贝拉', level: 'gold' } },
      { ...order('b-1', 50), userId: 'bella' },
    ])
    ;[anna, bella] = [await idOf('anna'), await idOf('bella')]
    await app.call('tagMembers', { params: { key: 'vip' }, body: { add: [bella], remove: [] } })
    await app.settle()
    expect(await everyone()).toEqual({ events: 4, people: 2, profiles: 2, living: 2 })

    app.clock.advance(60_000)
    await app.call('personMerge', { params: { id: anna }, body: { from: bella, note: '以为是同一人' } })
    await app.events([
      { type: 'track', anonymousId: 'bella-phone', event: 'Product Viewed' },
      { type: 'identify', userId: 'bella', traits: { level: 'platinum', city: '宁波' } },
      { ...order('b-2', 70), userId: 'bella' },
      { ...order('a-1', 30), userId: 'anna' },
    ])
    await app.settle()
    expect(await everyone()).toEqual({ events: 9, people: 1, profiles: 1, living: 1 })
    const one = await detailOf(anna)
    expect(one.attributes).toMatchObject({ name: '安娜', city: '宁波', level: 'platinum' })
    expect(one.stats).toMatchObject({ orders: 3, paidFen: 15_000, events: 9 })
    expect(one.tags.map((tag) => tag.key).sort()).toEqual(['buyer', 'vip'])
  })

  test('the plan of the split says what will happen', async () => {
    const { merges } = await app.call('personIdentity', { params: { id: anna } })
    expect(merges).toMatchObject([{ reason: 'hand', from: { number: bella }, into: { number: anna }, undone: null, open: true }])
    const plan = await app.call('personSplitPlan', { params: { id: anna }, query: { merge: merges[0]?.id ?? '' } })
    expect(plan.leaving).toMatchObject({ number: bella, events: 5, orders: 2 })
    expect(plan.leaving.identities.map((one) => one.value).sort()).toEqual(['bella', 'bella-phone'])
    expect(plan.staying).toMatchObject({ number: anna, events: 4, orders: 1 })
  })

  test('are two again, each with its own, and nothing is lost or counted twice', async () => {
    const { merges } = await app.call('personIdentity', { params: { id: anna } })
    const merge = merges[0]?.id ?? ''
    expect(await app.call('personSplit', { params: { id: anna }, body: { merge, note: '不是同一人' } })).toEqual({
      personId: bella,
      leftId: anna,
    })
    expect(await everyone()).toEqual({ events: 9, people: 2, profiles: 2, living: 2 })
    await app.settle()
    const [first, second] = [await detailOf(anna), await detailOf(bella)]
    expect(first.attributes).toEqual({ name: '安娜', city: '杭州', phone: '13800000001' })
    expect(second.attributes).toEqual({ name: '贝拉', level: 'platinum', city: '宁波' })
    expect(first.identities.map((one) => one.value)).toEqual(expect.arrayContaining(['anna', 'anna-phone']))
    expect(second.identities.map((one) => one.value).sort()).toEqual(['bella', 'bella-phone'])
    expect(first.stats).toMatchObject({ orders: 1, paidFen: 3_000, events: 4 })
    expect(second.stats).toMatchObject({ orders: 2, paidFen: 12_000, events: 5 })
    expect(first.tags.map((tag) => tag.key)).toEqual(['buyer'])
    expect(second.tags.map((tag) => tag.key).sort()).toEqual(['buyer', 'vip'])
    const orders = await app.call('personOrders', { params: { id: bella } })
    expect(orders.items.map((one) => one.orderId).sort()).toEqual(['b-1', 'b-2'])
    const history = await app.call('personIdentity', { params: { id: bella } })
    expect(history.merges).toMatchObject([{ undone: { note: '不是同一人' }, open: false }])
    const audit = await app.db.many<{ action: string }>(sql`select action from audit_entries where action like 'person.%' order by id`)
    expect(audit.map((row) => row.action)).toEqual(['person.merge', 'person.split'])
    await expect(app.call('personSplit', { params: { id: anna }, body: { merge, note: 'again' } })).rejects.toThrow('409')
  })

  test('whose the later events are is decided as before', async () => {
    await app.events([
      { type: 'track', anonymousId: 'bella-phone', event: 'Product Viewed' },
      { type: 'track', userId: 'anna', event: 'Product Viewed' },
    ])
    expect((await detailOf(anna)).stats.events).toBe(5)
    expect((await detailOf(bella)).stats.events).toBe(6)
  })

  test('no message joins them again; a hand does', async () => {
    await app.events([{ type: 'alias', userId: 'anna', previousId: 'bella' }])
    expect(await idOf('bella')).toBe(bella)
    const { decisions } = await app.call('personIdentity', { params: { id: anna } })
    expect(decisions).toMatchObject([{ kind: 'accounts_kept', person: { number: anna }, other: { number: bella } }])
    await app.call('personMerge', { params: { id: anna }, body: { from: bella, note: '' } })
    expect((await detailOf(bella)).id).toBe(anna)
    expect(await everyone()).toMatchObject({ people: 1, profiles: 1, living: 1 })
  })
})

test('a device that was joined of itself is taken out, and its account does not take it in again', async () => {
  await app.events([{ type: 'track', anonymousId: 'shop-tablet', event: 'Product Viewed' }])
  await app.events([{ type: 'identify', userId: 'chen', anonymousId: 'shop-tablet', traits: { name: '陈' } }])
  const chen = await idOf('chen')
  const [merge] = (await app.call('personIdentity', { params: { id: chen } })).merges
  expect(merge).toBeUndefined()
  // A new account takes the device's number over; one that exists merges.
  await app.events([{ type: 'track', anonymousId: 'kiosk', event: 'Product Viewed' }])
  await app.events([{ type: 'track', userId: 'chen', anonymousId: 'kiosk', event: 'Product Added' }])
  const [joined] = (await app.call('personIdentity', { params: { id: chen } })).merges
  expect(joined).toMatchObject({ reason: 'device', open: true })
  const { personId } = await app.call('personSplit', { params: { id: chen }, body: { merge: joined?.id ?? '', note: '店里的机器' } })
  expect((await detailOf(personId)).identities.map((one) => one.value)).toEqual(['kiosk'])
  expect((await detailOf(personId)).stats.events).toBe(1)
  await app.events([{ type: 'track', userId: 'chen', anonymousId: 'kiosk', event: 'Product Added' }])
  expect((await detailOf(personId)).id).toBe(personId)
  expect((await detailOf(personId)).stats.events).toBe(1)
  expect((await app.call('personIdentity', { params: { id: chen } })).decisions).toMatchObject([
    { kind: 'split_kept', identifier: { value: 'kiosk' } },
  ])
})

test('one link of a chain is undone: who had gone into it before goes with it', async () => {
  await app.events([{ type: 'track', anonymousId: 'chain-a', event: 'Product Viewed' }])
  await app.events([{ type: 'identify', userId: 'chain-b', traits: { name: '乙' } }])
  await app.events([{ type: 'identify', userId: 'chain-c', traits: { name: '丙' } }])
  await app.events([{ type: 'track', userId: 'chain-b', anonymousId: 'chain-a', event: 'Product Viewed' }])
  const [b, c] = [await idOf('chain-b'), await idOf('chain-c')]
  await app.call('personMerge', { params: { id: c }, body: { from: b } })
  expect((await detailOf(c)).stats.events).toBe(5)
  const { merges } = await app.call('personIdentity', { params: { id: c } })
  const merge = merges.find((one) => one.into.number === c)
  await app.call('personSplit', { params: { id: c }, body: { merge: merge?.id ?? '', note: '两人' } })
  expect((await detailOf(c)).stats.events).toBe(1 + 1)
  const back = await detailOf(b)
  expect(back.stats.events).toBe(3)
  expect(back.identities.map((one) => one.value).sort()).toEqual(['chain-a', 'chain-b'])
  expect(back.mergedFrom).toHaveLength(1)
})

test('a chain that came in one batch comes apart as the chain it was', async () => {
  await app.events([
    { type: 'track', anonymousId: 'batch-a', event: 'Product Viewed' },
    { ...order('batch-1', 20), anonymousId: 'batch-b' },
    { type: 'identify', userId: 'batch-c', traits: { name: '丁' } },
  ])
  const wechat = { externalIds: [{ id: 'o-batch', type: 'wechat_openid:wx9', collection: 'users', encoding: 'none' }] }
  await app.events([
    { type: 'track', anonymousId: 'batch-b', event: 'Product Viewed', context: wechat },
    { type: 'track', anonymousId: 'batch-a', event: 'Product Viewed', context: wechat },
    { type: 'track', userId: 'batch-c', anonymousId: 'batch-b', event: 'Product Viewed' },
  ])
  const c = await idOf('batch-c')
  expect((await detailOf(c)).stats).toMatchObject({ events: 6, orders: 1 })
  const { merges } = await app.call('personIdentity', { params: { id: c } })
  expect(merges).toHaveLength(2)
  const merge = merges.find((one) => one.into.number === c)
  const split = await app.call('personSplit', { params: { id: c }, body: { merge: merge?.id ?? '', note: '两人' } })
  expect((await detailOf(split.personId)).stats).toMatchObject({ events: 4, orders: 1 })
  expect((await detailOf(split.personId)).mergedFrom).toHaveLength(1)
  expect((await detailOf(c)).stats).toMatchObject({ events: 2, orders: 0 })
})
