import type { Comparison, DateWindow, EventClock, RuleFilter, RuleWindow } from '@chaoxi/contract'
import type { DefinitionLookup, FactEvent, PersonFacts } from './index.ts'
import { dateOf, isRealDate, localDate, localTime } from './naive-time.test-kit.ts'

// Of the second reading of contract/rule.ts: whether an event is one that counts, and whether a filter holds.

/** When, where and among which definitions a rule is asked. */
export interface NaiveMoment {
  readonly now: number
  readonly timeZone: string
  readonly lookup: DefinitionLookup
}

export const absent = Symbol('absent')

export function lookUp(document: unknown, name: string): unknown {
  const dot = name.indexOf('.')
  const head = dot < 0 ? name : name.slice(0, dot)
  if (Object.prototype.toString.call(document) !== '[object Object]') return absent
  const entry = Object.entries(Object(document)).find(([key]) => key === head)
  if (!entry || entry[1] === null) return absent
  return dot < 0 ? entry[1] : lookUp(entry[1], name.slice(dot + 1))
}

function sameScalar(a: unknown, b: unknown): boolean {
  return typeof a === typeof b && JSON.stringify(a) === JSON.stringify(b)
}

function elements(document: unknown, name: string): unknown[] {
  const [before = '', after] = name.split('[].')
  const list = lookUp(document, before)
  if (!Array.isArray(list)) return []
  return after === undefined ? list : list.map((element) => lookUp(element, after))
}

// ---- time ----

export const lengths = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

export const dayNumber = (date: string) => Date.parse(`${date}T00:00:00Z`) / lengths.day

/** A number for the day, week, month, quarter or year of a local date; the next one has the next number. */
function unitNumber(unit: 'day' | 'week' | 'month' | 'quarter' | 'year', date: string): number {
  const [year = 0, month = 0] = date.split('-').map(Number)
  switch (unit) {
    case 'day':
      return dayNumber(date)
    case 'week':
      return Math.floor((dayNumber(date) - dayNumber('1969-12-29')) / 7)
    case 'month':
      return year * 12 + month
    case 'quarter':
      return year * 4 + Math.ceil(month / 3)
    case 'year':
      return year
  }
}

/** A date that may not be there as the last one before it that is. */
function realDate(date: string): string {
  return isRealDate(date) ? date : realDate(`${date.slice(0, 8)}${String(Number(date.slice(8)) - 1).padStart(2, '0')}`)
}

export function dateLiesIn(window: DateWindow, at: number, { now, timeZone }: NaiveMoment): boolean {
  const today = localDate(now, timeZone)
  switch (window.kind) {
    case 'rolling':
      return at <= now && now - at < window.amount * lengths[window.unit]
    case 'relative': {
      const age = now - at
      return age >= window.to * lengths[window.unit] && (window.from === undefined || age < window.from * lengths[window.unit])
    }
    case 'calendar': {
      const ahead = unitNumber(window.unit, localDate(at, timeZone)) - unitNumber(window.unit, today)
      return ahead >= window.from && ahead <= window.to
    }
    case 'annual': {
      const year = Number(today.slice(0, 4)) + window.year
      const from = realDate(`${year}-${window.from}`)
      const to = realDate(`${window.to < window.from ? year + 1 : year}-${window.to}`)
      const date = localDate(at, timeZone)
      return date >= from && date <= to
    }
    case 'dates': {
      const date = localDate(at, timeZone)
      return (window.from === undefined || date >= window.from) && (window.to === undefined || date <= window.to)
    }
    case 'between':
      return at >= new Date(window.from).getTime() && at < new Date(window.to).getTime()
  }
}

export function eventLiesIn(window: RuleWindow, at: number, person: PersonFacts, moment: NaiveMoment): boolean {
  if (at > moment.now) return false
  if (window.kind === 'ever') return true
  if (window.kind !== 'since') return dateLiesIn(window, at, moment)
  const start = dateOf(lookUp(person.attributes, window.attribute), moment.timeZone)
  if (start === null || at < start) return false
  return window.within === undefined || at < start + window.within.amount * lengths[window.within.unit]
}

const keptMonthDays = new Map<string, Set<string>>()

