import { describe, expect, test } from 'vitest'
import { defineJourney, send, wait } from '../../../test/harness/journeys.ts'
import { questions } from './ahead.ts'
import { doubled, refusal, tooLate, triggerAgeMaxMs, triggers } from './entering.ts'
import { hear } from './hear.ts'
import type { MatchesFilters } from './heard-match.ts'
import { pauseMs, type Run, stumble, triesMax } from './run.ts'
import { condition, end, enter, facts, heard, hour, t0, told, vip } from './step.test-kit.ts'
import { nodesPerStepMax, step, visitsMax } from './step.ts'

const waitEvent = (id: string, next: string, onTimeout: string, event = 'Order Paid') => ({
  id,
  kind: 'wait_event',
  match: { event, filters: [{ property: 'total', op: 'gt', value: 10 }] },
  timeout: { amount: 1, unit: 'hour' },
  next,
  onTimeout,
})
const matches: MatchesFilters = (filters, properties) =>
  filters.every((filter) => 'value' in filter && Number(properties[filter.property]) > Number(filter.value))

describe('a send node', () => {
  const definition = defineJourney('a', [send('a', 'end'), end])

  test('queues its message under a key of version, run, node and visit, and goes on', () => {
    const move = step(definition, enter(definition), facts(), t0)
    expect(move.effects).toEqual([{ effectKey: 'jny_1:2:run_1:a:1', nodeId: 'a', channel: 'sms', purpose: 'marketing', template: 'hello' }])
    expect(told(move)).toEqual(['0 a entered', '1 a passed', '2 end entered', '3 end passed'])
    expect(move.run).toMatchObject({ state: 'finished', wakeAt: null, result: 'done', visit: 2, steps: 4 })
  })

  test('whose template is gone tries again later and later, and fails with the reason at last', () => {
    let run = enter(definition)
    for (let tries = 1; tries < triesMax; tries++) {
      const move = step(definition, run, facts({}, ['hello']), t0)
      expect(move).toMatchObject({ effects: [], steps: [], run: { state: 'active', tries, wakeAt: t0 + pauseMs(tries) } })
      run = move.run
    }
    const last = step(definition, run, facts({}, ['hello']), t0)
    expect(told(last)).toEqual(['0 a entered', '1 a failed'])
    expect(last.run).toMatchObject({ state: 'failed', wakeAt: null, result: 'there is no template "hello"' })
  })

  test('in trouble takes back nothing of what came before it', () => {
    const two = defineJourney('a', [send('a', 'b'), send('b', 'end', 'gone'), end])
    const move = step(two, { ...enter(two), tries: 5 }, facts({}, ['gone']), t0)
    expect(move.effects.map((effect) => effect.nodeId)).toEqual(['a'])
    expect(move.run).toMatchObject({ nodeId: 'b', state: 'active', tries: 1 })
    const again = step(two, move.run, facts(), t0 + 1_000)
    expect(again.effects.map((effect) => effect.effectKey)).toEqual(['jny_1:2:run_1:b:2'])
    expect(again.run).toMatchObject({ state: 'finished', tries: 0, result: 'done' })
  })
})

describe('a wait node', () => {
  const definition = defineJourney('a', [wait('a', 'end'), end])

  test('rests until its time and not a millisecond less', () => {
    const { run, steps } = step(definition, enter(definition), facts(), t0)
    expect(run).toMatchObject({ state: 'waiting', wakeAt: t0 + hour, nodeId: 'a' })
    expect(steps.map((one) => one.outcome)).toEqual(['entered'])
    expect(step(definition, run, facts(), t0 + hour - 1)).toEqual({ run, steps: [], effects: [] })
    const move = step(definition, run, facts(), t0 + hour)
    expect(told(move)).toEqual(['1 a passed', '2 end entered', '3 end passed'])
  })

  test('that counts from the entry ends that long after it, and at once when that has passed', () => {
    const since = defineJourney('a', [wait('a', 'b'), { ...wait('b', 'end', 24), since: 'entry' }, end])
    const second = step(since, step(since, enter(since), facts(), t0).run, facts(), t0 + 2 * hour).run
    expect(second).toMatchObject({ nodeId: 'b', state: 'waiting', wakeAt: t0 + 24 * hour })
    const late = step(since, step(since, enter(since), facts(), t0).run, facts(), t0 + 30 * hour).run
    expect(late).toMatchObject({ nodeId: 'b', state: 'waiting', wakeAt: t0 + 24 * hour })
    expect(step(since, late, facts(), t0 + 30 * hour).run).toMatchObject({ state: 'finished' })
  })

  test('woken by mistake goes back to its deadline', () => {
    const { run } = step(definition, enter(definition), facts(), t0)
    expect(step(definition, { ...run, state: 'active', wakeAt: t0 + 5 }, facts(), t0 + 5).run).toEqual(run)
  })
})

