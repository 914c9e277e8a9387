import { clockMinute, type EventClock } from '@chaoxi/contract'
import type { Zone } from './zone.ts'

const dayMinutes = 1_440
const weekMinutes = 7 * dayMinutes
const minuteMs = 60_000
/** 1 January 1970 was a Thursday, three days after a Monday. */
const epochMinute = 3 * dayMinutes

/** Minutes of the week, which begins on Monday at 0:00: from <= minute < to. Apart from each other and in order. */
export interface WeekSpan {
  readonly from: number
  readonly to: number
}

/** What a clock lets in. */
export function weekSpans({ hours, weekdays }: EventClock): WeekSpan[] {
  const from = hours === undefined ? 0 : clockMinute(hours.from)
  const to = hours === undefined ? dayMinutes : clockMinute(hours.to)
  const length = to > from ? to - from : to - from + dayMinutes
  const spans = (weekdays ?? [1, 2, 3, 4, 5, 6, 7]).flatMap((weekday): WeekSpan[] => {
    const begin = (weekday - 1) * dayMinutes + from
    const end = begin + length
    if (end <= weekMinutes) return [{ from: begin, to: end }]
    return [
      { from: begin, to: weekMinutes },
      { from: 0, to: end - weekMinutes },
    ]
  })
  const apart: WeekSpan[] = []
  for (const span of spans.sort((a, b) => a.from - b.from)) {
    const last = apart.at(-1)
    if (last === undefined || span.from > last.to) apart.push(span)
    else apart[apart.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
  }
  return apart
}

/** Whether the clocks of a zone show such a time at an instant (ms). */
export function testClock(clock: EventClock, zone: Zone): (ms: number) => boolean {
  const shown = new Uint8Array(weekMinutes)
  for (const { from, to } of weekSpans(clock)) shown.fill(1, from, to)
  return (ms) => {
    const minute = (Math.floor((ms + zone.offsetMs(ms)) / minuteMs) + epochMinute) % weekMinutes
    return shown[minute < 0 ? minute + weekMinutes : minute] === 1
  }
}
