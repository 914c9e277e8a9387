import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db, Sql } from '../platform/db/postgres.ts'
import { findMembers } from './history-store.ts'
import { peopleAmong, peopleHolding } from './membership-store.ts'
import type { Outbox } from './outbox.ts'
import { type DefinitionName, findSlots } from './slot-store.ts'
import { findDefinition, findValueSizes } from './store.ts'

/**
 * Up to here ClickHouse lists who is in a definition: a million rows are looked through for the few in 0.2 s, and of what is in order of
 * definitions some thousand are read in hundredths. Larger ones are found on the way through everyone.
 */
const listedMax = 10_000

export interface ValueName extends DefinitionName {
  /** Of a tag with values perhaps one alone. */
  readonly value?: string | undefined
}

/** Who is in a definition now, as a set of ids for other statements. */
export function createPeopleOf({ db, clickhouse, outbox }: { db: Db; clickhouse: ClickHouse; outbox: Outbox }) {
  async function sizeOf(workspaceId: number, { kind, key, value }: ValueName): Promise<number> {
    if (value !== undefined) return (await findValueSizes(db, workspaceId)).get(key)?.get(value) ?? 0
    return (await findDefinition(db, workspaceId, kind, key))?.size ?? 0
  }

  return async (workspaceId: number, name: ValueName): Promise<Sql> => {
    // Sizes are those of what has been sent.
    await outbox.flushAll()
    if ((await sizeOf(workspaceId, name)) <= listedMax) return peopleAmong(await findMembers(clickhouse, workspaceId, name))
    const own = (await findSlots(db, workspaceId)).inUse.filter(
      (slot) => slot.kind === name.kind && slot.key === name.key && slot.value === (name.value ?? ''),
    )
    return peopleHolding(
      workspaceId,
      own.map(({ slot }) => slot),
    )
  }
}
