import { type EventRule, type Rule, type RuleFilter, type RuleWindow, ruleProblems, ruleSchema, type SequenceRule } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { evaluateInMemory } from './evaluation.test-kit.ts'
import { createQuery, type DefinitionLookup, type FactEvent, matches, type PersonFacts, type Query, resolve } from './index.ts'
import { naiveAnswer } from './naive.test-kit.ts'
import { evaluatePrinted } from './printed.ts'

// Every example of SPEC rows T1 and T5 under its Chinese name: a rule over a small history, and who it is meant to find.
// Each is asked of ClickHouse, of the predicate and of the naive reading.

const timeZone = 'Asia/Shanghai'
const now = Date.parse('2026-11-22T10:00:00+08:00')
const day = 86_400_000
const hour = 3_600_000

interface Shopper {
  readonly attributes?: Record<string, unknown>
  readonly events?: readonly FactEvent[]
  /** Stored tags: plain ones under '', others with their values. */
  readonly tags?: Record<string, string>
  readonly segments?: readonly string[]
}

/** An event so many days ago, or at a local time. */
function at(when: number | string, event: string, properties: Record<string, unknown> = {}): FactEvent {
  const time = typeof when === 'number' ? now - when * day : Date.parse(`${when.replace(' ', 'T')}+08:00`)
  return { event, time, properties }
}
const times = (count: number, event: FactEvent): FactEvent[] =>
  Array.from({ length: count }, (_, i) => ({ ...event, time: event.time - i * 1000 }))

const days = (amount: number): RuleWindow => ({ kind: 'rolling', amount, unit: 'day' })
const ever: RuleWindow = { kind: 'ever' }
const count = (event: string, op: EventRule['op'], value: number, window: RuleWindow, filters: RuleFilter[] = []): EventRule => ({
  kind: 'event',
  event,
  filters,
  window,
  measure: { fn: 'count' },
  op,
  value,
})
const did = (event: string, window: RuleWindow, filters: RuleFilter[] = []) => count(event, 'gte', 1, window, filters)
const never = (event: string, window: RuleWindow, filters: RuleFilter[] = []) => count(event, 'eq', 0, window, filters)
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })
const any = (...rules: Rule[]): Rule => ({ kind: 'any', rules })
const not = (rule: Rule): Rule => ({ kind: 'not', rule })
const attribute = (filter: RuleFilter): Rule => ({ kind: 'attribute', filter })
const is = (property: string, value: string) => attribute({ property, op: 'eq', value })

const viewed = 'Product Viewed'
const added = 'Product Added'
const liked = 'Product Added to Wishlist'
const paid = 'Order Paid'

let stores: TestStores
let query: Query
let workspaces = 0
beforeAll(async () => {
  stores = await createTestStores()
  query = createQuery({ clickhouse: stores.clickhouse })
  await stores.clickhouse.command('system reload dictionary person_override_map')
})
afterAll(() => stores.close())

async function store(workspaceId: number, people: readonly PersonFacts[]): Promise<void> {
  const common = { workspace_id: workspaceId }
  await stores.clickhouse.insert(
    'profiles',
    people.map(({ personId, attributes }) => ({
      ...common,
      person_id: personId,
      attributes: JSON.stringify(attributes),
      merged: 0,
      created_at: now,
      version: 1,
    })),
  )
  const row = { ...common, type: 'track', message_id: '', message_hash: 0, user_id: '', anonymous_id: '', context: '{}', received_at: now }
  await stores.clickhouse.insert(
    'events',
    people.flatMap(({ personId, events }) =>
      events.map(({ event, time, properties }) => ({ ...row, person_id: personId, time, event, properties: JSON.stringify(properties) })),
    ),
  )
  const member = { ...common, at: now, seq: 1, entered: 1, reason: 'manual' }
  await stores.clickhouse.insert(
    'membership_changes',
    people.flatMap(({ personId, tags, segments }) => [
      ...[...tags].flatMap(([key, values]) => [...values].map((value) => ({ ...member, kind: 'tag', key, value, person_id: personId }))),
      ...[...segments].map((key) => ({ ...member, kind: 'segment', key, value: '', person_id: personId })),
    ]),
  )
}

const stored: DefinitionLookup = () => ({ mode: 'static' })

interface Example {
  readonly rule: Rule
  /** By name; whom the rule is meant to find begins with 是. */
  readonly people: Record<string, Shopper>
  readonly lookup?: DefinitionLookup
}

