import type { Channel, MessageState, Purpose } from '@chaoxi/contract'

/** What a journey (or anything else) asks to be sent. The effect key makes asking twice harmless. */
export interface NewMessage {
  readonly workspaceId: number
  readonly effectKey: string
  readonly personId: number
  readonly channel: Channel
  readonly purpose: Purpose
  readonly template: string
  readonly journeyId: string | null
  readonly journeyVersion: number | null
  readonly nodeId: string | null
  readonly runId: string | null
  /** `messagesMoved` is told what becomes of it. */
  readonly awaited?: boolean
  /** What the template reads: the trigger's properties as `event.*`, the coupon given for this message as `coupon.*`, what systems outside answered as `webhook.*`. */
  readonly context: {
    readonly event?: Readonly<Record<string, unknown>>
    readonly coupon?: Readonly<Record<string, unknown>>
    readonly webhook?: Readonly<Record<string, unknown>>
  }
}

/** A message as the loops work on it. */
export interface Message {
  readonly workspaceId: number
  readonly id: string
  readonly personId: number
  readonly channel: Channel
  readonly purpose: Purpose
  readonly template: string
  readonly journeyId: string | null
  readonly journeyVersion: number | null
  readonly nodeId: string | null
  readonly runId: string | null
  readonly event: Record<string, unknown>
  /** The coupon that was given for this message; null: whichever the person has. */
  readonly coupon: Record<string, unknown> | null
  readonly webhook: Record<string, unknown>
  readonly state: MessageState
  readonly reason: string | null
  readonly attempts: number
  readonly address: string | null
  readonly providerId: string | null
  /** Of an SMS: `{ linkCode }`. Of a popup: `{ expiresAt }`. */
  readonly rendered: Record<string, unknown>
  readonly createdAt: number
  readonly sentAt: number | null
}

/** One answer of the gate, or of what comes after it (a text with a hole), as it is kept. */
export interface DecisionRecord {
  readonly answer: 'send' | 'hold' | 'drop'
  readonly reason: string
  readonly details: Record<string, unknown>
}

export type MessageEventName =
  | 'Message Sent'
  | 'Message Delivered'
  | 'Message Failed'
  | 'Message Shown'
  | 'Message Clicked'
  | 'Message Closed'
  | 'Message Replied'
  | 'Message Unsubscribed'

/** What happened to a message, to be told to the intake as an event of the person. */
export interface MessageEvent {
  readonly workspaceId: number
  readonly personId: number
  readonly event: MessageEventName
  readonly properties: Record<string, unknown>
  /** Unique: `sent:msg_…`. */
  readonly messageId: string
  readonly at: number
}

type Told = Pick<
  Message,
  'workspaceId' | 'id' | 'personId' | 'channel' | 'purpose' | 'template' | 'journeyId' | 'journeyVersion' | 'nodeId'
>

export function messageEvent(
  message: Told,
  event: MessageEventName,
  at: number,
  options: { key?: string; properties?: Record<string, unknown> } = {},
): MessageEvent {
  return {
    workspaceId: message.workspaceId,
    personId: message.personId,
    event,
    properties: {
      message_id: message.id,
      channel: message.channel,
      purpose: message.purpose,
      template: message.template,
      journey_id: message.journeyId,
      journey_version: message.journeyVersion,
      node_id: message.nodeId,
      ...options.properties,
    },
    messageId: `${event.slice('Message '.length).toLowerCase()}:${options.key ?? message.id}`,
    at,
  }
}

/** Waiting reasons that other parts look for. */
export const awaitingVisit = 'awaiting_visit'
export const templateReview = 'template_review'

/** How long things take. Tests and one-process set-ups may shorten them. */
export interface Timing {
  /** Longest that a call of the provider may take. */
  readonly callMs: number
  /** A message that is `sending` for longer has lost its sender; more than a call takes. */
  readonly sendingMs: number
  /** How long after a first look in vain the provider's records are looked at again, before the message goes out anew. */
  readonly secondLookMs: number
  /** Pause of an account's sender after an error of the account. */
  readonly accountPauseMs: number
}

export const defaultTiming: Timing = { callMs: 10_000, sendingMs: 15_000, secondLookMs: 60_000, accountPauseMs: 300_000 }

/** After this an SMS that could not go out is stale: dropped as `expired`. Quiet hours and cap windows are shorter. */
export const messageAgeMaxMs = 72 * 3_600_000
