import type { Repeat, Rule, Trigger } from '@chaoxi/contract'
import { civil, dayMs, type Zone } from '../../query/index.ts'

/** Triggers that are due by the clock, each time for people who are looked up then. */
export type TimedTrigger = Extract<Trigger, { kind: 'schedule' | 'date' }>

export const isTimed = (trigger: Trigger): trigger is TimedTrigger => trigger.kind === 'schedule' || trigger.kind === 'date'

/** No day of a month is further away than this: 29 February over the turn of a century that skips one. */
const daysAheadMax = 366 * 9

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs
const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)

function instantOf(day: number, clock: string, zone: Zone): number {
  const [hours, minutes] = clock.split(':').map(Number)
  return zone.instantOf(day * dayMs + ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000)
}

/** When it is next due, later than `after` (ms); null when never again. */
export function nextOccurrence(trigger: TimedTrigger, after: number, zone: Zone): number | null {
  const { repeat, from, to } = trigger.kind === 'date' ? everyDay : trigger
  const once = repeat.kind === 'once' ? dayOf(repeat.date) : null
  // Where the clocks skip a time, it comes late: perhaps that of yesterday today.
  const first = Math.max(zone.dayOf(after) - 1, once ?? 0, from === undefined ? Number.NEGATIVE_INFINITY : dayOf(from))
  const last = Math.min(first + daysAheadMax, once ?? Number.POSITIVE_INFINITY, to === undefined ? Number.POSITIVE_INFINITY : dayOf(to))
  for (let day = first; day <= last; day++) {
    if (!isOn(repeat, day, from)) continue
    const at = instantOf(day, trigger.at, zone)
    if (at > after) return at
  }
  return null
}

const everyDay: { repeat: Repeat; from?: string; to?: string } = { repeat: { kind: 'daily' } }

/** Monday of the day's week; day 0, the first of 1970, was a Thursday. */
const mondayOf = (day: number) => day - ((((day + 3) % 7) + 7) % 7)

function isOn(repeat: Repeat, day: number, from: string | undefined): boolean {
  switch (repeat.kind) {
    case 'once':
      return day === dayOf(repeat.date)
    case 'daily':
      return true
    case 'weekly': {
      if (!repeat.weekdays.includes(day - mondayOf(day) + 1)) return false
      return repeat.weeks === 1 || from === undefined || ((mondayOf(day) - mondayOf(dayOf(from))) / 7) % repeat.weeks === 0
    }
    case 'monthly':
      return repeat.days.includes(civil(day).day) || (repeat.days.includes('last') && civil(day + 1).day === 1)
  }
}

export function nextOccurrences(trigger: Trigger, after: number, zone: Zone, count: number): number[] {
  const found: number[] = []
  if (!isTimed(trigger)) return found
  for (let at = nextOccurrence(trigger, after, zone); at !== null && found.length < count; at = nextOccurrence(trigger, at, zone))
    found.push(at)
  return found
}

/** The local day of an occurrence. Where the clocks skip over midnight, it may come on the next. */
function dayDue({ at }: TimedTrigger, dueAt: number, zone: Zone): number {
  const day = zone.dayOf(dueAt)
  return instantOf(day, at, zone) !== dueAt && instantOf(day - 1, at, zone) === dueAt ? day - 1 : day
}

/** Whom an occurrence is for. */
export function audienceRule(trigger: TimedTrigger, dueAt: number, zone: Zone): Rule {
  if (trigger.kind === 'schedule')
    return trigger.audience.kind === 'rule' ? trigger.audience.rule : { kind: 'segment', segment: trigger.audience.segment }
  const { attribute: property, days, yearly } = trigger
  const day = dayDue(trigger, dueAt, zone) - days
  const date = dateOf(day)
  if (!yearly) return { kind: 'attribute', filter: { property, op: 'date_in', window: { kind: 'dates', from: date, to: date } } }
  // A month and a day of any year; in common years those of 29 February too.
  const monthDay = date.slice(5)
  const isLastOfFebruary = monthDay === '02-28' && civil(day + 1).month === 3
  return { kind: 'attribute', filter: { property, op: 'month_day', from: monthDay, to: isLastOfFebruary ? '02-29' : monthDay } }
}

/** What names an occurrence in a person's entry: of a date the day that it is about, whenever it is due. */
export function occurrenceName(trigger: TimedTrigger, dueAt: number, zone: Zone): string {
  return trigger.kind === 'date' ? dateOf(dayDue(trigger, dueAt, zone) - trigger.days) : new Date(dueAt).toISOString()
}

/** In front of the person: the key of an entry. */
export const occurrenceKey = (journeyId: string, kind: TimedTrigger['kind'], name: string) => `${kind}:${journeyId}:${name}:`