/** `05-06` for every anniversary that is kept on some day of the window. */
function anniversaries(filter: Extract<RuleFilter, { op: 'anniversary' }>, { now, timeZone }: NaiveMoment): Set<string> {
  const { unit, from, to } = filter.window
  const today = localDate(now, timeZone)
  const key = JSON.stringify([filter.window, today])
  const known = keptMonthDays.get(key)
  if (known) return known
  const found = new Set<string>()
  for (let day = dayNumber(today) - 2_000; day <= dayNumber(today) + 2_000; day++) {
    const date = new Date(day * lengths.day).toISOString().slice(0, 10)
    const ahead = unitNumber(unit, date) - unitNumber(unit, today)
    if (ahead < from || ahead > to) continue
    found.add(date.slice(5))
    if (date.endsWith('-02-28') && !isRealDate(`${date.slice(0, 4)}-02-29`)) found.add('02-29')
  }
  keptMonthDays.set(key, found)
  return found
}

function monthDay(value: unknown, timeZone: string): string | null {
  if (typeof value === 'string' && /^\d\d-\d\d$/.test(value)) return isRealDate(`2000-${value}`) ? value : null
  const at = dateOf(value, timeZone)
  return at === null ? null : localDate(at, timeZone).slice(5)
}

// ---- filters ----

export function filterHolds(filter: RuleFilter, document: unknown, moment: NaiveMoment): boolean {
  const found = lookUp(document, filter.property)
  switch (filter.op) {
    case 'exists':
      return found !== absent
    case 'not_exists':
      return found === absent
    case 'eq':
      return found !== absent && sameScalar(found, filter.value)
    case 'neq':
      return !(found !== absent && sameScalar(found, filter.value))
    case 'in':
      return found !== absent && filter.value.filter((one) => sameScalar(one, found)).length > 0
    case 'not_in':
      return found === absent || filter.value.filter((one) => sameScalar(one, found)).length === 0
    case 'contains':
      return typeof found === 'string' && found.split(filter.value).length > 1
    case 'not_contains':
      return !(typeof found === 'string' && found.split(filter.value).length > 1)
    case 'starts_with':
      return typeof found === 'string' && found.slice(0, filter.value.length) === filter.value
    case 'ends_with':
      return (
        typeof found === 'string' && found.length >= filter.value.length && found.slice(found.length - filter.value.length) === filter.value
      )
    case 'includes_any':
    case 'includes_none': {
      const some = elements(document, filter.property).some((element) => filter.value.some((one) => sameScalar(one, element)))
      return filter.op === 'includes_any' ? some : !some
    }
    case 'includes_all':
      return filter.value.every((one) => elements(document, filter.property).some((element) => sameScalar(one, element)))
    case 'date_in':
    case 'date_not_in': {
      const at = dateOf(found, moment.timeZone)
      const inside = at !== null && dateLiesIn(filter.window, at, moment)
      return filter.op === 'date_in' ? inside : !inside
    }
    case 'anniversary': {
      const day = monthDay(found, moment.timeZone)
      return day !== null && anniversaries(filter, moment).has(day)
    }
    case 'month_day': {
      const day = monthDay(found, moment.timeZone)
      if (day === null) return false
      return filter.from <= filter.to ? day >= filter.from && day <= filter.to : day >= filter.from || day <= filter.to
    }
    default:
      return typeof found === 'number' && holds(found, filter.op, filter.value)
  }
}

export function holds(a: number, op: Comparison, b: number): boolean {
  const order = Math.sign(a === b ? 0 : a - b)
  return { eq: order === 0, gt: order === 1, gte: order !== -1, lt: order === -1, lte: order !== 1 }[op]
}

/** Whether the clock on the wall showed such a time of such a day. */
function clockAllows({ hours, weekdays }: EventClock, at: number, timeZone: string): boolean {
  const today = dayNumber(localDate(at, timeZone))
  const begins = (day: number) => weekdays === undefined || weekdays.includes(new Date(day * lengths.day).getUTCDay() || 7)
  if (hours === undefined) return begins(today)
  const time = localTime(at, timeZone)
  if (hours.from < hours.to) return begins(today) && time >= hours.from && time < hours.to
  return (begins(today) && time >= hours.from) || (begins(today - 1) && time < hours.to)
}

interface NaiveMatch {
  readonly event: string
  readonly filters: readonly RuleFilter[]
  readonly clock?: EventClock | undefined
}

export const isOne = (match: NaiveMatch, event: FactEvent, moment: NaiveMoment) =>
  event.event === match.event &&
  event.time <= moment.now &&
  (match.clock === undefined || clockAllows(match.clock, event.time, moment.timeZone)) &&
  match.filters.filter((filter) => filterHolds(filter, event.properties, moment)).length === match.filters.length
