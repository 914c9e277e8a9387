// A date field works in the browser's own wall time; a rule's instants are meant in the workspace's zone.

/** `2026-11-01T00:00` as the wall clock of the zone shows the instant, for an `<input type="datetime-local">`. */
export function toLocalInput(instant: string, timeZone: string): string {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) return ''
  return new Date(ms + offsetMs(ms, timeZone)).toISOString().slice(0, 16)
}

/** The instant at which the wall clock of the zone shows `local`; empty when that is no time. */
export function fromLocalInput(local: string, timeZone: string): string {
  const wall = Date.parse(`${local}Z`)
  if (Number.isNaN(wall)) return ''
  // The offset is looked up at a first guess, then at the instant that it leads to: exact except inside a clock change.
  const guess = wall - offsetMs(wall, timeZone)
  return new Date(wall - offsetMs(guess, timeZone)).toISOString()
}

/** 00:00 of the day `daysAgo` days before `now`, in the zone. */
export function startOfDay(now: number, daysAgo: number, timeZone: string): string {
  const wall = new Date(now + offsetMs(now, timeZone) - daysAgo * 86_400_000).toISOString().slice(0, 10)
  return fromLocalInput(`${wall}T00:00`, timeZone)
}

function offsetMs(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms)
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)?.value ?? 0)
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - Math.floor(ms / 1000) * 1000
}
