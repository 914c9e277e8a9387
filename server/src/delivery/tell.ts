import type { Db } from '../platform/db/postgres.ts'
import type { Loop } from '../platform/jobs/loops.ts'
import { deleteEvents, untoldEvents } from './store-events.ts'

/** The intake's `record`: idempotent by message id. */
export type RecordEvents = (
  workspaceId: number,
  events: readonly { personId: number; event: string; properties: Record<string, unknown>; messageId: string; time: number }[],
) => Promise<void>

export const tellLoop = 'delivery_events'
const batch = 500
const everyMs = 1_000
/** Each telling is a group of the intake's, which costs much the same for one event as for a hundred. */
const gatherMs = 200

/** Tells the intake what happened to messages. Rows go only after it has taken them, so telling twice is possible and harmless. */
export function createTelling({ db, record }: { db: Db; record: RecordEvents }): Loop {
  return {
    name: tellLoop,
    everyMs,
    restMs: gatherMs,
    gatherMs,
    async run() {
      const rows = await untoldEvents(db, batch)
      for (const [workspaceId, own] of Map.groupBy(rows, (row) => row.workspace_id)) {
        await record(
          workspaceId,
          own.map((row) => ({
            personId: row.person_id,
            event: row.event,
            properties: row.properties,
            messageId: row.message_id,
            time: row.at.getTime(),
          })),
        )
        await deleteEvents(
          db,
          own.map((row) => row.id),
        )
      }
      return rows.length > 0
    },
  }
}
