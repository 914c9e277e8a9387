import type { SequenceRule } from '@chaoxi/contract'
import { describe } from 'vitest'
import { added, all, at, day, days, did, ever, hour, not, now, openExamples, paid, viewed } from './examples.test-kit.ts'

// Events in their order.

const { examples } = openExamples()

const sameItem = (...events: string[]): SequenceRule['steps'] => events.map((event) => ({ event, filters: [], link: 'product_id' }))

describe('T1 标签', () => {
  examples({
    未使用优惠券: {
      rule: {
        kind: 'sequence',
        steps: [{ event: 'Coupon Claimed', filters: [], link: 'coupon_id' }],
        window: { kind: 'relative', to: 7, unit: 'day' },
        noneAfter: [{ event: 'Coupon Used', filters: [], link: 'coupon_id' }],
      },
      people: {
        是领了八天没用: { events: [at(8, 'Coupon Claimed', { coupon_id: 'a' })] },
        是用了别的券: { events: [at(8, 'Coupon Claimed', { coupon_id: 'a' }), at(2, 'Coupon Used', { coupon_id: 'b' })] },
        用了: { events: [at(8, 'Coupon Claimed', { coupon_id: 'a' }), at(2, 'Coupon Used', { coupon_id: 'a' })] },
        刚领六天: { events: [at(6, 'Coupon Claimed', { coupon_id: 'a' })] },
        没领: {},
      },
    },
    '领券后 7 天内未使用': {
      rule: all(
        did('Coupon Claimed', { kind: 'relative', to: 7, unit: 'day' }),
        not({
          kind: 'sequence',
          steps: [
            { event: 'Coupon Claimed', filters: [], link: 'coupon_id' },
            { event: 'Coupon Used', filters: [], link: 'coupon_id', within: { amount: 7, unit: 'day' } },
          ],
          window: ever,
        }),
      ),
      people: {
        是第八天才用: { events: [at(20, 'Coupon Claimed', { coupon_id: 'a' }), at(12, 'Coupon Used', { coupon_id: 'a' })] },
        第七天用了: { events: [at(20, 'Coupon Claimed', { coupon_id: 'a' }), at(13, 'Coupon Used', { coupon_id: 'a' })] },
      },
    },
  })
})

describe('T5 人群', () => {
  examples({
    '浏览 500 元以上商品后没有购买同一商品': {
      rule: {
        kind: 'sequence',
        steps: [{ event: viewed, filters: [{ property: 'price', op: 'gt', value: 500 }], link: 'product_id' }],
        window: ever,
        noneAfter: [{ event: 'Product Purchased', filters: [], link: 'product_id' }],
      },
      people: {
        是买了另一件: { events: [at(3, viewed, { price: 899, product_id: 'a' }), at(2, 'Product Purchased', { product_id: 'b' })] },
        买了这件: { events: [at(3, viewed, { price: 899, product_id: 'a' }), at(2, 'Product Purchased', { product_id: 'a' })] },
      },
    },
    '浏览后 30 分钟内加购同一商品，其间没有付款': {
      rule: {
        kind: 'sequence',
        steps: sameItem(viewed, added).map((step, i) =>
          i === 0 ? step : { ...step, within: { amount: 30, unit: 'minute' }, without: [{ event: paid, filters: [] }] },
        ),
        window: days(7),
      },
      people: {
        是正好三十分钟: { events: [at(1, viewed, { product_id: 1 }), { ...at(1, added, { product_id: 1 }), time: now - day + hour / 2 }] },
        另一件: { events: [at(1, viewed, { product_id: 1 }), { ...at(1, added, { product_id: 2 }), time: now - day + 60_000 }] },
        太迟: { events: [at(1, viewed, { product_id: 1 }), { ...at(1, added, { product_id: 1 }), time: now - day + hour / 2 + 1 }] },
        先加购后浏览: { events: [at(2, added, { product_id: 1 }), at(1, viewed, { product_id: 1 })] },
        其间付了款: {
          events: [
            at(1, viewed, { product_id: 1 }),
            { ...at(1, paid), time: now - day + 1 },
            { ...at(1, added, { product_id: 1 }), time: now - day + 60_000 },
          ],
        },
      },
    },
    '回流：距上次访问至少 30 天后再次访问，在近 7 天': {
      rule: {
        kind: 'sequence',
        steps: [
          { event: viewed, filters: [] },
          {
            event: viewed,
            filters: [],
            when: { kind: 'rolling', amount: 7, unit: 'day' },
            after: { amount: 30, unit: 'day' },
            without: [{ event: viewed, filters: [] }],
          },
        ],
        window: ever,
      },
      people: {
        是离开很久: { events: [at(400, viewed), at(100, viewed), at(3, viewed)] },
        是正好三十天: { events: [at(35, viewed), at(5, viewed)] },
        是回来后又来过: { events: [at(60, viewed), at(5, viewed), at(1, viewed)] },
        差一天: { events: [at(34, viewed), at(5, viewed)] },
        其间来过: { events: [at(60, viewed), at(20, viewed), at(3, viewed)] },
        回来已满七天: { events: [at(60, viewed), at(7, viewed), at(1, viewed)] },
        新客: { events: [at(3, viewed)] },
      },
    },
    '付款后隔 1 至 7 天回购同一类目': {
      rule: {
        kind: 'sequence',
        steps: [
          { event: paid, filters: [], link: 'category' },
          { event: paid, filters: [], link: 'category', after: { amount: 1, unit: 'day' }, within: { amount: 7, unit: 'day' } },
        ],
        window: days(30),
      },
      people: {
        是当天又买隔三天再买: {
          events: [at(9, paid, { category: '鞋' }), at(8.9, paid, { category: '鞋' }), at(6, paid, { category: '鞋' })],
        },
        当天又买: { events: [at(9, paid, { category: '鞋' }), at(8.9, paid, { category: '鞋' })] },
        别的类目: { events: [at(9, paid, { category: '鞋' }), at(6, paid, { category: '包' })] },
        太晚: { events: [at(19, paid, { category: '鞋' }), at(6, paid, { category: '鞋' })] },
      },
    },
    '注册、领券、购买三步，全程 7 天内': {
      rule: {
        kind: 'sequence',
        steps: ['Signed Up', 'Coupon Claimed', paid].map((event) => ({ event, filters: [] })),
        window: ever,
        within: { amount: 7, unit: 'day' },
      },
      people: {
        是: { events: [at(30, 'Signed Up'), at(29, 'Coupon Claimed'), at(23, paid)] },
        太久: { events: [at(30, 'Signed Up'), at(29, 'Coupon Claimed'), at(22, paid)] },
        顺序不对: { events: [at(30, 'Coupon Claimed'), at(29, 'Signed Up'), at(28, paid)] },
      },
    },
  })
})
