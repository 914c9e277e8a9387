import { attemptsOf, durationMs, type JourneyNode } from '@chaoxi/contract'
import type { MessageFate } from '../messages.ts'
import type { Tried, TriedResult, Wait } from '../run.ts'

// Sends with several attempts: which one goes next, and when it is settled.

type SendNode = Extract<JourneyNode, { kind: 'send' }>

/** Longer than any message is kept waiting (72 hours). */
const settledWithinMs = durationMs({ amount: 73, unit: 'hour' })
/** A receipt that has not come by then is not waited for: nearly all come within a minute. */
const receiptWithinMs = durationMs({ amount: 1, unit: 'hour' })

/** Why a message was not let go, where another channel or text may be: not that nobody wants it, nor that there was enough already. */
const otherMayGo = [
  'no_address',
  'no_consent',
  'suppressed',
  'no_sms_account',
  'template_missing',
  'template_rejected',
  'missing_variable',
  'render_failed',
  'too_long',
  'link_target',
  'expired',
]

export type SendDecision =
  /** The first attempt, or the next one; `tried` is told what came of those before. */
  | { readonly kind: 'try'; readonly tried: readonly Tried[]; readonly until: number }
  | { readonly kind: 'rest'; readonly until: number; readonly gone?: true; readonly late?: true }
  /** The last attempt waits somewhere and its time is over: it is to be taken back first. */
  | { readonly kind: 'withdraw'; readonly effectKey: string }
  /** `channel` null: none of them went. */
  | { readonly kind: 'settled'; readonly tried: readonly Tried[] }

/** `keyOf`: the effect key of the nth attempt, from one. */
export function decideSend(
  node: SendNode,
  wait: Wait | undefined,
  fate: MessageFate | undefined,
  now: number,
  keyOf: (attempt: number) => string,
): SendDecision {
  const all = attemptsOf(node)
  const tried = wait?.tried ?? []
  const patience = tried.length < all.length ? node.patience : undefined
  const came = (result: TriedResult, reason?: string | null): readonly Tried[] =>
    tried.map((one, i) => (i === tried.length - 1 ? { ...one, result, ...(reason ? { reason } : {}) } : one))
  function next(before: readonly Tried[]): SendDecision {
    const attempt = all[before.length]
    if (!attempt) return { kind: 'settled', tried: before }
    const more = before.length + 1 < all.length ? node.patience : undefined
    const until = now + (more ? durationMs(more.within) : settledWithinMs)
    return { kind: 'try', tried: [...before, { ...attempt, effectKey: keyOf(before.length + 1) }], until }
  }

  const last = tried.at(-1)
  if (!wait || !last) return next([])
  if (wait.answer?.ok) return next(came('late'))
  if (fate?.state === 'failed') return next(came('failed', fate.reason))
  if (fate?.state === 'dropped') {
    const before = came('dropped', fate.reason)
    return otherMayGo.includes(fate.reason ?? '') ? next(before) : { kind: 'settled', tried: before }
  }
  if (patience ? fate?.[patience.until] : fate?.delivered) return { kind: 'settled', tried: came(patience?.until ?? 'delivered') }
  // A popup waits for its visitor, who may come much later.
  if (!patience && fate?.state === 'held' && fate.reason === 'awaiting_visit') return { kind: 'settled', tried: came('shown_later') }
  if (!wait.late && now < wait.until) {
    const goes = !patience && fate?.state === 'sent' && !wait.gone
    return goes ? { kind: 'rest', until: Math.min(wait.until, now + receiptWithinMs), gone: true } : { kind: 'rest', until: wait.until }
  }
  if (!patience) return { kind: 'settled', tried: came('sent') }
  if (fate && (fate.state === 'sent' || fate.state === 'delivered')) return next(came('late'))
  if (fate && (fate.state === 'queued' || fate.state === 'held') && !wait.answer) return { kind: 'withdraw', effectKey: last.effectKey }
  // On its way, or nobody knows whether it went: nothing else goes until that is known, however long it takes.
  if (wait.late && now >= wait.until) return { kind: 'settled', tried: came('sent') }
  return { kind: 'rest', until: wait.late ? wait.until : now + settledWithinMs, late: true }
}

/** What counters and stories name what became of it by: the channel that it went by, or `none`. */
export function channelTaken(tried: readonly Tried[]): string {
  const last = tried.at(-1)
  return last === undefined || last.result === 'failed' || last.result === 'dropped' ? 'none' : last.channel
}
