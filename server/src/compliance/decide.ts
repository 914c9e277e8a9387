import type { Channel, Purpose } from '@chaoxi/contract'
import { type QuietHours, quietUntil, zoneOf } from './quiet-hours.ts'

export type DropReason = 'no_address' | 'suppressed' | 'no_consent' | 'frequency_cap'

/** The gate's answer. `details` are what it looked at, kept so that each answer can be explained later. */
export type Decision =
  | { readonly answer: 'send'; readonly reason: 'allowed'; readonly details: Record<string, unknown> }
  | { readonly answer: 'hold'; readonly until: number; readonly reason: 'quiet_hours'; readonly details: Record<string, unknown> }
  | { readonly answer: 'drop'; readonly reason: DropReason; readonly details: Record<string, unknown> }

export interface GateMessage {
  readonly channel: Channel
  readonly purpose: Purpose
}

export interface GateFacts {
  /** Where the channel reaches the person; null when nowhere. A popup needs none. */
  readonly address: string | null
  readonly suppression: { readonly reason: SuppressionReason; readonly at: number } | null
  /** The newest statement of the person about marketing on this channel. */
  readonly consent: { readonly granted: boolean; readonly at: number; readonly source: string } | null
  /** The attribute `timezone`, whatever stands there. */
  readonly timeZone: unknown
  /** When marketing messages went to the person over any channel, at least those of the last `cap.hours`. */
  readonly recentMarketing: readonly number[]
}

export interface GatePolicy {
  readonly timeZone: string
  readonly quietHours: QuietHours
  readonly marketingCap: { readonly max: number; readonly hours: number }
}

/**
 * Why an address is suppressed, and what that stops. A refusal ("T") and a provider's black-list end marketing; what
 * the customer asked for (an order's receipt) still goes. A number that does not exist, and a refusal of everything,
 * end all.
 */
export const suppressionScope = { opt_out: 'marketing', blacklisted: 'marketing', bad_address: 'all', refused_all: 'all' } as const
export type SuppressionReason = keyof typeof suppressionScope

const hourMs = 3_600_000
/** A popup shows only to someone who is in the shop at that moment: nobody is woken. */
const waking: Record<Channel, boolean> = { sms: true, popup: false }
const addressed: Record<Channel, boolean> = { sms: true, popup: false }

/**
 * May this message go to this person now? Reasons that do not pass come before those that do, so that a message is
 * never held for something that will be dropped. Over the cap it drops: a pile of held messages that frees up days
 * later would be stale, and would push out what is new. Consent, cap and quiet hours are about marketing only.
 */
export function decide(facts: GateFacts, message: GateMessage, policy: GatePolicy, now: number): Decision {
  const { channel, purpose } = message
  const marketing = purpose === 'marketing'
  if (addressed[channel] && facts.address === null) return { answer: 'drop', reason: 'no_address', details: { channel } }
  if (facts.suppression && (marketing || suppressionScope[facts.suppression.reason] === 'all')) {
    return { answer: 'drop', reason: 'suppressed', details: { why: facts.suppression.reason, since: facts.suppression.at } }
  }
  if (!marketing) return { answer: 'send', reason: 'allowed', details: { purpose } }

  if (!facts.consent?.granted) {
    return {
      answer: 'drop',
      reason: 'no_consent',
      details: { consent: facts.consent ? 'withdrawn' : 'never_given', at: facts.consent?.at ?? null },
    }
  }
  const zone = zoneOf(facts.timeZone, policy.timeZone)
  const until = waking[channel] ? quietUntil(now, zone, policy.quietHours) : null
  if (until !== null) return { answer: 'hold', until, reason: 'quiet_hours', details: { zone, ...policy.quietHours } }

  const { max, hours } = policy.marketingCap
  const recent = facts.recentMarketing.filter((at) => at > now - hours * hourMs && at <= now)
  if (recent.length >= max) return { answer: 'drop', reason: 'frequency_cap', details: { max, hours, sent: recent } }
  return {
    answer: 'send',
    reason: 'allowed',
    details: { consent: { at: facts.consent.at, source: facts.consent.source }, zone, recent: recent.length },
  }
}