async function expectExample({ rule, people, lookup = stored }: Example): Promise<void> {
  const parsed: Rule = ruleSchema.parse(JSON.parse(JSON.stringify(rule)))
  expect(ruleProblems(parsed)).toEqual([])
  const workspaceId = ++workspaces
  const names = Object.keys(people)
  const facts = names.map((name, i): PersonFacts => {
    const { attributes = {}, events = [], tags = {}, segments = [] } = people[name] ?? {}
    return {
      personId: i + 1,
      attributes,
      events,
      tags: new Map(Object.entries(tags).map(([key, value]) => [key, new Set([value])])),
      segments: new Set(segments),
    }
  })
  await store(workspaceId, facts)
  const resolved = resolve(parsed, lookup)
  const wanted = names.filter((name) => name.startsWith('是'))
  const named = (ids: Iterable<number> = []) => names.filter((_, i) => new Set(ids).has(i + 1))
  const [everyone] = await evaluatePrinted(stores.clickhouse, { workspaceId, rules: [resolved], people: 'everyone', now, timeZone })
  const [given] = await evaluateInMemory(stores.clickhouse, {
    workspaceId,
    rules: [resolved],
    people: names.map((_, i) => i + 1),
    now,
    timeZone,
  })
  const estimate = await query.estimate({ workspaceId, rule: resolved, now, timeZone, sampleMax: 10, exact: true })
  expect(named(everyone?.people), 'everyone').toEqual(wanted)
  expect(named(given?.people), 'given people').toEqual(wanted)
  expect(estimate, 'estimate').toMatchObject({ clusters: [{ size: names.length, count: wanted.length }], total: names.length })
  expect(named(facts.filter((one) => matches(resolved, one, now, timeZone)).map((one) => one.personId)), 'predicate').toEqual(wanted)
  const naive = facts.filter((one) => naiveAnswer(parsed, one, { now, timeZone, lookup })).map((one) => one.personId)
  expect(named(naive), 'naive').toEqual(wanted)
}

const examples = (list: Record<string, Example>) => {
  for (const [name, example] of Object.entries(list)) test(name, () => expectExample(example))
}

