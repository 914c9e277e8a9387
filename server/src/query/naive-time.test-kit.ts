// Local time for the naive reading: asks the platform's formatter what a clock on the wall shows, and tries instants.

const formats = new Map<string, Intl.DateTimeFormat>()
const shown = new Map<string, string>()
const shownMax = 300_000

/** `2026-03-02 10:00:00` on the wall. */
function wall(at: number, timeZone: string): string {
  const key = `${at} ${timeZone}`
  let text = shown.get(key)
  if (text !== undefined) return text
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(timeZone, format)
  }
  text = format.format(at)
  if (shown.size >= shownMax) shown.clear()
  shown.set(key, text)
  return text
}

export const localDate = (at: number, timeZone: string): string => wall(at, timeZone).slice(0, 10)

/** `10:00` on the wall. */
export const localTime = (at: number, timeZone: string): string => wall(at, timeZone).slice(11, 16)

export function isRealDate(date: string): boolean {
  const at = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
}

const hour = 3_600_000
const minutesAround = 15 * 60

/** Every instant at which the wall shows this time, by trying all quarter hours of difference from UTC. */
function instantsShowing(text: string, timeZone: string): number[] {
  const asUtc = Date.parse(`${text.replace(' ', 'T')}Z`)
  const found: number[] = []
  for (let ahead = minutesAround; ahead >= -minutesAround; ahead -= 15) {
    const at = asUtc - ahead * 60_000
    if (wall(at, timeZone) === text) found.push(at)
  }
  return found
}

/** The instant of a local time `2026-03-02 10:00:00`. */
export function instantOfLocal(text: string, timeZone: string): number {
  const [first] = instantsShowing(text, timeZone)
  if (first !== undefined) return first
  // The clocks skip it: by the clock of the day before.
  const asUtc = Date.parse(`${text.replace(' ', 'T')}Z`)
  const dayBefore = asUtc - 24 * hour
  const shownThen = Date.parse(`${wall(dayBefore, timeZone).replace(' ', 'T')}Z`)
  return asUtc - (shownThen - dayBefore)
}

export function dateOf(value: unknown, timeZone: string): number | null {
  if (typeof value !== 'string') return null
  const parts = /^(\d{4}-\d\d-\d\d)([T ](\d\d):(\d\d)(:(\d\d)(\.(\d{1,9}))?)?(.*))?$/.exec(value)
  if (parts === null) return null
  const [, date = '', , hours = '00', minutes = '00', , seconds = '00', , fraction = '', zone = ''] = parts
  if (!isRealDate(date) || Number(date.slice(0, 4)) < 1910 || Number(date.slice(0, 4)) > 2199) return null
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null
  const ms = Number(`${fraction}000`.slice(0, 3))
  const text = `${date} ${hours}:${minutes}:${seconds}`
  if (zone === '') return instantOfLocal(text, timeZone) + ms
  const offset = zone === 'Z' ? ['+', '00', '00'] : /^([+-])(\d\d):?(\d\d)$/.exec(zone)?.slice(1)
  if (offset === undefined || Number(offset[1]) > 23 || Number(offset[2]) > 59) return null
  const ahead = (Number(offset[1]) * 60 + Number(offset[2])) * 60_000 * (offset[0] === '-' ? -1 : 1)
  return Date.parse(`${text.replace(' ', 'T')}Z`) + ms - ahead
}
