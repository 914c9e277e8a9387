import type { EventRule, Rule } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import { newEventRule } from './rule-editing.ts'
import { type Naming, ruleSentence } from './rule-sentence.ts'

const names: Record<string, string> = { high_value: '高客单价', silent: '沉默用户' }
const zh: Naming = { language: 'zh', timeZone: 'Asia/Shanghai', tag: (key) => names[key] ?? key, segment: (key) => names[key] ?? key }
const en: Naming = { ...zh, language: 'en', tag: (key) => key, segment: (key) => key }
const viewed: EventRule = { ...newEventRule('Product Viewed'), value: 3 }
const spent: EventRule = {
  kind: 'event',
  event: 'Order Paid',
  filters: [],
  window: { kind: 'rolling', amount: 30, unit: 'day' },
  measure: { fn: 'sum', property: 'total' },
  op: 'gte',
  value: 500,
}

it('reads viewed at least three times and carted once as an operator would say it', () => {
  const rule: Rule = { kind: 'all', rules: [viewed, newEventRule('Product Added')] }
  expect(ruleSentence(rule, zh)).toBe('近 7 天浏览商品至少 3 次，且近 7 天有过加购')
  expect(ruleSentence(rule, en)).toBe(
    'did “Product Viewed” at least 3 times in the last 7 days, and did “Product Added” in the last 7 days',
  )
})

it('reads sums, never-did and property filters', () => {
  expect(ruleSentence(spent, zh)).toBe('近 30 天支付订单的订单金额合计至少 500')
  const never: Rule = { ...newEventRule('Order Paid'), op: 'eq', value: 0, window: { kind: 'ever' } }
  expect(ruleSentence(never, zh)).toBe('历史上没有支付订单')
  expect(ruleSentence(never, en)).toBe('did not do “Order Paid” at any time')
  const pricey: Rule = {
    ...viewed,
    filters: [
      { property: 'price', op: 'gt', value: 500 },
      { property: 'category', op: 'in', value: ['女装', '鞋'] },
    ],
  }
  expect(ruleSentence(pricey, zh)).toBe('近 7 天浏览商品（价格大于 500、类目是「女装」「鞋」之一）至少 3 次')
})

it('brackets a group within a group and says what is negated', () => {
  const rule: Rule = {
    kind: 'all',
    rules: [
      {
        kind: 'any',
        rules: [
          { kind: 'attribute', filter: { property: 'city', op: 'eq', value: '杭州' } },
          { kind: 'tag', tag: 'high_value' },
        ],
      },
      { kind: 'not', rule: { kind: 'segment', segment: 'silent' } },
      { kind: 'not', rule: { kind: 'all', rules: [viewed, spent] } },
    ],
  }
  expect(ruleSentence(rule, zh)).toBe(
    '（城市是「杭州」，或有标签「高客单价」），且不在人群「沉默用户」中，且不满足（近 7 天浏览商品至少 3 次，且近 30 天支付订单的订单金额合计至少 500）',
  )
})

it('says who an empty group means, and shows dates in the workspace zone', () => {
  expect(ruleSentence({ kind: 'all', rules: [] }, zh)).toBe('所有人')
  expect(ruleSentence({ kind: 'any', rules: [] }, en)).toBe('nobody')
  const double11: Rule = { ...viewed, window: { kind: 'between', from: '2026-10-31T16:00:00.000Z', to: '2026-11-11T15:30:00.000Z' } }
  expect(ruleSentence(double11, zh)).toBe('在 2026-11-01 至 2026-11-11 23:30 期间浏览商品至少 3 次')
})
