import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { createCatalogue } from './index.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
})
afterAll(() => stores.close())

async function arrive(workspaceId: number, event: string, properties: object, attributes: object): Promise<void> {
  const row = {
    type: 'track',
    message_id: '',
    message_hash: 0,
    user_id: '',
    anonymous_id: '',
    context: '{}',
    received_at: stores.clock.now(),
  }
  await stores.clickhouse.insert('events', [
    { ...row, workspace_id: workspaceId, person_id: 1, time: stores.clock.now(), event, properties: JSON.stringify(properties) },
  ])
  await stores.clickhouse.insert('profiles', [
    {
      workspace_id: workspaceId,
      person_id: 1,
      attributes: JSON.stringify(attributes),
      merged: 0,
      created_at: stores.clock.now(),
      version: 1,
    },
  ])
}

test('names, types and samples of what arrived, without showing whose they are', async () => {
  const { catalogue } = createCatalogue(stores)
  await arrive(
    1,
    'Order Paid',
    { total: 12.5, coupon: { code: '新人' }, note: null },
    { city: '上海', phone: '+8613800001234', alias: 'a@b.cn' },
  )
  await arrive(1, 'Order Paid', { total: 13, items: [1] }, { vip: true })
  await arrive(2, 'Secret', { x: 1 }, {})
  expect(await catalogue(1)).toEqual({
    events: [
      {
        name: 'Order Paid',
        count: 2,
        properties: [
          { name: 'coupon', type: 'object', types: ['object'], samples: [] },
          { name: 'coupon.code', type: 'string', types: ['string'], samples: ['新人'] },
          { name: 'items', type: 'array', types: ['array'], samples: [] },
          { name: 'note', type: 'null', types: ['null'], samples: [] },
          { name: 'total', type: 'number', types: ['number'], samples: expect.arrayContaining(['12.5', '13']) },
        ],
      },
    ],
    attributes: [
      { name: 'alias', type: 'string', types: ['string'], samples: [] },
      { name: 'city', type: 'string', types: ['string'], samples: ['上海'] },
      { name: 'phone', type: 'string', types: ['string'], samples: [] },
      { name: 'vip', type: 'boolean', types: ['boolean'], samples: ['true'] },
    ],
  })
})

test('values that come again and again are told first and all, of those that differ each time a few', async () => {
  const { catalogue } = createCatalogue(stores)
  const categories = ['鞋', '鞋', '鞋', ...Array.from({ length: 8 }, (_, i) => [`类目${i}`, `类目${i}`]).flat(), '包']
  for (const [i, category] of categories.entries()) await arrive(4, 'Product Viewed', { category, product_id: `p${i}` }, {})
  const [category, product] = (await catalogue(4)).events[0]?.properties ?? []
  expect(category?.samples[0]).toBe('鞋')
  expect(new Set(category?.samples)).toEqual(new Set(categories.filter((one) => one !== '包')))
  expect(product?.samples).toHaveLength(6)
})

test('an answer is kept for half a minute', async () => {
  const { catalogue } = createCatalogue(stores)
  const names = async () => (await catalogue(3)).events.map((event) => event.name)
  await arrive(3, 'First', {}, {})
  expect(await names()).toEqual(['First'])
  await arrive(3, 'Second', {}, {})
  stores.clock.advance(29_999)
  expect(await names()).toEqual(['First'])
  stores.clock.advance(1)
  expect(await names()).toEqual(['First', 'Second'])
})
