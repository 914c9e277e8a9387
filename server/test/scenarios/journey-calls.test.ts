import type { CallInput } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { type Definition, end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// Journeys that start and stop each other, through the whole program.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
  const close = { kind: 'close' as const }
  const content = {
    kind: 'popup' as const,
    title: '{{ event.order }}',
    body: '',
    imageUrl: '',
    button: '好',
    action: close,
    validHours: 48,
  }
  await app.call('templateCreate', { body: { key: 'order', name: '订单', channel: 'popup', content, linkUrl: '' } })
})
afterAll(() => app.close())

/** Publishes one under a key, by which others start and stop it. */
async function keyed(key: string, start: string, nodes: Nodes, more: Partial<Definition> = {}): Promise<string> {
  const definition = { trigger: { kind: 'call' as const }, reentry: 'every_time' as const, start, nodes, ...more }
  const body: CallInput<'journeyCreate'>['body'] = { key, name: key, definition }
  const { id } = await app.call('journeyCreate', { body })
  await app.call('journeyPublish', { params: { id } })
  return id
}
const night = (next: string) => ({ id: 'w', kind: 'wait_until' as const, until: { kind: 'time' as const, at: '00:30' }, next })
const care: Nodes = [
  { id: 's', kind: 'send', channel: 'popup', template: 'order', purpose: 'transactional', next: 'rest' },
  { id: 'rest', kind: 'wait', duration: { amount: 2, unit: 'day' }, next: 'end' },
  end(),
]
const into = (journey: string): Nodes[number] => ({
  id: 'into',
  kind: 'start_journey',
  journey,
  properties: [{ name: 'order', value: { kind: 'trigger', property: 'order_id' } }],
  next: 'end',
  onFailure: 'none',
})

describe('starting another journey', () => {
  test('after midnight, when clocks change: with what the trigger says, told in both stories', async () => {
    const called = await keyed('care', 's', care)
    const id = await shop.live('Spring', 'w', [night('into'), into('care'), end(), end('none')])
    await shop.at('2026-03-07T23:59:00-05:00')
    await shop.happens('ann', 'Spring', { order_id: 'A-1' })
    expect(await shop.runsOf(called)).toEqual({})
    await shop.at('2026-03-08T00:30:00-05:00')
    expect(await shop.runsOf(id)).toEqual({ ann: 'end finished' })
    expect(await shop.runsOf(called)).toEqual({ ann: `rest ${instant('2026-03-10T01:30:00-04:00')}` })
    expect(await shop.popupsOf('ann')).toEqual(['A-1'])
    const { items } = await app.call('journeyRuns', { params: { id }, query: { limit: 1 } })
    expect((await shop.storiesOf(called, 'trigger')).ann?.[0]?.[2]).toMatchObject({
      kind: 'call',
      caller: { journeyId: id, nodeId: 'into', runId: items[0]?.id, depth: 1 },
    })
    expect((await shop.storiesOf(id, 'journey', 'done')).ann?.slice(2, 4)).toEqual([
      ['into', 'entered', undefined, true],
      ['into', 'passed', 'care', true],
    ])
    expect(await shop.waysOf(id, 'into')).toEqual({ next: 1 })
  })

  test('over the end of a month: one that is paused takes nobody, and one that was paused itself sends on once resumed', async () => {
    const called = await keyed('monthly', 's', care)
    const id = await shop.live('April', 'w', [night('into'), into('monthly'), end(), end('none')])
    await app.call('journeyPause', { params: { id: called } })
    await shop.at('2026-03-31T12:00:00-04:00')
    await shop.happens('ann', 'April')
    await shop.at('2026-04-01T00:30:00-04:00')
    expect(await shop.runsOf(id)).toEqual({ ann: 'none finished' })
    expect((await shop.storiesOf(id, 'reason')).ann?.[3]).toEqual(['into', 'passed', 'paused'])
    await app.call('journeyResume', { params: { id: called } })
    await shop.happens('ben', 'April')
    await app.call('journeyPause', { params: { id } })
    await shop.at('2026-04-03T12:00:00-04:00')
    expect(await shop.runsOf(called)).toEqual({})
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect(await shop.runsOf(called)).toEqual({ ben: `rest ${instant('2026-04-05T12:00:00-04:00')}` })
    expect(await shop.waysOf(id, 'into')).toEqual({ next: 1, onFailure: 1 })
  })

  test('whose own rules decide who comes in', async () => {
    const never = await keyed('never', 's', care, { reentry: 'never' })
    const id = await shop.live('Twice', 'into', [into('never'), end(), end('none')])
    for (const order_id of ['1', '2']) await shop.happens('cai', 'Twice', { order_id })
    expect(await shop.waysOf(id, 'into')).toEqual({ next: 2 })
    expect(Object.keys(await shop.runsOf(never))).toEqual(['cai'])
    expect((await app.call('journeyCounters', { params: { id: never } })).refusals).toEqual([{ reason: 'entered_before', count: 1 }])
  })

  test('that starts the first one again ends after the tenth, each in its order', async () => {
    await keyed('ping', 'end', [end()])
    const pong = await keyed('pong', 'into', [into('ping'), end(), end('none')])
    const { items } = await app.call('journeys')
    const ping = items.find((one) => one.key === 'ping')?.id ?? ''
    const drawn = await app.call('journey', { params: { id: ping } })
    await app.call('journeyDraft', {
      params: { id: ping },
      body: { ...drawn, definition: { ...drawn.draft, start: 'into', nodes: [into('pong'), end(), end('none')] } },
    })
    await app.call('journeyPublish', { params: { id: ping } })
    await app.call('journeyEnter', { params: { id: ping }, body: { key: 'once', people: [{ userId: 'ann' }] } })
    await app.settle()
    expect([await shop.waysOf(ping, 'into'), await shop.waysOf(pong, 'into')]).toEqual([{ next: 5, onFailure: 1 }, { next: 5 }])
    expect((await shop.storiesOf(ping, 'reason')).ann?.[1]).toEqual(['into', 'passed', 'too_deep'])
  })

  test('that is not there or begins otherwise cannot be published, with its place', async () => {
    const of = async (journey: string) => {
      const definition = { trigger: { kind: 'event' as const, event: 'X' }, start: 'into', nodes: [into(journey), end(), end('none')] }
      return (await app.call('journeyCreate', { body: { name: 'X', definition } })).problems
    }
    expect(await of('nowhere')).toMatchObject([{ path: 'nodes.0.journey', message: expect.stringContaining('there is no journey') }])
    await keyed('other', 'end', [end()], { trigger: { kind: 'event', event: 'X' } })
    expect(await of('other')).toMatchObject([{ path: 'nodes.0.journey', message: expect.stringContaining('does not begin by a call') }])
    expect(await of('care')).toEqual([])
  })
})

