import {
  type EventRule,
  type Rule,
  type RuleFilter,
  type RuleWindow,
  ruleProblems,
  type SequenceRule,
  type SequenceStep,
} from '@chaoxi/contract'
import { createRandom } from '../../server/test/harness/random.ts'
import * as world from './world.ts'

// 200 definitions as operators write them. For each a size is drawn, evenly on a logarithmic scale, and rules are drawn until
// one holds for about so many of a sample.

export interface BenchDefinition {
  readonly kind: 'tag' | 'segment'
  readonly key: string
  readonly shape: string
  readonly rule: Rule
}

/** Of the people, by which a drawn rule is kept or drawn again. */
export type ShareOf = (rule: Rule, definitions: readonly BenchDefinition[]) => number

const shareMin = 0.001
const shareMax = 0.5
/** A rule whose share is off by no more than this factor is taken. */
const nearEnough = 3
const drawsMax = 25

/** Nobody has it before the live run; whoever gets it enters at once. */
export const probe = { event: 'Coupon Applied', coupon: 'bench-probe', key: 'probe' } as const

const days = (amount: number): RuleWindow => ({ kind: 'rolling', amount, unit: 'day' })
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })
const any = (...rules: Rule[]): Rule => ({ kind: 'any', rules })
const not = (rule: Rule): Rule => ({ kind: 'not', rule })
const attribute = (filter: RuleFilter): Rule => ({ kind: 'attribute', filter })
const equals = (property: string, value: string): RuleFilter => ({ property, op: 'eq', value })

/** The condition that is written by hand in SQL too. */
export const typical = { event: 'Product Viewed', category: world.categories[0]?.[0] ?? '', days: 30, atLeast: 2, city: '上海' } as const
const typicalRule: Rule = all(
  {
    kind: 'event',
    event: typical.event,
    filters: [equals('category', typical.category)],
    window: days(typical.days),
    measure: { fn: 'count' },
    op: 'gte',
    value: typical.atLeast,
  },
  attribute(equals('city', typical.city)),
)

