import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { civil, dayMs, dayNumber, zoneOf } from './zone.ts'

test('days are the dates of the calendar, in leap years and at the turns of centuries', () => {
  const wrong: number[] = []
  for (let day = dayNumber(1899, 1, 1); day < dayNumber(2301, 1, 1); day++) {
    const date = new Date(day * dayMs)
    const { year, month, day: ofMonth } = civil(day)
    if (year !== date.getUTCFullYear() || month !== date.getUTCMonth() + 1 || ofMonth !== date.getUTCDate()) wrong.push(day)
  }
  expect(wrong).toEqual([])
})

test.each(['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'Asia/Kathmandu', 'Pacific/Apia'])(
  'the offset of %s is that of the clocks, around every change and far from today',
  (name) => {
    const zone = zoneOf(name)
    const offsetAt = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(name).offsetNanoseconds / 1_000_000
    let at = Temporal.Instant.from('1990-01-01T00:00:00Z').toZonedDateTimeISO(name)
    for (let change = 0; change < 100; change++) {
      for (const by of [-dayMs, -1, 0, 1, 7_200_000, dayMs]) {
        const ms = at.epochMilliseconds + by
        expect(zone.offsetMs(ms)).toBe(offsetAt(ms))
      }
      const next = at.getTimeZoneTransition('next')
      if (next === null || next.year > 2190) break
      at = next
    }
    for (const year of [1910, 1950, 2100, 2199]) expect(zone.offsetMs(Date.UTC(year, 6, 1))).toBe(offsetAt(Date.UTC(year, 6, 1)))
  },
)