describe('a wait for an event', () => {
  const definition = defineJourney('a', [waitEvent('a', 'b', 'c'), send('b', 'end', 'thanks'), send('c', 'end', 'please'), end])
  const waiting = step(definition, enter(definition), facts(), t0).run
  const news = (at: number, properties = { total: 20 }) => hear(definition, waiting, heard('Order Paid', at, properties), at, matches)

  test('goes one way when the event comes', () => {
    const woken = news(t0 + 5)
    expect(woken?.run).toMatchObject({ state: 'active', wakeAt: t0 + 5 })
    const move = step(definition, woken?.run ?? waiting, facts(), t0 + 5)
    expect(move.effects.map((effect) => effect.template)).toEqual(['thanks'])
    expect(told(move)).toEqual(['1 a passed', '2 b entered', '3 b passed', '4 end entered', '5 end passed'])
    expect(move.steps[0]?.details).toMatchObject({ event: { name: 'Order Paid' }, to: 'b' })
  })

  test('goes the other way when the time is over', () => {
    const move = step(definition, waiting, facts(), t0 + hour)
    expect(move.effects.map((effect) => effect.template)).toEqual(['please'])
    expect(told(move)[0]).toBe('1 a timed_out')
  })

  test('does not take an event that the filters exclude, one of another name, or a second one', () => {
    expect(news(t0 + 5, { total: 5 })).toBeNull()
    expect(hear(definition, waiting, heard('Product Viewed', t0 + 5), t0 + 5, matches)).toBeNull()
    expect(hear(definition, news(t0 + 5)?.run ?? waiting, heard('Order Paid', t0 + 6, { total: 20 }), t0 + 6, matches)).toBeNull()
  })

  test('takes an event that a phone sent late, but none from before the trigger', () => {
    const late = { ...heard('Order Paid', t0, { total: 20 }), receivedAt: t0 + 10 }
    expect(hear(definition, waiting, late, t0 + 10, matches)).not.toBeNull()
    const older = { ...late, occurredAt: t0 - 1 }
    expect(hear(definition, waiting, older, t0 + 10, matches)).toBeNull()
  })

  test('does not take what happened after its deadline, however late the clockwork is', () => {
    expect(news(t0 + hour)).not.toBeNull()
    expect(news(t0 + hour + 1)).toBeNull()
  })
})

describe('a condition', () => {
  const definition = defineJourney('a', [condition('a', 'b', 'end'), send('b', 'end'), end])

  test.each([
    [true, 1],
    [false, 0],
  ])('that is %s leads to %i messages, and the story tells what was asked', (holds, messages) => {
    const move = step(definition, enter(definition), facts({ 'node.a': holds }), t0)
    expect(move.effects).toHaveLength(messages)
    expect(move.steps.find((one) => one.outcome === 'passed')?.details).toMatchObject({ rule: vip, holds })
  })

  test('that nobody answered is a bug and not a no', () => {
    expect(() => step(definition, enter(definition), facts(), t0)).toThrow('nobody asked')
  })
})

describe('exit conditions', () => {
  const exits = [
    { kind: 'rule', rule: vip },
    { kind: 'event', event: 'Order Paid', filters: [] },
  ]
  const definition = defineJourney('a', [wait('a', 'b'), send('b', 'end'), end], { exits })

  test('that are rules are asked before each move, and end the run where it is', () => {
    const { run } = step(definition, enter(definition), facts({ 'exit.0': false }), t0)
    const move = step(definition, run, facts({ 'exit.0': true }), t0 + hour)
    expect(move.effects).toEqual([])
    expect(told(move)).toEqual(['1 a left'])
    expect(move.run).toMatchObject({ state: 'exited', result: 'exit_rule.0', wakeAt: null })
  })

  test('that are events end the run at once, wherever it is', () => {
    const { run } = step(definition, enter(definition), facts({ 'exit.0': false }), t0)
    const move = hear(definition, run, heard('Order Paid', t0 + 3), t0 + 3, matches)
    expect(move?.run).toMatchObject({ state: 'exited', result: 'exit_event.1' })
    const fresh = hear(definition, enter(definition), heard('Order Paid', t0 + 3), t0 + 3, matches)
    expect(fresh && told(fresh)).toEqual(['0 a entered', '1 a left'])
  })

  test('never fit the event that brought the person in', () => {
    const own = defineJourney('a', [wait('a', 'end'), end], { exits: [{ kind: 'event', event: 'Signed Up', filters: [] }] })
    const run = enter(own)
    expect(hear(own, run, run.context.trigger, t0, matches)).toBeNull()
  })
})

