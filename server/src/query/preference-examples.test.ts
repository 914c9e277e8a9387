import type { PreferenceRule } from '@chaoxi/contract'
import { describe } from 'vitest'
import { at, days, ever, openExamples, times, viewed } from './examples.test-kit.ts'

// What a person does most.

const { examples } = openExamples()

const prefers = (
  event: string,
  property: string,
  values: PreferenceRule['values'],
  more: Partial<PreferenceRule> = {},
): PreferenceRule => ({
  kind: 'preference',
  event,
  filters: [],
  window: days(30),
  of: { kind: 'property', property },
  rank: 1,
  least: 3,
  values,
  ...more,
})
/** One view of each of so many categories, the first of them last. */
const eachOnce = (count: number) => Array.from({ length: count }, (_, i) => at((i + 1) / 2, viewed, { category: `类目${i + 1}` }))
const seen = (category: string, count: number, ago: number) => times(count, at(ago, viewed, { category }))

describe('T4 行为偏好', () => {
  examples({
    偏好类目: {
      rule: prefers(viewed, 'category', ['美妆']),
      people: {
        是看得最多: { events: [...seen('美妆', 4, 9), ...seen('母婴', 3, 1)] },
        是一样多而最近看过: { events: [...seen('美妆', 3, 1), ...seen('母婴', 3, 9)] },
        一样多而早就看过: { events: [...seen('美妆', 3, 9), ...seen('母婴', 3, 1)] },
        次数太少: { events: seen('美妆', 2, 1) },
        排在第二: { events: [...seen('美妆', 4, 1), ...seen('母婴', 5, 9)] },
        多数已满三十天: { events: [...seen('美妆', 9, 30), ...seen('美妆', 2, 1)] },
        没有类目: { events: times(5, at(1, viewed)) },
      },
    },
    偏好类目前三: {
      rule: prefers(viewed, 'category', ['美妆', '数码'], { rank: 3, least: 2 }),
      people: {
        是排在第三: { events: [...seen('鞋', 5, 1), ...seen('母婴', 4, 1), ...seen('美妆', 3, 1)] },
        是列出的一个: { events: seen('数码', 2, 1) },
        排在第四: { events: [...seen('鞋', 5, 1), ...seen('母婴', 4, 1), ...seen('包', 4, 1), ...seen('美妆', 3, 1)] },
      },
    },
    很多类目里的前二十: {
      rule: prefers(viewed, 'category', ['类目20'], { rank: 20, least: 1 }),
      people: {
        是有十九个看得更晚: { events: eachOnce(40) },
        是只看过二十个: { events: eachOnce(20) },
        有二十个看得更晚: { events: [...eachOnce(40), at(0.1, viewed, { category: '美妆' })] },
        有二十个看得更多: { events: [...eachOnce(40), ...seen('类目40', 1, 29)] },
      },
    },
    偏好品牌: {
      rule: prefers('Product Purchased', 'brand', ['花西子'], { sum: 'price', least: 1, window: ever }),
      people: {
        是花得最多: {
          events: [
            at(9, 'Product Purchased', { brand: '花西子', price: 300.1 }),
            ...times(3, at(1, 'Product Purchased', { brand: '完美日记', price: 100 })),
          ],
        },
        是同时同额按字序: {
          events: [
            at(9, 'Product Purchased', { brand: '花西子', price: 0.3 }),
            at(9, 'Product Purchased', { brand: '雅诗兰黛', price: 0.1 }),
            at(9, 'Product Purchased', { brand: '雅诗兰黛', price: 0.2 }),
          ],
        },
        买得多花得少: {
          events: [
            ...times(3, at(1, 'Product Purchased', { brand: '花西子', price: 10 })),
            at(9, 'Product Purchased', { brand: '完美日记', price: 31 }),
          ],
        },
      },
    },
    偏好优惠类型: {
      rule: prefers('Coupon Used', 'kind', ['满减'], { window: days(90), least: 2 }),
      people: {
        是用满减最多: {
          events: [
            ...times(2, at(80, 'Coupon Used', { kind: '满减' })),
            at(1, 'Coupon Used', { kind: '折扣' }),
            at(1, 'Coupon Used', { kind: '赠品' }),
          ],
        },
        更爱赠品: { events: [...times(2, at(1, 'Coupon Used', { kind: '满减' })), ...times(3, at(60, 'Coupon Used', { kind: '赠品' }))] },
        只用过一次: { events: [at(1, 'Coupon Used', { kind: '满减' })] },
      },
    },
    '偏好价格带：100 至 300 元': {
      rule: prefers(viewed, 'price', [100], { of: { kind: 'bands', property: 'price', edges: [0, 100, 300] }, least: 2 }),
      people: {
        是两端都算起点: { events: [100, 299.99, 300, 99.99].map((price, i) => at(9 - i, viewed, { price })) },
        看得更贵: { events: [100, 299.99, 300, 500, 900].map((price) => at(1, viewed, { price })) },
        低于零元不算: { events: [-1, -2, -3, 150].map((price) => at(1, viewed, { price })) },
      },
    },
    '常活跃时段：深夜（23 点至次日 6 点）': {
      rule: prefers(viewed, '', [23], { of: { kind: 'hours', edges: [6, 12, 18, 23] }, least: 2 }),
      people: {
        是零点前后: { events: [at('2026-11-20 23:00', viewed), at('2026-11-21 05:59', viewed), at('2026-11-21 12:00', viewed)] },
        傍晚更多: {
          events: ['2026-11-20 23:00', '2026-11-21 05:59', '2026-11-20 18:00', '2026-11-20 19:00', '2026-11-21 22:59'].map((when) =>
            at(when, viewed),
          ),
        },
        六点不算: { events: [at('2026-11-20 23:00', viewed), at('2026-11-21 06:00', viewed)] },
      },
    },
  })
})
