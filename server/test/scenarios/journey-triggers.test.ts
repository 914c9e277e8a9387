import type { CallInput } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'

// A shop in New York, whose clocks change: who comes into journeys when, through the whole program. The clock only goes on
// from test to test.

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
  const workspace = await app.callAsAdmin('workspace')
  await app.callAsAdmin('workspaceUpdate', {
    body: { ...workspace, timeZone: 'America/New_York', quietHours: { start: '00:00', end: '00:00' } },
  })
})
afterAll(() => app.close())

type Definition = NonNullable<CallInput<'journeyCreate'>['body']>['definition']

async function live(name: string, definition: Omit<Definition, 'start' | 'nodes'>): Promise<string> {
  const { id, problems } = await app.call('journeyCreate', {
    body: { name, definition: { reentry: 'every_time', ...definition, start: 'end', nodes: [{ id: 'end', kind: 'exit' }] } },
  })
  expect(problems).toEqual([])
  await app.call('journeyPublish', { params: { id } })
  return id
}

let serial = 0
async function happens(userId: string, event: string, properties: object = {}): Promise<void> {
  await app.events([{ type: 'track', userId, event, messageId: `m${serial++}`, properties }])
  await app.settle()
}
async function at(local: string): Promise<void> {
  app.clock.set(local)
  await app.settle()
}
/** Entries in order: user and local minute of New York. */
async function entries(id: string): Promise<string[]> {
  const { items } = await app.call('journeyRuns', { params: { id }, query: { limit: 200 } })
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'short' })
  return items.toReversed().map(({ person, enteredAt }) => `${person.userId} ${local.format(new Date(enteredAt))}`)
}

test('leaving a segment starts a journey at the midnight that ends it, over a change of clocks and the end of a month, and not in a pause', async () => {
  const today = {
    kind: 'event' as const,
    event: 'Visited',
    filters: [],
    window: { kind: 'calendar' as const, unit: 'day' as const, from: 0, to: 0 },
    measure: { fn: 'count' as const },
    op: 'gte' as const,
    value: 1,
  }
  await at('2026-03-07T12:00:00-05:00')
  await app.call('segmentCreate', { body: { key: 'today', name: '今天来过', mode: 'dynamic', rule: today } })
  await app.settle()
  const id = await live('走了', { trigger: { kind: 'segment_exit', segment: 'today' } })
  await happens('ann', 'Visited')
  await at('2026-03-07T23:59:00-05:00')
  expect(await entries(id)).toEqual([])
  await at('2026-03-08T00:01:00-05:00')
  await happens('ben', 'Visited')
  await at('2026-03-08T23:59:00-04:00')
  expect(await entries(id)).toEqual(['ann 2026-03-08 00:01'])
  await at('2026-03-09T00:00:30-04:00')
  await at('2026-03-31T23:00:00-04:00')
  await happens('cai', 'Visited')
  await at('2026-04-01T00:00:30-04:00')
  const three = ['ann 2026-03-08 00:01', 'ben 2026-03-09 00:00', 'cai 2026-04-01 00:00']
  expect(await entries(id)).toEqual(three)

  await happens('dan', 'Visited')
  await app.call('journeyPause', { params: { id } })
  await at('2026-04-02T00:00:30-04:00')
  await app.call('journeyResume', { params: { id } })
  await happens('eve', 'Visited')
  await at('2026-04-03T00:00:30-04:00')
  expect(await entries(id)).toEqual([...three, 'eve 2026-04-03 00:00'])
  await expect(app.call('segmentArchive', { params: { key: 'today' } })).rejects.toThrow('409')
})

test('losing a tag starts a journey, of one with values this value or any', async () => {
  await at('2026-04-04T12:00:00-04:00')
  const gold = { key: 'gold', name: '金卡', layer: 'basic' as const, mode: 'static' as const, rule: null }
  await app.call('tagCreate', { body: gold })
  const id = await live('降级', { trigger: { kind: 'tag_exit', tag: 'gold' } })
  const {
    items: [ann, ben],
  } = await app.call('people', { query: {} })
  const both = [ann?.id ?? 0, ben?.id ?? 0]
  await app.call('tagMembers', { params: { key: 'gold' }, body: { add: both } })
  await app.settle()
  expect(await entries(id)).toEqual([])
  await app.call('tagMembers', { params: { key: 'gold' }, body: { remove: [both[0] ?? 0] } })
  await app.settle()
  expect(await entries(id)).toEqual([`${ann?.userId} 2026-04-04 12:00`])
  const { items } = await app.call('journeyRuns', { params: { id }, query: {} })
  const { steps } = await app.call('journeyRunSteps', { params: { id, run: items[0]?.id ?? '' } })
  expect(steps[0]?.details.trigger).toMatchObject({ kind: 'tag_exit', name: 'gold' })
  await expect(app.call('tagArchive', { params: { key: 'gold' } })).rejects.toThrow('409')

  const unknown = await app.call('journeyCreate', {
    body: {
      name: 'X',
      definition: { trigger: { kind: 'tag_exit', tag: 'gone' }, start: 'end', nodes: [{ id: 'end', kind: 'exit' }] },
    },
  })
  expect(unknown.problems).toMatchObject([{ path: 'trigger.tag' }])
})
