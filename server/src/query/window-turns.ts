import { type DateWindow, type RuleWindow, spanLengthMs } from '@chaoxi/contract'
import { datesOf } from './dictionary.ts'
import { type Column, columnIn } from './facts.ts'
import { never } from './slab.ts'
import { dateSpan, firstDayOf, liesIn, type Moment, unitOf } from './window.ts'
import { civil, dayNumber } from './zone.ts'

// `print-window.ts` for people in memory: when time alone takes an instant into a window or out of it.

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

/** The window of events of a rule, at one moment: times in (after, until], never later than now. */
export interface EventWindow {
  over(attributes: ReadonlyMap<string, Column>): BoundWindow
  readonly turns: Turns | null
  /** Events after this are not in the window yet and will come in; infinity when none will. */
  readonly comesAfter: number
}

/** The same for people in columns. After infinity lies nothing: the attribute that it begins with is no date. */
export interface BoundWindow {
  /** Where it is the same for all. */
  readonly fixed: { readonly after: number; readonly until: number } | null
  after(person: number): number
  until(person: number): number
}

function fixedWindow(after: number, until: number): Pick<EventWindow, 'over'> {
  const bound: BoundWindow = { fixed: { after, until }, after: () => after, until: () => until }
  return { over: () => bound }
}

/** All that has happened. */
export const everUntil = (now: number): EventWindow => ({ ...fixedWindow(-never, now), turns: null, comesAfter: never })

export function eventWindow(window: RuleWindow, moment: Moment): EventWindow {
  const { now, zone } = moment
  if (window.kind === 'ever') return everUntil(now)
  if (window.kind === 'since') {
    const length = window.within === undefined ? never : spanLengthMs(window.within)
    return {
      over(attributes) {
        const { codes, dictionary } = columnIn(attributes, window.attribute)
        const dates = datesOf(dictionary, zone)
        const dateOf = (person: number) => {
          const date = dates[codes[person] ?? 0] ?? Number.NaN
          return Number.isNaN(date) ? never : date
        }
        return { fixed: null, after: (person) => dateOf(person) - 1, until: (person) => Math.min(now, dateOf(person) + length - 1) }
      },
      turns: null,
      comesAfter: never,
    }
  }
  const { after, until } = dateSpan(window, moment)
  const turns = turnsOf(window, moment)
  const last = Math.min(now, until ?? now)
  return { ...fixedWindow(after ?? -never, last), turns, comesAfter: turns !== null && until !== null && until < now ? until : never }
}
