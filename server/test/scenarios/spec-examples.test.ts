import type { EventRule, Rule, RuleFilter, RuleWindow } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { day, type LiveShop, openLiveShop, rolling } from '../harness/live-shop.ts'

// The examples of SPEC rows T1 and T5 under their Chinese names, live: from the shop's calls through the intake to who is in, in
// through an event or an attribute and out through another or through time alone. What each rule means at its edges is asked in
// server/src/query/*-examples.test.ts; 近7天浏览加购 lives in tags.test.ts, tags with values in valued-tag.test.ts.

let app: TestApp
let happened: LiveShop['happened']
let tell: LiveShop['tell']
let pass: LiveShop['pass']
let tagged: LiveShop['tagged']
let inside: LiveShop['inside']
let idOf: LiveShop['idOf']
beforeAll(async () => {
  ;({ app, happened, tell, pass, tagged, inside, idOf } = await openLiveShop())
})
afterAll(() => app.close())

const ever: RuleWindow = { kind: 'ever' }
const count = (event: string, op: EventRule['op'], value: number, window: RuleWindow, filters: RuleFilter[] = []): EventRule => ({
  ...{ kind: 'event', event, filters, window, measure: { fn: 'count' }, op, value },
})
const did = (event: string, window: RuleWindow, filters: RuleFilter[] = []) => count(event, 'gte', 1, window, filters)
const never = (event: string, window: RuleWindow) => count(event, 'eq', 0, window)
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })
const any = (...rules: Rule[]): Rule => ({ kind: 'any', rules })

type Layer = 'basic' | 'behaviour' | 'value' | 'preference' | 'scene'
const createTag = (key: string, name: string, layer: Layer, rule: Rule | null) =>
  app.call('tagCreate', { body: { key, name, layer, mode: rule === null ? 'static' : 'dynamic', rule } })
const createSegment = (key: string, name: string, rule: Rule | null) =>
  app.call('segmentCreate', { body: { key, name, mode: rule === null ? 'static' : 'dynamic', rule } })

const known = (userId: string, traits: object) => ({ type: 'identify', userId, traits, timestamp: new Date(app.clock.now()).toISOString() })

/** Until a local time of the shop's zone. */
const passUntil = (local: string) => pass(Date.parse(`${local}+08:00`) - app.clock.now())

