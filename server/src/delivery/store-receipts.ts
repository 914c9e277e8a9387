import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import { jsonText } from '../platform/json-text.ts'
import type { Message, MessageEvent } from './message.ts'
import { read } from './store.ts'
import { eventFields, toldRow } from './store-events.ts'

/** What a receipt needs to know of its message; its texts and variables stay where they are. */
const receiptColumns = sql`workspace_id, id, person_id, channel, purpose, template, journey_id, journey_version, node_id, run_id,
  '{}'::jsonb as context, state, reason, attempts, address, provider_id, null::jsonb as rendered, created_at, sent_at`

/**
 * The messages that receipts are about, by our ids, locked in one order. Message by message: of a join with all of them
 * the planner without statistics makes a walk through the workspace (250 ms).
 */
export function messagesOfReceipts(tx: Tx, workspaceId: number, ids: readonly string[]): Promise<Message[]> {
  return read(
    tx,
    sql`select m.* from unnest(${[...ids].sort()}::text[]) as asked (id)
      cross join lateral (select ${receiptColumns} from messages
        where workspace_id = ${workspaceId} and id = asked.id and channel = 'sms' offset 0 for update) m`,
  )
}

/** The same by the provider's ids, for receipts that do not carry ours. */
export async function messagesOfProvider(tx: Tx, workspaceId: number, providerIds: readonly string[]): Promise<Message[]> {
  const rows = await tx.many<{ message_id: string }>(sql`
    select distinct a.message_id from unnest(${providerIds}::text[]) as asked (id)
    cross join lateral (select message_id from message_attempts
      where workspace_id = ${workspaceId} and provider_id = asked.id and outcome = 'accepted' offset 0) a`)
  const messages = await messagesOfReceipts(
    tx,
    workspaceId,
    rows.map((row) => row.message_id),
  )
  return messages.filter((message) => message.providerId !== null && providerIds.includes(message.providerId))
}

export interface Receipt {
  readonly workspaceId: number
  readonly id: string
  readonly state: 'delivered' | 'failed'
  readonly reason: string | null
  readonly deliveredAt: Date | null
  readonly providerId: string | null
  readonly details: Record<string, unknown>
  readonly event: MessageEvent
}

/** Settles messages by their receipts, each with its line among the attempts and its event. */
export async function settleReceipts(tx: Queryable, receipts: readonly Receipt[], now: Date): Promise<void> {
  if (receipts.length === 0) return
  await tx.run(sql`
    with row as materialized (
      select * from jsonb_to_recordset(${jsonText(receipts.map(toldRow))}::jsonb) as row (
        "workspaceId" int, id text, state text, reason text, "deliveredAt" timestamptz, "providerId" text, details jsonb, event jsonb)
    ), attempt as (
      insert into message_attempts (workspace_id, message_id, seq, at, outcome, provider_id, details)
      select row."workspaceId", row.id,
        (select coalesce(max(seq), 0) + 1 from message_attempts a where a.workspace_id = row."workspaceId" and a.message_id = row.id),
        ${now}, 'receipt_' || row.state, row."providerId", row.details
      from row
    ), told as (
      insert into message_events (workspace_id, person_id, event, properties, message_id, at)
      select ${eventFields} from row
      on conflict (workspace_id, message_id) do nothing
    )
    update messages m set state = row.state, reason = row.reason, due_at = null, delivered_at = row."deliveredAt",
      provider_id = coalesce(m.provider_id, row."providerId"), news = m.awaited
    from row where m.workspace_id = row."workspaceId" and m.id = row.id`)
}
