import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { createTestClock } from '../../../test/harness/clock.ts'
import { createLog } from '../../../test/harness/log.ts'
import { acs3Algorithm, acs3Sign, canonicalQuery, sha256Hex } from '../aliyun/acs3.ts'
import { createStandIn, type StandIn } from './index.ts'
import type { PushFetch } from './pushes.ts'

const clock = createTestClock()
let file: string
let count = 0
let pushes: { url: string; body: Record<string, unknown>[] }[] = []
let acknowledge = true
const fetch: PushFetch = async (url, init) => {
  pushes.push({ url, body: JSON.parse(init.body) })
  return Response.json({ code: acknowledge ? 0 : 1 })
}
const account = {
  accessKeyId: 'id',
  accessKeySecret: 'secret',
  reportUrl: 'http://127.0.0.1:7700/r',
  uplinkUrl: 'http://127.0.0.1:7700/u',
}
const open = (): StandIn => createStandIn({ file, clock, log: createLog(), fetch })
let standIn: StandIn

beforeEach(() => {
  file = join(inject('scratchFolder'), `standin-unit-${process.pid}-${++count}.jsonl`)
  pushes = []
  acknowledge = true
  standIn = open()
  standIn.register(account)
})

interface Change {
  query?: Record<string, string>
  headers?: Record<string, string>
  secret?: string
  id?: string
  body?: string
}

/** A signed call, with something changed before (or after) signing. */
async function call(
  action: string,
  query: Record<string, string>,
  change: Change = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers: Record<string, string> = {
    host: 'localhost',
    'x-acs-action': action,
    'x-acs-version': '2017-05-25',
    'x-acs-date': new Date(clock.now()).toISOString().replace(/\.\d{3}/, ''),
    'x-acs-signature-nonce': `nonce-${++count}`,
    'x-acs-content-sha256': sha256Hex(''),
    ...change.headers,
  }
  const { signature, signedHeaders } = acs3Sign(
    { method: 'POST', path: '/standin/aliyun/', query, body: '', headers },
    change.secret ?? 'secret',
  )
  const authorization = `${acs3Algorithm} Credential=${change.id ?? 'id'},SignedHeaders=${signedHeaders},Signature=${signature}`
  const url = `http://localhost/standin/aliyun/?${canonicalQuery(change.query ?? query)}`
  const response = await new Hono()
    .route('/standin', standIn.app)
    .request(url, { method: 'POST', headers: { ...headers, authorization }, body: change.body ?? '' })
  return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) }
}
const filed = async (text: string) =>
  String((await call('AddSmsTemplate', { TemplateType: '2', TemplateName: 'n', TemplateContent: text, Remark: 'r' })).body.TemplateCode)
const sms = async (change: Record<string, string> = {}) => {
  const TemplateCode = change.TemplateCode ?? (await filed('满#{p1}元回T退订'.replace('#', '$')))
  return { PhoneNumbers: '13900000001', SignName: '店', TemplateCode, TemplateParam: '{"p1":"99"}', OutId: 'msg_1', ...change }
}

describe('the stand-in checks what the provider checks', () => {
  test('a good call is taken, and its text is what was filed, filled in', async () => {
    expect(await call('SendSms', await sms())).toMatchObject({ status: 200, body: { Code: 'OK', BizId: expect.stringMatching(/\^0$/) } })
    expect(standIn.inbox('+8613900000001')).toMatchObject([{ text: '【店】满99元回T退订', outId: 'msg_1' }])
  })

  test.each<[string, string, Change]>([
    ['a wrong secret', 'SignatureDoesNotMatch', { secret: 'guess' }],
    ['a query changed on the way', 'SignatureDoesNotMatch', { query: { PhoneNumbers: '13900000002' } }],
    ['a body whose hash was not signed', 'SignatureDoesNotMatch', { body: 'x' }],
    ['an unknown key', 'InvalidAccessKeyId.NotFound', { id: 'nobody' }],
    [
      'a clock that is 16 minutes off',
      'InvalidTimeStamp.Expired',
      { headers: { 'x-acs-date': new Date(clock.now() - 16 * 60_000).toISOString() } },
    ],
    ['no nonce', 'MissingParameter', { headers: { 'x-acs-signature-nonce': '' } }],
  ])('%s is refused', async (_, code, change) => {
    const answer = await call('SendSms', await sms(), change)
    expect(answer.body.Code).toBe(code)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(standIn.inbox('13900000001')).toEqual([])
  })

  test('a nonce works once', async () => {
    const headers = { 'x-acs-signature-nonce': 'same' }
    expect((await call('SendSms', await sms(), { headers })).body.Code).toBe('OK')
    expect((await call('SendSms', await sms(), { headers })).body.Code).toBe('SignatureNonceUsed')
  })

  test.each([
    ['isv.MOBILE_NUMBER_ILLEGAL', { PhoneNumbers: '12345' }],
    ['isv.SMS_TEMPLATE_ILLEGAL', { TemplateCode: 'SMS_1' }],
    ['isv.TEMPLATE_MISSING_PARAMETERS', { TemplateParam: '{}' }],
    ['isv.INVALID_JSON_PARAM', { TemplateParam: '{' }],
    ['isv.SMS_SIGNATURE_ILLEGAL', { SignName: '' }],
  ])('a message that is wrong in itself is refused with %s, as HTTP 200', async (code, change) => {
    expect(await call('SendSms', await sms(change))).toMatchObject({ status: 200, body: { Code: code } })
  })
})

