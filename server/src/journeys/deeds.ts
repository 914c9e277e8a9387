import { durationMs } from '@chaoxi/contract'
import type { Tx } from '../platform/db/postgres.ts'
import { insertDeeds } from './deed-store.ts'
import type { Move } from './run.ts'

/** What a node does in the shop besides sending. Its key is the same however often the step is computed. */
export type Deed = DoneAtOnce | AttributeDeed

/** In the move's own transaction; the answer is there when it is written. */
export type DoneAtOnce = GrantDeed | TagDeed

interface GrantDeed {
  readonly kind: 'grant'
  readonly effectKey: string
  readonly coupon: string
}

interface TagDeed {
  readonly kind: 'tag'
  readonly effectKey: string
  readonly tag: string
  readonly change: 'give' | 'take'
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
  | { readonly ok: true; readonly coupon?: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string }

export type GrantAnswer =
  | { readonly ok: true; readonly coupon: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string }

/** Who does it: other rooms, in the transaction of the move. */
export interface Doers {
  /** Answers by request id. */
  grant(
    tx: Tx,
    workspaceId: number,
    grants: readonly { requestId: string; personId: number; coupon: string }[],
  ): Promise<ReadonlyMap<string, GrantAnswer>>
  /** In this order; answers why a tag was left alone. */
  tag(
    tx: Tx,
    workspaceId: number,
    tags: readonly { effectKey: string; tag: string; change: 'give' | 'take'; personId: number; journeyId: string }[],
  ): Promise<ReadonlyMap<string, string>>
}

/**
 * Does what moves ask for and writes the answers into their runs and stories; the run is due at once, and what follows the node is a
 * move of its own, which sees what was done. What is done later is put down for `deed-runner.ts`.
 */
export async function perform(tx: Tx, moves: readonly Move[], now: number, doers: Doers): Promise<Move[]> {
  const answers = new Map<string, Answer>()
  const asking = moves.flatMap(({ run, deed }) => (deed ? [{ run, deed }] : []))
  for (const [workspaceId, own] of Map.groupBy(asking, ({ run }) => run.workspaceId)) {
    const grants = own.flatMap(({ run: { personId }, deed }) =>
      deed.kind === 'grant' ? [{ requestId: deed.effectKey, personId, coupon: deed.coupon }] : [],
    )
    if (grants.length > 0) for (const [key, answer] of await doers.grant(tx, workspaceId, grants)) answers.set(key, answer)
    const tags = own.flatMap(({ run: { personId, journeyId }, deed }) => (deed.kind === 'tag' ? [{ ...deed, personId, journeyId }] : []))
    const refused = tags.length > 0 ? await doers.tag(tx, workspaceId, tags) : new Map<string, string>()
    for (const { effectKey, tag } of tags) {
      const reason = refused.get(tag)
      answers.set(effectKey, reason === undefined ? { ok: true } : { ok: false, reason })
    }
  }
  const later = asking.flatMap(({ run, deed }) =>
    deed.kind === 'attribute' ? [{ workspaceId: run.workspaceId, runId: run.id, deed }] : [],
  )
  if (later.length > 0) await insertDeeds(tx, later, new Date(now))
  return moves.map((move) => answered(move, answers))
}

function answered(move: Move, answers: ReadonlyMap<string, Answer>): Move {
  const { deed } = move
  if (!deed || deed.kind === 'attribute') return move
  const answer = answers.get(deed.effectKey)
  if (!answer) throw new Error(`nobody answered ${deed.effectKey}`)
  return withAnswer(move, answer)
}

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
export const told = (answer: Answer): Record<string, unknown> =>
  answer.ok ? { done: true, ...(answer.coupon ? { coupon: answer.coupon } : {}) } : { done: false, reason: answer.reason }
