import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'

// K5 on a campaign of the size that the operating documents use as their example, every message through the real gate,
// the real protocol and the provider's stand-in.

const customers = 50_000
const clickers = 8_500
const buyers = 1_200
const batch = 500

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const phoneOf = (i: number) => `+86139${String(i).padStart(8, '0')}`
const consent = { marketing: { sms: true, in_app: true, textVersion: 'v1' } }

/** Runs the work with at most so many pieces under way. */
async function together(count: number, atOnce: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) await work(next++)
    }),
  )
}

async function inBatches(count: number, make: (i: number) => object[]): Promise<void> {
  await together(Math.ceil(count / batch), 4, (n) => {
    const from = n * batch
    return app.events(Array.from({ length: Math.min(batch, count - from) }, (_, i) => make(from + i)).flat())
  })
}

test('50,000 reached, 8,500 clicked, 1,200 converted, 240,000 sales, 12,000 cost: ROI 20', async () => {
  // 0.08 yuan a segment, and a text of three segments: 0.24 yuan a message.
  const [account] = (await app.call('channelAccounts')).items
  if (!account) throw new Error('no SMS account')
  const { channel: _, secretSet: __, ...rest } = account
  await app.callAsAdmin('channelAccountUpdate', { body: { ...rest, pricePerSegmentFen: 8 } })
  const text = `双十一会员专享：${'全场好物限时满减，数量有限，先到先得；'.repeat(7)}点击 {{ link }} 查看。`
  await app.call('templateCreate', {
    body: { key: 'invite', name: '邀请', channel: 'sms', content: { kind: 'sms', text }, linkUrl: 'https://shop.example/double11' },
  })
  const { id } = await app.call('journeyCreate', {
    body: {
      name: '双十一召回',
      definition: {
        trigger: { kind: 'event', event: 'Campaign Invited' },
        goal: { event: 'Order Paid', window: { amount: 72, unit: 'hour' } },
        start: 'sms',
        nodes: [
          { id: 'sms', kind: 'send', channel: 'sms', template: 'invite', next: 'end' },
          { id: 'end', kind: 'exit' },
        ],
      },
    },
  })
  await app.call('journeyPublish', { params: { id } })
  await app.settle()

  await inBatches(customers, (i) => [
    { type: 'identify', userId: `u${i}`, messageId: `id-${i}`, traits: { phone: phoneOf(i) }, context: { consent } },
    { type: 'track', userId: `u${i}`, event: 'Campaign Invited', messageId: `invited-${i}` },
  ])
  await app.settle()
  app.clock.advance(60_000)
  await app.settle()

  const inbox = (i: number) => app.chaoxi.companions.standIn.inbox(phoneOf(i))
  for (let i = 0; i < customers; i++) if (inbox(i).length !== 1) throw new Error(`customer ${i} received ${inbox(i).length} messages`)

  app.clock.advance(3_600_000)
  await together(clickers, 32, async (i) => {
    const link = /https?:\/\/\S+?\/l\/\w+/.exec(inbox(i)[0]?.text ?? '')?.[0] ?? ''
    const answer = await fetch(link, { redirect: 'manual', headers: { 'user-agent': 'Mozilla/5.0 (iPhone)' } })
    if (answer.status !== 302) throw new Error(`click ${i}: ${answer.status}`)
    await answer.body?.cancel()
  })
  app.clock.advance(3_600_000)
  await inBatches(buyers, (i) => [
    { type: 'track', userId: `u${i}`, event: 'Order Paid', messageId: `paid-${i}`, properties: { order_id: `o${i}`, total: 200 } },
  ])
  // Bought without a click, or after the window: not the campaign's.
  await app.events([
    {
      type: 'track',
      userId: `u${clickers + 1}`,
      event: 'Order Paid',
      messageId: 'no-click',
      properties: { order_id: 'no-click', total: 999 },
    },
  ])
  app.clock.advance(72 * 3_600_000)
  await app.events([
    {
      type: 'track',
      userId: `u${buyers + 1}`,
      event: 'Order Paid',
      messageId: 'too-late',
      properties: { order_id: 'too-late', total: 999 },
    },
  ])
  await app.settle()

  const { rows, total } = await app.call('effects')
  const expected = {
    sent: customers,
    reached: customers,
    clicked: clickers,
    clickRate: 0.17,
    converted: buyers,
    salesFen: 24_000_000,
    costFen: 1_200_000,
    roi: 20,
    windowHours: 72,
    goalEvent: 'Order Paid',
  }
  expect(rows).toMatchObject([{ name: '双十一召回', ...expected }])
  expect(rows[0]?.conversionRate).toBeCloseTo(0.141, 3)
  expect(total).toMatchObject({ reached: customers, roi: 20 })
}, 600_000)