describe('T1 标签', () => {
  test('性别: a static tag of the basic layer is given and taken by hand, and no event turns it', async () => {
    await createTag('gender_female', '性别：女', 'basic', null)
    await tell(known('t1_lan', { gender: '女' }), known('t1_gang', { gender: '男' }))
    await app.call('tagMembers', { params: { key: 'gender_female' }, body: { add: [await idOf('t1_lan'), await idOf('t1_gang')] } })
    await app.settle()
    expect(await tagged('gender_female')).toEqual(['t1_gang', 't1_lan'])
    await app.call('tagMembers', { params: { key: 'gender_female' }, body: { remove: [await idOf('t1_gang')] } })
    await tell(known('t1_lan', { gender: '男' }))
    expect(await tagged('gender_female')).toEqual(['t1_lan'])
    expect(await app.call('tag', { params: { key: 'gender_female' } })).toMatchObject({ layer: 'basic', mode: 'static', size: 1 })
  })

  test('注册渠道: a static tag stays with a person through a merge and its undoing', async () => {
    await createTag('channel_douyin', '注册渠道：抖音', 'basic', null)
    await tell(known('t1_dou', {}), known('t1_yin', {}))
    const [dou, yin] = [await idOf('t1_dou'), await idOf('t1_yin')]
    await app.call('tagMembers', { params: { key: 'channel_douyin' }, body: { add: [dou] } })
    await app.call('personMerge', { params: { id: yin }, body: { from: dou, note: '' } })
    await app.settle()
    expect((await app.call('people', { query: { tag: 'channel_douyin' } })).items.map((person) => person.id)).toEqual([yin])
    const { merges } = await app.call('personIdentity', { params: { id: yin } })
    await app.call('personSplit', { params: { id: yin }, body: { merge: merges[0]?.id ?? '', note: '不是同一人' } })
    await app.settle()
    expect(await tagged('channel_douyin')).toEqual(['t1_dou'])
  })

  test('未使用优惠券: seven days after the claim without an event, and gone with the use of that coupon', async () => {
    await createTag('coupon_unused', '未使用优惠券', 'scene', {
      kind: 'sequence',
      steps: [{ event: 'Coupon Claimed', filters: [], link: 'coupon_id' }],
      window: { kind: 'relative', to: 7, unit: 'day' },
      noneAfter: [{ event: 'Coupon Used', filters: [], link: 'coupon_id' }],
    })
    const [a, b] = [{ coupon_id: 'a' }, { coupon_id: 'b' }]
    await tell(happened('t1_hui', 'Coupon Claimed', a), happened('t1_quick', 'Coupon Claimed', a))
    await pass(6 * day)
    await tell(happened('t1_quick', 'Coupon Used', a), happened('t1_hui', 'Coupon Claimed', b), happened('t1_hui', 'Coupon Used', b))
    expect(await tagged('coupon_unused')).toEqual([])
    await pass(day)
    expect(await tagged('coupon_unused')).toEqual(['t1_hui'])
    const { tags } = await app.call('person', { params: { id: await idOf('t1_hui') } })
    expect(tags.find((tag) => tag.key === 'coupon_unused')).toMatchObject({ reason: 'time' })
    await tell(happened('t1_hui', 'Coupon Used', a))
    expect(await tagged('coupon_unused')).toEqual([])
  })

  test('高客单价: with the order that makes 500 in 30 days, until the first of them is 30 days ago', async () => {
    await createTag('big_ticket', '高客单价', 'value', {
      ...count('Order Paid', 'gte', 500, rolling(30)),
      measure: { fn: 'sum', property: 'total' },
    })
    await tell(happened('t1_qian', 'Order Paid', { order_id: 'q1', total: 300.1 }))
    await pass(10 * day)
    await tell(happened('t1_qian', 'Order Paid', { order_id: 'q2', total: 199.89 }))
    expect(await tagged('big_ticket')).toEqual([])
    await tell(happened('t1_qian', 'Order Paid', { order_id: 'q3', total: 0.01 }))
    expect(await tagged('big_ticket')).toEqual(['t1_qian'])
    await pass(20 * day - 1)
    expect(await tagged('big_ticket')).toEqual(['t1_qian'])
    await pass(1)
    expect(await tagged('big_ticket')).toEqual([])
  })

  test('低频: at most one order in the quarter of those who ever bought, until the second, and again with the next quarter', async () => {
    await createTag(
      'seldom',
      '低频',
      'value',
      all(did('Order Paid', ever), count('Order Paid', 'lte', 1, { kind: 'calendar', unit: 'quarter', from: 0, to: 0 })),
    )
    await passUntil('2026-04-10T12:00:00')
    await tell(happened('t1_ji', 'Order Paid', { order_id: 'j1', total: 1 }), happened('t1_look', 'Product Viewed'))
    expect(await tagged('seldom')).toContain('t1_ji')
    expect(await tagged('seldom')).not.toContain('t1_look')
    await passUntil('2026-06-30T23:59:59')
    await tell(happened('t1_ji', 'Order Paid', { order_id: 'j2', total: 1 }))
    expect(await tagged('seldom')).not.toContain('t1_ji')
    await passUntil('2026-07-01T00:00:00')
    expect(await tagged('seldom')).toContain('t1_ji')
  })
})

