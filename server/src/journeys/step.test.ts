import { type JourneyDefinition, journeyDefinitionSchema } from '@chaoxi/contract'
import { describe, expect, test } from 'vitest'
import { zoneOf } from '../query/index.ts'
import { questions } from './ahead.ts'
import { begin, hear, type MatchesFilters, refusal, triggerAgeMaxMs, triggers } from './hear.ts'
import { type Heard, type Move, pauseMs, type Run, stumble, triesMax } from './run.ts'
import { type Facts, nodesPerStepMax, step, visitsMax } from './step.ts'

const t0 = Date.parse('2026-03-02T10:00:00+08:00')
const hour = 3_600_000
const send = (id: string, next: string, template = 'hello') => ({ id, kind: 'send', channel: 'sms', template, next })
const wait = (id: string, next: string, hours = 1) => ({ id, kind: 'wait', duration: { amount: hours, unit: 'hour' }, next })
const waitEvent = (id: string, next: string, onTimeout: string, event = 'Order Paid') => ({
  id,
  kind: 'wait_event',
  match: { event, filters: [{ property: 'total', op: 'gt', value: 10 }] },
  timeout: { amount: 1, unit: 'hour' },
  next,
  onTimeout,
})
const vip = { kind: 'tag', tag: 'vip' }
const condition = (id: string, next: string, otherwise: string) => ({ id, kind: 'condition', rule: vip, next, otherwise })
const end = { id: 'end', kind: 'exit', result: 'done' }

function journey(start: string, nodes: unknown[], more: object = {}): JourneyDefinition {
  return journeyDefinitionSchema.parse({ trigger: { kind: 'event', event: 'Signed Up' }, start, nodes, ...more })
}
function heard(name: string, at: number, properties: Record<string, unknown> = {}): Heard {
  return { sourceKey: `event:${name}-${at}`, kind: 'event', name, properties, occurredAt: at, receivedAt: at }
}
const entrance = { workspaceId: 1, journeyId: 'jny_1', version: 2, personId: 7, runId: 'run_1' }
const enter = (definition: JourneyDefinition) => begin(definition, entrance, heard('Signed Up', t0), t0)
const facts = (answers: Record<string, boolean> = {}, missing: string[] = []): Facts => ({
  answers: new Map(Object.entries(answers)),
  missingTemplates: new Set(missing),
  attributes: {},
  zone: null,
})
const told = (move: Move) => move.steps.map((one) => `${one.seq} ${one.nodeId} ${one.outcome}`)
const matches: MatchesFilters = (filters, properties) =>
  filters.every((filter) => 'value' in filter && Number(properties[filter.property]) > Number(filter.value))

describe('a send node', () => {
  const definition = journey('a', [send('a', 'end'), end])

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
    const two = journey('a', [send('a', 'b'), send('b', 'end', 'gone'), end])
    const move = step(two, { ...enter(two), tries: 5 }, facts({}, ['gone']), t0)
    expect(move.effects.map((effect) => effect.nodeId)).toEqual(['a'])
    expect(move.run).toMatchObject({ nodeId: 'b', state: 'active', tries: 1 })
    const again = step(two, move.run, facts(), t0 + 1_000)
    expect(again.effects.map((effect) => effect.effectKey)).toEqual(['jny_1:2:run_1:b:2'])
    expect(again.run).toMatchObject({ state: 'finished', tries: 0, result: 'done' })
  })
})

