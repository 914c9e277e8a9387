import { type DateWindow, type RuleWindow, spanLengthMs } from '@chaoxi/contract'
import type { Reading } from './reading.ts'
import { dateSpan, firstDayOf, type Moment, unitOf } from './window.ts'
import { civil, dayNumber } from './zone.ts'

/** An instant at which an answer may change, when there is none: the largest whole number that JSON carries exactly. */
const never = Number.MAX_SAFE_INTEGER
/** Typed: ClickHouse finds no common type for signed and unsigned 64 bits. */
export const printedNever = `toInt64(${never})`

/** A window over instants that are printed as expressions (Int64, milliseconds, never null). */
export interface PrintedWindow {
  /** Conditions, all of which must hold. */
  inside(at: string): string[]
  /** When time alone takes an instant that lies in it out, and one that is later than `until` in; null when it never does. */
  readonly turns: { leaves(at: string): string; enters(at: string): string } | null
  /** Instants after this are not in the window yet, and may come in; null when none ever does by time alone. */
  readonly until: number | null
  /** Instants up to this are not in the window and never will be. */
  readonly after: number | null
}

/** How far ahead the starts of days, weeks, … are told to a statement. What turns later is looked at then. */
const stepsAhead = { day: 400, week: 60, month: 40, quarter: 20, year: 10 } as const

function startsAhead(unit: keyof typeof stepsAhead, { now, zone }: Moment): number[] {
  const current = unitOf(unit, zone.dayOf(now))
  return Array.from({ length: stepsAhead[unit] }, (_, i) => zone.startOf(firstDayOf(unit, current + i + 1)))
}

/** The start of the unit that is `steps` (an expression, 1 or more) after the current one, or a day before which it does not come. */
export function printStartAhead(unit: keyof typeof stepsAhead, steps: string, reading: Reading): string {
  const starts = startsAhead(unit, reading.moment)
  return `${reading.params.bind('Array(Int64)', starts)}[greatest(1, least(${starts.length}, toInt64(${steps})))]`
}

/** The local day (Int32) of an instant. */
export function printDay(at: string, reading: Reading): string {
  return `toInt32(toDate32(fromUnixTimestamp64Milli(${at}), ${reading.zone}))`
}

/** How many units after the current one an instant lies; the same numbering as `unitOf`. */
function printUnitsAhead(unit: keyof typeof stepsAhead, at: string, reading: Reading): string {
  const { now, zone } = reading.moment
  const current = unitOf(unit, zone.dayOf(now))
  const date = `toDate32(fromUnixTimestamp64Milli(${at}), ${reading.zone})`
  const index = {
    day: `toInt32(${date})`,
    week: `intDiv(toInt32(${date}) + 700003, 7) - 100000`,
    month: `toYear(${date}) * 12 + toMonth(${date}) - 1`,
    quarter: `toYear(${date}) * 4 + toQuarter(${date}) - 1`,
    year: `toYear(${date})`,
  }[unit]
  return `(toInt64(${index}) - ${current})`
}

function printTurns(window: DateWindow, reading: Reading): PrintedWindow['turns'] {
  switch (window.kind) {
    case 'rolling':
      return { leaves: (at) => `${at} + ${spanLengthMs(window)}`, enters: (at) => at }
    case 'relative': {
      const { from, to, unit } = window
      return {
        leaves: (at) => (from === undefined ? printedNever : `${at} + ${spanLengthMs({ amount: from, unit })}`),
        enters: (at) => `${at} + ${spanLengthMs({ amount: to, unit })}`,
      }
    }
    case 'calendar': {
      const turn = (at: string, steps: number) =>
        printStartAhead(window.unit, `${printUnitsAhead(window.unit, at, reading)} + ${steps}`, reading)
      return { leaves: (at) => turn(at, 1 - window.from), enters: (at) => turn(at, -window.to) }
    }
    case 'annual': {
      // The days of the next year's window lie after this one's: whatever turns, turns on New Year's Day at the earliest.
      const { now, zone } = reading.moment
      const newYear = reading.params.bind('Int64', zone.startOf(dayNumber(civil(zone.dayOf(now)).year + 1, 1, 1)))
      return { leaves: () => newYear, enters: () => newYear }
    }
    default:
      return null
  }
}

export function printDateWindow(window: DateWindow, reading: Reading): PrintedWindow {
  const span = dateSpan(window, reading.moment)
  const { after, until } = span
  const conditions = (at: string) => [
    ...(after === null ? [] : [`${at} > ${reading.params.bind('Int64', after)}`]),
    ...(until === null ? [] : [`${at} <= ${reading.params.bind('Int64', until)}`]),
  ]
  const turns = printTurns(window, reading)
  return { inside: conditions, turns, until: turns === null ? null : until, after }
}

/** When an instant is next taken in or out. */
export function printTurn(window: PrintedWindow, at: string, reading: Reading): string | null {
  const { turns, after, until } = window
  if (turns === null) return null
  const bind = (ms: number) => reading.params.bind('Int64', ms)
  const enters = until === null ? [] : [`${at} > ${bind(until)}`, turns.enters(at)]
  const leaves = after === null ? [] : [`${at} > ${bind(after)}`, turns.leaves(at)]
  return enters.length + leaves.length === 0 ? null : `multiIf(${[...enters, ...leaves, printedNever].join(', ')})`
}

/** The window of an event leaf. Events later than now are not told apart here. */
export function printEventWindow(window: RuleWindow, reading: Reading): PrintedWindow {
  if (window.kind === 'ever') return { inside: () => [], turns: null, until: null, after: null }
  if (window.kind !== 'since') return printDateWindow(window, reading)
  const start = reading.since(window.attribute)
  const { within } = window
  return {
    inside: (at) => [
      `notEmpty(${start})`,
      `${at} >= ${start}[1]`,
      ...(within === undefined ? [] : [`${at} < ${start}[1] + ${spanLengthMs(within)}`]),
    ],
    turns: null,
    until: null,
    after: null,
  }
}
