import { expect, test } from 'vitest'
import { sql } from '../platform/db/postgres.ts'
import { did, inCity, type Shop, shopForEachTest } from './tags.test-kit.ts'

const minute = 60_000

let shop: Shop
shopForEachTest((own) => {
  shop = own
})

/** Two runs: the second judges whom the first suspected. */
async function reconcile(): Promise<void> {
  for (const _ of [1, 2]) {
    shop.stores.clock.advance(2 * minute)
    await shop.tags.work.reconcile()
  }
}

async function drift(): Promise<number> {
  const metric = await shop.stores.metrics.registry.getSingleMetric('chaoxi_membership_drift_total')?.get()
  return metric?.values.reduce((sum, one) => sum + one.value, 0) ?? 0
}

test('what was changed behind the back of the rules is found, counted and mended', async () => {
  const [inside, outside] = [await shop.addPerson(), await shop.addPerson()]
  await shop.dynamicTag('viewer', did('Product Viewed'))
  await shop.track(inside, 'Product Viewed')
  await shop.settle()
  const before = await drift()
  await reconcile()
  expect(await drift()).toBe(before)

  await shop.stores.db.run(sql`update person_memberships set person_id = ${outside} where workspace_id = ${shop.workspaceId}`)
  shop.heard.length = 0
  await reconcile()
  expect(await shop.members('tag', 'viewer')).toEqual([inside])
  expect(await drift()).toBe(before + 2)
  expect(shop.heard.map(({ personId, entered, reason }) => ({ personId, entered, reason }))).toEqual([
    { personId: outside, entered: false, reason: 'repair' },
    { personId: inside, entered: true, reason: 'repair' },
  ])
})

test('what is still on its way, or not yet computed, is no drift', async () => {
  const person = await shop.addPerson()
  await shop.dynamicTag('viewer', did('Product Viewed'))
  await shop.settle()
  const before = await drift()
  await shop.track(person, 'Product Viewed')
  await shop.dynamicTag('local', inCity('上海'))
  await shop.setAttributes(await shop.addPerson(), { city: '上海' })
  await reconcile()
  expect(await drift()).toBe(before)
  await shop.settle()
  expect(await shop.members('tag', 'viewer')).toEqual([person])
})

test('an event that reaches one store before the other is only suspected', async () => {
  const person = await shop.addPerson()
  await shop.dynamicTag('viewer', did('Product Viewed'))
  await shop.settle()
  const before = await drift()
  await shop.track(person, 'Product Viewed')
  const touched = await shop.stores.db.many<{ person_id: number; changes: string[] }>(sql`
    delete from touched_people where workspace_id = ${shop.workspaceId} returning person_id, changes`)
  shop.stores.clock.advance(2 * minute)
  await shop.tags.work.reconcile()
  for (const one of touched) await shop.touch(one.person_id, one.changes)
  await shop.settle()
  await reconcile()
  expect(await drift()).toBe(before)
  expect(shop.heard.map(({ reason }) => reason)).toEqual(['event'])
})
