import type { EventRule, Input, PropertyFilter, Rule, RuleWindow } from '@chaoxi/contract'

type Tag = Input<'tagCreate'>['body']
type Segment = Input<'segmentCreate'>['body']

const days = (amount: number): RuleWindow => ({ kind: 'rolling', amount, unit: 'day' })
const count = (event: string, window: RuleWindow, op: EventRule['op'], value: number, filters: PropertyFilter[] = []): EventRule => ({
  kind: 'event',
  event,
  filters,
  window,
  measure: { fn: 'count' },
  op,
  value,
})
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })
const is = (property: string, value: string): Rule => ({ kind: 'attribute', filter: { property, op: 'eq', value } })
const spent = (window: RuleWindow, value: number): EventRule => ({
  ...count('Order Paid', window, 'gte', value),
  measure: { fn: 'sum', property: 'total' },
})
const likes = (category: string): Rule => count('Product Viewed', days(30), 'gte', 5, [{ property: 'category', op: 'eq', value: category }])

const tag = (key: string, name: string, layer: Tag['layer'], rule: Rule, scene = '', description = ''): Tag => ({
  key,
  name,
  layer,
  rule,
  scene,
  description,
  mode: 'dynamic',
  values: [],
  several: false,
  model: null,
})

/** A starter set, a few of each layer, with the numbers of the operating handbook (SPEC T1). */
export const sampleTags: readonly Tag[] = [
  tag('female', '女性', 'basic', is('gender', '女')),
  tag('from_douyin', '抖音注册', 'basic', is('register_channel', '抖音')),
  tag(
    'interested_7d',
    '近7天浏览加购',
    'behaviour',
    all(count('Product Viewed', days(7), 'gte', 3), count('Product Added', days(7), 'gte', 1)),
    '催单、限时优惠',
    '7 天内浏览 ≥3 次且加购 ≥1 次',
  ),
  tag('unpaid', '下单未支付', 'behaviour', all(count('Order Completed', days(1), 'gte', 1), count('Order Paid', days(1), 'eq', 0)), '催付'),
  tag('high_value', '高客单价', 'value', spent(days(30), 500), '会员关怀、新品优先', '30 天内支付 ≥500 元'),
  tag(
    'low_frequency',
    '低频购买',
    'value',
    all(count('Order Paid', { kind: 'ever' }, 'gte', 1), count('Order Paid', days(90), 'lte', 1)),
    '复购提醒',
    '买过，90 天内不超过 1 次',
  ),
  tag('likes_beauty', '偏好美妆', 'preference', likes('美妆'), '新品推荐', '30 天内浏览美妆 ≥5 次'),
  tag('likes_gadgets', '偏好数码', 'preference', likes('数码'), '新品推荐', '30 天内浏览数码 ≥5 次'),
  tag(
    'unused_coupon',
    '未使用优惠券',
    'scene',
    all(count('Coupon Claimed', { kind: 'ever' }, 'gte', 1), count('Coupon Used', { kind: 'ever' }, 'eq', 0)),
    '用券提醒',
    '领取了优惠券还没有使用',
  ),
]

const segment = (key: string, name: string, scene: string, description: string, rule: Rule): Segment => ({
  key,
  name,
  scene,
  description,
  rule,
  mode: 'dynamic',
})

export const sampleSegments: readonly Segment[] = [
  segment(
    'wants_expensive',
    '看过高价商品未购买',
    '新品推荐',
    '30 天内浏览过 500 元以上商品、没有支付过',
    all(
      count('Product Viewed', days(30), 'gte', 1, [{ property: 'price', op: 'gte', value: 500 }]),
      count('Order Paid', days(30), 'eq', 0),
    ),
  ),
  segment(
    'silent_10d',
    '沉默用户',
    '唤醒',
    '注册过，10 天没有来过',
    all(count('Signed Up', { kind: 'ever' }, 'gte', 1), count('$page', days(10), 'eq', 0)),
  ),
  segment(
    'valuable_women',
    '高价值女性',
    '新品推荐',
    '女性且高客单价',
    all({ kind: 'tag', tag: 'female' }, { kind: 'tag', tag: 'high_value' }),
  ),
  segment(
    'hesitating',
    '加购未下单',
    '催付',
    '3 天内加购、没有下单',
    all(count('Product Added', days(3), 'gte', 1), count('Order Completed', days(3), 'eq', 0)),
  ),
]
