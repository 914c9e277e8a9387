import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiKey, startTestApp, type TestApp, writeKey } from '../harness/app.ts'

// What people and programs get wrong, and what they are told: a status, a code, the place and how to mend it.

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

interface ErrorAnswer {
  status: number
  error: { code: string; message: string; problems: { path: string; message: string }[]; requestId: string }
}

async function refused(path: string, body: string, authorization: string): Promise<ErrorAnswer> {
  const answer = await fetch(`${app.url}${path}`, {
    method: 'POST',
    body,
    headers: { authorization, 'content-type': 'application/json' },
  })
  const { error }: { error: ErrorAnswer['error'] } = JSON.parse(await answer.text())
  expect(error.requestId, 'every refusal can be found in the log').not.toBe('')
  return { status: answer.status, error }
}
const intake = (body: object | string, path = '/v1/track', key = writeKey) =>
  refused(path, typeof body === 'string' ? body : JSON.stringify(body), `Basic ${Buffer.from(`${key}:`).toString('base64')}`)
const api = (path: string, body: object | string, key = apiKey) =>
  refused(path, typeof body === 'string' ? body : JSON.stringify(body), `Bearer ${key}`)

const nested = (levels: number): object => (levels === 0 ? {} : { d: nested(levels - 1) })
const track = { userId: 'u1', event: 'Product Viewed' }

describe('at the intake', () => {
  test('a wrong key, and none', async () => {
    expect(await intake(track, '/v1/track', 'wk_wrong')).toMatchObject({ status: 401, error: { code: 'unauthorized' } })
    const none = await fetch(`${app.url}/v1/track`, { method: 'POST', body: JSON.stringify(track) })
    expect(none.status).toBe(401)
    expect(await none.text()).toContain('basic authentication')
  })

  test('broken JSON names the place', async () => {
    const { status, error } = await intake('{"userId": "u1", "event"')
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: 'invalid_request', problems: [{ message: expect.stringContaining('is no JSON') }] })
  })

  test('an event of 33 KB and a batch of 501 KB', async () => {
    const text = 'x'.repeat(33 * 1024)
    expect(await intake({ ...track, properties: { text } })).toMatchObject({
      status: 400,
      error: { code: 'body_too_large', message: expect.stringContaining('32 KB') },
    })
    expect(await intake(`{"batch":[],"pad":"${'x'.repeat(501 * 1024)}"}`, '/v1/batch')).toMatchObject({
      status: 400,
      error: { code: 'body_too_large', message: expect.stringContaining('500 KB') },
    })
  })

  test.each([
    ['a date in the future', { ...track, timestamp: '2027-01-01T00:00:00Z' }, 'timestamp', 'in the future'],
    ['a date of 1970', { ...track, timestamp: '1970-01-01T00:00:00Z' }, 'timestamp', 'before 1990'],
    ['a date that is none', { ...track, timestamp: 'yesterday' }, 'timestamp', 'ISO 8601'],
    ['a NUL character', { ...track, properties: { note: 'a\u0000b' } }, 'properties.note', 'NUL'],
    ['half a surrogate pair', { ...track, properties: { note: '\ud83c' } }, 'properties.note', 'surrogate'],
    ['an id that is neither text nor a number', { event: 'E', userId: { id: 1 } }, 'userId', 'must be text'],
    ['deep nesting', { ...track, properties: nested(30) }, 'properties.d', 'levels deep'],
    ['nobody', { event: 'E' }, 'userId', 'anonymousId'],
  ])('%s is refused with its place', async (_, body, path, words) => {
    const { status, error } = await intake(body)
    expect(status).toBe(400)
    expect(error.message).toContain('quarantine')
    expect(error.problems[0]?.path).toContain(path)
    expect(error.problems[0]?.message).toContain(words)
  })

  test('an id of 2^53 + 1 as a number keeps its last digit', async () => {
    const answer = await fetch(`${app.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
      body: '{"userId":9007199254740993,"event":"E","messageId":"long"}',
    })
    expect(answer.status).toBe(200)
    expect((await app.call('people', { query: { q: '9007199254740993' } })).items).toMatchObject([{ userId: '9007199254740993' }])
  })

  test('emoji and identifiers of 20 digits are no mistake', async () => {
    const answer = await fetch(`${app.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
      body: '{"userId":"👩‍👩‍👧‍👦","event":"加购 🛒","messageId":"emoji","properties":{"order_id":90071992547409931234}}',
    })
    expect(answer.status).toBe(200)
    const [row] = await app.clickhouse.query<{ user_id: string; event: string; properties: string }>(
      'interactive',
      "select user_id, event, properties from events where workspace_id = {w:UInt32} and message_id = 'emoji'",
      { w: app.workspaceId },
    )
    expect(row).toMatchObject({ user_id: '👩‍👩‍👧‍👦', event: '加购 🛒' })
    expect(row?.properties).toContain('"90071992547409931234"')
  })

  test('a price below a fen is rounded half up, and never lost as an error', async () => {
    const products = [
      { product_id: 'screw', price: 0.005, quantity: 1000 },
      { product_id: 'washer', price: 0.004, quantity: 1000 },
    ]
    await app.events([
      {
        type: 'track',
        userId: 'smith',
        event: 'Order Completed',
        messageId: 'tiny',
        properties: { order_id: 'T1', total: 9.005, products },
      },
    ])
    const [person] = (await app.call('people', { query: { q: 'smith' } })).items
    const { items } = await app.call('personOrders', { params: { id: person?.id ?? 0 } })
    expect(items).toMatchObject([{ totalFen: 901, lines: [{ priceFen: 1 }, { priceFen: 0 }] }])
  })
})

