import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { type EventRow, findReceivedSince, insertEvents } from './store.ts'

// ClickHouse reads a name in `where` as what is selected under it, before it looks for a column.

const now = Date.parse('2026-03-02T10:00:00Z')
const minute = 60_000

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
  const row: Omit<EventRow, 'time' | 'received_at' | 'message_id'> = {
    ...{ workspace_id: 1, person_id: 7, event: 'Order Paid', type: 'track', message_hash: 1, user_id: 'u', anonymous_id: '' },
    ...{ properties: '{}', context: '{}' },
  }
  await insertEvents(
    stores.clickhouse,
    [-2, -1, 0].map((minutes) => ({
      ...row,
      message_id: `m${minutes}`,
      time: now + minutes * minute,
      received_at: now + minutes * minute,
    })),
  )
})
afterAll(() => stores.close())

test('what was received before the instant is not finished again', async () => {
  const rows = await findReceivedSince(stores.clickhouse, now - minute)
  expect(rows.map((row) => row.message_id)).toEqual(['m-1', 'm0'])
})
