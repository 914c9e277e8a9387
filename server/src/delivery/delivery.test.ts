import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from '../platform/db/postgres.ts'
import { callsMax } from './sender.ts'
import { createWorld, exchange, phoneNumber, type World } from './world.test-kit.ts'

let world: World
let next = 100
const hour = 3_600_000

beforeAll(async () => {
  world = await createWorld()
  await world.template(
    'hello',
    { kind: 'sms', text: '{{ customer.name | default: "亲" }}，新人券等您领 {{ link }} ' },
    'https://shop.example/?u={{ customer.user_id }}',
  )
  await world.template('plain', { kind: 'sms', text: '您好' })
  await world.template('total', { kind: 'sms', text: '满{{ event.total }}元' })
})
afterAll(() => world.close())
beforeEach(() => {
  world.standIn.behave({})
  world.newDay()
})

const inbox = (id: number) => world.standIn.inbox(phoneNumber(id))
const eventsOf = (id: number) => world.recorded.filter((event) => event.personId === id).map((event) => event.event)
const newPerson = async (options?: Parameters<World['person']>[1]) => {
  const id = next++
  await world.person(id, options)
  return id
}

describe('an SMS', () => {
  test('goes out signed and filed, once, and comes back as sent and delivered', async () => {
    const id = await newPerson({ attributes: { name: '小明' } })
    await world.send(id, 'hello', { effectKey: 'only-once' })
    await world.send(id, 'hello', { effectKey: 'only-once' })
    await world.drain()
    const [sms, ...more] = inbox(id)
    expect(more).toEqual([])
    expect(sms?.text).toMatch(/^【潮汐小店】小明，新人券等您领 http:\/\/127\.0\.0\.1:7700\/l\/[0-9A-Z]{10} 回T退订$/)
    expect(await world.message(id)).toMatchObject({ state: 'sent', attempts: 1, cost_fen: 5 })
    world.stores.clock.advance(2_000)
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'delivered', due_at: null })
    expect(eventsOf(id)).toEqual(['Message Sent', 'Message Delivered'])
  })

  test('is held at 23:30 and goes out at 08:00', async () => {
    const id = await newPerson()
    world.stores.clock.set('2027-03-02T23:30:00+08:00')
    await world.send(id, 'plain')
    await world.drain()
    const held = await world.message(id)
    expect(held).toMatchObject({ state: 'held', reason: 'quiet_hours', due_at: new Date('2027-03-03T08:00:00+08:00') })
    world.stores.clock.set('2027-03-03T07:59:59+08:00')
    await world.drain()
    expect(inbox(id)).toEqual([])
    world.stores.clock.set('2027-03-03T08:00:00+08:00')
    await world.drain()
    expect(inbox(id)).toMatchObject([{ text: '【潮汐小店】您好回T退订', at: '2027-03-03T00:00:00.000Z' }])
    expect(await world.decisions(held.id)).toEqual([
      { answer: 'hold', reason: 'quiet_hours' },
      { answer: 'send', reason: 'allowed' },
    ])
  })

  test.each([
    ['no_consent', { sms: false }, 'plain'],
    ['no_address', { phone: null }, 'plain'],
    ['missing_variable', {}, 'total'],
    ['template_missing', {}, 'nowhere'],
  ])('is dropped with %s, and the reason is kept', async (reason, options, template) => {
    const id = await newPerson(options)
    await world.send(id, template)
    await world.drain()
    const dropped = await world.message(id)
    expect(dropped).toMatchObject({ state: 'dropped', reason, due_at: null })
    expect(await world.decisions(dropped.id)).toEqual([{ answer: 'drop', reason }])
    expect(inbox(id)).toEqual([])
  })

  test("reads the trigger's properties", async () => {
    const id = await newPerson()
    await world.send(id, 'total', { context: { event: { total: 99 } } })
    await world.drain()
    expect(inbox(id).map((sms) => sms.text)).toEqual(['【潮汐小店】满99元回T退订'])
  })

  test('waits while its text is in review, and goes when that ends well', async () => {
    const id = await newPerson()
    world.standIn.behave({ templateReview: 'pend' })
    await world.template('reviewed', { kind: 'sms', text: '新的文案' })
    await world.send(id, 'reviewed')
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'held', reason: 'template_review' })
    world.standIn.behave({})
    // The review of a text that was filed ends at the provider; another text of the same template is approved at once.
    await world.content.update(world.caller, 'reviewed', {
      name: 'reviewed',
      content: { kind: 'sms', text: '新的文案！' },
      linkUrl: '',
      revision: 1,
    })
    await world.drain()
    expect(inbox(id)).toMatchObject([{ text: '【潮汐小店】新的文案！回T退订' }])
  })
})

