import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import type { DefinitionKind } from './types.ts'

export interface OutboxRow {
  id: number
  workspace_id: number
  kind: DefinitionKind
  key: string
  person_id: number
  value: string
  entered: boolean
  at: Date
  reason: string
}

export async function hasOutbox(query: Queryable): Promise<boolean> {
  return (await query.one(sql`select 1 as one from membership_outbox limit 1`)) !== null
}

/** The oldest rows; whoever else wants them waits, so that nobody evaluates before they are in ClickHouse. */
export async function claimOutbox(tx: Tx, limit: number): Promise<OutboxRow[]> {
  return tx.many<OutboxRow>(sql`
    select id, workspace_id, kind, key, person_id, value, entered, at, reason from membership_outbox order by id limit ${limit} for update`)
}

export async function deleteOutbox(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.run(sql`delete from membership_outbox where id = any(${ids}::bigint[])`)
}
