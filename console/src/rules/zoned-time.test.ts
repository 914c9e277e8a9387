import { expect, it } from 'vitest'
import { fromLocalInput, startOfDay, toLocalInput } from './zoned-time.ts'

it('reads and writes a date field in the workspace zone, summer time included', () => {
  expect(fromLocalInput('2026-11-11T00:00', 'Asia/Shanghai')).toBe('2026-11-10T16:00:00.000Z')
  expect(toLocalInput('2026-11-10T16:00:00.000Z', 'Asia/Shanghai')).toBe('2026-11-11T00:00')
  for (const local of ['2026-07-01T09:30', '2026-12-01T09:30', '2026-03-29T03:30'])
    expect(toLocalInput(fromLocalInput(local, 'Europe/Berlin'), 'Europe/Berlin')).toBe(local)
})

it('finds midnight of a day in the zone', () => {
  expect(startOfDay(Date.parse('2026-11-22T17:00:00Z'), 0, 'Asia/Shanghai')).toBe('2026-11-22T16:00:00.000Z')
  expect(startOfDay(Date.parse('2026-11-22T17:00:00Z'), 7, 'Asia/Shanghai')).toBe('2026-11-15T16:00:00.000Z')
})