describe('a message that waited', () => {
  const overnight = async (...ids: number[]) => {
    world.stores.clock.advance(13 * hour)
    for (const id of ids) await world.send(id, 'plain', { runId: 'run_1' })
    await world.drain()
    world.stores.clock.advance(11 * hour)
  }

  test('is dropped when its journey does not want it any more', async () => {
    const id = await newPerson()
    await overnight(id)
    world.unwanted = (person) => (person === id ? 'exited' : null)
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'dropped', reason: 'exited' })
    world.unwanted = () => null
  })

  test('and cannot be decided is tried again later, and stops nobody else', async () => {
    const [bad, good] = [await newPerson(), await newPerson()]
    await overnight(bad, good)
    world.unwanted = (person) => {
      if (person === bad) throw new Error('the history cannot be read')
      return null
    }
    await world.drain()
    expect(await world.message(bad)).toMatchObject({ state: 'held', reason: 'internal_error' })
    expect(inbox(good)).toHaveLength(1)
    world.unwanted = () => null
    world.stores.clock.advance(60_000)
    await world.drain()
    expect(inbox(bad)).toHaveLength(1)
  })
})

describe('the cap', () => {
  test('of three in 24 hours holds with two workers at once, over one batch of ten', async () => {
    const id = await newPerson()
    for (let i = 0; i < 10; i++) await world.send(id, 'plain')
    const second = world.secondWorker()
    const [first, other] = [world.delivery.loops[0], second.loops[0]]
    for (let round = 0; round < 20; round++) await Promise.all([first?.run(), other?.run(), first?.run(), other?.run()])
    await second.stop()
    await world.drain()
    expect(inbox(id)).toHaveLength(3)
    const rows = await world.stores.db.many(
      sql`select state, reason, count(*) as count from messages where person_id = ${id} group by 1, 2 order by 1`,
    )
    expect(rows).toEqual([
      { state: 'dropped', reason: 'frequency_cap', count: 7 },
      { state: 'sent', reason: null, count: 3 },
    ])
    world.stores.clock.advance(24 * hour)
    await world.send(id, 'plain')
    await world.drain()
    expect(inbox(id)).toHaveLength(4)
  })

  test('does not count what the customer asked for, nor stop it', async () => {
    const id = await newPerson()
    for (let i = 0; i < 5; i++) await world.send(id, 'plain', { purpose: 'transactional' })
    await world.send(id, 'plain')
    await world.drain()
    expect(inbox(id)).toHaveLength(6)
  })
})

describe('T as a reply', () => {
  const reply = (id: number, text: string) =>
    world.http.request(`/standin/phones/${phoneNumber(id)}/reply`, {
      method: 'POST',
      body: JSON.stringify({ text }),
      headers: { 'content-type': 'application/json' },
    })

  test('is in force before it is acknowledged: what waits is dropped, what comes later too, and the evidence is kept', async () => {
    const id = await newPerson()
    await world.send(id, 'plain')
    await world.drain()
    world.stores.clock.set(new Date(world.stores.clock.now() + 13 * hour).toISOString())
    await world.send(id, 'plain')
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'held', reason: 'quiet_hours' })

    const answer = await reply(id, ' 回复ｔ。')
    expect(await answer.json()).toMatchObject({ acknowledged: true })
    expect(await world.message(id)).toMatchObject({ state: 'dropped', reason: 'suppressed' })
    const row = await world.stores.db.one<{ evidence: object }>(sql`select evidence from suppressions where address = ${phoneNumber(id)}`)
    expect(row?.evidence).toMatchObject({ text: ' 回复ｔ。', destCode: '1069', provider: 'aliyun' })

    world.stores.clock.advance(24 * hour)
    await world.person(id, { sms: true })
    await world.send(id, 'plain')
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'dropped', reason: 'suppressed' })
    expect(inbox(id)).toHaveLength(1)
    expect(eventsOf(id)).toContain('Message Unsubscribed')
  })

  test('pushed twice is one refusal, and other words are a reply', async () => {
    const id = await newPerson()
    await world.send(id, 'plain')
    await world.drain()
    await reply(id, '你好，怎么用券？')
    await world.drain()
    expect(eventsOf(id).filter((event) => event === 'Message Replied')).toHaveLength(1)
    await world.send(id, 'plain')
    await world.drain()
    expect(inbox(id)).toHaveLength(2)
  })

  test('at the wrong address is not found, and what is no JSON is not acknowledged', async () => {
    const post = (path: string, body: string) => world.http.request(path, { method: 'POST', body })
    expect((await post('/callbacks/aliyun/guess/uplink', '[]')).status).toBe(404)
    const { callback_token: token } = (await world.stores.db.one<{ callback_token: string }>(
      sql`select callback_token from channel_accounts`,
    )) ?? { callback_token: '' }
    expect((await post(`/callbacks/aliyun/${token}/uplink`, '{')).status).toBe(400)
    const answer = await post(`/callbacks/aliyun/${token}/report`, '[{"nonsense":1}]')
    expect(await answer.json()).toEqual({ code: 0, msg: '接收成功' })
  })
})

