import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from '../platform/db/postgres.ts'
import type { Fetch } from './aliyun/client.ts'
import { createWorld, phoneNumber, type World } from './world.test-kit.ts'

let world: World
let honest: Fetch
let next = 100
const minute = 60_000

beforeAll(async () => {
  world = await createWorld(2)
  honest = world.network.fetch
  await world.template('plain', { kind: 'sms', text: '您好' })
})
afterAll(() => world.close())
beforeEach(() => {
  world.newDay()
  world.standIn.behave({})
  world.network.fetch = honest
})

const inbox = (id: number) => world.standIn.inbox(phoneNumber(id))
const queued = async () => {
  const id = next++
  await world.person(id)
  await world.send(id, 'plain')
  return id
}
/** Moves on until nothing more is due within the next hours. */
async function settle(hours = 2): Promise<void> {
  for (let i = 0; i < hours * 60; i++) {
    await world.drain()
    world.stores.clock.advance(minute)
    const row = await world.stores.db.one(sql`select 1 from messages where state in ('sending', 'unknown') limit 1`)
    if (!row) break
  }
  await world.drain()
}
const isSend = (init: { headers: Record<string, string> }) => init.headers['x-acs-action'] === 'SendSms'

describe('nobody gets a message twice, and nobody misses one', () => {
  test('when the answer of the provider is lost', async () => {
    world.standIn.behave({ mode: 'lose', times: 1, receiptDelayMs: 86_000_000 })
    const id = await queued()
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'unknown', attempts: 1 })
    await settle()
    expect(await world.message(id)).toMatchObject({ state: 'sent', attempts: 1 })
    expect(inbox(id)).toHaveLength(1)
    expect(world.recorded.filter((event) => event.personId === id).map((event) => event.event)).toEqual(['Message Sent'])
  })

  test('when the connection breaks after the provider took it', async () => {
    world.network.fetch = async (url, init) => {
      const response = await honest(url, init)
      if (isSend(init)) throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
      return response
    }
    const id = await queued()
    await settle()
    expect(await world.message(id)).toMatchObject({ attempts: 1 })
    expect(inbox(id)).toHaveLength(1)
  })

  test('when it breaks before the provider saw it: sent again after two looks in vain', async () => {
    let broken = true
    world.network.fetch = async (url, init) => {
      if (isSend(init) && broken) {
        broken = false
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
      }
      return honest(url, init)
    }
    const id = await queued()
    await settle()
    expect(inbox(id)).toHaveLength(1)
    const { id: messageId } = await world.message(id)
    const attempts = await world.stores.db.many<{ outcome: string }>(
      sql`select outcome from message_attempts where message_id = ${messageId} order by seq`,
    )
    expect(attempts.map((attempt) => attempt.outcome).slice(0, 4)).toEqual(['unknown', 'not_found', 'not_found', 'accepted'])
  })

  test.each(['before', 'after'])('when the process dies %s the provider took it', async (moment) => {
    const id = await queued()
    // A call that never comes back is all that is left of a process that was killed in the middle of it.
    const called = Promise.withResolvers<void>()
    const dying = world.secondWorker(async (url, init) => {
      if (moment === 'after') await honest(url, init)
      called.resolve()
      return new Promise<never>(() => {})
    })
    await dying.loops[0]?.run()
    await called.promise
    expect(inbox(id)).toHaveLength(moment === 'after' ? 1 : 0)
    expect(await world.message(id)).toMatchObject({ state: 'sending' })
    await settle()
    expect(inbox(id)).toHaveLength(1)
    const { state, attempts } = await world.message(id)
    expect(state).toMatch(/^(sent|delivered)$/)
    expect(attempts).toBe(moment === 'after' ? 1 : 2)
  })

  test('when the records cannot be read either: it waits, and is not sent again', async () => {
    world.standIn.behave({ mode: 'lose', times: 1, receiptDelayMs: 86_000_000 })
    world.network.fetch = async (url, init) => {
      if (isSend(init)) return honest(url, init)
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('down'), { code: 'ECONNREFUSED' }) })
    }
    const id = await queued()
    for (let i = 0; i < 30; i++) {
      await world.drain()
      world.stores.clock.advance(minute)
    }
    expect(await world.message(id)).toMatchObject({ state: 'unknown', attempts: 1 })
    world.network.fetch = honest
    await settle()
    expect(await world.message(id)).toMatchObject({ state: 'sent' })
    expect(inbox(id)).toHaveLength(1)
  })

  test('when a receipt comes before the answer, and then again', async () => {
    const id = await queued()
    world.standIn.behave({ receiptDelayMs: 0 })
    const push = (body: object) =>
      world.stores.db
        .one<{ callback_token: string }>(sql`select callback_token from channel_accounts`)
        .then((row) =>
          world.http.request(`/callbacks/aliyun/${row?.callback_token}/report`, { method: 'POST', body: JSON.stringify([body]) }),
        )
    const { id: messageId } = await world.message(id)
    const receipt = {
      phone_number: phoneNumber(id).slice(3),
      report_time: '2026-03-02 10:00:01',
      success: true,
      err_code: 'DELIVERED',
      biz_id: 'x',
      out_id: messageId,
    }
    world.network.fetch = async (url, init) => {
      const response = await honest(url, init)
      if (isSend(init)) await push(receipt)
      return response
    }
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'delivered' })
    await push(receipt)
    await push({ ...receipt, success: false, err_code: 'MK:0001' })
    await push({ ...receipt, phone_number: '13900000000' })
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'delivered', reason: null })
    const events = world.recorded.filter((event) => event.personId === id).map((event) => event.event)
    expect(events.sort()).toEqual(['Message Delivered', 'Message Sent'])
  })
})

