import type { Comparison, EventRule, Measure } from '@chaoxi/contract'
import { fromMicros, toMicros } from './amount.ts'
import type { FactEvent } from './facts.ts'
import { readNumber, readProperty } from './property.ts'
import type { Moment } from './window.ts'

export function compare(left: number, op: Comparison, right: number): boolean {
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

/** The measured number, or null when there is nothing to measure (average, min, max and absence of nothing). */
export function measure(how: Measure, events: readonly FactEvent[], { now, zone }: Moment): number | null {
  switch (how.fn) {
    case 'count':
      return events.length
    case 'days':
    case 'streak':
    case 'current_streak':
    case 'days_absent': {
      const days = [...new Set(events.map((event) => zone.dayOf(event.time)))].sort((a, b) => a - b)
      return measureDays(how.fn, days, zone.dayOf(now))
    }
    case 'distinct': {
      const values = events.map((event) => readProperty(event.properties, how.property)).filter((value) => value !== undefined)
      return new Set(values.map((value) => JSON.stringify(value))).size
    }
    default:
      return measureNumbers(
        how.fn,
        events.map((event) => readNumber(event.properties, how.property)).filter((value) => value !== null),
      )
  }
}

function measureNumbers(fn: 'sum' | 'average' | 'min' | 'max', numbers: readonly number[]): number | null {
  if (fn === 'sum' || fn === 'average') {
    const total = fromMicros(numbers.reduce((sum, value) => sum + toMicros(value), 0n))
    if (fn === 'sum') return total
    return numbers.length === 0 ? null : total / numbers.length
  }
  if (numbers.length === 0) return null
  return numbers.reduce((best, value) => (fn === 'min' ? Math.min(best, value) : Math.max(best, value)))
}

function measureDays(fn: 'days' | 'streak' | 'current_streak' | 'days_absent', days: readonly number[], today: number): number | null {
  const last = days.at(-1)
  if (fn === 'days') return days.length
  if (fn === 'days_absent') return last === undefined ? null : Math.max(today - last - 1, 0)
  let [longest, run] = [0, 0]
  for (const [i, day] of days.entries()) {
    run = i > 0 && days[i - 1] === day - 1 ? run + 1 : 1
    longest = Math.max(longest, run)
  }
  if (fn === 'streak') return longest
  return last !== undefined && last >= today - 1 ? run : 0
}

/** How many events must be there for `count op value` to be on one side of its only turning point; null for `eq`. */
export function turningCount(rule: EventRule): number | null {
  if (rule.op === 'gte' || rule.op === 'lt') return Math.ceil(rule.value)
  if (rule.op === 'gt' || rule.op === 'lte') return Math.floor(rule.value) + 1
  return null
}

/** The absences at which a comparison with a number of days may turn, of those that are still to come. */
export function turningAbsences(op: Comparison, value: number): number[] {
  const edges = op === 'eq' ? [value, value + 1] : op === 'gte' || op === 'lt' ? [Math.ceil(value)] : [Math.floor(value) + 1]
  return edges.filter((edge) => Number.isInteger(edge) && edge >= 1)
}
