import type { CallInput } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'

// Every number of the console opens the list of the people behind it: counts on a journey's nodes, columns of the effect
// table, sizes of tags and segments, claims of a coupon. The list and the number are held against each other here.

const hour = 3_600_000
const consent = { marketing: { sms: true, in_app: true, textVersion: 'v1' } }
const names = ['ann', 'ben', 'cai', 'dan', 'eva', 'fei']
const phoneOf = (i: number) => `+8613900000${String(i).padStart(3, '0')}`

let app: TestApp
let journey: string

const peopleIn = async (query: CallInput<'people'>['query']) =>
  (await app.call('people', { query })).items.map((person) => person.userId).toSorted()
const track = (userId: string, event: string, properties: object = {}) => ({
  type: 'track',
  userId,
  event,
  messageId: `${userId}-${event}`,
  properties,
})

beforeAll(async () => {
  app = await startTestApp()
  await app.call('templateCreate', {
    body: {
      key: 'reminder',
      name: '提醒',
      channel: 'sms',
      content: { kind: 'sms', text: '看看 {{ link }}' },
      linkUrl: 'https://shop.example/',
    },
  })
  await app.call('tagCreate', {
    body: { key: 'star', name: '明星', layer: 'basic', mode: 'static', rule: null },
  })
  const { id } = await app.call('journeyCreate', {
    body: {
      name: '加购提醒',
      definition: {
        trigger: { kind: 'event', event: 'Product Added' },
        goal: { event: 'Order Paid', window: { amount: 1, unit: 'day' } },
        start: 'wait',
        nodes: [
          {
            id: 'wait',
            kind: 'wait_event',
            match: { event: 'Checkout Started' },
            timeout: { amount: 1, unit: 'hour' },
            next: 'end',
            onTimeout: 'sms',
          },
          { id: 'sms', kind: 'send', channel: 'sms', template: 'reminder', next: 'end' },
          { id: 'end', kind: 'exit' },
        ],
      },
    },
  })
  journey = id
  await app.call('journeyPublish', { params: { id } })
  await app.settle()
  await app.events(names.map((name, i) => ({ type: 'identify', userId: name, traits: { name, phone: phoneOf(i) }, context: { consent } })))
  await app.events(names.slice(0, 5).map((name) => track(name, 'Product Added')))
  await app.settle()
  await app.events([track('ann', 'Checkout Started')])
  await app.settle()
  app.clock.advance(2 * hour)
  await app.settle()
  // fei comes late and still waits.
  await app.events([track('fei', 'Product Added')])
  await app.settle()
  // The provider's receipts.
  app.clock.advance(60_000)
  await app.settle()
  for (const i of [1, 2, 3]) {
    const link = /https?:\/\/\S+?\/l\/\w+/.exec(app.chaoxi.companions.standIn.inbox(phoneOf(i))[0]?.text ?? '')?.[0] ?? ''
    await fetch(link, { redirect: 'manual', headers: { 'user-agent': 'Mozilla/5.0 (iPhone)' } })
  }
  await app.events([
    track('ben', 'Order Paid', { order_id: 'o1', total: 50 }),
    track('ann', 'Order Paid', { order_id: 'o2', total: 50 }),
    track('cai', 'Order Completed', { order_id: 'o3', total: 50 }),
  ])
  await app.settle()
})
afterAll(() => app.close())

test('the counts on a node open the people they count', async () => {
  const { nodes } = await app.call('journeyCounters', { params: { id: journey } })
  const at = (node: string) => nodes.find((one) => one.nodeId === node)
  const open = (node: string, outcome: NonNullable<CallInput<'people'>['query']>['outcome']) => peopleIn({ journey, node, outcome })
  expect(await open('wait', 'entered')).toEqual(names)
  expect(await open('wait', 'waiting')).toEqual(['fei'])
  expect(await open('wait', 'passed')).toEqual(['ann'])
  expect(await open('wait', 'timed_out')).toEqual(['ben', 'cai', 'dan', 'eva'])
  expect(await open('sms', 'entered')).toEqual(['ben', 'cai', 'dan', 'eva'])
  expect(at('wait')).toMatchObject({ entered: 6, waiting: 1, passed: 1, timedOut: 4 })
  expect(at('sms')).toMatchObject({ entered: 4 })
})

