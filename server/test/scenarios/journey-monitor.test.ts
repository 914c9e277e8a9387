import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../src/platform/db/postgres.ts'
import type { TestApp } from '../harness/app.ts'
import { end, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
})
afterAll(() => app.close())

const waiting: Nodes = [{ id: 'w', kind: 'wait', duration: { amount: 1, unit: 'day' }, next: 'end' }, end()]

describe('numbers over time', () => {
  test('are kept by the hour and read by local day: over midnight, a month end, a change of clocks and a pause', async () => {
    await shop.at('2026-10-31T22:30:00-04:00')
    const id = await shop.live('Start', 'w', waiting)
    await shop.happens('ann', 'Start')
    await shop.at('2026-11-01T00:30:00-04:00')
    await shop.happens('ben', 'Start')
    await app.call('journeyPause', { params: { id } })
    await shop.at('2026-11-01T23:30:00-05:00')
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    await shop.at('2026-11-02T01:00:00-05:00')
    await shop.happens('cai', 'Start')
    const door = await app.call('journeyTrend', { params: { id }, query: { unit: 'day', length: 3 } })
    expect(door.at).toEqual(['2026-10-31T04:00:00.000Z', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'])
    expect(door.series).toMatchObject([{ entered: [1, 1, 1], passed: [0, 2, 0], failed: [0, 0, 0] }])
    const node = await app.call('journeyTrend', { params: { id }, query: { unit: 'hour', length: 4, node: 'w' } })
    expect(node.series).toMatchObject([{ entered: [0, 0, 0, 1], passed: [0, 2, 0, 0] }])
    // The same numbers as the counters.
    const { nodes } = await app.call('journeyCounters', { params: { id } })
    expect(nodes.find((one) => one.nodeId === 'w')).toMatchObject({ entered: 3, passed: 2, waiting: 1 })
    expect(nodes.some((one) => one.nodeId === '')).toBe(false)
  })

  test('are forgotten after some months', async () => {
    await shop.at('2026-11-03T10:00:00-05:00')
    const id = await shop.live('Old', 'end', [end()])
    await shop.happens('dan', 'Old')
    await shop.at('2027-02-05T10:00:00-05:00')
    const { series } = await app.call('journeyTrend', { params: { id }, query: { unit: 'day', length: 200 } })
    expect(series[0]?.entered.reduce((sum, count) => sum + count, 0)).toBe(0)
  })
})

describe('what is in the way', () => {
  test('runs that cannot move are listed with their reason, try again at once, or leave', async () => {
    await shop.at('2027-03-01T10:00:00-05:00')
    await app.call('templateCreate', {
      body: { key: 'gone', name: 'Gone', channel: 'sms', content: { kind: 'sms', text: 'Hello' }, linkUrl: '' },
    })
    const nodes: Nodes = [
      { id: 'w', kind: 'wait', duration: { amount: 1, unit: 'hour' }, next: 's' },
      { id: 's', kind: 'send', channel: 'sms', template: 'gone', purpose: 'marketing', next: 'end' },
      end(),
    ]
    const id = await shop.live('Stuck', 'w', nodes)
    for (const user of ['eve', 'fay']) await shop.happens(user, 'Stuck')
    expect(await app.call('journeyHealth', { params: { id } })).toMatchObject({ lagSeconds: 0, overdue: 0, trying: 0, stuck: [] })
    // Behind the desk's back, which would not let go of one that is in use.
    await app.db.run(sql`update templates set status = 'archived' where key = 'gone'`)
    await shop.at('2027-03-01T11:00:00-05:00')
    const health = await app.call('journeyHealth', { params: { id } })
    expect(health).toMatchObject({ trying: 2, stuck: [{ nodeId: 's', tries: 1, result: 'there is no template "gone"' }, { tries: 1 }] })
    const [first, second] = health.stuck
    expect(await app.call('journeyRunsAct', { params: { id }, body: { action: 'leave', runs: [first?.id ?? ''] } })).toEqual({ done: 1 })
    await app.db.run(sql`update templates set status = 'active' where key = 'gone'`)
    expect(
      await app.call('journeyRunsAct', { params: { id }, body: { action: 'retry', runs: [second?.id ?? '', first?.id ?? ''] } }),
    ).toEqual({
      done: 1,
    })
    await app.settle()
    const { items } = await app.call('journeyRuns', { params: { id } })
    expect(items.map((run) => [run.state, run.result])).toEqual(
      items.map((run) => (run.id === first?.id ? ['exited', 'by_hand'] : ['finished', 'end'])),
    )
    expect(await app.call('journeyHealth', { params: { id } })).toMatchObject({ trying: 0, stuck: [] })
  })

  test('a run that rests as it should is not touched by trying again', async () => {
    const id = await shop.live('Rest', 'w', waiting)
    await shop.happens('gus', 'Rest')
    const { items } = await app.call('journeyRuns', { params: { id } })
    const before = await shop.runsOf(id)
    expect(await app.call('journeyRunsAct', { params: { id }, body: { action: 'retry', runs: items.map((run) => run.id) } })).toEqual({
      done: 0,
    })
    expect(await shop.runsOf(id)).toEqual(before)
  })

  test('runs that failed try again by step and reason, send nothing twice, and nobody goes on who should not', async () => {
    await shop.at('2027-03-10T10:00:00-05:00')
    await app.call('templateCreate', {
      body: { key: 'hello', name: 'Hello', channel: 'sms', content: { kind: 'sms', text: 'Hello' }, linkUrl: '' },
    })
    const id = await shop.live(
      'Fail',
      'first',
      [
        { id: 'first', kind: 'send', channel: 'sms', template: 'hello', purpose: 'transactional', next: 'w' },
        { id: 'w', kind: 'wait', duration: { amount: 1, unit: 'hour' }, next: 's' },
        { id: 's', kind: 'send', channel: 'sms', template: 'gone', purpose: 'transactional', next: 'end' },
        end(),
      ],
      { reentry: 'after_exit', exits: [{ kind: 'event', event: 'Order Paid' }] },
    )
    const users = ['hal', 'ida', 'jon', 'kim']
    for (const user of users) await shop.happens(user, 'Fail')
    await app.db.run(sql`update templates set status = 'archived' where key = 'gone'`)
    await shop.at('2027-03-10T11:00:00-05:00')
    // Ten tries, with pauses that double.
    for (let minute = 1; minute <= 20; minute++) await shop.at(new Date(app.clock.now() + 60_000).toISOString())
    const reason = 'there is no template "gone"'
    const { items } = await app.call('journeyFailures', { params: { id } })
    expect(items).toMatchObject([{ among: 'failed', nodeId: 's', reason, count: 4 }])
    // One came in again, one has bought, one is given up.
    await shop.happens('ida', 'Fail')
    await shop.happens('jon', 'Order Paid')
    const runs = (await app.call('journeyRuns', { params: { id }, query: { state: 'failed' } })).items
    const group = { among: 'failed', nodeId: 's', reason } as const
    const kim = runs.find((run) => run.person.userId === 'kim')?.id ?? ''
    const act = (action: 'retry' | 'leave', only?: string[]) =>
      app.call('journeyFailuresAct', { params: { id }, body: { action, ...group, ...(only ? { runs: only } : {}) } })
    expect(await act('leave', [kim])).toEqual({ done: 1, left: 0, kept: 0, next: null })
    await app.db.run(sql`update templates set status = 'active' where key = 'gone'`)
    const sent = () =>
      app.db.many<{ effect_key: string }>(sql`select effect_key from messages where journey_id = ${id} order by effect_key`)
    const before = await sent()
    expect(await act('retry')).toEqual({ done: 1, left: 1, kept: 1, next: null })
    await app.settle()
    expect(await act('retry')).toEqual({ done: 0, left: 0, kept: 1, next: null })
    const after = await sent()
    expect(after).toEqual(expect.arrayContaining(before))
    expect(after.length - before.length).toBe(1)
    const all = (await app.call('journeyRuns', { params: { id } })).items
    const ends = Object.fromEntries(all.map((run) => [run.person.userId, run.state]))
    expect(ends).toMatchObject({ hal: 'finished', jon: 'exited', kim: 'exited' })
    const { steps } = await app.call('journeyRunSteps', { params: { id, run: all.find((run) => run.person.userId === 'hal')?.id ?? '' } })
    expect(steps.map((one) => `${one.nodeId} ${one.outcome}`).slice(-5)).toEqual(
      ['s failed', 's by_hand', 's entered', 's passed', 'end entered', 'end passed'].slice(-5),
    )
    const { nodes } = await app.call('journeyCounters', { params: { id } })
    expect(nodes.find((one) => one.nodeId === 's')).toMatchObject({ entered: 5, failed: 4, passed: 1, left: 0, waiting: 0 })
    const audit = (await app.callAsAdmin('audit', {})).items.filter((one) => one.action.startsWith('journey.failures_'))
    expect(audit.map((one) => [one.action, one.details])).toContainEqual([
      'journey.failures_retry',
      { among: 'failed', nodeId: 's', reason, done: 1, left: 1, kept: 1 },
    ])
  })
})
