import { describe, expect, test } from 'vitest'
import { defineJourney } from '../../../../test/harness/journeys.ts'
import { questions } from '../ahead.ts'
import { withAnswer } from '../deed.ts'
import { hearOfMessage } from '../hear.ts'
import type { MessageFate } from '../messages.ts'
import type { Move, Run } from '../run.ts'
import { end, enter, facts, hour, t0 } from '../step.test-kit.ts'
import { step } from '../step.ts'

// Sends with several attempts.

const node = { id: 's', kind: 'send', channel: 'sms', template: 'one', next: 'end' }
const two = { attempts: [{ channel: 'popup', template: 'two' }] }
const patience = (until: string) => ({ patience: { until, within: { amount: 1, unit: 'hour' } } })
const define = (more: object) => defineJourney('s', [{ ...node, ...more }, end])
const key = 'jny_1:2:run_1:s:1'

const seen = (fates: Record<string, Partial<MessageFate>>) => ({
  ...facts(),
  fates: new Map(
    Object.entries(fates).map(([of, more]) => [
      of,
      { state: 'sent' as const, reason: null, delivered: false, opened: false, clicked: false, replied: false, ...more },
    ]),
  ),
})
/** The next move of a run that heard of its message. */
function next(more: object, run: Run, fates: Record<string, Partial<MessageFate>>, now = t0 + 1): Move {
  const definition = define(more)
  const woken = hearOfMessage(definition, run, 's', now)?.run ?? run
  const asked = questions(definition, woken, now)
  for (const known of Object.keys(fates)) expect([...asked.messages]).toContain(known)
  return step(definition, woken, seen(fates), now)
}
const first = (more: object) => step(define(more), enter(define(more)), facts(), t0)
const keys = (move: Move) => move.effects.map((effect) => `${effect.channel} ${effect.template} ${effect.effectKey}`)
const ended = (move: Move) => move.steps.find((one) => one.outcome === 'passed' && one.nodeId === 's')

describe('a send with a second attempt', () => {
  test('sends the first and rests until something became of it', () => {
    const move = first(two)
    expect(keys(move)).toEqual([`sms one ${key}`])
    expect(move.effects[0]?.awaited).toBe(true)
    expect(move.run).toMatchObject({ state: 'waiting', nodeId: 's' })
    const still = next(two, move.run, { [key]: { state: 'held', reason: 'quiet_hours' } })
    expect([still.effects, still.run.state]).toEqual([[], 'waiting'])
  })

  test.each(['no_address', 'no_consent', 'suppressed', 'no_sms_account', 'template_rejected'])(
    'makes it when the first was not let go: %s',
    (reason) => {
      const move = next(two, first(two).run, { [key]: { state: 'dropped', reason } })
      expect(keys(move)).toEqual([`popup two ${key}:2`])
      const last = next(two, move.run, { [`${key}:2`]: { state: 'held', reason: 'awaiting_visit' } })
      expect(last.run.state).toBe('finished')
      expect(ended(last)).toMatchObject({
        way: 'popup',
        details: {
          attempts: [
            { channel: 'sms', result: 'dropped', reason },
            { channel: 'popup', result: 'shown_later' },
          ],
        },
      })
    },
  )

  test.each(['exited', 'pointless', 'frequency_cap'])('does not make it when nobody is to get any: %s', (reason) => {
    const move = next(two, first(two).run, { [key]: { state: 'dropped', reason } })
    expect([move.effects, move.run.state, ended(move)?.way]).toEqual([[], 'finished', 'none'])
  })

  test('makes it when the provider failed, also by a receipt after it had gone; goes on with the receipt of success', () => {
    const gone = next(two, first(two).run, { [key]: { state: 'sent' } })
    expect(gone.run).toMatchObject({ state: 'waiting', wakeAt: t0 + 1 + hour })
    expect(keys(next(two, gone.run, { [key]: { state: 'failed', reason: 'MK_0001' } }))).toEqual([`popup two ${key}:2`])
    expect(ended(next(two, gone.run, { [key]: { state: 'delivered', delivered: true } }))?.way).toBe('sms')
    // No receipt came: it went, as far as anybody knows.
    expect(ended(step(define(two), gone.run, seen({ [key]: { state: 'sent' } }), t0 + 1 + hour))?.way).toBe('sms')
  })

  test('has none left when both failed', () => {
    const second = next(two, first(two).run, { [key]: { state: 'failed' } })
    const last = next(two, second.run, { [`${key}:2`]: { state: 'dropped', reason: 'no_consent' } })
    expect([last.effects, ended(last)?.way]).toEqual([[], 'none'])
  })
})

