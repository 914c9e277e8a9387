import { type EventRule, pausesMs, type Rule, type RuleFilter, type Scalar, type SequenceRule, spanLengthMs } from '@chaoxi/contract'
import { normalForm, textOf } from './normal-form.ts'

/**
 * Whether a rule can be seen to hold for nobody, or for everybody, whatever the data. Sound, not complete: conditions that
 * exclude each other side by side are found (`x and not x`, disjoint ranges, more in a short window than in a longer one),
 * deeper ones are not.
 */
export function verdictOf(rule: Rule): 'never' | 'always' | null {
  if (isNever(normalForm(rule), [])) return 'never'
  return isNever(normalForm(rule, true), []) ? 'always' : null
}

/** A condition that has to hold, or (negated) must not. */
interface Literal {
  readonly leaf: Rule
  readonly negated: boolean
}

const literalOf = (rule: Rule): Literal => (rule.kind === 'not' ? { leaf: rule.rule, negated: true } : { leaf: rule, negated: false })

/** Of a normal form, where `also` has to hold besides. */
function isNever(rule: Rule, also: readonly Literal[]): boolean {
  if (rule.kind === 'any') return rule.rules.every((child) => isNever(child, also))
  if (rule.kind !== 'all') return exclude([...also, literalOf(rule)])
  const anies = rule.rules.filter((child) => child.kind === 'any')
  const literals = [...also, ...rule.rules.filter((child) => child.kind !== 'any').map(literalOf)]
  return exclude(literals) || anies.some((child) => isNever(child, literals))
}

function exclude(literals: readonly Literal[]): boolean {
  const wanted = new Set(literals.filter(({ negated }) => !negated).map(({ leaf }) => textOf(leaf)))
  if (literals.some(({ leaf, negated }) => negated && wanted.has(textOf(leaf)))) return true
  if (literals.some(({ leaf, negated }) => !negated && leaf.kind === 'sequence' && takesTooLong(leaf))) return true
  const tests = literals.flatMap(({ leaf, negated }) => (leaf.kind === 'attribute' ? [{ filter: leaf.filter, negated }] : []))
  const events = literals.flatMap(({ leaf, negated }) => (leaf.kind === 'event' ? [{ leaf, negated }] : []))
  return testsExclude(tests) || boundsExclude(events) || countsExclude(events)
}

/** Steps that lie further apart than their window is long, which is open at its far end. */
const takesTooLong = ({ steps, window }: SequenceRule) => window.kind === 'rolling' && pausesMs(steps) >= spanLengthMs(window)

interface Test {
  readonly filter: RuleFilter
  readonly negated: boolean
}

/** Tests of properties, of which one has tests that no value passes. */
function testsExclude(tests: readonly Test[]): boolean {
  // `products[].category` reads many values, not one.
  const single = tests.filter(({ filter }) => !filter.property.includes('[]'))
  return [...Map.groupBy(single, ({ filter }) => filter.property).values()].some(noValuePasses)
}

const isNumeric = (op: RuleFilter['op']) => op === 'gt' || op === 'gte' || op === 'lt' || op === 'lte'
const textual: readonly RuleFilter['op'][] = ['contains', 'starts_with', 'ends_with', 'date_in', 'anniversary', 'month_day']

function noValuePasses(tests: readonly Test[]): boolean {
  const needed = tests.filter(({ negated }) => !negated).map(({ filter }) => filter)
  if (needed.length > 0 && tests.some(({ filter, negated }) => negated && filter.op === 'exists')) return true
  const lists = needed.flatMap((filter) => (filter.op === 'eq' ? [[filter.value]] : filter.op === 'in' ? [filter.value] : []))
  const [first, ...rest] = lists
  if (first !== undefined) {
    const candidates = first.filter((value) => rest.every((list) => list.includes(value)))
    return !candidates.some((value) => tests.every(({ filter, negated }) => (passes(filter, value) ?? !negated) !== negated))
  }
  if (needed.some(({ op }) => textual.includes(op)) && needed.some(({ op }) => isNumeric(op))) return true
  return isEmpty(
    needed.flatMap((filter) => (isNumeric(filter.op) && 'value' in filter ? [{ op: filter.op, value: Number(filter.value) }] : [])),
  )
}

