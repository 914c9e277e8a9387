import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { createIdentity, type Identity } from '../identity/index.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Db, sql, type Tx } from '../platform/db/postgres.ts'
import { createMetrics } from '../platform/metrics.ts'
import { createIngest, type Ingest } from './index.ts'

// The two stores are written at the same time, so one can have what the other has not. Whatever fails, and whether the
// sender comes again or not, everything is there once, and of the right person.

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
})
afterAll(() => stores.close())

interface House {
  readonly ingest: Ingest
  readonly identity: Identity
  readonly workspaceId: number
}

async function open(options: { db?: Db; clickhouse?: ClickHouse; workspaceId?: number } = {}): Promise<House> {
  const { clock, ids, log } = stores
  const [db, clickhouse] = [options.db ?? stores.db, options.clickhouse ?? stores.clickhouse]
  const identity = createIdentity({ db, clickhouse })
  const ingest = createIngest({
    ...{ db, clickhouse, clock, ids, log, identity, metrics: createMetrics() },
    ...{ consumers: [], mergeConsumers: [], splitConsumers: [], movableMemberships: async () => [], onStored: () => {} },
  })
  await ingest.recover()
  return { ingest, identity, workspaceId: options.workspaceId ?? (await stores.createWorkspace()) }
}

const messages = [
  { type: 'identify', messageId: 'm1', userId: 'ling', anonymousId: 'phone-1', traits: { name: '小凌', phone: '13800138000' } },
  { type: 'track', messageId: 'm2', userId: 'ling', event: 'Product Viewed', properties: { product_id: 'p1' } },
  { type: 'track', messageId: 'm3', anonymousId: 'phone-2', event: 'Product Viewed', properties: { product_id: 'p2' } },
  { type: 'track', messageId: 'm4', userId: 'ling', event: 'Order Completed', properties: { order_id: 'o1', total: 88 } },
]

/** What a shop would count: events and people in ClickHouse, people and orders in PostgreSQL. */
async function state({ identity, workspaceId }: House): Promise<object> {
  const ling = (await identity.personOf(workspaceId, 'user_id', 'ling')) ?? 0
  const profile = (await identity.profiles(workspaceId, [ling])).get(ling)
  const events = await stores.clickhouse.query<{ message_id: string; person: number }>(
    'interactive',
    `select message_id, dictGetOrDefault(person_override_map, 'person_id', (workspace_id, person_id), person_id) as person
     from events where workspace_id = {w:UInt32} order by message_id`,
    { w: workspaceId },
  )
  const other = events.find((one) => one.message_id === 'm3')?.person
  const copies = await stores.clickhouse.query<{ id: number; name: string }>(
    'interactive',
    `select person_id as id, JSONExtractString(attributes, 'name') as name from profiles final
     where workspace_id = {w:UInt32} and merged = 0 order by name`,
    { w: workspaceId },
  )
  const orders = await stores.db.many<{ person_id: number }>(sql`select person_id from orders where workspace_id = ${workspaceId}`)
  const who = (id: number | undefined) => (id === ling ? 'ling' : id === other ? 'other' : `stranger ${id}`)
  return {
    people: (await identity.counts(workspaceId)).people,
    name: profile?.attributes.name,
    phone: profile?.phone,
    events: events.map((one) => `${one.message_id} ${who(one.person)}`),
    copies: copies.map((one) => `${who(one.id)} ${one.name}`),
    orders: orders.map((order) => who(order.person_id)),
    otherOwns: (await identity.personOf(workspaceId, 'anonymous_id', 'phone-2')) === other,
  }
}

const whole = {
  people: 2,
  name: '小凌',
  phone: '+8613800138000',
  events: ['m1 ling', 'm2 ling', 'm3 other', 'm4 ling'],
  copies: ['other ', 'ling 小凌'],
  orders: ['ling'],
  otherOwns: true,
}

