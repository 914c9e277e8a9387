import { bucket } from '@chaoxi/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defineJourney } from '../../../test/harness/journeys.ts'
import { type ContestFact, decide, isContest, noContest } from './contest.ts'
import { isHeld } from './holdout.ts'
import type { Run } from './run.ts'
import { isSpread, splitWayOf } from './split.ts'
import { end, enter, facts, hour, t0 } from './step.test-kit.ts'
import { step } from './step.ts'

// Nodes that people part at by chance, and the ones among them that look for a winner.

const ways = ['a', 'b'].map((id) => ({ id, share: 50, next: 'end' }))
const winner = {
  explore: 30,
  for: { amount: 8, unit: 'hour' },
  measure: { kind: 'goal', goal: 'goal' },
  within: { amount: 1, unit: 'day' },
}
const definition = defineJourney('ab', [{ id: 'ab', kind: 'split', ways, winner }, end])
const [node] = definition.nodes.filter(isContest)
if (!node) throw new Error('no contest')
const whose = (personId: number) => ({ journeyId: 'jny_1', personId, context: enter(definition).context })
const at = (fact: Partial<ContestFact>) => ({ ...facts(), contests: new Map([['ab', { ...noContest, ...fact }]]) })
const walks = (personId: number, fact: Partial<ContestFact>) => step(definition, { ...enter(definition), personId }, at(fact), t0)
const people = Array.from({ length: 4_000 }, (_, i) => i + 1)
const [spread = 0] = people.filter((one) => isSpread(node, whose(one)))
const [waits = 0] = people.filter((one) => !isSpread(node, whose(one)))

describe('a contest', () => {
  test('spreads the share that was asked for, over the ways in theirs, the same people each time', () => {
    const tried = people.filter((one) => isSpread(node, whose(one)))
    expect(tried.length / people.length).toBeCloseTo(0.3, 1)
    const first = tried.filter((one) => splitWayOf(node, whose(one)).id === 'a')
    expect(first.length / tried.length).toBeCloseTo(0.5, 1)
    // Who is spread, and over which way, are drawn apart.
    const others = people.filter((one) => !isSpread(node, whose(one)) && splitWayOf(node, whose(one)).id === 'a')
    expect(others.length / (people.length - tried.length)).toBeCloseTo(0.5, 1)
  })

  test('opens with the first who comes, and whoever waits has the decision for a waker', () => {
    const first = walks(waits, {})
    expect(first.run).toMatchObject({ state: 'waiting', wakeAt: t0 + 8 * hour })
    expect(first.draws).toMatchObject([{ nodeId: 'ab', way: null, opens: { startedAt: t0, dueAt: t0 + 8 * hour } }])
    const later = walks(waits, { dueAt: t0 + hour })
    expect([later.run.wakeAt, later.draws]).toEqual([t0 + hour, undefined])
    expect(walks(spread, { dueAt: t0 + hour }).draws).toMatchObject([{ how: 'lot' }])
  })

  test('decided, it sends newcomers to the winner, keeps who was spread, and tells how sure it was', () => {
    const decision = { way: 'b', reason: 'sure' as const, at: t0, ways: [{ way: 'b', people: 9, successes: 9, probability: 0.97 }] }
    for (const person of [waits, spread]) {
      const move = walks(person, { dueAt: t0, decision })
      expect(move.draws).toMatchObject([{ way: 'b', how: 'winner' }])
      expect(move.steps[1]).toMatchObject({ way: 'b', details: { how: 'winner', decided: { probability: 0.97, reason: 'sure' } } })
    }
    expect(walks(spread, { dueAt: t0, decision, before: 'a' }).draws).toMatchObject([{ way: 'a', how: 'before' }])
    const open = walks(waits, { dueAt: t0, decision: { ...decision, way: null, reason: 'spread' } })
    expect(open.draws).toMatchObject([{ how: 'lot' }])
  })

  test('overdue and not decided, whoever waits looks again later and is not lost', () => {
    const rested = walks(waits, { dueAt: t0 + hour }).run
    const again = step(definition, rested, at({ dueAt: t0 + hour }), t0 + hour)
    expect(again.run).toMatchObject({ state: 'waiting', wakeAt: t0 + hour + 60_000 })
    // Whoever was to open it did not commit: the wait counts from the arrival.
    expect(step(definition, rested, at({}), t0 + hour).draws).toMatchObject([{ opens: { startedAt: t0 } }])
  })

  test('chooses when it is sure enough, and else what is said for that case', () => {
    const count = (people: number, successes: number) => ({ people, successes })
    const sure = new Map([
      ['a', count(100, 10)],
      ['b', count(100, 40)],
    ])
    const even = new Map([
      ['a', count(100, 10)],
      ['b', count(100, 11)],
    ])
    expect(decide(node, sure)).toMatchObject({ way: 'b', reason: 'sure' })
    expect(decide(node, even)).toMatchObject({ way: null, reason: 'spread' })
    expect(decide({ ...node, winner: { ...node.winner, otherwise: 'a' } }, even)).toMatchObject({ way: 'a', reason: 'otherwise' })
    expect(decide(node, new Map())).toMatchObject({ way: null, ways: [{ probability: 0.5 }, { probability: 0.5 }] })
  })

  test('of ways that are alike it is sure of one in about as many cases as it may be', () => {
    const random = (seed: number) => bucket('alike', String(seed), 1_000_000) / 1_000_000
    const cases = 300
    let chosen = 0
    for (let i = 0; i < cases; i++) {
      const counts = ['a', 'b'].map((way, w) => {
        const successes = Array.from({ length: 200 }, (_, n) => random(i * 1_000 + w * 400 + n)).filter((one) => one < 0.2).length
        return [way, { people: 200, successes }] as const
      })
      if (decide(node, new Map(counts)).way !== null) chosen++
    }
    // One way or the other, at 95 per cent each: a tenth.
    expect(chosen / cases).toBeGreaterThan(0.04)
    expect(chosen / cases).toBeLessThan(0.17)
  })
})

describe('a holdout', () => {
  const [own] = defineJourney('h', [{ id: 'h', kind: 'holdout', group: 'g', next: 'end' }, end]).nodes
  if (own?.kind !== 'holdout') throw new Error('no holdout')
  const held = (personId: number, share: number, journeyId = 'jny_1') =>
    isHeld(own, { journeyId, personId, context: whose(personId).context }, { share, until: null }, t0)

  test('is the same for a person in every journey of the group, and grows by keeping whom it had', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.nat(100), fc.nat(100), (person, a, b) => {
        expect(held(person, a, 'jny_1')).toBe(held(person, a, 'jny_2'))
        if (held(person, Math.min(a, b))) expect(held(person, Math.max(a, b))).toBe(true)
      }),
    )
    for (const share of [0, 5, 30, 100]) expect(people.filter((one) => held(one, share)).length / people.length).toBeCloseTo(share / 100, 1)
  })

  test('keeps what the run has taken, and holds nobody after its end', () => {
    const run: Pick<Run, 'journeyId' | 'personId' | 'context'> = whose(1)
    const taken = { ...run, context: { ...run.context, variants: { h: 'held' } } }
    expect(isHeld(own, taken, { share: 0, until: null }, t0)).toBe(true)
    expect(isHeld(own, run, { share: 100, until: t0 }, t0)).toBe(false)
  })
})