describe('stopping a journey', () => {
  const stop = (journey?: string): Nodes => [
    night('stop'),
    { id: 'stop', kind: 'stop_journey', ...(journey === undefined ? {} : { journey }), next: 'end' },
    end(),
  ]
  const resting: Nodes = [{ id: 'rest', kind: 'wait', duration: { amount: 30, unit: 'day' }, next: 'end' }, end()]

  test('ends what the person has under way there, in the night when clocks change, and nobody else’s', async () => {
    const long = await keyed('long', 'rest', resting, { trigger: { kind: 'event', event: 'Long' } })
    const id = await shop.live('Fall', 'w', stop('long'))
    await shop.at('2026-10-31T23:00:00-04:00')
    for (const userId of ['ann', 'ann', 'ben']) await shop.happens(userId, 'Long')
    await shop.happens('ann', 'Fall')
    await shop.at('2026-11-01T00:30:00-04:00')
    const { items } = await app.call('journeyRuns', { params: { id: long }, query: { limit: 10 } })
    expect(items.map(({ person, state, result }) => [person.userId, state, result]).toSorted()).toEqual([
      ['ann', 'exited', 'stopped_by_journey'],
      ['ann', 'exited', 'stopped_by_journey'],
      ['ben', 'waiting', null],
    ])
    expect((await shop.storiesOf(long, 'result', 'by')).ann?.at(-1)).toMatchObject([
      'rest',
      'left',
      'stopped_by_journey',
      { kind: 'stop', caller: { journeyId: id, nodeId: 'stop' } },
    ])
    const { nodes } = await app.call('journeyCounters', { params: { id: long } })
    expect(nodes.find((node) => node.nodeId === 'rest')).toMatchObject({ entered: 3, left: 2, waiting: 1 })
  })

  test('ends its own other runs, over the end of a month, and those of a paused journey; in a pause of its own it waits', async () => {
    const own = await shop.live('Again', 'w', [
      ...stop().slice(0, 1),
      { id: 'stop', kind: 'stop_journey', next: 'rest' },
      { id: 'rest', kind: 'wait', duration: { amount: 30, unit: 'day' }, next: 'end' },
      end(),
    ])
    await shop.at('2026-11-30T12:00:00-05:00')
    await shop.happens('ann', 'Again')
    await shop.at('2026-12-01T12:00:00-05:00')
    await shop.happens('ann', 'Again')
    await app.call('journeyPause', { params: { id: own } })
    await shop.at('2026-12-03T12:00:00-05:00')
    const states = async () =>
      (await app.call('journeyRuns', { params: { id: own }, query: { limit: 10 } })).items.map(({ state }) => state)
    expect(await states()).toEqual(['waiting', 'waiting'])
    await app.call('journeyResume', { params: { id: own } })
    await app.settle()
    expect(await states()).toEqual(['waiting', 'exited'])
    const paused = await keyed('held', 'rest', resting, { trigger: { kind: 'event', event: 'Held' } })
    await shop.live('Stop', 'w', stop('held'))
    await shop.happens('cai', 'Held')
    await app.call('journeyPause', { params: { id: paused } })
    await shop.happens('cai', 'Stop')
    await shop.at('2026-12-05T12:00:00-05:00')
    expect(await shop.runsOf(paused)).toEqual({ cai: 'rest exited' })
  })
})
