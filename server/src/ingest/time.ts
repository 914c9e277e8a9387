export type EventTime =
  | { readonly time: number }
  | { readonly problem: 'invalid_timestamp' | 'future_time' | 'implausible_time'; readonly message: string }

/** A clock that runs ahead by less than this is taken for now; more is a mistake that a person should see. */
const futureToleranceMs = 24 * 3_600_000
/** Before mobile commerce: a device whose clock was never set (1970), or seconds sent as milliseconds. */
const earliest = Date.parse('1990-01-01T00:00:00Z')

function parse(value: unknown): number | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string' && typeof value !== 'number') return Number.NaN
  return typeof value === 'number' ? value : Date.parse(value)
}

/**
 * When an event happened, in ms: by Segment's specification receivedAt - (sentAt - timestamp), which takes a wrong
 * device clock out. Without sentAt the timestamp stands, without a timestamp the arrival.
 */
export function eventTime(input: { timestamp: unknown; originalTimestamp: unknown; sentAt: unknown; receivedAt: number }): EventTime {
  const { receivedAt } = input
  const said = parse(input.timestamp) ?? parse(input.originalTimestamp)
  if (said === null) return { time: receivedAt }
  if (Number.isNaN(said)) return { problem: 'invalid_timestamp', message: 'is no ISO 8601 instant (for example 2026-03-02T10:00:00.000Z)' }
  const sent = parse(input.sentAt)
  const time = sent === null || Number.isNaN(sent) ? said : receivedAt - (sent - said)
  if (time > receivedAt + futureToleranceMs)
    return { problem: 'future_time', message: 'lies more than a day in the future; check the clock or the unit (milliseconds)' }
  if (time < earliest) return { problem: 'implausible_time', message: 'lies before 1990; check the clock or the unit (milliseconds)' }
  return { time: Math.min(Math.round(time), receivedAt) }
}
