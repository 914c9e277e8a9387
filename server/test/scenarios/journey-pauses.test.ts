import type { PausePolicy } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// What becomes of what fell due in a pause.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
  for (const key of ['first', 'second']) {
    const content = {
      kind: 'popup' as const,
      title: key,
      body: '',
      imageUrl: '',
      button: 'OK',
      action: { kind: 'close' as const },
      validHours: 700,
    }
    await app.call('templateCreate', { body: { key, name: key, channel: 'popup', content } })
  }
  await app.call('tagCreate', { body: { key: 'seen', name: 'seen', layer: 'basic', mode: 'static', rule: null } })
})
afterAll(() => app.close())

const hours = (amount: number) => ({ amount, unit: 'hour' as const })
const popup = (id: string, next: string): Nodes[number] => ({
  id,
  kind: 'send',
  channel: 'popup',
  template: id,
  purpose: 'transactional',
  next,
})
const twice: Nodes = [
  { id: 'w', kind: 'wait', duration: hours(10), next: 'tag' },
  { id: 'tag', kind: 'set_tag', tag: 'seen', change: 'give', next: 'first' },
  popup('first', 'rest'),
  { id: 'rest', kind: 'wait', duration: hours(10), next: 'second' },
  popup('second', 'end'),
  end(),
]
/** Paused at once, resumed when its wait has been over for a while. */
async function paused(event: string, at: string, until: string, policy: PausePolicy, changed?: PausePolicy): Promise<string> {
  await shop.at(at)
  const id = await shop.live(event, 'w', twice)
  await shop.happens(event, event)
  await app.call('journeyPause', { params: { id }, query: { policy } })
  await shop.at(until)
  const { paused } = await app.call('journey', { params: { id } })
  expect(paused).toEqual({ at: instant(at), policy, overdue: 1 })
  await app.call('journeyResume', { params: { id }, query: changed === undefined ? {} : { policy: changed } })
  await app.settle()
  return id
}

describe('what fell due in a pause', () => {
  test('goes on as if nothing had been: over midnight and the end of a month', async () => {
    const id = await paused('Send', '2026-01-31T20:00:00-05:00', '2026-02-01T22:00:00-05:00', 'send')
    expect(await shop.popupsOf('Send')).toEqual(['first'])
    expect(await shop.runsOf(id)).toEqual({ Send: `rest ${instant('2026-02-02T08:00:00-05:00')}` })
  })

  test('is skipped up to the next wait, with the reason; what comes after goes out', async () => {
    const id = await paused('Skip', '2026-03-07T20:00:00-05:00', '2026-03-08T22:00:00-04:00', 'skip')
    expect(await shop.popupsOf('Skip')).toEqual([])
    expect((await shop.storiesOf(id, 'skipped')).Skip?.find(([node, outcome]) => node === 'first' && outcome === 'passed')).toEqual([
      'first',
      'passed',
      'paused',
    ])
    const { items } = await app.call('people', { query: { tag: 'seen' } })
    expect(items.map((person) => person.userId)).toContain('Skip')
    await shop.at('2026-03-09T08:00:00-04:00')
    expect(await shop.popupsOf('Skip')).toEqual(['second'])
  })

  test('waits anew for its whole time, and for the next time of the clock', async () => {
    const id = await paused('Anew', '2026-10-31T20:00:00-04:00', '2026-11-01T22:00:00-05:00', 'skip', 'replan')
    expect(await shop.runsOf(id)).toEqual({ Anew: `w ${instant('2026-11-02T08:00:00-05:00')}` })
    await shop.at('2026-11-02T08:00:00-05:00')
    expect(await shop.popupsOf('Anew')).toEqual(['first'])

    const clock = await shop.live('Clock', 'w', [
      { id: 'w', kind: 'wait_until', until: { kind: 'time', at: '09:00' }, next: 'first' },
      popup('first', 'end'),
      end(),
    ])
    await shop.happens('clock', 'Clock')
    await app.call('journeyPause', { params: { id: clock }, query: { policy: 'replan' } })
    await shop.at('2026-11-02T15:00:00-05:00')
    await app.call('journeyResume', { params: { id: clock } })
    await app.settle()
    expect(await shop.runsOf(clock)).toEqual({ clock: `w ${instant('2026-11-03T09:00:00-05:00')}` })
    await shop.at('2026-11-03T09:00:00-05:00')
    expect(await shop.runsOf(clock)).toEqual({ clock: 'end finished' })
  })

  test('leaves alone who waits for longer, and who had what they waited for', async () => {
    await shop.at('2026-12-01T20:00:00-05:00')
    const nodes: Nodes = [
      { id: 'w', kind: 'wait_event', match: { event: 'Order Paid' }, timeout: hours(10), next: 'first', onTimeout: 'end' },
      popup('first', 'end'),
      end(),
    ]
    const id = await shop.live('Mixed', 'w', nodes)
    await shop.happens('paid', 'Mixed')
    await shop.at('2026-12-02T03:00:00-05:00')
    await shop.happens('late', 'Mixed')
    await app.call('journeyPause', { params: { id }, query: { policy: 'replan' } })
    await shop.happens('paid', 'Order Paid')
    await shop.at('2026-12-02T08:00:00-05:00')
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect(await shop.runsOf(id)).toEqual({ paid: 'end finished', late: `w ${instant('2026-12-02T13:00:00-05:00')}` })
    expect(await shop.popupsOf('paid')).toEqual(['first'])
  })
})
