import {
  AppError,
  type Catalogue,
  type EventRule,
  type PreferenceRule,
  type Rule,
  type RuleFilter,
  type RuleWindow,
  ruleProblems,
  ruleSchema,
} from '@chaoxi/contract'
import { expect, test } from 'vitest'
import {
  catalogueProblems,
  type DefinitionLookup,
  fingerprintOf,
  matches,
  matchesFilters,
  mayHoldForNobody,
  mentionsOf,
  type PersonFacts,
  resolve,
  resolveValues,
} from './index.ts'
import { printEvaluation } from './print.ts'
import { passesOf } from './printed.ts'

const viewed: EventRule = {
  kind: 'event',
  event: 'Product Viewed',
  filters: [{ property: 'price', op: 'gt', value: 500 }],
  window: { kind: 'ever' },
  measure: { fn: 'count' },
  op: 'gte',
  value: 1,
}
const tag = (key: string): Rule => ({ kind: 'tag', tag: key })

function lookup(definitions: Record<string, Rule | null>): DefinitionLookup {
  return (kind, key) => {
    const found = definitions[`${kind}:${key}`]
    if (found === undefined) return null
    return found === null ? { mode: 'static' } : { mode: 'dynamic', rule: found }
  }
}

function problemsOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_rule') return error.problems
    throw error
  }
  return []
}

const never = { mode: 'static' } as const
const someone: PersonFacts = { personId: 7, attributes: {}, events: [], tags: new Map(), segments: new Set() }

test('a dynamic name becomes its rule, a static one a membership', () => {
  const found = resolve(
    { kind: 'all', rules: [tag('hot'), { kind: 'not', rule: { kind: 'segment', segment: 'staff' } }] },
    lookup({ 'tag:hot': viewed, 'segment:staff': null }),
  )
  expect(found).toEqual({
    kind: 'all',
    rules: [viewed, { kind: 'not', rule: { kind: 'member', of: 'segment', key: 'staff', values: null } }],
  })
})

test('a value of a tag is the rule of that value and none before it, or a membership with it', () => {
  const lifecycle: DefinitionLookup = (_, key) =>
    key === 'stage'
      ? {
          mode: 'valued',
          values: [
            { value: '流失', rule: viewed },
            { value: '新客', rule: { kind: 'random', seed: 'x', from: 0, to: 10 } },
            { value: '其他', rule: { kind: 'all', rules: [] } },
          ],
        }
      : never
  const share = { kind: 'random', seed: 'x', from: 0, to: 10 } as const
  const notViewed = { kind: 'not', rule: viewed } as const
  const notFresh = { kind: 'all', rules: [notViewed, { kind: 'not', rule: share }] } as const
  const each = [viewed, { kind: 'all', rules: [notViewed, share] }, { kind: 'all', rules: [notFresh, { kind: 'all', rules: [] }] }]
  expect(resolve({ kind: 'tag', tag: 'stage', values: ['流失'] }, lifecycle)).toEqual({ kind: 'any', rules: [each[0]] })
  expect(resolve({ kind: 'tag', tag: 'stage', values: ['其他', '新客'] }, lifecycle)).toEqual({ kind: 'any', rules: each.slice(1) })
  expect(resolve({ kind: 'tag', tag: 'stage' }, lifecycle)).toEqual({ kind: 'any', rules: each })
  expect(resolve({ kind: 'tag', tag: 'tier', values: ['金卡', '钻石'] }, lifecycle)).toEqual({
    kind: 'member',
    of: 'tag',
    key: 'tier',
    values: ['金卡', '钻石'],
  })
  expect(problemsOf(() => resolve({ kind: 'any', rules: [{ kind: 'tag', tag: 'stage', values: ['沉睡'] }] }, lifecycle))).toEqual([
    { path: 'rules.0.values.0', message: 'the tag "stage" has no value "沉睡"; it has 流失, 新客, 其他' },
  ])
  expect(problemsOf(() => resolve({ kind: 'tag', tag: 'hot', values: ['x'] }, lookup({ 'tag:hot': viewed })))).toEqual([
    { path: 'values.0', message: 'the tag "hot" has no values' },
  ])
})

