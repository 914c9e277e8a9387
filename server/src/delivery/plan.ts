import type { WorkspaceSettings } from '@chaoxi/contract'
import { type Decision, decide, type GateFacts } from '../compliance/index.ts'
import { type PersonVariables, type Template, TemplateProblem } from '../content/index.ts'
import { awaitingVisit, type DecisionRecord, type Message, messageAgeMaxMs, templateReview } from './message.ts'
import type { SmsRequest } from './provider.ts'
import type { Departure, Rest } from './store.ts'
import type { AccountRow } from './store-accounts.ts'
import { type ContentDrop, filingOf, writeSms } from './writing.ts'

/** Everything that decides about one message, loaded before. */
export interface MessageFacts {
  readonly gate: GateFacts
  readonly settings: WorkspaceSettings
  readonly template: Template | null
  readonly variables: PersonVariables | null
  readonly account: AccountRow | null
  readonly linkPrefix: string
  /** Why nobody wants it any more (it waited, and meanwhile she bought), or null. */
  readonly unwanted: string | null
}

/** What becomes of a due message: it rests (held or dropped), or it goes out. Each with the answer that is kept. */
export type Plan =
  | { readonly kind: 'rest'; readonly rest: Omit<Rest, 'due'> & { readonly due: number | null }; readonly decision: DecisionRecord }
  | {
      readonly kind: 'go'
      readonly departure: Departure
      readonly request: SmsRequest
      readonly link: { code: string; url: string } | null
      readonly decision: DecisionRecord
    }

const hourMs = 3_600_000
/** A text in review is looked at again then; when its review ends it is woken sooner. */
const reviewPauseMs = 60_000

function rest(message: Message, state: 'held' | 'dropped', reason: string, due: number | null, details: Record<string, unknown>): Plan {
  return {
    kind: 'rest',
    rest: { workspaceId: message.workspaceId, id: message.id, state, reason, due },
    decision: { answer: state === 'held' ? 'hold' : 'drop', reason, details },
  }
}
const drop = (message: Message, reason: ContentDrop, details: Record<string, unknown> = {}) =>
  rest(message, 'dropped', reason, null, details)

function restOf(message: Message, decision: Decision): Plan | null {
  if (decision.answer === 'send') return null
  if (decision.answer === 'hold')
    return rest(message, 'held', decision.reason, decision.until, { ...decision.details, until: decision.until })
  return rest(message, 'dropped', decision.reason, null, decision.details)
}

/**
 * A popup waits for its customer to come to the shop; the gate is asked in earnest when it is handed out. It is asked
 * here too, without the cap (nothing is shown yet), so that what can never be shown is dropped at once.
 */
function planPopup(message: Message, facts: MessageFacts, now: number): Plan {
  const { template } = facts
  if (typeof message.rendered.expiresAt === 'number' && message.rendered.expiresAt <= now) return drop(message, 'expired')
  if (template?.content.kind !== 'popup') return drop(message, 'template_missing', { template: message.template })
  const refused = restOf(
    message,
    decide({ ...facts.gate, recentMarketing: [] }, message, { ...facts.settings, marketingCap: { max: 1, hours: 1 } }, now),
  )
  if (refused) return refused
  const expiresAt = message.createdAt + template.content.validHours * hourMs
  if (expiresAt <= now) return drop(message, 'expired')
  const waiting = rest(message, 'held', awaitingVisit, expiresAt, { until: expiresAt })
  return waiting.kind === 'rest' ? { ...waiting, rest: { ...waiting.rest, rendered: { expiresAt } } } : waiting
}

function planSms(message: Message, facts: MessageFacts, now: number, newCode: () => string): Plan {
  const { template, account, gate, settings, linkPrefix } = facts
  if (now - message.createdAt > messageAgeMaxMs) return drop(message, 'expired')
  const decision = decide(gate, message, settings, now)
  const refused = restOf(message, decision)
  if (refused) return refused
  if (!account) return drop(message, 'no_sms_account')
  if (template?.content.kind !== 'sms' || !facts.variables || gate.address === null)
    return drop(message, 'template_missing', { template: message.template })
  const filing = filingOf(template, account, linkPrefix)
  if (filing === 'review') return rest(message, 'held', templateReview, now + reviewPauseMs, {})
  if (filing === 'rejected' || template.providerCode === null) return drop(message, 'template_rejected')

  const known = typeof message.rendered.linkCode === 'string' ? message.rendered.linkCode : null
  const written = writeSms({ ...facts, event: message.event, webhook: message.webhook }, account, linkPrefix, () => known ?? newCode())
  if (written.kind === 'drop') return drop(message, written.reason, written.details)
  const { text, params, segments, costFen, link } = written
  const { workspaceId, id } = message
  return {
    kind: 'go',
    departure: {
      workspaceId,
      id,
      address: gate.address,
      text,
      segments,
      costFen,
      rendered: link === null ? {} : { linkCode: link.code },
    },
    request: { address: gate.address, templateCode: template.providerCode, params, outId: id },
    link: link !== null && link.code !== known ? link : null,
    decision: { answer: 'send', reason: decision.reason, details: decision.details },
  }
}

export function planMessage(message: Message, facts: MessageFacts, now: number, newCode: () => string): Plan {
  if (facts.unwanted !== null) return rest(message, 'dropped', facts.unwanted, null, {})
  try {
    return message.channel === 'popup' ? planPopup(message, facts, now) : planSms(message, facts, now, newCode)
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error
    return drop(message, 'render_failed', { error: error.message })
  }
}
