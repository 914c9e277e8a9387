import type { Channel } from '@chaoxi/contract'
import { type Queryable, sql } from '../platform/db/postgres.ts'
import type { SuppressionReason } from './decide.ts'

export interface ConsentEntry {
  readonly id: string
  readonly workspaceId: number
  readonly personId: number
  readonly channel: Channel
  readonly granted: boolean
  readonly at: number
  readonly source: string
  readonly textVersion: string
  readonly evidence: Record<string, unknown>
  readonly sourceKey: string
}

/** Answers the ids of the entries that were not there yet. The only purpose that needs consent is marketing. */
export async function insertConsents(db: Queryable, entries: readonly ConsentEntry[]): Promise<Set<string>> {
  const rows = entries.map((entry) => ({
    id: entry.id,
    workspace_id: entry.workspaceId,
    person_id: entry.personId,
    channel: entry.channel,
    granted: entry.granted,
    at: new Date(entry.at),
    source: entry.source,
    text_version: entry.textVersion,
    evidence: entry.evidence,
    source_key: entry.sourceKey,
  }))
  const inserted = await db.many<{ id: string }>(sql`
    insert into consent_entries (workspace_id, id, person_id, channel, purpose, granted, at, source, text_version, evidence, source_key)
    select workspace_id, id, person_id, channel, 'marketing', granted, at, source, text_version, evidence, source_key
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (
      workspace_id int, id text, person_id bigint, channel text, granted boolean, at timestamptz, source text,
      text_version text, evidence jsonb, source_key text)
    on conflict (workspace_id, source_key, channel, purpose) do nothing
    returning id`)
  return new Set(inserted.map((row) => row.id))
}

export interface ConsentRow {
  person_id: number
  channel: Channel
  granted: boolean
  at: Date
  source: string
  text_version: string
  evidence: Record<string, unknown>
}

/**
 * The newest statement per person and channel. Asked for each person apart: without fresh statistics PostgreSQL walks the whole workspace
 * for a list of people.
 */
export function latestConsents(db: Queryable, workspaceId: number, personIds: readonly number[]): Promise<ConsentRow[]> {
  return db.many<ConsentRow>(sql`
    select said.* from unnest(${personIds}::bigint[]) as asked (id) cross join lateral (
      select distinct on (channel) person_id, channel, granted, at, source, text_version, evidence
      from consent_entries
      where workspace_id = ${workspaceId} and person_id = asked.id and purpose = 'marketing'
      order by channel, at desc, granted asc, id desc offset 0) as said`)
}

/** Everything that the people have said until then, oldest first; of what was said at once a refusal last. */
export function statementsUntil(db: Queryable, workspaceId: number, personIds: readonly number[], until: Date): Promise<ConsentRow[]> {
  return db.many<ConsentRow>(sql`
    select said.* from unnest(${personIds}::bigint[]) as asked (id) cross join lateral (
      select person_id, channel, granted, at, source, text_version, evidence from consent_entries
      where workspace_id = ${workspaceId} and person_id = asked.id and purpose = 'marketing' and at <= ${until}
      order by at, granted desc, id offset 0) as said`)
}

/** Every statement, newest first. */
export function consentHistory(db: Queryable, workspaceId: number, personId: number, limit: number): Promise<ConsentRow[]> {
  return db.many<ConsentRow>(sql`
    select person_id, channel, granted, at, source, text_version, evidence from consent_entries
    where workspace_id = ${workspaceId} and person_id = ${personId} and purpose = 'marketing'
    order by at desc, granted asc, id desc limit ${limit}`)
}

export async function moveConsents(db: Queryable, workspaceId: number, from: number, into: number): Promise<number> {
  return db.run(sql`update consent_entries set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}`)
}

export interface SuppressionRow {
  channel: Channel
  address: string
  reason: SuppressionReason
  at: Date
}

/** The first refusal stands; only one that stops more takes its place. */
export async function insertSuppression(
  db: Queryable,
  row: { workspaceId: number; channel: Channel; address: string; reason: SuppressionReason; at: Date; evidence: Record<string, unknown> },
  stronger: readonly SuppressionReason[],
): Promise<boolean> {
  return (
    (await db.run(sql`
      insert into suppressions (workspace_id, channel, address, reason, at, evidence)
      values (${row.workspaceId}, ${row.channel}, ${row.address}, ${row.reason}, ${row.at}, ${JSON.stringify(row.evidence)})
      on conflict (workspace_id, channel, address) do update
      set reason = excluded.reason, at = excluded.at, evidence = excluded.evidence || jsonb_build_object('before', suppressions.evidence)
      where excluded.reason = any(${stronger}) and not suppressions.reason = any(${stronger})`)) === 1
  )
}

export function suppressionsOf(db: Queryable, workspaceId: number, addresses: readonly string[]): Promise<SuppressionRow[]> {
  return db.many<SuppressionRow>(sql`
    select channel, address, reason, at from suppressions
    where workspace_id = ${workspaceId} and channel in ('sms', 'popup') and address = any(${addresses})`)
}
