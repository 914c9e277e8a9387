import { type WaitUntil, waitDaysMax, waitUntilSchema } from '@chaoxi/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defineJourney, send } from '../../../test/harness/journeys.ts'
import { dayMs, zoneOf } from '../../query/index.ts'
import { questions } from './ahead.ts'
import { condition, end, enter, facts, t0, told } from './step.test-kit.ts'
import { step } from './step.ts'
import { waitEnd } from './wait-until.ts'

const shanghai = 'Asia/Shanghai'
const newYork = 'America/New_York'

/** When the wait of somebody who comes at `now` ends: an instant, `now`, or why there is no such time. */
function endOf(until: WaitUntil, now: string, zone = shanghai, attributes: Record<string, unknown> = {}): string {
  const found = waitEnd(until, Date.parse(now), zoneOf(zone), { attributes, hour: null })
  if (found.kind === 'at') return new Date(found.at).toISOString()
  return found.kind === 'none' ? found.reason : 'now'
}
const instant = (text: string) => new Date(text).toISOString()
/** Rows of when somebody comes, when the wait is over (or `now`), and what that shows. */
const testEnds = (until: WaitUntil, rows: readonly (readonly [string, string, string])[]) =>
  test.each(rows)('from %s to %s: %s', (now, expected) => {
    expect(endOf(until, now)).toBe(expected === 'now' ? 'now' : instant(expected))
  })
const time = (at: string): WaitUntil => ({ kind: 'time', at })
const window = (weekdays: number[], from: string, to: string): WaitUntil => ({ kind: 'window', weekdays, from, to })
const date = (days: number, at = '10:00', yearly = false): WaitUntil => ({
  kind: 'date',
  attribute: 'day',
  yearly,
  days,
  at,
  otherwise: 'end',
})

describe('until a clock time', () => {
  testEnds(time('09:00'), [
    ['2026-03-02T08:59:59.999+08:00', '2026-03-02T09:00:00+08:00', 'today, if it is to come'],
    ['2026-03-02T09:00:00+08:00', '2026-03-03T09:00:00+08:00', 'tomorrow for who comes at that moment'],
    ['2026-02-28T21:00:00+08:00', '2026-03-01T09:00:00+08:00', 'over the end of a month'],
    ['2026-12-31T23:59:00+08:00', '2027-01-01T09:00:00+08:00', 'over the end of a year'],
    ['2026-03-01T16:30:00Z', '2026-03-02T09:00:00+08:00', 'by the day of the workspace'],
  ])

  test('that the clocks skip is read by the clock before the change', () => {
    expect(endOf(time('02:30'), '2026-03-08T00:30:00-05:00', newYork)).toBe(instant('2026-03-08T03:30:00-04:00'))
    expect(endOf(time('02:30'), '2026-03-08T03:30:00-04:00', newYork)).toBe(instant('2026-03-09T02:30:00-04:00'))
  })

  test('that the clocks show twice is the first', () => {
    expect(endOf(time('01:30'), '2026-11-01T00:30:00-04:00', newYork)).toBe(instant('2026-11-01T01:30:00-04:00'))
    expect(endOf(time('01:30'), '2026-11-01T01:45:00-04:00', newYork)).toBe(instant('2026-11-02T01:30:00-05:00'))
  })

  test('over a change of clocks is the same on the wall, and an hour more or less in between', () => {
    expect(endOf(time('09:00'), '2026-03-07T12:00:00-05:00', newYork)).toBe(instant('2026-03-08T09:00:00-04:00'))
    expect(endOf(time('09:00'), '2026-10-31T12:00:00-04:00', newYork)).toBe(instant('2026-11-01T09:00:00-05:00'))
  })

  test('is there where midnight is skipped', () => {
    expect(endOf(time('00:30'), '2026-04-23T12:00:00+02:00', 'Africa/Cairo')).toBe(instant('2026-04-24T01:30:00+03:00'))
  })
})

