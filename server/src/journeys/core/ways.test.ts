import type { JourneyDefinition } from '@chaoxi/contract'
import { describe, expect, test } from 'vitest'
import { defineJourney, send, wait } from '../../../test/harness/journeys.ts'
import { withAnswer } from './deed.ts'
import { begin } from './entering.ts'
import { condition, end, enter, entrance, facts, heard, hour, t0 } from './step.test-kit.ts'
import { step } from './step.ts'

// Nodes that people part at.

describe('a branch', () => {
  const ways = ['one', 'two'].map((id) => ({ id, rule: { kind: 'tag', tag: id }, next: id }))
  const definition = defineJourney('a', [
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
  const split = (ways: object[], more: object = {}) => defineJourney('a', [{ id: 'a', kind: 'split', ways, ...more }, end])
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
    const definition = defineJourney('a', [
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

describe('what a node does', () => {
  const definition = defineJourney('g', [
    { id: 'g', kind: 'grant', coupon: 'c', next: 'w', onFailure: 'end' },
    wait('w', 'a'),
    send('a', 'g'),
    end,
  ])

  test('is asked for once a visit under a key of its own, and the run goes on by what came of it', () => {
    const first = step(definition, enter(definition), facts(), t0)
    expect(first).toMatchObject({
      deed: { kind: 'grant', coupon: 'c', effectKey: 'jny_1:2:run_1:g:1' },
      effects: [],
      run: { state: 'active' },
    })
    const given = withAnswer(first, { ok: true, coupon: { code: 'A' } })
    expect(given.steps).toMatchObject([{ nodeId: 'g', outcome: 'entered', details: { done: true, coupon: { code: 'A' } } }])
    const on = step(definition, given.run, facts(), t0)
    expect(on.steps[0]).toMatchObject({ nodeId: 'g', outcome: 'passed', way: 'next', details: { key: 'c', done: true, to: 'w' } })
    expect(on.run).toMatchObject({ nodeId: 'w', state: 'waiting', context: { coupon: { code: 'A' } } })
    const again = step(definition, on.run, facts(), t0 + hour)
    expect(again.effects).toHaveLength(1)
    expect(again.deed?.effectKey).toBe('jny_1:2:run_1:g:4')
    const none = step(definition, withAnswer(again, { ok: false, reason: 'limit' }).run, facts(), t0 + hour)
    expect(none.steps[0]).toMatchObject({ way: 'onFailure', details: { reason: 'limit', to: 'end' } })
    expect(none.run).toMatchObject({ state: 'finished', context: { coupon: { code: 'A' } } })
  })
})

describe('what brought the person in', () => {
  const gold = [{ property: 'plan', op: 'eq', value: 'gold' }]
  const enterWith = (definition: JourneyDefinition, properties: Record<string, unknown>) =>
    begin(definition, entrance, heard('Signed Up', t0, properties), t0)

  test('is asked of a condition besides its rule', () => {
    const definition = defineJourney('a', [{ ...condition('a', 'b', 'end'), triggerFilters: gold }, send('b', 'end'), end])
    const messages = (properties: object, vipHolds: boolean) =>
      step(definition, enterWith(definition, { ...properties }), facts({ 'node.a': vipHolds }), t0).effects.length
    expect([messages({ plan: 'gold' }, true), messages({ plan: 'gold' }, false), messages({}, true)]).toEqual([1, 0, 0])
  })

  test('is asked of each way of a branch, also for who came by a segment or a tag', () => {
    const ways = [
      { id: 'gold', rule: { kind: 'all', rules: [] }, triggerFilters: [{ property: 'value', op: 'eq', value: 'gold' }], next: 'b' },
    ]
    const definition = defineJourney('a', [{ id: 'a', kind: 'branch', ways, otherwise: 'end' }, send('b', 'end'), end])
    const run = (value: string) => begin(definition, entrance, { ...heard('tier', t0, { tag: 'tier', value }), kind: 'tag_entry' }, t0)
    const messages = (value: string) => step(definition, run(value), facts({ 'node.a.gold': true }), t0).effects.length
    expect([messages('gold'), messages('silver')]).toEqual([1, 0])
  })
})
