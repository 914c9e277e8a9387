import { expect, test } from 'vitest'
import { createClient } from '../src/client.ts'
import { queueEventsMax } from '../src/queue.ts'
import { memoryStore } from '../src/storage.ts'
import { batchesOf, createFake, type Fake } from './fakes.ts'

function client(fake: Fake) {
  const made = createClient(fake, { writeKey: 'cxw_test', view: null })
  made.start()
  return made
}
const eventsSent = (fake: Fake) => batchesOf(fake).flatMap((batch) => batch.batch)

test('what happens together travels together, in the wire format of Segment', async () => {
  const fake = createFake()
  const chaoxi = client(fake)
  chaoxi.identify('u1', { name: '张女士' }, { consent: { marketing: { sms: true, in_app: true, textVersion: 'v1' } } })
  chaoxi.track('Product Viewed', { product_id: 'p1', price: 9.9 })
  chaoxi.page('Home')
  await fake.pass(1_000)
  const [batch, ...more] = batchesOf(fake)
  expect(more).toEqual([])
  expect(batch).toMatchObject({ writeKey: 'cxw_test', sentAt: '2026-03-02T10:00:00.300Z' })
  expect(batch?.batch).toMatchObject([
    {
      type: 'identify',
      userId: 'u1',
      traits: { name: '张女士' },
      context: { consent: { marketing: { sms: true, in_app: true, textVersion: 'v1' } }, library: { name: 'chaoxi.js' }, locale: 'zh-CN' },
    },
    { type: 'track', event: 'Product Viewed', userId: 'u1', properties: { product_id: 'p1' }, timestamp: '2026-03-02T10:00:00.000Z' },
    { type: 'page', name: 'Home', context: { page: { path: '/p' } } },
  ])
  expect(new Set(batch?.batch.map((event) => event.messageId)).size).toBe(3)
})

test('a device keeps its anonymous id until reset', async () => {
  const storage = memoryStore()
  const first = client(createFake(storage)).anonymousId()
  const again = client(createFake(storage))
  expect(again.anonymousId()).toBe(first)
  again.identify('u1')
  again.reset()
  expect(again.anonymousId()).not.toBe(first)
  expect(again.userId()).toBeNull()
})

test('without a network events wait, and come with the same messageId when it is back', async () => {
  const fake = createFake()
  fake.answers = ['offline', 503, 429, 200]
  const chaoxi = client(fake)
  chaoxi.track('A')
  await fake.pass(60_000)
  expect(batchesOf(fake)).toHaveLength(4)
  expect(new Set(eventsSent(fake).map((event) => event.messageId)).size).toBe(1)
  expect(chaoxi.queue()).toEqual({ size: 0, dropped: 0 })
})

test('the pauses between tries grow, and a server may ask for a longer one', async () => {
  const fake = createFake()
  fake.answers = [503]
  const chaoxi = client(fake)
  chaoxi.track('A')
  await fake.pass(10_000)
  expect(fake.requests).toHaveLength(5)
  await fake.pass(600_000)
  expect(fake.requests.length).toBeLessThan(30)

  const slow = createFake()
  slow.answers = [{ status: 429, retryAfterMs: 30_000 }, 200]
  client(slow).track('A')
  await slow.pass(29_000)
  expect(slow.requests).toHaveLength(1)
  await slow.pass(2_000)
  expect(slow.requests).toHaveLength(2)
})

test('a new event does not hurry a server in trouble', async () => {
  const fake = createFake()
  fake.answers = [{ status: 429, retryAfterMs: 60_000 }]
  const chaoxi = client(fake)
  chaoxi.track('A')
  await fake.pass(1_000)
  for (let i = 0; i < 10; i++) chaoxi.track('B')
  await fake.pass(50_000)
  expect(fake.requests).toHaveLength(1)
})

test('the next page sends what the last one could not', async () => {
  const storage = memoryStore()
  const offline = createFake(storage)
  offline.answers = ['offline']
  client(offline).track('A')
  await offline.pass(1_000)
  const next = createFake(storage)
  client(next)
  await next.pass(1_000)
  expect(eventsSent(next)).toMatchObject([{ event: 'A' }])
})

test('a refused batch is dropped with a warning and does not block what comes after', async () => {
  const fake = createFake()
  fake.answers = [{ status: 400, text: 'bad' }, 200]
  const chaoxi = client(fake)
  chaoxi.track('A')
  await fake.pass(1_000)
  chaoxi.track('B')
  await fake.pass(1_000)
  expect(fake.warnings).toEqual(['1 events were refused (400) and are dropped: bad'])
  expect(chaoxi.queue().size).toBe(0)
  expect(batchesOf(fake)[1]?.batch).toMatchObject([{ event: 'B' }])
})

