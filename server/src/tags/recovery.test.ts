import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import { did, openShop, type Shop } from './tags.test-kit.ts'

// What a stop at the worst moments leaves behind, and that going on from there gives the same as if nothing had been.

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
})
afterAll(() => stores.close())

const daily = (shop: Shop, key: string) => shop.tags.history(shop.workspaceId, 'tag', key)

test('a stop after the rows reached ClickHouse and before PostgreSQL knew sends them again, and they count once', async () => {
  let stops = 1
  const clickhouse: ClickHouse = {
    ...stores.clickhouse,
    async insertRows(layout, rows) {
      await stores.clickhouse.insertRows(layout, rows)
      if (layout.table === 'membership_moves' && stops-- > 0) throw new Error('killed')
    },
  }
  const shop = await openShop({ stores, clickhouse })
  const people = [await shop.addPerson(), await shop.addPerson()]
  await shop.staticTag('vip')
  await shop.tags.definitions.setMembers(shop.actor, 'tag', 'vip', { add: people, remove: [] })
  await expect(shop.tags.work.flush()).rejects.toThrow('killed')
  await shop.settle()
  expect((await shop.tags.definitions.get(shop.workspaceId, 'tag', 'vip')).size).toBe(2)
  expect(await daily(shop, 'vip')).toMatchObject([{ entered: 2, left: 0 }])
})

test('a stop before the memberships are committed leaves the touch, and the listeners hear of it once', async () => {
  let stops = 1
  const shop = await openShop({ stores })
  const committed: string[] = []
  shop.tags.onChanges(async () => {
    if (stops-- > 0) throw new Error('killed')
    committed.push('entered')
  })
  const person = await shop.addPerson()
  await shop.dynamicTag('carted', did('Product Added'))
  await shop.settle()
  await shop.track(person, 'Product Added')
  await expect(shop.tags.work.evaluate()).rejects.toThrow('killed')
  expect(await shop.members('tag', 'carted')).toEqual([])
  await shop.settle()
  expect(await shop.members('tag', 'carted')).toEqual([person])
  expect(committed).toEqual(['entered'])
  expect(await daily(shop, 'carted')).toMatchObject([{ entered: 1, left: 0 }])
})

test('a recomputation that was cut off begins again and ends in the same', async () => {
  let transactions = 0
  const db: Db = {
    ...stores.db,
    async tx(work) {
      if (++transactions === 3) throw new Error('killed')
      return stores.db.tx(work)
    },
  }
  const shop = await openShop({ stores, db })
  const person = await shop.addPerson()
  await shop.track(person, 'Product Added')
  await shop.dynamicTag('carted', did('Product Added'))
  await expect(shop.tags.work.compute()).rejects.toThrow('killed')
  expect(await shop.tags.definitions.get(shop.workspaceId, 'tag', 'carted')).toMatchObject({ computedRevision: 0 })
  await shop.settle()
  expect(await shop.tags.definitions.get(shop.workspaceId, 'tag', 'carted')).toMatchObject({ computedRevision: 1, size: 1 })
  expect(shop.heard.length).toBe(1)
})

test('two evaluators side by side give what one gives', async () => {
  const shop = await openShop({ stores })
  await shop.dynamicTag('carted', did('Product Added', 2))
  await shop.settle()
  const people = []
  for (let i = 0; i < 8; i++) people.push(await shop.addPerson())
  for (const person of people) for (const _ of [1, 2]) await shop.track(person, 'Product Added')
  await Promise.all([1, 2, 3].map(() => shop.tags.work.evaluate()))
  await shop.settle()
  expect(await shop.members('tag', 'carted')).toEqual(people)
  expect(shop.heard.length).toBe(people.length)
})
