import type { Tx } from '../platform/db/postgres.ts'
import type { Difference } from './diff.ts'
import * as store from './membership-store.ts'
import type { ChangeListener, ChangeReason, MembershipChange } from './types.ts'

/** Writes memberships and tells everyone who must know, in one transaction. */
export interface Changes {
  listen(listener: ChangeListener): void
  /** Enters and leaves that really happened; those that were so already are nobody's news. */
  write(
    tx: Tx,
    workspaceId: number,
    moves: { readonly enter: readonly store.Member[]; readonly leave: readonly store.Member[] },
    at: number,
    reasonOf: (member: store.Member) => ChangeReason,
  ): Promise<MembershipChange[]>
  writeDifference(
    tx: Tx,
    workspaceId: number,
    found: Difference,
    at: number,
    reasonOf: (member: store.Member) => ChangeReason,
  ): Promise<MembershipChange[]>
}

export function createChanges(): Changes {
  const listeners: ChangeListener[] = []
  const changes: Changes = {
    listen: (listener) => listeners.push(listener),
    async write(tx, workspaceId, moves, at, reasonOf) {
      const toChange = (entered: boolean) => (member: store.Member) => ({ workspaceId, ...member, entered, at, reason: reasonOf(member) })
      const written = [
        ...(await store.insertMembers(tx, workspaceId, moves.enter, at)).map(toChange(true)),
        ...(await store.deleteMembers(tx, workspaceId, moves.leave)).map(toChange(false)),
      ]
      if (written.length === 0) return written
      await store.insertOutbox(tx, written)
      for (const listener of listeners) await listener(tx, written)
      return written
    },
    async writeDifference(tx, workspaceId, found, at, reasonOf) {
      await store.putChecks(tx, workspaceId, found.putChecks)
      await store.deleteChecks(tx, workspaceId, found.dropChecks)
      return changes.write(tx, workspaceId, found, at, reasonOf)
    },
  }
  return changes
}
