import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { createIdentity, type Identity } from '../identity/index.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { createMetrics } from '../platform/metrics.ts'
import { createIngest, type Ingest } from './index.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
})
afterAll(() => stores.close())

async function open(clickhouse: ClickHouse = stores.clickhouse): Promise<{ ingest: Ingest; identity: Identity }> {
  const { clock, ids, log, db } = stores
  const identity = createIdentity({ db, clickhouse })
  const ingest = createIngest({
    ...{ db, clickhouse, clock, ids, log, identity, metrics: createMetrics() },
    ...{ consumers: [], mergeConsumers: [], splitConsumers: [], movableMemberships: async () => [], onStored: () => {} },
  })
  await ingest.recover()
  return { ingest, identity }
}

const counts = async (workspaceId: number) =>
  (
    await stores.clickhouse.query<{ events: number; people: number }>(
      'interactive',
      `select count() as events, uniqExact(dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id)) as people
       from events where workspace_id = {w:UInt32}`,
      { w: workspaceId },
    )
  )[0]
const request = { at: 0, by: 'acc_test', note: 'test', audit: async () => {} }
const viewed = (ids: object) => ({ type: 'track', event: 'Product Viewed', ...ids })

/** Two people who were joined by a device, with events of both; answers the merge. */
async function joined({ ingest, identity }: { ingest: Ingest; identity: Identity }, workspaceId: number): Promise<string> {
  await ingest.accept(workspaceId, [viewed({ anonymousId: 'kiosk' })])
  await ingest.accept(workspaceId, [{ type: 'identify', userId: 'lin', traits: { name: '林' } }])
  await ingest.accept(workspaceId, [viewed({ userId: 'lin', anonymousId: 'kiosk' }), viewed({ anonymousId: 'kiosk' })])
  const lin = (await identity.personOf(workspaceId, 'user_id', 'lin')) ?? 0
  const { merges } = await identity.history(workspaceId, lin)
  return merges[0]?.id ?? ''
}

test('whoever counts while a merge is undone sees the people before or after it, and every event once', async () => {
  const house = await open()
  const workspaceId = await stores.createWorkspace()
  const merge = await joined(house, workspaceId)
  expect(await counts(workspaceId)).toEqual({ events: 4, people: 1 })
  let done = false
  const splitting = house.ingest.split(workspaceId, merge, request).then(() => {
    done = true
  })
  // Messages that come meanwhile wait for their turn.
  const taking = house.ingest.accept(workspaceId, [viewed({ anonymousId: 'kiosk' })])
  const seen: (object | undefined)[] = []
  while (!done) seen.push(await counts(workspaceId))
  await Promise.all([splitting, taking])
  for (const one of seen)
    expect([
      { events: 4, people: 1 },
      { events: 4, people: 2 },
      { events: 5, people: 2 },
    ]).toContainEqual(one)
  expect(await counts(workspaceId)).toEqual({ events: 5, people: 2 })
})

test('a stop between the two stores: the next start finishes the split', async () => {
  const workspaceId = await stores.createWorkspace()
  const merge = await joined(await open(), workspaceId)
  const insert: ClickHouse['insert'] = async (table, rows) => {
    if (table === 'person_overrides') throw new Error('ClickHouse is gone')
    await stores.clickhouse.insert(table, rows)
  }
  const broken = await open({ ...stores.clickhouse, insert, beforeRead: () => {} })
  await expect(broken.ingest.split(workspaceId, merge, request)).rejects.toThrow('ClickHouse is gone')
  expect(await counts(workspaceId)).toEqual({ events: 4, people: 1 })
  const next = await open()
  expect(await counts(workspaceId)).toEqual({ events: 4, people: 2 })
  await expect(next.ingest.split(workspaceId, merge, request)).rejects.toThrow('undone before')
  await next.ingest.accept(workspaceId, [viewed({ userId: 'lin', anonymousId: 'kiosk' })])
  expect(await counts(workspaceId)).toEqual({ events: 5, people: 2 })
})
