import { type Queryable, sql } from '../platform/db/postgres.ts'
import { jsonText } from '../platform/json-text.ts'
import type { MessageEvent } from './message.ts'

// What happened to messages, on its way to the intake.

/** Events as `with row as (…, event jsonb)` reads them. */
export const toldRow = <T extends { readonly event: MessageEvent | null }>(one: T) => ({
  ...one,
  event: one.event && { ...one.event, at: new Date(one.event.at) },
})
export const eventFields = sql`(row.event->>'workspaceId')::int, (row.event->>'personId')::bigint, row.event->>'event', row.event->'properties',
        row.event->>'messageId', (row.event->>'at')::timestamptz`

export async function insertEvents(tx: Queryable, events: readonly MessageEvent[]): Promise<void> {
  if (events.length === 0) return
  const rows = events.map((event) => ({ ...event, at: new Date(event.at) }))
  await tx.run(sql`
    insert into message_events (workspace_id, person_id, event, properties, message_id, at)
    select "workspaceId", "personId", event, properties, "messageId", at
    from jsonb_to_recordset(${jsonText(rows)}::jsonb) as row (
      "workspaceId" int, "personId" bigint, event text, properties jsonb, "messageId" text, at timestamptz)
    on conflict (workspace_id, message_id) do nothing`)
}

export interface MessageEventRow {
  id: number
  workspace_id: number
  person_id: number
  event: string
  properties: Record<string, unknown>
  message_id: string
  at: Date
}

export function untoldEvents(db: Queryable, limit: number): Promise<MessageEventRow[]> {
  return db.many<MessageEventRow>(sql`
    select id, workspace_id, person_id, event, properties, message_id, at from message_events order by id limit ${limit}`)
}

export async function deleteEvents(db: Queryable, ids: readonly number[]): Promise<void> {
  await db.run(sql`delete from message_events where id = any(${ids}::bigint[])`)
}
