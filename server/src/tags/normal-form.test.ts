import type { EventClock, EventRule, Rule, RuleFilter, SpanLength } from '@chaoxi/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matches, type PersonFacts, resolve } from '../query/index.ts'
import { verdictOf } from './contradiction.ts'
import { always, never, normalForm, textOf } from './normal-form.ts'

const now = Date.parse('2026-03-02T10:00:00+08:00')
const hour = 3_600_000

// Few names and values, so that conditions meet and exclude each other.
const property = fc.constantFrom('city', 'age')
const scalar = fc.constantFrom('上海', '上', 1, 2, 3, true)
const filters: fc.Arbitrary<RuleFilter> = fc.oneof(
  fc.record({ property, op: fc.constantFrom('eq', 'neq'), value: scalar }),
  fc.record({ property, op: fc.constantFrom('gt', 'gte', 'lt', 'lte'), value: fc.constantFrom(0, 1, 2, 2.5, 3) }),
  fc.record({ property, op: fc.constantFrom('in', 'not_in'), value: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({
    property,
    op: fc.constantFrom('contains', 'not_contains', 'starts_with', 'ends_with'),
    value: fc.constantFrom('上', '海'),
  }),
  fc.record({
    property: fc.constantFrom('city', 'age', 'lines[].city'),
    op: fc.constantFrom('includes_any', 'includes_all', 'includes_none'),
    value: fc.array(scalar, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    property,
    op: fc.constantFrom('date_in', 'date_not_in'),
    window: fc.constantFrom({ kind: 'dates' as const, from: '2026-01-01' }, { kind: 'rolling' as const, amount: 3, unit: 'day' as const }),
  }),
  fc.record({ property, op: fc.constantFrom('exists', 'not_exists') }),
)
const window: fc.Arbitrary<EventRule['window']> = fc.oneof(
  fc.constant({ kind: 'ever' as const }),
  fc.constantFrom(
    { kind: 'rolling' as const, amount: 24, unit: 'hour' as const },
    { kind: 'rolling' as const, amount: 1, unit: 'day' as const },
    { kind: 'rolling' as const, amount: 3, unit: 'day' as const },
    { kind: 'rolling' as const, amount: 120, unit: 'minute' as const },
  ),
  fc.constant({ kind: 'since' as const, attribute: 'city' }),
  fc.constant({ kind: 'calendar' as const, unit: 'day' as const, from: -1, to: 0 }),
  fc.constant({ kind: 'between' as const, from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' }),
)
const measure: fc.Arbitrary<EventRule['measure']> = fc.oneof(
  fc.constant({ fn: 'count' as const }),
  fc.record({ fn: fc.constantFrom('days', 'streak', 'current_streak', 'days_absent') }),
  fc.record({ fn: fc.constantFrom('sum', 'average', 'min', 'max', 'distinct'), property: fc.constant('age') }),
)
const clocks = fc.constantFrom<EventClock>(
  { weekdays: [1] },
  { weekdays: [7, 1] },
  { hours: { from: '00:00', to: '00:00' } },
  { hours: { from: '09:00', to: '09:00' }, weekdays: [1] },
  { hours: { from: '08:00', to: '11:00' } },
)
const eventRule: fc.Arbitrary<Rule> = fc.record(
  {
    kind: fc.constant('event' as const),
    event: fc.constantFrom('Viewed', 'Bought'),
    filters: fc.array(filters, { maxLength: 2 }),
    window,
    measure,
    op: fc.constantFrom('eq', 'gt', 'gte', 'lt', 'lte'),
    value: fc.constantFrom(-1, 0, 0.5, 1, 2, 3),
    clock: clocks,
  },
  { requiredKeys: ['kind', 'event', 'filters', 'window', 'measure', 'op', 'value'] },
)
const { rule: rules } = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ kind: fc.constant('attribute' as const), filter: filters }),
    eventRule,
    fc.record({ kind: fc.constantFrom('all', 'any'), rules: fc.array(tie('rule'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), rule: tie('rule') }),
  ),
}))

