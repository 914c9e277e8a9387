import type { Role } from '@chaoxi/contract'
import { type Queryable, sql } from '../platform/db/postgres.ts'

// Sessions and keys are found by the hash of what the request shows: they are what tells the workspace.

export interface WorkspaceRow {
  id: number
  name: string
  time_zone: string
  settings: unknown
}

export function workspaceById(db: Queryable, workspaceId: number) {
  return db.one<WorkspaceRow>(sql`select id, name, time_zone, settings from workspaces where id = ${workspaceId}`)
}

export async function workspaceIds(db: Queryable): Promise<number[]> {
  const rows = await db.many<{ id: number }>(sql`select id from workspaces order by id`)
  return rows.map((row) => row.id)
}

export async function insertWorkspace(db: Queryable, row: { name: string; timeZone: string; settings: object; at: Date }): Promise<number> {
  const inserted = await db.one<{ id: number }>(sql`
    insert into workspaces (name, time_zone, settings, created_at)
    values (${row.name}, ${row.timeZone}, ${JSON.stringify(row.settings)}, ${row.at})
    returning id`)
  if (!inserted) throw new Error('the workspace was not inserted')
  return inserted.id
}

export function updateWorkspace(db: Queryable, workspaceId: number, row: { name: string; timeZone: string; settings: object }) {
  return db.run(sql`
    update workspaces set name = ${row.name}, time_zone = ${row.timeZone}, settings = ${JSON.stringify(row.settings)}
    where id = ${workspaceId}`)
}

/** One program at a time prepares the first workspace. */
export function lockFirstWorkspace(db: Queryable) {
  return db.run(sql`select pg_advisory_xact_lock(727003)`)
}

export interface AccountRow {
  id: string
  email: string
  name: string
  password_hash: string
}

/** With the workspace that the account works in: for now each works in one. */
export function accountByEmail(db: Queryable, email: string) {
  return db.one<AccountRow & { workspace_id: number | null; role: Role | null }>(sql`
    select a.id, a.email, a.name, a.password_hash, m.workspace_id, m.role
    from accounts a left join members m on m.account_id = a.id
    where a.email = ${email}
    order by m.workspace_id limit 1`)
}

export function insertAccount(db: Queryable, row: { id: string; email: string; name: string; passwordHash: string; at: Date }) {
  return db.run(sql`
    insert into accounts (id, email, name, password_hash, created_at)
    values (${row.id}, ${row.email}, ${row.name}, ${row.passwordHash}, ${row.at})`)
}

export function updateAccount(db: Queryable, id: string, row: { name: string; passwordHash: string }) {
  return db.run(sql`update accounts set name = ${row.name}, password_hash = ${row.passwordHash} where id = ${id}`)
}

export interface MemberRow {
  account_id: string
  email: string
  name: string
  role: Role
  created_at: Date
}

export function members(db: Queryable, workspaceId: number) {
  return db.many<MemberRow>(sql`
    select m.account_id, a.email, a.name, m.role, m.created_at
    from members m join accounts a on a.id = m.account_id
    where m.workspace_id = ${workspaceId}
    order by m.created_at, m.account_id`)
}

/** Locked until the transaction ends, so that two admins cannot remove each other at once. */
export function lockMembers(db: Queryable, workspaceId: number) {
  return db.many<{ account_id: string; role: Role }>(sql`
    select account_id, role from members where workspace_id = ${workspaceId} order by account_id for update`)
}

export function putMember(db: Queryable, workspaceId: number, row: { accountId: string; role: Role; at: Date }) {
  return db.run(sql`
    insert into members (workspace_id, account_id, role, created_at)
    values (${workspaceId}, ${row.accountId}, ${row.role}, ${row.at})
    on conflict (workspace_id, account_id) do update set role = excluded.role`)
}

export function deleteMember(db: Queryable, workspaceId: number, accountId: string) {
  return db.run(sql`delete from members where workspace_id = ${workspaceId} and account_id = ${accountId}`)
}

export function insertSession(
  db: Queryable,
  workspaceId: number,
  row: { tokenHash: Buffer; accountId: string; at: Date; expiresAt: Date },
) {
  return db.run(sql`
    insert into sessions (token_hash, workspace_id, account_id, created_at, expires_at)
    values (${row.tokenHash}, ${workspaceId}, ${row.accountId}, ${row.at}, ${row.expiresAt})`)
}

