import { createHash } from 'node:crypto'
import type { Problem } from '@chaoxi/contract'
import { type Identifier, identifierLengthMax, normaliseEmail, normalisePhone, type TraitOperation } from '../identity/index.ts'
import { type ItemFact, itemOf } from './commerce.ts'
import { badValue } from './json.ts'
import type { Message, Rejection } from './message.ts'
import { sayingEvent } from './message.ts'
import { eventTime } from './time.ts'

// The data format of Sensors (神策), as its SDKs send it: manual.sensorsdata.cn/sa, "data format". One record becomes one
// message; how its identities map to ours stands at `whoOf`.

/** How the quarantine names where such a record came from. */
export const sensorsSource = '/sa'

type Fields = Record<string, unknown>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A catalogue item said by `item_set`: of no person, so no event. */
export interface SensorsItem {
  readonly item: ItemFact
}

const reserved =
  /^(distinct_id|original_id|time|properties|id|first_id|second_id|users|events|event|event_id|device_id|user_id|date|datetime|user_group.*|user_tag.*)$/i
const nameForm = /^[a-z_$][a-z\d_$]{0,99}$/i
const textMax = 8_191

const operations: Record<string, TraitOperation> = {
  profile_set: 'set',
  profile_set_once: 'set_once',
  profile_increment: 'increment',
  profile_append: 'append',
  profile_unset: 'unset',
  profile_delete: 'delete',
}
/** The event that a record without a name of its own stands for. */
const ownEvents: Record<string, string> = { track_signup: '$SignUp', track_id_bind: '$BindID', track_id_unbind: '$UnbindID' }

/** What the SDK says of itself and not of the customer. */
const ofTheLibrary = /^\$(lib|lib_\w+|is_login_id|is_first_day|is_first_time|ip|user_agent)$/

function checkName(name: string, path: string): Problem | null {
  if (nameForm.test(name) && !reserved.test(name)) return null
  return {
    path,
    message: `is no name that Sensors allows: letters, digits, _ and $, at most 100, and none of its own words: "${name.slice(0, 40)}"`,
  }
}

function checkProperties(properties: Fields): Problem[] {
  return Object.entries(properties).flatMap(([name, value]): Problem[] => {
    const path = `properties.${name}`
    const named = checkName(name, path)
    if (named) return [named]
    if (typeof value === 'string' && value.length > textMax) return [{ path, message: `is longer than ${textMax} characters` }]
    if (Array.isArray(value) && !value.every((one) => typeof one === 'string')) return [{ path, message: 'must be a list of texts' }]
    if (isFields(value)) return [{ path, message: 'must not hold an object; give its parts names of their own' }]
    return []
  })
}

function checkOperation(operation: TraitOperation, properties: Fields): Problem[] {
  if (operation === 'increment')
    return Object.entries(properties).flatMap(([name, value]) =>
      typeof value === 'number' ? [] : [{ path: `properties.${name}`, message: 'must be a number: it is added' }],
    )
  if (operation === 'append')
    return Object.entries(properties).flatMap(([name, value]) =>
      Array.isArray(value) ? [] : [{ path: `properties.${name}`, message: 'must be a list of texts: they are appended' }],
    )
  return []
}

function id(value: unknown, path: string, problems: Problem[]): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string') problems.push({ path, message: 'must be text' })
  else if (value.length > identifierLengthMax) problems.push({ path, message: `is longer than ${identifierLengthMax} characters` })
  else return value
  return null
}

interface Who {
  userId: string | null
  anonymousId: string | null
  phone: string | null
  email: string | null
  wechat: Identifier[]
}

/**
 * Sensors' identities as ours: `$identity_login_id` is the user id, `$identity_mobile` and `$identity_email` are contacts,
 * `$identity_mp_unionid` and `$identity_mp_<appid>_openid` are WeChat's, and any other is a device. An older record has
 * `login_id` and `anonymous_id`, or only `distinct_id`, which is the account's if `$is_login_id` says so.
 */
function whoOf(record: Fields, properties: Fields, problems: Problem[]): Who {
  const who: Who = {
    userId: id(record.login_id, 'login_id', problems),
    anonymousId: id(record.anonymous_id, 'anonymous_id', problems),
    phone: null,
    email: null,
    wechat: [],
  }
  for (const [key, given] of Object.entries(isFields(record.identities) ? record.identities : {})) {
    const value = id(given, `identities.${key}`, problems)
    if (value === null) continue
    const openid = /^\$identity_(?:mp_)?(\w+)_openid$/.exec(key)
    if (key === '$identity_login_id') who.userId ??= value
    else if (key === '$identity_mobile') who.phone = normalisePhone(value)
    else if (key === '$identity_email') who.email = normaliseEmail(value)
    else if (/^\$identity_(?:mp_)?unionid$/.test(key)) who.wechat.push({ kind: 'unionid', value })
    else if (openid) who.wechat.push({ kind: 'openid', value: `${openid[1]}:${value}`.slice(0, identifierLengthMax) })
    else who.anonymousId ??= value
  }
  const distinct = id(record.distinct_id, 'distinct_id', problems)
  if (record.type === 'track_signup') {
    who.userId ??= distinct
    who.anonymousId ??= id(record.original_id, 'original_id', problems)
  }
  if (properties.$is_login_id === true) who.userId ??= distinct
  if (who.userId === null) who.anonymousId ??= distinct
  return who
}

