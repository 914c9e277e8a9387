import type { Tx } from '../platform/db/postgres.ts'
import type { Move } from './run.ts'

/** What a node does in the shop besides sending. Its key is the same however often the step is computed. */
export interface GrantDeed {
  readonly kind: 'grant'
  readonly effectKey: string
  readonly coupon: string
}
export type Deed = GrantDeed

/** What came of a deed: what is kept of it, or the reason why it was not to be. */
export type Answer = GrantAnswer

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
}

/**
 * Does what moves ask for and writes the answers into their runs and stories. The run is due at once: what follows the node is a move
 * of its own, which sees what was done.
 */
export async function perform(tx: Tx, moves: readonly Move[], doers: Doers): Promise<Move[]> {
  const answers = new Map<string, Answer>()
  for (const [workspaceId, own] of Map.groupBy(moves, ({ run }) => run.workspaceId)) {
    const grants = own.flatMap(({ run, deed }) =>
      deed?.kind === 'grant' ? [{ requestId: deed.effectKey, personId: run.personId, coupon: deed.coupon }] : [],
    )
    if (grants.length === 0) continue
    for (const [key, answer] of await doers.grant(tx, workspaceId, grants)) answers.set(key, answer)
  }
  return moves.map((move) => answered(move, answers))
}

function answered(move: Move, answers: ReadonlyMap<string, Answer>): Move {
  if (!move.deed) return move
  const answer = answers.get(move.deed.effectKey)
  if (!answer) throw new Error(`nobody answered ${move.deed.effectKey}`)
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
  answer.ok ? { done: true, coupon: answer.coupon } : { done: false, reason: answer.reason }