test('the values of a tag are resolved side by side, each with the paths of its own rule', () => {
  const values = [
    { value: 'a', rule: viewed },
    { value: 'b', rule: tag('b') },
  ]
  expect(resolveValues(values, lookup({ 'tag:b': viewed }))).toEqual([
    viewed,
    { kind: 'all', rules: [{ kind: 'not', rule: viewed }, viewed] },
  ])
  expect(problemsOf(() => resolveValues(values, lookup({})))).toEqual([
    { path: 'values.1.rule.tag', message: 'there is no tag with the key "b"' },
  ])
  const own: DefinitionLookup = () => ({ mode: 'valued', values })
  expect(problemsOf(() => resolveValues(values, own, { kind: 'tag', key: 'b' }))).toEqual([
    { path: 'values.1.rule.tag', message: 'the rule comes back to itself: tag:b → tag:b' },
  ])
})

test('a circle is found and told with its way, at the leaf of the asked rule that leads into it', () => {
  const definitions = lookup({ 'tag:a': { kind: 'not', rule: tag('b') }, 'tag:b': { kind: 'any', rules: [viewed, tag('a')] } })
  expect(problemsOf(() => resolve({ kind: 'all', rules: [viewed, tag('a')] }, definitions))).toEqual([
    { path: 'rules.1.tag', message: 'the rule comes back to itself: tag:a → tag:b → tag:a' },
  ])
  expect(problemsOf(() => resolve(tag('b'), definitions, { kind: 'tag', key: 'a' }))).toEqual([
    { path: 'tag', message: 'the rule comes back to itself: tag:a → tag:b → tag:a' },
  ])
})

test('names that double at every step cost no more than the definitions are long', () => {
  const definitions: Record<string, Rule> = { 'tag:t0': viewed }
  for (let i = 1; i < 150; i++)
    definitions[`tag:t${i}`] = { kind: 'any', rules: [tag(`t${i - 1}`), { kind: 'not', rule: tag(`t${i - 1}`) }] }
  const resolved = resolve(tag('t149'), lookup(definitions))
  expect([...mentionsOf(resolved).events]).toEqual(['Product Viewed'])
  expect(matches(resolved, someone, 0, 'UTC')).toBe(true)
  expect(fingerprintOf(resolved)).toBe(fingerprintOf(resolve(tag('t149'), lookup({ ...definitions }))))
  expect(fingerprintOf(resolved)).not.toBe(
    fingerprintOf(resolve(tag('t149'), lookup({ ...definitions, 'tag:t0': { ...viewed, value: 2 } }))),
  )
  for (let i = 150; i < 600; i++) definitions[`tag:t${i}`] = tag(`t${i - 1}`)
  expect(problemsOf(() => resolve(tag('t599'), lookup(definitions)))).toEqual([
    { path: '', message: 'tags and segments name one another through more than 500 definitions' },
  ])
})

test('a rule within the limits whose filters would take ClickHouse seconds to plan is refused', () => {
  const filters = Array.from({ length: 20 }, (_, i) => ({ property: `a.b.p${i}`, op: 'in' as const, value: ['x', i, true] }))
  const heavy: Rule = { kind: 'any', rules: Array.from({ length: 100 }, (_, i) => ({ ...viewed, event: `e${i}`, filters, value: i })) }
  expect(ruleProblems(heavy)).toEqual([])
  expect(problemsOf(() => resolve(heavy, () => null))).toMatchObject([{ path: '' }])
})

const nested = (depth: number, inner: Rule): Rule => (depth === 0 ? inner : { kind: 'not', rule: nested(depth - 1, inner) })

test('rules that share their conditions share a pass', () => {
  const count = (value: number): Rule => ({ ...viewed, value })
  const pairs = Array.from({ length: 400 }, (_, i): Rule => ({ kind: 'any', rules: [count(i % 20), { kind: 'not', rule: count(i % 7) }] }))
  expect(passesOf(pairs.map((rule) => resolve(rule, () => null))).length).toBe(1)
  const apart = Array.from({ length: 400 }, (_, i) => resolve({ ...viewed, event: `e${i}` }, () => null))
  expect(passesOf(apart).flat()).toEqual(apart)
  expect(passesOf(apart).length).toBeGreaterThan(1)
})

test('too many conditions and too deep ones point at the place', () => {
  const group = (size: number): Rule => ({ kind: 'any', rules: Array.from({ length: size }, () => viewed) })
  const many: Rule = { kind: 'any', rules: [90, 90, 90, 90, 90, 90].map(group) }
  expect(ruleProblems(many)).toEqual([
    { path: 'rules.5.rules.43', message: 'a rule has at most 500 conditions, groups among them; this one has 547' },
  ])
  expect(ruleProblems(nested(19, viewed))).toEqual([])
  expect(resolve(nested(19, viewed), () => null)).toEqual(nested(19, viewed))
  expect(ruleProblems({ kind: 'all', rules: [viewed, nested(19, viewed)] })).toEqual([
    { path: `rules.1${'.rule'.repeat(19)}`, message: 'conditions are nested at most 20 deep' },
  ])
})

