import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import type { Ids } from '../../platform/ids.ts'
import type { FindOutcome, SmsAccount, SmsProvider } from '../provider.ts'
import { acs3Algorithm, acs3Sign, canonicalQuery, sha256Hex } from './acs3.ts'
import { beijingDay } from './beijing.ts'
import { refusalKind } from './codes.ts'

/** As much of the built-in `fetch` as is used here. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; signal: AbortSignal },
) => Promise<Pick<Response, 'status' | 'json'>>

export interface AliyunDeps {
  readonly clock: Clock
  readonly ids: Ids
  readonly fetch: Fetch
  readonly timeoutMs: number
}

const version = '2017-05-25'
const detailsPageSize = 50
/** 2,500 messages to one number on one day: more than carriers let through. */
const detailsPagesMax = 50
/** 推广短信: texts with an opt-out. */
const templateTypePromotion = '2'
const templateNameMax = 30
/** How far the provider's clock may be from ours: it refuses signatures that are further off. */
const clockSkewMs = 15 * 60_000

const answerSchema = z.looseObject({ Code: z.string(), Message: z.string().default('') })
const detailsSchema = z.object({
  TotalCount: z.coerce.number(),
  SmsSendDetailDTOs: z.object({
    SmsSendDetailDTO: z.array(z.object({ OutId: z.string().optional(), SendStatus: z.coerce.number(), ErrCode: z.string().optional() })),
  }),
})

type Answer =
  | { readonly kind: 'ok'; readonly body: Record<string, unknown> }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'not_sent'; readonly error: string }
  | { readonly kind: 'unknown'; readonly error: string }

/** Errors of a connection that was never made; everything else may have reached the provider. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

function errorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  return 'cause' in error ? errorCode(error.cause) : null
}

/** Domestic numbers go bare, others with their country code, as the provider wants them. */
const providerNumber = (address: string) => (address.startsWith('+86') ? address.slice(3) : address.replace(/^\+/, ''))

/** Aliyun Dysmsapi 2017-05-25 over fetch. */
export function createAliyun({ clock, ids, fetch, timeoutMs }: AliyunDeps): SmsProvider {
  async function call(account: SmsAccount, action: string, query: Record<string, string>): Promise<Answer> {
    const url = new URL(account.endpoint)
    const headers: Record<string, string> = {
      host: url.host,
      'x-acs-action': action,
      'x-acs-version': version,
      'x-acs-date': new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
      'x-acs-signature-nonce': ids.secret(16),
      'x-acs-content-sha256': sha256Hex(''),
    }
    const request = { method: 'POST', path: url.pathname, query, body: '', headers }
    const { signature, signedHeaders } = acs3Sign(request, account.accessKeySecret)
    headers.authorization = `${acs3Algorithm} Credential=${account.accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`
    // It is signed, and the client sends it by itself.
    delete headers.host
    // Not AbortSignal.timeout: its timers outlive the call.
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    try {
      const response = await fetch(`${url.origin}${url.pathname}?${canonicalQuery(query)}`, {
        method: 'POST',
        headers,
        signal: timeout.signal,
      })
      const body = answerSchema.safeParse(await response.json().catch(() => null))
      if (!body.success) return { kind: 'unknown', error: `HTTP ${response.status} without a readable answer` }
      if (body.data.Code === 'OK') return { kind: 'ok', body: body.data }
      // A 5xx says that something broke in there, not that it broke before the message went out.
      if (response.status >= 500) return { kind: 'unknown', error: `HTTP ${response.status} ${body.data.Code}` }
      return { kind: 'refused', code: body.data.Code, message: body.data.Message }
    } catch (error) {
      const code = errorCode(error)
      const message = error instanceof Error ? error.message : String(error)
      return { kind: code !== null && neverConnected.has(code) ? 'not_sent' : 'unknown', error: code ? `${message} (${code})` : message }
    } finally {
      clearTimeout(timer)
    }
  }

  /** One day of the provider's records about a number, page by page. */
  async function findOnDay(account: SmsAccount, address: string, outId: string, day: string): Promise<FindOutcome> {
    for (let page = 1; page <= detailsPagesMax; page++) {
      const answer = await call(account, 'QuerySendDetails', {
        PhoneNumber: providerNumber(address),
        SendDate: day,
        PageSize: String(detailsPageSize),
        CurrentPage: String(page),
      })
      if (answer.kind === 'refused') return { kind: 'unanswered', error: `${answer.code} ${answer.message}` }
      if (answer.kind !== 'ok') return { kind: 'unanswered', error: answer.error }
      const details = detailsSchema.safeParse(answer.body)
      if (!details.success) return { kind: 'unanswered', error: 'records in an unknown form' }
      const rows = details.data.SmsSendDetailDTOs.SmsSendDetailDTO
      const row = rows.find((detail) => detail.OutId === outId)
      if (row) {
        const state = row.SendStatus === 3 ? 'delivered' : row.SendStatus === 2 ? 'failed' : 'waiting'
        return { kind: 'found', message: { state, errorCode: row.ErrCode ?? null } }
      }
      if (page * detailsPageSize >= details.data.TotalCount) return { kind: 'absent' }
    }
    return { kind: 'unanswered', error: 'more records than are read' }
  }

  return {
    async send(account, request) {
      const answer = await call(account, 'SendSms', {
        PhoneNumbers: providerNumber(request.address),
        SignName: account.signName,
        TemplateCode: request.templateCode,
        TemplateParam: JSON.stringify(request.params),
        OutId: request.outId,
      })
      if (answer.kind === 'ok') return { kind: 'accepted', providerId: String(answer.body.BizId ?? '') }
      if (answer.kind === 'refused') return { ...answer, why: refusalKind(answer.code) }
      return answer
    },

    async find(account, { address, outId, sentAt }) {
      // Around midnight, Beijing's calendar and the two clocks decide under which day it stands.
      for (const day of new Set([beijingDay(sentAt - clockSkewMs), beijingDay(sentAt + clockSkewMs)])) {
        const found = await findOnDay(account, address, outId, day)
        if (found.kind !== 'absent') return found
      }
      return { kind: 'absent' }
    },

    async fileTemplate(account, { name, text }) {
      const answer = await call(account, 'AddSmsTemplate', {
        TemplateType: templateTypePromotion,
        TemplateName: name.slice(0, templateNameMax),
        TemplateContent: text,
        Remark: name,
      })
      if (answer.kind === 'refused') {
        return refusalKind(answer.code) === 'content' ? answer : { kind: 'unanswered', error: `${answer.code} ${answer.message}` }
      }
      if (answer.kind !== 'ok') return { kind: 'unanswered', error: answer.error }
      return { kind: 'filed', code: String(answer.body.TemplateCode ?? '') }
    },

    async reviewOf(account, templateCode) {
      const answer = await call(account, 'QuerySmsTemplate', { TemplateCode: templateCode })
      if (answer.kind !== 'ok') return 'unanswered'
      const status = Number(answer.body.TemplateStatus)
      return status === 1 ? 'approved' : status === 2 ? 'rejected' : 'pending'
    },
  }
}
