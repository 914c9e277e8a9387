import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import type { DefinitionKind } from './types.ts'

export interface DefinitionName {
  readonly kind: DefinitionKind
  readonly key: string
}

/** Which bit of a person's memberships stands for a definition, or for a value of a tag. */
export interface Slot extends DefinitionName {
  readonly slot: number
  /** Of a tag with values; empty otherwise. */
  readonly value: string
}

export interface Slots {
  readonly inUse: readonly Slot[]
  /** Their bits mean nothing any more. */
  readonly retired: readonly number[]
}

/** Whoever writes memberships: what it knows of the slots stays so until it commits. */
export async function shareSlots(tx: Tx, workspaceId: number): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock_shared(727004, ${workspaceId}::int)`)
}

export async function findSlots(query: Queryable, workspaceId: number): Promise<Slots> {
  const rows = await query.many<Slot & { retired: boolean }>(sql`
    select slot, kind, key, value, retired from membership_slots where workspace_id = ${workspaceId} order by slot`)
  return { inUse: rows.filter((row) => !row.retired), retired: rows.filter((row) => row.retired).map((row) => row.slot) }
}

/** Gives each value a slot that has none. The caller holds the workspace's lock. */
export async function addSlots(tx: Tx, workspaceId: number, { kind, key }: DefinitionName, values: readonly string[]): Promise<void> {
  await tx.run(sql`
    insert into membership_slots (workspace_id, slot, kind, key, value)
    select ${workspaceId}::int, last.slot + row_number() over (order by place), ${kind}::text, ${key}::text, value
    from unnest(${values}::text[]) with ordinality as new (value, place),
      (select coalesce(max(slot), -1) as slot from membership_slots where workspace_id = ${workspaceId}) as last
    where not exists (
      select from membership_slots s
      where s.workspace_id = ${workspaceId} and s.kind = ${kind} and s.key = ${key} and s.value = new.value and not s.retired)`)
}

/** Waits for whoever is writing, and keeps others from it until the caller commits. */
export async function retireSlots(tx: Tx, workspaceId: number, { kind, key }: DefinitionName): Promise<Slot[]> {
  await tx.run(sql`select pg_advisory_xact_lock(727004, ${workspaceId}::int)`)
  return tx.many<Slot>(sql`
    update membership_slots set retired = true
    where workspace_id = ${workspaceId} and kind = ${kind} and key = ${key} and not retired returning slot, kind, key, value`)
}
