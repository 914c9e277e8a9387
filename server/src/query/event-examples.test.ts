import { describe } from 'vitest'
import { added, all, any, at, count, days, did, ever, liked, never, openExamples, paid, times, viewed } from './examples.test-kit.ts'

// Events that happened, how often and when.

const { examples } = openExamples()

describe('T1 标签', () => {
  examples({
    近7天浏览加购: {
      rule: all(count(viewed, 'gte', 3, days(7)), did(added, days(7))),
      people: {
        是正好三次: { events: [...times(3, at(6, viewed)), at(1, added)] },
        只看两次: { events: [...times(2, at(1, viewed)), at(1, added)] },
        没加购: { events: times(5, at(1, viewed)) },
        满七天已出窗: { events: [...times(3, at(7, viewed)), at(1, added)] },
      },
    },
    高客单价: {
      rule: { ...count(paid, 'gte', 500, days(30)), measure: { fn: 'sum', property: 'total' } },
      people: {
        是两单刚好: { events: [at(29, paid, { total: 300.1 }), at(1, paid, { total: 199.9 })] },
        差一分: { events: [at(1, paid, { total: 499.99 })] },
        三十天前的不算: { events: [at(30, paid, { total: 900 })] },
      },
    },
    低频: {
      rule: all(did(paid, ever), count(paid, 'lte', 1, { kind: 'calendar', unit: 'quarter', from: 0, to: 0 })),
      people: {
        是本季一单: { events: [at('2026-10-01 00:00', paid)] },
        是上季两单本季没有: { events: [at('2026-09-30 23:59', paid), at('2026-08-01 12:00', paid)] },
        本季两单: { events: [at('2026-10-01 00:00', paid), at('2026-11-01 00:00', paid)] },
        没买过: {},
      },
    },
  })
})

describe('T4 行为偏好', () => {
  examples({
    '常活跃时段：晚间': {
      rule: { ...count(viewed, 'gte', 3, days(30)), clock: { hours: { from: '20:00', to: '23:00' } } },
      people: {
        是三个晚上: { events: ['2026-11-01 20:00', '2026-11-05 21:30', '2026-11-20 22:59:59'].map((when) => at(when, viewed)) },
        刚好二十三点不算: { events: ['2026-11-01 20:00', '2026-11-05 21:30', '2026-11-20 23:00:00'].map((when) => at(when, viewed)) },
        白天也来: { events: [at('2026-11-01 20:00', viewed), at('2026-11-05 21:30', viewed), ...times(9, at('2026-11-06 12:00', viewed))] },
      },
    },
    夜猫子过了零点仍算前一天: {
      rule: { ...did(viewed, days(30)), clock: { hours: { from: '22:00', to: '02:00' }, weekdays: [5] } },
      people: {
        是周五晚上: { events: [at('2026-11-20 23:30', viewed)] },
        是周六凌晨: { events: [at('2026-11-21 01:59', viewed)] },
        周五凌晨: { events: [at('2026-11-20 01:59', viewed)] },
        周六晚上: { events: [at('2026-11-14 23:30', viewed)] },
        周六两点: { events: [at('2026-11-21 02:00', viewed)] },
      },
    },
    周末购买: {
      rule: { ...did(paid, days(30)), clock: { weekdays: [6, 7] } },
      people: {
        是周六零点: { events: [at('2026-11-21 00:00', paid)] },
        是周日最后一秒: { events: [at('2026-11-15 23:59:59', paid)] },
        周五最后一秒: { events: [at('2026-11-20 23:59:59', paid)] },
        周一: { events: [at('2026-11-16 00:00', paid)] },
      },
    },
  })
})

