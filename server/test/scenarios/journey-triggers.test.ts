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

async function problemsOf(definition: Omit<Definition, 'start' | 'nodes'>) {
  const body = { name: 'X', definition: { ...definition, start: 'end', nodes: [{ id: 'end', kind: 'exit' as const }] } }
  return (await app.call('journeyCreate', { body })).problems
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

  expect(await problemsOf({ trigger: { kind: 'tag_exit', tag: 'gone' } })).toMatchObject([{ path: 'trigger.tag' }])
})

test('an event that nothing follows starts a journey so long after it, over midnight, a month’s end and a change of clocks, and not in a pause', async () => {
  const id = await live('看了没买', {
    trigger: {
      kind: 'event_absence',
      event: 'Product Viewed',
      none: [{ event: 'Order Completed' }],
      within: { amount: 2, unit: 'hour' },
      same: { first: 'product_id', none: 'products[].product_id' },
    },
  })
  await at('2026-04-30T23:00:00-04:00')
  for (const userId of ['ann', 'ben']) await happens(userId, 'Product Viewed', { product_id: 'p1' })
  await happens('ben', 'Order Completed', { order_id: 'o1', products: [{ product_id: 'p1', price: 10, quantity: 1 }] })
  await happens('ann', 'Order Completed', { order_id: 'o2', products: [{ product_id: 'p2', price: 10, quantity: 1 }] })
  await at('2026-05-01T00:59:59-04:00')
  expect(await entries(id)).toEqual([])
  await at('2026-05-01T01:00:00-04:00')
  expect(await entries(id)).toEqual(['ann 2026-05-01 01:00'])

  await happens('cai', 'Product Viewed', { product_id: 'p1' })
  await app.call('journeyPause', { params: { id } })
  await at('2026-05-01T04:00:00-04:00')
  await app.call('journeyResume', { params: { id } })
  await at('2026-11-01T00:30:00-04:00')
  await happens('dan', 'Product Viewed', { product_id: 'p1' })
  // The clocks show half past one twice: two hours are two hours.
  await at('2026-11-01T01:29:00-05:00')
  expect(await entries(id)).toEqual(['ann 2026-05-01 01:00'])
  await at('2026-11-01T01:30:00-05:00')
  expect(await entries(id)).toEqual(['ann 2026-05-01 01:00', 'dan 2026-11-01 01:30'])
  expect((await app.call('journeyCounters', { params: { id } })).refusals).toEqual([{ reason: 'paused', count: 1 }])
  const long = { kind: 'event_absence' as const, event: 'A', none: [{ event: 'B' }], within: { amount: 91, unit: 'day' as const } }
  expect(await problemsOf({ trigger: long })).toEqual([
    { path: 'trigger.within', message: 'nobody is waited for longer than 90 days; make the time shorter' },
  ])
})

const allOf = (key: string) => ({ kind: 'schedule' as const, audience: { kind: 'segment' as const, segment: key } })

test('a schedule lets in whoever is in its segment then, over month ends and changes of clocks, and skips what falls due in a pause', async () => {
  await at('2026-12-30T12:00:00-05:00')
  await app.call('segmentCreate', { body: { key: 'club', name: '会员', mode: 'static', rule: null } })
  const userIds = ['ann', 'ben', 'cai']
  const { items } = await app.call('people', { query: { limit: 100 } })
  const idOf = new Map(items.map((person) => [person.userId, person.id]))
  const members = (change: { add?: string[]; remove?: string[] }) =>
    app.call('segmentMembers', {
      params: { key: 'club' },
      body: {
        add: (change.add ?? []).map((user) => idOf.get(user) ?? 0),
        remove: (change.remove ?? []).map((user) => idOf.get(user) ?? 0),
      },
    })
  await members({ add: userIds })
  const last = await live('月底', { trigger: { ...allOf('club'), at: '00:30', repeat: { kind: 'monthly', days: ['last'] } } })
  const skipped = await live('凌晨', {
    trigger: { ...allOf('club'), at: '02:30', repeat: { kind: 'daily' }, from: '2027-03-13', to: '2027-03-15' },
  })
  await at('2026-12-31T00:29:00-05:00')
  expect(await entries(last)).toEqual([])
  await members({ remove: ['ben'] })
  await at('2026-12-31T00:30:00-05:00')
  expect((await entries(last)).sort()).toEqual(['ann 2026-12-31 00:30', 'cai 2026-12-31 00:30'])
  expect((await app.call('journeyOccurrences', { params: { id: last } })).next).toEqual([
    '2027-01-31T05:30:00.000Z',
    '2027-02-28T05:30:00.000Z',
    '2027-03-31T04:30:00.000Z',
  ])
  await app.call('journeyPause', { params: { id: last } })
  await at('2027-01-31T00:30:00-05:00')
  await app.call('journeyResume', { params: { id: last } })
  await at('2027-02-01T00:00:00-05:00')
  expect(await entries(last)).toHaveLength(2)

  await members({ remove: ['cai'] })
  for (const time of [
    '2027-03-13T02:30:00-05:00',
    '2027-03-14T03:29:00-04:00',
    '2027-03-14T03:30:00-04:00',
    '2027-03-15T02:30:00-04:00',
    '2027-03-16T02:30:00-04:00',
  ])
    await at(time)
  expect(await entries(skipped)).toEqual(['ann 2027-03-13 02:30', 'ann 2027-03-14 03:30', 'ann 2027-03-15 02:30'])
  const { items: times, next } = await app.call('journeyOccurrences', { params: { id: last } })
  expect(times.map(({ dueAt, state, reason, people }) => [dueAt.slice(0, 10), reason ?? state, people])).toEqual([
    ['2027-02-28', 'late', 0],
    ['2027-01-31', 'paused', 0],
    ['2026-12-31', 'done', 2],
  ])
  expect(next[0]).toBe('2027-03-31T04:30:00.000Z')
  expect((await app.call('journeyOccurrences', { params: { id: skipped } })).next).toEqual([])
  await expect(app.call('segmentArchive', { params: { key: 'club' } })).rejects.toThrow('409')
})

