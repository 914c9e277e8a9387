import type { Rule, RuleWindow } from '@chaoxi/contract'
import { describe, expect, test } from 'vitest'
import { all, at, day, days, did, ever, is, not, now, openExamples, paid, stored, timeZone } from './examples.test-kit.ts'
import { type DefinitionLookup, matches, type PersonFacts, resolve } from './index.ts'
import { evaluatePrinted } from './printed.ts'

// Tags, segments and shares of everyone.

const { shop, examples } = openExamples()

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

describe('T1 标签', () => {
  examples({
    注册渠道: {
      rule: { kind: 'tag', tag: 'register_channel', values: ['抖音', '小红书'] },
      people: {
        是抖音: { tags: { register_channel: '抖音' } },
        是小红书: { tags: { register_channel: '小红书' } },
        微信: { tags: { register_channel: '微信' } },
        未知: {},
      },
    },
  })
})

describe('T5 人群', () => {
  examples({
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
  const people = Array.from(
    { length: 500 },
    (_, i): PersonFacts => ({ personId: i + 1, attributes: {}, events: [], tags: new Map(), segments: new Set() }),
  )
  const workspaceId = await shop.store(people)
  const shares = Array.from({ length: 10 }, (_, i): Rule => ({ kind: 'random', seed: '灰度', from: i * 10, to: (i + 1) * 10 }))
  const rules = shares.map((rule) => resolve(rule, stored))
  const found = await evaluatePrinted(shop.clickhouse, { workspaceId, rules, people: 'everyone', now, timeZone })
  for (const [i, share] of found.entries()) {
    expect(share.people.size).toBeGreaterThan(25)
    expect([...share.people].sort((a, b) => a - b)).toEqual(
      people.filter((one) => matches(rules[i] ?? { kind: 'any', rules: [] }, one, now + day, timeZone)).map((one) => one.personId),
    )
  }
  expect(new Set(found.flatMap((share) => [...share.people])).size).toBe(500)
  expect(found.reduce((sum, share) => sum + share.people.size, 0)).toBe(500)
})
