import { bestHourRules } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { defineJourney } from '../../../test/harness/journeys.ts'
import { zoneOf } from '../../query/index.ts'
import { questions } from './ahead.ts'
import { end, enter, facts, t0 } from './step.test-kit.ts'
import { step } from './step.ts'
import { waitEnd } from './wait-until.ts'

const wish = { kind: 'best_hour', event: 'Product Viewed', days: 30, least: 3, defaultHour: 9 } as const

test.each([
  ['2026-03-02T10:00:00+08:00', 20, 'Asia/Shanghai', '2026-03-02T20:00:00+08:00'],
  ['2026-03-02T20:59:59+08:00', 20, 'Asia/Shanghai', 'now'],
  ['2026-03-02T21:00:00+08:00', 20, 'Asia/Shanghai', '2026-03-03T20:00:00+08:00'],
  ['2026-03-31T23:59:00+08:00', 23, 'Asia/Shanghai', 'now'],
  ['2026-03-31T12:00:00+08:00', 0, 'Asia/Shanghai', '2026-04-01T00:00:00+08:00'],
  ['2026-03-02T10:00:00+08:00', null, 'Asia/Shanghai', '2026-03-03T09:00:00+08:00'],
  // The clocks go from 2:00 to 3:00, and from 2:00 back to 1:00.
  ['2026-03-08T00:30:00-05:00', 3, 'America/New_York', '2026-03-08T03:00:00-04:00'],
  ['2026-11-01T00:30:00-04:00', 1, 'America/New_York', '2026-11-01T01:00:00-04:00'],
  ['2026-10-31T12:00:00-04:00', 9, 'America/New_York', '2026-11-01T09:00:00-05:00'],
] as const)('who comes at %s and is at their best at %s in %s goes on at %s', (now, hour, zone, expected) => {
  const found = waitEnd(wish, Date.parse(now), zoneOf(zone), { attributes: {}, hour })
  expect(found).toEqual(expected === 'now' ? { kind: 'now' } : { kind: 'at', at: Date.parse(expected) })
})

const definition = defineJourney('w', [{ id: 'w', kind: 'wait_until', until: wish, next: 'end' }, end])
const known = (best: number | null) => ({
  ...facts(Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [`node.w.hour_${hour}`, hour === best]))),
  zone: zoneOf('Asia/Shanghai'),
})

test('each hour is asked as a preference, the same way every time', () => {
  const asked = questions(definition, enter(definition), t0)
  expect([...asked.rules.keys()]).toHaveLength(24)
  expect(asked.rules.get('node.w.hour_20')).toMatchObject({ kind: 'preference', rank: 1, least: 3, values: [20] })
  expect([...asked.rules.values()]).toEqual(bestHourRules({ ...wish }))
  expect(questions(definition, enter(definition), t0).rules.get('node.w.hour_0')).toBe(asked.rules.get('node.w.hour_0'))
})

test('the story tells the hour, and that too little is known', () => {
  const move = step(definition, enter(definition), known(20), t0)
  expect(move.run).toMatchObject({ state: 'waiting', wakeAt: Date.parse('2026-03-02T20:00:00+08:00') })
  expect(move.steps[0]?.details).toMatchObject({ hour: 20, until: '2026-03-02T12:00:00.000Z' })
  expect(step(definition, enter(definition), known(null), t0).steps[0]?.details).toMatchObject({ hour: null })
})

test('who is late waits for the next one, by what is known then', () => {
  const { run } = step(definition, enter(definition), known(20), t0)
  const late = Date.parse('2026-03-03T02:00:00+08:00')
  expect([...questions(definition, run, late).rules.keys()]).toHaveLength(24)
  const again = step(definition, run, known(7), late)
  expect(again.run.wakeAt).toBe(Date.parse('2026-03-03T07:00:00+08:00'))
  const on = step(definition, again.run, known(7), Date.parse('2026-03-03T07:00:00+08:00'))
  expect(on.run.state).toBe('finished')
})
