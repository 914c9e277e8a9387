import type { SuppressionReason } from '../compliance/index.ts'
import type { Timing } from './message.ts'
import type { SendOutcome } from './provider.ts'
import type { Outcome } from './store.ts'

/** What a call of the provider means for the message, its address and its account. */
export interface Consequence extends Pick<Outcome, 'state' | 'reason' | 'wentOut' | 'attempt'> {
  readonly dueInMs: number | null
  readonly providerId: string | null
  readonly suppress: SuppressionReason | null
  readonly pauseAccount: boolean
}

const retriesMax = 8
/** A provider that cannot be reached is waited for longer: about three hours with the pauses below. */
const unreachableMax = 24
const frequencyTriesMax = 4
const frequencyPauseMs = 3_600_000
const backoffFirstMs = 2_000
const backoffMaxMs = 600_000

/** Pause after the nth failure: 2, 4, 8 … seconds, at most ten minutes. */
export function backoffMs(attempts: number): number {
  return Math.min(backoffFirstMs * 2 ** Math.max(0, attempts - 1), backoffMaxMs)
}

/** `attempts` counts this one. */
export function consequenceOf(answer: SendOutcome, attempts: number, timing: Timing): Consequence {
  const plain = { dueInMs: null, providerId: null, suppress: null, pauseAccount: false, wentOut: false }
  if (answer.kind === 'accepted') {
    const attempt = { outcome: 'accepted', details: {} }
    return { ...plain, state: 'sent', reason: null, providerId: answer.providerId || null, wentOut: true, attempt }
  }
  if (answer.kind === 'unknown') {
    const attempt = { outcome: 'unknown', details: { error: answer.error } }
    return { ...plain, state: 'unknown', reason: 'unknown_outcome', dueInMs: timing.sendingMs, wentOut: true, attempt }
  }
  if (answer.kind === 'not_sent') {
    const attempt = { outcome: 'not_sent', details: { error: answer.error } }
    const reason = 'provider_unreachable'
    if (attempts >= unreachableMax) return { ...plain, state: 'failed', reason, attempt }
    return { ...plain, state: 'held', reason, dueInMs: backoffMs(attempts), attempt }
  }
  const { code, message, why } = answer
  const attempt = { outcome: 'refused', details: { code, message, why } }
  const later = (dueInMs: number, pauseAccount = false) => ({
    ...plain,
    state: 'held' as const,
    reason: code,
    dueInMs,
    pauseAccount,
    attempt,
  })
  const failed = (suppress: SuppressionReason | null = null) => ({ ...plain, state: 'failed' as const, reason: code, suppress, attempt })
  switch (why) {
    case 'retry':
      return attempts >= retriesMax ? failed() : later(backoffMs(attempts))
    case 'frequency':
      return attempts >= frequencyTriesMax ? failed() : later(frequencyPauseMs)
    case 'account':
      return later(timing.accountPauseMs, true)
    case 'bad_address':
      return failed('bad_address')
    case 'blacklisted':
      return failed('blacklisted')
    case 'content':
      return failed()
  }
}
