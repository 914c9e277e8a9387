import type { Clock } from '../platform/clock.ts'
import type { Queryable } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import * as store from './store.ts'

/**
 * Writes down who changed what, in the transaction of the change. `action` is `noun.verb`, `subject` the id or key of
 * the thing, `details` what changed (never a password, a key or a customer's contact data).
 */
export type Audit = (
  tx: Queryable,
  caller: Pick<Caller, 'workspaceId' | 'actor'>,
  action: string,
  subject: string,
  details: object,
) => Promise<void>

export function createAudit({ clock, ids }: { clock: Clock; ids: Ids }): Audit {
  return async (tx, caller, action, subject, details) => {
    const entry = { id: ids.next('aud'), at: new Date(clock.now()), account: caller.actor, action, subject, details }
    await store.insertAudit(tx, caller.workspaceId, entry)
  }
}