/** A positive test on a value that is there; null where that is not known here. */
function passes(filter: RuleFilter, value: Scalar): boolean | null {
  switch (filter.op) {
    case 'eq':
      return value === filter.value
    case 'in':
      return filter.value.includes(value)
    case 'gt':
      return typeof value === 'number' && value > filter.value
    case 'gte':
      return typeof value === 'number' && value >= filter.value
    case 'lt':
      return typeof value === 'number' && value < filter.value
    case 'lte':
      return typeof value === 'number' && value <= filter.value
    case 'contains':
      return typeof value === 'string' && value.includes(filter.value)
    case 'starts_with':
      return typeof value === 'string' && value.startsWith(filter.value)
    case 'ends_with':
      return typeof value === 'string' && value.endsWith(filter.value)
    case 'exists':
      return true
    default:
      return null
  }
}

interface Bound {
  readonly op: string
  readonly value: number
}

/** Whether no number meets all of the bounds. */
function isEmpty(bounds: readonly Bound[]): boolean {
  let [low, high, open] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false]
  for (const { op, value } of bounds) {
    if (op === 'eq' || op === 'gte' || op === 'gt') low = Math.max(low, value)
    if (op === 'eq' || op === 'lte' || op === 'lt') high = Math.min(high, value)
  }
  for (const { op, value } of bounds) if ((op === 'gt' && value === low) || (op === 'lt' && value === high)) open = true
  return low > high || (low === high && open)
}

interface EventLiteral {
  readonly leaf: EventRule
  readonly negated: boolean
}

const opposite: Readonly<Record<string, string>> = { gt: 'lte', gte: 'lt', lt: 'gte', lte: 'gt' }

/** Bounds of one and the same measure that leave no number. */
function boundsExclude(events: readonly EventLiteral[]): boolean {
  const measured = Map.groupBy(events, ({ leaf: { op: _, value: __, ...same } }) => textOf(same))
  return [...measured.values()].some((literals) => {
    const defined = literals.some(({ leaf, negated }) => !negated || ['count', 'distinct', 'sum'].includes(leaf.measure.fn))
    return isEmpty(
      literals.flatMap(({ leaf: { op, value }, negated }) => {
        if (!negated) return [{ op, value }]
        const other = opposite[op]
        // An average of nothing is neither above nor below.
        return other === undefined || !defined ? [] : [{ op: other, value }]
      }),
    )
  })
}

const minutesOf = { minute: 1, hour: 60, day: 1440 } as const

/** Whether whatever happened in `inner` happened in `outer`. */
function isWithin(inner: EventRule['window'], outer: EventRule['window']): boolean {
  if (outer.kind === 'ever' || textOf(inner) === textOf(outer)) return true
  if (inner.kind === 'rolling' && outer.kind === 'rolling')
    return inner.amount * minutesOf[inner.unit] <= outer.amount * minutesOf[outer.unit]
  if (inner.kind === 'between' && outer.kind === 'between')
    return Date.parse(inner.from) >= Date.parse(outer.from) && Date.parse(inner.to) <= Date.parse(outer.to)
  return false
}

/** So many of something, and fewer of what includes it; or some of what cannot be. */
function countsExclude(events: readonly EventLiteral[]): boolean {
  const counts = events.filter(({ leaf }) => leaf.measure.fn === 'count' || leaf.measure.fn === 'distinct')
  const least = counts.flatMap(({ leaf, negated }) => (!negated && leaf.value >= 1 ? [leaf] : []))
  const most = counts.flatMap(({ leaf, negated }) => {
    if (negated) return leaf.op === 'gte' ? [{ leaf, max: leaf.value - 1 }] : []
    return leaf.op === 'eq' ? [{ leaf, max: leaf.value }] : []
  })
  if (least.some(({ filters }) => testsExclude(filters.map(positive)))) return true
  return least.some((some) => most.some(({ leaf, max }) => some.value > max && includes(leaf, some)))
}

function includes(outer: EventRule, inner: EventRule): boolean {
  const filters = new Set(inner.filters.map(textOf))
  return (
    outer.event === inner.event &&
    textOf(outer.measure) === textOf(inner.measure) &&
    isWithin(inner.window, outer.window) &&
    (outer.clock === undefined || textOf(outer.clock) === textOf(inner.clock)) &&
    outer.filters.every((filter) => filters.has(textOf(filter)))
  )
}

/** A filter of an event, as a test that says whether it is negated. */
function positive(filter: RuleFilter): Test {
  const rule = normalForm({ kind: 'attribute', filter })
  const { leaf, negated } = literalOf(rule)
  return leaf.kind === 'attribute' ? { filter: leaf.filter, negated } : { filter, negated: false }
}
