import type {
  DateWindow,
  EventClock,
  EventRule,
  OccurrenceRule,
  PreferenceRule,
  Rule,
  RuleFilter,
  SequenceMatch,
  SequenceRule,
  SpanLength,
} from '@chaoxi/contract'

// One form for all rules that say the same by simple means: so that two definitions with one meaning are seen to be one, and
// a contradiction stands side by side. Kinds of conditions that are not known here stay as they are.

export const always: Rule = { kind: 'all', rules: [] }
export const never: Rule = { kind: 'any', rules: [] }

/** JSON with keys in order: equal values have equal texts. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** The parts in the order of their texts, each once. */
function sorted<T>(parts: readonly T[]): T[] {
  const byText = new Map(parts.map((part) => [textOf(part), part]))
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part)
}

const not = (rule: Rule, negated: boolean): Rule => (negated ? { kind: 'not', rule } : rule)

function normalFilter(filter: RuleFilter): RuleFilter {
  if (filter.op === 'includes_any' || filter.op === 'includes_all' || filter.op === 'includes_none')
    return { ...filter, value: sorted(filter.value) }
  if (filter.op !== 'in' && filter.op !== 'not_in') return filter
  const value = sorted(filter.value)
  const [only] = value
  if (value.length > 1 || only === undefined) return { ...filter, value }
  return { property: filter.property, op: filter.op === 'in' ? 'eq' : 'neq', value: only }
}

function normalAttribute(given: RuleFilter, negated: boolean): Rule {
  const filter = normalFilter(given)
  const { property } = filter
  const of = (positive: RuleFilter): Rule => not({ kind: 'attribute', filter: positive }, !negated)
  switch (filter.op) {
    case 'neq':
      return of({ property, op: 'eq', value: filter.value })
    case 'not_in':
      return of({ property, op: 'in', value: filter.value })
    case 'not_contains':
      return of({ property, op: 'contains', value: filter.value })
    case 'includes_none':
      return of({ property, op: 'includes_any', value: filter.value })
    case 'date_not_in':
      return of({ property, op: 'date_in', window: filter.window })
    case 'not_exists':
      return of({ property, op: 'exists' })
    default:
      return not({ kind: 'attribute', filter }, negated)
  }
}

function normalSpan({ amount, unit }: SpanLength): SpanLength {
  if (unit === 'minute' && amount % 60 === 0) return normalSpan({ amount: amount / 60, unit: 'hour' })
  return unit === 'hour' && amount % 24 === 0 ? { amount: amount / 24, unit: 'day' } : { amount, unit }
}

function normalWindow<Window extends EventRule['window']>(window: Window): Window | DateWindow {
  return window.kind === 'rolling' ? { kind: 'rolling', ...normalSpan(window) } : window
}

const normalFilters = (filters: readonly RuleFilter[]) => sorted(filters.map(normalFilter))

/** Of a clock that lets everything in, nothing. */
function normalClock({ clock }: { clock?: EventClock | undefined }): { clock?: EventClock } {
  const weekdays = [...new Set(clock?.weekdays)].sort((a, b) => a - b)
  const hours = clock?.hours
  // All day long, unless the day does not begin at midnight and only some are meant.
  const some = weekdays.length > 0 && weekdays.length < 7
  const narrow = hours !== undefined && (hours.from !== hours.to || (some && hours.from !== '00:00'))
  if (!narrow && !some) return {}
  return { clock: { ...(narrow ? { hours } : {}), ...(some ? { weekdays } : {}) } }
}

function normalOccurrence({ when, clock, ...rule }: OccurrenceRule): OccurrenceRule {
  return {
    ...rule,
    ...normalClock({ clock }),
    filters: normalFilters(rule.filters),
    window: normalWindow(rule.window),
    where: normalFilters(rule.where),
    ...(when === undefined ? {} : { when: normalWindow(when) }),
  }
}

