import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { TestApp } from '../harness/app.ts'
import { end, instant, type NewYorkShop, openNewYorkShop } from '../harness/new-york-shop.ts'

// Journeys that begin by a customer's reply, through the whole program: the carrier pushes it in.

let shop: NewYorkShop
let app: TestApp
let path: string
const phones = { ann: '13800000001', ben: '13800000002', cai: '13800000003' } as const

beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
  const { items } = await app.callAsAdmin('channelAccounts')
  path = z.string().parse(items.find((one) => one.channel === 'sms')?.callbackPath)
  await app.events(Object.entries(phones).map(([userId, phone]) => ({ type: 'identify', userId, traits: { phone } })))
  await app.settle()
})
afterAll(() => app.close())

let serial = 0
async function replies(who: keyof typeof phones, content: string, sequence = `s${serial++}`): Promise<void> {
  const body = [{ phone_number: phones[who], content, send_time: '', dest_code: '10690', sequence_id: sequence }]
  const answer = await fetch(`${app.url}${path}/uplink`, { method: 'POST', body: JSON.stringify(body) })
  expect(answer.status).toBe(200)
  await app.settle()
}
const resting = (reply: { match: 'any' | 'equals' | 'contains'; words?: string[] }) =>
  shop.live(
    'Reply',
    'w',
    [{ id: 'w', kind: 'wait_until', until: { kind: 'time', at: '09:00' }, next: 'c' }, ask, end('vip'), end('others')],
    { trigger: { kind: 'inbound_message', ...reply } },
  )
const ask = {
  id: 'c',
  kind: 'condition' as const,
  rule: { kind: 'all' as const, rules: [] },
  triggerFilters: [{ property: 'text', op: 'eq' as const, value: '预约 VIP' }],
  next: 'vip',
  otherwise: 'others',
}

test('a reply with the word in it starts a journey, at midnight before the clocks change, and once however often it is pushed', async () => {
  const id = await resting({ match: 'contains', words: ['预约'] })
  await shop.at('2026-03-07T23:59:30-05:00')
  await replies('ann', '预约 VIP', 'same')
  await replies('ann', '预约 VIP', 'same')
  await replies('ben', '我想预约')
  await replies('cai', '你好')
  const waits = `w ${instant('2026-03-08T09:00:00-04:00')}`
  expect(await shop.runsOf(id)).toEqual({ ann: waits, ben: waits })
  expect((await app.call('journeyRuns', { params: { id }, query: {} })).items).toHaveLength(2)
  await shop.at('2026-03-08T09:00:00-04:00')
  expect(await shop.runsOf(id)).toEqual({ ann: 'vip finished', ben: 'others finished' })
})

test('just the word, over the end of a month; what comes in a pause has missed it', async () => {
  const id = await resting({ match: 'equals', words: ['Y', '要'] })
  await shop.at('2026-03-31T23:50:00-04:00')
  await replies('ann', ' ｙ。')
  await replies('ben', '不要')
  await shop.at('2026-04-01T09:00:00-04:00')
  expect(await shop.runsOf(id)).toEqual({ ann: 'others finished' })
  await app.call('journeyPause', { params: { id } })
  await replies('cai', 'Y')
  await app.call('journeyResume', { params: { id } })
  await app.settle()
  expect(Object.keys(await shop.runsOf(id))).toEqual(['ann'])
  expect((await app.call('journeyCounters', { params: { id } })).refusals).toEqual([{ reason: 'paused', count: 1 }])
})

test('a reply that ends marketing starts nothing, whatever the journey looks for', async () => {
  const id = await resting({ match: 'any' })
  await replies('ben', '退订')
  await replies('cai', 'T')
  expect(await shop.runsOf(id)).toEqual({})
  await replies('cai', '收到')
  expect(Object.keys(await shop.runsOf(id))).toEqual(['cai'])
  const definition = {
    trigger: { kind: 'inbound_message' as const, match: 'equals' as const, words: ['TD'] },
    start: 'end',
    nodes: [end()],
  }
  const { problems } = await app.call('journeyCreate', { body: { name: 'X', definition } })
  expect(problems).toMatchObject([{ path: 'trigger.words.0', message: expect.stringContaining('ends marketing') }])
})
