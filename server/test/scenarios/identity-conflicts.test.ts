import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'

// What shops' customers do with telephones, tablets and numbers: two accounts never become one by it, and the history of each says
// what was decided.

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const idOf = async (userId: string) => (await app.call('people', { query: { q: userId } })).items[0]?.id ?? 0
const eventsOf = async (id: number) => (await app.call('person', { params: { id } })).stats.events
const decisionsOf = async (userId: string) => (await app.call('personIdentity', { params: { id: await idOf(userId) } })).decisions
const viewed = (ids: object) => ({ type: 'track', event: 'Product Viewed', ...ids })

test('a phone that is sold on: what comes next is the new owner’s, the past stays', async () => {
  await app.events([
    { type: 'identify', userId: 'seller', anonymousId: 'phone-x' },
    viewed({ anonymousId: 'phone-x' }),
    { type: 'identify', userId: 'buyer', anonymousId: 'phone-x' },
    viewed({ anonymousId: 'phone-x' }),
  ])
  const [seller, buyer] = [await idOf('seller'), await idOf('buyer')]
  expect([await eventsOf(seller), await eventsOf(buyer)]).toEqual([2, 2])
  const decision = { kind: 'handed_on', person: { number: buyer }, other: { number: seller }, identifier: { value: 'phone-x' }, times: 1 }
  expect(await decisionsOf('buyer')).toMatchObject([decision])
  expect(await decisionsOf('seller')).toMatchObject([decision])
})

test('a family’s tablet goes to and fro: two people, and one line a direction', async () => {
  for (let i = 0; i < 5; i++) {
    await app.events([viewed({ userId: 'father', anonymousId: 'tablet' }), viewed({ userId: 'child', anonymousId: 'tablet' })])
  }
  const [father, child] = [await idOf('father'), await idOf('child')]
  expect([await eventsOf(father), await eventsOf(child)]).toEqual([5, 5])
  expect((await decisionsOf('father')).map(({ person, times }) => [person.number, times]).sort()).toEqual(
    [
      [child, 5],
      [father, 4],
    ].sort(),
  )
})

test('logging in and out: what is done without an account counts for the last one, never for both', async () => {
  await app.events([
    viewed({ anonymousId: 'shared' }),
    viewed({ userId: 'in-1', anonymousId: 'shared' }),
    viewed({ anonymousId: 'shared' }),
    viewed({ userId: 'in-2', anonymousId: 'shared' }),
    viewed({ anonymousId: 'shared' }),
    viewed({ userId: 'in-1', anonymousId: 'shared' }),
  ])
  expect([await eventsOf(await idOf('in-1')), await eventsOf(await idOf('in-2'))]).toEqual([4, 2])
})

test('a WeChat that is bound to another account', async () => {
  const context = { externalIds: [{ id: 'o-77', type: 'wechat_openid:wx1', collection: 'users', encoding: 'none' }] }
  await app.events([viewed({ userId: 'wx-old', context }), viewed({ userId: 'wx-new', context }), viewed({ anonymousId: 'mini', context })])
  const [before, after] = [await idOf('wx-old'), await idOf('wx-new')]
  expect([await eventsOf(before), await eventsOf(after)]).toEqual([1, 2])
  expect(await decisionsOf('wx-old')).toMatchObject([{ kind: 'handed_on', identifier: { kind: 'openid', value: 'wx1:o-77' } }])
})

test('a number that two accounts say stays with the first; said by another after years it is that one’s, and joins nobody', async () => {
  const phone = '13911112222'
  await app.events([{ type: 'identify', userId: 'first', traits: { phone } }])
  app.clock.advance(10 * 86_400_000)
  await app.events([{ type: 'identify', userId: 'second', traits: { phone } }])
  const phonesOf = async (userId: string) =>
    (await app.call('person', { params: { id: await idOf(userId) } })).identities.filter((one) => one.kind === 'phone').length
  expect([await phonesOf('first'), await phonesOf('second')]).toEqual([1, 0])
  expect(await decisionsOf('second')).toMatchObject([{ kind: 'contact_kept' }])
  app.clock.advance(3 * 365 * 86_400_000)
  await app.events([{ type: 'identify', userId: 'third', traits: { phone } }])
  expect([await phonesOf('first'), await phonesOf('third')]).toEqual([0, 1])
  expect(new Set([await idOf('first'), await idOf('second'), await idOf('third')]).size).toBe(3)
  expect(await decisionsOf('third')).toMatchObject([{ kind: 'handed_on', identifier: { kind: 'phone' } }])
})

