import { expect, test } from 'vitest'
import { zoneOf } from '../../query/index.ts'
import { spanOf, trendOf } from './trend.ts'
import type { HourRow } from './trend-store.ts'

const newYork = zoneOf('America/New_York')
const row = (local: string, entered: number, more: Partial<HourRow> = {}): HourRow => ({
  ...{ hour_at: new Date(local), version: 1, way: '', entered, passed: 0, timed_out: 0, failed: 0, left_here: 0 },
  ...more,
})

test('hours are put into local days, over the end of a month and the days when clocks change', () => {
  const span = spanOf('day', 4, Date.parse('2026-11-02T12:00:00-05:00'), newYork)
  const rows = [
    row('2026-10-30T23:00:00-04:00', 1),
    row('2026-10-31T00:00:00-04:00', 2),
    // A day of 25 hours.
    row('2026-11-01T00:00:00-04:00', 4),
    row('2026-11-01T23:00:00-05:00', 8),
    row('2026-11-02T00:00:00-05:00', 16),
  ]
  const trend = trendOf(rows, span, 'all', newYork)
  expect(trend.at).toEqual(['2026-10-30T04:00:00.000Z', '2026-10-31T04:00:00.000Z', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'])
  expect(trend.series.map((one) => one.entered)).toEqual([[1, 2, 12, 16]])
})

test('hours without anything are zeros, also where nothing ever happened', () => {
  const span = spanOf('hour', 3, Date.parse('2026-03-08T03:30:00-04:00'), newYork)
  expect(trendOf([], span, 'all', newYork)).toEqual({
    unit: 'hour',
    at: ['2026-03-08T05:00:00.000Z', '2026-03-08T06:00:00.000Z', '2026-03-08T07:00:00.000Z'],
    series: [{ name: '', entered: [0, 0, 0], passed: [0, 0, 0], timedOut: [0, 0, 0], failed: [0, 0, 0], left: [0, 0, 0] }],
  })
  expect(trendOf([row('2026-03-08T06:00:00Z', 3)], span, 'all', newYork).series[0]?.entered).toEqual([0, 3, 0])
})

test('series by version and by way do not count each other', () => {
  const span = spanOf('hour', 1, Date.parse('2026-03-02T10:10:00Z'), newYork)
  const at = '2026-03-02T10:00:00Z'
  const rows = [
    row(at, 3),
    row(at, 2, { version: 2 }),
    row(at, 0, { way: 'a', passed: 4 }),
    row(at, 0, { way: 'b', passed: 1, version: 2 }),
  ]
  expect(trendOf(rows, span, 'all', newYork).series[0]?.entered).toEqual([5])
  expect(trendOf(rows, span, 'version', newYork).series.map(({ name, entered }) => [name, entered])).toEqual([
    ['1', [3]],
    ['2', [2]],
  ])
  expect(trendOf(rows, span, 'way', newYork).series.map(({ name, passed }) => [name, passed])).toEqual([
    ['a', [4]],
    ['b', [1]],
  ])
})
