import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../../test/harness/stores.ts'
import { type ClickHouse, TooLarge } from './clickhouse.ts'
import { openSharedClickHouse, shareClickHouse } from './shared-clickhouse.ts'

let stores: TestStores
let shared: Awaited<ReturnType<typeof shareClickHouse>>
let far: ClickHouse
beforeAll(async () => {
  stores = await createTestStores()
  shared = await shareClickHouse(stores.clickhouse)
  far = openSharedClickHouse(shared)
})
afterAll(async () => {
  await far.close()
  await shared.close()
  await stores.close()
})

const numbers = 'select number, toString(number) as name from numbers({n:UInt32})'

test('another process asks as the owner does, in rows, columns, blocks and streams', async () => {
  const near = stores.clickhouse
  const rows = await near.query('batch', numbers, { n: 3 })
  expect(await far.query('batch', numbers, { n: 3 })).toEqual(rows)
  const column = 'select number from numbers(100000)'
  expect(await far.column('batch', column)).toEqual(await near.column('batch', column))
  expect(await far.blocks('batch', numbers, { n: 5 })).toEqual(await near.blocks('batch', numbers, { n: 5 }))
  let streamed = 0
  await far.stream('batch', numbers, { n: 200_000 }, (some) => {
    streamed += some.length
  })
  expect(streamed).toBe(200_000)
})

test('what it writes is there, and what was owed is written before it reads', async () => {
  await far.command('create table shared_things (id UInt32, name String) engine = MergeTree order by id')
  await far.insert('shared_things', [{ id: 1, name: '潮' }])
  let owed = true
  stores.clickhouse.beforeRead(async () => {
    if (owed) {
      owed = false
      await stores.clickhouse.insertRows({ table: 'shared_things', columns: { id: 'UInt32', name: 'String' } }, [{ id: 2, name: '汐' }])
    }
  })
  expect(await far.query('batch', 'select id, name from shared_things order by id')).toEqual([
    { id: 1, name: '潮' },
    { id: 2, name: '汐' },
  ])
})

test('what fails there fails here', async () => {
  await expect(far.query('batch', 'select nonsense')).rejects.toThrow('nonsense')
  await expect(far.blocks('batch', numbers, { n: 1_000_000 }, 1_000)).rejects.toThrow(TooLarge)
})

test('nobody comes in without the secret, and a door that is closed is said so', async () => {
  const stranger = openSharedClickHouse({ ...shared, secret: 'x'.repeat(shared.secret.length) })
  await expect(stranger.query('batch', 'select 1')).rejects.toThrow('403')
  const other = await shareClickHouse(stores.clickhouse)
  await other.close()
  await expect(openSharedClickHouse(other).query('batch', 'select 1')).rejects.toThrow('does not answer')
})
