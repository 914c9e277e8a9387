import { Temporal } from 'temporal-polyfill'

export interface QuietHours {
  /** `21:00`, local. */
  readonly start: string
  readonly end: string
}

/** The zone that the customer named, if there is such a zone; else the workspace's. */
export function zoneOf(attribute: unknown, fallback: string): string {
  if (typeof attribute !== 'string' || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(attribute)) return fallback
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(attribute).timeZoneId
  } catch {
    return fallback
  }
}

/**
 * The end of the quiet hours that `now` is in, or null when it is in none. Quiet is what the wall clock says, so a day
 * with a change of clocks needs no rule of its own: an end that the change skips moves to just after it, and of an end
 * that comes twice the second counts. Equal start and end mean no quiet hours.
 */
export function quietUntil(now: number, zone: string, { start, end }: QuietHours): number | null {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone)
  const time = local.toPlainTime()
  const [from, to] = [Temporal.PlainTime.from(start), Temporal.PlainTime.from(end)]
  const beforeEnd = Temporal.PlainTime.compare(time, to) < 0
  const sinceStart = Temporal.PlainTime.compare(time, from) >= 0
  const overMidnight = Temporal.PlainTime.compare(from, to) > 0
  const quiet = overMidnight ? sinceStart || beforeEnd : sinceStart && beforeEnd
  if (!quiet) return null
  const date = beforeEnd ? local.toPlainDate() : local.toPlainDate().add({ days: 1 })
  return date.toPlainDateTime(to).toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds
}
