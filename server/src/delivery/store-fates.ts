import type { MessageState } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import type { Message } from './message.ts'
import { insertDecisions, messageColumns, read } from './store.ts'

// What became of messages, for those who sent them.

export interface Fate {
  readonly state: MessageState
  readonly reason: string | null
  readonly delivered: boolean
  readonly opened: boolean
  readonly clicked: boolean
  readonly replied: boolean
}

/** By effect key, one by one: a planner without statistics walks the workspace instead. */
export async function fatesOf(query: Queryable, workspaceId: number, effectKeys: readonly string[]): Promise<Map<string, Fate>> {
  const rows = await query.many<Fate & { effect_key: string }>(sql`
    select m.* from unnest(${effectKeys}::text[]) as asked (key)
    cross join lateral (select effect_key, state, reason, delivered_at is not null as delivered, clicked_at is not null as clicked,
        coalesce(shown_at, clicked_at) is not null as opened, replied_at is not null as replied
      from messages where workspace_id = ${workspaceId} and effect_key = asked.key offset 0) m`)
  return new Map(rows.map(({ effect_key, ...fate }) => [effect_key, fate]))
}

/** Of messages that nodes of a version sent, by run when that first became of one of them (ms). */
export async function firstResults(
  query: Queryable,
  whose: { workspaceId: number; journeyId: string; version: number },
  nodeIds: readonly string[],
  result: 'delivered' | 'clicked' | 'replied',
): Promise<Map<string, number>> {
  const column = { delivered: sql`delivered_at`, clicked: sql`clicked_at`, replied: sql`replied_at` }[result]
  const rows = await query.many<{ run_id: string; at: Date }>(sql`
    select run_id, min(${column}) as at from messages
    where workspace_id = ${whose.workspaceId} and journey_id = ${whose.journeyId} and journey_version = ${whose.version}
      and node_id = any(${nodeIds}) and run_id is not null and ${column} is not null
    group by run_id`)
  return new Map(rows.map((row) => [row.run_id, row.at.getTime()]))
}

export interface NewsRow {
  workspace_id: number
  id: string
  run_id: string
  node_id: string
}

/** Messages of which something became that nobody was told yet, locked; those that another one has in hand are passed over. */
export function claimNews(tx: Tx, limit: number): Promise<NewsRow[]> {
  return tx.many<NewsRow>(sql`
    select workspace_id, id, run_id, node_id from messages where news order by workspace_id, id limit ${limit} for update skip locked`)
}

export async function forgetNews(tx: Tx, workspaceId: number, ids: readonly string[]): Promise<void> {
  await tx.run(sql`update messages set news = false where workspace_id = ${workspaceId} and id = any(${ids})`)
}

/** A reply names no message: it is taken to be to the last one that went to that number. Null: none went there in that time. */
export async function markReplied(
  tx: Tx,
  whose: { workspaceId: number; personId: number; address: string },
  at: Date,
  between: { since: Date; until: Date },
): Promise<Message | null> {
  const { workspaceId, personId, address } = whose
  const [message] = await read(
    tx,
    sql`update messages set replied_at = coalesce(replied_at, ${at}), news = awaited
      where workspace_id = ${workspaceId} and id = (select id from messages
        where workspace_id = ${workspaceId} and person_id = ${personId} and channel = 'sms' and address = ${address}
          and sent_at > ${between.since} and sent_at <= ${between.until} and state in ('sending', 'unknown', 'sent', 'delivered')
        order by sent_at desc, id desc limit 1)
      returning ${messageColumns}`,
  )
  return message ?? null
}

/** Takes back what waits for its turn or its hour, for `reason`; answers those that wait no more. */
export async function withdraw(
  tx: Tx,
  workspaceId: number,
  effectKeys: readonly string[],
  reason: string,
  now: Date,
): Promise<Set<string>> {
  const rows = await tx.many<{ id: string; effect_key: string }>(sql`
    update messages set state = 'dropped', reason = ${reason}, due_at = null
    where workspace_id = ${workspaceId} and effect_key = any(${effectKeys}) and state in ('queued', 'held')
    returning id, effect_key`)
  await insertDecisions(
    tx,
    rows.map(({ id }) => ({ workspaceId, id, answer: 'drop' as const, reason, details: {} })),
    now,
  )
  const taken = new Set(rows.map((row) => row.effect_key))
  return new Set(effectKeys.filter((key) => !taken.has(key)))
}
