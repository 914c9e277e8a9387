import { expect, test } from 'vitest'
import { journeyDefinitionSchema } from './journey.ts'
import { journeyAdvice } from './journey-advice.ts'

const end = { id: 'end', kind: 'exit' }
const send = (id: string, next: string, more = {}) => ({ id, kind: 'send', channel: 'sms', template: 't', next, ...more })
const wait = (id: string, amount: number, unit: string, next: string) => ({ id, kind: 'wait', duration: { amount, unit }, next })
const quietHours = { start: '21:00', end: '08:00' }
const advise = (start: string, nodes: object[], trigger: object = { kind: 'event', event: 'A' }) =>
  journeyAdvice(journeyDefinitionSchema.parse({ trigger, start, nodes }), { quietHours, validDays: new Map([['ten', 3]]) })

test('a reminder after the coupon is over is told, by the shortest way to it', () => {
  const nodes = [
    { id: 'g', kind: 'grant', coupon: 'ten', next: 'w', onFailure: 'end' },
    wait('w', 2, 'day', 's'),
    send('s', 'e'),
    { id: 'e', kind: 'wait_event', match: { event: 'B' }, timeout: { amount: 36, unit: 'hour' }, next: 'soon', onTimeout: 'late' },
    send('soon', 'end'),
    send('late', 'end'),
    end,
  ]
  expect(advise('g', nodes)).toEqual([{ kind: 'coupon_over', nodeId: 'late', grantId: 'g', hours: 84, validHours: 72 }])
})

test('a message that always falls into the quiet hours is told, and one that may not is not', () => {
  const at = (id: string, time: string, next: string) => ({ id, kind: 'wait_until', until: { kind: 'time', at: time }, next })
  expect(advise('w', [at('w', '22:30', 's'), send('s', 'end'), end])).toEqual([
    { kind: 'always_quiet', nodeId: 's', at: '22:30', until: '08:00' },
  ])
  expect(advise('w', [at('w', '20:30', 's'), send('s', 'end'), end])).toEqual([])
  expect(advise('s', [send('s', 'end'), end])).toEqual([])
  expect(advise('w', [at('w', '22:30', 's'), send('s', 'end', { purpose: 'transactional' }), end])).toEqual([])
})

test('a schedule in the quiet hours counts too, through whole days; hours of waiting lose the clock', () => {
  const trigger = { kind: 'schedule', audience: { kind: 'segment', segment: 'a' }, at: '07:00', repeat: { kind: 'daily' } }
  const nodes = [wait('w', 2, 'day', 's'), send('s', 'h'), wait('h', 3, 'hour', 'l'), send('l', 'end'), end]
  expect(advise('w', nodes, trigger)).toEqual([{ kind: 'always_quiet', nodeId: 's', at: '07:00', until: '08:00' }])
})

test('where ways meet, all of them must be quiet; circles end', () => {
  const split = {
    id: 'p',
    kind: 'split',
    ways: [
      { id: 'a', share: 50, next: 'x' },
      { id: 'b', share: 50, next: 'y' },
    ],
  }
  const at = (id: string, time: string) => ({ id, kind: 'wait_until', until: { kind: 'time', at: time }, next: 's' })
  const circle = { id: 'c', kind: 'condition', rule: { kind: 'tag', tag: 'a' }, next: 'p', otherwise: 'end' }
  expect(advise('p', [split, at('x', '22:00'), at('y', '10:00'), send('s', 'c'), circle, end])).toEqual([])
  expect(advise('p', [split, at('x', '22:00'), at('y', '23:00'), send('s', 'c'), circle, end])).toEqual([
    { kind: 'always_quiet', nodeId: 's', at: '22:00 23:00', until: '08:00' },
  ])
})

test('a winner who is looked for too long, too short, or by what is not recorded is told', () => {
  const split = (winner: object) => ({
    id: 'ab',
    kind: 'split',
    winner: { explore: 20, measure: { kind: 'goal', goal: 'goal' }, ...winner },
    ways: ['a', 'b'].map((id) => ({ id, share: 50, next: 'end' })),
  })
  const days = (amount: number) => ({ amount, unit: 'day' })
  expect(advise('ab', [split({ for: days(2), within: days(1) }), end])).toEqual([])
  expect(advise('ab', [split({ for: days(3), within: days(1) }), end])).toEqual([
    { kind: 'winner_late', nodeId: 'ab', hours: 72, goalHours: 72 },
  ])
  expect(advise('ab', [split({ for: days(1), within: days(2) }), end])).toEqual([
    { kind: 'winner_early', nodeId: 'ab', hours: 24, withinHours: 48 },
  ])
  expect(advise('ab', [split({ for: days(1), within: days(1), measure: { kind: 'message', result: 'clicked' } }), end])).toEqual([
    { kind: 'results_not_recorded', nodeId: 'ab' },
  ])
})
