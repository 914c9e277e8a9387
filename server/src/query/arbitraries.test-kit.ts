import {
  type CalendarWindow,
  type DateWindow,
  type EventClock,
  type EventRule,
  type Measure,
  type PreferenceRule,
  pausesMs,
  type Rule,
  type RuleFilter,
  type RuleWindow,
  type SequenceMatch,
  type SequenceRule,
  type SequenceStep,
  type SpanLength,
  spanLengthMs,
} from '@chaoxi/contract'
import fc from 'fast-check'
import type { DefinitionLookup, FactEvent, PersonFacts } from './index.ts'
import { instantOfLocal, localDate, localTime } from './naive-time.test-kit.ts'

// Few names and few values, so that rules and histories meet often; and every awkward one that we could think of.

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** When and where the rules of a history are asked. */
export interface Setting {
  readonly timeZone: string
  readonly now: number
}

const eventNames = ['Product Viewed', 'Product Added', 'Order Paid', 'it\'s "odd" \\ 😀', '$identify']
const oddProperties = ['address.city', 'a..b', '__proto__', 'constructor', 'q\'"`\\{x:String} 😀', '名.称']
const scalar = fc.constantFrom<string | number | boolean>(
  ...['女装', 'a', 'A', "it's", '\\', '"', '😀', '', ' ', '1', 'true', 'null', '%', '_', '{p0:String}', 'tab\tline\n'],
  ...[0, 1, -1, 2, 0.1, 0.2, 0.3, 499.99, 500, 1e20, -1e20, 1e300, 5e-324, 9_007_199_254_740_991, 2 ** 53, 2 ** 64],
  ...[true, false],
)
const smallNumber = fc.constantFrom(0, 1, 2, 3, 0.1, 0.3, -1, 19.9, 500, 1e20)
const listed = fc.constantFrom<string | number | boolean>('女装', 'a', '1', 1, 2, true)

const weekdays = fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 })

export const values = { vip: null, level: ['gold', 'silver'], stage: ['new', 'lost'] } as const
export const staticKeys = { tag: ['vip', 'level'], segment: ['insiders'] } as const

const shift = (date: string, days: number) => new Date(Date.parse(`${date}T00:00:00Z`) + days * day).toISOString().slice(0, 10)