test('the counts open by version and by when', async () => {
  const at = (ms: number) => new Date(app.clock.now() - ms).toISOString()
  expect(await peopleIn({ journey, node: 'wait', outcome: 'entered', version: 1 })).toEqual(names)
  expect(await peopleIn({ journey, node: 'wait', outcome: 'entered', version: 2 })).toEqual([])
  expect(await peopleIn({ journey, node: 'wait', outcome: 'entered', from: at(hour) })).toEqual(['fei'])
  expect(await peopleIn({ journey, node: 'wait', outcome: 'entered', to: at(hour) })).toEqual(names.slice(0, 5))
  expect(await peopleIn({ journey, stage: 'entered', from: at(hour) })).toEqual(['fei'])
  expect(await peopleIn({ journey, stage: 'inside', version: 1 })).toEqual(['fei'])
  expect(await peopleIn({ journey, stage: 'sent', node: 'sms', version: 1 })).toEqual(['ben', 'cai', 'dan', 'eva'])
  expect(await peopleIn({ journey, stage: 'sent', node: 'other' })).toEqual([])
  expect(await peopleIn({ journey, stage: 'goal' })).toEqual(['ann', 'ben'])
  expect(await peopleIn({ journey, stage: 'goal', version: 2 })).toEqual([])
  await expect(app.call('people', { query: { journey, stage: 'ended', node: 'sms' } })).rejects.toThrow('query.node')
})

test('a journey’s totals open the people they count', async () => {
  expect(await peopleIn({ journey })).toEqual(names)
  expect(await peopleIn({ journey, stage: 'inside' })).toEqual(['fei'])
  expect(await peopleIn({ journey, stage: 'ended' })).toEqual(['ann', 'ben', 'cai', 'dan', 'eva'])
})

test('the columns of the effect table open the people they count', async () => {
  const [row] = (await app.call('effects')).rows
  expect(row).toMatchObject({ sent: 4, reached: 4, clicked: 3, converted: 1 })
  expect(await peopleIn({ journey, stage: 'sent' })).toEqual(['ben', 'cai', 'dan', 'eva'])
  expect(await peopleIn({ journey, stage: 'reached' })).toEqual(['ben', 'cai', 'dan', 'eva'])
  expect(await peopleIn({ journey, stage: 'clicked' })).toEqual(['ben', 'cai', 'dan'])
  expect(await peopleIn({ journey, stage: 'converted' })).toEqual(['ben'])
  const later = new Date(app.clock.now() + hour).toISOString()
  expect(await peopleIn({ journey, stage: 'sent', from: later })).toEqual([])
  expect(await peopleIn({ journey, stage: 'converted', from: later })).toEqual([])
})

test('messages of one node can be listed', async () => {
  const { items } = await app.call('messages', { query: { journey, node: 'sms' } })
  expect(items).toHaveLength(4)
  expect((await app.call('messages', { query: { journey, node: 'wait' } })).items).toEqual([])
})

test('filters narrow each other, and pages follow on', async () => {
  const [ben] = (await app.call('people', { query: { q: 'ben' } })).items
  await app.call('tagMembers', { params: { key: 'star' }, body: { add: [ben?.id ?? 0] } })
  await app.settle()
  expect(await peopleIn({ tag: 'star' })).toEqual(['ben'])
  expect(await peopleIn({ tag: 'star', q: 'cai' })).toEqual([])
  expect(await peopleIn({ tag: 'star', journey, stage: 'clicked' })).toEqual(['ben'])
  expect(await peopleIn({ tag: 'star', journey, stage: 'inside' })).toEqual([])
  expect(await peopleIn({ journey, stage: 'clicked', q: phoneOf(2).slice(3) })).toEqual(['cai'])
  const first = await app.call('people', { query: { journey, limit: 4 } })
  const second = await app.call('people', { query: { journey, limit: 4, cursor: first.nextCursor ?? '' } })
  expect([...first.items, ...second.items].map((person) => person.userId).toSorted()).toEqual(names)
})