test('spans that end before they begin, and parts that do not fit together, point at the place', () => {
  const paths = (rule: Rule) => ruleProblems(rule).map((problem) => problem.path)
  const within = (window: RuleWindow): Rule => ({ kind: 'not', rule: { ...viewed, window } })
  expect(paths(within({ kind: 'between', from: '2026-03-02T00:00:00+08:00', to: '2026-03-01T16:00:00Z' }))).toEqual(['rule.window'])
  expect(paths(within({ kind: 'relative', from: 3, to: 10, unit: 'day' }))).toEqual(['rule.window'])
  expect(paths(within({ kind: 'calendar', unit: 'month', from: 0, to: -1 }))).toEqual(['rule.window'])
  expect(paths(within({ kind: 'dates' }))).toEqual(['rule.window'])
  expect(paths({ kind: 'random', seed: 'x', from: 50, to: 50 })).toEqual(['to'])
  expect(paths({ kind: 'attribute', filter: { property: 'products[].category', op: 'eq', value: 'x' } })).toEqual(['filter.property'])
  const step = { event: 'A', filters: [] }
  const ever = { kind: 'ever' } as const
  expect(paths({ kind: 'sequence', steps: [step], window: ever })).toEqual(['steps'])
  expect(paths({ kind: 'sequence', steps: [step, { ...step, link: 'item' }], window: ever })).toEqual(['steps.0.link'])
  const first = { ...step, within: { amount: 1, unit: 'day' as const } }
  expect(paths({ kind: 'sequence', steps: [first, { ...step, without: [{ ...step, link: 'item' }] }], window: ever })).toEqual([
    'steps.0.within',
    'steps.1.without.0.link',
  ])
  const span = (amount: number, unit: 'hour' | 'day') => ({ amount, unit })
  const apart = (more: object) => ({ ...step, after: span(2, 'day'), ...more })
  expect(paths({ kind: 'sequence', steps: [apart({}), apart({ within: span(47, 'hour') })], window: ever })).toEqual([
    'steps.0.after',
    'steps.1.after',
  ])
  expect(
    paths({ kind: 'sequence', steps: [step, apart({ within: span(48, 'hour') }), apart({})], window: ever, within: span(3, 'day') }),
  ).toEqual(['within'])
  expect(paths({ kind: 'sequence', steps: [step, apart({ when: { kind: 'dates' } })], window: ever })).toEqual(['steps.1.when'])
  expect(paths({ kind: 'not', rule: { ...viewed, clock: {} } })).toEqual(['rule.clock'])
  const ranks = (of: PreferenceRule['of'], values: PreferenceRule['values']): Rule => ({
    ...{ kind: 'preference', event: 'A', filters: [], window: ever, of, rank: 1, least: 1, values },
  })
  expect(paths(ranks({ kind: 'property', property: 'products[].category' }, ['鞋']))).toEqual(['of.property'])
  expect(paths(ranks({ kind: 'bands', property: 'price', edges: [0, 300, 100] }, [0, 50, 'x']))).toEqual([
    'of.edges.2',
    'values.1',
    'values.2',
  ])
  expect(paths(ranks({ kind: 'hours', edges: [6, 18] }, [18]))).toEqual([])
  expect(paths({ kind: 'sequence', steps: [step, { ...step, without: [{ ...step, clock: {} }] }], window: ever })).toEqual([
    'steps.1.without.0.clock',
  ])
  expect(
    ruleSchema.safeParse({ ...viewed, clock: { hours: { from: '20:00', to: '24:00' } } }).error?.issues.map((one) => one.path.join('.')),
  ).toEqual(['clock.hours.to'])
})

