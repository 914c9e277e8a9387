import type { Comparison, EventRule, Measure } from '@chaoxi/contract'
import { sumOf } from './amount.ts'
import { microsOf, numbersOf } from './dictionary.ts'
import { type Column, columnIn, type EventColumns } from './facts.ts'
import type { Moment } from './window.ts'
import type { Zone } from './zone.ts'

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

/** Of the events in the first so many of `rows`; not a number when there is nothing to measure (average, min, max and absence of nothing). */
export type MeasureRows = (rows: Uint32Array, count: number) => number

/** A measure over the events of one name. */
export function measureOver(how: Measure, events: EventColumns, moment: Moment): MeasureRows {
  switch (how.fn) {
    case 'count':
      return (_, count) => count
    case 'days':
    case 'streak':
    case 'current_streak':
    case 'days_absent':
      return measureDays(how.fn, events, moment)
    case 'distinct':
      return countDistinct(columnIn(events.properties, how.property))
    default:
      return measureNumbers(how.fn, columnIn(events.properties, how.property))
  }
}

function countDistinct({ codes, dictionary }: Column): MeasureRows {
  const links = dictionary.links()
  return (rows, count) => {
    const seen = new Set<number>()
    for (let i = 0; i < count; i++) {
      const link = links[codes[rows[i] ?? 0] ?? 0] ?? 0
      if (link > 0) seen.add(link)
    }
    return seen.size
  }
}

function measureNumbers(fn: 'sum' | 'average' | 'min' | 'max', { codes, dictionary }: Column): MeasureRows {
  if (fn === 'min' || fn === 'max') {
    const numbers = numbersOf(dictionary)
    return (rows, count) => {
      let best = Number.NaN
      for (let i = 0; i < count; i++) {
        const value = numbers[codes[rows[i] ?? 0] ?? 0] ?? Number.NaN
        if (Number.isNaN(best) || (fn === 'min' ? value < best : value > best)) best = value
      }
      return best
    }
  }
  const micros = microsOf(dictionary)
  if (fn === 'sum') return (rows, count) => sumOf(rows, count, codes, micros)
  return (rows, count) => {
    let numbers = 0
    for (let i = 0; i < count; i++) if (!Number.isNaN(micros[codes[rows[i] ?? 0] ?? 0] ?? 0)) numbers++
    return sumOf(rows, count, codes, micros) / numbers
  }
}

/** The local days of events: several measures read them. */
export function daysOf(events: EventColumns, zone: Zone): Int32Array {
  const known = knownDays.get(events)
  if (known?.zone === zone) return known.days
  const days = new Int32Array(events.times.length)
  for (let row = 0; row < days.length; row++) days[row] = zone.dayOf(events.times[row] ?? 0)
  knownDays.set(events, { zone, days })
  return days
}
const knownDays = new WeakMap<EventColumns, { zone: Zone; days: Int32Array }>()

function measureDays(fn: 'days' | 'streak' | 'current_streak' | 'days_absent', events: EventColumns, { now, zone }: Moment): MeasureRows {
  const today = zone.dayOf(now)
  const dayOfRow = daysOf(events, zone)
  if (fn === 'days_absent')
    return (rows, count) => (count === 0 ? Number.NaN : Math.max(today - (dayOfRow[rows[count - 1] ?? 0] ?? 0) - 1, 0))
  return (rows, count) => {
    let days = 0
    let longest = 0
    let run = 0
    let last = Number.NEGATIVE_INFINITY
    // Oldest first.
    for (let i = 0; i < count; i++) {
      const day = dayOfRow[rows[i] ?? 0] ?? 0
      if (day === last) continue
      days++
      run = day === last + 1 ? run + 1 : 1
      if (run > longest) longest = run
      last = day
    }
    if (fn === 'days') return days
    if (fn === 'streak') return longest
    return last >= today - 1 ? run : 0
  }
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