describe('T5 人群', () => {
  test('浏览过 500 元以上商品且未购买', async () => {
    const dear: RuleFilter = { property: 'price', op: 'gt', value: 500 }
    await createSegment(
      'dear_unbought',
      '浏览过 500 元以上商品且未购买',
      all(did('Product Viewed', ever, [dear]), never('Order Paid', ever)),
    )
    await tell(happened('t5_lu', 'Product Viewed', { price: 899 }), happened('t5_bao', 'Product Viewed', { price: 500 }))
    expect(await inside('dear_unbought')).toEqual(['t5_lu'])
    await tell(happened('t5_lu', 'Order Paid', { order_id: 'l1', total: 899 }))
    expect(await inside('dear_unbought')).toEqual([])
  })

  test('加购某类目且未下单', async () => {
    const shoes: RuleFilter = { property: 'category', op: 'in', value: ['女装', '鞋'] }
    const rule = all(did('Product Added', rolling(30), [shoes]), never('Order Completed', rolling(30)))
    await createSegment('cart_shoes', '加购某类目且未下单', rule)
    await tell(happened('t5_xie', 'Product Added', { category: '鞋' }), happened('t5_shu', 'Product Added', { category: '数码' }))
    expect(await inside('cart_shoes')).toEqual(['t5_xie'])
    await tell(happened('t5_xie', 'Order Completed', { order_id: 'x1', total: 9 }))
    expect(await inside('cart_shoes')).toEqual([])
  })

  test('连续 3 天未访问: at midnight after the third whole day away, until the next visit', async () => {
    const rule: Rule = { ...count('Page Viewed', 'gte', 3, ever), measure: { fn: 'days_absent' } }
    await createSegment('absent', '连续 3 天未访问', rule)
    await passUntil('2026-07-06T22:00:00')
    await tell(happened('t5_wang', 'Page Viewed'))
    await passUntil('2026-07-09T23:59:59')
    expect(await inside('absent')).toEqual([])
    await passUntil('2026-07-10T00:00:00')
    expect(await inside('absent')).toEqual(['t5_wang'])
    await tell(happened('t5_wang', 'Page Viewed'))
    expect(await inside('absent')).toEqual([])
  })

  test('会员等级是金卡或钻石', async () => {
    const rule: Rule = { kind: 'attribute', filter: { property: 'tier', op: 'in', value: ['金卡', '钻石'] } }
    await createSegment('gold_or_diamond', '会员等级是金卡或钻石', rule)
    await tell(known('t5_jin', { tier: '金卡' }), known('t5_yin', { tier: '银卡' }))
    expect(await inside('gold_or_diamond')).toEqual(['t5_jin'])
    await tell(known('t5_yin', { tier: '钻石' }), known('t5_jin', { tier: '普通' }))
    expect(await inside('gold_or_diamond')).toEqual(['t5_yin'])
  })

  test('3-10 天前加购或收藏且 10 天内未购买: comes after three days and goes after ten, or with an order', async () => {
    const ago: RuleWindow = { kind: 'relative', from: 10, to: 3, unit: 'day' }
    const rule = all(any(did('Product Added', ago), did('Product Added to Wishlist', ago)), never('Order Paid', rolling(10)))
    await createSegment('hesitant', '3-10 天前加购或收藏且 10 天内未购买', rule)
    await pass(10 * day)
    await tell(happened('t5_cart', 'Product Added'), happened('t5_like', 'Product Added to Wishlist'))
    expect(await inside('hesitant')).toEqual([])
    await pass(3 * day)
    expect(await inside('hesitant')).toEqual(['t5_cart', 't5_like'])
    await tell(happened('t5_like', 'Order Paid', { order_id: 'k1', total: 1 }))
    expect(await inside('hesitant')).toEqual(['t5_cart'])
    await pass(7 * day)
    expect(await inside('hesitant')).toEqual([])
  })

  test('去年双 11 购买过: from history at once, and with the new year nobody any more', async () => {
    await tell(
      happened('t5_eleven', 'Order Paid', { order_id: 'e1', total: 1 }, Date.parse('2025-11-11T23:59:59+08:00')),
      happened('t5_twelve', 'Order Paid', { order_id: 'e2', total: 1 }, Date.parse('2025-11-12T00:00:00+08:00')),
    )
    await createSegment('eleven', '去年双 11 购买过', did('Order Paid', { kind: 'annual', from: '11-01', to: '11-11', year: -1 }))
    await app.settle()
    expect(await inside('eleven')).toEqual(['t5_eleven'])
    await passUntil('2026-12-31T23:59:59')
    expect(await inside('eleven')).toEqual(['t5_eleven'])
    await passUntil('2027-01-01T00:00:00')
    expect(await inside('eleven')).toEqual([])
  })

  test('人群交集、并集、差集: with an uploaded list (上传名单) among them, live as their parts are', async () => {
    const segment = (key: string): Rule => ({ kind: 'segment', segment: key })
    await createSegment('uploaded', '上传名单', null)
    await createSegment('both', '交集', all(segment('uploaded'), segment('gold_or_diamond')))
    await createSegment('either', '并集', any(segment('uploaded'), segment('gold_or_diamond')))
    await createSegment('minus', '差集', all(segment('uploaded'), { kind: 'not', rule: segment('gold_or_diamond') }))
    await tell(known('t5_plain', {}))
    await app.call('segmentMembers', { params: { key: 'uploaded' }, body: { add: [await idOf('t5_plain'), await idOf('t5_yin')] } })
    await app.settle()
    expect([await inside('both'), await inside('either'), await inside('minus')]).toEqual([
      ['t5_yin'],
      ['t5_plain', 't5_yin'],
      ['t5_plain'],
    ])
    await tell(known('t5_plain', { tier: '金卡' }), known('t5_yin', { tier: '普通' }))
    expect([await inside('both'), await inside('either'), await inside('minus')]).toEqual([
      ['t5_plain'],
      ['t5_plain', 't5_yin'],
      ['t5_yin'],
    ])
    const { usedBy } = await app.call('segment', { params: { key: 'uploaded' } })
    expect(usedBy.map((one) => one.name).sort()).toEqual(['交集', '差集', '并集'])
  })
})