function normalSequence({ steps, window, within, noneAfter, ...rule }: SequenceRule): SequenceRule {
  const match = ({ clock, ...one }: SequenceMatch): SequenceMatch => ({
    ...one,
    ...normalClock({ clock }),
    filters: normalFilters(one.filters),
  })
  const none = (list: readonly SequenceMatch[] | undefined) => sorted((list ?? []).map(match))
  const step = ({ when, after, within: soon, without, ...one }: SequenceRule['steps'][number]) => ({
    ...match(one),
    ...(when === undefined ? {} : { when: normalWindow(when) }),
    ...(after === undefined ? {} : { after: normalSpan(after) }),
    ...(soon === undefined ? {} : { within: normalSpan(soon) }),
    ...(without === undefined || without.length === 0 ? {} : { without: none(without) }),
  })
  return {
    ...rule,
    steps: steps.map(step),
    window: normalWindow(window),
    ...(within === undefined ? {} : { within: normalSpan(within) }),
    ...(noneAfter === undefined || noneAfter.length === 0 ? {} : { noneAfter: none(noneAfter) }),
  }
}

function normalEvent(rule: EventRule, negated: boolean): Rule {
  const { clock, ...timeless } = rule
  const base: EventRule = {
    ...timeless,
    ...normalClock({ clock }),
    filters: normalFilters(rule.filters),
    window: normalWindow(rule.window),
  }
  const { op, value } = rule
  const atLeast = (least: number, negate: boolean): Rule =>
    least <= 0 ? (negate === negated ? always : never) : not({ ...base, op: 'gte', value: least }, negate !== negated)
  // Counts are whole and never missing: every comparison but `eq` is "at least so many", or not.
  if (rule.measure.fn === 'count' || rule.measure.fn === 'distinct') {
    if (op === 'gte') return atLeast(Math.ceil(value), false)
    if (op === 'gt') return atLeast(Math.floor(value) + 1, false)
    if (op === 'lt') return atLeast(Math.ceil(value), true)
    if (op === 'lte') return atLeast(Math.floor(value) + 1, true)
    if (value === 0) return atLeast(1, true)
    if (value < 0 || !Number.isInteger(value)) return negated ? always : never
  }
  if (rule.measure.fn === 'sum' && (op === 'lt' || op === 'lte')) return not({ ...base, op: op === 'lt' ? 'gte' : 'gt' }, !negated)
  return not(base, negated)
}

function normalPreference({ clock, ...rule }: PreferenceRule): PreferenceRule {
  return {
    ...rule,
    ...normalClock({ clock }),
    filters: normalFilters(rule.filters),
    window: normalWindow(rule.window),
    values: sorted(rule.values),
  }
}

function group(kind: 'all' | 'any', rules: readonly Rule[]): Rule {
  const parts = sorted(rules.flatMap((rule) => (rule.kind === kind ? rule.rules : [rule])))
  const [spoils] = parts.filter((part) => part.kind !== kind && (part.kind === 'all' || part.kind === 'any') && part.rules.length === 0)
  if (spoils) return spoils
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind, rules: parts }
}

/** The same condition with negations at the leaves only, groups flat and in order, and comparisons written one way. */
export function normalForm(rule: Rule, negated = false): Rule {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return group(
        (rule.kind === 'all') === negated ? 'any' : 'all',
        rule.rules.map((child) => normalForm(child, negated)),
      )
    case 'not':
      return normalForm(rule.rule, !negated)
    case 'attribute':
      return normalAttribute(rule.filter, negated)
    case 'event':
      return normalEvent(rule, negated)
    case 'occurrence':
      return not(normalOccurrence(rule), negated)
    case 'sequence':
      return not(normalSequence(rule), negated)
    case 'preference':
      return not(normalPreference(rule), negated)
    case 'tag':
      return not(rule.values === undefined ? rule : { ...rule, values: sorted(rule.values) }, negated)
    default:
      return not(rule, negated)
  }
}
