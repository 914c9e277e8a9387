import type { Tx } from '../../platform/db/postgres.ts'
import { writeDraws } from '../contests/draws.ts'
import type { Refusal } from '../core/entering.ts'
import { hourOf } from '../core/limits.ts'
import { type Heard, isOver, type Move, type Run, type StepOutcome, type StepRecord } from '../core/run.ts'
import { perform } from '../deeds/perform.ts'
import type { EngineDeps } from '../deps.ts'
import { deedLoopName, inboxLoopName, webhookLoopName } from '../loop-names.ts'
import { addToHours } from '../monitor/trend-store.ts'
import { addToCounters, type CounterDelta, doorId } from '../store.ts'
import { insertRuns, insertSteps, updateRuns } from './run-store.ts'

const counterOf = {
  entered: 'entered',
  passed: 'passed',
  timed_out: 'timed_out',
  failed: 'failed',
  left: 'left_here',
  moved: 'moved',
} as const satisfies Record<CountedOutcome, keyof CounterDelta>
type CountedOutcome = Exclude<StepOutcome, 'by_hand'>

/** What a run that is over counts as at the door. */
const endOf = { finished: 'passed', exited: 'left_here', failed: 'failed', active: 'entered', waiting: 'entered' } as const

/** Where the effects of moves go. */
export type Outlets = Pick<EngineDeps, 'enqueue' | 'doers' | 'tasks'>

/**
 * Writes what moves came to: what they did, the runs, their stories, the messages, the numbers. All of it in the caller's
 * transaction, so that after a crash all of it is there or none. Nothing may be written after it (see `addToCounters`).
 */
export async function writeMoves(tx: Tx, moves: readonly Move[], now: number, outlets: Outlets): Promise<void> {
  const performed = await perform(tx, moves, now, outlets.doers)
  await updateRuns(
    tx,
    performed.map((move) => move.run),
    new Date(now),
  )
  await writeEffects(tx, performed, now, outlets)
}

/** Begins runs with their first moves, as `writeMoves` writes later ones; answers those moves whose runs were not there before. */
export async function insertMoves(tx: Tx, moves: readonly Move[], now: number, outlets: Outlets): Promise<Move[]> {
  const added = await insertRuns(
    tx,
    moves.map((move) => move.run),
    new Date(now),
  )
  const fresh = moves.filter((move) => added.has(move.run.id))
  const performed = await perform(tx, fresh, now, outlets.doers)
  const changed = performed.filter((move) => move.deed !== undefined).map((move) => move.run)
  await updateRuns(tx, changed, new Date(now))
  return performed
}

/** Somebody who was kept out of a journey. */
export interface Refused {
  readonly workspaceId: number
  readonly journeyId: string
  readonly version: number
  readonly reason: Refusal
  readonly personId: number
  readonly heard: Heard
}

/** Everything of moves but the runs, and who was kept out. */
export async function writeEffects(
  tx: Tx,
  moves: readonly Move[],
  now: number,
  { enqueue, tasks }: Outlets,
  refused: readonly Refused[] = [],
): Promise<void> {
  await insertSteps(tx, moves)
  await writeDraws(tx, moves)
  const messages = moves.flatMap(({ run, effects }) =>
    effects.map((effect) => ({
      workspaceId: run.workspaceId,
      personId: run.personId,
      journeyId: run.journeyId,
      journeyVersion: run.version,
      runId: run.id,
      context: contextOf(run),
      ...effect,
    })),
  )
  if (messages.length > 0) await enqueue(tx, messages)
  await writeTasks(tx, moves, tasks)
  const deltas = deltasOf(moves, refused)
  await addToHours(tx, deltas, new Date(hourOf(now)))
  await addToCounters(
    tx,
    deltas.filter(({ nodeId, way }) => nodeId !== doorId || way !== ''),
  )
}

/** What texts read of a run. */
const contextOf = ({ context: { trigger, coupon, webhook } }: Run) => ({
  event: trigger.properties,
  ...(coupon ? { coupon } : {}),
  ...(webhook ? { webhook } : {}),
})

async function writeTasks(tx: Tx, moves: readonly Move[], tasks: Outlets['tasks']): Promise<void> {
  const all = moves.flatMap(({ run, tasks: own = [] }) => own.map((task) => ({ run, task })))
  for (const [workspaceId, own] of Map.groupBy(all, ({ run }) => run.workspaceId)) {
    const changes = own.flatMap(({ task }) => (task.kind === 'open' ? [] : [task]))
    const opened = own.flatMap(({ run, task }) => {
      if (task.kind !== 'open') return []
      const { journeyId, id: runId, personId } = run
      return [{ ...task, journeyId, runId, personId, context: contextOf(run) }]
    })
    if (changes.length > 0) await tasks.change(tx, workspaceId, changes)
    if (opened.length > 0) await tasks.open(tx, workspaceId, opened)
  }
}

/** To be called once moves are committed: whoever carries on with their effects is woken. */
export function tellOutlets(deps: Pick<EngineDeps, 'messagesQueued' | 'deedsDone' | 'loops'>, moves: readonly Move[]): void {
  if (moves.some((move) => move.effects.length > 0)) deps.messagesQueued()
  const kinds = new Set(moves.flatMap((move) => move.deed?.kind ?? []))
  if (kinds.size > 0) deps.deedsDone(kinds)
  if (kinds.has('start') || kinds.has('stop')) deps.loops.wake(inboxLoopName)
  if (kinds.has('attribute')) deps.loops.wake(deedLoopName)
  if (kinds.has('webhook')) deps.loops.wake(webhookLoopName)
}

function deltasOf(moves: readonly Move[], refused: readonly Refused[]): CounterDelta[] {
  const deltas = new Map<string, CounterDelta>()
  function add(
    whose: Pick<Run, 'workspaceId' | 'journeyId' | 'version'>,
    nodeId: string,
    way: string,
    column: (typeof counterOf)[CountedOutcome],
  ): void {
    const { workspaceId, journeyId, version } = whose
    const key = `${workspaceId}:${journeyId}:${version}:${nodeId}:${way}`
    const none = { workspaceId, journeyId, version, nodeId, way, entered: 0, passed: 0, timed_out: 0, failed: 0, left_here: 0, moved: 0 }
    const delta = deltas.get(key) ?? none
    delta[column] += 1
    deltas.set(key, delta)
  }
  for (const { run, steps } of moves) {
    if (steps[0]?.seq === 0) add(run, doorId, '', 'entered')
    const counted = steps.filter(isCounted)
    if (counted.length > 0 && isOver(run)) add(run, doorId, '', endOf[run.state])
    for (const { nodeId, outcome, way, version = run.version } of counted) {
      for (const part of way === undefined ? [''] : ['', way]) add({ ...run, version }, nodeId, part, counterOf[outcome])
    }
  }
  for (const one of refused) add(one, doorId, one.reason, 'left_here')
  return [...deltas.values()]
}

const isCounted = (record: StepRecord): record is StepRecord & { readonly outcome: CountedOutcome } => record.outcome !== 'by_hand'
