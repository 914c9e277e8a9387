import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import type { HoldoutGroup } from '../core/holdout.ts'

// Holdout groups of a workspace.

export interface HoldoutRow {
  key: string
  name: string
  /** Hundredths of a per cent. */
  share: number
  until: Date | null
  updated_at: Date
}

export function listHoldouts(query: Queryable, workspaceId: number): Promise<HoldoutRow[]> {
  return query.many<HoldoutRow>(sql`
    select key, name, share, until, updated_at from holdout_groups where workspace_id = ${workspaceId} order by created_at, key`)
}

export async function holdoutsByKey(query: Queryable, workspaceId: number): Promise<Map<string, HoldoutGroup>> {
  const rows = await listHoldouts(query, workspaceId)
  return new Map(rows.map(({ key, share, until }) => [key, { share: share / 100, until: until?.getTime() ?? null }]))
}

export function findHoldout(query: Queryable, workspaceId: number, key: string): Promise<HoldoutRow | null> {
  return query.one<HoldoutRow>(sql`
    select key, name, share, until, updated_at from holdout_groups where workspace_id = ${workspaceId} and key = ${key}`)
}

export async function saveHoldout(
  tx: Tx,
  workspaceId: number,
  { key, name, share, until }: Omit<HoldoutRow, 'updated_at'>,
  at: Date,
): Promise<void> {
  await tx.run(sql`
    insert into holdout_groups (workspace_id, key, name, share, until, created_at, updated_at)
    values (${workspaceId}, ${key}, ${name}, ${share}, ${until}, ${at}, ${at})
    on conflict (workspace_id, key) do update set name = excluded.name, share = excluded.share, until = excluded.until,
      updated_at = excluded.updated_at`)
}

export function deleteHoldout(tx: Tx, workspaceId: number, key: string): Promise<number> {
  return tx.run(sql`delete from holdout_groups where workspace_id = ${workspaceId} and key = ${key}`)
}
