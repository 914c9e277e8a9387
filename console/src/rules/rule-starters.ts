import type { EventRule, Rule } from '@chaoxi/contract'
import type { Language } from '../i18n/language.ts'

/** Rules that operators ask for most, as a first draft to change. The numbers are those of the operating handbook. */
export interface RuleStarter {
  readonly key: string
  readonly name: Readonly<Record<Language, string>>
  readonly rule: Rule
}

const did = (event: string, days: number, value = 1): EventRule => ({
  kind: 'event',
  event,
  filters: [],
  window: { kind: 'rolling', amount: days, unit: 'day' },
  measure: { fn: 'count' },
  op: 'gte',
  value,
})
const never = (rule: EventRule): EventRule => ({ ...rule, op: 'eq', value: 0 })
const ever = (rule: EventRule): EventRule => ({ ...rule, window: { kind: 'ever' } })
const total = (event: string, days: number, op: 'gte' | 'lt', value: number): EventRule => ({
  ...did(event, days),
  measure: { fn: 'sum', property: 'total' },
  op,
  value,
})
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })

const among = (property: string, ...value: string[]): Rule => ({ kind: 'attribute', filter: { property, op: 'in', value } })

export const ruleStarters: readonly RuleStarter[] = [
  {
    key: 'gender',
    name: { zh: '性别：女', en: 'Gender: female' },
    rule: all({ kind: 'attribute', filter: { property: 'gender', op: 'eq', value: '女' } }),
  },
  {
    key: 'register_channel',
    name: { zh: '注册渠道：抖音、小红书', en: 'Registered through Douyin or Xiaohongshu' },
    rule: all(among('register_channel', '抖音', '小红书')),
  },
  {
    key: 'interested',
    name: { zh: '近 7 天浏览加购：浏览 ≥3 且加购 ≥1', en: 'Viewed 3+ and added to cart in 7 days' },
    rule: all(did('Product Viewed', 7, 3), did('Product Added', 7)),
  },
  {
    key: 'unused_coupon',
    name: { zh: '未使用优惠券：领券满 7 天没用', en: 'Claimed a coupon 7 days ago, still unused' },
    rule: all({
      kind: 'sequence',
      steps: [{ event: 'Coupon Claimed', filters: [], link: 'coupon_code' }],
      window: { kind: 'relative', to: 7, unit: 'day' },
      noneAfter: [{ event: 'Coupon Used', filters: [], link: 'coupon_code' }],
    }),
  },
  {
    key: 'high_value',
    name: { zh: '高客单价：30 天消费 ≥500', en: 'High value: spent 500+ in 30 days' },
    rule: all(total('Order Paid', 30, 'gte', 500)),
  },
  {
    key: 'low_frequency',
    name: { zh: '低频：本季度最多买 1 次', en: 'Low frequency: at most one order this quarter' },
    rule: all(ever(did('Order Paid', 90)), {
      ...did('Order Paid', 90),
      window: { kind: 'calendar', unit: 'quarter', from: 0, to: 0 },
      op: 'lte',
      value: 1,
    }),
  },
  {
    key: 'abandoned_cart',
    name: { zh: '加购未下单（3 天内）', en: 'Added to cart, no order (3 days)' },
    rule: all(did('Product Added', 3), never(did('Order Completed', 3))),
  },
  {
    key: 'unpaid',
    name: { zh: '下单未支付（待催付）', en: 'Ordered, not paid' },
    rule: all(did('Order Completed', 1), never(did('Order Paid', 1))),
  },
  {
    key: 'never_bought',
    name: { zh: '注册后从未下单', en: 'Signed up, never ordered' },
    rule: all(ever(did('Signed Up', 7)), ever(never(did('Order Paid', 7)))),
  },
  {
    key: 'repeat',
    name: { zh: '复购：90 天买 ≥2 次', en: 'Repeat buyers: 2+ orders in 90 days' },
    rule: all(did('Order Paid', 90, 2)),
  },
  {
    key: 'silent',
    name: { zh: '沉默用户：买过，近 30 天没来', en: 'Silent: bought once, not seen for 30 days' },
    rule: all(ever(did('Order Paid', 30)), never(did('Product Viewed', 30)), never(did('Order Paid', 30))),
  },
  {
    key: 'browsed_then_carted',
    name: { zh: '浏览后 30 分钟内加购同一商品', en: 'Viewed, and carted the same item within 30 minutes' },
    rule: all({
      kind: 'sequence',
      steps: [
        { event: 'Product Viewed', filters: [], link: 'product_id' },
        { event: 'Product Added', filters: [], link: 'product_id', within: { amount: 30, unit: 'minute' } },
      ],
      window: { kind: 'rolling', amount: 7, unit: 'day' },
    }),
  },
  {
    key: 'returned',
    name: { zh: '回流：30 天没来，近 7 天又来了', en: 'Returned: away for 30 days, back in the last 7' },
    rule: all({
      kind: 'sequence',
      steps: [
        { event: 'Product Viewed', filters: [] },
        {
          event: 'Product Viewed',
          filters: [],
          when: { kind: 'rolling', amount: 7, unit: 'day' },
          after: { amount: 30, unit: 'day' },
          without: [{ event: 'Product Viewed', filters: [] }],
        },
      ],
      window: { kind: 'ever' },
    }),
  },
  {
    key: 'evening',
    name: { zh: '常活跃时段：晚间（20 点至 23 点浏览 ≥3 次）', en: 'Active in the evening (3+ views from 20:00 to 23:00)' },
    rule: all({ ...did('Product Viewed', 30, 3), clock: { hours: { from: '20:00', to: '23:00' } } }),
  },
  {
    key: 'preferred_category',
    name: { zh: '偏好类目：看得最多的是美妆', en: 'Preferred category: mostly views beauty' },
    rule: all({
      kind: 'preference',
      event: 'Product Viewed',
      filters: [],
      window: { kind: 'rolling', amount: 30, unit: 'day' },
      of: { kind: 'property', property: 'category' },
      rank: 1,
      least: 3,
      values: ['美妆'],
    }),
  },
  {
    key: 'weekend',
    name: { zh: '周末购买', en: 'Buys on weekends' },
    rule: all({ ...did('Order Paid', 90), clock: { weekdays: [6, 7] } }),
  },
  {
    key: 'new_customer',
    name: { zh: '新客：首次购买在本月', en: 'New: first order this month' },
    rule: all({
      kind: 'occurrence',
      which: 'first',
      event: 'Order Paid',
      filters: [],
      window: { kind: 'ever' },
      when: { kind: 'calendar', unit: 'month', from: 0, to: 0 },
      where: [],
    }),
  },
  {
    key: 'birthday',
    name: { zh: '7 天内过生日', en: 'Birthday within 7 days' },
    rule: all({
      kind: 'attribute',
      filter: { property: 'birthday', op: 'anniversary', window: { kind: 'calendar', unit: 'day', from: 0, to: 7 } },
    }),
  },
  {
    key: 'double_eleven',
    name: { zh: '去年双 11 购买过', en: 'Bought in last year’s Double 11' },
    rule: all({ ...did('Order Paid', 1), window: { kind: 'annual', from: '11-01', to: '11-11', year: -1 } }),
  },
]
