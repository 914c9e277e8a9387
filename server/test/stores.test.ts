import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../src/platform/db/postgres.ts'
import { createTestStores, type TestStores } from './harness/stores.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
})
afterAll(() => stores.close())

test('a transaction that throws leaves nothing behind', async () => {
  await expect(
    stores.db.tx(async (tx) => {
      await tx.run(sql`insert into accounts values ('acc_1', 'a@b.c', 'A', 'x', ${new Date(stores.clock.now())})`)
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(await stores.db.many(sql`select 1 from accounts`)).toEqual([])
})

test('nested statements keep their values in order', async () => {
  const inner = sql`${2}::int + ${3}::int`
  expect(await stores.db.one(sql`select ${1}::int + (${inner}) as sum, ${'x'}::text as text`)).toEqual({ sum: 6, text: 'x' })
})

test('ClickHouse keeps what was inserted and answers with numbers', async () => {
  await stores.clickhouse.insert('profiles', [
    { workspace_id: 1, person_id: 7, attributes: '{"city":"上海"}', merged: 0, created_at: stores.clock.now(), version: 1 },
  ])
  const rows = await stores.clickhouse.query('interactive', 'select person_id, attributes from profiles where workspace_id = {w:UInt32}', {
    w: 1,
  })
  expect(rows).toEqual([{ person_id: 7, attributes: '{"city":"上海"}' }])
})

test('the override dictionary reads the merged person after a reload', async () => {
  await stores.clickhouse.insert('person_overrides', [{ workspace_id: 1, old_person_id: 7, person_id: 9, version: 1 }])
  await stores.clickhouse.command('system reload dictionary person_override_map')
  const rows = await stores.clickhouse.query(
    'live',
    `select dictGetOrDefault('person_override_map', 'person_id', (toUInt32(1), toUInt64(7)), toUInt64(7)) as person`,
  )
  expect(rows).toEqual([{ person: 9 }])
})