describe('withdrawing consent', () => {
  test('drops what waits at once', async () => {
    const id = await newPerson()
    world.stores.clock.set(new Date(world.stores.clock.now() + 13 * hour).toISOString())
    await world.send(id, 'plain')
    await world.drain()
    world.stores.clock.advance(1_000)
    await world.person(id, { sms: false })
    expect(await world.message(id)).toMatchObject({ state: 'dropped', reason: 'no_consent' })
  })

  test('after the gate has passed still stops a message whose call has not begun', async () => {
    const ids = await Promise.all(Array.from({ length: callsMax + 8 }, () => newPerson()))
    for (const id of ids) {
      await world.send(id, 'plain')
      // One after the other, so that the last one is the last one due.
      world.stores.clock.advance(1)
    }
    const { fetch } = world.network
    const gate = Promise.withResolvers<void>()
    world.network.fetch = async (url, init) => {
      await gate.promise
      return fetch(url, init)
    }
    // All are decided and committed; the calls of the first ones hang, so the last ones wait for their turn.
    await world.delivery.loops[0]?.run()
    const last = ids.at(-1) ?? 0
    expect(await world.message(last)).toMatchObject({ state: 'sending' })
    await world.stores.db.tx((tx) =>
      world.compliance.suppress(tx, {
        workspaceId: world.workspaceId,
        channel: 'sms',
        address: phoneNumber(last),
        reason: 'opt_out',
        at: 1,
        evidence: {},
      }),
    )
    gate.resolve()
    await world.drain()
    world.network.fetch = fetch
    expect(await world.message(last)).toMatchObject({ state: 'dropped', reason: 'suppressed', cost_fen: 0 })
    expect(inbox(last)).toEqual([])
    expect(ids.flatMap(inbox)).toHaveLength(ids.length - 1)
  })
})

describe('clicks', () => {
  test('of a tracked link lead to the shop and are counted, those of machines are not', async () => {
    const id = await newPerson()
    await world.send(id, 'hello')
    await world.drain()
    const path = /\/l\/\w+/.exec(inbox(id)[0]?.text ?? '')?.[0] ?? ''
    const visit = (headers: Record<string, string>, method = 'GET') => world.http.request(path, { method, headers })
    await visit({ 'user-agent': 'Mozilla/5.0 (iPhone)' }, 'HEAD')
    await visit({ 'user-agent': 'Slackbot-LinkExpanding 1.0' })
    await visit({ 'user-agent': 'Mozilla/5.0', 'sec-purpose': 'prefetch' })
    await world.drain()
    expect(eventsOf(id)).not.toContain('Message Clicked')
    const answer = await visit({ 'user-agent': 'Mozilla/5.0 (iPhone)' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `https://shop.example/?u=u${id}`])
    await world.drain()
    expect(eventsOf(id).filter((event) => event === 'Message Clicked')).toHaveLength(1)
    expect(await world.message(id)).toMatchObject({ state: 'delivered' })
    expect((await world.http.request('/l/NOSUCHCODE')).status).toBe(404)
  })
})

describe('the console', () => {
  test('lists messages by page and shows one with its decisions and attempts', async () => {
    const id = await newPerson()
    for (let i = 0; i < 3; i++) await world.send(id, 'plain')
    await world.drain()
    const list = world.delivery.routes.messages
    const first = await list?.(world.caller, { params: {}, query: { person: id, limit: 2 }, body: {} }, exchange)
    expect(first?.items).toHaveLength(2)
    const rest = await list?.(
      world.caller,
      { params: {}, query: { person: id, limit: 2, cursor: first?.nextCursor ?? '' }, body: {} },
      exchange,
    )
    expect(rest).toMatchObject({ nextCursor: null, items: [{ state: 'sent', text: '【潮汐小店】您好回T退订' }] })
    const one = await world.delivery.routes.message?.(
      world.caller,
      { params: { id: first?.items[0]?.id ?? '' }, query: {}, body: {} },
      exchange,
    )
    expect(one).toMatchObject({ decisions: [{ answer: 'send' }], attempts: [{ outcome: 'accepted' }] })
    const elsewhere = { ...world.caller, workspaceId: world.workspaceId + 1 }
    await expect(
      world.delivery.routes.message?.(elsewhere, { params: { id: one?.id ?? '' }, query: {}, body: {} }, exchange),
    ).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('never shows the secret of an account, and keeps it when none is given', async () => {
    const [account] =
      (await world.delivery.routes.channelAccounts?.(world.caller, { params: {}, query: {}, body: {} }, exchange))?.items ?? []
    expect(account).toMatchObject({ secretSet: true, signName: '潮汐小店' })
    expect(JSON.stringify(account)).not.toContain('"secret"')
    const {
      channel: _c,
      secretSet: _s,
      ...body
    } = account ?? {
      channel: 'sms',
      secretSet: true,
      provider: '',
      endpoint: '',
      accessKeyId: '',
      signName: '',
      optOutText: '',
      pricePerSegmentFen: 0,
    }
    await world.delivery.routes.channelAccountUpdate?.(world.caller, { params: {}, query: {}, body }, exchange)
    const id = await newPerson()
    await world.send(id, 'plain')
    await world.drain()
    expect(inbox(id)).toHaveLength(1)
    await expect(
      world.delivery.routes.channelAccountUpdate?.(
        world.caller,
        { params: {}, query: {}, body: { ...body, signName: '【x】', optOutText: '' } },
        exchange,
      ),
    ).rejects.toMatchObject({ code: 'invalid_request' })
  })
})
