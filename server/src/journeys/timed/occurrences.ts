import type { Output, Problem, Trigger } from '@chaoxi/contract'
import type { Tx } from '../../platform/db/postgres.ts'
import { zoneOf } from '../../query/index.ts'
import { isTimed, nextOccurrence, nextOccurrences } from '../core/occurrence.ts'
import type { EngineDeps } from '../deps.ts'
import * as store from './occurrence-store.ts'

const nextShown = 3
const pastShown = 20

/** What the desk does about journeys that are due by the clock. */
export interface Occurrences {
  /** Of a version that is just published; null: of none. */
  plan(tx: Tx, whose: store.Whose, trigger: Trigger | null): Promise<void>
  /** Of a drawing: the next times that it would be due. */
  next(workspaceId: number, trigger: Trigger): Promise<string[]>
  problems(workspaceId: number, trigger: Trigger): Promise<Problem[]>
  view(whose: store.Whose, trigger: Trigger | null): Promise<Output<'journeyOccurrences'>>
}

export function createOccurrences({ db, clock, timeZone }: Pick<EngineDeps, 'db' | 'clock' | 'timeZone'>): Occurrences {
  const iso = (at: number) => new Date(at).toISOString()

  async function next(workspaceId: number, trigger: Trigger, after = clock.now()): Promise<number[]> {
    return isTimed(trigger) ? nextOccurrences(trigger, after, zoneOf(await timeZone(workspaceId)), nextShown) : []
  }

  return {
    async plan(tx, whose, trigger) {
      if (trigger === null || !isTimed(trigger)) return store.plan(tx, whose, null)
      const before = await store.plannedAt(tx, whose)
      // What is due by the version before, and nobody came to begin yet, is due by this one.
      const after = Math.min(clock.now(), before === null ? Number.POSITIVE_INFINITY : before - 1)
      await store.plan(tx, whose, nextOccurrence(trigger, after, zoneOf(await timeZone(whose.workspaceId))))
    },

    next: async (workspaceId, trigger) => (await next(workspaceId, trigger)).map(iso),

    async problems(workspaceId, trigger) {
      if (!isTimed(trigger) || (await next(workspaceId, trigger)).length > 0) return []
      return [{ path: 'trigger.repeat', message: 'it is never due from now on; choose days that are still to come' }]
    },

    async view(whose, trigger) {
      const due = await store.plannedAt(db, whose)
      const ahead = due === null || trigger === null ? [] : await next(whose.workspaceId, trigger, due)
      const past = await store.listOccurrences(db, whose, pastShown)
      return {
        next: due === null ? [] : [due, ...ahead].slice(0, nextShown).map(iso),
        items: past.map((row) => ({
          dueAt: row.due_at.toISOString(),
          state: row.state,
          reason: row.reason,
          people: row.people,
          told: row.told,
          endedAt: row.ended_at?.toISOString() ?? null,
        })),
      }
    },
  }
}
