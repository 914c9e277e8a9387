import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startTestApp, type TestApp, writeKey } from '../harness/app.ts'

// The story of issue "first tide", over HTTP, with the clock moved by the test: a new customer, a popup, a reminder, a purchase.

const minute = 60_000
const hour = 60 * minute
const basic = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`
const consent = { marketing: { sms: true, in_app: true, textVersion: 'v1', text: '我同意接收优惠信息', source: 'register' } }

let app: TestApp
let serial = 0
beforeAll(async () => {
  app = await startTestApp()
  const { journeyIds } = await app.call('playbookInstall', { params: { key: 'new-user-activation' } })
  for (const id of journeyIds) await app.call('journeyPublish', { params: { id } })
  await app.settle()
})
afterAll(() => app.close())

const popupsAnswer = z.object({
  popups: z.array(z.object({ id: z.string(), title: z.string(), action: z.object({ kind: z.string(), coupon: z.string().optional() }) })),
})

interface Customer {
  userId: string
  phone: string
}

async function register(options: { consent?: boolean } = {}): Promise<Customer> {
  serial++
  const customer = { userId: `customer-${serial}`, phone: `+86138000${String(serial).padStart(5, '0')}` }
  const context = options.consent === false ? {} : { consent }
  await app.events([
    {
      type: 'identify',
      userId: customer.userId,
      anonymousId: `device-${serial}`,
      traits: { name: `顾客${serial}`, phone: customer.phone },
      context,
    },
    { type: 'track', userId: customer.userId, event: 'Signed Up', messageId: `signed-up-${serial}` },
  ])
  await app.settle()
  return customer
}

async function popups(customer: Customer) {
  const answer = await fetch(`${app.url}/v1/popups?userId=${customer.userId}`, { headers: { authorization: basic } })
  // The SDK's own reading of it; what is not there fails the test.
  return popupsAnswer.parse(await answer.json()).popups
}

const smsOf = (customer: Customer) => app.chaoxi.companions.standIn.inbox(customer.phone).map((sms) => sms.text)
const claim = async (customer: Customer) => {
  await app.call('couponClaim', {
    params: { key: 'new_customer_20' },
    body: { userId: customer.userId, requestId: `claim-${customer.userId}` },
  })
  await app.settle()
}
async function buy(customer: Customer, total = 200): Promise<void> {
  const orderId = `order-${customer.userId}`
  await app.events([
    {
      type: 'track',
      userId: customer.userId,
      event: 'Order Completed',
      messageId: `${orderId}-c`,
      properties: { order_id: orderId, total, products: [{ product_id: 'tea', name: '春茶', price: total, quantity: 1 }] },
    },
    { type: 'track', userId: customer.userId, event: 'Order Paid', messageId: `${orderId}-p`, properties: { order_id: orderId, total } },
  ])
  await app.settle()
}
async function wait(ms: number): Promise<void> {
  app.clock.advance(ms)
  await app.settle()
}
async function reply(customer: Customer, text: string): Promise<void> {
  const answer = await fetch(`${app.url}/standin/phones/${encodeURIComponent(customer.phone)}/reply`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  })
  expect(await answer.json()).toMatchObject({ ok: true, acknowledged: true })
}
const personOf = async (customer: Customer) => (await app.call('people', { query: { q: customer.userId } })).items[0]?.id ?? 0
const messagesOf = async (customer: Customer) => (await app.call('messages', { query: { person: await personOf(customer) } })).items

describe('by day', () => {
  let day = 1
  // Each story begins on a morning of its own.
  beforeEach(() => {
    day += 10
    app.clock.set(new Date(Date.parse('2026-03-02T10:00:00+08:00') + day * 24 * hour).toISOString())
  })

  test('the right message at the right hour, and nothing after she bought', async () => {
    const lin = await register()
    const [popup] = await popups(lin)
    expect(popup).toMatchObject({ title: expect.stringContaining('新人'), action: { kind: 'coupon', coupon: 'new_customer_20' } })
    await wait(59 * minute)
    expect(smsOf(lin)).toEqual([])
    await wait(2 * minute)
    expect(smsOf(lin)).toHaveLength(1)
    expect(smsOf(lin)[0]).toMatch(/^【潮汐小店】.*新人券.*回T退订$/)
    await wait(22 * hour)
    expect(smsOf(lin)).toHaveLength(1)
    await wait(2 * hour)
    expect(smsOf(lin)).toHaveLength(2)
    await buy(lin)
    await wait(100 * hour)
    expect(smsOf(lin)).toHaveLength(2)
  })

  test('who claims within the hour is not reminded; who buys within the day hears no more', async () => {
    const [claimer, buyer] = [await register(), await register()]
    await wait(30 * minute)
    await claim(claimer)
    await buy(buyer)
    await wait(3 * hour)
    expect([smsOf(claimer), smsOf(buyer)]).toEqual([[], []])
    await wait(24 * hour)
    expect(smsOf(claimer)).toHaveLength(1)
    expect(smsOf(claimer)[0]).toContain('大家都在买')
    expect(smsOf(buyer)).toEqual([])
  })

  test('a customer without consent gets nothing, and each message says why', async () => {
    const quiet = await register({ consent: false })
    expect(await popups(quiet)).toEqual([])
    await wait(26 * hour)
    expect(smsOf(quiet)).toEqual([])
    const messages = await messagesOf(quiet)
    expect(messages.map((message) => [message.channel, message.state, message.reason])).toEqual([
      ['sms', 'dropped', 'no_consent'],
      ['sms', 'dropped', 'no_consent'],
      ['popup', 'dropped', 'no_consent'],
    ])
  })

  test('"T" stops everything, in force before the reply is acknowledged', async () => {
    const tired = await register()
    await wait(61 * minute)
    expect(smsOf(tired)).toHaveLength(1)
    await reply(tired, '回复Ｔ')
    const detail = await app.call('person', { params: { id: await personOf(tired) } })
    expect(detail.suppressions).toMatchObject([{ channel: 'sms' }])
    await wait(26 * hour)
    expect(smsOf(tired)).toHaveLength(1)
    expect((await messagesOf(tired))[0]).toMatchObject({ state: 'dropped', reason: expect.stringMatching(/suppressed|no_consent/) })
  })

  test('a click and a purchase show in the effect table', async () => {
    const before = (await app.call('effects')).total
    const clicker = await register()
    await wait(61 * minute)
    const link = /https?:\/\/\S+?\/l\/\w+/.exec(smsOf(clicker)[0] ?? '')?.[0] ?? ''
    const answer = await fetch(link, { redirect: 'manual', headers: { 'user-agent': 'Mozilla/5.0 (iPhone)' } })
    expect(answer.status).toBe(302)
    await buy(clicker, 150)
    await app.settle()
    const after = (await app.call('effects')).total
    expect([after.clicked - before.clicked, after.converted - before.converted, after.salesFen - before.salesFen]).toEqual([1, 1, 15_000])
    expect(after.costFen).toBeGreaterThan(before.costFen)
  })
})

describe('by night', () => {
  test('registering at 23:30 means the SMS at 08:00, not before and not never', async () => {
    app.clock.set('2026-08-10T23:30:00+08:00')
    const owl = await register()
    expect(await popups(owl)).toHaveLength(1)
    await wait(61 * minute)
    expect(smsOf(owl)).toEqual([])
    expect((await messagesOf(owl))[0]).toMatchObject({ state: 'held', reason: 'quiet_hours', sendAt: '2026-08-11T00:00:00.000Z' })
    app.clock.set('2026-08-11T07:59:59+08:00')
    await app.settle()
    expect(smsOf(owl)).toEqual([])
    app.clock.set('2026-08-11T08:00:00+08:00')
    await app.settle()
    expect(smsOf(owl)).toHaveLength(1)
  })

  test('who claims or buys while a message is held for the morning does not get it', async () => {
    app.clock.set('2026-08-12T23:30:00+08:00')
    const [claimer, buyer] = [await register(), await register()]
    await wait(61 * minute)
    await claim(claimer)
    await buy(buyer)
    app.clock.set('2026-08-13T08:30:00+08:00')
    await app.settle()
    expect([smsOf(claimer), smsOf(buyer)]).toEqual([[], []])
    const held = [(await messagesOf(claimer))[0], (await messagesOf(buyer))[0]]
    expect(held.map((message) => [message?.state, message?.reason])).toEqual([
      ['dropped', 'pointless'],
      ['dropped', 'exited'],
    ])
  })

  test('the hour is the customer’s: 21:30 in Shanghai is noon for one in London', async () => {
    app.clock.set('2026-08-16T20:20:00+08:00')
    const abroad = await register()
    await app.events([{ type: 'identify', userId: abroad.userId, traits: { timezone: 'Europe/London' } }])
    await wait(70 * minute)
    expect(smsOf(abroad)).toHaveLength(1)
  })
})