test('an alias of two accounts is written down and joins nobody; a repeated message counts once', async () => {
  await app.events([viewed({ userId: 'acc-1' }), viewed({ userId: 'acc-2' })])
  const alias = { type: 'alias', userId: 'acc-1', previousId: 'acc-2', messageId: 'alias-1' }
  await app.events([alias])
  await app.events([alias])
  expect(await idOf('acc-1')).not.toBe(await idOf('acc-2'))
  expect(await decisionsOf('acc-2')).toMatchObject([{ kind: 'accounts_kept', times: 1 }])
})

test('the profile says where everything is from', async () => {
  await app.call('tagCreate', {
    body: {
      key: 'looker',
      name: '看过商品',
      layer: 'behaviour',
      mode: 'dynamic',
      rule: {
        kind: 'event',
        event: 'Product Viewed',
        filters: [],
        window: { kind: 'rolling', amount: 7, unit: 'day' },
        measure: { fn: 'count' },
        op: 'gte',
        value: 1,
      },
    },
  })
  await app.settle()
  await app.events([
    {
      type: 'identify',
      userId: 'sourced',
      anonymousId: 'src-dev',
      messageId: 'src-1',
      traits: { city: '成都' },
      context: { library: { name: 'chaoxi-import' }, consent: { marketing: { sms: true, textVersion: 'v1' } } },
    },
    { ...viewed({ userId: 'sourced' }), messageId: 'src-2' },
  ])
  await app.settle()
  const person = await app.call('person', { params: { id: await idOf('sourced') } })
  expect(person.attributeSources.city).toMatchObject({ cause: { messageId: 'src-1', event: '$identify', library: 'chaoxi-import' } })
  expect(person.tags).toMatchObject([{ key: 'looker', reason: 'event', cause: { messageId: 'src-2', event: 'Product Viewed' } }])
  expect(person.tags[0]?.rule).toMatchObject({ event: 'Product Viewed' })
  expect(person.consentHistory).toMatchObject([{ channel: 'sms', granted: true }])
  expect([...person.identities].sort((a, b) => a.value.localeCompare(b.value))).toMatchObject([
    { kind: 'user_id', value: 'sourced', via: 'new' },
    { kind: 'anonymous_id', value: 'src-dev', via: 'new' },
  ])
  expect(person.identities.every((one) => one.firstSeenAt !== null)).toBe(true)
})

test('the timeline is filtered by name, kind, channel, day and the text of a property', async () => {
  const at = (day: number) => new Date(app.clock.now() - day * 86_400_000).toISOString()
  const track = (event: string, day: number, properties: object) => ({
    ...{ type: 'track', userId: 'filtered', event, timestamp: at(day), messageId: `tl-${event}-${day}`, properties },
  })
  await app.events([
    { type: 'identify', userId: 'filtered', messageId: 'tl-0', traits: { phone: '13922223333' }, timestamp: at(9) },
    track('Product Viewed', 3, { name: '红色"羊毛"围巾' }),
    track('Product Viewed', 2, { name: '白 T 恤', products: [{ sku: 'Wool-1' }] }),
    track('Order Paid', 1, { order_id: 'tl', total: 3 }),
    track('Message Delivered', 1, { channel: 'sms' }),
    track('Message Shown', 1, { channel: 'popup' }),
  ])
  const id = await idOf('filtered')
  const titles = async (query: object) => (await app.call('personTimeline', { params: { id }, query })).items.map((one) => one.id).sort()
  expect(await titles({ event: 'Product Viewed,Order Paid' })).toEqual(['tl-Order Paid-1', 'tl-Product Viewed-2', 'tl-Product Viewed-3'])
  expect(await titles({ kind: 'order' })).toEqual(['tl-Order Paid-1'])
  expect(await titles({ kind: 'profile' })).toEqual(['tl-0'])
  expect(await titles({ kind: 'behaviour' })).toEqual(['tl-Product Viewed-2', 'tl-Product Viewed-3'])
  expect(await titles({ channel: 'popup' })).toEqual(['tl-Message Shown-1'])
  expect(await titles({ text: '"羊毛"' })).toEqual(['tl-Product Viewed-3'])
  expect(await titles({ text: 'wool' })).toEqual(['tl-Product Viewed-2'])
  expect(await titles({ text: '13922223333' })).toEqual(['tl-0'])
  const day = (back: number) => new Date(app.clock.now() - back * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)
  expect(await titles({ from: day(3), to: day(2) })).toEqual(['tl-Product Viewed-2', 'tl-Product Viewed-3'])
  await expect(app.call('personTimeline', { params: { id }, query: { from: day(1), to: day(2) } })).rejects.toThrow('400')
  const first = await app.call('personTimeline', { params: { id }, query: { limit: 4 } })
  const rest = await app.call('personTimeline', { params: { id }, query: { limit: 4, cursor: first.nextCursor ?? '' } })
  expect([...first.items, ...rest.items].map((one) => one.id)).toHaveLength(6)
  expect(new Set([...first.items, ...rest.items].map((one) => one.id)).size).toBe(6)
})
