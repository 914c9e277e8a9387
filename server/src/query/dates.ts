import type { CalendarWindow } from '@chaoxi/contract'
import { calendarDays, type Moment } from './window.ts'
import { civil, dayNumber, type Zone } from './zone.ts'

// What counts as a date stands in contract/src/rule.ts; print-date.ts reads the same texts in SQL.

export const datePattern =
  '^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.]([0-9]{1,9}))?)?(?:(Z)|([+-])([0-9]{2}):?([0-9]{2}))?)?$'
export const yearMin = 1910
export const yearMax = 2199

const dateExpression = new RegExp(datePattern)
const monthDayExpression = /^([0-9]{2})-([0-9]{2})$/

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDay(year: number, month: number, day: number): boolean {
  const leaps = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0
  return day >= 1 && day <= (monthDays[month - 1] ?? 0) + leaps
}

/** The instant (ms) that a value stands for, or null when it is no date. */
export function readDate(value: unknown, zone: Zone): number | null {
  return typeof value === 'string' ? parseDate(value, zone) : null
}

function parseDate(value: string, zone: Zone): number | null {
  const found = dateExpression.exec(value)
  if (found === null) return null
  const [utc, sign] = [found[8], found[9]]
  const [year, month, day, hour] = [
    twoDigits(value, 0) * 100 + twoDigits(value, 2),
    twoDigits(value, 5),
    twoDigits(value, 8),
    Number(found[4] ?? 0),
  ]
  const [minute, second] = [Number(found[5] ?? 0), Number(found[6] ?? 0)]
  if (year < yearMin || year > yearMax || !isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return null
  const millis = found[7] === undefined ? 0 : Number(found[7].padEnd(3, '0').slice(0, 3))
  const local = Date.UTC(year, month - 1, day, hour, minute, second, millis)
  if (utc !== undefined) return local
  if (sign === undefined) return zone.instantOf(local)
  const [offsetHours, offsetMinutes] = [Number(found[10]), Number(found[11])]
  if (offsetHours > 23 || offsetMinutes > 59) return null
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000
  return sign === '+' ? local - offset : local + offset
}

const twoDigits = (text: string, at: number) => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48

/** Numbers the days of a year by month and day, 29 February among them: 1 to 372 with gaps. */
export function monthDayIndex(month: number, day: number): number {
  return (month - 1) * 31 + day
}
export const monthDayIndexMax = 372

/** The month and day of a text `05-06`; null when it is something else. */
export function readMonthDay(value: unknown): number | null {
  const found = typeof value === 'string' ? monthDayExpression.exec(value) : null
  if (found === null) return null
  const [month, day] = [Number(found[1]), Number(found[2])]
  return isDay(2000, month, day) ? monthDayIndex(month, day) : null
}

/** That of an instant. */
export function monthDayAt(ms: number, zone: Zone): number {
  const { month, day } = civil(zone.dayOf(ms))
  return monthDayIndex(month, day)
}

/** The local day on which a month and day is kept in a year; 29 February on the 28th in common years. */
export function dayInYear(index: number, year: number): number {
  return dayNumber(year, Math.floor((index - 1) / 31) + 1, ((index - 1) % 31) + 1)
}

const leapDay = monthDayIndex(2, 29)

/** The months and days that are kept on a local day: in a common year 28 February stands for the 29th too. */
export function keptOn(dayNumber: number): number[] {
  const { month, day } = civil(dayNumber)
  const index = monthDayIndex(month, day)
  const isLastOfFebruary = month === 2 && day === 28 && civil(dayNumber + 1).month === 3
  return isLastOfFebruary ? [index, leapDay] : [index]
}

/** More days than any year has cover every anniversary. */
const yearDaysMax = 366

export function anniversaryIndexes(window: CalendarWindow, moment: Moment): Set<number> {
  const { first, last } = calendarDays(window, moment)
  const indexes = new Set<number>()
  // Four years hold each month and day, 29 February too.
  for (let day = first; day <= Math.min(last, first + 4 * yearDaysMax); day++) for (const index of keptOn(day)) indexes.add(index)
  return indexes
}

export function monthDayRange(from: string, to: string): Set<number> {
  const indexOf = (text: string) => monthDayIndex(Number(text.slice(0, 2)), Number(text.slice(3)))
  const [first, last] = [indexOf(from), indexOf(to)]
  const all = Array.from({ length: monthDayIndexMax }, (_, i) => i + 1)
  return new Set(all.filter((index) => (first <= last ? index >= first && index <= last : index >= first || index <= last)))
}
