import { type DateWindow, type RuleWindow, spanLengthMs } from '@chaoxi/contract'
import { readDate } from './dates.ts'
import { readProperty } from './property.ts'
import { dateSpan, firstDayOf, liesIn, type Moment, type Span, unitOf } from './window.ts'
import { civil, dayNumber } from './zone.ts'

// `print-window.ts` for people in memory: when time alone takes an instant into a window or out of it.

export const never = Number.POSITIVE_INFINITY

export interface Turns {
  /** When an instant in the window leaves it. */
  leaves(at: number): number
  /** When an instant that is later than the window comes in. */
  enters(at: number): number
}

function turnsOf(window: DateWindow, { now, zone }: Moment): Turns | null {
  switch (window.kind) {
    case 'rolling': {
      const length = spanLengthMs(window)
      return { leaves: (at) => at + length, enters: (at) => at }
    }
    case 'relative': {
      const { from, to, unit } = window
      const [far, near] = [from === undefined ? never : spanLengthMs({ amount: from, unit }), spanLengthMs({ amount: to, unit })]
      return { leaves: (at) => at + far, enters: (at) => at + near }
    }
    case 'calendar': {
      const { unit, from, to } = window
      const current = unitOf(unit, zone.dayOf(now))
      const turn = (at: number, steps: number) =>
        zone.startOf(firstDayOf(unit, current + Math.max(1, unitOf(unit, zone.dayOf(at)) - current + steps)))
      return { leaves: (at) => turn(at, 1 - from), enters: (at) => turn(at, -to) }
    }
    case 'annual': {
      // The days of the next year's window lie after this one's: whatever turns, turns on New Year's Day at the earliest.
      const newYear = zone.startOf(dayNumber(civil(zone.dayOf(now)).year + 1, 1, 1))
      return { leaves: () => newYear, enters: () => newYear }
    }
    default:
      return null
  }
}

/** A window over dates, at one moment. */
export interface WindowTest {
  has(at: number): boolean
  /** When an instant is next taken in or out. */
  turn(at: number): number
}

export function testWindow(window: DateWindow, moment: Moment): WindowTest {
  const span = dateSpan(window, moment)
  const turns = turnsOf(window, moment)
  return {
    has: (at) => liesIn(span, at),
    turn(at) {
      if (turns === null) return never
      if (span.until !== null && at > span.until) return turns.enters(at)
      return span.after !== null && at > span.after ? turns.leaves(at) : never
    },
  }
}

/** The window of events of a rule, at one moment. */
export interface EventWindow {
  /** Null when nothing can lie in it because the attribute that it begins with is no date. Never later than now. */
  spanOf(attributes: Readonly<Record<string, unknown>>): Span | null
  readonly turns: Turns | null
  /** Events after this are not in the window yet and will come in; null when none will. */
  readonly comesAfter: number | null
}

export function eventWindow(window: RuleWindow, moment: Moment): EventWindow {
  const { now, zone } = moment
  if (window.kind === 'ever') return { spanOf: () => ({ after: null, until: now }), turns: null, comesAfter: null }
  if (window.kind === 'since') {
    const length = window.within === undefined ? never : spanLengthMs(window.within)
    return {
      spanOf(attributes) {
        const start = readDate(readProperty(attributes, window.attribute), zone)
        return start === null ? null : { after: start - 1, until: Math.min(now, start + length - 1) }
      },
      turns: null,
      comesAfter: null,
    }
  }
  const { after, until } = dateSpan(window, moment)
  const turns = turnsOf(window, moment)
  const span = { after, until: Math.min(now, until ?? now) }
  return { spanOf: () => span, turns, comesAfter: turns !== null && until !== null && until < now ? until : null }
}