describe('T1 标签', () => {
  examples({
    性别: {
      rule: is('gender', '女'),
      people: { 是她: { attributes: { gender: '女' } }, 他: { attributes: { gender: '男' } }, 未知: {} },
    },
    注册渠道: {
      rule: { kind: 'tag', tag: 'register_channel', values: ['抖音', '小红书'] },
      people: {
        是抖音: { tags: { register_channel: '抖音' } },
        是小红书: { tags: { register_channel: '小红书' } },
        微信: { tags: { register_channel: '微信' } },
        未知: {},
      },
    },
    近7天浏览加购: {
      rule: all(count(viewed, 'gte', 3, days(7)), did(added, days(7))),
      people: {
        是正好三次: { events: [...times(3, at(6, viewed)), at(1, added)] },
        只看两次: { events: [...times(2, at(1, viewed)), at(1, added)] },
        没加购: { events: times(5, at(1, viewed)) },
        满七天已出窗: { events: [...times(3, at(7, viewed)), at(1, added)] },
      },
    },
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

const stage: DefinitionLookup = (kind, key) => {
  const bought = (window: RuleWindow) => did(paid, window)
  if (kind === 'tag' && key === 'lifecycle')
    return {
      mode: 'valued',
      values: [
        { value: '活跃', rule: bought(days(30)) },
        { value: '流失', rule: all(bought(ever), not(bought(days(90)))) },
      ],
    }
  if (kind === 'segment' && key === 'core')
    return { mode: 'dynamic', rule: all({ kind: 'tag', tag: 'lifecycle', values: ['活跃'] }, is('city', '上海')) }
  if (kind === 'segment' && key === 'core_women')
    return { mode: 'dynamic', rule: all({ kind: 'segment', segment: 'core' }, is('gender', '女')) }
  return { mode: 'static' }
}

const sameItem = (...events: string[]): SequenceRule['steps'] => events.map((event) => ({ event, filters: [], link: 'product_id' }))

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
    会员等级是金卡或钻石: {
      rule: any(attribute({ property: 'tier', op: 'in', value: ['金卡', '钻石'] }), { kind: 'tag', tag: 'tier', values: ['金卡', '钻石'] }),
      people: {
        是金卡: { attributes: { tier: '金卡' } },
        是钻石标签: { tags: { tier: '钻石' } },
        银卡: { attributes: { tier: '银卡' }, tags: { tier: '银卡' } },
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
    '7 天内过生日': {
      rule: attribute({ property: 'birthday', op: 'anniversary', window: { kind: 'calendar', unit: 'day', from: 0, to: 7 } }),
      people: {
        是今天: { attributes: { birthday: '1990-11-22' } },
        是第七天: { attributes: { birthday: '11-29' } },
        昨天: { attributes: { birthday: '1990-11-21' } },
        第八天: { attributes: { birthday: '1990-11-30' } },
        没填: {},
      },
    },
    '生日在 2 月底': {
      rule: attribute({ property: 'birthday', op: 'month_day', from: '02-28', to: '02-29' }),
      people: { 是闰日: { attributes: { birthday: '2000-02-29' } }, 三月一日: { attributes: { birthday: '1999-03-01' } } },
    },
    '注册后 7 天内购买': {
      rule: did(paid, { kind: 'since', attribute: 'registered_at', within: { amount: 7, unit: 'day' } }),
      people: {
        是: { attributes: { registered_at: '2026-05-01 12:00:00' }, events: [at('2026-05-08 11:59:59', paid)] },
        满七天: { attributes: { registered_at: '2026-05-01 12:00:00' }, events: [at('2026-05-08 12:00:00', paid)] },
        不知何时注册: { events: [at('2026-05-08 11:59:59', paid)] },
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
    '优惠券 3 天内到期': {
      rule: did('Coupon Claimed', ever, [
        { property: 'expires_at', op: 'date_in', window: { kind: 'calendar', unit: 'day', from: 0, to: 3 } },
      ]),
      people: {
        是: { events: [at(9, 'Coupon Claimed', { expires_at: '2026-11-25 23:59:59' })] },
        第四天: { events: [at(9, 'Coupon Claimed', { expires_at: '2026-11-26' })] },
      },
    },
    上传名单: {
      rule: all({ kind: 'segment', segment: 'uploaded' }, not({ kind: 'segment', segment: 'staff' })),
      people: { 是在名单: { segments: ['uploaded'] }, 员工: { segments: ['uploaded', 'staff'] }, 不在: {} },
    },
    人群套人群: {
      rule: { kind: 'segment', segment: 'core_women' },
      lookup: stage,
      people: {
        是: { attributes: { city: '上海', gender: '女' }, events: [at(3, paid)] },
        已流失: { attributes: { city: '上海', gender: '女' }, events: [at(100, paid)] },
        北京: { attributes: { city: '北京', gender: '女' }, events: [at(3, paid)] },
      },
    },
    生命周期是流失: {
      rule: { kind: 'tag', tag: 'lifecycle', values: ['流失'] },
      lookup: stage,
      people: { 是: { events: [at(90, paid)] }, 活跃: { events: [at(3, paid)] }, 没买过: {} },
    },
    'RFM 重要价值客户': {
      rule: { kind: 'tag', tag: 'rfm', values: ['重要价值'] },
      people: { 是: { tags: { rfm: '重要价值' } }, 一般: { tags: { rfm: '一般保持' } }, 无: {} },
    },
  })
})

test('随机 10% 分组是稳定的，十组不重不漏', async () => {
  const workspaceId = ++workspaces
  const people = Array.from(
    { length: 500 },
    (_, i): PersonFacts => ({ personId: i + 1, attributes: {}, events: [], tags: new Map(), segments: new Set() }),
  )
  await store(workspaceId, people)
  const shares = Array.from({ length: 10 }, (_, i): Rule => ({ kind: 'random', seed: '灰度', from: i * 10, to: (i + 1) * 10 }))
  const rules = shares.map((rule) => resolve(rule, stored))
  const found = await evaluatePrinted(stores.clickhouse, { workspaceId, rules, people: 'everyone', now, timeZone })
  for (const [i, share] of found.entries()) {
    expect(share.people.size).toBeGreaterThan(25)
    expect([...share.people].sort((a, b) => a - b)).toEqual(
      people.filter((one) => matches(rules[i] ?? { kind: 'any', rules: [] }, one, now + day, timeZone)).map((one) => one.personId),
    )
  }
  expect(new Set(found.flatMap((share) => [...share.people])).size).toBe(500)
  expect(found.reduce((sum, share) => sum + share.people.size, 0)).toBe(500)
})
