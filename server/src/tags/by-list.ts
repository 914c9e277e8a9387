import type { Clock } from '../platform/clock.ts'
import type { Tx } from '../platform/db/postgres.ts'
import { moveByHand } from './by-hand.ts'
import type { Changes } from './changes.ts'
import { changeNames } from './compiled.ts'
import { insertTouched } from './pending-store.ts'
import { type DefinitionName, shareSlots } from './slot-store.ts'
import { findDefinition } from './store.ts'

/** Puts people into a static definition in somebody else's transaction; false: there is none under that name any more. */
export function createByList({ changes, clock }: { changes: Changes; clock: Clock }) {
  return async function byList(tx: Tx, workspaceId: number, name: DefinitionName, people: readonly number[]): Promise<boolean> {
    // Until this is committed it cannot be archived.
    await shareSlots(tx, workspaceId)
    const definition = await findDefinition(tx, workspaceId, name.kind, name.key)
    if (definition?.status !== 'active' || definition.mode !== 'static') return false
    const now = clock.now()
    const writing = { at: now, reason: 'manual' } as const
    const moved = await moveByHand(tx, changes, workspaceId, name, { add: people, remove: [] }, writing)
    const touched = moved.flatMap((move) => move.people)
    await insertTouched(tx, workspaceId, touched, [changeNames.member(name.kind, name.key)], now)
    return true
  }
}
