import type { EventRule, Rule, RuleWindow } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import { newEventRule } from './rule-editing.ts'
import { type Naming, ruleSentence, windowSentence } from './rule-sentence.ts'

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

it('reads the windows of the calendar, of an attribute and of another year', () => {
  const windows: [RuleWindow, string, string][] = [
    [{ kind: 'calendar', unit: 'day', from: 0, to: 0 }, '今天', 'today'],
    [{ kind: 'calendar', unit: 'day', from: -6, to: 0 }, '6 天前至今天', '6 days ago to today'],
    [{ kind: 'calendar', unit: 'month', from: -1, to: -1 }, '上月', 'last month'],
    [{ kind: 'annual', from: '11-01', to: '11-11', year: -1 }, '去年 11-01 至 11-11', 'from 11-01 to 11-11 last year'],
    [{ kind: 'relative', from: 10, to: 3, unit: 'day' }, '10 至 3 天前', '10 to 3 days ago'],
    [{ kind: 'relative', to: 30, unit: 'day' }, '30 天前或更早', '30 days ago or earlier'],
    [{ kind: 'dates', from: '2026-11-01', to: '2026-11-11' }, '2026-11-01 至 2026-11-11', 'from 2026-11-01 to 2026-11-11'],
    [
      { kind: 'since', attribute: 'registered_at', within: { amount: 7, unit: 'day' } },
      '注册时间后 7 天内',
      'within 7 days of registered at',
    ],
  ]
  for (const [window, chinese, english] of windows) {
    expect(windowSentence(window, zh)).toBe(chinese)
    expect(windowSentence(window, en)).toBe(english)
  }
})

it('reads first and last, sequences, days, dates, lists, shares and values of tags', () => {
  const says = (rule: Rule, chinese: string, english: string) => {
    expect(ruleSentence(rule, zh)).toBe(chinese)
    expect(ruleSentence(rule, en)).toBe(english)
  }
  const paid = { event: 'Order Paid', filters: [] }
  const ever = { kind: 'ever' } as const
  says(
    { kind: 'occurrence', which: 'first', ...paid, window: ever, when: { kind: 'calendar', unit: 'month', from: 0, to: 0 }, where: [] },
    '历史上首次支付订单在本月',
    'the first “Order Paid” at any time: was this month',
  )
  says(
    {
      kind: 'sequence',
      steps: [
        { event: 'Product Viewed', filters: [], link: 'product_id' },
        { event: 'Product Added', filters: [], link: 'product_id', within: { amount: 30, unit: 'minute' }, without: [paid] },
      ],
      window: { kind: 'rolling', amount: 7, unit: 'day' },
      noneAfter: [paid],
    },
    '近 7 天先浏览商品，30 分钟内再加购（其间没有支付订单），之后没有支付订单，为同一商品 ID',
    'did “Product Viewed”, then “Product Added” within 30 minutes (without “Order Paid” in between), and no “Order Paid” since, with the same product id, in the last 7 days',
  )
  says(
    { ...viewed, clock: { hours: { from: '20:00', to: '23:00' } }, filters: [{ property: 'price', op: 'gt', value: 500 }] },
    '近 7 天浏览商品（20:00–23:00、价格大于 500）至少 3 次',
    'did “Product Viewed” (20:00–23:00, price is above 500) at least 3 times in the last 7 days',
  )
  says(
    { ...newEventRule('Order Paid'), clock: { hours: { from: '22:00', to: '02:00' }, weekdays: [6, 7] } },
    '近 7 天有过支付订单（周六、周日 22:00–次日 02:00）',
    'did “Order Paid” (Sat, Sun 22:00–next day 02:00) in the last 7 days',
  )
  const prefers: Rule = {
    kind: 'preference',
    event: 'Product Viewed',
    filters: [],
    window: { kind: 'rolling', amount: 30, unit: 'day' },
    of: { kind: 'property', property: 'category' },
    rank: 1,
    least: 3,
    values: ['美妆', '母婴'],
  }
  says(
    prefers,
    '近 30 天浏览商品最多的类目是「美妆」或「母婴」（至少 3 次）',
    'the category with the most “Product Viewed” in the last 30 days is “美妆” or “母婴” (at least 3 times)',
  )
  says(
    {
      ...prefers,
      event: 'Order Paid',
      of: { kind: 'bands', property: 'total', edges: [0, 100, 300] },
      sum: 'total',
      rank: 2,
      least: 1,
      values: [100, 300],
    },
    '近 30 天支付订单的订单金额合计最高的前 2 个订单金额段里有「100–300」或「300 以上」',
    '“100–300” or “300 or more” is among the 2 values of band of total with the highest total total of “Order Paid” in the last 30 days',
  )
  says(
    { ...prefers, of: { kind: 'hours', edges: [6, 18, 23] }, values: [23] },
    '近 30 天浏览商品最多的时段是「23–6 点」（至少 3 次）',
    'the time of day with the most “Product Viewed” in the last 30 days is “23–6 o’clock” (at least 3 times)',
  )
  const seen = { event: 'Product Viewed', filters: [] }
  says(
    {
      kind: 'sequence',
      steps: [
        seen,
        {
          ...seen,
          when: { kind: 'rolling', amount: 7, unit: 'day' },
          after: { amount: 30, unit: 'day' },
          within: { amount: 90, unit: 'day' },
          without: [seen],
        },
      ],
      window: ever,
    },
    '历史上先浏览商品，至少 30 天后、90 天内再浏览商品（在近 7 天，其间没有浏览商品）',
    'did “Product Viewed”, then “Product Viewed” at least 30 days later and within 90 days (in the last 7 days, without “Product Viewed” in between), at any time',
  )
  says(
    { ...viewed, measure: { fn: 'days_absent' }, value: 3, window: ever },
    '历史上做过浏览商品，之后已连续至少 3 天没有',
    'did “Product Viewed” at any time, then not for at least 3 days running up to now',
  )
  says(
    { kind: 'attribute', filter: { property: 'birthday', op: 'anniversary', window: { kind: 'calendar', unit: 'day', from: 0, to: 7 } } },
    '生日的周年在今天至 7 天后',
    'the anniversary of birthday is today to 7 days from now',
  )
  says(
    { kind: 'attribute', filter: { property: 'interests', op: 'includes_any', value: ['户外', '露营'] } },
    'interests包含「户外」「露营」中的任何一个',
    'interests has any of “户外”, “露营”',
  )
  says({ kind: 'random', seed: '灰度', from: 0, to: 10 }, '在随机分组「灰度」的 0% 至 10%', 'is in 0% to 10% of the random split “灰度”')
  says(
    { kind: 'not', rule: { kind: 'tag', tag: 'tier', values: ['金卡', '钻石'] } },
    '标签「tier」不是「金卡」或「钻石」',
    'does not have the tag “tier” with “金卡” or “钻石”',
  )
})
