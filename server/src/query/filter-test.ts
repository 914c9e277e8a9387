import { isDateFilter, type RuleFilter } from '@chaoxi/contract'
import { testDate } from './date-test.ts'
import { matchesFilter, readProperty } from './property.ts'
import type { Moment } from './window.ts'
import { never } from './window-turns.ts'

type Json = Readonly<Record<string, unknown>>

/** Filters at one moment. */
export interface FilterTest {
  /** Whether all hold; none hold for everything. */
  passes(properties: Json): boolean
  /** When time alone next turns one of them. */
  flips(properties: Json): number
  /** Whether time can turn them at all. */
  readonly turning: boolean
  /** Whether there are none. */
  readonly empty: boolean
}

export function testFilters(filters: readonly RuleFilter[], moment: Moment): FilterTest {
  const dates = filters.filter(isDateFilter).map((filter) => ({ property: filter.property, ...testDate(filter, moment) }))
  const timeless = filters.filter((filter) => !isDateFilter(filter))
  return {
    passes: (properties) =>
      timeless.every((filter) => matchesFilter(filter, properties)) &&
      dates.every((test) => test.passes(readProperty(properties, test.property))),
    flips: (properties) => dates.reduce((soonest, test) => Math.min(soonest, test.flips(readProperty(properties, test.property))), never),
    turning: dates.length > 0,
    empty: filters.length === 0,
  }
}