describe('a wait node', () => {
  const definition = journey('a', [wait('a', 'end'), end])

  test('rests until its time and not a millisecond less', () => {
    const { run, steps } = step(definition, enter(definition), facts(), t0)
    expect(run).toMatchObject({ state: 'waiting', wakeAt: t0 + hour, nodeId: 'a' })
    expect(steps.map((one) => one.outcome)).toEqual(['entered'])
    expect(step(definition, run, facts(), t0 + hour - 1)).toEqual({ run, steps: [], effects: [] })
    const move = step(definition, run, facts(), t0 + hour)
    expect(told(move)).toEqual(['1 a passed', '2 end entered', '3 end passed'])
  })

  test('that counts from the entry ends that long after it, and at once when that has passed', () => {
    const since = journey('a', [wait('a', 'b'), { ...wait('b', 'end', 24), since: 'entry' }, end])
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
  const definition = journey('a', [waitEvent('a', 'b', 'c'), send('b', 'end', 'thanks'), send('c', 'end', 'please'), end])
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
  const definition = journey('a', [condition('a', 'b', 'end'), send('b', 'end'), end])

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

describe('what brought the person in', () => {
  const gold = [{ property: 'plan', op: 'eq', value: 'gold' }]
  const enterWith = (definition: JourneyDefinition, properties: Record<string, unknown>) =>
    begin(definition, entrance, heard('Signed Up', t0, properties), t0)

  test('is asked of a condition besides its rule', () => {
    const definition = journey('a', [{ ...condition('a', 'b', 'end'), triggerFilters: gold }, send('b', 'end'), end])
    const messages = (properties: object, vipHolds: boolean) =>
      step(definition, enterWith(definition, { ...properties }), facts({ 'node.a': vipHolds }), t0).effects.length
    expect([messages({ plan: 'gold' }, true), messages({ plan: 'gold' }, false), messages({}, true)]).toEqual([1, 0, 0])
  })

  test('is asked of each way of a branch, also for who came by a segment or a tag', () => {
    const ways = [
      { id: 'gold', rule: { kind: 'all', rules: [] }, triggerFilters: [{ property: 'value', op: 'eq', value: 'gold' }], next: 'b' },
    ]
    const definition = journey('a', [{ id: 'a', kind: 'branch', ways, otherwise: 'end' }, send('b', 'end'), end])
    const run = (value: string) => begin(definition, entrance, { ...heard('tier', t0, { tag: 'tier', value }), kind: 'tag_entry' }, t0)
    const messages = (value: string) => step(definition, run(value), facts({ 'node.a.gold': true }), t0).effects.length
    expect([messages('gold'), messages('silver')]).toEqual([1, 0])
  })
})

describe('a branch', () => {
  const ways = ['one', 'two'].map((id) => ({ id, rule: { kind: 'tag', tag: id }, next: id }))
  const definition = journey('a', [
    { id: 'a', kind: 'branch', ways, otherwise: 'three' },
    send('one', 'end', 'one'),
    send('two', 'end', 'two'),
    send('three', 'end', 'three'),
    end,
  ])

  test.each([
    [true, true, 'one'],
    [true, false, 'one'],
    [false, true, 'two'],
    [false, false, 'three'],
  ])('whose ways hold %s and %s leads to %s: the first that holds, else the rest', (one, two, to) => {
    const move = step(definition, enter(definition), facts({ 'node.a.one': one, 'node.a.two': two }), t0)
    expect(move.effects.map((effect) => effect.template)).toEqual([to])
    const way = to === 'three' ? 'otherwise' : to
    expect(move.steps[1]).toMatchObject({ nodeId: 'a', way, details: { way, to } })
  })

  test('that nobody answered is a bug and not a no', () => {
    expect(() => step(definition, enter(definition), facts(), t0)).toThrow('nobody asked')
  })
})

describe('a split', () => {
  const shares = (...parts: number[]) => parts.map((share, i) => ({ id: `w${i}`, share, next: 'end' }))
  const split = (ways: object[], more: object = {}) => journey('a', [{ id: 'a', kind: 'split', ways, ...more }, end])
  const wayOf = (definition: JourneyDefinition, personId: number, version = 2, journeyId = 'jny_1') => {
    const run = begin(definition, { ...entrance, personId, version, journeyId, runId: `run_${personId}` }, heard('Signed Up', t0), t0)
    return step(definition, run, facts(), t0).run.context.variants?.a
  }
  const people = Array.from({ length: 20_000 }, (_, i) => i + 1)

  test('gives each way its share, and a person the same one in every run and version', () => {
    const definition = split(shares(10, 30, 59.5, 0.5))
    const counts = new Map<string | undefined, number>()
    for (const person of people) {
      const way = wayOf(definition, person)
      counts.set(way, (counts.get(way) ?? 0) + 1)
    }
    // Four standard deviations of a binomial distribution at most.
    for (const [way, share] of Object.entries({ w0: 0.1, w1: 0.3, w2: 0.595, w3: 0.005 }))
      expect(Math.abs((counts.get(way) ?? 0) - share * people.length)).toBeLessThan(4 * Math.sqrt(share * (1 - share) * people.length))
    for (const person of people.slice(0, 200)) expect(wayOf(definition, person, 3)).toBe(wayOf(definition, person))
  })

  test('parts people anew in another journey and under another seed, and independently of before', () => {
    const definition = split(shares(50, 50))
    const others = [
      (person: number) => wayOf(split(shares(50, 50), { seed: 'again' }), person),
      (person: number) => wayOf(definition, person, 2, 'jny_2'),
    ]
    for (const other of others) {
      const same = people.filter((person) => other(person) === wayOf(definition, person)).length
      expect(Math.abs(same - people.length / 2)).toBeLessThan(4 * Math.sqrt(people.length / 4))
    }
  })

  test('keeps the way that the run took, whoever its person turns out to be', () => {
    const definition = journey('a', [
      { id: 'a', kind: 'split', ways: shares(50, 50).map((way) => ({ ...way, next: 'w' })) },
      wait('w', 'a'),
      end,
    ])
    const first = step(definition, enter(definition), facts(), t0).run
    for (const personId of [7, 8, 9, 10, 11]) {
      const again = step(definition, { ...first, personId }, facts(), t0 + hour)
      expect(again.run.context.variants).toEqual(first.context.variants)
    }
  })

  test('tells the control group', () => {
    const move = step(
      split([{ id: 'none', share: 100, control: true, next: 'end' }, ...shares(0.01)]),
      enter(split(shares(50, 50))),
      facts(),
      t0,
    )
    expect(move.steps[1]).toMatchObject({ way: 'none', details: { way: 'none', share: 100, control: true, to: 'end' } })
    expect(move.run).toMatchObject({ state: 'finished', context: { variants: { a: 'none' } } })
  })
})

describe('a wait until a time', () => {
  const zone = zoneOf('Asia/Shanghai')
  const until = (time: object) => journey('a', [{ id: 'a', kind: 'wait_until', until: time, next: 'b' }, send('b', 'end'), end])
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
    const definition = journey('a', nodes)
    const first = questions(definition, enter(definition), t0)
    expect(first).toMatchObject({ zone: true, attributes: new Set(['birthday']) })
    expect([...first.rules.keys()]).toEqual(['node.d'])
    expect([...questions(definition, { ...enter(definition), nodeId: 'b' }, t0).rules.keys()]).toEqual(['node.c'])
    expect(questions(definition, { ...enter(definition), nodeId: 'c' }, t0).zone).toBe(false)
  })
})

describe('exit conditions', () => {
  const exits = [
    { kind: 'rule', rule: vip },
    { kind: 'event', event: 'Order Paid', filters: [] },
  ]
  const definition = journey('a', [wait('a', 'b'), send('b', 'end'), end], { exits })

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
    const own = journey('a', [wait('a', 'end'), end], { exits: [{ kind: 'event', event: 'Signed Up', filters: [] }] })
    const run = enter(own)
    expect(hear(own, run, run.context.trigger, t0, matches)).toBeNull()
  })
})