function createDraw(seed: number, now: number) {
  const random = createRandom(seed)
  const int = (from: number, to: number) => from + Math.floor(random() * (to - from + 1))
  const of = <T>(list: readonly T[]): T => {
    const found = list[Math.floor(random() * list.length)]
    if (found === undefined) throw new Error('nothing to choose from')
    return found
  }
  const name = (names: world.Weighted) => of(names)[0]
  const date = (daysAgo: number) => new Date(now + 8 * 3_600_000 - daysAgo * 86_400_000).toISOString().slice(0, 10)

  const productEvents = ['Product Viewed', 'Product Clicked', 'Product Added', 'Product Added to Wishlist', 'Order Completed', 'Order Paid']
  const allEvents = world.eventShares.map(([event]) => event)

  function window(): RuleWindow {
    const drawn = random()
    if (drawn < 0.5) return days(of([1, 3, 7, 14, 30, 30, 60, 90]))
    if (drawn < 0.62) return { kind: 'calendar', unit: 'day', from: -of([1, 2, 6, 29]), to: 0 }
    if (drawn < 0.74)
      return of([
        { kind: 'calendar', unit: 'month', from: 0, to: 0 },
        { kind: 'calendar', unit: 'month', from: -1, to: -1 },
      ])
    if (drawn < 0.79) return { kind: 'calendar', unit: 'week', from: -1, to: 0 }
    if (drawn < 0.87)
      return of([
        { kind: 'relative', from: 10, to: 3, unit: 'day' },
        { kind: 'relative', from: 60, to: 30, unit: 'day' },
      ])
    if (drawn < 0.92) return { kind: 'dates', from: date(of([20, 50, 90])), to: date(of([5, 10, 15])) }
    if (drawn < 0.96) return { kind: 'since', attribute: 'registered_at', within: { amount: of([7, 30]), unit: 'day' } }
    return { kind: 'ever' }
  }

  function filtersOf(event: string): RuleFilter[] {
    if (event === 'Promotion Viewed' || event === 'Coupon Applied') return [equals('promotion', name(world.promotions))]
    if (event === 'Products Searched' || event === 'Product List Viewed') return [equals('category', name(world.categories))]
    if (event === 'Cart Viewed' || event === 'Checkout Started') return [{ property: 'total', op: 'gte', value: of([100, 300, 800]) }]
    return of<RuleFilter[]>([
      [equals('category', name(world.categories))],
      [{ property: 'category', op: 'in', value: [name(world.categories), name(world.categories), name(world.categories)] }],
      [{ property: 'price', op: 'gte', value: of([100, 200, 500, 1000]) }],
      [equals('category', name(world.categories)), { property: 'price', op: 'lt', value: of([50, 100, 300]) }],
      event.startsWith('Order') ? [equals('promotion', name(world.promotions))] : [{ property: 'quantity', op: 'gte', value: 2 }],
    ])
  }
  const someFilters = (event: string) => (random() < 0.65 ? filtersOf(event) : [])

  function event(measure: EventRule['measure'], name: string, op: EventRule['op'], value: number, filters = someFilters(name)): EventRule {
    return { kind: 'event', event: name, filters, window: window(), measure, op, value }
  }
  const count = (): Rule => event({ fn: 'count' }, of(allEvents), 'gte', of([1, 1, 1, 2, 3, 5, 10]))

  function measure(): Rule {
    const name = of(productEvents)
    const property = name.startsWith('Order') ? 'total' : 'price'
    return of<() => Rule>([
      () => event({ fn: 'sum', property }, name, 'gte', of([200, 500, 1000, 3000, 10_000])),
      () => event({ fn: 'average', property }, name, 'gte', of([100, 300, 600])),
      () => event({ fn: 'max', property }, name, 'gte', of([300, 800, 1200])),
      () => event({ fn: 'min', property }, name, 'lt', of([10, 30])),
      () => event({ fn: 'distinct', property: of(['category', 'product_id']) }, name, 'gte', of([2, 3, 5, 8]), []),
    ])()
  }

  const activity = (): Rule =>
    of<() => Rule>([
      () => event({ fn: 'days' }, of(allEvents), 'gte', of([2, 3, 5, 10]), []),
      () => event({ fn: 'streak' }, of(['Product Viewed', 'Product List Viewed', 'Products Searched']), 'gte', of([2, 3, 4]), []),
      () => event({ fn: 'current_streak' }, 'Product Viewed', 'gte', of([1, 2, 3]), []),
      () => ({ ...event({ fn: 'days_absent' }, of(productEvents), 'gte', of([7, 14, 30, 60]), []), window: { kind: 'ever' } }),
    ])()

  function occurrence(): Rule {
    const name = of(productEvents)
    const where = random() < 0.7 ? filtersOf(name) : []
    const when = random() < 0.6 ? ({ kind: 'rolling', amount: of([7, 14, 30, 60]), unit: 'day' } as const) : undefined
    return {
      kind: 'occurrence',
      which: of(['first', 'last']),
      event: name,
      filters: [],
      window: { kind: 'ever' },
      where,
      ...(when ? { when } : {}),
    }
  }

  const attributes = (): Rule =>
    of<() => Rule>([
      () => attribute({ property: 'city', op: 'in', value: [name(world.cities), name(world.cities)] }),
      () => all(attribute(equals('gender', '女')), attribute(equals('member_level', name(world.memberLevels)))),
      () => all(attribute(equals('channel', name(world.channels))), attribute(equals('city', name(world.cities)))),
      () => attribute({ property: 'registered_at', op: 'date_in', window: { kind: 'rolling', amount: of([3, 7, 30, 90]), unit: 'day' } }),
      () => all(attribute({ property: 'birthday', op: 'not_exists' }), attribute(equals('city', name(world.cities)))),
      () => attribute({ property: 'member_level', op: 'in', value: of([['金卡', '钻石'], ['钻石'], ['银卡', '金卡']]) }),
    ])()

  const anniversary = (): Rule => {
    const soon: Rule = attribute(
      of<RuleFilter>([
        { property: 'birthday', op: 'anniversary', window: { kind: 'calendar', unit: 'day', from: 0, to: of([0, 3, 6, 14]) } },
        { property: 'birthday', op: 'anniversary', window: { kind: 'calendar', unit: 'month', from: 0, to: 0 } },
        { property: 'registered_at', op: 'anniversary', window: { kind: 'calendar', unit: 'week', from: 0, to: 1 } },
        { property: 'birthday', op: 'month_day', from: '11-23', to: '12-21' },
      ]),
    )
    return random() < 0.5 ? soon : all(soon, attribute(equals('gender', of(['女', '男']))))
  }

  const share = (): Rule => {
    const from = int(0, 60)
    return { kind: 'random', seed: `bench-${int(1, 5)}`, from, to: from + of([1, 5, 10, 20]) }
  }

  const leaf = (): Rule => of([count, count, count, measure, activity, occurrence, attributes, share])()
  const bought = (): Rule => event({ fn: 'count' }, of(['Order Completed', 'Order Paid']), 'gte', 1)
  const combined = (): Rule =>
    of<() => Rule>([
      () => all(count(), not(bought())),
      () => all(count(), not(bought()), attributes()),
      () => all(any(count(), count()), not(bought())),
      () => all(measure(), attributes()),
      () => all(activity(), not(count()), share()),
      () => any(occurrence(), count()),
      () => all(leaf(), leaf(), leaf()),
      () => all(any(leaf(), leaf()), any(leaf(), leaf())),
    ])()

  const named = (definitions: readonly BenchDefinition[]): Rule => {
    const { kind, key } = of(definitions)
    return kind === 'tag' ? { kind, tag: key } : { kind, segment: key }
  }
  const nested = (definitions: readonly BenchDefinition[]): Rule =>
    of<() => Rule>([
      () => all(named(definitions), not(named(definitions))),
      () => all(named(definitions), named(definitions)),
      () => any(named(definitions), named(definitions), count()),
      () => all(named(definitions), attributes()),
      () => all(any(named(definitions), named(definitions)), not(bought())),
    ])()

  function sequence(): Rule {
    const link = 'product_id'
    const step = (event: string, more: Partial<SequenceStep> = {}): SequenceStep => ({ event, filters: [], ...more })
    const within = (amount: number, unit: 'hour' | 'day') => ({ amount, unit })
    const rule = (steps: SequenceStep[], more: Partial<SequenceRule> = {}): Rule => ({
      kind: 'sequence',
      steps,
      window: days(of([7, 14, 30, 60, 90])),
      ...more,
    })
    const bought = { event: 'Order Completed', filters: [], link }
    const removed = { event: 'Product Removed', filters: [], link }
    const price: RuleFilter[] = random() < 0.5 ? [{ property: 'price', op: 'gte', value: of([100, 300]) }] : []
    return of<() => Rule>([
      () =>
        rule([step('Product Viewed', { link, filters: price }), step('Product Added', { link, within: within(of([1, 2, 3, 7]), 'day') })]),
      () => rule([step('Product Added', { link, filters: price })], { noneAfter: [bought] }),
      () =>
        rule([step('Product Viewed', { link, filters: price }), step('Product Added', { link })], {
          noneAfter: [bought],
          within: within(of([3, 7, 14]), 'day'),
        }),
      () =>
        rule([
          step('Product Added', { link }),
          step('Order Completed', { link, within: within(of([12, 24, 72]), 'hour'), without: [removed] }),
        ]),
      () =>
        rule([step('Product Viewed', { link }), step('Product Added', { link }), step('Order Completed', { link })], {
          within: within(of([7, 14, 30]), 'day'),
        }),
      () => rule([step('Product Clicked', { link }), step('Product Added to Wishlist', { link, within: within(of([3, 7]), 'day') })]),
      () =>
        rule([
          step('Promotion Viewed'),
          step('Order Completed', { within: within(of([1, 3, 7]), 'day'), without: [{ event: 'Coupon Applied', filters: [] }] }),
        ]),
      () =>
        rule([
          step('Products Searched', { filters: filtersOf('Products Searched') }),
          step('Product Added', { within: within(of([12, 48]), 'hour') }),
        ]),
      () =>
        rule([
          step('Checkout Started'),
          step('Order Completed', { within: within(of([24, 72]), 'hour'), without: [{ event: 'Product Removed', filters: [] }] }),
        ]),
      () => rule([step('Order Completed'), step('Order Completed', { within: within(of([7, 30]), 'day') }), step('Product Reviewed')]),
      () =>
        rule([
          step('Products Searched'),
          step('Product List Viewed', { within: within(24, 'hour') }),
          step('Checkout Started', { within: within(3, 'day') }),
        ]),
    ])()
  }
  return { random, count, measure, activity, occurrence, attributes, anniversary, share, combined, nested, sequence }
}