describe('until a window of the week', () => {
  const workdays = window([1, 2, 3, 4, 5], '10:00', '20:00')
  testEnds(workdays, [
    ['2026-03-02T10:00:00+08:00', 'now', 'as it opens'],
    ['2026-03-02T19:59:59+08:00', 'now', 'inside'],
    ['2026-03-02T20:00:00+08:00', '2026-03-03T10:00:00+08:00', 'as it closes'],
    ['2026-03-02T03:00:00+08:00', '2026-03-02T10:00:00+08:00', 'before it opens'],
    ['2026-03-06T20:00:00+08:00', '2026-03-09T10:00:00+08:00', 'over the weekend'],
    ['2026-01-31T12:00:00+08:00', '2026-02-02T10:00:00+08:00', 'over the end of a month'],
  ])

  test('over midnight belongs to the day that it begins on', () => {
    const friday = window([5], '22:00', '02:00')
    expect(endOf(friday, '2026-03-07T01:59:00+08:00')).toBe('now')
    expect(endOf(friday, '2026-03-07T02:00:00+08:00')).toBe(instant('2026-03-13T22:00:00+08:00'))
    expect(endOf(friday, '2026-03-06T01:00:00+08:00')).toBe(instant('2026-03-06T22:00:00+08:00'))
  })

  test('with the same time twice is the whole day', () => {
    const saturday = window([6], '00:00', '00:00')
    expect(endOf(saturday, '2026-03-07T23:59:00+08:00')).toBe('now')
    expect(endOf(saturday, '2026-03-08T00:00:00+08:00')).toBe(instant('2026-03-14T00:00:00+08:00'))
  })

  test('that the clocks skip does not open, and one that they show twice is open for longer', () => {
    const nights = window([7], '02:00', '03:00')
    expect(endOf(nights, '2026-03-07T12:00:00-05:00', newYork)).toBe(instant('2026-03-15T02:00:00-04:00'))
    expect(endOf(window([7], '01:00', '02:00'), '2026-11-01T01:30:00-05:00', newYork)).toBe('now')
  })
})

describe('until a date of the person', () => {
  test.each([
    ['2026-05-06', -3, '2026-05-03T10:00:00+08:00'],
    ['2026-05-06', 0, '2026-05-06T10:00:00+08:00'],
    ['2026-02-27', 3, '2026-03-02T10:00:00+08:00'],
    ['2026-03-01 23:30', 0, '2026-03-01T10:00:00+08:00'],
    ['2026-03-01T20:00:00Z', 0, '2026-03-02T10:00:00+08:00'],
  ])('%s and %i days', (day, days, expected) => {
    expect(endOf(date(days), '2026-02-20T12:00:00+08:00', shanghai, { day })).toBe(instant(expected))
  })

  test('that is missing, over, or too far away there is no such time', () => {
    const now = '2026-03-02T10:00:00+08:00'
    expect(endOf(date(0), now)).toBe('missing')
    expect(endOf(date(0), now, shanghai, { day: 'soon' })).toBe('missing')
    expect(endOf(date(0), now, shanghai, { day: '05-06' })).toBe('missing')
    expect(endOf(date(0), now, shanghai, { day: '2026-03-02' })).toBe('past')
    expect(endOf(date(0, '10:01'), now, shanghai, { day: '2026-03-02' })).toBe(instant('2026-03-02T10:01:00+08:00'))
    expect(endOf(date(0), now, shanghai, { day: '2027-04-06' })).toBe(instant('2027-04-06T10:00:00+08:00'))
    expect(endOf(date(0), now, shanghai, { day: '2027-04-07' })).toBe('too_far')
  })

  test('is read within an object too', () => {
    const until: WaitUntil = { kind: 'date', attribute: 'pet.born', yearly: false, days: 0, at: '10:00', otherwise: 'end' }
    expect(endOf(until, '2026-03-01T00:00:00+08:00', shanghai, { pet: { born: '2026-03-02' } })).toBe(instant('2026-03-02T10:00:00+08:00'))
  })

  test.each([
    ['1990-05-06', -3, '2026-03-02', '2026-05-03', 'the next one'],
    ['05-06', -3, '2026-03-02', '2026-05-03', 'without a year'],
    ['1990-01-02', -3, '2026-03-02', '2026-12-30', 'in the year before its own'],
    ['1990-12-31', 5, '2026-01-02', '2026-01-05', 'in the year after its own'],
    ['1990-05-06', -365, '2026-05-07', '2027-05-07', 'a year ahead of one in a leap year'],
    ['1990-05-06', 365, '2026-05-05', '2026-05-06', 'a year after it'],
    ['2000-02-29', 0, '2026-02-01', '2026-02-28', '29 February in a common year'],
    ['2000-02-29', 0, '2028-02-01', '2028-02-29', '29 February in a leap year'],
    ['2000-02-29', -3, '2026-02-27', '2027-02-25', '29 February, after its day of this year'],
    ['02-29', 1, '2027-03-01', '2028-03-01', '29 February and the day after'],
  ])('each year: %s and %i days, from %s, is %s: %s', (day, days, from, expected) => {
    expect(endOf(date(days, '10:00', true), `${from}T12:00:00+08:00`, shanghai, { day })).toBe(instant(`${expected}T10:00:00+08:00`))
  })

  test('each year: today while it is to come, then next year', () => {
    const day = '1990-03-02'
    expect(endOf(date(0, '10:00', true), '2026-03-02T09:59:00+08:00', shanghai, { day })).toBe(instant('2026-03-02T10:00:00+08:00'))
    expect(endOf(date(0, '10:00', true), '2026-03-02T10:00:00+08:00', shanghai, { day })).toBe(instant('2027-03-02T10:00:00+08:00'))
  })

  test('on a day of a change of clocks', () => {
    expect(endOf(date(0, '02:30', true), '2026-03-01T12:00:00-05:00', newYork, { day: '03-08' })).toBe(instant('2026-03-08T03:30:00-04:00'))
    expect(endOf(date(0, '01:30'), '2026-10-01T12:00:00-04:00', newYork, { day: '2026-11-01' })).toBe(instant('2026-11-01T01:30:00-04:00'))
  })
})

