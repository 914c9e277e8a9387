import type { EventRule, PropertyFilter, RuleWindow } from '@chaoxi/contract'
import fc from 'fast-check'
import { testStart } from '../../test/harness/clock.ts'
import type { FactEvent, PersonFacts, ResolvedRule } from './index.ts'

// Few names and few values, so that rules and histories meet often; and every awkward one that we could think of.

export const testNow = Date.parse(testStart)
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const eventNames = ['Product Viewed', 'Product Added', 'Order Paid', 'it\'s "odd" \\ 😀', '$identify']
const properties = ['price', 'category', 'on_sale', 'address.city', 'a..b', '__proto__', 'constructor', 'q\'"`\\{x:String} 😀', '名.称']
const scalar = fc.constantFrom<string | number | boolean>(
  ...['女装', 'a', 'A', "it's", '\\', '"', '😀', '', ' ', '1', 'true', 'null', '%', '_', '{p0:String}', 'tab\tline\n'],
  ...[0, 1, -1, 2, 0.1, 0.2, 0.3, 499.99, 500, 1e20, -1e20, 1e300, 5e-324, 9_007_199_254_740_991, 2 ** 53, 2 ** 64],
  ...[true, false],
)
const smallNumber = fc.constantFrom(0, 1, 2, 3, 0.1, 0.3, -1, 19.9, 500, 1e20)
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 6, arbitrary: smallNumber },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>([], [1, 'a'], {}, { city: null }, [{ city: '上海' }]) },
)

/** A document in which every dotted name may or may not lead somewhere. */
const document: fc.Arbitrary<Record<string, unknown>> = fc
  .record(
    {
      price: value,
      category: value,
      on_sale: value,
      address: fc.oneof(value, fc.record({ city: value })),
      a: fc.record({ '': fc.record({ b: value }) }),
      constructor: value,
      'q\'"`\\{x:String} 😀': value,
      名: fc.record({ 称: value }),
    },
    { requiredKeys: [] },
  )
  .map((record) => ({ ...record }))

const property = fc.constantFrom(...properties)

const filter: fc.Arbitrary<PropertyFilter> = fc.oneof(
  fc.record({ property, op: fc.constantFrom('eq', 'neq'), value: fc.oneof(scalar, smallNumber) }),
  fc.record({ property, op: fc.constantFrom('gt', 'gte', 'lt', 'lte'), value: smallNumber }),
  fc.record({ property, op: fc.constantFrom('in', 'not_in'), value: fc.array(scalar, { minLength: 1, maxLength: 6 }) }),
  fc.record({ property, op: fc.constantFrom('contains', 'not_contains'), value: fc.constantFrom('a', '女', '😀', "'", '\\', 'ue', '%') }),
  fc.record({ property, op: fc.constantFrom('exists', 'not_exists') }),
)

/** Instants on and around the edges of the windows below, and some in the future. */
const instant = fc
  .tuple(fc.constantFrom(0, minute, 30 * minute, hour, day, 3 * day, 7 * day, 400 * day, -minute, -day), fc.constantFrom(-1, 0, 1, 500))
  .map(([age, shift]) => testNow - age + shift)

const window: fc.Arbitrary<RuleWindow> = fc.oneof(
  fc.constant<RuleWindow>({ kind: 'ever' }),
  fc.constantFrom<RuleWindow>(
    { kind: 'rolling', amount: 1, unit: 'minute' },
    { kind: 'rolling', amount: 30, unit: 'minute' },
    { kind: 'rolling', amount: 24, unit: 'hour' },
    { kind: 'rolling', amount: 3, unit: 'day' },
    { kind: 'rolling', amount: 7, unit: 'day' },
  ),
  fc.tuple(instant, instant).map(([a, b]): RuleWindow => {
    const [from, to] = a < b ? [a, b] : [b, a + 1]
    return { kind: 'between', from: new Date(from).toISOString(), to: new Date(to).toISOString().replace('Z', '+00:00') }
  }),
)

const eventRule: fc.Arbitrary<EventRule> = fc.record({
  kind: fc.constant('event'),
  event: fc.constantFrom(...eventNames),
  filters: fc.oneof(
    { weight: 3, arbitrary: fc.constant<PropertyFilter[]>([]) },
    { weight: 2, arbitrary: fc.array(filter, { minLength: 1, maxLength: 2 }) },
  ),
  window,
  measure: fc.oneof(
    { weight: 4, arbitrary: fc.constant<EventRule['measure']>({ fn: 'count' }) },
    {
      weight: 3,
      arbitrary: fc.record({
        fn: fc.constantFrom('sum', 'average', 'min', 'max', 'distinct'),
        property: fc.oneof({ weight: 3, arbitrary: fc.constant('price') }, { weight: 1, arbitrary: property }),
      }),
    },
  ),
  op: fc.constantFrom('eq', 'gt', 'gte', 'lt', 'lte'),
  value: fc.constantFrom(0, 1, 2, 3, 1.5, -1, 0.3, 0.6, 500, 1e20),
})

export const staticKeys = { tag: ['vip', 'new'], segment: ['insiders'] } as const

const leaf: fc.Arbitrary<ResolvedRule> = fc.oneof(
  { weight: 6, arbitrary: eventRule },
  { weight: 2, arbitrary: filter.map((one): ResolvedRule => ({ kind: 'attribute', filter: one })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<ResolvedRule>(
      { kind: 'member', of: 'tag', key: 'vip' },
      { kind: 'member', of: 'tag', key: 'new' },
      { kind: 'member', of: 'segment', key: 'insiders' },
    ),
  },
)

export const ruleArbitrary: fc.Arbitrary<ResolvedRule> = fc.letrec<{ rule: ResolvedRule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constantFrom('all', 'any'), rules: fc.array(tie('rule'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not'), rule: tie('rule') }),
  ),
})).rule

const event: fc.Arbitrary<FactEvent> = fc.record({ event: fc.constantFrom(...eventNames), time: instant, properties: document })

export const factsArbitrary: fc.Arbitrary<PersonFacts> = fc.record({
  attributes: document,
  events: fc.array(event, { maxLength: 12 }),
  staticTags: fc.subarray([...staticKeys.tag]).map((keys) => new Set(keys)),
  staticSegments: fc.subarray([...staticKeys.segment]).map((keys) => new Set(keys)),
})
