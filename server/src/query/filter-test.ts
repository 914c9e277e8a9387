import { isDateFilter, type RuleFilter } from '@chaoxi/contract'
import { testDate } from './date-test.ts'
import { datesOf, monthDaysOf } from './dictionary.ts'
import { type Column, columnIn } from './facts.ts'
import { columnOf, matchesValue } from './property.ts'
import type { Moment } from './window.ts'

/** Filters at one moment. */
export interface FilterTest {
  over(columns: ReadonlyMap<string, Column>): BoundFilters
  /** Whether time alone can turn any of them. */
  readonly turning: boolean
}

/** The same over the rows of columns: events, or people. */
export interface BoundFilters {
  /** Whether all hold; none hold for everything. */
  passes(row: number): boolean
  /** When time alone next turns one of them. */
  flips(row: number): number
}

interface Looked<Table> {
  readonly codes: Uint32Array
  readonly table: Table
}

interface Tested {
  readonly column: string
  bind(column: Column): { passing: Looked<Uint8Array>; flipping: Looked<Float64Array> | null }
  /** Without tables that are good for this moment only. */
  alone(column: Column): BoundFilters
}

function testedOf(filter: RuleFilter, moment: Moment): Tested {
  const [column, key] = [columnOf(filter), JSON.stringify(filter)]
  if (!isDateFilter(filter)) {
    const table = ({ dictionary }: Column) => dictionary.flags(key, (code) => matchesValue(filter, dictionary.valueOf(code)))
    return {
      column,
      bind: (of) => ({ passing: { codes: of.codes, table: table(of) }, flipping: null }),
      alone: (of) => ({ passes: lookedUp([{ codes: of.codes, table: table(of) }]), flips: () => Number.POSITIVE_INFINITY }),
    }
  }
  const { reads, passes, flips } = testDate(filter, moment)
  const readOf = ({ dictionary }: Column) => {
    const read = reads === 'date' ? datesOf(dictionary, moment.zone) : monthDaysOf(dictionary, moment.zone)
    return (code: number) => read[code] ?? Number.NaN
  }
  return {
    column,
    bind(of) {
      const [read, { codes, dictionary }] = [readOf(of), of]
      return {
        passing: { codes, table: dictionary.flags(key, (code) => passes(read(code))) },
        flipping: { codes, table: dictionary.numbers(key, (code) => flips(read(code))) },
      }
    },
    alone(of) {
      const [read, { codes }] = [readOf(of), of]
      return { passes: (row) => passes(read(codes[row] ?? 0)), flips: (row) => flips(read(codes[row] ?? 0)) }
    },
  }
}

export function testFilters(filters: readonly RuleFilter[], moment: Moment): FilterTest {
  const tested = filters.map((filter) => testedOf(filter, moment))
  return {
    turning: filters.some(isDateFilter),
    over(columns) {
      if (moment.alone) return together(tested.map(({ column, alone }) => alone(columnIn(columns, column))))
      const bound = tested.map(({ column, bind }) => bind(columnIn(columns, column)))
      const flipping = bound.flatMap((one) => one.flipping ?? [])
      return { passes: lookedUp(bound.map((one) => one.passing)), flips: (row) => soonest(flipping, row) }
    },
  }
}

function together(tests: readonly BoundFilters[]): BoundFilters {
  return {
    passes: (row) => tests.every((test) => test.passes(row)),
    flips: (row) => tests.reduce((soonest, test) => Math.min(soonest, test.flips(row)), Number.POSITIVE_INFINITY),
  }
}

function soonest(flipping: readonly Looked<Float64Array>[], row: number): number {
  let at = Number.POSITIVE_INFINITY
  for (const { codes, table } of flipping) at = Math.min(at, table[codes[row] ?? 0] ?? at)
  return at
}

function lookedUp(passing: readonly Looked<Uint8Array>[]): (row: number) => boolean {
  const [first, second] = passing
  if (first === undefined) return () => true
  const [codes, table] = [first.codes, first.table]
  if (second === undefined) return (row) => table[codes[row] ?? 0] === 1
  return (row) => {
    for (let i = 0; i < passing.length; i++) {
      const one = passing[i]
      if (one !== undefined && one.table[one.codes[row] ?? 0] !== 1) return false
    }
    return true
  }
}
