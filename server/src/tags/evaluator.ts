import type { Clock } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Query } from '../query/index.ts'
import type { Changes } from './changes.ts'
import { type Judge, sameConcerns } from './comparison.ts'
import { type Compiled, changeNames, compile, concernedBy, stateOf } from './compiled.ts'
import { carriedOver } from './merges.ts'
import type { Overtaken } from './overtaken.ts'
import * as pending from './pending-store.ts'
import { findDefinitions, lockWorkspace } from './store.ts'
import type { ChangeReason, StoredDefinition } from './types.ts'

/** One transaction's worth: while it is worked out the workspace's lock is held. */
const touchesMax = 4_000
const duePeopleMax = 2_000
/** At midnight the windows of very many close at once: events must not wait behind them. */
const duePeopleBesideTouchesMax = 500
/** A merge that has not reached ClickHouse by then is not waited for any longer. */
const mergeWaitMaxMs = 10 * 60_000

export interface Evaluator {
  /** Takes a batch of touched people and due checks of each workspace; true when there may be more. */
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

/** The people who were merged away, by the ids in a touch's changes. */
function mergedPeople(touch: pending.Touch): number[] {
  const prefix = `${changeNames.merge}:`
  return touch.changes.filter((change) => change.startsWith(prefix)).map((change) => Number(change.slice(prefix.length)))
}

/** By person the definitions that what happened can concern; people to whom the same happened share a list. */
function concernsOf(compiled: readonly Compiled[], touches: readonly pending.Touch[]): Map<number, readonly Compiled[]> {
  const lists = new Map<string, readonly Compiled[]>()
  const concerns = new Map<number, readonly Compiled[]>()
  if (compiled.length === 0) return concerns
  for (const [person, group] of Map.groupBy(touches, (touch) => touch.personId)) {
    const changed = new Set(group.flatMap((touch) => touch.changes))
    const what = JSON.stringify([...changed].sort())
    const list = lists.get(what) ?? concernedBy(compiled, changed)
    lists.set(what, list)
    if (list.length > 0) concerns.set(person, list)
  }
  return concerns
}

export function createEvaluator({ db, clock, log, metrics, query, changes, judge, overtaken, timeZone }: Deps): Evaluator {
  const lag = metrics.histogram('membership_lag_seconds', 'From the event to the memberships that it turned', [])
  const written = metrics.counter('membership_changes_total', 'Memberships that were entered or left', ['kind', 'reason'])

  /**
   * A merge commits in PostgreSQL before ClickHouse knows of it. Until then the person who lives on would be evaluated
   * without the other's history, and leave and enter again; so whoever has such a merge waits.
   */
  async function peopleToWaitFor(tx: Tx, workspaceId: number, touches: readonly pending.Touch[], now: number): Promise<Set<number>> {
    const merged = touches.flatMap(mergedPeople)
    if (merged.length === 0) return new Set()
    const redirects = await query.redirects(workspaceId, merged)
    const waiting = new Set<number>()
    for (const touch of touches) {
      const open = mergedPeople(touch).filter((id) => !redirects.has(id))
      if (open.length > 0 && now - touch.touchedAt < mergeWaitMaxMs) for (const id of [...open, touch.personId]) waiting.add(id)
    }
    // An evaluation that overlapped the merge may have written for the old person after the rows had moved.
    overtaken.note(workspaceId, [...redirects.keys()])
    await carriedOver(tx, changes, workspaceId, redirects, now)
    return waiting
  }

  const known = new Map<number, { state: string; compiled: Compiled[] }>()

  /** Definitions change seldom, touches come all the time. */
  function compiledOf(workspaceId: number, definitions: readonly StoredDefinition[]): Compiled[] {
    const state = stateOf(definitions)
    const cached = known.get(workspaceId)
    if (cached?.state === state) return cached.compiled
    const compiled = compile(definitions, (definition, error) =>
      log.error({ err: error, workspaceId, kind: definition.kind, key: definition.key }, 'a definition cannot be evaluated'),
    )
    known.set(workspaceId, { state, compiled })
    return compiled
  }

  async function runWorkspace(tx: Tx, workspaceId: number): Promise<boolean> {
    await lockWorkspace(tx, workspaceId)
    // Only now: what is evaluated must not be older than what an earlier holder of the lock wrote.
    const now = clock.now()
    const claimed = await pending.claimTouched(tx, workspaceId, touchesMax)
    const waiting = await peopleToWaitFor(tx, workspaceId, claimed, now)
    const touches = claimed.filter((touch) => !waiting.has(touch.personId))
    const dueMax = touches.length > 0 ? duePeopleBesideTouchesMax : duePeopleMax
    const due = (await pending.findDuePeople(tx, workspaceId, now, dueMax)).filter((person) => !waiting.has(person))
    if (touches.length === 0 && due.length === 0) return false
    const compiled = compiledOf(workspaceId, await findDefinitions(tx, workspaceId))
    const merged = new Set(
      touches.filter((touch) => touch.changes.some((change) => change.startsWith(changeNames.merge))).map((t) => t.personId),
    )
    const touched = new Set(touches.map((touch) => touch.personId))
    const reasonOf = (person: number): ChangeReason => (merged.has(person) ? 'merge' : touched.has(person) ? 'event' : 'time')
    // A person has one check for all definitions: whose it was is not known, so all are worked out.
    const all = new Set(due)
    const some = concernsOf(
      compiled,
      touches.filter((touch) => !all.has(touch.personId)),
    )
    const concerns = new Map([...some, ...sameConcerns(due, compiled)])
    overtaken.note(workspaceId, [...concerns.keys()])
    const judgement = await judge(tx, { workspaceId, concerns, whole: all, now, timeZone: await timeZone(workspaceId) })
    const moves = await changes.write(tx, workspaceId, judgement, { at: now, reason: reasonOf })
    for (const { kind, reason, people } of moves) written.inc({ kind, reason }, people.length)
    await pending.deleteTouched(
      tx,
      workspaceId,
      touches.map((touch) => touch.id),
    )
    for (const touch of touches) lag.observe(Math.max(0, now - touch.touchedAt) / 1000)
    return true
  }

  return {
    async run() {
      let worked = false
      for (const workspaceId of await pending.workspacesWithWork(db, clock.now()))
        if (await db.tx((tx) => runWorkspace(tx, workspaceId))) worked = true
      return worked
    },
  }
}
