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

export const ruleStarters: readonly RuleStarter[] = [
  {
    key: 'interested',
    name: { zh: '近 7 天浏览 ≥3 且加购 ≥1', en: 'Viewed 3+ and added to cart in 7 days' },
    rule: all(did('Product Viewed', 7, 3), did('Product Added', 7)),
  },
  {
    key: 'high_value',
    name: { zh: '高客单价：30 天消费 ≥500', en: 'High value: spent 500+ in 30 days' },
    rule: all(total('Order Paid', 30, 'gte', 500)),
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
    key: 'unused_coupon',
    name: { zh: '7 天内领券未用', en: 'Claimed a coupon, not used in 7 days' },
    rule: all(did('Coupon Claimed', 7), never(did('Coupon Used', 7))),
  },
  {
    key: 'never_bought',
    name: { zh: '注册后从未下单', en: 'Signed up, never ordered' },
    rule: all(ever(did('Signed Up', 7)), ever(never(did('Order Paid', 7)))),
  },
  {
    key: 'low_frequency',
    name: { zh: '低频：一季度最多买 1 次', en: 'Low frequency: at most one order a quarter' },
    rule: all(ever(did('Order Paid', 90)), { ...did('Order Paid', 90), op: 'lte', value: 1 }),
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
]
