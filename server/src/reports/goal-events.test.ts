import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { goalEvents } from './store.ts'

const now = Date.parse('2026-03-02T10:00:00Z')
const minute = 60_000

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
  const row = {
    ...{
      workspace_id: 1,
      person_id: 7,
      event: 'Order Paid',
      type: 'track',
      message_id: '',
      message_hash: 0,
      user_id: '',
      anonymous_id: '',
    },
    ...{ properties: '{}', context: '{}', received_at: now },
  }
  await stores.clickhouse.insert(
    'events',
    [-2, -1, 0].map((minutes) => ({ ...row, time: now + minutes * minute })),
  )
})
afterAll(() => stores.close())

test('goals before the instant are not read', async () => {
  const rows = await goalEvents(stores.clickhouse, 1, 'Order Paid', now - minute)
  expect(rows.map((row) => row.time).sort()).toEqual([now - minute, now])
})