export const definitionCount = 200

/** The same for the same seed, `now` and shares. Those that are named come before those that name them. */
export function drawDefinitions(seed: number, now: number, shareOf: ShareOf): BenchDefinition[] {
  const draw = createDraw(seed, now)
  const plan: readonly (readonly [shape: string, count: number, make: (before: readonly BenchDefinition[]) => Rule])[] = [
    ['count', 46, draw.count],
    ['measure', 26, draw.measure],
    ['activity', 15, draw.activity],
    ['occurrence', 15, draw.occurrence],
    ['attributes', 14, draw.attributes],
    ['anniversary', 7, draw.anniversary],
    ['share', 5, draw.share],
    ['sequence', 20, draw.sequence],
    ['combined', 32, draw.combined],
    ['nested', 18, draw.nested],
  ]
  const definitions: BenchDefinition[] = [
    { kind: 'segment', key: 'typical', shape: 'typical', rule: typicalRule },
    {
      kind: 'segment',
      key: probe.key,
      shape: 'probe',
      rule: {
        kind: 'event',
        event: probe.event,
        filters: [equals('coupon_id', probe.coupon)],
        window: { kind: 'ever' },
        measure: { fn: 'count' },
        op: 'gte',
        value: 1,
      },
    },
  ]
  for (const [shape, count, make] of plan) {
    for (let i = 1; i <= count; i++) {
      const rule = drawUntilFit(
        draw.random,
        () => make(definitions),
        (one) => shareOf(one, definitions),
      )
      definitions.push({ kind: i % 2 === 0 ? 'tag' : 'segment', key: `${shape}_${i}`, shape, rule })
    }
  }
  if (definitions.length !== definitionCount) throw new Error(`${definitions.length} definitions were drawn`)
  return definitions
}

/** A rule of about the drawn size, else the nearest of those that were drawn. */
function drawUntilFit(random: () => number, make: () => Rule, shareOf: (rule: Rule) => number): Rule {
  const wanted = shareMin * (shareMax / shareMin) ** random()
  let best: { rule: Rule; off: number } | null = null
  for (let draws = 0; draws < drawsMax && (best === null || best.off > nearEnough); draws++) {
    const rule = make()
    if (ruleProblems(rule).length > 0) throw new Error(`a drawn rule cannot be used: ${JSON.stringify([rule, ruleProblems(rule)])}`)
    const share = shareOf(rule)
    const off = Math.max(share / wanted, wanted / share)
    if (share >= shareMin && share <= shareMax && (best === null || off < best.off)) best = { rule, off }
  }
  if (best === null) throw new Error('no drawn rule holds for between 0.1 % and 50 % of the sample')
  return best.rule
}
