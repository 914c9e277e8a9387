import { type Queryable, sql } from '../platform/db/postgres.ts'

export interface LinkRow {
  code: string
  workspace_id: number
  message_id: string
  url: string
}

export async function insertLinks(
  tx: Queryable,
  links: readonly { code: string; workspaceId: number; messageId: string; url: string }[],
  now: Date,
): Promise<void> {
  if (links.length === 0) return
  await tx.run(sql`
    insert into links (code, workspace_id, message_id, url, created_at)
    select code, "workspaceId", "messageId", url, ${now}
    from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as row (code text, "workspaceId" int, "messageId" text, url text)`)
}

/** A code is unguessable and names its workspace itself. */
export function linkByCode(db: Queryable, code: string): Promise<LinkRow | null> {
  return db.one<LinkRow>(sql`select code, workspace_id, message_id, url from links where code = ${code}`)
}

export async function insertClick(tx: Queryable, link: LinkRow, id: string, userAgent: string, now: Date): Promise<void> {
  await tx.run(sql`
    insert into link_clicks (workspace_id, id, code, message_id, at, user_agent)
    values (${link.workspace_id}, ${id}, ${link.code}, ${link.message_id}, ${now}, ${userAgent})`)
}