describe('with patience', () => {
  const more = { ...two, ...patience('opened') }
  const over = t0 + hour

  test('goes on when it was opened in time, and makes the second when it was not, although it was delivered', () => {
    const { run } = first(more)
    expect(run.wakeAt).toBe(over)
    expect(ended(next(more, run, { [key]: { state: 'delivered', delivered: true, opened: true } }))?.way).toBe('sms')
    const waits = next(more, run, { [key]: { state: 'delivered', delivered: true } })
    expect(waits.run).toMatchObject({ state: 'waiting', wakeAt: over })
    const late = step(define(more), waits.run, seen({ [key]: { state: 'delivered', delivered: true } }), over)
    expect(keys(late)).toEqual([`popup two ${key}:2`])
  })

  test('takes back what waits somewhere before the second goes, and waits for what is on its way', () => {
    const { run } = first(more)
    const back = step(define(more), run, seen({ [key]: { state: 'held', reason: 'quiet_hours' } }), over)
    expect([back.effects, back.deed]).toMatchObject([[], { kind: 'withdraw', message: key }])
    const taken = step(define(more), withAnswer(back, { ok: true }).run, seen({ [key]: { state: 'dropped', reason: 'fallback' } }), over)
    expect(keys(taken)).toEqual([`popup two ${key}:2`])
    const going = step(define(more), withAnswer(back, { ok: false, reason: 'on_its_way' }).run, seen({ [key]: { state: 'sending' } }), over)
    expect([going.effects, going.run.state]).toEqual([[], 'waiting'])
    expect(going.run.wakeAt).toBeGreaterThan(over)
    expect(keys(next(more, going.run, { [key]: { state: 'sent' } }, over + 1))).toEqual([`popup two ${key}:2`])
  })

  test('is asked of no attempt after which nothing comes', () => {
    const second = next(more, first(more).run, { [key]: { state: 'failed' } })
    const last = next(more, second.run, { [`${key}:2`]: { state: 'held', reason: 'awaiting_visit' } })
    expect(ended(last)?.way).toBe('popup')
  })
})

test('nothing is tried once a condition to leave holds', () => {
  const definition = { ...define(two), exits: [{ kind: 'rule' as const, rule: { kind: 'tag' as const, tag: 'vip' } }] }
  const { run } = step(definition, enter(definition), facts({ 'exit.0': false }), t0)
  const woken = hearOfMessage(definition, run, 's', t0 + 1)?.run ?? run
  const move = step(definition, woken, { ...seen({ [key]: { state: 'failed' } }), answers: new Map([['exit.0', true]]) }, t0 + 1)
  expect([move.effects, move.run.state]).toEqual([[], 'exited'])
  expect(move.steps.at(-1)?.details.attempts).toMatchObject([{ channel: 'sms' }])
})

describe('what fell due in a pause', () => {
  const more = { ...two, ...patience('opened') }
  const over = t0 + hour
  const missed = (run: Run): Run => ({ ...run, context: { ...run.context, missed: true } })

  test('is not tried: neither the first attempt', () => {
    const definition = define(two)
    const move = step(definition, missed(enter(definition)), seen({}), t0)
    expect([move.effects, ended(move)]).toMatchObject([[], { way: 'none', details: { skipped: 'paused' } }])
  })

  test('nor the next one, while what came of the one before is told', () => {
    const { run } = first(two)
    const { run: woken } = hearOfMessage(define(two), run, 's', t0 + 1) ?? { run }
    const failed = step(define(two), missed(woken), seen({ [key]: { state: 'failed' } }), t0 + 1)
    expect([failed.effects, ended(failed)]).toMatchObject([
      [],
      { way: 'none', details: { skipped: 'paused', attempts: [{ result: 'failed' }] } },
    ])
    const came = step(define(two), missed(woken), seen({ [key]: { state: 'delivered', delivered: true } }), t0 + 1)
    expect(ended(came)).toMatchObject({ way: 'sms', details: { attempts: [{ result: 'delivered' }] } })
    expect(ended(came)?.details).not.toHaveProperty('skipped')
  })

  test('what waited somewhere is taken back all the same, and nothing reached anybody', () => {
    const { run } = first(more)
    const back = step(define(more), missed(run), seen({ [key]: { state: 'held', reason: 'quiet_hours' } }), over)
    const taken = step(define(more), withAnswer(back, { ok: true }).run, seen({ [key]: { state: 'dropped', reason: 'fallback' } }), over)
    expect([taken.effects, ended(taken)]).toMatchObject([[], { way: 'none', details: { skipped: 'paused' } }])
  })
})
