import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { sql } from '../platform/db/postgres.ts'
import { createQuery, type Query } from '../query/index.ts'
import { all, did, inCity, not, openShop, type Shop } from './tags.test-kit.ts'

// Who writes the same people at the same time, and answers that are older than what is stored.

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
})
afterAll(() => stores.close())

const day = 86_400_000

/** A shop in which `meanwhile` happens once after a block of people was asked and before its answers are written. */
async function openSlowShop(meanwhile: (shop: Shop) => Promise<void>): Promise<{ shop: Shop; begin(): void }> {
  const inner = createQuery({ clickhouse: stores.clickhouse })
  let waiting = false
  const query: Query = {
    ...inner,
    async ask(input) {
      const answers = await inner.ask(input)
      if (waiting && 'after' in input.people) {
        waiting = false
        await meanwhile(shop)
      }
      return answers
    },
  }
  const shop = await openShop({ stores, query })
  return {
    shop,
    begin: () => {
      waiting = true
    },
  }
}

const recompute = (shop: Shop, ...keys: string[]) =>
  shop.tags.recompute.run(
    shop.workspaceId,
    keys.map((key) => ({ kind: 'tag', key })),
  )

test('whoever the evaluator judged since a computation asked is asked again', async () => {
  let [viewer, buyer, idle] = [0, 0, 0]
  const { shop, begin } = await openSlowShop(async () => {
    await shop.track(viewer, 'Product Viewed')
    await shop.track(buyer, 'Order Paid')
    while (await shop.tags.work.evaluate());
  })
  ;[viewer, buyer, idle] = [await shop.addPerson(), await shop.addPerson(), await shop.addPerson()]
  await shop.dynamicTag('viewed', did('Product Viewed'))
  await shop.dynamicTag('not_bought', not(did('Order Paid')))
  for (const person of [viewer, buyer, idle]) await shop.track(person, 'App Opened')
  await shop.settle()
  begin()
  await recompute(shop, 'viewed', 'not_bought')
  expect(await shop.members('tag', 'viewed')).toEqual([viewer])
  expect(await shop.members('tag', 'not_bought')).toEqual([viewer, idle])
  // The windows of what happened meanwhile close as well.
  stores.clock.advance(4 * day)
  await shop.settle()
  expect(await shop.members('tag', 'viewed')).toEqual([])
  expect(await shop.members('tag', 'not_bought')).toEqual([viewer, buyer, idle])
})

test('an answer that the evaluator found to be so already is not undone either', async () => {
  let person = 0
  const { shop, begin } = await openSlowShop(async () => {
    await shop.setAttributes(person, { city: '上海' })
    while (await shop.tags.work.evaluate());
  })
  person = await shop.addPerson({ city: '上海' })
  await shop.dynamicTag('local', inCity('上海'))
  await shop.settle()
  // Asked in 北京, and back before the answer is written: nothing changes in what is stored.
  await shop.setAttributes(person, { city: '北京' })
  begin()
  await recompute(shop, 'local')
  await shop.settle()
  expect(await shop.members('tag', 'local')).toEqual([person])
})

test('who was merged away, or came new, since a computation asked is where the merge and the event put them', async () => {
  let [from, into, newcomer] = [0, 0, 0]
  const { shop, begin } = await openSlowShop(async () => {
    newcomer = await shop.addPerson({ city: '上海' })
    await shop.touch(newcomer, ['@attributes'])
    await shop.mergeInPostgres(from, into)
    await shop.mergeInClickHouse(from, into)
    await shop.touch(into, [`@merge:${from}`])
    while (await shop.tags.work.evaluate());
  })
  ;[from, into] = [await shop.addPerson({ city: '上海' }), await shop.addPerson({ city: '上海' })]
  await shop.dynamicTag('local', all(inCity('上海')))
  await shop.settle()
  begin()
  await recompute(shop, 'local')
  await shop.settle()
  expect(await shop.members('tag', 'local')).toEqual([into, newcomer])
})

test('hands, merges, events and a computation at once: nothing of any of them is lost', async () => {
  const shop = await openShop({ stores })
  const people: number[] = []
  for (let i = 0; i < 40; i++) people.push(await shop.addPerson())
  const keys = ['a', 'b', 'c', 'd']
  for (const key of keys) await shop.staticTag(key)
  await shop.dynamicTag('viewed', did('Product Viewed'))
  await shop.dynamicTag('opened', did('App Opened'))
  for (const person of people) await shop.track(person, 'Product Viewed')
  const [first, second, ...others] = people
  if (first === undefined || second === undefined) throw new Error('nobody is there')
  await Promise.all([
    ...keys.map((key) => shop.tags.definitions.setMembers(shop.actor, 'tag', key, { add: others, remove: [] })),
    ...keys.map((key) => shop.tags.definitions.setMembers(shop.actor, 'tag', key, { add: [first], remove: [second] })),
    shop.tags.work.evaluate(),
    shop.tags.work.compute(),
    shop.merge(first, second),
  ])
  await shop.settle()
  for (const key of keys) expect(await shop.members('tag', key)).toEqual(expect.arrayContaining(others))
  expect(await shop.members('tag', 'viewed')).toEqual([second, ...others])
})

test('the bits of an archived definition mean nothing, and restoring it gives new ones', async () => {
  const shop = await openShop({ stores })
  const [one, other] = [await shop.addPerson(), await shop.addPerson()]
  const { definitions } = shop.tags
  await shop.staticTag('vip')
  await definitions.setMembers(shop.actor, 'tag', 'vip', { add: [one], remove: [] })
  await shop.settle()
  await definitions.archive(shop.actor, 'tag', 'vip')
  await expect(definitions.setMembers(shop.actor, 'tag', 'vip', { add: [other], remove: [] })).rejects.toMatchObject({ code: 'not_found' })
  await shop.staticTag('staff')
  await definitions.setMembers(shop.actor, 'tag', 'staff', { add: [other], remove: [] })
  await shop.settle()
  expect(await shop.members('tag', 'staff')).toEqual([other])
  await definitions.setMembers(shop.actor, 'tag', 'staff', { add: [one], remove: [] })
  await shop.settle()
  expect(await shop.tags.memberships(shop.workspaceId, [one])).toEqual(new Map([[one, { tags: new Set(['staff']), segments: new Set() }]]))
  await definitions.restore(shop.actor, 'tag', 'vip')
  await shop.settle()
  expect(await shop.members('tag', 'vip')).toEqual([one])
  const slots = await stores.db.many(sql`
    select slot, key, retired from membership_slots where workspace_id = ${shop.workspaceId} order by slot`)
  expect(slots).toEqual([
    { slot: 0, key: 'vip', retired: true },
    { slot: 1, key: 'staff', retired: false },
    { slot: 2, key: 'vip', retired: false },
  ])
  const [row] = await stores.db.many<{ held: Buffer }>(sql`select held from person_memberships where person_id = ${one}`)
  expect(row?.held).toEqual(Buffer.from([0b110]))
})
