import type { EventClock, RuleFilter } from '@chaoxi/contract'
import { testClock } from './clock.ts'
import type { EventColumns } from './facts.ts'
import { type FilterTest, testFilters } from './filter-test.ts'
import { never } from './slab.ts'
import type { Moment } from './window.ts'
import type { BoundWindow, EventWindow } from './window-turns.ts'

/** Which events a leaf means. */
export interface EventTerms {
  readonly event: string
  readonly filters: readonly RuleFilter[]
  readonly clock?: EventClock | undefined
}

/** Events of one name that pass filters, at times that a clock lets in. */
export interface Match {
  readonly event: string
  readonly filters: FilterTest
  readonly clock: ((ms: number) => boolean) | null
}

export const matchOf = ({ event, filters, clock }: EventTerms, moment: Moment): Match => ({
  event,
  filters: testFilters(filters, moment),
  clock: clock === undefined ? null : testClock(clock, moment.zone),
})

/** Whether a row of the event's columns passes, and when time alone turns that. */
function passing(
  { filters, clock }: Match,
  { properties, times }: EventColumns,
): { passes(row: number): boolean; flips(row: number): number } {
  const { passes, flips } = filters.over(properties)
  return clock === null ? { passes, flips } : { passes: (row) => passes(row) && clock(times[row] ?? 0), flips }
}

/** The events of one person after the other that a match finds in a window. */
export interface Hits {
  /** Of the last person: rows of the event's columns, oldest first; as many as were answered. */
  rows: Uint32Array
  /**
   * No later than an event of the future, the turn of a filter, or an event's coming into the window; so until then the
   * same are found, but for those that leave the window.
   */
  next: number
  /** Nobody whose newest event is not later than this has any, or a next. */
  readonly least: number
  of(person: number): number
  /** Of the person's hits at least those at the first or the last instant, and nothing earlier or later. */
  edge(person: number, which: 'first' | 'last'): number
}

export function hitsOver(match: Match, events: EventColumns, window: EventWindow, bound: BoundWindow, now: number): Hits {
  const { starts, times } = events
  const { turning } = match.filters
  const { passes, flips } = passing(match, events)
  const { turns, comesAfter } = window
  const { fixed } = bound
  /** Nobody asks about what lies before the window. */
  const leastOf = (after: number) => (turning ? -never : Math.min(after, comesAfter, now))
  const fixedLeast = fixed === null ? -never : leastOf(fixed.after)

  function of(person: number): number {
    const start = starts[person] ?? 0
    const end = starts[person + 1] ?? 0
    hits.next = never
    const after = fixed === null ? bound.after(person) : fixed.after
    const least = fixed === null ? leastOf(after) : fixedLeast
    if ((times[end - 1] ?? 0) <= least) return 0
    const until = fixed === null ? bound.until(person) : fixed.until
    const from = firstAfter(times, start, end, least)
    if (hits.rows.length < end - from) hits.rows = new Uint32Array(2 * (end - from))
    const { rows } = hits
    let coming = comesAfter
    let next = never
    let count = 0
    for (let row = from; row < end; row++) {
      const time = times[row] ?? 0
      if (time > now) {
        if (time < next) next = time
        break
      }
      if (turning) next = Math.min(next, flips(row))
      const inside = time > after && time <= until
      if ((!inside && time <= coming) || !passes(row)) continue
      if (inside) rows[count++] = row
      if (time > coming) {
        if (turns !== null) next = Math.min(next, turns.enters(time))
        coming = never
      }
    }
    hits.next = next
    return count
  }

  function edge(person: number, which: 'first' | 'last'): number {
    if (turning || comesAfter < never) return of(person)
    const start = starts[person] ?? 0
    const end = starts[person + 1] ?? 0
    const future = firstAfter(times, start, end, now)
    hits.next = future < end ? (times[future] ?? never) : never
    const first = firstAfter(times, start, future, bound.after(person))
    const last = firstAfter(times, first, future, bound.until(person)) - 1
    const step = which === 'first' ? 1 : -1
    let count = 0
    let instant = Number.NaN
    for (let row = which === 'first' ? first : last; row >= first && row <= last; row += step) {
      const time = times[row] ?? 0
      if (count > 0 && time !== instant) break
      if (!passes(row)) continue
      if (count === hits.rows.length) hits.rows = moreRoom(hits.rows)
      hits.rows[count++] = row
      instant = time
    }
    return count
  }

  const hits: Hits = { rows: new Uint32Array(64), next: never, least: fixedLeast, of, edge }
  return hits
}

function moreRoom(rows: Uint32Array): Uint32Array {
  const more = new Uint32Array(rows.length * 2)
  more.set(rows)
  return more
}

/** The first of some rows that is later than an instant. */
export function firstAfter(times: Float64Array, start: number, end: number, at: number): number {
  if ((times[end - 1] ?? 0) <= at) return end
  let low = start
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low
}
