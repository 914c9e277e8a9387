import type { Clock } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Query } from '../query/index.ts'
import { type Changes, countOf } from './changes.ts'
import { type Judge, sameConcerns } from './comparison.ts'
import { compile } from './compiled.ts'
import type { Judgement } from './diff.ts'
import type { Overtaken } from './overtaken.ts'
import * as pending from './pending-store.ts'
import { findDefinitions, lockWorkspace, workspacesWithDefinitions } from './store.ts'

/** People that one run looks at, of each workspace: a million are walked through in seventeen hours. */
const peopleMax = 2_000
/** Between two runs. */
const restMs = 2 * 60_000

/**
 * Proves that what is stored is what the rules say: walks through everyone, some people a run, works all definitions out from
 * nothing and compares. Whoever differs is looked at again in the next run, because an event may just have been on its way
 * between the stores; who still does was wrong: that is counted, logged and mended, with the reason `repair`.
 */
export interface Reconciler {
  /** One run over each workspace, if it is time; false: nobody has to ask again at once. */
  run(): Promise<boolean>
}

interface Deps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly query: Query
  readonly changes: Changes
  readonly judge: Judge
  readonly overtaken: Overtaken
  readonly timeZone: (workspaceId: number) => Promise<string>
}

interface Walk {
  /** The last person looked at. */
  after: number
  suspects: readonly number[]
}

export function createReconciler({ db, clock, log, metrics, query, changes, judge, overtaken, timeZone }: Deps): Reconciler {
  const compared = metrics.counter(
    'memberships_reconciled_people_total',
    'People whose memberships were worked out from nothing and compared',
  )
  const drift = metrics.counter('membership_drift_total', 'Memberships that were not what the rules say, found and mended', ['kind'])
  const walks = new Map<number, Walk>()
  let nextAt = 0

  async function runWorkspace(workspaceId: number): Promise<void> {
    const walk = walks.get(workspaceId) ?? { after: 0, suspects: [] }
    walks.set(workspaceId, walk)
    const next = await query.peopleAfter(workspaceId, walk.after, peopleMax)
    await db.tx(async (tx) => {
      await lockWorkspace(tx, workspaceId)
      // What is not yet computed for everyone differs without being wrong.
      const compiled = compile(await findDefinitions(tx, workspaceId), () => undefined).filter(
        ({ definition }) => definition.computedRevision === definition.revision,
      )
      const now = clock.now()
      const zone = await timeZone(workspaceId)
      const awaited = await pending.findAwaited(tx, workspaceId, [...walk.suspects, ...next], now)
      const judged = (some: readonly number[]) => {
        const people = some.filter((person) => !awaited.has(person))
        compared.inc(people.length)
        overtaken.note(workspaceId, people)
        return judge(tx, { workspaceId, concerns: sameConcerns(people, compiled), now, timeZone: zone })
      }
      await mend(tx, workspaceId, await judged(walk.suspects), now)
      const found = await changes.compare(tx, workspaceId, await judged(next))
      const differing = new Set(found.flatMap((move) => move.people))
      walk.suspects = [...differing, ...walk.suspects.filter((person) => awaited.has(person))]
    })
    walk.after = next.length < peopleMax ? 0 : (next.at(-1) ?? 0)
  }

  async function mend(tx: Tx, workspaceId: number, judgement: Judgement, now: number): Promise<void> {
    const moves = await changes.write(tx, workspaceId, judgement, { at: now, reason: 'repair' })
    if (moves.length === 0) return
    for (const { kind, people } of moves) drift.inc({ kind }, people.length)
    const examples = moves.slice(0, 5).map(({ kind, key, people }) => `${kind}:${key} of person ${people[0]}`)
    log.error({ workspaceId, memberships: countOf(moves), examples }, 'memberships were not what the rules say; they are mended')
  }

  return {
    async run() {
      if (clock.now() < nextAt) return false
      nextAt = clock.now() + restMs
      for (const workspaceId of await workspacesWithDefinitions(db)) await runWorkspace(workspaceId)
      return false
    },
  }
}