describe('limits', () => {
  test('a long way is gone in several calls, and each node is entered once', () => {
    const count = nodesPerStepMax * 2 + 10
    const nodes = Array.from({ length: count }, (_, i) => send(`n${i}`, i + 1 < count ? `n${i + 1}` : 'end'))
    const definition = journey('n0', [...nodes, end])
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
    const definition = journey('a', [wait('a', 'b'), condition('b', 'a', 'end'), end])
    expect(step(definition, { ...enter(definition), visit: visitsMax }, facts(), t0).run).toMatchObject({ state: 'failed' })
  })

  test('pauses between tries double', () => {
    const run: Run = enter(journey('a', [end, send('a', 'end')]))
    expect(stumble(stumble(run, t0, 'x').run, t0, 'x').run).toMatchObject({ tries: 2, wakeAt: t0 + 2_000, result: 'x' })
  })
})

test('what is asked is what the move can come to, and nothing while it rests', () => {
  const exits = [{ kind: 'rule', rule: vip }]
  const nodes = [condition('a', 'b', 'w'), send('b', 'w', 'one'), wait('w', 'c'), condition('c', 'd', 'end'), send('d', 'end', 'two'), end]
  const definition = journey('a', nodes, { exits })
  const run = enter(definition)
  expect([...questions(definition, run, t0).rules.keys()]).toEqual(['exit.0', 'node.a'])
  expect([...questions(definition, run, t0).templates]).toEqual(['one'])
  const resting = step(definition, run, facts({ 'exit.0': false, 'node.a': false }), t0).run
  expect(questions(definition, resting, t0 + 1).rules.size).toBe(0)
  expect([...questions(definition, resting, t0 + hour).rules.keys()]).toEqual(['exit.0', 'node.c'])
})

test('who may come in: the trigger fits, re-entry allows it, and the news is fresh', () => {
  const now = heard('Signed Up', t0)
  const never = { live: false, ever: false }
  expect(triggers({ kind: 'event', event: 'Signed Up', filters: [] }, now, matches)).toBe(true)
  expect(triggers({ kind: 'segment_entry', segment: 'Signed Up' }, now, matches)).toBe(false)
  expect(triggers({ kind: 'segment_entry', segment: 'vip' }, { ...now, kind: 'segment_entry', name: 'vip' }, matches)).toBe(true)
  expect(refusal('never', never, now)).toBeNull()
  expect(refusal('never', { live: false, ever: true }, now)).toBe('entered_before')
  expect(refusal('after_exit', { live: true, ever: true }, now)).toBe('still_inside')
  expect(refusal('after_exit', { live: false, ever: true }, now)).toBeNull()
  expect(refusal('every_time', { live: true, ever: true }, now)).toBeNull()
  expect(refusal('every_time', never, { ...now, receivedAt: t0 + triggerAgeMaxMs + 1 })).toBe('too_late')
})
