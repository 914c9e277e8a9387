import assert from 'node:assert/strict'
import { emptyBits, forEachPlace, hasAny, setBit } from '../platform/bits.ts'
import type { Tx } from '../platform/db/postgres.ts'
import { bytesFor, type Changes, type Writing } from './changes.ts'
import { columnOf, unchecked } from './diff.ts'
import { findRowsAfter } from './membership-store.ts'
import type { Move } from './move.ts'
import { insertOutbox } from './outbox-store.ts'
import { type DefinitionName, findSlots, retireSlots } from './slot-store.ts'

// Memberships that follow from no rule.

/** People put into a static definition and taken out of it; nobody is in both lists. */
export async function moveByHand(
  tx: Tx,
  changes: Changes,
  workspaceId: number,
  { kind, key }: DefinitionName,
  { add, remove }: { add: readonly number[]; remove: readonly number[] },
  writing: Writing,
): Promise<Move[]> {
  const slot = (await findSlots(tx, workspaceId)).inUse.find((one) => one.kind === kind && one.key === key)
  assert(slot, 'an active definition has a slot')
  const people = [...add, ...remove].sort((a, b) => a - b)
  const inside = new Set(add)
  const held = emptyBits(people.length)
  for (const [place, person] of people.entries()) if (inside.has(person)) setBit(held, place)
  const columns = [{ slot: slot.slot, held, asked: null }]
  return changes.write(tx, workspaceId, { ...unchecked(people.length), people, columns }, writing)
}

const peopleAtOnce = 50_000

/**
 * Everyone leaves a definition that is archived; no listener hears of it. Its slots are retired, so nobody's row is written, only read:
 * the history says who left.
 */
export async function emptyDefinition(tx: Tx, workspaceId: number, name: DefinitionName, at: number): Promise<void> {
  const retired = await retireSlots(tx, workspaceId, name)
  const widthMin = bytesFor(await findSlots(tx, workspaceId))
  for (let after = 0; ; ) {
    const rows = await findRowsAfter(tx, workspaceId, { after, limit: peopleAtOnce, widthMin })
    const moves = retired.flatMap(({ slot, value }): Move[] => {
      const column = columnOf(rows, slot)
      if (!hasAny(column)) return []
      const people: number[] = []
      forEachPlace(column, (place) => people.push(rows.people[place] ?? 0))
      return [{ ...name, value, entered: false, at, reason: 'definition', people }]
    })
    await insertOutbox(tx, workspaceId, moves)
    const last = rows.people.at(-1)
    if (rows.people.length < peopleAtOnce || last === undefined) return
    after = last
  }
}
