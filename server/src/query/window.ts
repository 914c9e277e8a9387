import { type CalendarWindow, type DateWindow, spanLengthMs } from '@chaoxi/contract'
import { civil, dayNumber, type Zone } from './zone.ts'

/** Instants (ms) that a window lets in at `now`: after < time <= until; null is open. Not cut off at `now`. */
export interface Span {
  readonly after: number | null
  readonly until: number | null
}

/** When and where a rule is asked. */
export interface Moment {
  readonly now: number
  readonly zone: Zone
  /** One person is asked: what would be worked out for all values of a property at this moment is asked value by value. */
  readonly alone?: true
}

type CalendarUnit = CalendarWindow['unit']

/** Which week, month, … a day lies in, counted so that neighbours differ by one. Weeks begin on Monday. */
export function unitOf(unit: CalendarUnit, day: number): number {
  if (unit === 'day') return day
  if (unit === 'week') return Math.floor((day + 3) / 7)
  const { year, month } = civil(day)
  if (unit === 'month') return year * 12 + month - 1
  return unit === 'quarter' ? year * 4 + Math.floor((month - 1) / 3) : year
}

/** The day with which a unit begins. */
export function firstDayOf(unit: CalendarUnit, index: number): number {
  switch (unit) {
    case 'day':
      return index
    case 'week':
      return index * 7 - 3
    case 'month':
      return dayNumber(Math.floor(index / 12), (((index % 12) + 12) % 12) + 1, 1)
    case 'quarter':
      return dayNumber(Math.floor(index / 4), (((index % 4) + 4) % 4) * 3 + 1, 1)
    case 'year':
      return dayNumber(index, 1, 1)
  }
}

const monthDayOf = (text: string) => ({ month: Number(text.slice(0, 2)), day: Number(text.slice(3)) })

/** The first and last local day of the window. */
export function calendarDays(window: CalendarWindow, { now, zone }: Moment): { first: number; last: number } {
  const current = unitOf(window.unit, zone.dayOf(now))
  return { first: firstDayOf(window.unit, current + window.from), last: firstDayOf(window.unit, current + window.to + 1) - 1 }
}

function daysSpan(first: number | null, last: number | null, zone: Zone): Span {
  return { after: first === null ? null : zone.startOf(first) - 1, until: last === null ? null : zone.startOf(last + 1) - 1 }
}

function dayOfText(text: string): number {
  return dayNumber(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)))
}

/** Instants are whole milliseconds, so [from, to) is (from - 1, to - 1]. */
export function dateSpan(window: DateWindow, moment: Moment): Span {
  const { now, zone } = moment
  switch (window.kind) {
    case 'rolling':
      return { after: now - spanLengthMs(window), until: now }
    case 'relative': {
      const ago = (amount: number) => now - spanLengthMs({ amount, unit: window.unit })
      return { after: window.from === undefined ? null : ago(window.from), until: ago(window.to) }
    }
    case 'calendar': {
      const { first, last } = calendarDays(window, moment)
      return daysSpan(first, last, zone)
    }
    case 'annual': {
      const year = civil(zone.dayOf(now)).year + window.year
      const [from, to] = [monthDayOf(window.from), monthDayOf(window.to)]
      const lastYear = window.to < window.from ? year + 1 : year
      return daysSpan(dayNumber(year, from.month, from.day), dayNumber(lastYear, to.month, to.day), zone)
    }
    case 'dates':
      return daysSpan(
        window.from === undefined ? null : dayOfText(window.from),
        window.to === undefined ? null : dayOfText(window.to),
        zone,
      )
    case 'between':
      return { after: Date.parse(window.from) - 1, until: Date.parse(window.to) - 1 }
  }
}

export function liesIn(span: Span, ms: number): boolean {
  return (span.after === null || ms > span.after) && (span.until === null || ms <= span.until)
}