/** Everything that depends on when and where the rules are asked. */
export function arbitrariesFor({ now, timeZone }: Setting) {
  const today = localDate(now, timeZone)
  const [year = 0, month = ''] = [Number(today.slice(0, 4)), today.slice(5, 7)]
  const midnights = [
    ...[-400, -30, -10, -3, -2, -1, 0, 1, 2, 7].map((days) => shift(today, days)),
    ...[`${year}-01-01`, `${year}-${month}-01`, `${year - 1}-11-01`, `${year - 1}-11-12`, `${year - 1}-01-01`],
  ].map((date) => instantOfLocal(`${date} 00:00:00`, timeZone))
  const ages = [0, minute, 30 * minute, hour, day, 3 * day, 7 * day, 10 * day, 400 * day, -minute, -day].map((age) => now - age)

  /** Instants on and around the edges of windows, and some in the future. */
  const instant = fc
    .tuple(fc.oneof(fc.constantFrom(...ages), fc.constantFrom(...midnights)), fc.constantFrom(-1, 0, 0, 1, 500, 5 * hour))
    .map(([at, by]) => at + by)

  const date = fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.constantFrom(-400, -365, -30, -10, -7, -3, -1, 0, 1, 3, 7, 30),
          fc.constantFrom('', ' 00:00', 'T02:30:00', ' 23:59:59.999'),
        )
        .map(([days, time]) => shift(today, days) + time),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(1990, 1992, 2000), fc.constantFrom(-8, -7, -1, 0, 1, 7, 8))
        .map(([born, days]) => `${born}${shift(today, days).slice(4)}`),
    },
    { weight: 1, arbitrary: instant.map((at) => new Date(at).toISOString()) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ...['2000-02-29', '1999-02-29', '02-29', '02-28', today.slice(5), shift(today, 3).slice(5), '13-01', '2026-00-10', '2026-04-31'],
        ...['1909-12-31', '1910-01-01', '2199-12-31', '2200-01-01', '2026-03-02T24:00', '2026-03-02 10:60', '2026-3-2', ' 2026-03-02'],
        ...['2026-03-02T10:00:00+08:00', '2026-03-02T10:00:00.5-0330', '2026-03-02 10:00Z', '2026-03-02T10:00:00+25:00', '20260302'],
      ),
    },
  )

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
        date: fc.oneof({ weight: 5, arbitrary: date }, { weight: 1, arbitrary: value }),
        list: fc.oneof(
          { weight: 4, arbitrary: fc.array(fc.oneof(listed, fc.constant(null)), { maxLength: 3 }) },
          { weight: 1, arbitrary: value },
        ),
        products: fc.array(fc.oneof(fc.record({ category: listed }), fc.constantFrom<unknown>({}, 1, null)), { maxLength: 2 }),
        item: fc.constantFrom<unknown>('a', 'b', 1, null),
        address: fc.oneof(value, fc.record({ city: value })),
        a: fc.record({ '': fc.record({ b: value }) }),
        constructor: value,
        'q\'"`\\{x:String} 😀': value,
        名: fc.record({ 称: value }),
      },
      { requiredKeys: [] },
    )
    .map((record) => ({ ...record }))

  const steps = fc
    .tuple(fc.integer({ min: -3, max: 2 }), fc.integer({ min: 0, max: 3 }))
    .map(([from, length]) => ({ from, to: from + length }))
  const calendar: fc.Arbitrary<CalendarWindow> = fc
    .tuple(fc.constantFrom('day' as const, 'day' as const, 'week' as const, 'month' as const, 'quarter' as const, 'year' as const), steps)
    .map(([unit, span]) => ({ kind: 'calendar', unit, ...span }))
  const monthDays = fc.constantFrom('11-01', '11-11', '12-31', '01-01', '02-28', '02-29', '02-30', today.slice(5), shift(today, 3).slice(5))
  const length: fc.Arbitrary<SpanLength> = fc.constantFrom<SpanLength>(
    { amount: 1, unit: 'minute' },
    { amount: 30, unit: 'minute' },
    { amount: 24, unit: 'hour' },
    { amount: 3, unit: 'day' },
    { amount: 7, unit: 'day' },
  )
  const days = fc.constantFrom(...[-400, -10, -3, -1, 0, 1].map((by) => shift(today, by)))

  const dateWindow: fc.Arbitrary<DateWindow> = fc.oneof(
    length.map((span): DateWindow => ({ kind: 'rolling', ...span })),
    fc
      .tuple(fc.constantFrom('hour' as const, 'day' as const), fc.constantFrom(-1, 0, 1, 3), fc.constantFrom(1, 7, undefined))
      .map(([unit, to, more]): DateWindow => ({ kind: 'relative', unit, to, ...(more === undefined ? {} : { from: to + more }) })),
    calendar,
    fc.record({ kind: fc.constant('annual' as const), from: monthDays, to: monthDays, year: fc.constantFrom(-1, 0) }),
    fc.tuple(days, days, fc.constantFrom(0, 1, 2)).map(([a, b, open]): DateWindow => {
      const [from, to] = a < b ? [a, b] : [b, a]
      return { kind: 'dates', ...(open === 1 ? {} : { from }), ...(open === 2 ? {} : { to }) }
    }),
    fc.tuple(instant, instant).map(([a, b]): DateWindow => {
      const [from, to] = a < b ? [a, b] : [b, a + 1]
      return { kind: 'between', from: new Date(from).toISOString(), to: new Date(to).toISOString().replace('Z', '+00:00') }
    }),
  )
  const window: fc.Arbitrary<RuleWindow> = fc.oneof(
    { weight: 2, arbitrary: fc.constant<RuleWindow>({ kind: 'ever' }) },
    { weight: 6, arbitrary: dateWindow },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('date', 'date', 'price'), fc.option(length, { nil: undefined }))
        .map(([attribute, within]): RuleWindow => ({ kind: 'since', attribute, ...(within === undefined ? {} : { within }) })),
    },
  )

  const property = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('price', 'category', 'on_sale') },
    { weight: 1, arbitrary: fc.constantFrom(...oddProperties) },
  )
  const timeless: fc.Arbitrary<RuleFilter> = fc.oneof(
    fc.record({ property, op: fc.constantFrom('eq', 'neq'), value: fc.oneof(scalar, smallNumber) }),
    fc.record({ property, op: fc.constantFrom('gt', 'gte', 'lt', 'lte'), value: smallNumber }),
    fc.record({ property, op: fc.constantFrom('in', 'not_in'), value: fc.array(scalar, { minLength: 1, maxLength: 6 }) }),
    fc.record({
      property,
      op: fc.constantFrom('contains', 'not_contains', 'starts_with', 'ends_with'),
      value: fc.constantFrom('a', '女', '😀', "'", '\\', 'ue', '%'),
    }),
    fc.record({ property, op: fc.constantFrom('exists', 'not_exists') }),
    fc.record({
      property: fc.constantFrom('list', 'products[].category', 'address.city', 'a..b'),
      op: fc.constantFrom('includes_any', 'includes_all', 'includes_none'),
      value: fc.array(listed, { minLength: 1, maxLength: 2 }),
    }),
  )
  const dateFilter: fc.Arbitrary<RuleFilter> = fc.oneof(
    fc.record({ property: fc.constant('date'), op: fc.constantFrom('date_in', 'date_not_in'), window: dateWindow }),
    fc.record({ property: fc.constant('date'), op: fc.constant('anniversary' as const), window: calendar }),
    fc.record({ property: fc.constant('date'), op: fc.constant('month_day' as const), from: monthDays, to: monthDays }),
  )
  const filter = fc.oneof({ weight: 4, arbitrary: timeless }, { weight: 1, arbitrary: dateFilter })
  const filters = fc.oneof(
    { weight: 3, arbitrary: fc.constant<RuleFilter[]>([]) },
    { weight: 2, arbitrary: fc.array(filter, { minLength: 1, maxLength: 2 }) },
  )
  const eventName = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('Product Viewed', 'Order Paid') },
    { weight: 1, arbitrary: fc.constantFrom(...eventNames) },
  )

  const measure: fc.Arbitrary<Measure> = fc.oneof(
    { weight: 4, arbitrary: fc.constant<Measure>({ fn: 'count' }) },
    { weight: 3, arbitrary: fc.record({ fn: fc.constantFrom('days', 'streak', 'current_streak', 'days_absent') }) },
    {
      weight: 3,
      arbitrary: fc.record({
        fn: fc.constantFrom('sum', 'average', 'min', 'max', 'distinct'),
        property: fc.oneof({ weight: 3, arbitrary: fc.constant('price') }, { weight: 1, arbitrary: property }),
      }),
    },
  )
  const clockTime = fc.constantFrom('00:00', '02:30', '05:00', '23:59', localTime(now, timeZone), localTime(now + minute, timeZone))
  const eventClock: fc.Arbitrary<EventClock> = fc.oneof(
    fc.record({ hours: fc.record({ from: clockTime, to: clockTime }) }),
    fc.record({ weekdays }),
    fc.record({ hours: fc.record({ from: clockTime, to: clockTime }), weekdays }),
  )
  const clock = fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: eventClock.map((one) => ({ clock: one })) })
  const measured = fc.record({
    kind: fc.constant('event' as const),
    event: eventName,
    filters,
    window,
    measure,
    op: fc.constantFrom('eq', 'gt', 'gte', 'lt', 'lte'),
    value: fc.constantFrom(0, 1, 2, 3, 1.5, -1, 0.3, 0.6, 500, 1e20),
  })
  const eventRule: fc.Arbitrary<EventRule> = fc.tuple(measured, clock).map(([one, own]): EventRule => ({ ...one, ...own }))
  const found = fc.record(
    {
      kind: fc.constant('occurrence' as const),
      which: fc.constantFrom('first', 'last'),
      event: eventName,
      filters,
      window,
      when: dateWindow,
      where: filters,
    },
    { requiredKeys: ['kind', 'which', 'event', 'filters', 'window', 'where'] },
  )
  const occurrence: fc.Arbitrary<Rule> = fc.tuple(found, clock).map(([one, own]): Rule => ({ ...one, ...own }))

  const few = fc.oneof({ weight: 4, arbitrary: fc.constant<RuleFilter[]>([]) }, { weight: 1, arbitrary: filter.map((one) => [one]) })
  const match: fc.Arbitrary<SequenceMatch> = fc
    .tuple(fc.record({ event: eventName, filters: few }), clock)
    .map(([one, own]): SequenceMatch => ({ ...one, ...own }))
  /** The time between two steps: at most so long, at least so long, or both. */
  const pause: fc.Arbitrary<Pick<SequenceStep, 'after' | 'within'>> = fc.oneof(
    fc.constant({}),
    length.map((within) => ({ within })),
    length.map((after) => ({ after })),
    fc.tuple(length, length).map(([a, b]) => (spanLengthMs(a) <= spanLengthMs(b) ? { after: a, within: b } : { after: b, within: a })),
  )
  const when = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: dateWindow.map((one) => ({ when: one })) })
  const step = fc.record({ match, pause, when, without: fc.array(match, { maxLength: 2 }) })
  const sequence: fc.Arbitrary<SequenceRule> = fc
    .tuple(
      fc.array(step, { minLength: 1, maxLength: 3 }),
      window,
      fc.option(length, { nil: undefined }),
      fc.array(match, { maxLength: 1 }),
      fc.boolean(),
      fc.constantFrom('item', undefined),
    )
    .map(([steps, over, within, noneAfter, linked, negativeLink]): SequenceRule => {
      const link = linked ? { link: 'item' } : {}
      const negative = (one: SequenceMatch) => (linked && negativeLink !== undefined ? { ...one, link: negativeLink } : one)
      return {
        kind: 'sequence',
        steps: steps.map(({ match: one, pause: between, when: own, without }, i) => ({
          ...one,
          ...link,
          ...own,
          ...(i > 0 ? between : {}),
          ...(i > 0 && without.length > 0 ? { without: without.map(negative) } : {}),
        })),
        window: over,
        ...(within === undefined ? {} : { within }),
        ...(noneAfter.length > 0 ? { noneAfter: noneAfter.map(negative) } : {}),
      }
    })
    .map(({ within, ...open }) => (within === undefined || pausesMs(open.steps) > spanLengthMs(within) ? open : { ...open, within }))

  const edgesOf = (...lists: number[][]) => fc.constantFrom(...lists)
  const preferenceOf = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('property' as const), property: fc.constantFrom('price', 'category', 'item') }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('bands' as const),
        property: fc.constant('price'),
        edges: edgesOf([0], [0, 1, 3, 500], [-1, 0.2]),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('hours' as const), edges: edgesOf([0, 12], [6], [5, 10, 23]) }) },
  )
  const preferenceTerms = fc.record({
    kind: fc.constant('preference' as const),
    event: eventName,
    filters: few,
    window,
    of: preferenceOf,
    rank: fc.constantFrom(1, 1, 2, 3),
    least: fc.constantFrom(1, 1, 1, 2),
  })
  const preferred = fc.constantFrom<string | number>('女装', 'a', 'b', '1', '😀', '', 'A', 'true', 0, 1, 2, 3, 0.1, 500, 1e20)
  const preference: fc.Arbitrary<PreferenceRule> = fc
    .tuple(preferenceTerms, clock, fc.constantFrom({}, {}, { sum: 'price' }), fc.array(preferred, { minLength: 1, maxLength: 6 }))
    .map(([terms, own, sum, wanted]): PreferenceRule => {
      const { of } = terms
      const list = of.kind === 'property' ? wanted : of.edges.filter((_, i) => i === 0 || wanted.length > i)
      return { ...terms, ...own, ...sum, values: list }
    })

  const leaf: fc.Arbitrary<Rule> = fc.oneof(
    { weight: 2, arbitrary: preference },
    { weight: 6, arbitrary: eventRule },
    { weight: 2, arbitrary: occurrence },
    { weight: 3, arbitrary: sequence },
    { weight: 3, arbitrary: fc.oneof(timeless, dateFilter, dateFilter).map((one): Rule => ({ kind: 'attribute', filter: one })) },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Rule>(
        { kind: 'tag', tag: 'vip' },
        { kind: 'tag', tag: 'level' },
        { kind: 'tag', tag: 'level', values: ['gold'] },
        { kind: 'tag', tag: 'stage' },
        { kind: 'tag', tag: 'stage', values: ['lost'] },
        { kind: 'tag', tag: 'derived' },
        { kind: 'segment', segment: 'insiders' },
        { kind: 'segment', segment: 'nested' },
        { kind: 'random', seed: 'a', from: 0, to: 50 },
        { kind: 'random', seed: '灰度', from: 33.33, to: 66.67 },
      ),
    },
  )
  const ruleOver = (leaves: fc.Arbitrary<Rule>): fc.Arbitrary<Rule> =>
    fc.letrec<{ rule: Rule }>((tie) => ({
      rule: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        { weight: 4, arbitrary: leaves },
        { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('all', 'any'), rules: fc.array(tie('rule'), { maxLength: 3 }) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('not'), rule: tie('rule') }) },
      ),
    })).rule

  const event: fc.Arbitrary<FactEvent> = fc.record({ event: eventName, time: instant, properties: document })
  const facts: fc.Arbitrary<Omit<PersonFacts, 'personId'>> = fc
    .tuple(
      document,
      fc.array(event, { maxLength: 12 }),
      fc.nat(20),
      fc.subarray(['vip']),
      fc.subarray(['gold', 'silver']),
      fc.subarray([...staticKeys.segment]),
    )
    .map(([attributes, events, twice, tags, levels, segments]) => {
      const again = events[twice]
      return {
        attributes,
        // The same twice over, under another message id, is two events.
        events: again === undefined ? events : [...events, again],
        tags: new Map([
          ['vip', new Set(tags.length > 0 ? [''] : [])],
          ['level', new Set(levels)],
        ]),
        segments: new Set(segments),
      }
    })

  /** What the names in the rules above stand for; dynamic definitions that name one another among them. */
  function lookupFrom(seed: number): DefinitionLookup {
    // No sequences here: almost every batch names these, and they take long to plan.
    const own = fc.oneof(eventRule, occurrence)
    const [lost, fresh, derived, nested] = fc.sample(ruleOver(own), { numRuns: 4, seed })
    if (!lost || !fresh || !derived || !nested) throw new Error('too few rules')
    const stage: Rule = { kind: 'tag', tag: 'stage', values: ['lost'] }
    const definitions: Record<string, ReturnType<DefinitionLookup>> = {
      'tag:vip': { mode: 'static' },
      'tag:level': { mode: 'static', values: values.level },
      'segment:insiders': { mode: 'static' },
      'tag:stage': {
        mode: 'valued',
        // Of every other shop a person has all the values whose rules hold.
        several: seed % 2 === 0,
        values: [
          { value: 'lost', rule: lost },
          { value: 'new', rule: fresh },
        ],
      },
      'tag:derived': { mode: 'dynamic', rule: { kind: 'any', rules: [derived, stage, { kind: 'tag', tag: 'vip' }] } },
      'segment:nested': { mode: 'dynamic', rule: { kind: 'all', rules: [{ kind: 'not', rule: { kind: 'tag', tag: 'derived' } }, nested] } },
    }
    return (kind, key) => definitions[`${kind}:${key}`] ?? null
  }

  return { facts, leaf, ruleOver, lookupFrom, midnights }
}
