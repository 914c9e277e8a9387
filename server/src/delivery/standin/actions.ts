import { beijingDay, beijingTime } from '../aliyun/beijing.ts'
import type { Behaviour } from './behaviour.ts'
import type { SmsEntry } from './journal.ts'
import { phoneOf, type StandInState } from './state.ts'

export interface ActionInput {
  readonly accessKeyId: string
  readonly query: Readonly<Record<string, string>>
  readonly now: number
  readonly behaviour: Behaviour
  nextNumber(): number
}

type Answer = { readonly Code: string; readonly Message: string } & Record<string, unknown>
const ok = (fields: Record<string, unknown> = {}): Answer => ({ Code: 'OK', Message: 'OK', ...fields })
export const refused = (code: string, message = code): Answer => ({ Code: code, Message: message })

const textMax = 500
const placeholder = /\$\{(\w+)\}/g

/** Fills a filed text; null when the parameters do not fit it. */
function fill(text: string, params: Record<string, unknown>): string | null {
  const names = new Set([...text.matchAll(placeholder)].map((match) => match[1] ?? ''))
  if ([...names].some((name) => typeof params[name] !== 'string')) return null
  return text.replace(placeholder, (_, name: string) => String(params[name]))
}

function parseParams(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json === '' ? '{}' : json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

/** Checks a message as Aliyun does, and takes it: on disk when this resolves. */
export async function sendSms(state: StandInState, { accessKeyId, query, now, behaviour, nextNumber }: ActionInput): Promise<Answer> {
  const numbers = (query.PhoneNumbers ?? '').split(',')
  const phone = numbers.length === 1 ? phoneOf(numbers[0] ?? '') : null
  if (phone === null) return refused('isv.MOBILE_NUMBER_ILLEGAL', `非法手机号 ${query.PhoneNumbers ?? ''}`)
  if (!query.SignName) return refused('isv.SMS_SIGNATURE_ILLEGAL', '短信签名不合法')
  const template = state.templates.get(query.TemplateCode ?? '')
  if (!template || template.accessKeyId !== accessKeyId || template.status !== 1)
    return refused('isv.SMS_TEMPLATE_ILLEGAL', '短信模板不合法')
  const params = parseParams(query.TemplateParam ?? '')
  if (!params) return refused('isv.INVALID_JSON_PARAM', 'JSON参数不合法')
  const filled = fill(template.text, params)
  if (filled === null) return refused('isv.TEMPLATE_MISSING_PARAMETERS', '模板缺少变量')
  const text = `【${query.SignName}】${filled}`
  if (text.length > textMax) return refused('isv.SMS_CONTENT_ILLEGAL', '短信内容超过500字')
  const bizId = `${nextNumber()}^0`
  const sms: SmsEntry = {
    kind: 'sms',
    bizId,
    accessKeyId,
    phone,
    signName: query.SignName,
    templateCode: template.code,
    text,
    outId: query.OutId ?? '',
    at: now,
    success: behaviour.receiptSuccess,
    errorCode: behaviour.receiptSuccess ? 'DELIVERED' : behaviour.receiptErrorCode,
    receiptAt: now + behaviour.receiptDelayMs,
  }
  await state.add(sms)
  return ok({ BizId: bizId })
}

export function querySendDetails(state: StandInState, { accessKeyId, query, now }: ActionInput): Answer {
  const phone = phoneOf(query.PhoneNumber ?? '')
  const [size, page] = [Number(query.PageSize), Number(query.CurrentPage)]
  if (phone === null || !(size >= 1 && size <= 50) || !(page >= 1) || !/^\d{8}$/.test(query.SendDate ?? '')) {
    return refused('isv.INVALID_PARAMETERS', '参数异常')
  }
  const all = (state.byPhone.get(phone) ?? []).filter(
    (sms) => sms.accessKeyId === accessKeyId && beijingDay(sms.at) === query.SendDate && (!query.BizId || sms.bizId === query.BizId),
  )
  const details = all.slice((page - 1) * size, page * size).map((sms) => ({
    PhoneNum: sms.phone,
    SendStatus: sms.receiptAt > now ? 1 : sms.success ? 3 : 2,
    ErrCode: sms.receiptAt > now ? '' : sms.errorCode,
    TemplateCode: sms.templateCode,
    Content: sms.text,
    SendDate: beijingTime(sms.at),
    ReceiveDate: sms.receiptAt > now ? '' : beijingTime(sms.receiptAt),
    OutId: sms.outId,
  }))
  return ok({ TotalCount: String(all.length), SmsSendDetailDTOs: { SmsSendDetailDTO: details } })
}

const reviewed = { approve: 1, pend: 0, reject: 2 } as const

export async function addSmsTemplate(state: StandInState, { accessKeyId, query, behaviour, nextNumber }: ActionInput): Promise<Answer> {
  const [name, text] = [query.TemplateName ?? '', query.TemplateContent ?? '']
  if (name === '' || name.length > 30 || text === '' || text.length > textMax || !/^[0-3]$/.test(query.TemplateType ?? '')) {
    return refused('isv.INVALID_PARAMETERS', '参数异常')
  }
  if (/[【】]/.test(text)) return refused('isv.SMS_TEMPLATE_ILLEGAL', '模板内容不能含有【】')
  if (/\$\{\w+\}\$\{\w+\}/.test(text)) return refused('isv.SMS_TEMPLATE_ILLEGAL', '变量不能相邻')
  const code = `SMS_${nextNumber()}`
  await state.add({ kind: 'template', code, accessKeyId, name, text, status: reviewed[behaviour.templateReview] })
  return ok({ TemplateCode: code })
}

export function querySmsTemplate(state: StandInState, { accessKeyId, query }: ActionInput): Answer {
  const template = state.templates.get(query.TemplateCode ?? '')
  if (!template || template.accessKeyId !== accessKeyId) return refused('isv.SMS_TEMPLATE_ILLEGAL', '模板不存在')
  return ok({
    TemplateCode: template.code,
    TemplateName: template.name,
    TemplateContent: template.text,
    TemplateStatus: template.status,
    TemplateType: 2,
  })
}

export const actions: Record<string, (state: StandInState, input: ActionInput) => Answer | Promise<Answer>> = {
  SendSms: sendSms,
  QuerySendDetails: querySendDetails,
  AddSmsTemplate: addSmsTemplate,
  QuerySmsTemplate: querySmsTemplate,
}