describe('a refusal of the provider', () => {
  test('for frequency is tried again in the next window', async () => {
    world.standIn.behave({ mode: 'refuse', code: 'isv.BUSINESS_LIMIT_CONTROL', times: 1 })
    const id = await queued()
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'held', reason: 'isv.BUSINESS_LIMIT_CONTROL', cost_fen: 0 })
    world.stores.clock.advance(60 * minute)
    await world.drain()
    expect(inbox(id)).toHaveLength(1)
  })

  test('for a number that does not exist ends every message to it', async () => {
    world.standIn.behave({ mode: 'refuse', code: 'isv.MOBILE_NUMBER_ILLEGAL', times: 1 })
    const id = await queued()
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'failed', reason: 'isv.MOBILE_NUMBER_ILLEGAL', due_at: null })
    await world.send(id, 'plain', { purpose: 'transactional' })
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'dropped', reason: 'suppressed' })
  })

  test('for the text fails this message only', async () => {
    world.standIn.behave({ mode: 'refuse', code: 'isv.SMS_CONTENT_ILLEGAL', times: 1 })
    const id = await queued()
    await world.drain()
    expect(await world.message(id)).toMatchObject({ state: 'failed', reason: 'isv.SMS_CONTENT_ILLEGAL' })
    await world.send(id, 'plain')
    await world.drain()
    expect(inbox(id)).toHaveLength(1)
  })

  test('of the account stops the sender for a while, with a metric, and loses nothing', async () => {
    world.standIn.behave({ mode: 'refuse', code: 'isv.AMOUNT_NOT_ENOUGH', times: 1 })
    const first = await queued()
    await world.drain()
    const second = await queued()
    await world.drain()
    expect(await world.message(first)).toMatchObject({ state: 'held', reason: 'isv.AMOUNT_NOT_ENOUGH' })
    expect(await world.message(second)).toMatchObject({ state: 'held', reason: 'account_paused', attempts: 0 })
    expect(await world.stores.metrics.registry.metrics()).toContain(`chaoxi_sms_account_paused{workspace="${world.workspaceId}"} 1`)
    world.stores.clock.advance(6 * minute)
    await world.drain()
    expect([...inbox(first), ...inbox(second)]).toHaveLength(2)
    expect(await world.stores.metrics.registry.metrics()).toContain(`chaoxi_sms_account_paused{workspace="${world.workspaceId}"} 0`)
  })

  test('for being busy is tried again with growing pauses, and given up at last', async () => {
    world.standIn.behave({ mode: 'refuse', code: 'isp.SYSTEM_ERROR' })
    const id = await queued()
    for (let i = 0; i < 60; i++) {
      await world.drain()
      world.stores.clock.advance(minute)
    }
    expect(await world.message(id)).toMatchObject({ state: 'failed', reason: 'isp.SYSTEM_ERROR', attempts: 8 })
  })
})

test('a receipt that says no is a failure with its code, and does not count for the cap', async () => {
  world.standIn.behave({ receiptSuccess: false, receiptErrorCode: 'MK:0004' })
  const id = await queued()
  await world.drain()
  world.stores.clock.advance(2_000)
  await world.drain()
  expect(await world.message(id)).toMatchObject({ state: 'failed', reason: 'MK:0004', cost_fen: 5 })
  world.standIn.behave({})
  for (let i = 0; i < 4; i++) await world.send(id, 'plain')
  await world.drain()
  expect(inbox(id)).toHaveLength(4)
})
