import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { createIdentity } from '../identity/index.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Db, sql } from '../platform/db/postgres.ts'
import { createMetrics } from '../platform/metrics.ts'
import type { ItemFact } from './commerce.ts'
import { createIngest, type Ingest } from './index.ts'
import { createItemWriter } from './item-writer.ts'

// The catalogue follows the events a little later. It comes to the same whatever the order, the company and the failures.

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
})
afterAll(() => stores.close())

async function open({ db, clickhouse }: { db?: Db; clickhouse?: ClickHouse } = {}): Promise<Ingest> {
  const { clock, ids, log } = stores
  const own = { db: db ?? stores.db, clickhouse: clickhouse ?? stores.clickhouse }
  const ingest = createIngest({
    ...{ ...own, clock, ids, log, identity: createIdentity(own), metrics: createMetrics() },
    ...{ consumers: [], mergeConsumers: [], splitConsumers: [], movableMemberships: async () => [], onStored: () => {} },
  })
  await ingest.recover()
  return ingest
}

const items = (workspaceId: number) =>
  stores.db.many<{ item_id: string; name: string | null; price_fen: number | null }>(
    sql`select item_id, name, price_fen from items where workspace_id = ${workspaceId} order by item_id`,
  )

const viewed = (messageId: string, properties: object, minute = 0) => ({
  type: 'track',
  event: 'Product Viewed',
  messageId,
  userId: 'ling',
  timestamp: new Date(stores.clock.now() - 3_600_000 + minute * 60_000).toISOString(),
  properties,
})

/** From now on the first so many writes of items fail. */
async function openFailing(times: number): Promise<Ingest> {
  let left = 0
  const db: Db = {
    ...stores.db,
    run: async (statement) => {
      if (/insert into items/.test(statement.strings.join('?')) && left-- > 0) throw new Error('PostgreSQL is gone')
      return stores.db.run(statement)
    },
  }
  const ingest = await open({ db })
  left = times
  return ingest
}

const fact = (itemId: string, more: Partial<ItemFact> = {}): ItemFact => ({
  ...{
    itemId,
    at: stores.clock.now(),
    name: null,
    category: null,
    brand: null,
    priceFen: null,
    orderedFen: null,
    stock: null,
    imageUrl: null,
    url: null,
  },
  ...more,
})

test('the newest word on each property wins, in whatever order the events come', async () => {
  const workspaceId = await stores.createWorkspace()
  const ingest = await open()
  await ingest.accept(workspaceId, [
    viewed('c2', { product_id: 'p1', price: 12 }, 2),
    viewed('c1', { product_id: 'p1', name: '碧螺春', price: 10 }, 1),
  ])
  await ingest.accept(workspaceId, [viewed('c3', { product_id: 'p2', name: '龙井' }, 3)])
  await ingest.drain()
  await ingest.accept(workspaceId, [viewed('c0', { product_id: 'p1', name: '旧名', price: 8 }, 0)])
  await ingest.drain()
  expect(await items(workspaceId)).toEqual([
    { item_id: 'p1', name: '碧螺春', price_fen: 1_200 },
    { item_id: 'p2', name: '龙井', price_fen: null },
  ])
})

test('the program dies between the events and the catalogue: the next start reads them again', async () => {
  const workspaceId = await stores.createWorkspace()
  const dying = await openFailing(Number.POSITIVE_INFINITY)
  await dying.accept(workspaceId, [viewed('d1', { product_id: 'p1', name: '碧螺春', price: 10 })])
  await dying.accept(workspaceId, [viewed('d2', { product_id: 'p2', name: '龙井', price: 20 })])
  await expect(dying.drain()).rejects.toThrow('PostgreSQL is gone')
  expect(await items(workspaceId)).toEqual([])
  await open()
  expect(await items(workspaceId)).toEqual([
    { item_id: 'p1', name: '碧螺春', price_fen: 1_000 },
    { item_id: 'p2', name: '龙井', price_fen: 2_000 },
  ])
})

test('a start that has something to finish does not forget how far the items had come', async () => {
  const workspaceId = await stores.createWorkspace()
  const first = await open()
  await first.accept(workspaceId, [viewed('f1', { product_id: 'p1', name: '碧螺春' })])
  await first.accept(workspaceId, [viewed('f2', { product_id: 'p1', name: '碧螺春' })])
  await first.close()
  // Whatever was received lately is gone through again, and written down as finished.
  await (await open()).close()
  const since: unknown[] = []
  const query: ClickHouse['query'] = (work, text, params) => {
    if (text.includes('received_at >=')) since.push(params?.since)
    return stores.clickhouse.query(work, text, params)
  }
  await open({ clickhouse: { ...stores.clickhouse, query } })
  expect(since).toHaveLength(2)
  for (const instant of since) expect(instant).toBeGreaterThan(stores.clock.now() - 3_600_000)
})

test('PostgreSQL fails once: what waited is kept, and what came since then knows better', async () => {
  const workspaceId = await stores.createWorkspace()
  const ingest = await openFailing(1)
  await ingest.accept(workspaceId, [viewed('e1', { product_id: 'p1', name: '碧螺春', price: 10 })])
  await expect(ingest.drain()).rejects.toThrow('PostgreSQL is gone')
  await ingest.accept(workspaceId, [viewed('e2', { product_id: 'p1', price: 15 }, 1)])
  await ingest.drain()
  expect(await items(workspaceId)).toEqual([{ item_id: 'p1', name: '碧螺春', price_fen: 1_500 }])
})

test('one fact that cannot be stored keeps no other from the catalogue', async () => {
  const workspaceId = await stores.createWorkspace()
  const writer = createItemWriter({ db: stores.db, log: stores.log })
  const bad = fact('p\u0000', { name: 'no text of PostgreSQL' })
  await writer.take([{ workspaceId, items: [fact('p1', { name: '碧螺春' }), bad, fact('p2', { name: '龙井' })] }], 1_000)
  expect(writer.through()).toBe(0)
  await writer.settle()
  expect(writer.through()).toBe(1_000)
  expect((await items(workspaceId)).map((one) => one.name)).toEqual(['碧螺春', '龙井'])
})

test('what was said before is not written again', async () => {
  const workspaceId = await stores.createWorkspace()
  let writes = 0
  const db: Db = {
    ...stores.db,
    run: (statement) => {
      writes++
      return stores.db.run(statement)
    },
  }
  const writer = createItemWriter({ db, log: stores.log })
  for (const receivedAt of [1_000, 2_000, 3_000]) {
    await writer.take([{ workspaceId, items: [fact('p1', { name: '碧螺春', at: receivedAt })] }], receivedAt)
    await writer.settle()
  }
  expect(writes).toBe(1)
  expect(writer.through()).toBe(3_000)
})