describe('T5 人群', () => {
  examples({
    '浏览过 500 元以上商品且未购买': {
      rule: all(did(viewed, ever, [{ property: 'price', op: 'gt', value: 500 }]), never(paid, ever)),
      people: {
        是: { events: [at(3, viewed, { price: 899 })] },
        只看便宜的: { events: [at(3, viewed, { price: 500 })] },
        买了: { events: [at(3, viewed, { price: 899 }), at(2, paid)] },
      },
    },
    加购某类目且未下单: {
      rule: all(did(added, days(30), [{ property: 'category', op: 'in', value: ['女装', '鞋'] }]), never('Order Completed', days(30))),
      people: {
        是: { events: [at(3, added, { category: '鞋' })] },
        别的类目: { events: [at(3, added, { category: '数码' })] },
        下单了: { events: [at(3, added, { category: '鞋' }), at(1, 'Order Completed')] },
      },
    },
    '连续 3 天未访问': {
      rule: { ...count('Page Viewed', 'gte', 3, ever), measure: { fn: 'days_absent' } },
      people: {
        是四天前来过: { events: [at('2026-11-18 23:59', 'Page Viewed')] },
        只缺两天: { events: [at('2026-11-19 00:00', 'Page Viewed')] },
        从未来过: {},
      },
    },
    '连续 3 天访问': {
      rule: { ...count('Page Viewed', 'gte', 3, ever), measure: { fn: 'current_streak' } },
      people: {
        是昨天为止三天: { events: ['2026-11-19 08:00', '2026-11-20 23:59', '2026-11-21 00:00'].map((when) => at(when, 'Page Viewed')) },
        中间断了一天: { events: ['2026-11-18 08:00', '2026-11-20 12:00', '2026-11-21 12:00'].map((when) => at(when, 'Page Viewed')) },
        早就断了: { events: ['2026-11-17 08:00', '2026-11-18 12:00', '2026-11-19 12:00'].map((when) => at(when, 'Page Viewed')) },
      },
    },
    '3-10 天前加购或收藏且 10 天内未购买': {
      rule: all(
        any(did(added, { kind: 'relative', from: 10, to: 3, unit: 'day' }), did(liked, { kind: 'relative', from: 10, to: 3, unit: 'day' })),
        never(paid, days(10)),
      ),
      people: {
        是三天前加购: { events: [at(3, added)] },
        是九天前收藏: { events: [at(9.99, liked)] },
        昨天才加购: { events: [at(1, added)] },
        十天整: { events: [at(10, added)] },
        买过了: { events: [at(5, added), at(4, paid)] },
      },
    },
    '去年双 11 购买过': {
      rule: did(paid, { kind: 'annual', from: '11-01', to: '11-11', year: -1 }),
      people: {
        是第一秒: { events: [at('2025-11-01 00:00:00', paid)] },
        是最后一秒: { events: [at('2025-11-11 23:59:59', paid)] },
        早一秒: { events: [at('2025-10-31 23:59:59', paid)] },
        晚一秒: { events: [at('2025-11-12 00:00:00', paid)] },
        今年的: { events: [at('2026-11-11 12:00:00', paid)] },
      },
    },
    首次购买在本月: {
      rule: {
        kind: 'occurrence',
        which: 'first',
        event: paid,
        filters: [],
        window: ever,
        when: { kind: 'calendar', unit: 'month', from: 0, to: 0 },
        where: [],
      },
      people: {
        是新客: { events: [at('2026-11-01 00:00', paid), at(1, paid)] },
        老客: { events: [at('2026-10-31 23:59', paid), at(1, paid)] },
        没买: {},
      },
    },
    '最近一次购买的渠道是直播，且客单均价不低于 100': {
      rule: all(
        {
          kind: 'occurrence',
          which: 'last',
          event: paid,
          filters: [],
          window: ever,
          where: [{ property: 'channel', op: 'eq', value: '直播' }],
        },
        { ...count(paid, 'gte', 100, ever), measure: { fn: 'average', property: 'total' } },
      ),
      people: {
        是: { events: [at(9, paid, { channel: '商城', total: 50 }), at(1, paid, { channel: '直播', total: 150 })] },
        均价不够: { events: [at(9, paid, { channel: '商城', total: 40 }), at(1, paid, { channel: '直播', total: 150 })] },
        最近在商城: { events: [at(9, paid, { channel: '直播', total: 150 }), at(1, paid, { channel: '商城', total: 150 })] },
      },
    },
    '近 30 天活跃 5 天以上，买过不同类目 2 个以上': {
      rule: all(
        { ...count('Page Viewed', 'gte', 5, days(30)), measure: { fn: 'days' } },
        { ...count(paid, 'gte', 2, days(30)), measure: { fn: 'distinct', property: 'category' } },
      ),
      people: {
        是: {
          events: [
            ...[1, 3, 5, 7, 9].flatMap((ago) => times(2, at(ago, 'Page Viewed'))),
            at(2, paid, { category: 'a' }),
            at(1, paid, { category: 'b' }),
          ],
        },
        同一天很多次: { events: [...times(9, at(1, 'Page Viewed')), at(2, paid, { category: 'a' }), at(1, paid, { category: 'b' })] },
      },
    },
    买过含户外类目商品的订单: {
      rule: did(paid, ever, [{ property: 'products[].category', op: 'includes_any', value: ['户外'] }]),
      people: {
        是: { events: [at(1, paid, { products: [{ category: '鞋' }, { category: '户外' }] })] },
        没有: { events: [at(1, paid, { products: [{ category: '鞋' }] })] },
      },
    },
  })
})
