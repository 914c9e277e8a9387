import { AppError, distinctNodes, type InsidePlan, insidePlanProblems, type JourneyInside } from '@chaoxi/contract'
import type { Db, Queryable, Tx } from '../../platform/db/postgres.ts'
import type { Caller } from '../../platform/http/api.ts'
import type { Ids } from '../../platform/ids.ts'
import { fullShare } from '../core/release.ts'
import type { Definitions } from '../engine/definitions.ts'
import { countEarlier, insertTransfer, lastTransfer, placesInside } from '../engine/transfer-store.ts'
import type { JourneyRow } from '../store.ts'

/** What is to become of those inside earlier versions. */
export function createInsideDesk({ db, definitions, ids, now }: { db: Db; definitions: Definitions; ids: Ids; now: () => Date }) {
  /** Versions that somebody is in, the newest first. */
  function versionsOf(query: Queryable, workspaceId: number, journeyId: string, places: JourneyInside['places']) {
    const versions = [...new Set(places.map((one) => one.version))]
    return Promise.all(versions.map((version) => definitions.of(query, { workspaceId, journeyId, version })))
  }

  return {
    async plan(tx: Tx, caller: Caller, row: JourneyRow, plan: InsidePlan): Promise<object> {
      const { workspaceId } = caller
      if ((row.status !== 'live' && row.status !== 'paused') || row.live_version === null)
        throw new AppError('conflict', `The journey is ${row.status}: nobody goes into another version`)
      if (row.live_share < fullShare)
        throw new AppError('conflict', 'The version is released to a share; release it to all before others go into it')
      const to = await definitions.of(tx, { workspaceId, journeyId: row.id, version: row.live_version })
      const places = (await placesInside(tx, workspaceId, row.id)).filter((one) => one.version !== row.live_version)
      const from = await versionsOf(tx, workspaceId, row.id, places)
      const problems = insidePlanProblems(plan, from, to)
      if (problems.length > 0) throw new AppError('invalid_request', 'The plan leaves people without a place', problems)
      await insertTransfer(
        tx,
        workspaceId,
        { journeyId: row.id, id: ids.next('jtr'), toVersion: row.live_version, plan, by: caller.actor },
        now(),
      )
      return { version: row.live_version, kind: plan.kind }
    },

    async view(workspaceId: number, row: JourneyRow): Promise<JourneyInside> {
      const [places, last] = await Promise.all([placesInside(db, workspaceId, row.id), lastTransfer(db, workspaceId, row.id)])
      const nodes = distinctNodes(await versionsOf(db, workspaceId, row.id, places))
      if (!last) return { nodes, places, transfer: null }
      const remaining = last.ended_at ? 0 : await countEarlier(db, workspaceId, row.id, last.to_version)
      const { plan, to_version: version, moved, left_here: left } = last
      const times = { startedAt: last.started_at.toISOString(), endedAt: last.ended_at?.toISOString() ?? null }
      return { nodes, places, transfer: { plan, version, ...times, moved, left, remaining } }
    },
  }
}
