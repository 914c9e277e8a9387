import { AppError, type Rule } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { catalogueWarnings, type DefinitionLookup, limitProblems, matches, matchesFilters, nobody, resolve } from './index.ts'
import { printEvaluation } from './print.ts'

const viewed: Rule = {
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

test('a dynamic name becomes its rule, a static one a membership', () => {
  const found = resolve(
    { kind: 'all', rules: [tag('hot'), { kind: 'not', rule: { kind: 'segment', segment: 'staff' } }] },
    lookup({ 'tag:hot': viewed, 'segment:staff': null }),
  )
  expect(found).toEqual({ kind: 'all', rules: [viewed, { kind: 'not', rule: { kind: 'member', of: 'segment', key: 'staff' } }] })
})

test('a circle is found and told with its way, at the leaf of the asked rule that leads into it', () => {
  const definitions = lookup({ 'tag:a': { kind: 'not', rule: tag('b') }, 'tag:b': { kind: 'any', rules: [viewed, tag('a')] } })
  expect(problemsOf(() => resolve({ kind: 'all', rules: [viewed, tag('a')] }, definitions))).toEqual([
    { path: 'rules.1.tag', message: 'the rule comes back to itself: tag:a → tag:b → tag:a' },
  ])
})

test('names that double at every step are stopped before they fill the memory', () => {
  const definitions: Record<string, Rule> = { 'tag:t0': viewed }
  for (let i = 1; i < 40; i++) definitions[`tag:t${i}`] = { kind: 'any', rules: [tag(`t${i - 1}`), tag(`t${i - 1}`)] }
  expect(problemsOf(() => resolve(tag('t39'), lookup(definitions)))).toMatchObject([{ path: 'tag' }])
})

test('a rule within the limits whose filters would take ClickHouse seconds to plan is refused', () => {
  const filters = Array.from({ length: 20 }, (_, i) => ({ property: `a.b.p${i}`, op: 'in' as const, value: ['x', i, true] }))
  const heavy: Rule = {
    kind: 'any',
    rules: Array.from(
      { length: 100 },
      (_, i): Rule => ({
        ...viewed,
        kind: 'event',
        event: `e${i}`,
        filters,
        window: { kind: 'ever' },
        measure: { fn: 'count' },
        op: 'gte',
        value: i,
      }),
    ),
  }
  expect(limitProblems(heavy)).toEqual([])
  expect(problemsOf(() => resolve(heavy, () => null))).toMatchObject([{ path: '' }])
})

test('too many conditions, and a span that ends before it begins, point at the place', () => {
  const many: Rule = { kind: 'any', rules: [1, 2, 3].map(() => ({ kind: 'any', rules: Array.from({ length: 80 }, () => viewed) })) }
  expect(limitProblems(many)).toEqual([{ path: 'rules.2.rules.36', message: 'a rule has at most 200 conditions; this is one more' }])
  const backwards: Rule = { ...viewed, window: { kind: 'between', from: '2026-03-02T00:00:00+08:00', to: '2026-03-01T16:00:00Z' } }
  expect(limitProblems({ kind: 'not', rule: backwards })).toEqual([{ path: 'rule.window', message: 'the span ends before it begins' }])
  expect(limitProblems(viewed)).toEqual([])
})

test('names that no data has used are warned about, and the rule still has an answer', () => {
  const catalogue = {
    events: [{ name: 'Product Viewed', count: 1, properties: [{ name: 'name', type: 'string' as const, samples: [] }] }],
    attributes: [{ name: 'city', type: 'string' as const, samples: [] }],
  }
  const attribute: Rule = { kind: 'attribute', filter: { property: 'citty', op: 'eq', value: '上海' } }
  const misspelt: Rule = { ...viewed, event: 'Product Vieved' }
  expect(catalogueWarnings({ kind: 'all', rules: [attribute, viewed, misspelt] }, catalogue).map((warning) => warning.path)).toEqual([
    'rules.0.filter.property',
    'rules.1.filters.0.property',
    'rules.2.event',
  ])
  expect(
    matches(
      resolve(misspelt, () => null),
      nobody,
      0,
    ),
  ).toBe(false)
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
    expect(() => printEvaluation({ workspaceId, rules: [], people: 'everyone', now: 0, silent: false })).toThrow('without a workspace')
})

test('no value of a rule becomes part of the statement', () => {
  const evil = "x'); drop table events; --"
  const rule: Rule = {
    ...viewed,
    event: evil,
    filters: [{ property: `${evil}.${evil}`, op: 'in', value: [evil, 1.5] }],
    measure: { fn: 'sum', property: evil },
  }
  const { text, params } = printEvaluation({ workspaceId: 1, rules: [resolve(rule, () => null)], people: [7], now: 0, silent: true })
  expect(text).not.toContain('drop')
  expect(Object.values(params)).toContain(evil)
})
