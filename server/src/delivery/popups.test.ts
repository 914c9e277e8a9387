import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { createWorld, type World } from './world.test-kit.ts'

let world: World
let next = 100
const hour = 3_600_000
const popup = {
  kind: 'popup' as const,
  title: '{{ customer.name | default: "新朋友" }}，欢迎',
  body: '送您一张新人券',
  imageUrl: '',
  button: '领取',
  action: { kind: 'coupon' as const, coupon: 'welcome' },
  validHours: 72,
}
const authorization = `Basic ${Buffer.from('wk_1:').toString('base64')}`

beforeAll(async () => {
  world = await createWorld(3)
  await world.template('welcome', popup)
  await world.template('second', { ...popup, title: '第二个', action: { kind: 'close' } })
  await world.template('hole', { ...popup, title: '{{ customer.nothing }}' })
})
afterAll(() => world.close())
beforeEach(() => world.newDay())

const newPerson = async (options?: Parameters<World['person']>[1]) => {
  const id = next++
  await world.person(id, options)
  return id
}
const send = (id: number, template = 'welcome') => world.send(id, template, { channel: 'popup' })
const answerSchema = z.object({ popups: z.array(z.looseObject({ id: z.string(), title: z.string() })) })
const fetchFor = async (id: number) => {
  const response = await world.http.request(`/v1/popups?userId=u${id}&anonymousId=a`, { headers: { authorization } })
  return answerSchema.parse(await response.json()).popups
}
const act = (id: string, what: string) => world.http.request(`/v1/popups/${id}/${what}`, { method: 'POST', headers: { authorization } })
const eventsOf = (id: number) => world.recorded.filter((event) => event.personId === id).map((event) => event.event)

test('a popup waits for the customer, is handed out rendered, and reports back as events', async () => {
  const id = await newPerson({ attributes: { name: '小明' } })
  await send(id)
  await world.drain()
  expect(await world.message(id)).toMatchObject({ state: 'held', reason: 'awaiting_visit' })
  world.stores.clock.advance(5 * hour)
  const [shown] = await fetchFor(id)
  expect(shown).toMatchObject({ title: '小明，欢迎', button: '领取', action: { kind: 'coupon', coupon: 'welcome' } })
  expect(await world.message(id)).toMatchObject({ state: 'sent', due_at: null })
  expect((await act(shown?.id ?? '', 'shown')).status).toBe(200)
  expect((await act(shown?.id ?? '', 'shown')).status).toBe(200)
  await act(shown?.id ?? '', 'clicked')
  await act(shown?.id ?? '', 'closed')
  await world.drain()
  expect(await world.message(id)).toMatchObject({ state: 'delivered' })
  expect(eventsOf(id).sort()).toEqual(['Message Clicked', 'Message Closed', 'Message Sent', 'Message Shown'])
  expect(await fetchFor(id)).toEqual([])
})

test('one that was handed out but never seen comes again as the same message', async () => {
  const id = await newPerson()
  await send(id)
  await world.drain()
  const [first] = await fetchFor(id)
  expect(await fetchFor(id)).toEqual([first])
  expect(await world.message(id)).toMatchObject({ attempts: 1 })
})

test('the oldest comes first, one at a time', async () => {
  const id = await newPerson()
  await send(id)
  world.stores.clock.advance(1)
  await send(id, 'second')
  await world.drain()
  const [first, ...more] = await fetchFor(id)
  expect([first?.title, more]).toEqual(['新朋友，欢迎', []])
  await act(first?.id ?? '', 'closed')
  expect((await fetchFor(id))[0]?.title).toBe('第二个')
})

test('one that nobody came for expires', async () => {
  const id = await newPerson()
  await send(id)
  await world.drain()
  world.stores.clock.advance(72 * hour)
  expect(await fetchFor(id)).toEqual([])
  await world.drain()
  expect(await world.message(id)).toMatchObject({ state: 'dropped', reason: 'expired' })
})

test('without consent there is none, and consent withdrawn while it waits ends it', async () => {
  const never = await newPerson({ popup: false })
  await send(never)
  await world.drain()
  expect(await world.message(never)).toMatchObject({ state: 'dropped', reason: 'no_consent' })
  const withdrawn = await newPerson()
  await send(withdrawn)
  await world.drain()
  world.stores.clock.advance(1_000)
  await world.person(withdrawn, { popup: false })
  expect(await fetchFor(withdrawn)).toEqual([])
  expect(await world.message(withdrawn)).toMatchObject({ state: 'dropped', reason: 'no_consent' })
})

test('the cap counts over all channels: a popup over it waits for a later visit', async () => {
  const id = await newPerson()
  await world.template('sms', { kind: 'sms', text: '您好' })
  for (let i = 0; i < 3; i++) await world.send(id, 'sms')
  await send(id)
  await world.drain()
  expect(await fetchFor(id)).toEqual([])
  const waiting = await world.message(id, 'welcome')
  expect(waiting).toMatchObject({ state: 'held', reason: 'frequency_cap' })
  expect((await world.decisions(waiting.id)).map((decision) => decision.reason)).toEqual(['awaiting_visit', 'frequency_cap'])
  world.stores.clock.advance(25 * hour)
  expect(await fetchFor(id)).toHaveLength(1)
})

test('a hole in its text drops it', async () => {
  const id = await newPerson()
  await send(id, 'hole')
  await world.drain()
  expect(await fetchFor(id)).toEqual([])
  expect(await world.message(id)).toMatchObject({ state: 'dropped', reason: 'missing_variable' })
})

test('strangers get nothing: no key, another key, another person, an id that was not handed out', async () => {
  const id = await newPerson()
  await send(id)
  await world.drain()
  expect((await world.http.request(`/v1/popups?userId=u${id}`)).status).toBe(401)
  expect(
    (await world.http.request('/v1/popups', { headers: { authorization: `Basic ${Buffer.from('nope:').toString('base64')}` } })).status,
  ).toBe(401)
  expect(await fetchFor(999_999)).toEqual([])
  const other = await newPerson()
  const { id: messageId } = await world.message(id)
  expect((await act(messageId, 'clicked')).status).toBe(404)
  expect(await world.message(id)).toMatchObject({ state: 'held' })
  await fetchFor(id)
  const body = JSON.stringify({ userId: `u${other}` })
  expect((await world.http.request(`/v1/popups/${messageId}/clicked`, { method: 'POST', headers: { authorization }, body })).status).toBe(
    404,
  )
  expect(await world.message(id)).toMatchObject({ state: 'sent' })
})

test('two people that become one keep what waits for either', async () => {
  const [from, into] = [await newPerson(), await newPerson()]
  await send(from)
  await world.drain()
  await world.stores.db.tx((tx) => world.delivery.mergeConsumer(tx, world.workspaceId, from, into))
  expect(await fetchFor(into)).toHaveLength(1)
})

test('a popup says what it is for: only marketing is marked as advertising', async () => {
  const [buyer, visitor] = [await newPerson(), await newPerson()]
  await world.send(buyer, 'second', { channel: 'popup', purpose: 'transactional' })
  await send(visitor, 'second')
  await world.drain()
  expect(await fetchFor(buyer)).toMatchObject([{ purpose: 'transactional' }])
  expect(await fetchFor(visitor)).toMatchObject([{ purpose: 'marketing' }])
})
