import type { RuleFilter } from '@chaoxi/contract'
import type { EventColumns } from './facts.ts'
import { type FilterTest, testFilters } from './filter-test.ts'
import { never } from './slab.ts'
import type { Moment } from './window.ts'
import type { BoundWindow, EventWindow } from './window-turns.ts'

/** Events of one name that pass filters. */
export interface Match {
  readonly event: string
  readonly filters: FilterTest
}

export const matchOf = ({ event, filters }: { event: string; filters: readonly RuleFilter[] }, moment: Moment): Match => ({
  event,
  filters: testFilters(filters, moment),
})

/** The events of one person after the other that a match finds in a window. */
export interface Hits {
  /** Of the last person: rows of the event's columns, oldest first; as many as `of` answered. */
  rows: Uint32Array
  /**
   * No later than an event of the future, the turn of a filter, or an event's coming into the window; so until then the
   * same are found, but for those that leave the window.
   */
  next: number
  of(person: number): number
}

export function hitsOver(match: Match, events: EventColumns, window: EventWindow, bound: BoundWindow, now: number): Hits {
  const { starts, times } = events
  const { turning } = match.filters
  const { passes, flips } = match.filters.over(events.properties)
  const { turns, comesAfter } = window
  // Nobody asks about what lies before the window.
  const skips = !turning
  const hits: Hits = {
    rows: new Uint32Array(64),
    next: never,
    of(person) {
      const [start, end] = [starts[person] ?? 0, starts[person + 1] ?? 0]
      if (hits.rows.length < end - start) hits.rows = new Uint32Array(2 * (end - start))
      const { rows } = hits
      const [after, until] = [bound.after(person), bound.until(person)]
      let coming = comesAfter
      let next = never
      let count = 0
      for (let row = skips ? firstAfter(times, start, end, Math.min(after, coming, now)) : start; row < end; row++) {
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
    },
  }
  return hits
}

/** The first row of a person that is later than an instant. */
function firstAfter(times: Float64Array, start: number, end: number, at: number): number {
  let [low, high] = [start, end]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low
}