describe('exit conditions of a node', () => {
  const exits = [
    { kind: 'rule', rule: vip },
    { kind: 'event', event: 'Order Paid', filters: [] },
  ]
  const nodes = [{ ...wait('a', 'b'), exits }, send('b', 'c'), wait('c', 'end'), end]
  const definition = defineJourney('a', nodes)
  const asked = (holds: boolean) => facts({ 'exit.a.0': holds })

  test('end the run while it stands there, on arrival or later, and name the node', () => {
    const barred = step(definition, enter(definition), asked(true), t0)
    expect(told(barred)).toEqual(['0 a entered', '1 a left'])
    expect(barred.run).toMatchObject({ state: 'exited', result: 'exit_rule.a.0', wakeAt: null, visit: 1 })
    const { run } = step(definition, enter(definition), asked(false), t0)
    expect(step(definition, run, asked(true), t0 + hour).run).toMatchObject({ state: 'exited', result: 'exit_rule.a.0' })
    const bought = hear(definition, run, heard('Order Paid', t0 + 3), t0 + 3, matches)
    expect(bought?.run).toMatchObject({ state: 'exited', result: 'exit_event.a.1' })
  })

  test('mean nothing before it is entered, after its time is over, and at the next one', () => {
    expect(hear(definition, enter(definition), heard('Order Paid', t0 + 3), t0 + 3, matches)).toBeNull()
    const { run } = step(definition, enter(definition), asked(false), t0)
    expect(hear(definition, run, heard('Order Paid', t0 + hour + 1), t0 + hour + 1, matches)).toBeNull()
    const next = step(definition, run, asked(false), t0 + hour).run
    expect(next.nodeId).toBe('c')
    expect(hear(definition, next, heard('Order Paid', t0 + hour + 2), t0 + hour + 2, matches)).toBeNull()
    expect([...questions(definition, next, t0 + 2 * hour).rules.keys()]).toEqual([])
  })

  test('are asked again by what their rules name, at their node alone', () => {
    const news = { sourceKey: 'm', kind: 'membership', name: 'tag:vip', properties: {}, occurredAt: t0 + 5, receivedAt: t0 + 5 } as const
    const { run } = step(definition, enter(definition), asked(false), t0)
    expect(hear(definition, run, news, t0 + 5, matches)?.run.wakeAt).toBe(t0 + 5)
    const next = step(definition, run, asked(false), t0 + hour).run
    expect(hear(definition, next, { ...news, occurredAt: t0 + hour + 5 }, t0 + hour + 5, matches)).toBeNull()
  })

  test('come before what the node waits for', () => {
    const awaited = { id: 'a', kind: 'wait_event', match: { event: 'Order Paid' }, timeout: { amount: 1, unit: 'hour' }, exits }
    const own = defineJourney('a', [{ ...awaited, next: 'end', onTimeout: 'end' }, end])
    const { run } = step(own, enter(own), asked(false), t0)
    expect(hear(own, run, heard('Order Paid', t0 + 3), t0 + 3, matches)?.run.result).toBe('exit_event.a.1')
  })
})