describe('the stand-in', () => {
  test('remembers over a restart, even one in the middle of a line, and knows its records by page', async () => {
    const message = await sms()
    for (let i = 0; i < 3; i++) await call('SendSms', { ...message, OutId: `msg_${i}` })
    standIn.close()
    appendFileSync(file, '{"kind":"sms","half')
    standIn = open()
    const records = (page: string) =>
      call('QuerySendDetails', { PhoneNumber: '13900000001', SendDate: '20260302', PageSize: '2', CurrentPage: page })
    expect((await records('2')).body).toMatchObject({
      TotalCount: '3',
      SmsSendDetailDTOs: { SmsSendDetailDTO: [{ OutId: 'msg_2', SendStatus: 1 }] },
    })
    expect((await call('SendSms', { ...message, OutId: 'msg_3' })).body.Code).toBe('OK')
    standIn.close()
    standIn = open()
    expect(standIn.inbox('13900000001').map((one) => one.outId)).toEqual(['msg_0', 'msg_1', 'msg_2', 'msg_3'])
  })

  test('misbehaves as told, for as many calls as told', async () => {
    const message = await sms()
    standIn.behave({ mode: 'refuse', code: 'isv.OUT_OF_SERVICE', times: 2 })
    const codes = []
    for (let i = 0; i < 3; i++) codes.push((await call('SendSms', message)).body.Code)
    expect(codes).toEqual(['isv.OUT_OF_SERVICE', 'isv.OUT_OF_SERVICE', 'OK'])
    standIn.behave({ mode: 'fail', times: 1 })
    expect((await call('SendSms', message)).status).toBe(500)
    expect(standIn.inbox('13900000001')).toHaveLength(1)
    standIn.behave({ mode: 'lose', times: 1 })
    expect((await call('SendSms', message)).status).toBe(500)
    expect(standIn.inbox('13900000001')).toHaveLength(2)
  })

  test('pushes receipts after their delay, and again after 1, 5 and 10 minutes until they are acknowledged', async () => {
    await call('SendSms', await sms())
    await standIn.loop.run()
    expect(pushes).toEqual([])
    acknowledge = false
    for (const ms of [1_000, 59_999, 1, 300_000, 600_000, 3_600_000]) {
      clock.advance(ms)
      await standIn.loop.run()
    }
    expect(pushes.map((push) => push.url)).toEqual(Array(4).fill('http://127.0.0.1:7700/r'))
    expect(pushes[0]?.body).toMatchObject([{ phone_number: '13900000001', success: true, err_code: 'DELIVERED', out_id: 'msg_1' }])
  })

  test('lets its phone reply to who wrote last', async () => {
    const reply = (number: string, text: string) => {
      const app = new Hono().route('/standin', standIn.app)
      return app.request(`/standin/phones/${number}/reply`, { method: 'POST', body: JSON.stringify({ text }) })
    }
    expect((await reply('13900000001', 'T')).status).toBe(404)
    await call('SendSms', await sms())
    expect(await (await reply('+8613900000001', 'T')).json()).toMatchObject({ acknowledged: true })
    expect(pushes).toMatchObject([
      { url: 'http://127.0.0.1:7700/u', body: [{ phone_number: '13900000001', content: 'T', sequence_id: expect.any(Number) }] },
    ])
  })

  test('calls back loopback addresses only', () => {
    expect(() => standIn.register({ ...account, reportUrl: 'https://example.com/r' })).toThrow('loopback')
  })
})