/** What an unbinding takes away: all that its identities name, from the person that its distinct id names. */
function unboundBy(who: Who, distinct: unknown): { who: Who; unbind: Identifier[] } {
  const unbind: Identifier[] = [...who.wechat]
  if (who.phone !== null) unbind.push({ kind: 'phone', value: who.phone })
  if (who.email !== null) unbind.push({ kind: 'email', value: who.email })
  if (who.anonymousId !== null && who.anonymousId !== distinct) unbind.push({ kind: 'anonymous_id', value: who.anonymousId })
  const keepsDevice = who.anonymousId === distinct || who.userId === null
  return { who: { ...who, phone: null, email: null, wechat: [], anonymousId: keepsDevice ? who.anonymousId : null }, unbind }
}

/** A record sent again is the same but for the time of sending, so its content names it. */
function messageIdOf(record: Fields): string {
  const { _flush_time, ...content } = record
  return `sa-${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 32)}`
}

/** Checks one record. `receivedAt` in ms. */
export function parseSensors(raw: unknown, receivedAt: number): Message | SensorsItem | Rejection {
  const wrong = (reason: string, problems: Problem[]): Rejection => ({ reason, problems })
  if (!isFields(raw)) return wrong('invalid_message', [{ path: '', message: 'must be an object' }])
  const type = String(raw.type)
  const properties = raw.properties ?? {}
  if (!isFields(properties)) return wrong('invalid_message', [{ path: 'properties', message: 'must be an object' }])
  const bad = badValue(raw, true)
  if (bad) return wrong('invalid_value', [bad])
  const when = eventTime({ timestamp: raw.time, originalTimestamp: undefined, sentAt: raw._flush_time, receivedAt })
  if ('problem' in when) return wrong(when.problem, [{ path: 'time', message: when.message }])
  const { time } = when

  const problems: Problem[] = []
  if (type === 'item_set') {
    const itemId = id(raw.item_id, 'item_id', problems)
    if (itemId === null) problems.push({ path: 'item_id', message: 'is missing' })
    const item = itemOf({ category: raw.item_type, ...properties, product_id: itemId }, time)
    return item === null || problems.length > 0 ? wrong('invalid_message', problems) : { item }
  }
  const operation = operations[type]
  const event = operation === undefined ? (type === 'track' ? raw.event : ownEvents[type]) : sayingEvent(operation)
  if (event === undefined && type !== 'track') {
    const known = ['track', ...Object.keys(ownEvents), ...Object.keys(operations), 'item_set'].join(', ')
    return wrong('invalid_message', [{ path: 'type', message: `is "${type.slice(0, 40)}"; taken are ${known}` }])
  }
  if (typeof event !== 'string') return wrong('invalid_message', [{ path: 'event', message: 'is missing: a track record names its event' }])
  const named = type === 'track' ? checkName(event, 'event') : null
  if (named) problems.push(named)
  problems.push(...checkProperties(properties), ...(operation === undefined ? [] : checkOperation(operation, properties)))

  const all = whoOf(raw, properties, problems)
  const { who, unbind } = type === 'track_id_unbind' ? unboundBy(all, raw.distinct_id) : { who: all, unbind: [] }
  if (who.userId === null && who.anonymousId === null && problems.length === 0)
    problems.push({ path: 'distinct_id', message: 'is missing: a record needs a distinct_id, or identities' })
  if (problems.length > 0) return wrong('invalid_message', problems)
  const said = operation === undefined ? properties : traitsOf(properties)
  return {
    ...who,
    type: operation === undefined ? 'track' : 'identify',
    event,
    messageId: messageIdOf(raw),
    previousId: null,
    unbind,
    properties: said,
    context: contextOf(raw, properties),
    time,
  }
}

/** Attributes without what the library says of itself; Sensors' preset name is ours. */
function traitsOf(properties: Fields): Fields {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) => (ofTheLibrary.test(name) ? [] : [[name === '$name' ? 'name' : name, value]])),
  )
}

/** In the words of Segment's context; `externalIds` lets a recovery find the same identities again. */
function contextOf(record: Fields, properties: Fields): Fields {
  const lib = isFields(record.lib) ? record.lib : properties
  const identities = Object.entries(isFields(record.identities) ? record.identities : {}).flatMap(([key, value]) => {
    const openid = /^\$identity_(?:mp_)?(\w+)_openid$/.exec(key)
    if (openid) return [{ id: value, type: `wechat_openid:${openid[1]}` }]
    return /^\$identity_(?:mp_)?unionid$/.test(key) ? [{ id: value, type: 'wechat_unionid' }] : []
  })
  return {
    library: { name: `sensors-${String(lib.$lib ?? 'unknown')}`, version: String(lib.$lib_version ?? '') },
    ...(identities.length > 0 && record.type !== 'track_id_unbind' ? { externalIds: identities } : {}),
  }
}

/** The SDK's checksum over the base64 text, in signed 32 bits. */
export function sensorsChecksum(base64: string): number {
  let hash = 0
  for (let i = 0; i < base64.length; i++) hash = ((hash << 5) - hash + base64.charCodeAt(i)) | 0
  return hash
}