export function deleteSession(db: Queryable, tokenHash: Buffer) {
  return db.run(sql`delete from sessions where token_hash = ${tokenHash}`)
}

export function deleteSessionsOf(db: Queryable, workspaceId: number, accountId: string) {
  return db.run(sql`delete from sessions where workspace_id = ${workspaceId} and account_id = ${accountId}`)
}

export function deleteExpiredSessions(db: Queryable, accountId: string, now: Date) {
  return db.run(sql`delete from sessions where account_id = ${accountId} and expires_at <= ${now}`)
}

export interface SessionRow {
  workspace_id: number
  workspace_name: string
  time_zone: string
  account_id: string
  email: string
  name: string
  role: Role
}

export function liveSession(db: Queryable, tokenHash: Buffer, now: Date) {
  return db.one<SessionRow>(sql`
    select s.workspace_id, w.name as workspace_name, w.time_zone, a.id as account_id, a.email, a.name, m.role
    from sessions s
    join members m on m.workspace_id = s.workspace_id and m.account_id = s.account_id
    join accounts a on a.id = s.account_id
    join workspaces w on w.id = s.workspace_id
    where s.token_hash = ${tokenHash} and s.expires_at > ${now}`)
}

export type KeyKind = 'write' | 'api'
export interface KeyRow {
  workspace_id: number
  id: string
  kind: KeyKind
  name: string
  hint: string
  created_at: Date
  revoked_at: Date | null
}

export function keyByHash(db: Queryable, keyHash: Buffer) {
  return db.one<KeyRow>(sql`
    select workspace_id, id, kind, name, hint, created_at, revoked_at from api_keys where key_hash = ${keyHash}`)
}

export function keys(db: Queryable, workspaceId: number) {
  return db.many<KeyRow>(sql`
    select workspace_id, id, kind, name, hint, created_at, revoked_at
    from api_keys where workspace_id = ${workspaceId} order by id`)
}

export async function insertKey(
  db: Queryable,
  workspaceId: number,
  row: { id: string; kind: KeyKind; name: string; keyHash: Buffer; hint: string; at: Date },
): Promise<KeyRow> {
  const inserted = await db.one<KeyRow>(sql`
    insert into api_keys (workspace_id, id, kind, name, key_hash, hint, created_at)
    values (${workspaceId}, ${row.id}, ${row.kind}, ${row.name}, ${row.keyHash}, ${row.hint}, ${row.at})
    returning workspace_id, id, kind, name, hint, created_at, revoked_at`)
  if (!inserted) throw new Error('the key was not inserted')
  return inserted
}

/** The hash of the key that was revoked now, or null when there is no such live key. */
export function revokeKey(db: Queryable, workspaceId: number, id: string, at: Date) {
  return db.one<{ key_hash: Buffer; name: string; kind: KeyKind }>(sql`
    update api_keys set revoked_at = ${at}
    where workspace_id = ${workspaceId} and id = ${id} and revoked_at is null
    returning key_hash, name, kind`)
}

export function insertAudit(
  db: Queryable,
  workspaceId: number,
  row: { id: string; at: Date; account: string; action: string; subject: string; details: object },
) {
  return db.run(sql`
    insert into audit_entries (workspace_id, id, at, account, action, subject, details)
    values (${workspaceId}, ${row.id}, ${row.at}, ${row.account}, ${row.action}, ${row.subject}, ${JSON.stringify(row.details)})`)
}

export interface AuditRow {
  id: string
  at: Date
  account: string
  action: string
  subject: string
  details: Record<string, unknown>
}

/** Newest first, from before `cursor`; who did it by the name that people know, where it is still known. */
export function auditPage(db: Queryable, workspaceId: number, cursor: string | null, limit: number) {
  return db.many<AuditRow>(sql`
    select e.id, e.at, coalesce(a.email, k.name, e.account) as account, e.action, e.subject, e.details
    from audit_entries e
    left join accounts a on a.id = e.account
    left join api_keys k on k.workspace_id = e.workspace_id and k.id = e.account
    where e.workspace_id = ${workspaceId} and (${cursor}::text is null or e.id < ${cursor}::text)
    order by e.id desc limit ${limit}`)
}
