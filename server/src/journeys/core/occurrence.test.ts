import { triggerSchema } from '@chaoxi/contract'
import { describe, expect, test } from 'vitest'
import { zoneOf } from '../../query/index.ts'
import { audienceRule, isTimed, nextOccurrences, occurrenceName, type TimedTrigger } from './occurrence.ts'

const newYork = zoneOf('America/New_York')
const at = (local: string) => Date.parse(local)

function timed(trigger: object): TimedTrigger {
  const parsed = triggerSchema.parse(trigger)
  if (!isTimed(parsed)) throw new Error('not by the clock')
  return parsed
}
const schedule = (repeat: object, more: object = {}) =>
  timed({ kind: 'schedule', audience: { kind: 'segment', segment: 's' }, at: '09:00', repeat, ...more })
const date = (more: object) => timed({ kind: 'date', attribute: 'birthday', yearly: true, days: 0, at: '09:00', ...more })
const next = (trigger: TimedTrigger, after: string, count = 3, zone = newYork) =>
  nextOccurrences(trigger, at(after), zone, count).map((ms) => new Date(ms).toISOString())
const days = (trigger: TimedTrigger, after: string, count: number) => next(trigger, after, count).map((iso) => iso.slice(0, 10))

describe('when a schedule is due', () => {
  test('is the next time of its clock on its days, and never the moment itself', () => {
    expect(next(schedule({ kind: 'daily' }), '2026-03-06T09:00:00-05:00')).toEqual([
      '2026-03-07T14:00:00.000Z',
      '2026-03-08T13:00:00.000Z',
      '2026-03-09T13:00:00.000Z',
    ])
    expect(days(schedule({ kind: 'weekly', weekdays: [1, 5] }), '2026-03-06T12:00:00-05:00', 3)).toEqual([
      '2026-03-09',
      '2026-03-13',
      '2026-03-16',
    ])
    expect(next(schedule({ kind: 'once', date: '2026-03-08' }), '2026-03-01T00:00:00-05:00')).toEqual(['2026-03-08T13:00:00.000Z'])
    expect(next(schedule({ kind: 'once', date: '2026-03-08' }), '2026-03-08T09:00:00-04:00')).toEqual([])
  })

  test('comes after the gap where the clocks skip it, and once where they show it twice', () => {
    expect(next(schedule({ kind: 'daily' }, { at: '02:30' }), '2026-03-07T12:00:00-05:00', 2)).toEqual([
      '2026-03-08T07:30:00.000Z',
      '2026-03-09T06:30:00.000Z',
    ])
    expect(next(schedule({ kind: 'daily' }, { at: '01:30' }), '2026-10-31T12:00:00-04:00', 2)).toEqual([
      '2026-11-01T05:30:00.000Z',
      '2026-11-02T06:30:00.000Z',
    ])
  })

  test('skips a day that a month does not have, and keeps the last day when asked', () => {
    expect(days(schedule({ kind: 'monthly', days: [31] }), '2026-01-31T12:00:00-05:00', 3)).toEqual([
      '2026-03-31',
      '2026-05-31',
      '2026-07-31',
    ])
    expect(days(schedule({ kind: 'monthly', days: ['last'] }), '2028-01-31T12:00:00-05:00', 3)).toEqual([
      '2028-02-29',
      '2028-03-31',
      '2028-04-30',
    ])
    expect(days(schedule({ kind: 'monthly', days: [30, 'last'] }), '2026-04-29T12:00:00-04:00', 3)).toEqual([
      '2026-04-30',
      '2026-05-30',
      '2026-05-31',
    ])
  })

  test('of every few weeks counts from the week of its first day, and stays between its first and last', () => {
    const weeks = schedule({ kind: 'weekly', weekdays: [2, 7], weeks: 2 }, { from: '2026-03-04', to: '2026-03-31' })
    expect(days(weeks, '2026-01-01T00:00:00Z', 9)).toEqual(['2026-03-08', '2026-03-17', '2026-03-22', '2026-03-31'])
  })
})

describe('whom a date is for', () => {
  const rule = (trigger: TimedTrigger, due: string) => {
    const found = audienceRule(trigger, at(due), newYork)
    return found.kind === 'attribute' ? found.filter : found
  }
  test('are those whose day it is, so many days before or after', () => {
    expect(rule(date({ days: -3 }), '2026-02-27T09:00:00-05:00')).toMatchObject({ op: 'month_day', from: '03-02', to: '03-02' })
    expect(rule(date({ yearly: false, days: 1 }), '2026-03-01T09:00:00-05:00')).toMatchObject({
      op: 'date_in',
      window: { kind: 'dates', from: '2026-02-28', to: '2026-02-28' },
    })
    expect(occurrenceName(date({ days: -3 }), at('2026-02-27T09:00:00-05:00'), newYork)).toBe('2026-03-02')
  })

  test('on 28 February of a common year are those of the 29th too', () => {
    expect(rule(date({}), '2026-02-28T09:00:00-05:00')).toMatchObject({ from: '02-28', to: '02-29' })
    expect(rule(date({}), '2028-02-28T09:00:00-05:00')).toMatchObject({ from: '02-28', to: '02-28' })
    expect(rule(date({ days: -1 }), '2026-02-27T09:00:00-05:00')).toMatchObject({ from: '02-28', to: '02-29' })
  })

  test('is each day once, also where the clocks skip over midnight', () => {
    const nuuk = zoneOf('America/Nuuk')
    const late = date({ at: '23:30' })
    const due = nextOccurrences(late, at('2025-03-28T00:00:00-02:00'), nuuk, 3)
    expect(due.map((ms) => occurrenceName(late, ms, nuuk))).toEqual(['2025-03-28', '2025-03-29', '2025-03-30'])
  })
})
