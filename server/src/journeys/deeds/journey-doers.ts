import type { Clock } from '../../platform/clock.ts'
import type { Tx } from '../../platform/db/postgres.ts'
import { stopNews } from '../core/calling.ts'
import type { StartDeed, StopDeed } from '../core/deed.ts'
import type { Calls } from '../engine/calls.ts'
import { insertInbox } from '../engine/inbox-store.ts'
import { findJourneysByKey } from '../store.ts'
import type { Doers } from './perform.ts'

/** What runs do to other journeys: a word to the inbox, in the move's transaction. */
export function createJourneyDoers({ clock, calls }: { clock: Clock; calls: Pick<Calls, 'start'> }): Pick<Doers, 'start' | 'stop'> {
  async function idsOf(tx: Tx, workspaceId: number, deeds: readonly (StartDeed | StopDeed)[]): Promise<Map<string, string>> {
    const keys = [...new Set(deeds.flatMap(({ journey }) => journey ?? []))]
    const found = keys.length === 0 ? [] : await findJourneysByKey(tx, workspaceId, keys)
    return new Map(found.map(({ key, id }) => [key, id]))
  }

  return {
    async start(tx, workspaceId, starts) {
      const refused = new Map<string, string>()
      const ids = await idsOf(tx, workspaceId, starts)
      for (const [journey, own] of Map.groupBy(starts, (one) => one.journey)) {
        const id = ids.get(journey)
        const called = own.map(({ effectKey: key, personId, properties, caller }) => ({ key, personId, properties, caller }))
        const reason = id === undefined ? 'not_found' : await calls.start(tx, workspaceId, id, called)
        if (reason !== null) for (const { effectKey } of own) refused.set(effectKey, reason)
      }
      return refused
    },

    async stop(tx, workspaceId, stops) {
      const refused = new Map<string, string>()
      const ids = await idsOf(tx, workspaceId, stops)
      const now = clock.now()
      const rows = stops.flatMap(({ effectKey, journey, personId, caller }) => {
        const id = journey === null ? caller.journeyId : ids.get(journey)
        if (id !== undefined) return [{ workspaceId, personId, ...stopNews(id, effectKey, caller, now) }]
        refused.set(effectKey, 'not_found')
        return []
      })
      await insertInbox(tx, rows)
      return refused
    },
  }
}