describe('at the API', () => {
  test('a wrong key, broken JSON and a body that is none of the endpoint', async () => {
    expect(await api('/api/tags', {}, 'ak_wrong')).toMatchObject({ status: 401, error: { code: 'unauthorized' } })
    expect(await api('/api/tags', '{"name":')).toMatchObject({ status: 400, error: { code: 'invalid_request' } })
    const { error } = await api('/api/tags', { name: '', layer: 'basic', mode: 'static', rule: null })
    expect(error.problems.map((problem) => problem.path)).toContain('body.name')
    expect(await api('/api/tags', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)).toMatchObject({ status: 400 })
  })

  test('a rule over a property that no event had is taken with a warning, one over a tag that is not there is refused', async () => {
    await app.events([{ type: 'track', userId: 'u1', event: 'Product Viewed', messageId: 'seen', properties: { price: 10 } }])
    const rule = {
      kind: 'event',
      event: 'Product Viewed',
      filters: [{ property: 'colour', op: 'eq', value: 'red' }],
      measure: { fn: 'count' },
      op: 'gte',
      value: 1,
      window: { kind: 'ever' },
    } as const
    const { warnings } = await app.call('estimate', { body: { rule } })
    expect(warnings).toEqual([
      { path: expect.stringContaining('rule'), message: 'nobody had the property "colour" of "Product Viewed" so far' },
    ])
    expect(await api('/api/rules/estimate', { rule: { kind: 'tag', tag: 'nowhere' } })).toMatchObject({
      status: 400,
      error: { code: 'invalid_rule', problems: [{ message: 'there is no tag with the key "nowhere"' }] },
    })
  })

  test('a journey that circles without a wait cannot go live, and says where', async () => {
    await app.call('templateCreate', {
      body: { key: 'hello', name: '你好', channel: 'sms', content: { kind: 'sms', text: '你好' }, linkUrl: '' },
    })
    const send = (id: string, next: string) => ({ id, kind: 'send' as const, channel: 'sms' as const, template: 'hello', next })
    const { id, problems } = await app.call('journeyCreate', {
      body: {
        name: '绕圈',
        definition: {
          trigger: { kind: 'event', event: 'Signed Up' },
          start: 'a',
          nodes: [
            send('a', 'b'),
            { id: 'b', kind: 'condition', rule: { kind: 'all', rules: [] }, next: 'a', otherwise: 'end' },
            { id: 'end', kind: 'exit' },
          ],
        },
      },
    })
    expect(problems).toEqual([{ path: 'nodes.0', message: expect.stringContaining('form a circle without a wait') }])
    expect(await api(`/api/journeys/${id}/publish`, {})).toMatchObject({ status: 400, error: { code: 'invalid_journey', problems } })
  })

  test('a template that does not parse is refused with line and column', async () => {
    const template = { key: 'broken', name: '坏的', channel: 'sms', linkUrl: '' }
    const { status, error } = await api('/api/templates', { ...template, content: { kind: 'sms', text: '您好\n{{ customer.name' } })
    expect(status).toBe(400)
    expect(error).toMatchObject({
      code: 'invalid_template',
      problems: [{ path: 'content.text', message: expect.stringMatching(/^line 2, column 1: /) }],
    })
    expect(await api('/api/templates', { ...template, content: { kind: 'sms', text: '{{ customer.name | shout }}' } })).toMatchObject({
      error: { problems: [{ message: 'line 1, column 1: undefined filter: shout' }] },
    })
  })
})
