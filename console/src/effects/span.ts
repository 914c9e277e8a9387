import { fromLocalInput } from '../rules/zoned-time.ts'

const dayMs = 86_400_000

/** Instants of two days of the workspace's calendar: from the start of the first to the end of the last, inclusive. */
export function spanOf(from: string, to: string, timeZone: string): { from?: string; to?: string } {
  const start = isDay(from) ? fromLocalInput(`${from}T00:00`, timeZone) : null
  const end = isDay(to) ? fromLocalInput(`${nextDay(to)}T00:00`, timeZone) : null
  return { ...(start === null ? {} : { from: start }), ...(end === null ? {} : { to: end }) }
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
}

export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10)
}
