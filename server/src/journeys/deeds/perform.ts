import type { Tx } from '../../platform/db/postgres.ts'
import { type Answer, type Deed, type GrantAnswer, type StartDeed, type StopDeed, withAnswer } from '../core/deed.ts'
import type { Move, Run } from '../core/run.ts'
import { insertPostings } from '../webhooks/posting-store.ts'
import { insertDeeds } from './deed-store.ts'

/** Who does it: other rooms, and for what concerns journeys `journey-doers.ts`, in the transaction of the move. */
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
  /** Answers by effect key why a journey took nobody. */
  start(tx: Tx, workspaceId: number, starts: readonly (StartDeed & { personId: number })[]): Promise<ReadonlyMap<string, string>>
  /** By effect key of the message; answers those that wait no more. */
  withdraw(tx: Tx, workspaceId: number, messages: readonly string[]): Promise<ReadonlySet<string>>
  stop(tx: Tx, workspaceId: number, stops: readonly (StopDeed & { personId: number })[]): Promise<ReadonlyMap<string, string>>
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
    for (const { effectKey, tag } of tags) answers.set(effectKey, answerOf(refused.get(tag)))
    await withdraw(tx, workspaceId, own, doers, answers)
    const starts = own.flatMap(({ run: { personId }, deed }) => (deed.kind === 'start' ? [{ ...deed, personId }] : []))
    const stops = own.flatMap(({ run: { personId }, deed }) => (deed.kind === 'stop' ? [{ ...deed, personId }] : []))
    const unstarted = starts.length > 0 ? await doers.start(tx, workspaceId, starts) : new Map<string, string>()
    const unstopped = stops.length > 0 ? await doers.stop(tx, workspaceId, stops) : new Map<string, string>()
    for (const { effectKey } of starts) answers.set(effectKey, answerOf(unstarted.get(effectKey)))
    for (const { effectKey } of stops) answers.set(effectKey, answerOf(unstopped.get(effectKey)))
  }
  await putDown(tx, asking, new Date(now))
  return moves.map((move) => answered(move, answers))
}

async function withdraw(tx: Tx, workspaceId: number, own: readonly { deed: Deed }[], doers: Doers, answers: Map<string, Answer>) {
  const taken = own.flatMap(({ deed }) => (deed.kind === 'withdraw' ? [deed] : []))
  if (taken.length === 0) return
  const gone = await doers.withdraw(
    tx,
    workspaceId,
    taken.map(({ message }) => message),
  )
  for (const { effectKey, message } of taken) answers.set(effectKey, answerOf(gone.has(message) ? 'on_its_way' : undefined))
}

/** What is done after the commit. */
async function putDown(tx: Tx, asking: readonly { run: Run; deed: Deed }[], at: Date): Promise<void> {
  const of = ({ workspaceId, id }: Run) => ({ workspaceId, runId: id })
  const said = asking.flatMap(({ run, deed }) => (deed.kind === 'attribute' ? [{ ...of(run), deed }] : []))
  const posted = asking.flatMap(({ run, deed }) => (deed.kind === 'webhook' ? [{ ...of(run), journeyId: run.journeyId, deed }] : []))
  if (said.length > 0) await insertDeeds(tx, said, at, at)
  if (posted.length === 0) return
  await insertDeeds(tx, posted, at, null)
  await insertPostings(tx, posted, at)
}

const answerOf = (reason: string | undefined): Answer => (reason === undefined ? { ok: true } : { ok: false, reason })

function answered(move: Move, answers: ReadonlyMap<string, Answer>): Move {
  const { deed } = move
  if (!deed || deed.kind === 'attribute' || deed.kind === 'webhook') return move
  const answer = answers.get(deed.effectKey)
  if (!answer) throw new Error(`nobody answered ${deed.effectKey}`)
  return withAnswer(move, answer)
}