/** A house whose PostgreSQL fails, from now on, the first so many statements that fit. */
async function openFailing(pattern: RegExp, times: number): Promise<House> {
  let left = 0
  const db: Db = {
    ...stores.db,
    tx: (work) =>
      stores.db.tx((tx) => {
        const checked = (statement: Parameters<Tx['run']>[0]) => {
          if (pattern.test(statement.strings.join('?')) && left-- > 0) throw new Error('PostgreSQL is gone')
        }
        return work({
          ...tx,
          run: async (statement) => {
            checked(statement)
            return tx.run(statement)
          },
        })
      }),
  }
  const house = await open({ db })
  left = times
  return house
}

test('nothing fails: the state that all others must come to', async () => {
  const house = await open()
  await house.ingest.accept(house.workspaceId, messages)
  expect(await state(house)).toEqual(whole)
})

for (const [what, pattern] of [
  ['the people', /insert into person_identities/],
  ['the orders', /insert into orders/],
  ['the last statement', /insert into ingest_checkpoint/],
] as const) {
  test(`PostgreSQL fails at ${what}: sent again, everything counts once`, async () => {
    const house = await openFailing(pattern, 1)
    await expect(house.ingest.accept(house.workspaceId, messages)).rejects.toThrow('PostgreSQL is gone')
    await house.ingest.accept(house.workspaceId, messages)
    expect(await state(house)).toEqual(whole)
  })

  test(`PostgreSQL fails at ${what}: never sent again, the next message finds it finished`, async () => {
    const house = await openFailing(pattern, 1)
    await expect(house.ingest.accept(house.workspaceId, messages)).rejects.toThrow('PostgreSQL is gone')
    await house.ingest.accept(house.workspaceId, [{ type: 'track', messageId: 'x', userId: 'ling', event: 'Product Clicked' }])
    expect(await state(house)).toMatchObject({ people: 2, name: '小凌', orders: ['ling'], otherOwns: true })
  })

  test(`the program dies as PostgreSQL fails at ${what}: the next start finishes it`, async () => {
    const house = await openFailing(pattern, 9)
    await expect(house.ingest.accept(house.workspaceId, messages)).rejects.toThrow('PostgreSQL is gone')
    const next = await open({ workspaceId: house.workspaceId })
    expect(await state(next)).toEqual(whole)
    await next.ingest.accept(next.workspaceId, messages)
    expect(await state(next)).toEqual(whole)
  })
}

test('ClickHouse takes the rows and fails then: sent again, they count once', async () => {
  let fails = 1
  const clickhouse: ClickHouse = {
    ...stores.clickhouse,
    async insertRows(layout, rows) {
      await stores.clickhouse.insertRows(layout, rows)
      if (layout.table === 'events' && fails-- > 0) throw new Error('ClickHouse is gone')
    },
  }
  const house = await open({ clickhouse })
  await expect(house.ingest.accept(house.workspaceId, messages)).rejects.toThrow('ClickHouse is gone')
  await house.ingest.accept(house.workspaceId, messages)
  expect(await state(house)).toEqual(whole)
})

test('a person whom the failed group would have made came by another way: the events go to that person', async () => {
  const broken = await openFailing(/insert into person_identities/, 9)
  await expect(broken.ingest.accept(broken.workspaceId, messages)).rejects.toThrow('PostgreSQL is gone')
  const person = 7_000_000 + broken.workspaceId
  await stores.db.run(sql`
    insert into persons (workspace_id, id, attributes, attribute_times, attribute_sources, created_at, version)
    values (${broken.workspaceId}, ${person}, '{}', '{}', '{}', ${new Date(stores.clock.now())}, 0)`)
  await stores.db.run(sql`
    insert into person_identities (workspace_id, kind, value, person_id, origin, linked_at, via, message_id)
    values (${broken.workspaceId}, 'user_id', 'ling', ${person}, ${person}, ${new Date(stores.clock.now())}, 'new', 'm0')`)
  const next = await open({ workspaceId: broken.workspaceId })
  expect(await next.identity.personOf(next.workspaceId, 'user_id', 'ling')).toBe(person)
  expect(await state(next)).toEqual(whole)
})