const properties = fc.record(
  {
    city: fc.oneof(scalar, fc.constantFrom('2026-03-01', ['上海', 1], ['上', 2, 3])),
    age: fc.constantFrom(0, 1, 2, 3, '上海', true, [1, 2]),
    lines: fc.constant([{ city: '上海' }, { city: 1 }]),
  },
  { requiredKeys: [] },
)
const people: fc.Arbitrary<PersonFacts> = fc.record({
  attributes: properties,
  events: fc.array(
    fc.record({
      event: fc.constantFrom('Viewed', 'Bought'),
      time: fc.constantFrom(0, 1, 2.5, 30, 100).map((hours) => now - hours * hour),
      properties,
    }),
    { maxLength: 5 },
  ),
  personId: fc.constant(1),
  tags: fc.constant(new Map<string, Set<string>>()),
  segments: fc.constant(new Set<string>()),
})
const nobody: PersonFacts = { personId: 1, attributes: {}, events: [], tags: new Map(), segments: new Set() }
const holds = (rule: Rule, facts: PersonFacts) =>
  matches(
    resolve(rule, () => null),
    facts,
    now,
    'Asia/Shanghai',
  )

test('the normal form means the same, is its own normal form, and its negation means the opposite', () => {
  fc.assert(
    fc.property(rules, people, (rule, facts) => {
      const normal = normalForm(rule)
      expect(holds(normal, facts)).toBe(holds(rule, facts))
      expect(holds(normalForm(rule, true), facts)).toBe(!holds(rule, facts))
      expect(textOf(normalForm(normal))).toBe(textOf(normal))
    }),
    { numRuns: 3_000 },
  )
})

test('what can never hold holds for nobody, what always holds for everybody', () => {
  const found = { never: 0, always: 0, open: 0 }
  fc.assert(
    fc.property(rules, fc.array(people, { minLength: 5, maxLength: 12 }), (rule, crowd) => {
      const verdict = verdictOf(rule)
      found[verdict ?? 'open']++
      if (verdict !== null) for (const facts of [nobody, ...crowd]) expect(holds(rule, facts)).toBe(verdict === 'always')
    }),
    { numRuns: 4_000 },
  )
  expect(Math.min(found.never, found.always, found.open)).toBeGreaterThan(20)
})

const attribute = (filter: RuleFilter): Rule => ({ kind: 'attribute', filter })
const did = (least: number, amount: number, more: Partial<EventRule> = {}): Rule => ({
  kind: 'event',
  event: 'Viewed',
  filters: [],
  window: { kind: 'rolling', amount, unit: 'day' },
  measure: { fn: 'count' },
  op: 'gte',
  value: least,
  ...more,
})
const all = (...list: Rule[]): Rule => ({ kind: 'all', rules: list })
const not = (rule: Rule): Rule => ({ kind: 'not', rule })
const tag: Rule = { kind: 'tag', tag: 'vip' }

