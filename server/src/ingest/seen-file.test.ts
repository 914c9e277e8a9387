import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { createIdentity } from '../identity/index.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { createMetrics } from '../platform/metrics.ts'
import { createIngest, type Ingest } from './index.ts'
import { readSeenFile, writeSeenFile } from './seen-file.ts'
import { createSeenFilter } from './seen-filter.ts'

// The filter of known messages is kept for the next start. Whatever is wrong with the file, a message counts once.

let stores: TestStores
let folder: string
let workspaceId: number
/** Statements by which hashes were read: one for what is new, sixteen for everything. */
let readings: string[] = []
beforeAll(async () => {
  stores = await createTestStores()
  folder = mkdtempSync(join(tmpdir(), 'chaoxi-seen-'))
})
afterAll(async () => {
  await stores.close()
  rmSync(folder, { recursive: true })
})
beforeEach(async () => {
  workspaceId = await stores.createWorkspace()
})
const file = () => join(folder, `${workspaceId}.bin`)

async function open(): Promise<Ingest> {
  const { db, clock, ids, log } = stores
  readings = []
  const clickhouse: ClickHouse = {
    ...stores.clickhouse,
    column: (work, text, params) => {
      if (text.includes('message_hash')) readings.push(text)
      return stores.clickhouse.column(work, text, params)
    },
  }
  const ingest = createIngest({
    ...{ db, clickhouse, clock, ids, log, identity: createIdentity({ db, clickhouse }), metrics: createMetrics() },
    ...{ consumers: [], mergeConsumers: [], splitConsumers: [], movableMemberships: async () => [], onStored: () => {}, seenFile: file() },
  })
  await ingest.recover()
  return ingest
}
const take = async (ingest: Ingest, ...ids: string[]) => {
  stores.clock.advance(1_000)
  await ingest.accept(
    workspaceId,
    ids.map((messageId) => ({ type: 'track', event: 'Product Viewed', messageId, userId: 'ling' })),
  )
}
async function counted(): Promise<string[]> {
  const rows = await stores.clickhouse.query<{ id: string }>(
    'interactive',
    'select message_id as id from events where workspace_id = {w:UInt32} order by id',
    {
      w: workspaceId,
    },
  )
  return rows.map((row) => row.id)
}

test('a start after a clean stop reads only what came later, and knows everything', async () => {
  const first = await open()
  expect(readings).toHaveLength(16)
  await take(first, 'a', 'b')
  await first.close()
  const second = await open()
  expect(readings).toHaveLength(1)
  await take(second, 'a', 'c')
  // It is killed: the file is the one of the first stop.
  const third = await open()
  expect(readings).toHaveLength(1)
  await take(third, 'a', 'b', 'c', 'd')
  expect(await counted()).toEqual(['a', 'b', 'c', 'd'])
})

test.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 4)],
  ['with a bit turned', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])])],
  ['of another make', (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('seen 2', 'seen 0'), 'latin1')],
  ['empty', () => Buffer.alloc(0)],
])('a file that is %s is not believed', async (_, damage) => {
  const first = await open()
  await take(first, 'a')
  await first.close()
  writeFileSync(file(), damage(readFileSync(file())))
  const second = await open()
  expect(readings).toHaveLength(16)
  await take(second, 'a')
  expect(await counted()).toEqual(['a'])
})

test('a file that does not fit the store is not believed: events came with an older clock', async () => {
  const first = await open()
  await take(first, 'a')
  await first.close()
  stores.clock.advance(-86_400_000)
  const second = await open()
  await take(second, 'b')
  const third = await open()
  expect(readings).toHaveLength(16)
  await take(third, 'a', 'b')
  expect(await counted()).toEqual(['a', 'b'])
})

test('what is written is what is read', async () => {
  const filter = createSeenFilter()
  const hash = (i: number) => i * 7_919 * 104_729
  for (let i = 0; i < 1_000; i++) filter.add(hash(i))
  await writeSeenFile(file(), { through: 12_345, stored: '1000 99', state: filter.state() })
  const saved = await readSeenFile(file())
  expect(saved).toMatchObject({ through: 12_345, stored: '1000 99' })
  const again = createSeenFilter(saved?.state)
  expect(again.size).toBe(1_000)
  for (let i = 0; i < 1_000; i++) expect(again.mayContain(hash(i))).toBe(true)
  for (let i = 1_000; i < 3_000; i++) expect(again.mayContain(hash(i))).toBe(false)
})
