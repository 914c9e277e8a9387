import { Analytics } from '@segment/analytics-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp, writeKey } from '../harness/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const stored = () =>
  app.clickhouse.query<{ event: string; type: string; user_id: string; properties: string }>(
    'interactive',
    'select event, type, user_id, properties from events where workspace_id = {w:UInt32} order by event, message_id',
    { w: app.workspaceId },
  )

test('the unmodified Segment library for Node works against the intake, every kind of call', async () => {
  // The library stamps its calls with the real time; the test's clock must not lie before that.
  app.clock.set('2100-01-01T00:00:00Z')
  const errors: unknown[] = []
  const analytics = new Analytics({ writeKey, host: app.url, flushAt: 5, flushInterval: 100 })
  analytics.on('error', (error) => errors.push(error))
  analytics.identify({ userId: 'seg-1', traits: { name: '周晓', plan: 'gold' } })
  analytics.track({ userId: 'seg-1', event: 'Product Viewed', properties: { product_id: 'p1', price: 12.5 } })
  analytics.page({ userId: 'seg-1', name: '首页' })
  analytics.screen({ userId: 'seg-1', name: 'Home' })
  analytics.group({ userId: 'seg-1', groupId: 'g1', traits: { city: '杭州' } })
  analytics.alias({ userId: 'seg-1', previousId: 'old-seg-1' })
  await analytics.closeAndFlush()
  expect(errors).toEqual([])
  expect((await stored()).map((row) => row.event)).toEqual(['$alias', '$group', '$identify', '$page', '$screen', 'Product Viewed'])
  const [person] = (await app.call('people', { query: { q: 'seg-1' } })).items
  expect(person).toMatchObject({ name: '周晓', userId: 'seg-1' })
  expect((await app.call('quarantine')).items).toEqual([])
})

test('what Segment’s browser library asks for is answered: settings, single-letter paths, the key in the body', async () => {
  const settings = await (await fetch(`${app.url}/v1/projects/${writeKey}/settings`)).json()
  expect(settings).toMatchObject({ integrations: { 'Segment.io': { apiKey: writeKey, apiHost: expect.stringContaining('/v1') } } })
  const answer = await fetch(`${app.url}/v1/t`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', origin: 'https://shop.example' },
    body: JSON.stringify({
      anonymousId: 'browser-1',
      event: 'Cart Viewed',
      type: 'track',
      messageId: 'ajs-1',
      context: { page: { path: '/' } },
      writeKey,
    }),
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect((await stored()).some((row) => row.event === 'Cart Viewed')).toBe(true)
})
