import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Logger } from '../platform/log.ts'
import { fingerprintOf, memberName, type Query } from '../query/index.ts'
import type { Changes } from './changes.ts'
import { type Compare, sameConcerns } from './comparison.ts'
import { type Compiled, compile } from './compiled.ts'
import type * as members from './membership-store.ts'
import * as pending from './pending-store.ts'
import { findDefinitions, lockWorkspace, markComputed, workspacesToCompute } from './store.ts'

/** Rules asked of people in a piece: bounds the memory, and the time that the live evaluator has to wait for the lock. */
const answersInPiece = 400_000
const [pieceMin, pieceMax] = [500, 20_000]
/** Definitions computed side by side: what is known of people is read once for all of them. */
const definitionsMax = 300

export interface Recomputed {
  readonly entered: number
  readonly left: number
}

export interface Recompute {
  /** Computes what is new or was changed, some definitions of each workspace; true when there may be more. */
  runPending(): Promise<boolean>
  /**
   * Computes the named definitions for everyone, whatever is stored. Null when one of them changed meanwhile (it is then
   * pending anyway) or is not there.
   */
  run(workspaceId: number, names: readonly members.DefinitionName[]): Promise<Recomputed | null>
}

interface Deps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Logger
  readonly query: Query
  readonly changes: Changes
  readonly compare: Compare
  readonly timeZone: (workspaceId: number) => Promise<string>
}

export function createRecompute({ db, clock, log, query, changes, compare, timeZone }: Deps): Recompute {
  const isPending = ({ definition }: Compiled, zone: string) =>
    definition.computedRevision < definition.revision || definition.computedTimeZone !== zone

  function compiledOf(definitions: Parameters<typeof compile>[0], workspaceId: number): Compiled[] {
    return compile(definitions, (definition, error) =>
      log.error({ err: error, workspaceId, kind: definition.kind, key: definition.key }, 'a definition cannot be computed'),
    )
  }

  /** One piece of the people, under the workspace's lock; null when a rule is not what it was at the start. */
  async function piece(
    workspaceId: number,
    targets: readonly Compiled[],
    zone: string,
    people: readonly number[],
    range: { readonly from: number; readonly to: number },
  ): Promise<Recomputed | null> {
    return db.tx(async (tx) => {
      await lockWorkspace(tx, workspaceId)
      const now = clock.now()
      if (!unchanged(targets, compiledOf(await findDefinitions(tx, workspaceId), workspaceId))) return null
      // The range and not the people: who is in without living leaves.
      const found = await compare(tx, { workspaceId, concerns: sameConcerns(people, targets), holders: range, now, timeZone: zone })
      await pending.lowerChecks(tx, workspaceId, found.due)
      const done = await changes.write(tx, workspaceId, found, now, () => 'definition')
      const entered = done.filter((change) => change.entered).length
      return { entered, left: done.length - entered }
    })
  }

  async function compute(workspaceId: number, targets: readonly Compiled[]): Promise<Recomputed | null> {
    const zone = await timeZone(workspaceId)
    let [entered, left] = [0, 0]
    const parts = targets.reduce((sum, one) => sum + one.parts.length, 0)
    const size = Math.max(pieceMin, Math.min(pieceMax, Math.floor(answersInPiece / Math.max(1, parts))))
    for (let after = 0; ; ) {
      const people = await query.peopleAfter(workspaceId, after, size)
      const last = people.length < size ? null : (people.at(-1) ?? null)
      const done = await piece(workspaceId, targets, zone, people, { from: after + 1, to: last ?? Number.MAX_SAFE_INTEGER })
      if (done === null) return null
      entered += done.entered
      left += done.left
      if (last === null) break
      after = last
    }
    const complete = await db.tx(async (tx) => {
      await lockWorkspace(tx, workspaceId)
      if (!unchanged(targets, compiledOf(await findDefinitions(tx, workspaceId), workspaceId))) return false
      for (const { definition } of targets)
        await markComputed(tx, workspaceId, definition.kind, definition.key, definition.revision, clock.now(), zone)
      return true
    })
    return complete ? { entered, left } : null
  }

  return {
    async runPending() {
      let worked = false
      for (const workspaceId of await workspacesToCompute(db)) {
        const zone = await timeZone(workspaceId)
        const pending = compiledOf(await findDefinitions(db, workspaceId), workspaceId).filter((one) => isPending(one, zone))
        if (pending.length === 0) continue
        await compute(workspaceId, pending.slice(0, definitionsMax))
        worked = true
      }
      return worked
    },
    async run(workspaceId, names) {
      const wanted = new Set(names.map((name) => memberName(name.kind, name.key)))
      const targets = compiledOf(await findDefinitions(db, workspaceId), workspaceId).filter(({ definition }) =>
        wanted.has(memberName(definition.kind, definition.key)),
      )
      return targets.length < wanted.size ? null : compute(workspaceId, targets)
    },
  }
}

const fingerprint = ({ parts }: Compiled) => parts.map((part) => `${part.value}=${fingerprintOf(part.rule)}`).join()

/** Whether the definitions still mean the same: their own rules and those that they name. */
function unchanged(before: readonly Compiled[], now: readonly Compiled[]): boolean {
  const current = new Map(now.map((one) => [memberName(one.definition.kind, one.definition.key), one]))
  return before.every((one) => {
    const found = current.get(memberName(one.definition.kind, one.definition.key))
    return found?.definition.revision === one.definition.revision && fingerprint(found) === fingerprint(one)
  })
}
