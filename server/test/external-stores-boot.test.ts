import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { startChaoxi } from '../src/boot.ts'
import { readConfig } from '../src/platform/config.ts'
import { openClickHouseServer } from '../src/platform/db/clickhouse.ts'
import { type EmbeddedServer, startEmbeddedPostgres } from '../src/platform/db/embedded-postgres.ts'
import { openPostgres, sql } from '../src/platform/db/postgres.ts'
import { type ClickHouseBridge, startClickHouseBridge } from './harness/clickhouse-bridge.ts'
import { createLog } from './harness/log.ts'

// DATABASE_URL and CLICKHOUSE_URL: the whole program on stores that somebody else runs.
const writeKey = 'wk_external_1'
let postgres: EmbeddedServer
let bridge: ClickHouseBridge
let dataFolder: string

beforeAll(async () => {
  const scratch = inject('scratchFolder')
  dataFolder = join(scratch, `external-${process.pid}`)
  postgres = await startEmbeddedPostgres(join(scratch, `external-postgres-${process.pid}`), createLog())
  await postgres.ensureDatabase('shop')
  bridge = await startClickHouseBridge({
    folder: join(scratch, `clickhouse-${process.pid}`),
    user: 'default',
    password: 'sea & salt',
    database: 'shop',
  })
})
afterAll(async () => {
  await bridge.close()
  await postgres.stop()
})

const start = () =>
  startChaoxi(
    readConfig({
      CHAOXI_PORT: '0',
      CHAOXI_DATA_DIR: dataFolder,
      CHAOXI_SAMPLE: 'none',
      CHAOXI_WRITE_KEY: writeKey,
      CHAOXI_LOG_LEVEL: process.env.CHAOXI_TEST_LOG ?? 'silent',
      DATABASE_URL: postgres.url('shop'),
      CLICKHOUSE_URL: bridge.url,
    }),
  )

async function sendTo(url: string, batch: readonly object[]): Promise<number> {
  const answer = await fetch(`${url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
    body: JSON.stringify({ batch }),
  })
  return answer.status
}

const batch = [
  { type: 'track', event: 'Product Viewed', anonymousId: 'a1', messageId: 'm1', properties: { product_id: 'p1', name: '潮汐 🌊' } },
  { type: 'identify', userId: 'u1', anonymousId: 'a1', messageId: 'm2', traits: { city: '上海' } },
  {
    type: 'track',
    event: 'Order Completed',
    userId: 'u1',
    messageId: 'm3',
    properties: { order_id: 'o1', total: 12.5, products: [{ product_id: 'p1', price: 12.5 }] },
  },
]

test('starts on both, takes events, and finds them again after a restart', async () => {
  const first = await start()
  expect(await sendTo(first.url, batch)).toBe(200)
  expect(await (await fetch(`${first.url}/readyz`)).json()).toMatchObject({ ready: true })
  await first.stop()

  const second = await start()
  expect(await sendTo(second.url, batch)).toBe(200)
  const w = second.first.workspaceId
  await second.stop()

  const clickhouse = openClickHouseServer(bridge.url)
  expect(
    await clickhouse.query(
      'interactive',
      'select event, count() as n from events where workspace_id = {w:UInt32} group by event order by event',
      { w },
    ),
  ).toEqual([
    { event: '$identify', n: 1 },
    { event: 'Order Completed', n: 1 },
    { event: 'Product Viewed', n: 1 },
  ])
  await clickhouse.close()
  const db = openPostgres(postgres.url('shop'), createLog())
  expect(await db.many(sql`select order_id, total_fen from orders where workspace_id = ${w}`)).toEqual([
    { order_id: 'o1', total_fen: 1250 },
  ])
  await db.close()
  for (const embedded of ['postgres', 'clickhouse']) expect(existsSync(join(dataFolder, embedded))).toBe(false)
  expect(bridge.requests()).toBeGreaterThan(10)
})

test('says which store does not answer', async () => {
  const config = { CHAOXI_PORT: '0', CHAOXI_DATA_DIR: dataFolder, CHAOXI_SAMPLE: 'none', CHAOXI_LOG_LEVEL: 'silent' }
  const nowhere = 'http://127.0.0.1:9/'
  await expect(
    startChaoxi(readConfig({ ...config, DATABASE_URL: 'postgres://x:y@127.0.0.1:9/z', CLICKHOUSE_URL: bridge.url })),
  ).rejects.toThrow('DATABASE_URL')
  await expect(startChaoxi(readConfig({ ...config, DATABASE_URL: postgres.url('shop'), CLICKHOUSE_URL: nowhere }))).rejects.toThrow(
    'CLICKHOUSE_URL',
  )
})
