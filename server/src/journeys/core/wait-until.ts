import { hoursOfDay, type WaitUntil, waitDaysMax } from '@chaoxi/contract'
import { civil, dayInYear, dayMs, monthDayAt, readDate, readMonthDay, readProperty, type Zone } from '../../query/index.ts'

/** When a wait ends: there is nothing to wait for, at an instant (ms, later than now), or there is no such time. */
export type WaitEnd = { kind: 'now' } | { kind: 'at'; at: number } | { kind: 'none'; reason: 'missing' | 'past' | 'too_far' }

/** A window of a week opens within so many days, also when the change of clocks takes one away. */
const windowDaysMax = 15
/** An offset of a year at most lies between this anniversary and the one before the last. */
const yearsAround = 2

function clockMs(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number)
  return ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000
}

const instantOf = (day: number, clock: string, zone: Zone) => zone.instantOf(day * dayMs + clockMs(clock))

/** 1 is Monday; day 0, the first of 1970, was a Thursday. */
const weekdayOf = (day: number) => ((((day + 3) % 7) + 7) % 7) + 1

export interface WaitFacts {
  readonly attributes: Readonly<Record<string, unknown>>
  /** The person's best hour; null: too little is known. */
  readonly hour: number | null
}

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const clockOf = (hour: number) => `${String(hour % hoursOfDay).padStart(2, '0')}:00`

export function waitEnd(until: WaitUntil, now: number, zone: Zone, { attributes, hour }: WaitFacts): WaitEnd {
  switch (until.kind) {
    case 'time':
      return clockEnd(until.at, now, zone)
    case 'window':
      return windowEnd(until, now, zone)
    case 'best_hour': {
      const best = hour ?? until.defaultHour
      return windowEnd({ kind: 'window', weekdays: everyDay, from: clockOf(best), to: clockOf(best + 1) }, now, zone)
    }
    case 'date':
      return dateEnd(until, now, zone, readProperty(attributes, until.attribute))
  }
}

/** Yesterday is asked too: where the clocks skip midnight, its late times come today. */
function clockEnd(clock: string, now: number, zone: Zone): WaitEnd {
  const today = zone.dayOf(now)
  const next = [-1, 0, 1, 2].map((ahead) => instantOf(today + ahead, clock, zone)).find((at) => at > now)
  if (next === undefined) throw new Error(`the clocks of ${zone.name} do not show ${clock} within two days`)
  return { kind: 'at', at: next }
}

function windowEnd({ weekdays, from, to }: Extract<WaitUntil, { kind: 'window' }>, now: number, zone: Zone): WaitEnd {
  const today = zone.dayOf(now)
  // One that began yesterday may still be open.
  for (let day = today - 1; day <= today + windowDaysMax; day++) {
    if (!weekdays.includes(weekdayOf(day))) continue
    const open = instantOf(day, from, zone)
    const close = instantOf(clockMs(to) > clockMs(from) ? day : day + 1, to, zone)
    if (close <= Math.max(now, open)) continue
    return open <= now ? { kind: 'now' } : { kind: 'at', at: open }
  }
  throw new Error(`no window from ${from} to ${to} opens in ${zone.name} within ${windowDaysMax} days`)
}

function dateEnd({ yearly, days, at }: Extract<WaitUntil, { kind: 'date' }>, now: number, zone: Zone, value: unknown): WaitEnd {
  const date = readDate(value, zone)
  if (!yearly) {
    return date === null ? { kind: 'none', reason: 'missing' } : bounded(instantOf(zone.dayOf(date) + days, at, zone), now)
  }
  const anniversary = date === null ? readMonthDay(value) : monthDayAt(date, zone)
  if (anniversary === null) return { kind: 'none', reason: 'missing' }
  const { year } = civil(zone.dayOf(now))
  for (let one = year - yearsAround; one <= year + yearsAround; one++) {
    const end = bounded(instantOf(dayInYear(anniversary, one) + days, at, zone), now)
    if (end.kind === 'at') return end
  }
  throw new Error(`no anniversary lies within ${yearsAround} years of ${year}`)
}

function bounded(at: number, now: number): WaitEnd {
  if (at <= now) return { kind: 'none', reason: 'past' }
  return at - now > waitDaysMax * dayMs ? { kind: 'none', reason: 'too_far' } : { kind: 'at', at }
}
