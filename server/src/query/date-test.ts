import type { CalendarWindow, DateFilter } from '@chaoxi/contract'
import { anniversaryIndexes, keptOn, monthDayIndexMax, monthDayRange } from './dates.ts'
import { never } from './slab.ts'
import { calendarDays, type Moment } from './window.ts'
import { testWindow } from './window-turns.ts'

/** A test of dates at one moment; of what it reads, not a number is no date. */
export interface DateTest {
  /** An instant (ms), or the place of a month and day by `monthDayIndex`. */
  readonly reads: 'date' | 'month and day'
  passes(read: number): boolean
  /** When time alone next turns the answer. */
  flips(read: number): number
}

/** Whoever's anniversary does not turn for so long is looked at then. */
const daysAheadMax = 370
/** Four years hold every month and day. */
const daysKeptMax = 4 * 366

/** For each month and day, by `monthDayIndex` less one, when its being in the window next turns. */
export function anniversaryFlips(window: CalendarWindow, { now, zone }: Moment): number[] {
  const today = zone.dayOf(now)
  const spans = Array.from({ length: daysAheadMax + 1 }, (_, ahead) => {
    const at = ahead === 0 ? now : zone.startOf(today + ahead)
    return { at, ...calendarDays(window, { now: at, zone }) }
  }).filter((span, i, all) => i === 0 || span.first !== all[i - 1]?.first || span.last !== all[i - 1]?.last)
  const horizon = zone.startOf(today + daysAheadMax)
  const kept = daysKept(spans[0]?.first ?? today, spans.at(-1)?.last ?? today)
  return kept.map((days) => {
    const within = ({ first, last }: { first: number; last: number }) => days.some((day) => day >= first && day <= last)
    const inside = spans[0] !== undefined && within(spans[0])
    return spans.find((span, i) => i > 0 && within(span) !== inside)?.at ?? horizon
  })
}

/** By month and day, the days of a span on which it is kept. */
function daysKept(first: number, last: number): number[][] {
  const kept: number[][] = Array.from({ length: monthDayIndexMax }, () => [])
  for (let day = first; day <= Math.min(last, first + daysKeptMax); day++) for (const index of keptOn(day)) kept[index - 1]?.push(day)
  return kept
}

export function testDate(filter: DateFilter, moment: Moment): DateTest {
  switch (filter.op) {
    case 'date_in':
    case 'date_not_in': {
      const window = testWindow(filter.window, moment)
      const wanted = filter.op === 'date_in'
      return {
        reads: 'date',
        passes: (at) => (!Number.isNaN(at) && window.has(at)) === wanted,
        flips: (at) => (Number.isNaN(at) ? never : window.turn(at)),
      }
    }
    case 'month_day': {
      const indexes = monthDayRange(filter.from, filter.to)
      return { reads: 'month and day', passes: (index) => indexes.has(index), flips: () => never }
    }
    case 'anniversary': {
      const indexes = anniversaryIndexes(filter.window, moment)
      let flips: number[] | null = null
      return {
        reads: 'month and day',
        passes: (index) => indexes.has(index),
        flips(index) {
          if (Number.isNaN(index)) return never
          flips ??= anniversaryFlips(filter.window, moment)
          return flips[index - 1] ?? never
        },
      }
    }
  }
}