test('a wrong write key is said once and asked no more; the events stay', async () => {
  const fake = createFake()
  fake.answers = [401]
  const chaoxi = client(fake)
  for (let i = 0; i < 5; i++) {
    chaoxi.track('A')
    await fake.pass(5_000)
  }
  expect(fake.requests).toHaveLength(1)
  expect(fake.warnings).toHaveLength(1)
  expect(chaoxi.queue().size).toBe(5)
})

test('an event over 32 KB is dropped with a warning', async () => {
  const fake = createFake()
  const chaoxi = client(fake)
  chaoxi.track('Big', { text: 'x'.repeat(33_000) })
  chaoxi.track('Chinese', { text: '潮'.repeat(11_000) })
  await fake.pass(1_000)
  expect(fake.requests).toEqual([])
  expect(fake.warnings).toHaveLength(2)
})

test('a long queue goes out in requests of at most 500 KB, oldest first', async () => {
  const fake = createFake()
  fake.answers = ['offline']
  const chaoxi = client(fake)
  for (let i = 0; i < 60; i++) chaoxi.track(`E${i}`, { text: 'x'.repeat(20_000) })
  await fake.pass(400)
  fake.requests.length = 0
  fake.answers = [200]
  await fake.pass(60_000)
  expect(fake.requests.length).toBeGreaterThan(2)
  for (const request of fake.requests) expect(request.body.length).toBeLessThanOrEqual(500 * 1024)
  expect(eventsSent(fake).map((event) => event.event)).toEqual(Array.from({ length: 60 }, (_, i) => `E${i}`))
})

test('a full queue lets the oldest go and counts them', async () => {
  const fake = createFake()
  fake.answers = ['offline']
  const chaoxi = client(fake)
  for (let i = 0; i < queueEventsMax + 7; i++) chaoxi.track(`E${i}`)
  expect(chaoxi.queue()).toEqual({ size: queueEventsMax, dropped: 7 })
})

test('a full localStorage lets the oldest go as well', () => {
  const memory = memoryStore()
  const room = 20_000
  const used = () => memory.keys().reduce((sum, key) => sum + (memory.get(key) ?? '').length, 0)
  const fake = createFake({ ...memory, set: (key, value) => (used() + value.length > room ? false : memory.set(key, value)) })
  fake.answers = ['offline']
  const chaoxi = client(fake)
  for (let i = 0; i < 200; i++) chaoxi.track(`E${i}`)
  expect(chaoxi.queue().size).toBeGreaterThan(10)
  expect(chaoxi.queue().dropped).toBeGreaterThan(0)
})

test('two tabs with locks send each event once', async () => {
  const storage = memoryStore()
  const [one, two] = [createFake(storage), createFake(storage)]
  one.answers = ['offline', 200]
  client(one).track('A')
  client(two).track('B')
  one.locked = true
  await one.pass(400)
  await two.pass(400)
  one.locked = false
  await one.pass(5_000)
  expect([...eventsSent(one), ...eventsSent(two)].map((event) => event.event).sort()).toEqual(['A', 'B'])
})

test('a page that goes sends what fits along; what was not answered for is still there', async () => {
  const storage = memoryStore()
  const fake = createFake(storage)
  fake.answers = ['offline']
  const chaoxi = client(fake)
  for (let i = 0; i < 10; i++) chaoxi.track(`E${i}`, { text: 'x'.repeat(20_000) })
  chaoxi.leave()
  await fake.pass(0)
  expect(fake.requests).toHaveLength(1)
  expect(fake.requests[0]?.last).toBe(true)
  expect(fake.requests[0]?.body.length).toBeLessThanOrEqual(60 * 1024)
  expect(chaoxi.queue().size).toBe(10)
})

test('alias says who this device was before', async () => {
  const fake = createFake()
  const chaoxi = client(fake)
  const before = chaoxi.anonymousId()
  chaoxi.alias('u9')
  await chaoxi.flush()
  expect(eventsSent(fake)).toMatchObject([{ type: 'alias', userId: 'u9', previousId: before }])
})

test('listeners hear every message', () => {
  const chaoxi = client(createFake())
  const heard: unknown[] = []
  const end = chaoxi.onMessage((message) => heard.push(message.event))
  chaoxi.track('A')
  end()
  chaoxi.track('B')
  expect(heard).toEqual(['A'])
})
