import { durationMs, type JourneyDefinition } from '@chaoxi/contract'
import type { Queryable } from '../../platform/db/postgres.ts'
import { type Contest, contestsIn, decide, sendsAfter, successGoal, type WayCount } from '../core/contest.ts'
import { askedAgain } from '../core/hear.ts'
import type { EngineDeps } from '../deps.ts'
import type { Definitions } from '../engine/definitions.ts'
import { lockRuns, updateRuns } from '../engine/run-store.ts'
import {
  type ContestKey,
  contestWork,
  countArms,
  decideRow,
  dueContests,
  fillContests,
  lockOpenContest,
  type Successes,
  tellAgain,
  untoldContests,
  waitingAt,
} from './contest-store.ts'

/** Splits looked at in one turn, and runs that are told of a decision in one transaction. */
const contestsMax = 50
const toldPerTurn = 1_000
/** A batch that did not know of the decision yet has come to its end by then; it is looked for people of such until then, so often. */
const lateMs = 60_000
const tellEveryMs = 5_000

export interface ContestRunner {
  /** Decides what is due, and wakes those who wait beyond the decision; answers whether anything was done. */
  run(): Promise<boolean>
}

type Counting = Pick<EngineDeps, 'messageResults'>

/** People and successes by way, of what happened until `until`. */
export async function countContest(
  query: Queryable,
  { messageResults }: Counting,
  key: ContestKey,
  { definition, node, until }: { definition: JourneyDefinition; node: Contest; until: Date },
): Promise<Map<string, WayCount>> {
  const { measure, within } = node.winner
  const whose = { workspaceId: key.workspace_id, journeyId: key.journey_id, version: key.version }
  const successes: Successes =
    measure.kind === 'message' ? await messageResults(query, whose, [...sendsAfter(definition, node)], measure.result) : new Map()
  const rows = await countArms(query, key, { goal: successGoal(node), successes, withinMs: durationMs(within), until })
  return new Map(rows.map(({ way, people, successes }) => [way, { people: Number(people), successes: Number(successes) }]))
}

/**
 * One look, when the time is over. Nobody waits for anybody: who is moved just before the decision goes by what was known then, and is told
 * of it when it rests.
 */
export function createContestRunner(deps: EngineDeps, definitions: Definitions): ContestRunner {
  const { db, clock, log } = deps

  async function decideOne(key: ContestKey): Promise<boolean> {
    return db.tx(async (tx) => {
      const row = await lockOpenContest(tx, key)
      const now = clock.now()
      if (!row || row.due_at.getTime() > now) return false
      const definition = await definitions.of(tx, { workspaceId: key.workspace_id, journeyId: key.journey_id, version: key.version })
      const node = contestsIn(definition).find(({ id }) => id === key.node_id)
      if (!node) throw new Error(`version ${key.version} of ${key.journey_id} has no split ${key.node_id} that looks for a winner`)
      const at = new Date(now)
      const decision = decide(node, await countContest(tx, deps, key, { definition, node, until: at }))
      await decideRow(tx, key, decision, null, at)
      log.info({ ...key, way: decision.way, reason: decision.reason }, 'a split was decided')
      return true
    })
  }

  /** Wakes some of those who wait; answers whether there may be more. */
  async function tell(key: ContestKey, decidedAt: number): Promise<boolean> {
    return db.tx(async (tx) => {
      const now = clock.now()
      const ids = await waitingAt(tx, key, new Date(now), toldPerTurn)
      const runs = ids.length === 0 ? [] : await lockRuns(tx, key.workspace_id, ids)
      const asked = runs.flatMap((run) => (run.nodeId === key.node_id ? (askedAgain(run, now)?.run ?? []) : []))
      await updateRuns(tx, asked, new Date(now))
      if (asked.length > 0) return true
      await tellAgain(tx, key, now - decidedAt > lateMs && ids.length === 0 ? null : new Date(now + tellEveryMs))
      return false
    })
  }

  return {
    async run() {
      const now = () => new Date(clock.now())
      const { filling, due, untold } = await contestWork(db, now())
      let done = false
      if (filling) await fillContests(db)
      if (filling || due) for (const key of await dueContests(db, now(), contestsMax)) done = (await decideOne(key)) || done
      if (!done && !untold) return false
      for (const { decided_at, ...key } of await untoldContests(db, now(), contestsMax))
        while (await tell(key, decided_at.getTime())) done = true
      return done
    },
  }
}
