import type { Channel } from '@chaoxi/contract'
import { type Queryable, sql } from '../../platform/db/postgres.ts'

export interface RecipientRow {
  id: string
  name: string
  channel: Channel
  address: string
  confirmed_by: string
  confirmed_at: Date
}

const columns = sql`id, name, channel, address, confirmed_by, confirmed_at`

/** Those who were not removed, oldest first. */
export function listRecipients(db: Queryable, workspaceId: number): Promise<RecipientRow[]> {
  return db.many<RecipientRow>(sql`
    select ${columns} from test_recipients where workspace_id = ${workspaceId} and removed_at is null order by confirmed_at, id`)
}

/** False: the address is there already. */
export async function insertRecipient(db: Queryable, workspaceId: number, row: RecipientRow): Promise<boolean> {
  const added = await db.run(sql`
    insert into test_recipients (workspace_id, ${columns})
    values (${workspaceId}, ${row.id}, ${row.name}, ${row.channel}, ${row.address}, ${row.confirmed_by}, ${row.confirmed_at})
    on conflict do nothing`)
  return added > 0
}

export async function removeRecipient(db: Queryable, workspaceId: number, id: string, at: Date): Promise<boolean> {
  const removed = await db.run(sql`
    update test_recipients set removed_at = ${at} where workspace_id = ${workspaceId} and id = ${id} and removed_at is null`)
  return removed > 0
}
