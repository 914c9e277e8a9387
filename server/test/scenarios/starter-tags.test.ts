import { lifecycleValues, rfmValues, valueBandValues, valueModelDefaults } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'

// The tags of the playbook 常用标签: installed over a shop's history, and who gets which.

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const day = 86_400_000
const at = (daysAgo: number) => new Date(app.clock.now() - daysAgo * day).toISOString()
const did = (userId: string, daysAgo: number, event: string, properties: object = {}) => ({
  ...{ type: 'track', userId, event, properties },
  timestamp: at(daysAgo),
})
const paid = (userId: string, daysAgo: number, total: number) =>
  did(userId, daysAgo, 'Order Paid', { order_id: `${userId}-${daysAgo}`, total })

/** Keys of the person's tags of this playbook, with their values, sorted. */
async function tagsOf(userId: string): Promise<string[]> {
  const [found] = (await app.call('people', { query: { q: userId } })).items
  const detail = await app.call('person', { params: { id: found?.id ?? 0 } })
  return detail.tags.map((tag) => (tag.value === '' ? tag.key : `${tag.key}=${tag.value}`)).sort()
}

/** A day of this year in the shop's zone, so many days from now, as a birthday of another year. */
function birthday(inDays: number): string {
  const local = new Date(app.clock.now() + inDays * day + 8 * 3_600_000).toISOString()
  return `1990-${local.slice(5, 10)}`
}

test('installing them computes all of them from history, and again adds nothing', async () => {
  const lately = Array.from({ length: 3 }, (_, i) =>
    did('xiaoman', i + 0.5, 'Product Viewed', { product_id: 'p1', category: '春茶', price: 698 }),
  )
  await app.events([
    { type: 'identify', userId: 'xiaoman', traits: { gender: '女', tier: '金卡', birthday: birthday(3) } },
    did('xiaoman', 5, 'Signed Up', { channel: '微信' }),
    ...lately,
    did('xiaoman', 0.6, 'Product Viewed', { product_id: 'p1', category: '春茶', price: 698 }),
    did('xiaoman', 0.55, 'Product Viewed', { product_id: 'p1', category: '春茶', price: 698 }),
    did('xiaoman', 0.54, 'Product Added', { product_id: 'p1' }),
    did('loyal', 200, 'Signed Up', { channel: 'douyin' }),
    ...[150, 80, 60, 20, 10].map((ago) => paid('loyal', ago, 2_500)),
    ...[30, 20].map((ago) => did('loyal', ago, 'Coupon Used', { coupon_code: `c${ago}`, coupon_kind: 'amount_off' })),
    did('loyal', 9, 'Order Refunded', { order_id: 'loyal-10' }),
    paid('gone', 200, 80),
    paid('wavering', 50, 80),
    paid('back', 300, 80),
    paid('back', 5, 80),
    did('saver', 9, 'Coupon Claimed', { coupon_code: 'new' }),
    did('rover', 50, 'Product Viewed', { product_id: 'p2', category: '美妆' }),
    ...[0, 1, 2, 3, 4].map((i) => did('rover', 4 + i / 1_440, 'Product Viewed', { product_id: 'p2', category: i < 3 ? '美妆' : '春茶' })),
    did('debtor', 0.2, 'Order Completed', { order_id: 'd1', total: 10 }),
  ])
  await app.settle()
  await app.call('playbookInstall', { params: { key: 'starter-tags' } })
  await app.settle()
  const { items } = await app.call('tags')
  expect(items.length).toBeGreaterThanOrEqual(30)
  expect(items.filter((tag) => tag.computedAt === null)).toEqual([])
  expect(new Set(items.map((tag) => tag.layer))).toEqual(new Set(['basic', 'behaviour', 'value', 'preference', 'scene']))

  const written = (key: string) => items.find((tag) => tag.key === key)?.values.map(({ value, rule }) => ({ value, rule }))
  expect(written('lifecycle')).toEqual(lifecycleValues({ event: 'Order Paid', newDays: 30, activeDays: 30, lostDays: 90 }))
  expect(written('value_band')).toEqual(valueBandValues(valueModelDefaults.bands))
  expect(written('rfm')).toEqual(rfmValues(valueModelDefaults.rfm))
  expect(items.filter((tag) => tag.model !== null).map((tag) => [tag.key, tag.model?.kind])).toEqual([
    ['active_hours', 'preference'],
    ['lifecycle', 'lifecycle'],
    ['preferred_category', 'preference'],
    ['preferred_price', 'preference'],
    ['preferred_promotion', 'preference'],
    ['rfm', 'rfm'],
    ['value_band', 'bands'],
  ])

  const mine = (await tagsOf('xiaoman')).filter((key) => key !== 'birthday_month')
  expect(mine).toEqual([
    ...[
      'active_hours=晚间',
      'birthday_7d',
      'cart_abandoned',
      'female',
      'from_wechat',
      'likes_high_price',
      'member_gold',
      'new_7d',
      'one_category',
      'preferred_price=三百至一千元',
    ],
    ...['registered', 'streak_3d', 'view_cart_7d', 'view_to_cart_30m', 'viewed_500_unbought'],
  ])
  expect(await tagsOf('loyal')).toEqual(
    expect.arrayContaining([
      'big_spender',
      'frequent_90d',
      'from_douyin',
      'high_spend_30d',
      'likes_coupons',
      'preferred_promotion=满减',
      'refunded_30d',
      'repeat_buyer',
      'lifecycle=活跃',
      'rfm=重要价值',
      'value_band=高价值',
    ]),
  )
  expect(await tagsOf('gone')).toEqual(['lifecycle=流失', 'low_frequency', 'rfm=一般挽留', 'value_band=低价值'])
  expect(await tagsOf('wavering')).toContain('lifecycle=沉睡风险')
  expect(await tagsOf('back')).toEqual(expect.arrayContaining(['repeat_buyer', 'lifecycle=回流']))
  expect(await tagsOf('saver')).toEqual(['coupon_unused'])
  expect(await tagsOf('debtor')).toEqual(['order_unpaid'])
  expect(await tagsOf('rover')).toEqual(expect.arrayContaining(['preferred_category=美妆', 'returned']))

  await app.call('playbookInstall', { params: { key: 'starter-tags' } })
  expect((await app.call('tags')).items).toHaveLength(items.length)
})

test('they go on by events and by time alone', async () => {
  await app.events([did('debtor', 0, 'Order Paid', { order_id: 'd1', total: 10 }), did('saver', 0, 'Coupon Used', { coupon_code: 'new' })])
  await app.settle()
  expect(await tagsOf('debtor')).not.toContain('order_unpaid')
  expect(await tagsOf('debtor')).toContain('lifecycle=新客')
  expect(await tagsOf('saver')).not.toContain('coupon_unused')
  app.clock.advance(31 * day)
  await app.settle()
  expect(await tagsOf('debtor')).toContain('lifecycle=沉睡风险')
  expect(await tagsOf('xiaoman')).not.toContain('new_7d')
  expect(await tagsOf('xiaoman')).not.toContain('streak_3d')
  expect(await tagsOf('xiaoman')).toContain('absent_3d')
})
