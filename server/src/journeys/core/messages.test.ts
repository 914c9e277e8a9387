import { describe, expect, test } from 'vitest'
import { defineJourney, send, wait } from '../../../test/harness/journeys.ts'
import { questions } from './ahead.ts'
import { hearOfMessage } from './hear.ts'
import type { MessageFate } from './messages.ts'
import { end, enter, facts, hour, t0 } from './step.test-kit.ts'
import { step } from './step.ts'

// What became of the run's own messages.

const everyone = { kind: 'all', rules: [] }
const fate = (more: Partial<MessageFate> = {}): MessageFate => ({
  state: 'sent',
  reason: null,
  delivered: false,
  opened: false,
  clicked: false,
  replied: false,
  ...more,
})
const told = (key: string, more: Partial<MessageFate>, answers: Record<string, boolean>) => ({
  ...facts(answers),
  fates: new Map([[key, fate(more)]]),
})
const key = 'jny_1:2:run_1:s:1'
const other = { id: 'other', kind: 'exit' }

describe('a condition on a message', () => {
  const asking = (state: string) =>
    defineJourney('s', [
      send('s', 'w'),
      wait('w', 'c'),
      { id: 'c', kind: 'condition', rule: everyone, message: { node: 's', state }, next: 'end', otherwise: 'other' },
      end,
      other,
    ])

  test.each([
    ['delivered', { state: 'delivered', delivered: true }, 'sent'],
    ['opened', { state: 'delivered', opened: true }, 'delivered'],
    ['clicked', { clicked: true }, 'opened'],
    ['replied', { replied: true }, 'clicked'],
    ['failed', { state: 'failed' }, 'dropped'],
    ['dropped', { state: 'dropped', reason: 'no_consent' }, 'failed'],
  ] as const)('%s holds when it did, and not before', (state, more, before) => {
    const definition = asking(state)
    const waiting = step(definition, enter(definition), facts(), t0).run
    const asked = questions(definition, waiting, t0 + hour)
    expect([...asked.messages]).toEqual([key])
    const to = (seen: Partial<MessageFate>) => step(definition, waiting, told(key, seen, { 'node.c': true }), t0 + hour).run.nodeId
    expect(to(more)).toBe('end')
    expect(to(before === 'failed' || before === 'dropped' ? { state: before } : { [before]: true })).toBe('other')
    expect(step(definition, waiting, facts({ 'node.c': true }), t0 + hour).run.nodeId).toBe('other')
  })

  test('asks nothing of a message that nobody asks about, and holds of none that was not come to', () => {
    const plain = defineJourney('s', [send('s', 'end'), end])
    expect(step(plain, enter(plain), facts(), t0).run.context.sent).toBeUndefined()
    const past = { ...asking('clicked'), start: 'w' }
    const waiting = step(past, enter(past), facts(), t0).run
    expect(questions(past, waiting, t0 + hour).messages.size).toBe(0)
    expect(step(past, waiting, facts({ 'node.c': true }), t0 + hour).run.nodeId).toBe('other')
  })

  test('is about the newest visit of a circle, whose message is only just queued', () => {
    const circle = defineJourney('s', [
      send('s', 'c'),
      {
        id: 'c',
        kind: 'branch',
        ways: [{ id: 'a', rule: everyone, message: { node: 's', state: 'clicked' }, next: 'end' }],
        otherwise: 'w',
      },
      wait('w', 's'),
      end,
    ])
    const first = step(circle, enter(circle), facts({ 'node.c.a': true }), t0).run
    expect(first).toMatchObject({ nodeId: 'w', context: { sent: { s: { key } } } })
    const second = step(circle, first, told(key, { clicked: true }, { 'node.c.a': true }), t0 + hour).run
    expect(second).toMatchObject({ nodeId: 'w', context: { sent: { s: { key: 'jny_1:2:run_1:s:4' } } } })
  })
})

test('a wait for a message ends when delivery tells of it, and is told of no other', () => {
  const definition = defineJourney('s', [
    send('s', 'w'),
    {
      id: 'w',
      kind: 'wait_rule',
      rule: everyone,
      message: { node: 's', state: 'clicked' },
      timeout: { amount: 1, unit: 'hour' },
      next: 'end',
      onTimeout: 'other',
    },
    end,
    other,
  ])
  const { run, effects } = step(definition, enter(definition), facts({ 'node.w': true }), t0)
  expect(effects).toMatchObject([{ awaited: true }])
  expect(run).toMatchObject({ nodeId: 'w', state: 'waiting' })
  expect(hearOfMessage(definition, run, 'else', t0 + 1)).toBeNull()
  const woken = hearOfMessage(definition, run, 's', t0 + 1)?.run ?? run
  expect(woken.wakeAt).toBe(t0 + 1)
  const rests = step(definition, woken, told(key, { delivered: true }, { 'node.w': true }), t0 + 1).run
  expect(rests).toMatchObject({ nodeId: 'w', state: 'waiting', wakeAt: t0 + hour })
  expect(step(definition, woken, told(key, { clicked: true }, { 'node.w': true }), t0 + 1).run.nodeId).toBe('end')
  expect(step(definition, rests, told(key, {}, { 'node.w': true }), t0 + hour).run.nodeId).toBe('other')
})
