import type { Tx } from '../platform/db/postgres.ts'
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
}

export function createChanges(): Changes {
  const listeners: ChangeListener[] = []
  const changes: Changes = {
    listen: (listener) => listeners.push(listener),
    async write(tx, workspaceId, moves, at, reasonOf) {
      const written: MembershipChange[] = []
      const write = async (moved: readonly store.Member[], entered: boolean) => {
        const move = entered ? store.insertMembers : store.deleteMembers
        for (const [reason, some] of Map.groupBy(moved, reasonOf))
          for (const member of await move(tx, workspaceId, some, at, reason)) written.push({ workspaceId, ...member, entered, at, reason })
      }
      // Who goes from one value of a tag to another leaves before entering.
      await write(moves.leave, false)
      await write(moves.enter, true)
      if (written.length === 0) return written
      for (const listener of listeners) await listener(tx, written)
      return written
    },
  }
  return changes
}