describe('limits', () => {
  test('a long way is gone in several calls, and each node is entered once', () => {
    const count = nodesPerStepMax * 2 + 10
    const nodes = Array.from({ length: count }, (_, i) => send(`n${i}`, i + 1 < count ? `n${i + 1}` : 'end'))
    const definition = defineJourney('n0', [...nodes, end])
    const keys: string[] = []
    let run = enter(definition)
    let calls = 0
    for (; run.state === 'active'; calls++) {
      const move = step(definition, run, facts(), t0)
      keys.push(...move.effects.map((effect) => effect.effectKey))
      run = move.run
    }
    expect([calls, run.state, new Set(keys).size, keys.length]).toEqual([3, 'finished', count, count])
  })

  test('a run that has entered too many nodes fails', () => {
    const definition = defineJourney('a', [wait('a', 'b'), condition('b', 'a', 'end'), end])
    expect(step(definition, { ...enter(definition), visit: visitsMax }, facts(), t0).run).toMatchObject({ state: 'failed' })
  })

  test('pauses between tries double', () => {
    const run: Run = enter(defineJourney('a', [end, send('a', 'end')]))
    expect(stumble(stumble(run, t0, 'x').run, t0, 'x').run).toMatchObject({ tries: 2, wakeAt: t0 + 2_000, result: 'x' })
  })
})

test('what is asked is what the move can come to, and nothing while it rests', () => {
  const exits = [{ kind: 'rule', rule: vip }]
  const nodes = [condition('a', 'b', 'w'), send('b', 'w', 'one'), wait('w', 'c'), condition('c', 'd', 'end'), send('d', 'end', 'two'), end]
  const definition = defineJourney('a', nodes, { exits })
  const run = enter(definition)
  expect([...questions(definition, run, t0).rules.keys()]).toEqual(['exit.0', 'node.a'])
  expect([...questions(definition, run, t0).templates]).toEqual(['one'])
  const resting = step(definition, run, facts({ 'exit.0': false, 'node.a': false }), t0).run
  expect(questions(definition, resting, t0 + 1).rules.size).toBe(0)
  expect([...questions(definition, resting, t0 + hour).rules.keys()]).toEqual(['exit.0', 'node.c'])
})

test('who may come in: the trigger fits, re-entry allows it, and the news is fresh', () => {
  const now = heard('Signed Up', t0)
  expect(triggers('j', { kind: 'event', event: 'Signed Up', filters: [] }, now, matches)).toBe(true)
  expect(triggers('j', { kind: 'segment_entry', segment: 'Signed Up' }, now, matches)).toBe(false)
  expect(triggers('j', { kind: 'segment_entry', segment: 'vip' }, { ...now, kind: 'segment_entry', name: 'vip' }, matches)).toBe(true)
  const [never, before] = [
    { live: [], lastAt: null },
    { live: [], lastAt: t0 - hour },
  ]
  const run = enter(defineJourney('end', [end]))
  const ofOrder = (id: string, order: string, enteredAt: number): Run => ({
    ...{ ...run, id, enteredAt },
    context: { trigger: { ...now, properties: { order_id: order } } },
  })
  const inside = { live: [ofOrder('r', 'o1', t0)], lastAt: t0 }
  expect(refusal('never', never, now, t0)).toBeNull()
  expect(refusal('never', before, now, t0)).toBe('entered_before')
  expect(refusal('after_exit', inside, now, t0)).toBe('still_inside')
  expect(refusal('after_exit', before, now, t0)).toBeNull()
  expect(refusal('every_time', inside, now, t0)).toBeNull()
  const days = { kind: 'after_days', days: 1 } as const
  expect(refusal(days, before, now, t0 + 23 * hour - 1)).toBe('entered_lately')
  expect(refusal(days, before, now, t0 + 23 * hour)).toBeNull()
  const order = { kind: 'one_per_key', property: 'order_id' } as const
  expect(refusal(order, inside, { ...now, properties: { order_id: 'o1' } }, t0)).toBe('key_inside')
  expect(refusal(order, inside, { ...now, properties: { order_id: 'o2' } }, t0)).toBeNull()
  expect(refusal(order, inside, now, t0)).toBeNull()
  const two = [ofOrder('a', 'o1', t0), ofOrder('b', 'o1', t0 + hour)]
  expect(doubled(order, two).map(({ id }) => id)).toEqual(['b'])
  expect(doubled(order, [ofOrder('a', 'o1', t0), ofOrder('b', 'o2', t0)])).toEqual([])
  expect(doubled(days, two).map(({ id }) => id)).toEqual(['b'])
  expect(doubled('every_time', two)).toEqual([])
  expect(tooLate({ ...now, receivedAt: t0 + triggerAgeMaxMs + 1 })).toBe(true)
  expect(tooLate({ ...now, receivedAt: t0 + triggerAgeMaxMs })).toBe(false)
})
