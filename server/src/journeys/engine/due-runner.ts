import { afterPause } from '../core/pause.ts'
import { type Move, type Run, stumble } from '../core/run.ts'
import { step } from '../core/step.ts'
import { openTask } from '../core/task.ts'
import type { EngineDeps } from '../deps.ts'
import { shareLiveJourney } from '../store.ts'
import type { Definitions } from './definitions.ts'
import { definitionsOf } from './definitions.ts'
import { loadFacts } from './facts.ts'
import { answers, isolate, messageOf } from './isolate.ts'
import { tellOutlets, writeMoves } from './moves.ts'
import { claimDue, claimDueAmong, journeysDue } from './run-store.ts'

/** Runs moved in one transaction: enough to share its cost, few enough to be held for a moment only. */
const batchSize = 500
/** Journeys looked at in one turn. */
const journeysMax = 100

export interface DueRunner {
  /** Moves a batch of each journey that has something due; answers how many runs were in hand. */
  run(): Promise<number>
}

export function createDueRunner(deps: EngineDeps, definitions: Definitions): DueRunner {
  const { db, clock, log } = deps

  /** Moves due runs of one journey: the given ones, or the next ones, which it tells to `onClaim`. */
  async function moveBatch(
    { workspaceId, journeyId }: { workspaceId: number; journeyId: string },
    ids: readonly string[] | null,
    onClaim: (runs: readonly Run[]) => void = () => {},
  ): Promise<number> {
    let moves: Move[] = []
    const count = await db.tx(async (tx) => {
      const now = clock.now()
      const pauses = await shareLiveJourney(tx, workspaceId, journeyId)
      if (pauses === null) return 0
      const at = new Date(now)
      const due = ids ? await claimDueAmong(tx, workspaceId, ids, at) : await claimDue(tx, workspaceId, journeyId, at, batchSize)
      onClaim(due)
      if (due.length === 0) return 0
      const definitionOf = await definitionsOf(definitions, tx, due)
      const runs = due.map((run) => afterPause(definitionOf(run), run, pauses))
      const asked = runs.flatMap((run) => openTask(run) ?? [])
      const answered = asked.length > 0 ? await deps.tasks.answered(tx, workspaceId, asked) : undefined
      const factsOf = await loadFacts(deps, runs, definitionOf, now, answered)
      moves = runs.map((run) => step(definitionOf(run), run, factsOf(run), now))
      await writeMoves(tx, moves, now, deps)
      return runs.length
    })
    tellOutlets(deps, moves)
    return count
  }

  async function giveUp(workspaceId: number, id: string, error: unknown): Promise<void> {
    await answers(deps.clickhouse)
    log.warn({ err: error, workspaceId, run: id }, 'a journey run could not move')
    await db.tx(async (tx) => {
      const now = clock.now()
      const runs = await claimDueAmong(tx, workspaceId, [id], new Date(now))
      const moves = runs.map((run) => stumble(run, now, messageOf(error)))
      await writeMoves(tx, moves, now, deps)
    })
  }

  async function moveJourney(whose: { workspaceId: number; journeyId: string }): Promise<number> {
    let claimed: string[] = []
    try {
      return await moveBatch(whose, null, (runs) => {
        claimed = runs.map((run) => run.id)
      })
    } catch (error) {
      // Nothing was in hand: it is the store that failed, and no run's fault.
      if (claimed.length === 0) throw error
      await answers(deps.clickhouse)
      return isolate(
        claimed,
        (ids) => moveBatch(whose, ids),
        (id, reason) => giveUp(whose.workspaceId, id, reason),
      )
    }
  }

  return {
    async run() {
      let count = 0
      for (const { workspace_id, id } of await journeysDue(db, new Date(clock.now()), journeysMax)) {
        count += await moveJourney({ workspaceId: workspace_id, journeyId: id })
      }
      return count
    },
  }
}
