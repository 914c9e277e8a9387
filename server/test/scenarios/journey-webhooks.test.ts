import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from '../../src/platform/db/postgres.ts'
import type { TestApp } from '../harness/app.ts'
import { end, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'
import { openReceiver, type Receiver } from '../harness/receiver.ts'

// Steps that tell a system outside and keep what it answers, through the whole program, with a real receiver.

let shop: NewYorkShop
let app: TestApp
let crm: Receiver
beforeAll(async () => {
  shop = await openNewYorkShop({ CHAOXI_OUTBOUND_ALLOW: '127.0.0.1' })
  app = shop.app
  crm = await openReceiver()
  const { secret } = await app.callAsAdmin('webhookEndpointCreate', {
    body: { key: 'crm', name: 'CRM', url: crm.url, headers: [{ name: 'X-Shop', value: 'new-york' }] },
  })
  crm.secrets.push(secret)
  const popup = { kind: 'popup' as const, body: '', imageUrl: '', button: 'OK', action: { kind: 'close' as const }, validHours: 48 }
  await app.call('templateCreate', {
    body: { key: 'level', name: 'Level', channel: 'popup', content: { ...popup, title: 'You are {{ webhook.ask.level }}' }, linkUrl: '' },
  })
})
afterAll(async () => {
  await crm.close()
  await app.close()
})
beforeEach(() => {
  crm.receipts.length = 0
  crm.script.length = 0
})

const ask = (more: object = {}): Nodes[number] => ({
  ...{ id: 'ask', kind: 'webhook' as const, endpoint: 'crm', next: 'end', onFailure: 'none' },
  ...more,
})
const asking = (more: object = {}): Nodes => [ask(more), end(), end('none')]
const morning = (next: string) => ({ id: 'w', kind: 'wait_until' as const, until: { kind: 'time' as const, at: '09:00' }, next })
const answers = [
  { name: 'level', path: 'data.level', type: 'text' as const },
  { name: 'points', path: 'data.points', type: 'number' as const },
]
/** By user, why the step was passed as it was, and after how many attempts. */
async function reasonsOf(id: string): Promise<Record<string, unknown[]>> {
  const stories = await shop.storiesOf(id, 'reason', 'tries')
  return Object.fromEntries(
    Object.entries(stories).flatMap(([user, steps]) => {
      const passed = steps.find(([node, outcome]) => node === 'ask' && outcome === 'passed')
      return passed ? [[user, passed.slice(2)]] : []
    }),
  )
}

describe('a system outside', () => {
  test('is told signed over a night in which clocks change, and its answer decides, is written and is read by a message', async () => {
    const nodes: Nodes = [
      morning('ask'),
      ask({
        body: [
          { name: 'order', value: { kind: 'trigger', property: 'order' } },
          { name: 'city', value: { kind: 'attribute', attribute: 'city' } },
          { name: 'source', value: { kind: 'literal', value: 'journey' } },
          { name: 'none', value: { kind: 'attribute', attribute: 'nothing' } },
        ],
        answers: [...answers, { name: 'gone', path: 'data.gone', type: 'boolean' }],
        next: 'gold',
      }),
      {
        ...{ id: 'gold', kind: 'condition', rule: { kind: 'all', rules: [] }, next: 'keep', otherwise: 'end' },
        runFilters: [
          { property: 'webhook.ask.level', op: 'eq', value: 'gold' },
          { property: 'webhook.ask.points', op: 'gte', value: 100 },
        ],
      },
      { id: 'keep', kind: 'set_attribute', attribute: 'points', value: { kind: 'run', property: 'webhook.ask.points' }, next: 'tell' },
      ask({
        id: 'tell',
        body: [{ name: 'points', value: { kind: 'run', property: 'webhook.ask.points' } }],
        next: 'send',
        onFailure: 'none',
      }),
      { id: 'send', kind: 'send', channel: 'popup', template: 'level', purpose: 'transactional', next: 'rich' },
      end('rich'),
      end(),
      end('none'),
    ]
    await app.events([{ type: 'identify', userId: 'ann', traits: { city: 'New York' } }])
    const id = await shop.live('Asked', 'w', nodes)
    await shop.at('2026-03-07T23:59:00-05:00')
    await shop.happens('ann', 'Asked', { order: 'o1' })
    await shop.happens('ben', 'Asked', { order: 'o2' })
    expect(crm.receipts).toEqual([])
    const low = { body: { data: { level: 'silver', points: 3, gone: 'yes' } } }
    crm.script.push({ body: { data: { level: 'gold', points: 120 } } }, low, {})
    await shop.at('2026-03-08T09:00:00-04:00')
    const [first, second, third] = crm.receipts
    expect([first, second].map((one) => [one?.type, one?.node, one?.signed, one?.headers['x-shop']])).toEqual(
      Array(2).fill(['journey.webhook', 'ask', [true], 'new-york']),
    )
    expect(first?.headers['webhook-timestamp']).toBe(String(Date.parse('2026-03-08T09:00:00-04:00') / 1_000))
    const ofAnn = [first, second].find((one) => one?.person?.userId === 'ann')
    expect(ofAnn?.data).toEqual({ order: 'o1', city: 'New York', source: 'journey' })
    const winner = first?.person?.userId ?? ''
    expect(await shop.runsOf(id)).toEqual({ ann: 'end finished', ben: 'end finished', [winner]: 'rich finished' })
    expect(third).toMatchObject({ node: 'tell', data: { points: 120 }, person: { userId: winner } })
    expect(await shop.popupsOf(winner)).toEqual(['You are gold'])
    const { items } = await app.call('people', { query: { q: winner } })
    const { attributes } = await app.call('person', { params: { id: items.find((one) => one.userId === winner)?.id ?? 0 } })
    expect(attributes).toMatchObject({ points: 120 })
    const stories = await shop.storiesOf(id, 'values', 'unusable')
    const other = winner === 'ann' ? 'ben' : 'ann'
    expect(stories[other]?.find(([node, outcome]) => node === 'ask' && outcome === 'passed')).toEqual([
      'ask',
      'passed',
      { level: 'silver', points: 3 },
      [{ name: 'gone', reason: 'wrong_type' }],
    ])
  })

  test('that cannot just now is asked again under the same id, not before it says, and each attempt can be read', async () => {
    const id = await shop.live('Busy', 'ask', asking())
    await shop.at('2026-03-31T23:59:50-04:00')
    crm.script.push({ status: 503, body: 'x'.repeat(2_000) }, { status: 429, headers: { 'retry-after': '600' } }, { status: 200 })
    await shop.happens('ann', 'Busy')
    expect(crm.receipts).toHaveLength(1)
    await shop.at('2026-03-31T23:59:53-04:00')
    expect(crm.receipts).toHaveLength(1)
    await shop.at('2026-03-31T23:59:57-04:00')
    expect(crm.receipts).toHaveLength(2)
    await shop.at('2026-04-01T00:09:56-04:00')
    expect(crm.receipts).toHaveLength(2)
    await shop.at('2026-04-01T00:09:58-04:00')
    expect(new Set(crm.receipts.map((one) => one.id)).size).toBe(1)
    expect(crm.receipts.map((one) => one.timestamp)).toEqual(Array(3).fill(new Date('2026-03-31T23:59:50-04:00').toISOString()))
    expect(await shop.runsOf(id)).toEqual({ ann: 'end finished' })
    const { items } = await app.call('journeyRuns', { params: { id } })
    const { postings } = await app.call('journeyRunSteps', { params: { id, run: items[0]?.id ?? '' } })
    expect(postings).toMatchObject([
      {
        id: crm.receipts[0]?.id,
        state: 'answered',
        dueAt: null,
        resendable: false,
        attempts: [{ status: 200, problem: null }, { status: 429 }, { status: 503 }],
      },
    ])
    expect(postings[0]?.attempts[2]?.answer).toHaveLength(1_000)
    expect(await reasonsOf(id)).toEqual({ ann: [undefined, 3] })
  })

  test('that refuses is asked once; what failed can be posted again, under the same id', async () => {
    const id = await shop.live('Refused', 'ask', asking())
    crm.script.push({ status: 422, body: 'no such order' })
    await shop.happens('ann', 'Refused')
    expect(await shop.runsOf(id)).toEqual({ ann: 'none finished' })
    expect(await reasonsOf(id)).toEqual({ ann: ['status_422', 1] })
    const { items } = await app.call('webhookPostings', { params: { key: 'crm' }, query: { state: 'failed' } })
    const [failed] = items
    expect(failed).toMatchObject({ reason: 'status_422', resendable: true, attempts: [{ answer: 'no such order' }] })
    const params = { key: 'crm', id: failed?.id ?? '' }
    await app.call('webhookPostingResend', { params })
    await app.settle()
    expect(crm.receipts.map((one) => one.id)).toEqual([failed?.id, failed?.id])
    await expect(app.call('webhookPostingResend', { params })).rejects.toThrow('409')
    expect(await shop.runsOf(id)).toEqual({ ann: 'none finished' })
  })

  test('is waited for until the patience ends, and no longer', async () => {
    const id = await shop.live('Impatient', 'ask', asking({ retryFor: { amount: 1, unit: 'minute' } }))
    crm.script.push(...Array(20).fill({ status: 500 }))
    await shop.at('2026-04-02T10:00:00-04:00')
    await shop.happens('ann', 'Impatient')
    for (const second of [10, 30, 59]) await shop.at(`2026-04-02T10:00:${second}-04:00`)
    expect(await reasonsOf(id)).toEqual({ ann: ['status_500', crm.receipts.length] })
    expect(await shop.runsOf(id)).toEqual({ ann: 'none finished' })
  })

  test('hears nothing more of whoever has left, nor of anybody in a pause', async () => {
    const id = await shop.live('Leaving', 'ask', asking(), { exits: [{ kind: 'event', event: 'Gone', filters: [] }] })
    crm.script.push({ status: 500 }, { status: 500 })
    await shop.happens('ann', 'Leaving')
    await shop.happens('ann', 'Gone')
    expect((await app.call('webhookPostings', { params: { key: 'crm' } })).items[0]).toMatchObject({ state: 'due' })
    await shop.at('2026-04-02T10:01:30-04:00')
    expect(crm.receipts).toHaveLength(1)
    expect((await app.call('webhookPostings', { params: { key: 'crm' } })).items[0]).toMatchObject({ state: 'dropped', reason: 'left' })
    await shop.happens('ben', 'Leaving')
    await app.call('journeyPause', { params: { id } })
    await shop.at('2026-04-03T10:00:00-04:00')
    expect(crm.receipts).toHaveLength(2)
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    // However long it was: it is asked once more before its time is taken to be over.
    expect(crm.receipts).toHaveLength(3)
    expect(await shop.runsOf(id)).toEqual({ ann: 'ask exited', ben: 'end finished' })
  })

  test('that is slow holds up nobody but itself', async () => {
    const slow = await openReceiver()
    await app.callAsAdmin('webhookEndpointCreate', { body: { key: 'slow', name: 'Slow', url: slow.url } })
    const id = await shop.live('Slow', 'ask', asking({ endpoint: 'slow' }))
    const other = await shop.live('Quick', 'ask', asking())
    let release = () => {}
    const after = new Promise<void>((resolve) => {
      release = resolve
    })
    slow.script.push(...Array(6).fill({ after }))
    const users = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6']
    await app.events(users.map((userId) => ({ type: 'track', userId, event: 'Slow', messageId: `slow-${userId}` })))
    const settled = app.settle()
    await slow.came(4)
    await app.events(users.map((userId) => ({ type: 'track', userId, event: 'Quick', messageId: `quick-${userId}` })))
    const quick = app.chaoxi.loops
    await quick.runOnce('journey_inbox')
    await crm.came(6)
    expect(slow.receipts).toHaveLength(4)
    release()
    await settled
    await app.settle()
    expect(slow.receipts).toHaveLength(6)
    expect(Object.values(await shop.runsOf(id))).toEqual(Array(6).fill('end finished'))
    expect(Object.values(await shop.runsOf(other))).toEqual(Array(6).fill('end finished'))
    await slow.close()
  })
})

describe('an endpoint', () => {
  test('is paused when it is gone, which the bell tells; whoever waits goes on in time, and others once it is resumed', async () => {
    const id = await shop.live('Gone For Good', 'ask', asking({ retryFor: { amount: 2, unit: 'hour' } }))
    crm.script.push({ status: 410 })
    await shop.at('2026-10-31T23:00:00-04:00')
    await shop.happens('ann', 'Gone For Good')
    expect((await app.call('alarms')).endpoints).toMatchObject([{ key: 'crm', why: 'gone' }])
    await shop.happens('ben', 'Gone For Good')
    expect(crm.receipts).toHaveLength(1)
    // Two hours later it is one o'clock: clocks are set back at two.
    await shop.at('2026-11-01T01:00:00-04:00')
    await shop.happens('cai', 'Gone For Good')
    expect(await reasonsOf(id)).toMatchObject({ ann: ['status_410', 1], ben: ['endpoint_paused', 0] })
    await app.call('webhookEndpointResume', { params: { key: 'crm' } })
    await app.settle()
    expect(await shop.runsOf(id)).toMatchObject({ ben: 'none finished', cai: 'end finished' })
    expect((await app.call('alarms')).endpoints).toEqual([])
  })

  test('is paused when it fails steadily', async () => {
    await shop.live('Steady', 'ask', asking({ retryFor: { amount: 1, unit: 'day' } }))
    crm.script.push(...Array(40).fill({ status: 500 }))
    await shop.at('2026-11-01T01:00:00-05:00')
    for (let i = 0; i < 5; i++) await shop.happens(`v${i}`, 'Steady')
    for (const minute of ['01', '03', '06', '09']) await shop.at(`2026-11-01T01:${minute}:00-05:00`)
    expect((await app.call('alarms')).endpoints).toEqual([])
    await shop.at('2026-11-01T01:30:00-05:00')
    expect((await app.call('alarms')).endpoints).toMatchObject([{ key: 'crm', why: 'failing' }])
    const before = crm.receipts.length
    await shop.at('2026-11-01T02:30:00-05:00')
    expect(crm.receipts).toHaveLength(before)
    crm.script.length = 0
    await app.call('webhookEndpointResume', { params: { key: 'crm' } })
    await app.settle()
    expect((await app.call('webhookEndpoint', { params: { key: 'crm' } })).lastDay).toMatchObject({ due: 0 })
  })

  test('signs with both secrets while one takes the place of the other; neither is in the store, nor shown again', async () => {
    const [before = ''] = crm.secrets
    const { secret, secretBeforeUntil } = await app.callAsAdmin('webhookEndpointSecret', {
      params: { key: 'crm' },
      body: { graceHours: 2 },
    })
    crm.secrets.push(secret)
    expect(secretBeforeUntil).toBe(new Date('2026-11-01T04:30:00-05:00').toISOString())
    await shop.live('Rotated', 'ask', asking())
    await shop.happens('ann', 'Rotated')
    await shop.at('2026-11-01T04:31:00-05:00')
    await shop.happens('ann', 'Rotated')
    expect(crm.receipts.map((one) => one.signed)).toEqual([
      [true, true],
      [false, true],
    ])
    const stored = JSON.stringify(await app.db.many(sql`select * from webhook_endpoints`))
    const shown = JSON.stringify(await app.call('webhookEndpoints'))
    for (const text of [stored, shown]) for (const hidden of [before, secret, 'new-york']) expect(text).not.toContain(hidden)
  })

  test('may lead to no address that is not public', async () => {
    const urls = { meta: 'http://169.254.169.254/latest/meta-data', own: `http://127.0.0.2:${new URL(app.url).port}/api/me` }
    for (const [key, url] of Object.entries(urls)) {
      await app.callAsAdmin('webhookEndpointCreate', { body: { key, name: key, url } })
      const tested = await app.call('webhookEndpointTest', { params: { key }, body: { data: {} } })
      expect(tested).toMatchObject({ ok: false, status: null, problem: expect.stringContaining('CHAOXI_OUTBOUND_ALLOW') })
    }
    const id = await shop.live('Meta', 'ask', asking({ endpoint: 'meta' }))
    await shop.happens('ann', 'Meta')
    expect(await reasonsOf(id)).toEqual({ ann: ['refused', 1] })
  })

  test('can be tried, tells what it answered, and stays while a journey names it', async () => {
    crm.script.push({ body: { data: { level: 'gold' } } }, { status: 404, body: 'nothing here' })
    const tested = await app.call('webhookEndpointTest', { params: { key: 'crm' }, body: { data: { order: 'o1' } } })
    expect(tested).toMatchObject({ ok: true, status: 200, json: { data: { level: 'gold' } }, text: null })
    expect(crm.receipts[0]).toMatchObject({ test: true, data: { order: 'o1' }, signed: [false, true] })
    const failed = await app.call('webhookEndpointTest', { params: { key: 'crm' }, body: {} })
    expect(failed).toMatchObject({ ok: false, problem: 'it answered 404', text: 'nothing here' })
    await expect(app.callAsAdmin('webhookEndpointDelete', { params: { key: 'crm' } })).rejects.toThrow('in use')
    const actions = (await app.callAsAdmin('audit')).items.map((one) => one.action)
    for (const action of ['create', 'resume', 'resend', 'secret', 'test']) expect(actions).toContain(`webhook_endpoint.${action}`)
  })

  test('that is not there, and answers that nobody keeps on the way, stand against publishing', async () => {
    const filters = [{ property: 'webhook.ask.level', op: 'exists' as const }]
    const early: Nodes[number] = {
      id: 'c',
      kind: 'condition',
      rule: { kind: 'all', rules: [] },
      runFilters: filters,
      next: 's',
      otherwise: 'ask',
    }
    const send: Nodes[number] = { id: 's', kind: 'send', channel: 'popup', template: 'level', next: 'ask' }
    const nodes = [early, send, ask({ endpoint: 'nowhere', answers }), end(), end('none')]
    const definition = { trigger: { kind: 'event' as const, event: 'X' }, start: 'c', nodes }
    const { problems } = await app.call('journeyCreate', { body: { name: 'X', definition } })
    expect(problems).toMatchObject([
      { path: 'nodes.0.runFilters.0.property', message: expect.stringContaining('put that node before') },
      { path: 'nodes.1.template', message: expect.stringContaining('webhook.ask.level') },
      { path: 'nodes.2.endpoint', message: expect.stringContaining('there is no endpoint "nowhere"') },
    ])
  })
})
