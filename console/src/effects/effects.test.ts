import { expect, test } from 'vitest'
import { nextDay, spanOf } from './span.ts'

test('a period covers whole days of the workspace, the last one included', () => {
  expect(spanOf('2026-03-01', '2026-03-01', 'Asia/Shanghai')).toEqual({ from: '2026-02-28T16:00:00.000Z', to: '2026-03-01T16:00:00.000Z' })
})

test('days that change the clock are still whole', () => {
  // New York skips an hour on 8 March 2026: that day has 23 hours.
  expect(spanOf('2026-03-08', '2026-03-08', 'America/New_York')).toEqual({
    from: '2026-03-08T05:00:00.000Z',
    to: '2026-03-09T04:00:00.000Z',
  })
})

test('what is no day in the address bar is no limit', () => {
  expect(spanOf('', 'tomorrow', 'Asia/Shanghai')).toEqual({})
  expect(spanOf('2026-13-40', '', 'Asia/Shanghai')).toEqual({})
})

test('the day after the last of February is the first of March', () => {
  expect(nextDay('2026-02-28')).toBe('2026-03-01')
})
