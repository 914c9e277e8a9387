import { hasBit } from '../platform/bits.ts'
import type { Queryable } from '../platform/db/postgres.ts'
import { memberName } from '../query/index.ts'
import { bytesFor } from './changes.ts'
import { columnOf } from './diff.ts'
import { findRows } from './membership-store.ts'
import { findSlots } from './slot-store.ts'
import type { StoredDefinition } from './types.ts'

export interface Membership {
  readonly definition: StoredDefinition
  /** Of a tag with values; empty otherwise. */
  readonly value: string
}

/** What people are in now, of these definitions that are active; who is in nothing is left out. */
export async function membershipsOf(
  query: Queryable,
  workspaceId: number,
  people: readonly number[],
  definitions: readonly StoredDefinition[],
): Promise<Map<number, Membership[]>> {
  const active = new Map(definitions.filter((one) => one.status === 'active').map((one) => [memberName(one.kind, one.key), one]))
  const slots = await findSlots(query, workspaceId)
  const asked = [...new Set(people)].sort((a, b) => a - b)
  const rows = await findRows(query, workspaceId, asked, bytesFor(slots))
  const found = new Map<number, Membership[]>()
  for (const { kind, key, value, slot } of slots.inUse) {
    const definition = active.get(memberName(kind, key))
    // Of a tag with values only these are told.
    if (definition === undefined || (definition.mode === 'valued' && value === '')) continue
    const column = columnOf(rows, slot)
    for (const [place, person] of asked.entries()) {
      if (!hasBit(column, place)) continue
      const own = found.get(person) ?? []
      found.set(person, own)
      own.push({ definition, value })
    }
  }
  return found
}
