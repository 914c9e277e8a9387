import type { Channel } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'

/** What a trial wants a colleague to get: by recipient, for there is no way to name an address here. */
export interface TestMessage {
  readonly workspaceId: number
  /** One per key, ever. */
  readonly key: string
  readonly trialId: string
  readonly recipientId: string
  readonly channel: Channel
  readonly template: string
  /** Of an SMS: `{ code, params }`; of a popup its content. */
  readonly content: Readonly<Record<string, unknown>>
  readonly link: { readonly code: string; readonly url: string } | null
  readonly dueAt: number
}

export interface TestMessageRow {
  workspace_id: number
  id: string
  key: string
  recipient_id: string
  channel: Channel
  content: Record<string, unknown>
  state: string
  reason: string | null
  address: string
  created_at: Date
}

export async function insertTestMessages(tx: Tx, messages: readonly (TestMessage & { readonly id: string })[], now: Date): Promise<void> {
  for (const { workspaceId, id, key, trialId, recipientId, channel, template, content, link, dueAt } of messages)
    await tx.run(sql`
      insert into test_messages (workspace_id, id, key, trial_id, recipient_id, channel, template, content, link_code, link_url, state, due_at,
        created_at)
      values (${workspaceId}, ${id}, ${key}, ${trialId}, ${recipientId}, ${channel}, ${template}, ${jsonText(content)}::jsonb,
        ${link?.code ?? null}, ${link?.url ?? null}, 'queued', ${new Date(dueAt)}, ${now})
      on conflict (workspace_id, key) do nothing`)
}

/** The next ones that go by telephone, with their recipients' numbers: the only ones that there are. */
export function claimTestMessages(tx: Tx, now: Date, until: Date, limit: number): Promise<TestMessageRow[]> {
  return tx.many<TestMessageRow>(sql`
    with due as (
      select workspace_id, id from test_messages where due_at <= ${now} and state = 'queued' and channel = 'sms'
      order by due_at limit ${limit} for update skip locked
    )
    update test_messages m set state = 'sending', due_at = ${until} from due, test_recipients r
    where m.workspace_id = due.workspace_id and m.id = due.id and r.workspace_id = m.workspace_id and r.id = m.recipient_id
    returning m.workspace_id, m.id, m.key, m.recipient_id, m.channel, m.content, m.state,
      case when r.removed_at is null then null else 'recipient_removed' end as reason, r.address, m.created_at`)
}

/** Whoever sent them has not been heard of: they may have gone, and do not go again. */
export async function giveUpLost(db: Queryable, now: Date): Promise<void> {
  await db.run(sql`update test_messages set state = 'unknown', due_at = null where state = 'sending' and due_at <= ${now}`)
}

export async function settleTestMessage(
  db: Queryable,
  { workspace_id, id }: Pick<TestMessageRow, 'workspace_id' | 'id'>,
  end: { state: 'sent' | 'failed' | 'unknown'; reason: string | null; providerId: string | null; at: Date },
): Promise<void> {
  await db.run(sql`
    update test_messages set state = ${end.state}, reason = ${end.reason}, provider_id = ${end.providerId}, sent_at = ${end.at}, due_at = null
    where workspace_id = ${workspace_id} and id = ${id} and state = 'sending'`)
}

/** False: it is no message of a trial. */
export async function settleTestReceipt(
  db: Queryable,
  workspaceId: number,
  id: string,
  receipt: { state: 'delivered' | 'failed'; reason: string | null; at: Date },
): Promise<boolean> {
  const settled = await db.run(sql`
    update test_messages set state = ${receipt.state}, reason = ${receipt.reason},
      delivered_at = case when ${receipt.state} = 'delivered' then ${receipt.at}::timestamptz end, due_at = null
    where workspace_id = ${workspaceId} and id = ${id} and state in ('sending', 'sent', 'unknown')`)
  return settled > 0
}

export interface TestFate {
  key: string
  recipient_id: string
  state: string
  reason: string | null
  at: Date | null
}

export function testFates(db: Queryable, workspaceId: number, trialId: string): Promise<TestFate[]> {
  return db.many<TestFate>(sql`
    select key, recipient_id, case when clicked_at is not null then 'clicked' else state end as state, reason,
      coalesce(clicked_at, delivered_at, sent_at) as at
    from test_messages where workspace_id = ${workspaceId} and trial_id = ${trialId}`)
}

/** How many a trial has for each recipient, and when the last of them is due. */
export function testLoad(
  db: Queryable,
  workspaceId: number,
  trialId: string,
): Promise<{ recipient_id: string; count: number; last_at: Date }[]> {
  return db.many(sql`
    select recipient_id, count(*)::int as count, max(coalesce(due_at, created_at)) as last_at from test_messages
    where workspace_id = ${workspaceId} and trial_id = ${trialId} group by recipient_id`)
}

export async function stopTestMessages(tx: Queryable, workspaceId: number, trialId: string): Promise<void> {
  await tx.run(sql`
    update test_messages set state = 'stopped', due_at = null
    where workspace_id = ${workspaceId} and trial_id = ${trialId} and state = 'queued'`)
}

export async function deleteTestMessages(tx: Queryable, workspaceId: number, trialId: string): Promise<void> {
  await tx.run(sql`delete from test_messages where workspace_id = ${workspaceId} and trial_id = ${trialId}`)
}

/** The oldest popup that waits for a colleague, by the user id in the shop. */
export function waitingTestPopup(db: Queryable, workspaceId: number, userId: string, now: Date): Promise<TestMessageRow | null> {
  return db.one<TestMessageRow>(sql`
    select m.workspace_id, m.id, m.key, m.recipient_id, m.channel, m.content, m.state, m.reason, r.address, m.created_at
    from test_recipients r join test_messages m on m.workspace_id = r.workspace_id and m.recipient_id = r.id
    where r.workspace_id = ${workspaceId} and r.channel = 'popup' and r.address = ${userId} and r.removed_at is null
      and ((m.state = 'queued' and m.due_at <= ${now}) or m.state = 'sent') order by m.created_at, m.id limit 1`)
}

/** False: it is no popup of a trial. */
export async function actOnTestPopup(
  db: Queryable,
  workspaceId: number,
  id: string,
  act: 'handed' | 'shown' | 'clicked' | 'closed',
  at: Date,
): Promise<boolean> {
  const state = act === 'handed' ? 'sent' : 'delivered'
  const done = await db.run(sql`
    update test_messages set state = ${state}, due_at = null, sent_at = coalesce(sent_at, ${at}),
      delivered_at = case when ${act} = 'handed' then delivered_at else coalesce(delivered_at, ${at}::timestamptz) end,
      clicked_at = case when ${act} = 'clicked' then coalesce(clicked_at, ${at}::timestamptz) else clicked_at end
    where workspace_id = ${workspaceId} and id = ${id} and channel = 'popup' and state in ('queued', 'sent', 'delivered')`)
  return done > 0
}

/** Where a short link of a trial leads. */
export function testLink(db: Queryable, code: string): Promise<{ workspace_id: number; id: string; url: string } | null> {
  return db.one(sql`select workspace_id, id, link_url as url from test_messages where link_code = ${code} limit 1`)
}

export async function markTestClick(db: Queryable, workspaceId: number, id: string, at: Date): Promise<void> {
  await db.run(sql`
    update test_messages set clicked_at = coalesce(clicked_at, ${at}) where workspace_id = ${workspaceId} and id = ${id}`)
}
