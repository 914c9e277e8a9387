import { journeyDefinitionSchema } from '@chaoxi/contract'
import { describe, expect, test } from 'vitest'
import { hear } from '../hear.ts'
import { fail, leave, type Run, revive } from '../run.ts'
import { end, enter, facts, hour, t0 } from '../step.test-kit.ts'
import { step } from '../step.ts'
import { answerNews } from '../task.ts'

const call = {
  ...{ id: 'call', kind: 'human_task', title: 'Call', who: { kind: 'role', role: 'agent' } },
  ways: [
    { id: 'yes', name: 'Wants it', next: 'end' },
    { id: 'again', next: 'call' },
  ],
  ...{ due: { amount: 24, unit: 'hour' }, onTimeout: 'end' },
}
const definition = journeyDefinitionSchema.parse({ trigger: { kind: 'event', event: 'Signed Up' }, start: 'call', nodes: [call, end] })
const due = t0 + 24 * hour
const arrived = () => step(definition, enter(definition), facts(), t0)
const key = 'jny_1:2:run_1:call:1'
const chosen = (outcome: string, at: number) => answerNews(key, 'call', { outcome, note: 'n', by: 'acc_1', at })
const heard = (run: Run, outcome: string, at: number) => hear(definition, run, chosen(outcome, at), at, () => true)

describe('a task', () => {
  test('is opened on arrival, under a key of its own, and the run rests until it is due', () => {
    const { run, tasks, steps } = arrived()
    expect(tasks).toMatchObject([{ kind: 'open', effectKey: key, title: 'Call', dueAt: due, outcomes: [{ id: 'yes' }, { id: 'again' }] }])
    expect(run).toMatchObject({ state: 'waiting', wakeAt: due, context: { wait: { task: key } } })
    expect(steps[0]?.details.effectKey).toBe(key)
  })

  test('leads the way of what was chosen, which the run keeps; another visit is another task', () => {
    const at = t0 + hour
    const move = step(definition, heard(arrived().run, 'again', at)?.run ?? arrived().run, facts(), at)
    expect(move.steps[0]).toMatchObject({ way: 'again', details: { outcome: 'again', note: 'n', by: 'acc_1' } })
    expect(move.run.context.variants).toEqual({ call: 'again' })
    expect(move.tasks).toMatchObject([{ kind: 'open', effectKey: 'jny_1:2:run_1:call:2' }])
    // News of the first one is none for the second.
    expect(heard(move.run, 'yes', at)).toBeNull()
  })

  test('is overdue when its time is over, unless the facts know an answer whose news is still on its way', () => {
    const late = step(definition, arrived().run, facts(), due)
    expect([late.tasks, late.steps[0]?.outcome]).toEqual([[{ kind: 'overdue', effectKey: key }], 'timed_out'])
    const answered = new Map([[key, { outcome: 'yes', note: '', by: 'acc_1', at: due - 1 }]])
    const saved = step(definition, arrived().run, { ...facts(), answered }, due)
    expect([saved.tasks, saved.steps[0]?.way]).toEqual([undefined, 'yes'])
  })

  test('is due later when its wait is planned anew, and stays the same task', () => {
    const { run } = arrived()
    const resumed = due + 5 * hour
    const { wait } = run.context
    const anew = wait ? { ...run, context: { ...run.context, wait: { ...wait, replan: resumed } } } : run
    const move = step(definition, anew, facts(), resumed)
    expect(move.tasks).toEqual([{ kind: 'reschedule', effectKey: key, dueAt: resumed + 24 * hour }])
    expect(move.run).toMatchObject({ wakeAt: resumed + 24 * hour, context: { wait: { task: key } } })
  })

  test('is withdrawn when the run leaves or fails, not when it was answered, and open again when the run is', () => {
    const { run } = arrived()
    expect(leave(run, t0 + 1, 'exit_event.0', {}).tasks).toEqual([{ kind: 'withdraw', effectKey: key, reason: 'exit_event.0' }])
    const given = heard(run, 'yes', t0 + 1)?.run ?? run
    expect(leave(given, t0 + 2, 'exit_event.0', {}).tasks).toBeUndefined()
    const failed = fail(run, t0 + 1, 'broken', 10)
    expect(failed.tasks).toEqual([{ kind: 'withdraw', effectKey: key, reason: 'failed' }])
    expect(revive(failed.run, t0 + 2, 'acc_1').tasks).toEqual([{ kind: 'reopen', effectKey: key }])
  })
})