test('a date of the customer lets each in once, so many days before it, on 28 February of common years too', async () => {
  await app.events([
    { type: 'identify', userId: 'ann', traits: { birthday: '1992-02-29' } },
    { type: 'identify', userId: 'ben', traits: { birthday: '1990-03-01' } },
    { type: 'identify', userId: 'cai', traits: { birthday: '1988-12-31' } },
  ])
  const trigger = { kind: 'date' as const, attribute: 'birthday', yearly: true, days: -3, at: '09:00' }
  await at('2029-02-24T12:00:00-05:00')
  const id = await live('生日前三天', { trigger })
  await at('2029-02-25T08:59:00-05:00')
  // Said today, while today's time is ahead.
  await app.events([{ type: 'identify', userId: 'dan', traits: { birthday: '2000-02-28' } }])
  await at('2029-02-25T09:00:00-05:00')
  expect((await entries(id)).sort()).toEqual(['ann 2029-02-25 09:00', 'dan 2029-02-25 09:00'])
  await app.events([{ type: 'identify', userId: 'eve', traits: { birthday: '2000-02-28' } }])
  await at('2029-02-25T23:00:00-05:00')
  const { draftRevision } = await app.call('journey', { params: { id } })
  // Published with a later time on the same day: nobody comes in again for the same date.
  const definition = {
    trigger: { ...trigger, at: '23:30' },
    reentry: 'every_time' as const,
    start: 'end',
    nodes: [{ id: 'end', kind: 'exit' as const }],
  }
  await app.call('journeyDraft', { params: { id }, body: { name: 'B', description: '', definition, draftRevision } })
  await app.call('journeyPublish', { params: { id } })
  await at('2029-02-25T23:30:00-05:00')
  expect((await entries(id)).sort()).toEqual(['ann 2029-02-25 09:00', 'dan 2029-02-25 09:00', 'eve 2029-02-25 23:30'])
  await at('2029-02-26T23:30:00-05:00')
  expect((await entries(id)).filter((entry) => entry.startsWith('ben'))).toEqual(['ben 2029-02-26 23:30'])
})

test('limits and days between entries hold for a schedule that meets everybody each day', async () => {
  await at('2029-10-30T08:00:00-04:00')
  const everyone = { kind: 'rule' as const, rule: { kind: 'attribute' as const, filter: { property: 'birthday', op: 'exists' as const } } }
  const trigger = { kind: 'schedule' as const, audience: everyone, at: '09:00', repeat: { kind: 'daily' as const }, to: '2029-11-05' }
  const few = await live('每小时两人', { trigger, limits: { perHour: 2, total: 5 } })
  const spaced = await live('隔两天', { trigger, reentry: { kind: 'after_days', days: 2 } })
  for (const day of ['10-30', '10-31', '11-01', '11-02', '11-03']) await at(`2029-${day}T09:00:00-04:00`)
  const days = async (id: string) =>
    Object.entries(Object.groupBy(await entries(id), (entry) => entry.slice(-16, -6))).map(([day, own]) => [day, own?.length])
  expect(await days(few)).toEqual([
    ['2029-10-30', 2],
    ['2029-10-31', 2],
    ['2029-11-01', 1],
  ])
  expect(await days(spaced)).toEqual([
    ['2029-10-30', 5],
    ['2029-11-01', 5],
    ['2029-11-03', 5],
  ])
  expect((await app.call('journeyCounters', { params: { id: few } })).refusals).toEqual([
    { reason: 'limit_total', count: 14 },
    { reason: 'limit_hour', count: 6 },
  ])
})

test('a program lets people in by their user ids, once for each key', async () => {
  const id = await live('接口', { trigger: { kind: 'call' } })
  const enter = (key: string) =>
    app.call('journeyEnter', { params: { id }, body: { key, people: [{ userId: 'ann', properties: { n: 1 } }, { userId: 'nobody' }] } })
  for (const key of ['k1', 'k1', 'k2']) {
    expect(await enter(key)).toEqual({ accepted: 1, unknown: ['nobody'] })
    await app.settle()
  }
  expect(await entries(id)).toHaveLength(2)
  await app.call('journeyPause', { params: { id } })
  await expect(enter('k3')).rejects.toThrow('only a live one')
})