describe('a wait until a time', () => {
  const zone = zoneOf('Asia/Shanghai')
  const until = (time: object) => defineJourney('a', [{ id: 'a', kind: 'wait_until', until: time, next: 'b' }, send('b', 'end'), end])
  const at = (text: string) => Date.parse(`${text}+08:00`)
  const known = (attributes: Record<string, unknown> = {}) => ({ ...facts(), zone, attributes })

  test('of the clock rests until then, and goes on then or when it is next moved', () => {
    const definition = until({ kind: 'time', at: '09:00' })
    const { run } = step(definition, enter(definition), known(), t0)
    expect(run).toMatchObject({ state: 'waiting', wakeAt: at('2026-03-03T09:00'), context: { wait: { since: t0 } } })
    expect(step(definition, run, known(), at('2026-03-03T09:00') - 1).run).toEqual(run)
    expect(step(definition, run, known(), at('2026-03-03T23:00')).run).toMatchObject({ state: 'finished' })
  })

  test('within a window goes on at once inside it, and opens again when it closed before anybody came', () => {
    const definition = until({ kind: 'window', weekdays: [1, 2], from: '10:00', to: '20:00' })
    const inside = step(definition, enter(definition), known(), t0)
    expect(told(inside).slice(0, 2)).toEqual(['0 a entered', '1 a passed'])
    const { run } = step(definition, enter(definition), known(), at('2026-03-02T20:00'))
    expect(run).toMatchObject({ state: 'waiting', wakeAt: at('2026-03-03T10:00') })
    const late = step(definition, run, known(), at('2026-03-03T21:00'))
    expect(late).toMatchObject({ effects: [], steps: [], run: { state: 'waiting', wakeAt: at('2026-03-09T10:00'), visit: 1 } })
    expect(late.run.context.wait?.since).toBe(at('2026-03-02T20:00'))
    expect(step(definition, late.run, known(), at('2026-03-09T10:00')).effects).toHaveLength(1)
  })

  test('of the person goes the other way when there is none, and the story says why', () => {
    const definition = until({ kind: 'date', attribute: 'due', yearly: false, days: 0, at: '12:00', otherwise: 'end' })
    const waiting = step(definition, enter(definition), known({ due: '2026-03-05' }), t0).run
    expect(waiting).toMatchObject({ state: 'waiting', wakeAt: at('2026-03-05T12:00') })
    const passed = step(definition, waiting, known(), at('2026-03-05T12:00'))
    expect(passed.steps[0]).toMatchObject({ outcome: 'passed', way: 'next' })
    expect(passed.effects).toHaveLength(1)
    for (const [attributes, reason] of [
      [{}, 'missing'],
      [{ due: '2026-03-01' }, 'past'],
      [{ due: '2028-03-01' }, 'too_far'],
    ] as const) {
      const move = step(definition, enter(definition), known(attributes), t0)
      expect(move.effects).toEqual([])
      expect(move.steps[1]).toMatchObject({ way: 'otherwise', details: { attribute: 'due', reason, to: 'end' } })
    }
  })

  test('without the time zone is a bug', () => {
    const definition = until({ kind: 'time', at: '09:00' })
    expect(() => step(definition, enter(definition), facts(), t0)).toThrow('time zone')
  })

  test('asks for the zone and the attribute, and for what comes at once after it', () => {
    const birthday = { kind: 'date', attribute: 'birthday', yearly: true, days: 0, at: '10:00', otherwise: 'd' }
    const window = { kind: 'window', weekdays: [1], from: '10:00', to: '11:00' }
    const nodes = [
      { id: 'a', kind: 'wait_until', until: birthday, next: 'b' },
      { id: 'b', kind: 'wait_until', until: window, next: 'c' },
      condition('c', 'end', 'end'),
      condition('d', 'end', 'end'),
      end,
    ]
    const definition = defineJourney('a', nodes)
    const first = questions(definition, enter(definition), t0)
    expect(first).toMatchObject({ zone: true, attributes: new Set(['birthday']) })
    expect([...first.rules.keys()]).toEqual(['node.d'])
    expect([...questions(definition, { ...enter(definition), nodeId: 'b' }, t0).rules.keys()]).toEqual(['node.c'])
    expect(questions(definition, { ...enter(definition), nodeId: 'c' }, t0).zone).toBe(false)
  })
})

