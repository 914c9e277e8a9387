import type { Problem } from '@chaoxi/contract'
import {
  attributesMax,
  type Identifier,
  identifierLengthMax,
  normaliseEmail,
  normalisePhone,
  type Saying,
  traitOperations,
} from '../identity/index.ts'
import { badValue } from './json.ts'
import { eventTime } from './time.ts'

export const messageTypes = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const
export type MessageType = (typeof messageTypes)[number]

/** A message of Segment's specification, checked and normalised. */
export interface Message {
  readonly type: MessageType
  /** The event's name; `$identify`, `$page` … for the other types. */
  readonly event: string
  /** Null: the sender gave none, so it cannot come twice. */
  readonly messageId: string | null
  readonly userId: string | null
  readonly anonymousId: string | null
  readonly previousId: string | null
  /** An alias that a colleague gave. */
  readonly byHand?: true
  readonly phone: string | null
  readonly email: string | null
  /** Unionid and openids. */
  readonly wechat: readonly Identifier[]
  /** Identifiers that the message takes from its person. */
  readonly unbind: readonly Identifier[]
  /** Properties, or traits. */
  readonly properties: Record<string, unknown>
  readonly context: Record<string, unknown>
  readonly time: number
}

export interface Rejection {
  readonly reason: string
  readonly problems: Problem[]
}

export interface Arrival {
  readonly receivedAt: number
  /** Of the batch; a message's own wins. */
  readonly sentAt: unknown
  /** Whether strings can hold what the stores refuse (json.ts). */
  readonly checkText: boolean
}

const eventNameMax = 200

type Fields = Record<string, unknown>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** An identifier: text, or a whole number that a double holds exactly. */
function identifier(value: unknown, path: string, problems: Problem[]): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string') problems.push({ path, message: 'must be text (numbers beyond 2^53 lose digits: send them as text)' })
  else if (value.length > identifierLengthMax) problems.push({ path, message: `is longer than ${identifierLengthMax} characters` })
  else return value
  return null
}

function fields(value: unknown, path: string, problems: Problem[]): Fields {
  if (value === undefined || value === null) return {}
  if (isFields(value)) return value
  problems.push({ path, message: 'must be an object' })
  return {}
}

function nameOf(type: MessageType, raw: Fields, problems: Problem[]): string {
  if (type !== 'track') return `$${type}`
  const name = raw.event
  if (typeof name !== 'string' || name.trim() === '') problems.push({ path: 'event', message: 'is missing: a track call names its event' })
  else if (name.length > eventNameMax) problems.push({ path: 'event', message: `is longer than ${eventNameMax} characters` })
  else return name.trim()
  return ''
}

function payloadOf(type: MessageType, raw: Fields, problems: Problem[]): Fields {
  if (type === 'identify' || type === 'group') {
    const traits = fields(raw.traits, 'traits', problems)
    if (Object.keys(traits).length > attributesMax) problems.push({ path: 'traits', message: `has more than ${attributesMax} attributes` })
    return type === 'group' ? { ...traits, groupId: raw.groupId } : traits
  }
  const properties = fields(raw.properties, 'properties', problems)
  // page and screen carry their name beside the properties
  return typeof raw.name === 'string' && (type === 'page' || type === 'screen') ? { name: raw.name, ...properties } : properties
}

const contact = (value: unknown, normalise: (text: string) => string | null): string | null =>
  typeof value === 'string' ? normalise(value) : typeof value === 'number' ? normalise(String(value)) : null

export type Contacts = Pick<Message, 'phone' | 'email' | 'wechat'>

/**
 * Who a message names besides its user and device: telephone number (E.164) and e-mail address of an identify, and WeChat's
 * ids in Segment's `context.externalIds` (types `wechat_unionid` and `wechat_openid:<appid>`).
 */
export function contactsOf(type: MessageType, properties: Fields, context: Fields): Contacts {
  const wechat = wechatOf(context.externalIds)
  if (type !== 'identify') return { phone: null, email: null, wechat }
  return { phone: contact(properties.phone, normalisePhone), email: contact(properties.email, normaliseEmail), wechat }
}

const openidType = 'wechat_openid:'

function wechatOf(externalIds: unknown): Identifier[] {
  if (!Array.isArray(externalIds)) return []
  return externalIds.flatMap((one: unknown): Identifier[] => {
    if (!isFields(one) || typeof one.id !== 'string' || typeof one.type !== 'string' || one.id === '') return []
    if (one.type === 'wechat_unionid' && one.id.length <= identifierLengthMax) return [{ kind: 'unionid', value: one.id }]
    const value = `${one.type.slice(openidType.length)}:${one.id}`
    return one.type.startsWith(openidType) && value.length <= identifierLengthMax ? [{ kind: 'openid', value }] : []
  })
}

const operationPrefix = '$profile_'

/** The event that keeps a change of attributes: `$identify`, or Sensors' `$profile_increment` …, where `set` is an identify. */
export const sayingEvent = (operation: Saying['operation']) => (operation === 'set' ? '$identify' : `${operationPrefix}${operation}`)

/** What a message says of attributes: null when it says nothing. */
export function sayingOf({ type, event, properties }: Pick<Message, 'type' | 'event' | 'properties'>): Saying | null {
  if (type !== 'identify') return null
  const operation = traitOperations.find((known) => sayingEvent(known) === event) ?? 'set'
  return Object.keys(properties).length === 0 && operation !== 'delete' ? null : { operation, traits: properties }
}

/** Checks one message of a batch. `type` may come from the path (`/v1/track`). */
export function parseMessage(raw: unknown, pathType: MessageType | null, arrival: Arrival): Message | Rejection {
  if (!isFields(raw)) return { reason: 'invalid_message', problems: [{ path: '', message: 'must be an object' }] }
  const type = messageTypes.find((known) => known === (pathType ?? raw.type))
  if (type === undefined)
    return { reason: 'invalid_message', problems: [{ path: 'type', message: `must be one of ${messageTypes.join(', ')}` }] }
  const bad = badValue(raw, arrival.checkText)
  if (bad) return { reason: 'invalid_value', problems: [bad] }

  const problems: Problem[] = []
  const userId = identifier(raw.userId, 'userId', problems)
  const anonymousId = identifier(raw.anonymousId, 'anonymousId', problems)
  const messageId = identifier(raw.messageId, 'messageId', problems)
  const previousId = type === 'alias' ? identifier(raw.previousId, 'previousId', problems) : null
  const event = nameOf(type, raw, problems)
  const properties = payloadOf(type, raw, problems)
  const context = fields(raw.context, 'context', problems)
  if (type === 'alias') {
    if (userId === null) problems.push({ path: 'userId', message: 'is missing: alias joins previousId to userId' })
    if (previousId === null) problems.push({ path: 'previousId', message: 'is missing: alias joins previousId to userId' })
  } else if (userId === null && anonymousId === null && problems.length === 0) {
    problems.push({ path: 'userId', message: 'is missing: a message needs a userId or an anonymousId' })
  }
  if (problems.length > 0) return { reason: 'invalid_message', problems }
  const when = eventTime({
    timestamp: raw.timestamp,
    originalTimestamp: raw.originalTimestamp,
    sentAt: raw.sentAt ?? arrival.sentAt,
    receivedAt: arrival.receivedAt,
  })
  if ('problem' in when) return { reason: when.problem, problems: [{ path: 'timestamp', message: when.message }] }
  return {
    type,
    event,
    messageId,
    userId,
    anonymousId,
    previousId,
    properties,
    context,
    time: when.time,
    ...contactsOf(type, properties, context),
    unbind: [],
  }
}
