const dayMs = 86_400_000

/** Instants of two days of the workspace's calendar: from the start of the first to the end of the last, inclusive. */
export function spanOf(from: string, to: string, timeZone: string): { from?: string; to?: string } {
  const start = isDay(from) ? startOfDay(from, timeZone) : null
  const end = isDay(to) ? startOfDay(nextDay(to), timeZone) : null
  return { ...(start === null ? {} : { from: start }), ...(end === null ? {} : { to: end }) }
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
}

export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10)
}

/** Midnight of a day in a zone, in UTC. Twice corrected, because the offset itself may change on that day. */
function startOfDay(day: string, timeZone: string): string {
  const wall = Date.parse(`${day}T00:00:00Z`)
  let instant = wall
  for (let round = 0; round < 2; round++) instant = wall - offsetMs(instant, timeZone)
  return new Date(instant).toISOString()
}

function offsetMs(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(instant)
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((found) => found.type === type)?.value)
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - Math.trunc(instant / 1000) * 1000
  )
}