test('whatever the zone, the moment and the wish: the end is ahead and no further than it may be', () => {
  const clock = fc.tuple(fc.nat(23), fc.nat(59)).map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
  const day = fc
    .date({ min: new Date('1990-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
    .map((at) => at.toISOString().slice(0, 10))
  const until = fc.oneof(
    fc.record({ kind: fc.constant('time'), at: clock }),
    fc.record({
      kind: fc.constant('window'),
      weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      from: clock,
      to: clock,
    }),
    fc.record({
      kind: fc.constant('date'),
      attribute: fc.constant('day'),
      yearly: fc.boolean(),
      days: fc.integer({ min: -365, max: 365 }),
      at: clock,
      otherwise: fc.constant('end'),
    }),
  )
  const zone = fc.constantFrom(shanghai, newYork, 'Africa/Cairo', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Apia')
  const now = fc.integer({ min: Date.parse('2011-12-01'), max: Date.parse('2030-01-01') })
  fc.assert(
    fc.property(until, zone, now, day, (one, name, at, value) => {
      const found = waitEnd(waitUntilSchema.parse(one), at, zoneOf(name), { attributes: { day: value }, hour: null })
      if (found.kind === 'at') {
        expect(found.at).toBeGreaterThan(at)
        expect(found.at - at).toBeLessThanOrEqual(waitDaysMax * dayMs)
        // Whoever wakes in a window is inside it.
        if (one.kind === 'window')
          expect(waitEnd(waitUntilSchema.parse(one), found.at, zoneOf(name), { attributes: {}, hour: null })).toEqual({ kind: 'now' })
      } else expect(one.kind).toBe(found.kind === 'now' ? 'window' : 'date')
    }),
    { numRuns: 2_000 },
  )
})
