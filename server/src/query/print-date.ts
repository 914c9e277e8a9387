import type { DateFilter, DateWindow } from '@chaoxi/contract'
import { anniversaryFlips } from './date-test.ts'
import { anniversaryIndexes, datePattern, monthDayRange, yearMax, yearMin } from './dates.ts'
import { printDateWindow, printedNever, printTurn } from './print-window.ts'
import type { Reading } from './reading.ts'

// A date is printed as an array that is empty where the value is none: nothing then compares, and nothing is ever null.

const dayMs = 86_400_000
/** Stands for the offset of a text that tells none; longer than any. */
const localTime = 999_999_999

/** `dates.ts` in SQL: the instant of a text, as an array of at most one Int64. */
export function printDates(text: string, reading: Reading): string {
  const pattern = reading.params.bind('String', datePattern)
  const number = (i: number) => `toInt64OrZero(g[${i}])`
  const valid = [
    'notEmpty(g)',
    `${number(1)} between ${yearMin} and ${yearMax}`,
    `${number(2)} between 1 and 12`,
    `toDayOfMonth(makeDate32(${number(1)}, ${number(2)}, ${number(3)})) = ${number(3)}`,
    `${number(4)} < 24 and ${number(5)} < 60 and ${number(6)} < 60`,
    `${number(10)} < 24 and ${number(11)} < 60`,
  ].join(' and ')
  const day = `toInt64(toInt32(makeDate32(${number(1)}, ${number(2)}, ${number(3)}))) * ${dayMs}`
  const time = `${number(4)} * 3600000 + ${number(5)} * 60000 + ${number(6)} * 1000 + toInt64OrZero(substring(rightPad(g[7], 3, '0'), 1, 3))`
  const ahead = `(${number(10)} * 60 + ${number(11)}) * 60000`
  const offset = `multiIf(g[8] = 'Z', toInt64(0), g[9] = '+', ${ahead}, g[9] = '-', -(${ahead}), toInt64(${localTime}))`
  const parts = `arrayMap(g -> (${day} + ${time}, ${offset}), arrayFilter(g -> ${valid}, [extractGroups(${text}, ${pattern})]))`
  const shift = (at: string) => `toInt64(timeZoneOffset(toTimeZone(fromUnixTimestamp64Milli(${at}), ${reading.zone}))) * 1000`
  const around = `arrayMap(d -> (d.1, d.2, ${shift(`d.1 - ${dayMs}`)}, ${shift(`d.1 + ${dayMs}`)}), ${parts})`
  const local = `multiIf(${shift('d.1 - d.3')} = d.3, d.1 - d.3, ${shift('d.1 - d.4')} = d.4, d.1 - d.4, d.1 - d.3)`
  return `arrayMap(d -> if(d.2 = ${localTime}, ${local}, d.1 - d.2), ${around})`
}

/** The months and days of a text, by `monthDayIndex`, as an array of at most one. */
export function printMonthDays(text: string, dates: string, reading: Reading): string {
  const pattern = reading.params.bind('String', '^([0-9]{2})-([0-9]{2})$')
  const number = (i: number) => `toInt64OrZero(g[${i}])`
  const valid = `notEmpty(g) and ${number(1)} between 1 and 12 and toDayOfMonth(makeDate32(2000, ${number(1)}, ${number(2)})) = ${number(2)}`
  const short = `arrayMap(g -> (${number(1)} - 1) * 31 + ${number(2)}, arrayFilter(g -> ${valid}, [extractGroups(${text}, ${pattern})]))`
  const local = `toTimeZone(fromUnixTimestamp64Milli(d), ${reading.zone})`
  return `arrayConcat(${short}, arrayMap(d -> toInt64((toMonth(${local}) - 1) * 31 + toDayOfMonth(${local})), ${dates}))`
}

/** Something printed, and when time alone next turns it (null: never). */
export interface PrintedTest {
  readonly condition: string
  readonly flips: string | null
}

/** Whether the date in `dates` (an array of at most one instant) lies in the window. */
function printDateTest(window: DateWindow, dates: string, reading: Reading): PrintedTest {
  const printed = printDateWindow(window, reading)
  const turn = printTurn(printed, `${dates}[1]`, reading)
  return {
    condition: `(${[`notEmpty(${dates})`, ...printed.inside(`${dates}[1]`)].join(' and ')})`,
    flips: turn === null ? null : `if(notEmpty(${dates}), ${turn}, ${printedNever})`,
  }
}

export function printDateFilter(filter: DateFilter, text: string, reading: Reading, column: (expression: string) => string): PrintedTest {
  const printed = printDates(text, reading)
  const hasAny = (indexes: ReadonlySet<number>, days: string) => `hasAny(${reading.params.bind('Array(Int64)', [...indexes])}, ${days})`
  switch (filter.op) {
    case 'date_in':
      return printDateTest(filter.window, column(printed), reading)
    case 'date_not_in': {
      const { condition, flips } = printDateTest(filter.window, column(printed), reading)
      return { condition: `(not ${condition})`, flips }
    }
    case 'month_day': {
      const days = column(printMonthDays(text, printed, reading))
      return { condition: hasAny(monthDayRange(filter.from, filter.to), days), flips: null }
    }
    case 'anniversary': {
      const days = column(printMonthDays(text, printed, reading))
      const flips = reading.params.bind('Array(Int64)', anniversaryFlips(filter.window, reading.moment))
      return {
        condition: hasAny(anniversaryIndexes(filter.window, reading.moment), days),
        flips: `if(notEmpty(${days}), ${flips}[${days}[1]], ${printedNever})`,
      }
    }
  }
}
