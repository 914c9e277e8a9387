import { callDepthMax } from '@chaoxi/contract'
import { describe, expect, test } from 'vitest'
import { defineJourney, send, wait } from '../../../test/harness/journeys.ts'
import { matchesFilters } from '../../query/index.ts'
import { questions } from './ahead.ts'
import { callerOf, callNews, stopNews, uncallable } from './calling.ts'
import { withAnswer } from './deed.ts'
import { begin } from './entering.ts'
import { hear } from './hear.ts'
import { end, entrance, facts, heard, t0 } from './step.test-kit.ts'
import { step } from './step.ts'

const into = (properties: object[] = []) => ({ id: 'a', kind: 'start_journey', journey: 'care', properties, next: 'end', onFailure: 'b' })
const definition = (properties: object[] = []) => defineJourney('a', [into(properties), send('b', 'end'), end])
const called = (depth: number) => {
  const caller = { journeyId: 'jny_0', nodeId: 'x', runId: 'run_0', depth }
  return begin(definition(), entrance, callNews('jny_1', { key: 'k', personId: 7, properties: {}, caller }, t0), t0)
}

describe('starting another journey', () => {
  test('passes on what was chosen, as far as the trigger has it, and says who calls', () => {
    const properties = [
      { name: 'order', value: { kind: 'trigger', property: 'order_id' } },
      { name: 'none', value: { kind: 'trigger', property: 'no_such' } },
      { name: 'from', value: { kind: 'literal', value: 'shop' } },
    ]
    const run = begin(definition(properties), entrance, heard('Signed Up', t0, { order_id: 'o1' }), t0)
    const move = step(definition(properties), run, facts(), t0)
    expect(move.deed).toEqual({
      kind: 'start',
      effectKey: 'jny_1:2:run_1:a:1',
      journey: 'care',
      properties: { order: 'o1', from: 'shop' },
      caller: { journeyId: 'jny_1', nodeId: 'a', runId: 'run_1', depth: 1 },
    })
    const taken = step(definition(), withAnswer(move, { ok: true }).run, facts(), t0)
    expect(taken.steps[0]).toMatchObject({ nodeId: 'a', way: 'next', details: { journey: 'care', done: true } })
    const refused = step(definition(), withAnswer(move, { ok: false, reason: 'paused' }).run, facts(), t0)
    expect(refused.steps[0]).toMatchObject({ way: 'onFailure', details: { done: false, reason: 'paused' } })
    expect(refused.effects).toHaveLength(1)
  })

  test('ends with the tenth journey in a row, which goes its other way at once', () => {
    expect(step(definition(), called(callDepthMax - 1), facts(), t0).deed).toMatchObject({ caller: { depth: callDepthMax } })
    const last = called(callDepthMax)
    expect(questions(definition(), last, t0).templates).toEqual(new Set(['hello']))
    const move = step(definition(), last, facts(), t0)
    expect(move.deed).toBeUndefined()
    expect(move.effects).toHaveLength(1)
    expect(move.steps[1]).toMatchObject({ way: 'onFailure', details: { reason: 'too_deep' } })
    expect(move.steps[0]?.details.trigger).toMatchObject({ kind: 'call', caller: { journeyId: 'jny_0', depth: callDepthMax } })
  })

  test('is refused by one that is not live or begins otherwise', () => {
    const calls = defineJourney('end', [end], { trigger: { kind: 'call' } })
    expect(uncallable('live', calls)).toBeNull()
    expect([uncallable('live', definition()), uncallable('paused', calls), uncallable('draft', null)]).toEqual([
      'other_trigger',
      'paused',
      'draft',
    ])
  })
})

describe('stopping', () => {
  const waiting = defineJourney('w', [wait('w', 'end'), end])
  const inside = (journeyId: string, runId: string) => {
    const run = begin(waiting, { ...entrance, journeyId, runId }, heard('Signed Up', t0), t0)
    return step(waiting, run, facts(), t0).run
  }
  const stopper = inside('jny_1', 'run_1')
  const heardBy = (journeyId: string, runId: string, stopped: string) =>
    hear(waiting, inside(journeyId, runId), stopNews(stopped, 'key', callerOf(stopper, 'x'), t0), t0, matchesFilters)?.run.result ?? null

  test('ends the runs of that journey, and not the one that does it', () => {
    expect(heardBy('jny_2', 'run_2', 'jny_2')).toBe('stopped_by_journey')
    expect(heardBy('jny_3', 'run_3', 'jny_2')).toBeNull()
    expect(heardBy('jny_1', 'run_9', 'jny_1')).toBe('stopped_by_journey')
    expect(heardBy('jny_1', 'run_1', 'jny_1')).toBeNull()
  })

  test('asks for it by the key of the journey, or for its own', () => {
    const stop = (journey?: string) => {
      const own = defineJourney('s', [{ id: 's', kind: 'stop_journey', ...(journey ? { journey } : {}), next: 'end' }, end])
      return step(own, begin(own, entrance, heard('Signed Up', t0), t0), facts(), t0).deed
    }
    expect(stop('care')).toMatchObject({ kind: 'stop', journey: 'care', effectKey: 'jny_1:2:run_1:s:1' })
    expect(stop()).toMatchObject({ journey: null, caller: { journeyId: 'jny_1', runId: 'run_1' } })
  })
})
