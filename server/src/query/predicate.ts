import type { Comparison, EventRule } from '@chaoxi/contract'
import { fromMicros, toMicros } from './amount.ts'
import type { FactEvent, PersonFacts } from './facts.ts'
import { matchesFilter, matchesFilters, readNumber, readProperty } from './property.ts'
import type { ResolvedRule } from './resolved.ts'
import { spanOf } from './window.ts'

function compare(left: number, op: Comparison, right: number): boolean {
  switch (op) {
    case 'eq':
      return left === right
    case 'gt':
      return left > right
    case 'gte':
      return left >= right
    case 'lt':
      return left < right
    case 'lte':
      return left <= right
  }
}

/** The measured number, or null when there is nothing to measure (average, min and max of nothing). */
function measure(rule: EventRule, events: readonly FactEvent[]): number | null {
  const { measure } = rule
  if (measure.fn === 'count') return events.length
  if (measure.fn === 'distinct') {
    const values = events.map((event) => readProperty(event.properties, measure.property)).filter((value) => value !== undefined)
    return new Set(values.map((value) => JSON.stringify(value))).size
  }
  const numbers = events.map((event) => readNumber(event.properties, measure.property)).filter((value) => value !== null)
  if (measure.fn === 'sum' || measure.fn === 'average') {
    const total = fromMicros(numbers.reduce((sum, value) => sum + toMicros(value), 0n))
    if (measure.fn === 'sum') return total
    return numbers.length === 0 ? null : total / numbers.length
  }
  if (numbers.length === 0) return null
  return numbers.reduce((best, value) => (measure.fn === 'min' ? Math.min(best, value) : Math.max(best, value)))
}

function matchesEvents(rule: EventRule, facts: PersonFacts, now: number): boolean {
  const { after, until } = spanOf(rule.window, now)
  const matching = facts.events.filter(
    ({ event, time, properties }) =>
      event === rule.event && time <= until && (after === null || time > after) && matchesFilters(rule.filters, properties),
  )
  const measured = measure(rule, matching)
  return measured !== null && compare(measured, rule.op, rule.value)
}

/** The rule's answer for one person at `now` (ms), from facts in memory. */
export function matches(rule: ResolvedRule, facts: PersonFacts, now: number): boolean {
  switch (rule.kind) {
    case 'all':
      return rule.rules.every((child) => matches(child, facts, now))
    case 'any':
      return rule.rules.some((child) => matches(child, facts, now))
    case 'not':
      return !matches(rule.rule, facts, now)
    case 'attribute':
      return matchesFilter(rule.filter, facts.attributes)
    case 'member':
      return (rule.of === 'tag' ? facts.staticTags : facts.staticSegments).has(rule.key)
    case 'event':
      return matchesEvents(rule, facts, now)
  }
}
