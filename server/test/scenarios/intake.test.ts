import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from '../../src/platform/db/postgres.ts'
import { startTestApp, type TestApp, writeKey } from '../harness/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const basic = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`
const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${app.url}${path}`, { method: 'POST', body, headers: { authorization: basic, ...headers } })

async function storedEvents(): Promise<
  { event: string; message_id: string; person_id: number; time: number; properties: string; context: string }[]
> {
  return app.clickhouse.query(
    'interactive',
    `select event, message_id, person_id, toUnixTimestamp64Milli(time) as time, properties, context from events
    where workspace_id = {w:UInt32} order by time, message_id`,
    { w: app.workspaceId },
  )
}
const stored = async (messageId: string) => (await storedEvents()).filter((row) => row.message_id === messageId)
const quarantined = async () => (await app.call('quarantine')).items

describe('what is good is taken', () => {
  test('a track call is stored with its properties, time and sender', async () => {
    const answer = await app.send('/v1/track', {
      userId: 'u1',
      event: 'Product Viewed',
      messageId: 'm1',
      timestamp: '2026-03-02T01:00:00.000Z',
      properties: { product_id: 'p1', price: 9.9, title: '春茶 🍃' },
    })
    expect(answer).toEqual({ status: 200, body: { success: true } })
    const [row] = await stored('m1')
    expect(row).toMatchObject({ event: 'Product Viewed', time: Date.parse('2026-03-02T01:00:00.000Z') })
    expect(JSON.parse(row?.properties ?? '')).toEqual({ product_id: 'p1', price: 9.9, title: '春茶 🍃' })
  })

  test('the same messageId counts once: in one batch, in two requests, and after other events', async () => {
    const event = { type: 'track', userId: 'u1', event: 'Product Added', messageId: 'twice' }
    await app.events([event, event])
    await app.events(Array.from({ length: 50 }, (_, i) => ({ ...event, messageId: `other-${i}` })))
    await app.events([{ ...event, timestamp: '2026-03-01T00:00:00Z' }])
    expect(await stored('twice')).toHaveLength(1)
  })

  test('the same messageId at the same moment in many requests counts once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => app.events([{ type: 'track', userId: 'u1', event: 'Raced', messageId: 'raced' }])))
    expect(await stored('raced')).toHaveLength(1)
  })

  test('a wrong device clock is taken out by sentAt', async () => {
    await app.send('/v1/batch', {
      sentAt: '2020-01-01T00:10:00.000Z',
      batch: [{ type: 'track', userId: 'u1', event: 'Late', messageId: 'skewed', timestamp: '2020-01-01T00:00:00.000Z' }],
    })
    expect((await stored('skewed'))[0]?.time).toBe(app.clock.now() - 600_000)
  })

  test('gzip is unpacked', async () => {
    const body = gzipSync(JSON.stringify({ batch: [{ type: 'track', userId: 'u1', event: 'Zipped', messageId: 'zipped' }] }))
    expect((await post('/v1/batch', new Uint8Array(body), { 'content-encoding': 'gzip' })).status).toBe(200)
    expect(await stored('zipped')).toHaveLength(1)
  })

  test('an order number beyond 2^53 keeps every digit', async () => {
    const body = '{"userId":"u1","event":"Order Completed","messageId":"big","properties":{"order_id":3705115058471208928,"total":1}}'
    expect((await post('/v1/track', body)).status).toBe(200)
    expect((await stored('big'))[0]?.properties).toContain('"3705115058471208928"')
  })

  test('the batch context, the address and the user agent are kept with each event', async () => {
    const body = JSON.stringify({
      context: { library: { name: 'x' } },
      batch: [{ type: 'track', userId: 'u1', event: 'C', messageId: 'ctx', context: { locale: 'zh-CN' } }],
    })
    await post('/v1/batch', body, { 'user-agent': 'Test/1' })
    expect(JSON.parse((await stored('ctx'))[0]?.context ?? '')).toMatchObject({
      library: { name: 'x' },
      locale: 'zh-CN',
      userAgent: 'Test/1',
      ip: expect.any(String),
    })
  })
})

describe('what is bad is said and kept', () => {
  beforeEach(async () => {
    await app.db.run(sql`delete from quarantined_events`)
  })

  test('the good ones of a batch are taken, each bad one goes to the quarantine with reason and raw text', async () => {
    const answer = await app.send('/v1/batch', {
      batch: [
        { type: 'track', userId: 'u1', event: 'Good', messageId: 'good' },
        { type: 'track', userId: 'u1' },
        { type: 'dance', userId: 'u1' },
        { type: 'track', event: 'Nobody' },
        { type: 'track', userId: 'u1', event: 'Old', timestamp: '1970-01-01T00:00:00Z' },
        { type: 'track', userId: 'u1', event: 'Future', timestamp: '2027-01-01T00:00:00Z' },
        { type: 'track', userId: 'u1', event: 'NUL', properties: { a: 'x\u0000y' } },
        { type: 'track', userId: 2 ** 53 + 2, event: 'Big' },
        'text',
      ],
    })
    expect(answer.status).toBe(200)
    expect(await stored('good')).toHaveLength(1)
    const items = await quarantined()
    expect(items.map((item) => item.reason).sort()).toEqual(
      ['future_time', 'implausible_time', 'invalid_message', 'invalid_message', 'invalid_message', 'invalid_message', 'invalid_value']
        .sort()
        .concat([]),
    )
    const nobody = items.find((item) => item.raw.includes('Nobody'))
    expect(nobody?.problems).toEqual([{ path: 'userId', message: 'is missing: a message needs a userId or an anonymousId' }])
  })

  test('the quarantine is counted by reason, and one reason can be looked at alone', async () => {
    await app.send('/v1/batch', {
      batch: [
        { type: 'track', userId: 'u1' },
        { type: 'dance', userId: 'u1' },
      ],
    })
    await post('/v1/batch', '{"batch": [')
    const { reasons } = await app.call('quarantine')
    expect(reasons).toEqual([
      { reason: 'invalid_message', count: 2 },
      { reason: 'invalid_json', count: 1 },
    ])
    const one = await app.call('quarantine', { query: { reason: 'invalid_json' } })
    expect(one).toMatchObject({ items: [{ reason: 'invalid_json' }], reasons })
    expect(await app.call('quarantine', { query: { status: 'discarded' } })).toMatchObject({ items: [], reasons: [] })
  })

  test('broken JSON is answered 400 and kept', async () => {
    const answer = await post('/v1/batch', '{"batch": [')
    expect(answer.status).toBe(400)
    expect(await quarantined()).toMatchObject([{ reason: 'invalid_json', raw: '{"batch": [' }])
  })

  test('a 33 KB event is refused alone and quarantined in a batch; a 501 KB batch is refused', async () => {
    const large = { type: 'track', userId: 'u1', event: 'Large', properties: { text: 'x'.repeat(33 * 1024) } }
    expect((await app.send('/v1/track', large)).status).toBe(400)
    expect(
      (await app.send('/v1/batch', { batch: [large, { type: 'track', userId: 'u1', event: 'Beside', messageId: 'beside' }] })).status,
    ).toBe(200)
    expect(await quarantined()).toMatchObject([{ reason: 'event_too_large' }])
    expect(await stored('beside')).toHaveLength(1)
    const answer = await post('/v1/batch', `{"batch":[],"pad":"${'x'.repeat(501 * 1024)}"}`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { code: 'body_too_large' } })
  })

  test('deep nesting is refused with its place', async () => {
    let deep: object = { end: 1 }
    for (let i = 0; i < 30; i++) deep = { d: deep }
    expect((await app.send('/v1/track', { userId: 'u1', event: 'Deep', properties: deep })).status).toBe(400)
    expect((await quarantined())[0]?.problems[0]?.message).toContain('levels deep')
  })

  test('a wrong key is 401 and nothing is kept', async () => {
    const answer = await post('/v1/track', '{"userId":"u1","event":"E"}', {
      authorization: `Basic ${Buffer.from('wrong:').toString('base64')}`,
    })
    expect(answer.status).toBe(401)
    expect(await quarantined()).toEqual([])
  })

  test('a mended event is replayed once', async () => {
    await app.send('/v1/batch', { batch: [{ type: 'track', userId: 'u1', messageId: 'mended', properties: {} }] })
    const [item] = await quarantined()
    const raw = JSON.stringify({ ...JSON.parse(item?.raw ?? ''), event: 'Mended' })
    expect(await app.call('quarantineReplay', { params: { id: item?.id ?? '' }, body: { raw } })).toMatchObject({ status: 'replayed' })
    expect(await stored('mended')).toHaveLength(1)
    await expect(app.call('quarantineReplay', { params: { id: item?.id ?? '' }, body: { raw } })).rejects.toThrow('409')
  })
})

describe('who it is about', () => {
  const people = async (q: string) => (await app.call('people', { query: { q } })).items

  test('what a device did before it was known belongs to the person it turns out to be', async () => {
    await app.events([{ type: 'track', anonymousId: 'dev-1', event: 'Product Viewed', messageId: 'a-1' }])
    await app.events([{ type: 'identify', userId: 'lin', anonymousId: 'dev-1', traits: { name: '林小满', phone: '138 1234 0001' } }])
    await app.events([{ type: 'track', userId: 'lin', event: 'Product Added', messageId: 'a-2' }])
    const [person] = await people('lin')
    const detail = await app.call('person', { params: { id: person?.id ?? 0 } })
    expect(detail).toMatchObject({ name: '林小满', phone: '+8613812340001', stats: { events: 3 } })
    const timeline = await app.call('personTimeline', { params: { id: person?.id ?? 0 } })
    expect(timeline.items.map((item) => item.title)).toContain('Product Viewed')
  })

  test('a second device is merged with its past, and counted once', async () => {
    await app.events([{ type: 'identify', userId: 'wang', anonymousId: 'dev-2', traits: { name: '王' } }])
    await app.events([{ type: 'track', anonymousId: 'dev-3', event: 'Product Viewed', messageId: 'b-1' }])
    await app.events([{ type: 'identify', userId: 'wang', anonymousId: 'dev-3' }])
    const [person] = await people('wang')
    const detail = await app.call('person', { params: { id: person?.id ?? 0 } })
    expect(detail.mergedFrom).toHaveLength(1)
    expect(detail.stats.events).toBe(3)
    expect(detail.identities.map((one) => one.value).sort()).toEqual(['dev-2', 'dev-3', 'wang'])
  })

  test('two accounts on one device never merge', async () => {
    await app.events([
      { type: 'identify', userId: 'mother', anonymousId: 'tablet' },
      { type: 'identify', userId: 'daughter', anonymousId: 'tablet' },
    ])
    await app.events([{ type: 'track', anonymousId: 'tablet', event: 'Product Viewed', messageId: 'c-1' }])
    const [mother, daughter] = [(await people('mother'))[0], (await people('daughter'))[0]]
    expect(mother?.id).not.toBe(daughter?.id)
    expect((await app.call('person', { params: { id: daughter?.id ?? 0 } })).stats.events).toBe(2)
  })

  test('a colleague merges two people: events, attributes, orders and tags of both, and the history says so', async () => {
    await app.events([
      {
        type: 'identify',
        userId: 'old-account',
        traits: { name: '小雨', city: '杭州' },
        timestamp: '2026-01-01T00:00:00Z',
        messageId: 'hm-1',
      },
      { type: 'track', userId: 'old-account', event: 'Order Paid', properties: { order_id: 'hm', total: 9 }, messageId: 'hm-2' },
      { type: 'identify', anonymousId: 'new-phone', traits: { city: '上海' }, messageId: 'hm-3' },
    ])
    const rows = await storedEvents()
    const [old, fresh] = ['hm-1', 'hm-3'].map((id) => rows.find((row) => row.message_id === id)?.person_id ?? 0)
    await app.call('personMerge', { params: { id: fresh ?? 0 }, body: { from: old ?? 0, note: '客户来电说明' } })
    const merged = await app.call('person', { params: { id: fresh ?? 0 } })
    expect(merged.attributes).toEqual({ name: '小雨', city: '上海' })
    expect(merged.stats).toMatchObject({ orders: 1, paidFen: 900 })
    expect(merged.identities.map((one) => one.value).sort()).toEqual(['new-phone', 'old-account'])
    expect(merged.mergedFrom).toMatchObject([{ personId: old }])
    expect((await app.call('person', { params: { id: old ?? 0 } })).id).toBe(fresh)
    const timeline = await app.call('personTimeline', { params: { id: fresh ?? 0 } })
    expect(JSON.stringify(timeline.items)).toContain('客户来电说明')
    await expect(app.call('personMerge', { params: { id: fresh ?? 0 }, body: { from: old ?? 0 } })).rejects.toThrow('409')
    await expect(app.call('personMerge', { params: { id: fresh ?? 0 }, body: { from: 999_999 } })).rejects.toThrow('404')
  })

  test("WeChat's ids in externalIds make one person of what two apps know", async () => {
    const wechat = (appId: string, id: string) => ({
      externalIds: [
        { id, type: `wechat_openid:${appId}`, collection: 'users', encoding: 'none' },
        { id: 'unionid-9', type: 'wechat_unionid', collection: 'users', encoding: 'none' },
      ],
    })
    await app.events([
      { type: 'track', anonymousId: 'mini-1', event: 'Scanned', messageId: 'wx-1', context: wechat('wxA', 'o9') },
      { type: 'track', anonymousId: 'mini-2', event: 'Scanned', messageId: 'wx-2', context: wechat('wxB', 'p9') },
      { type: 'track', anonymousId: 'mini-2', event: 'Scanned', messageId: 'wx-3' },
    ])
    const people = (await storedEvents()).filter((row) => row.event === 'Scanned').map((row) => row.person_id)
    expect([people.length, new Set(people).size]).toEqual([3, 1])
  })

  test('alias joins what the shop says belongs together', async () => {
    await app.events([{ type: 'track', anonymousId: 'old-id', event: 'E', messageId: 'd-1' }])
    await app.events([{ type: 'identify', userId: 'new-id', traits: { name: '新' } }])
    await app.events([{ type: 'alias', userId: 'new-id', previousId: 'old-id' }])
    const [person] = await people('new-id')
    expect((await app.call('person', { params: { id: person?.id ?? 0 } })).stats.events).toBe(3)
  })

  test('a late statement does not overwrite a newer one', async () => {
    await app.events([{ type: 'identify', userId: 'chen', traits: { city: '杭州' }, timestamp: '2026-03-01T10:00:00Z' }])
    await app.events([{ type: 'identify', userId: 'chen', traits: { city: '上海', level: 'gold' }, timestamp: '2026-02-01T10:00:00Z' }])
    const [person] = await people('chen')
    expect((await app.call('person', { params: { id: person?.id ?? 0 } })).attributes).toEqual({ city: '杭州', level: 'gold' })
  })
})

describe('orders', () => {
  test('are read out of the events, whatever their order, and paid once', async () => {
    const products = [
      { product_id: 'p1', name: '春茶', price: 0.1, quantity: 2 },
      { product_id: 'p2', name: '茶杯', price: 1.15, quantity: 1 },
    ]
    await app.events([
      { type: 'track', userId: 'zhao', event: 'Order Paid', messageId: 'o-2', properties: { order_id: 'O1', total: 1.35 } },
    ])
    const completed = {
      type: 'track',
      userId: 'zhao',
      event: 'Order Completed',
      messageId: 'o-1',
      properties: { order_id: 'O1', total: 1.35, products },
    }
    await app.events([completed])
    await app.events([completed])
    const person = (await app.call('people', { query: { q: 'zhao' } })).items[0]
    const { items } = await app.call('personOrders', { params: { id: person?.id ?? 0 } })
    expect(items).toMatchObject([
      {
        orderId: 'O1',
        status: 'paid',
        totalFen: 135,
        paidFen: 135,
        lines: [
          { itemId: 'p1', priceFen: 10, quantity: 2 },
          { itemId: 'p2', priceFen: 115 },
        ],
      },
    ])
    await app.events([
      { type: 'track', userId: 'zhao', event: 'Order Refunded', messageId: 'o-3', properties: { order_id: 'O1', total: 0.2 } },
    ])
    expect((await app.call('personOrders', { params: { id: person?.id ?? 0 } })).items[0]).toMatchObject({
      status: 'refunded',
      refundedFen: 20,
    })
  })
})
