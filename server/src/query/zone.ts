import { Temporal } from 'temporal-polyfill'

// Days are numbers: days since 1970-01-01, whatever the zone.

export const dayMs = 86_400_000

/** The calendar of one time zone. */
export interface Zone {
  readonly name: string
  /** Milliseconds that local time is ahead of UTC at an instant. */
  offsetMs(ms: number): number
  /** The local day of an instant. */
  dayOf(ms: number): number
  /** The instant at which a local day begins. */
  startOf(day: number): number
  /**
   * The instant of a local time, given in milliseconds as if it were UTC. One that the clocks skip counts as after the gap,
   * one that they show twice as the first. The SQL printer goes the same way (`print-date.ts`).
   */
  instantOf(localMs: number): number
}

/** Clocks change at quarters of an hour, so an answer is good for one; and never twice in a day, so mostly for a whole one. */
const slotMs = 900_000
const slotsMax = 50_000
const nearDays = 4_096
const unknown = 1

function createZone(name: string): Zone {
  const ask = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(name).offsetNanoseconds / 1_000_000
  const cached = (known: Map<number, number>, slot: number, of: () => number) => {
    let value = known.get(slot)
    if (value === undefined) {
      value = of()
      if (known.size >= slotsMax) known.clear()
      known.set(slot, value)
    }
    return value
  }
  // Throws where the name is unknown.
  ask(0)
  const slots = new Map<number, number>()
  /** Offsets by day of UTC; not a number where the clocks change on it. */
  const days = new Map<number, number>()
  const ofDay = (day: number) => {
    const offset = ask(day * dayMs)
    return ask((day + 1) * dayMs) === offset ? offset : Number.NaN
  }
  const begins = new Map<number, number>()
  /** The same as `days` for those around the first that was asked for; 1 where nothing is known, which no offset is. */
  const near = new Float64Array(nearDays).fill(unknown)
  let firstNear = Number.NaN
  function dayOffset(day: number): number {
    if (Number.isNaN(firstNear)) firstNear = day - nearDays / 2
    const place = day - firstNear
    if (!(place >= 0 && place < nearDays)) return cached(days, day, () => ofDay(day))
    let offset = near[place] ?? unknown
    if (offset === unknown) {
      offset = ofDay(day)
      near[place] = offset
    }
    return offset
  }
  // Mostly the same day is asked for again.
  let [lastDay, lastOffset] = [Number.NaN, 0]
  function offsetMs(ms: number): number {
    const day = Math.floor(ms / dayMs)
    if (day !== lastDay) {
      lastOffset = dayOffset(day)
      lastDay = day
    }
    if (!Number.isNaN(lastOffset)) return lastOffset
    const slot = Math.floor(ms / slotMs)
    return cached(slots, slot, () => ask(slot * slotMs))
  }
  function instantOf(localMs: number): number {
    const [before, after] = [offsetMs(localMs - dayMs), offsetMs(localMs + dayMs)]
    if (offsetMs(localMs - before) === before) return localMs - before
    return offsetMs(localMs - after) === after ? localMs - after : localMs - before
  }
  return {
    name,
    offsetMs,
    dayOf: (ms) => Math.floor((ms + offsetMs(ms)) / dayMs),
    startOf: (day) => cached(begins, day, () => instantOf(day * dayMs)),
    instantOf,
  }
}

const zones = new Map<string, Zone>()
const zonesMax = 1_000

/** Throws a RangeError for a name that the platform does not know. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name)
  if (zone === undefined) {
    zone = createZone(name)
    if (zones.size >= zonesMax) zones.clear()
    zones.set(name, zone)
  }
  return zone
}

/** The day of a date; a day that its month does not have is the month's last. */
export function dayNumber(year: number, month: number, day: number): number {
  const at = (y: number, m: number, d: number) => {
    const date = new Date(0)
    date.setUTCFullYear(y, m, d)
    return date.getTime() / dayMs
  }
  return Math.min(at(year, month - 1, day), at(year, month, 0))
}

/** The date of a day. Years are counted from March, so that the day that leap years add is their last; eras of 400 years repeat. */
export function civil(day: number): { year: number; month: number; day: number } {
  const sinceMarch = day + daysToMarch
  const era = Math.floor(sinceMarch / eraDays)
  const ofEra = sinceMarch - era * eraDays
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365)
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * ofYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  }
}
/** Source: https://howardhinnant.github.io/date_algorithms.html, `civil_from_days`. */
const daysToMarch = 719_468
const eraDays = 146_097
