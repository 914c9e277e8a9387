import { AppError, type Input, type Output } from '@chaoxi/contract'
import type { Caller } from '../../platform/http/api.ts'
import { mayGoOn } from '../core/entering.ts'
import { giveUp, leave, type Move, type Run, revive, tryAgain } from '../core/run.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import { type Definitions, definitionsOf } from '../engine/definitions.ts'
import { tellOutlets, writeMoves } from '../engine/moves.ts'
import { updateRuns } from '../engine/run-store.ts'
import type { createUnwanted } from '../engine/unwanted.ts'
import { dueLoopName } from '../loop-names.ts'
import { findJourney, shareJourney } from '../store.ts'
import * as store from './failure-store.ts'

/** Each is asked whether it has met an exit condition since. */
const runsAtOnce = 200
const groupsShown = 100

export interface Failures {
  list(workspaceId: number, id: string): Promise<Output<'journeyFailures'>['items']>
  act(caller: Caller, id: string, asked: Input<'journeyFailuresAct'>['body']): Promise<Output<'journeyFailuresAct'>>
}

/** Runs in trouble, by step and reason, and what an operator does about them. */
export function createFailures(
  deps: EngineDeps & DeskDeps,
  definitions: Definitions,
  unwanted: ReturnType<typeof createUnwanted>,
): Failures {
  const { db, clock } = deps

  /** What becomes of runs that had failed: who met an exit condition meanwhile leaves, who is inside again by another run stays as it is. */
  async function again(caller: Caller, id: string, runs: readonly Run[], now: number): Promise<{ back: Move[]; left: Move[] }> {
    const { workspaceId, actor: by } = caller
    const people = [...new Set(runs.map((run) => run.personId))]
    const live = Map.groupBy(await store.liveOf(db, workspaceId, id, people), (run) => run.personId)
    const definitionOf = await definitionsOf(definitions, db, runs)
    const asked = runs.map((run) => ({ id: run.id, personId: run.personId, runId: run.id, nodeId: null }))
    const exits = await unwanted(workspaceId, asked, now)
    const met = runs.filter((run) => exits.has(run.id))
    const back: Run[] = []
    for (const run of runs) {
      if (exits.has(run.id)) continue
      const beside = [...(live.get(run.personId) ?? []), ...back.filter((one) => one.personId === run.personId)]
      if (mayGoOn(definitionOf(run).reentry, run, beside)) back.push(run)
    }
    return { back: back.map((run) => revive(run, now, by)), left: met.map((run) => giveUp(run, now, { by, exited: true })) }
  }

  return {
    async list(workspaceId, id) {
      if (!(await findJourney(db, workspaceId, id))) throw missing(id)
      const groups = await Promise.all(
        (['failed', 'trying'] as const).map(async (among) =>
          (await store.failuresOf(db, workspaceId, id, among, groupsShown)).map(({ node_id: nodeId, reason, count, last_at }) => ({
            ...{ among, nodeId, reason, count, lastAt: last_at.toISOString() },
          })),
        ),
      )
      return groups.flat()
    },

    async act(caller, id, { action, after = '', ...group }) {
      const { workspaceId, actor: by } = caller
      const now = clock.now()
      let moves: Move[] = []
      const answer = await db.tx(async (tx) => {
        const journey = await shareJourney(tx, workspaceId, id)
        if (!journey) throw missing(id)
        if (journey.status === 'archived') throw new AppError('conflict', 'The journey is archived: nobody goes on in it')
        const runs = await store.claimFailures(tx, { workspaceId, journeyId: id }, group, after, runsAtOnce)
        const next = runs.length === runsAtOnce ? (runs.at(-1)?.id ?? null) : null
        let [done, left] = [0, 0]
        let tried: Run[] = []
        if (group.among === 'trying') {
          tried = action === 'retry' ? runs.flatMap((run): readonly Run[] | Run => tryAgain(run, now) ?? []) : []
          moves = action === 'leave' ? runs.map((run) => leave(run, now, 'by_hand', { by })) : []
          done = tried.length + moves.length
        } else if (action === 'leave') {
          moves = runs.map((run) => giveUp(run, now, { by }))
          done = moves.length
        } else {
          const parts = await again(caller, id, runs, now)
          moves = [...parts.back, ...parts.left]
          done = parts.back.length
          left = parts.left.length
        }
        const numbers = { done, left, kept: runs.length - done - left }
        if (runs.length > 0) {
          const { among, nodeId, reason } = group
          await deps.audit(tx, caller, `journey.failures_${action}`, id, { among, nodeId, reason, ...numbers })
        }
        await updateRuns(tx, tried, new Date(now))
        await writeMoves(tx, moves, now, deps)
        return { ...numbers, next }
      })
      tellOutlets(deps, moves)
      deps.loops.wake(dueLoopName)
      return answer
    },
  }
}

const missing = (id: string) => new AppError('not_found', `There is no journey ${id}`)