test('claims and uses of a coupon open the people who made them', async () => {
  await app.call('couponCreate', {
    body: { key: 'ten', name: '十元券', kind: 'amount_off', value: 1000, thresholdFen: 0, stock: 10, perPersonMax: 1, validDays: 7 },
  })
  const codes: string[] = []
  for (const userId of ['ann', 'ben']) {
    codes.push((await app.call('couponClaim', { params: { key: 'ten' }, body: { userId, requestId: userId } })).code)
  }
  await app.call('couponUse', { body: { code: codes[1] ?? '', orderId: 'o9', totalFen: 5000 } })
  expect(await peopleIn({ coupon: 'ten' })).toEqual(['ann', 'ben'])
  expect(await peopleIn({ coupon: 'ten', claim: 'used' })).toEqual(['ben'])
})

test('a number without its journey is refused, one of a journey that is not there counts nobody', async () => {
  await expect(app.call('people', { query: { stage: 'clicked' } })).rejects.toThrow('query.journey')
  expect(await peopleIn({ journey: 'jny_none', stage: 'converted' })).toEqual([])
})

test('whom the gate stopped and whom the door refused can be opened by the reason', async () => {
  // Whoever was in once is kept out, and who has no number is not written to.
  await app.events([{ ...track('ann', 'Product Added'), messageId: 'ann-again' }, track('gui', 'Product Added')])
  await app.settle()
  app.clock.advance(2 * hour)
  await app.settle()
  const { refusals } = await app.call('journeyCounters', { params: { id: journey } })
  expect(refusals).toEqual([{ reason: 'entered_before', count: 1 }])
  expect(await peopleIn({ journey, stage: 'refused', reason: 'entered_before' })).toEqual(['ann'])
  expect(await peopleIn({ journey, stage: 'refused', reason: 'inside' })).toEqual([])
  const { items } = await app.call('journeyStops', { params: { id: journey } })
  expect(items).toEqual([{ nodeId: 'sms', reason: 'no_address', count: 1 }])
  expect(await peopleIn({ journey, stage: 'stopped', node: 'sms', reason: 'no_address' })).toEqual(['gui'])
})

test('what is history counts too, and nothing of a run stays behind that grows', async () => {
  const ask = async () => ({
    nodes: await Promise.all(
      (['entered', 'passed', 'timed_out'] as const).map((outcome) => peopleIn({ journey, node: 'wait', outcome, version: 1 })),
    ),
    ended: await peopleIn({ journey, stage: 'ended' }),
    goal: await peopleIn({ journey, stage: 'goal', version: 1 }),
    afterSms: await peopleIn({ journey, stage: 'goal', node: 'sms' }),
    goals: (await app.call('journeyGoals', { params: { id: journey } })).goals,
  })
  const before = await ask()
  expect(before).toMatchObject({ goal: ['ann', 'ben'], afterSms: ['ben'], goals: [{ reached: 2, moneyFen: 10_000 }] })
  const [run] = (await app.call('journeyRuns', { params: { id: journey }, query: { state: 'finished' } })).items
  const told = await app.call('journeyRunSteps', { params: { id: journey, run: run?.id ?? '' } })
  app.clock.advance(45 * 24 * hour)
  await app.settle()
  for (const table of ['journey_steps', 'journey_runs', 'journey_goals'] as const)
    expect(await app.db.many({ strings: [`select 1 from ${table}`], values: [] }), table).toEqual([])
  expect(await ask()).toEqual(before)
  expect(await app.call('journeyRunSteps', { params: { id: journey, run: run?.id ?? '' } })).toEqual(told)
  const early = new Date(app.clock.now() - 90 * 24 * hour).toISOString()
  const late = new Date(app.clock.now() - 24 * hour).toISOString()
  expect(await peopleIn({ journey, node: 'wait', outcome: 'timed_out', from: early, to: late })).toEqual(before.nodes[2])
  expect(await peopleIn({ journey, node: 'wait', outcome: 'timed_out', from: late })).toEqual([])
  expect(await peopleIn({ journey, stage: 'goal', from: early, to: late })).toEqual(['ann', 'ben'])
  const pages = await app.call('people', { query: { journey, node: 'wait', limit: 3 } })
  expect(pages.items).toHaveLength(3)
  expect((await app.call('people', { query: { journey, node: 'wait', limit: 10, cursor: pages.nextCursor ?? '' } })).items).toHaveLength(4)
})
