import { durationMs } from '@chaoxi/contract'
import type { CallerRun, Move } from './run.ts'
import type { Heeded, WebhookDeed } from './webhook.ts'

/** What a node does in the shop besides sending. Its key is the same however often the step is computed. */
export type Deed = DoneAtOnce | DoneLater

/** After the commit; the run rests until it is. */
export type DoneLater = AttributeDeed | WebhookDeed

/** In the move's own transaction; the answer is there when it is written. */
export type DoneAtOnce = WithdrawDeed | GrantDeed | TagDeed | StartDeed | StopDeed

interface GrantDeed {
  readonly kind: 'grant'
  readonly effectKey: string
  readonly coupon: string
}

/** Takes back a message that waits somewhere, so that another one may go instead. */
interface WithdrawDeed {
  readonly kind: 'withdraw'
  readonly effectKey: string
  /** Effect key of the message. */
  readonly message: string
}

interface TagDeed {
  readonly kind: 'tag'
  readonly effectKey: string
  readonly tag: string
  readonly change: 'give' | 'take'
}

/** The person comes into another journey, by its key. */
export interface StartDeed {
  readonly kind: 'start'
  readonly effectKey: string
  readonly journey: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly caller: CallerRun
}

/** The person's runs of a journey end, by its key; null: of the run's own, but itself. */
export interface StopDeed {
  readonly kind: 'stop'
  readonly effectKey: string
  readonly journey: string | null
  readonly caller: CallerRun
}

/** Handed to the intake after the commit; the run rests until that has been done. */
export interface AttributeDeed {
  readonly kind: 'attribute'
  readonly effectKey: string
  readonly attribute: string
  readonly value: unknown
}

/** A run that waits for its deed to be done looks again after this; whoever does it wakes the run at once. */
export const patienceMs = durationMs({ amount: 1, unit: 'day' })

/** What came of a deed, or the reason why it was not to be. */
export type Answer =
  | { readonly ok: true; readonly coupon?: Readonly<Record<string, unknown>>; readonly heeded?: Heeded; readonly tries?: number }
  | { readonly ok: false; readonly reason: string; readonly tries?: number }

export type GrantAnswer =
  | { readonly ok: true; readonly coupon: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string }

/** The move with what came of its deed. */
export function withAnswer(move: Move, answer: Answer): Move {
  const { run, steps } = move
  const { wait } = run.context
  if (!wait) throw new Error(`${run.id} did something where it does not stand`)
  return {
    ...move,
    run: { ...run, context: { ...run.context, wait: { ...wait, answer } } },
    // The line that tells of the arrival tells it too: the run may leave before it goes on.
    steps: steps.map((one, i) => (i === steps.length - 1 ? { ...one, details: { ...one.details, ...told(answer) } } : one)),
  }
}

/** What a story tells of an answer. */
export function told(answer: Answer): Record<string, unknown> {
  const tries = answer.tries === undefined ? {} : { tries: answer.tries }
  if (!answer.ok) return { done: false, reason: answer.reason, ...tries }
  const { coupon, heeded } = answer
  const unusable = heeded && heeded.unusable.length > 0 ? { unusable: heeded.unusable } : {}
  return { done: true, ...(coupon ? { coupon } : {}), ...(heeded ? { values: heeded.values, ...unusable } : {}), ...tries }
}
