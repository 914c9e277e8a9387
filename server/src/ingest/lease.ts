import type { Db } from '../platform/db/postgres.ts'
import { tryIngestLock } from './store.ts'

/** Only one process takes events in at a time, or the filter of known message ids would miss the other's. Null: another has it. */
export async function takeIngestLease(db: Db): Promise<{ release(): void } | null> {
  const held = await db.hold()
  if (await tryIngestLock(held.query)) return { release: held.release }
  held.release()
  return null
}