test('names that no data has used are told, and tests that no value can pass', () => {
  type Field = Catalogue['attributes'][number]
  const field = (name: string, ...types: Field['type'][]): Field => ({ name, type: types[0] ?? 'null', types, samples: [] })
  const catalogue = {
    events: [
      {
        name: 'Product Viewed',
        count: 1,
        properties: [field('name', 'string'), field('price', 'number', 'string'), field('products', 'array')],
      },
    ],
    attributes: [field('city', 'string'), field('age', 'number')],
  }
  const attribute = (filter: RuleFilter): Rule => ({ kind: 'attribute', filter })
  const rule: Rule = {
    kind: 'all',
    rules: [
      attribute({ property: 'citty', op: 'eq', value: '上海' }),
      { ...viewed, filters: [{ property: 'prize', op: 'gt', value: 5 }] },
      { ...viewed, event: 'Product Vieved' },
      attribute({ property: 'age', op: 'contains', value: '3' }),
      { ...viewed, measure: { fn: 'sum', property: 'name' } },
      viewed,
      { ...viewed, filters: [{ property: 'products[].category', op: 'includes_any', value: ['鞋'] }] },
      {
        kind: 'sequence',
        steps: [
          { event: 'Product Viewed', filters: [], link: 'sku' },
          { event: 'Bought', filters: [], link: 'sku' },
        ],
        window: { kind: 'since', attribute: 'age' },
      },
      {
        ...{ kind: 'preference', event: 'Product Viewed', filters: [], window: { kind: 'ever' }, rank: 1, least: 1 },
        ...{ of: { kind: 'property', property: 'name' }, sum: 'weight', values: [7] },
      },
    ],
  }
  const { unknown, clashes } = catalogueProblems(rule, catalogue)
  expect(unknown.map((problem) => problem.path)).toEqual([
    'rules.0.filter.property',
    'rules.1.filters.0.property',
    'rules.2.event',
    'rules.7.steps.0.link',
    'rules.7.steps.1.event',
    'rules.8.sum',
  ])
  expect(clashes).toEqual([
    { path: 'rules.3.filter.property', message: 'the attribute "age" was always a number so far, and this test needs a text' },
    {
      path: 'rules.4.measure.property',
      message: 'the property "name" of "Product Viewed" was always a text so far, and this test needs a number',
    },
    { path: 'rules.7.window.attribute', message: 'the attribute "age" was always a number so far, and this test needs a text' },
    {
      path: 'rules.8.of.property',
      message: 'the property "name" of "Product Viewed" was always a text so far, and this test needs a number',
    },
  ])
})

test('whoever is new is looked at by rules that may hold for them', () => {
  const share: Rule = { kind: 'random', seed: 'x', from: 0, to: 50 }
  const open = (rule: Rule) => mayHoldForNobody(resolve(rule, () => null))
  expect([viewed, share, { kind: 'not', rule: viewed } as const].map(open)).toEqual([false, true, true])
  expect(open({ kind: 'all', rules: [share, viewed] })).toBe(false)
  expect(
    open({
      kind: 'all',
      rules: [
        { kind: 'not', rule: share },
        { kind: 'not', rule: viewed },
      ],
    }),
  ).toBe(true)
})

test('filters of journeys read nested properties and never mix types', () => {
  const properties = { coupon: { code: 'NEW', value: 20 }, list: [1], nothing: null }
  expect(matchesFilters([], properties)).toBe(true)
  expect(
    matchesFilters(
      [
        { property: 'coupon.value', op: 'gte', value: 20 },
        { property: 'coupon.code', op: 'neq', value: 20 },
      ],
      properties,
    ),
  ).toBe(true)
  expect(matchesFilters([{ property: 'coupon.value', op: 'eq', value: '20' }], properties)).toBe(false)
  expect(matchesFilters([{ property: 'list.0', op: 'exists' }], properties)).toBe(false)
  expect(
    matchesFilters(
      [
        { property: 'nothing', op: 'not_exists' },
        { property: 'toString', op: 'not_exists' },
      ],
      properties,
    ),
  ).toBe(true)
})

test('without a workspace nothing is printed', () => {
  for (const workspaceId of [0, -1, Number.NaN, 1.5])
    expect(() => printEvaluation({ workspaceId, rules: [], people: 'everyone', now: 0, timeZone: 'UTC', silent: false })).toThrow(
      'without a workspace',
    )
})

test('no value of a rule becomes part of the statement', () => {
  const evil = "x'); drop table events; --"
  const rule: Rule = {
    ...viewed,
    event: evil,
    filters: [{ property: `${evil}.${evil}`, op: 'in', value: [evil, 1.5] }],
    measure: { fn: 'sum', property: evil },
  }
  const { text, params } = printEvaluation({
    workspaceId: 1,
    rules: [resolve(rule, () => null)],
    people: [7],
    now: 0,
    timeZone: 'UTC',
    silent: true,
  })
  expect(text).not.toContain('drop')
  expect(Object.values(params)).toContain(evil)
})
