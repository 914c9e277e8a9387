import { AppError, type Input, type Output } from '@chaoxi/contract'
import type { Caller } from '../../platform/http/api.ts'
import { zoneOf } from '../../query/index.ts'
import { isOver, leave, type Move, type Run, tryAgain } from '../core/run.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import { runView } from '../desk/views.ts'
import { tellOutlets, writeMoves } from '../engine/moves.ts'
import { lockRuns, updateRuns } from '../engine/run-store.ts'
import { dueLoopName } from '../loop-names.ts'
import { doorId, findJourney, shareJourney } from '../store.ts'
import * as health from './health-store.ts'
import { spanOf, trendOf } from './trend.ts'
import { hoursOf } from './trend-store.ts'

/** Overdue for longer than this means that something is wrong, not that there is much to do. */
export const stuckAfterMs = 10 * 60_000
const stuckShown = 200

/** How a journey does over time, and what is in its way. */
export interface Monitor {
  trend(workspaceId: number, id: string, query: Input<'journeyTrend'>['query']): Promise<Output<'journeyTrend'>>
  health(caller: Caller, id: string): Promise<Output<'journeyHealth'>>
  /** Messages that the gate, or what happened since, kept from going out. */
  stops(workspaceId: number, id: string): Promise<Output<'journeyStops'>['items']>
  /** Lets runs try again at once, or leave; answers how many did. Those that are over, or that somebody else moves just now, do not. */
  act(caller: Caller, id: string, act: Input<'journeyRunsAct'>['body']): Promise<number>
}

export function createMonitor(deps: EngineDeps & DeskDeps): Monitor {
  const { db, clock } = deps

  async function existing(workspaceId: number, id: string): Promise<void> {
    if (!(await findJourney(db, workspaceId, id))) throw new AppError('not_found', `There is no journey ${id}`)
  }

  return {
    async trend(workspaceId, id, { unit, length, node, by }) {
      await existing(workspaceId, id)
      const zone = zoneOf(await deps.timeZone(workspaceId))
      const span = spanOf(unit, length, clock.now(), zone)
      const asked = { node: node ?? doorId, from: new Date(span.from), to: new Date(span.to) }
      return trendOf(await hoursOf(db, workspaceId, id, asked), span, by, zone)
    },

    async health(caller, id) {
      const { workspaceId } = caller
      await existing(workspaceId, id)
      const now = clock.now()
      const longAgo = new Date(now - stuckAfterMs)
      const [row, stuck] = await Promise.all([
        health.healthOf(db, workspaceId, id, new Date(now), longAgo),
        health.stuckRuns(db, workspaceId, id, longAgo, stuckShown),
      ])
      const unmasked = caller.me.permissions.includes('people.write')
      const people = await deps.summaries(workspaceId, [...new Set(stuck.map((run) => run.personId))], { unmasked })
      return {
        lagSeconds: row.oldest === null ? 0 : Math.max(0, Math.round((now - row.oldest.getTime()) / 1_000)),
        overdue: row.overdue,
        trying: row.trying,
        healed: { runs: row.healed, lastAt: row.healed_at?.toISOString() ?? null },
        stuck: stuck.map((run) => ({ ...runView(run, people), tries: run.tries })),
      }
    },

    async stops(workspaceId, id) {
      await existing(workspaceId, id)
      return (await health.stopsOf(db, workspaceId, id)).map(({ node_id: nodeId, reason, count }) => ({ nodeId, reason, count }))
    },

    async act(caller, id, { action, runs: ids }) {
      const { workspaceId } = caller
      const now = clock.now()
      let moves: Move[] = []
      const done = await db.tx(async (tx) => {
        const journey = await shareJourney(tx, workspaceId, id)
        if (!journey) throw new AppError('not_found', `There is no journey ${id}`)
        const locked = await lockRuns(tx, workspaceId, [...new Set(ids)])
        const live = locked.filter((run) => run.journeyId === id && !isOver(run))
        const again = action === 'retry' ? live.flatMap((run): readonly Run[] | Run => tryAgain(run, now) ?? []) : []
        moves = action === 'leave' ? live.map((run) => leave(run, now, 'by_hand', { by: caller.actor })) : []
        const told = action === 'leave' ? moves.map(({ run }) => run.id) : again.map((run) => run.id)
        if (told.length === 0) return 0
        await deps.audit(tx, caller, `journey.runs_${action}`, id, { runs: told })
        await updateRuns(tx, again, new Date(now))
        await writeMoves(tx, moves, now, deps)
        return told.length
      })
      tellOutlets(deps, moves)
      deps.loops.wake(dueLoopName)
      return done
    },
  }
}