describe('never', () => {
  test.each<[string, Rule]>([
    ['x and not x', all(tag, did(1, 7), not(tag))],
    ['disjoint ranges', all(attribute({ property: 'age', op: 'gt', value: 30 }), attribute({ property: 'age', op: 'lt', value: 18 }))],
    [
      'two values',
      all(attribute({ property: 'city', op: 'eq', value: 'A' }), attribute({ property: 'city', op: 'in', value: ['B', 'C'] })),
    ],
    [
      'a value that the range leaves out',
      all(attribute({ property: 'age', op: 'eq', value: 3 }), attribute({ property: 'age', op: 'gt', value: 5 })),
    ],
    ['a value that is missing', all(attribute({ property: 'age', op: 'gte', value: 3 }), attribute({ property: 'age', op: 'not_exists' }))],
    [
      'text and number',
      all(attribute({ property: 'age', op: 'gte', value: 3 }), attribute({ property: 'age', op: 'contains', value: 'x' })),
    ],
    ['more in 7 days than in 30', all(did(3, 7), not(did(2, 30)))],
    ['more on weekends than in all', all(did(3, 7, { clock: { weekdays: [6, 7] } }), not(did(2, 30)))],
    ['more of some than of all', all(did(3, 7, { filters: [{ property: 'city', op: 'exists' }] }), did(2, 7, { op: 'lt' }))],
    [
      'events that cannot be',
      did(1, 7, {
        filters: [
          { property: 'age', op: 'gt', value: 9 },
          { property: 'age', op: 'lt', value: 3 },
        ],
      }),
    ],
    [
      'steps further apart than the window is long',
      {
        kind: 'sequence',
        steps: [
          { event: 'Viewed', filters: [] },
          { event: 'Viewed', filters: [], after: { amount: 7, unit: 'day' } },
        ],
        window: { kind: 'rolling', amount: 168, unit: 'hour' },
      },
    ],
    ['fewer than none', did(0, 7, { op: 'lt' })],
    [
      'sums apart',
      all(did(500, 7, { measure: { fn: 'sum', property: 'age' } }), did(100, 7, { measure: { fn: 'sum', property: 'age' }, op: 'lt' })),
    ],
    ['every branch', all(not(tag), { kind: 'any', rules: [all(tag, did(1, 7)), all(tag, did(1, 30))] })],
  ])('%s', (_, rule) => {
    expect(verdictOf(rule)).toBe('never')
    expect(verdictOf(not(rule))).toBe('always')
  })

  test.each<[string, Rule]>([
    ['touching ranges', all(attribute({ property: 'age', op: 'gte', value: 18 }), attribute({ property: 'age', op: 'lte', value: 18 }))],
    ['more in 30 days than in 7', all(did(3, 30), not(did(2, 7)))],
    ['more at night than in all', all(did(3, 7), not(did(2, 30, { clock: { hours: { from: '22:00', to: '02:00' } } })))],
    ['other things', all(did(3, 7), not(did(2, 30, { event: 'Bought' })))],
    [
      'a missing average is neither',
      all(
        not(did(5, 7, { measure: { fn: 'average', property: 'age' } })),
        not(did(5, 7, { measure: { fn: 'average', property: 'age' }, op: 'lt' })),
      ),
    ],
  ])('not %s', (_, rule) => {
    expect(verdictOf(rule)).toBe(null)
  })
})

test('the same said otherwise has one normal form', () => {
  const same = (a: Rule, b: Rule) => expect(textOf(normalForm(a))).toBe(textOf(normalForm(b)))
  same(all(tag, did(1, 7)), all(did(1, 7), all(tag, tag)))
  same(not(all(tag, did(1, 7))), { kind: 'any', rules: [not(did(1, 7)), not(tag)] })
  const back = (after: SpanLength, more: object = {}): Rule => ({
    kind: 'sequence',
    steps: [
      { event: 'Viewed', filters: [] },
      { event: 'Viewed', filters: [], after, ...more },
    ],
    window: { kind: 'ever' },
  })
  same(did(1, 7, { clock: { weekdays: [7, 6, 6] } }), did(1, 7, { clock: { hours: { from: '00:00', to: '00:00' }, weekdays: [6, 7] } }))
  same(did(1, 7), did(1, 7, { clock: { hours: { from: '08:00', to: '08:00' }, weekdays: [1, 2, 3, 4, 5, 6, 7] } }))
  same(back({ amount: 2, unit: 'day' }), back({ amount: 48, unit: 'hour' }, { without: [] }))
  same(did(0, 7, { op: 'gt' }), did(1, 7, { window: { kind: 'rolling', amount: 168, unit: 'hour' } }))
  same(not(did(1, 7)), did(0, 7, { op: 'eq' }))
  same(attribute({ property: 'city', op: 'not_in', value: ['A'] }), not(attribute({ property: 'city', op: 'eq', value: 'A' })))
  same(attribute({ property: 'city', op: 'in', value: ['B', 'A', 'B'] }), attribute({ property: 'city', op: 'in', value: ['A', 'B'] }))
  same(all(never, tag), never)
  same({ kind: 'any', rules: [always, tag] }, always)
})
