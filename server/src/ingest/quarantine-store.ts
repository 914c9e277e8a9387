import { type Queryable, sql } from '../platform/db/postgres.ts'

export interface QuarantineRow {
  id: string
  received_at: Date
  source: string
  reason: string
  problems: { path: string; message: string }[]
  raw: Buffer
  status: 'open' | 'replayed' | 'discarded'
}

export async function insertQuarantined(query: Queryable, workspaceId: number, rows: readonly QuarantineRow[]): Promise<void> {
  await query.run(sql`
    insert into quarantined_events (workspace_id, id, received_at, source, reason, problems, raw, status)
    select ${workspaceId}, id, received_at, source, reason, problems::jsonb, raw, status
    from unnest(${rows.map((r) => r.id)}::text[], ${rows.map((r) => r.received_at)}::timestamptz[], ${rows.map((r) => r.source)}::text[], ${rows.map((r) => r.reason)}::text[],
      ${rows.map((r) => JSON.stringify(r.problems))}::text[], ${rows.map((r) => r.raw)}::bytea[], ${rows.map((r) => r.status)}::text[])
      as new (id, received_at, source, reason, problems, raw, status)`)
}

export function listQuarantined(
  query: Queryable,
  workspaceId: number,
  filter: { status: string; reason: string | null; beforeId: string | null; limit: number },
): Promise<QuarantineRow[]> {
  return query.many<QuarantineRow>(sql`
    select id, received_at, source, reason, problems, raw, status from quarantined_events
    where workspace_id = ${workspaceId} and status = ${filter.status} and (${filter.reason}::text is null or reason = ${filter.reason})
      and (${filter.beforeId}::text is null or id < ${filter.beforeId})
    order by id desc limit ${filter.limit}`)
}

export const countByReason = (query: Queryable, workspaceId: number, status: string) =>
  query.many<{ reason: string; count: number }>(sql`
    select reason, count(*) as count from quarantined_events where workspace_id = ${workspaceId} and status = ${status}
    group by reason order by count desc, reason`)

export function findQuarantined(query: Queryable, workspaceId: number, id: string): Promise<QuarantineRow | null> {
  return query.one<QuarantineRow>(sql`
    select id, received_at, source, reason, problems, raw, status from quarantined_events where workspace_id = ${workspaceId} and id = ${id}`)
}

export function setQuarantineStatus(query: Queryable, workspaceId: number, id: string, status: string): Promise<number> {
  return query.run(
    sql`update quarantined_events set status = ${status} where workspace_id = ${workspaceId} and id = ${id} and status = 'open'`,
  )
}

export async function countQuarantined(query: Queryable, workspaceId: number): Promise<number> {
  return (
    (
      await query.one<{ count: number }>(
        sql`select count(*) as count from quarantined_events where workspace_id = ${workspaceId} and status = 'open'`,
      )
    )?.count ?? 0
  )
}
