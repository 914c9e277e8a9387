import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import type { Identifier, Refusal } from './graph.ts'
import type { Separation } from './working-graph.ts'

/** The rows that a merge gave from one person to the other, by their keys; memberships with whether the other had them too. */
export interface Moved {
  readonly orders: readonly string[]
  readonly consents: readonly string[]
  readonly claims: readonly string[]
  readonly messages: readonly string[]
  readonly runs: readonly string[]
  readonly memberships: readonly {
    readonly kind: string
    readonly key: string
    readonly value: string
    readonly shared: boolean
  }[]
}

export interface MergeHistoryRow {
  id: string
  from_person: number
  into_person: number
  at: Date
  reason: string
  moved: Moved
  undone_at: Date | null
  undone_by: string | null
  undone_note: string | null
}

const historyColumns = sql`id, from_person, into_person, at, reason, moved, undone_at, undone_by, undone_note`

export async function insertMergeHistory(
  tx: Tx,
  workspaceId: number,
  merges: readonly { from: number; direct: number; at: Date; reason: string; messageId: string; moved: Moved }[],
): Promise<void> {
  await tx.run(sql`
    insert into person_merge_history (workspace_id, id, from_person, into_person, at, reason, message_id, moved)
    select ${workspaceId}, message_id || ':' || from_person, from_person, direct, at, reason, message_id, moved::jsonb
    from unnest(${merges.map((m) => m.from)}::bigint[], ${merges.map((m) => m.direct)}::bigint[], ${merges.map((m) => m.at)}::timestamptz[],
      ${merges.map((m) => m.reason)}::text[], ${merges.map((m) => m.messageId)}::text[], ${merges.map((m) => JSON.stringify(m.moved))}::text[])
      as new (from_person, direct, at, reason, message_id, moved)
    on conflict do nothing`)
}

/** What went with one who had taken somebody in moments before: that one's rows too. */
export function joinMoved(one: Moved, other: Moved): Moved {
  return {
    orders: [...one.orders, ...other.orders],
    consents: [...one.consents, ...other.consents],
    claims: [...one.claims, ...other.claims],
    messages: [...one.messages, ...other.messages],
    runs: [...one.runs, ...other.runs],
    memberships: [...one.memberships, ...other.memberships],
  }
}

export const findMerge = (query: Queryable, workspaceId: number, id: string) =>
  query.one<MergeHistoryRow>(sql`
    select ${historyColumns} from person_merge_history where workspace_id = ${workspaceId} and id = ${id}`)

/** Merges that any of the numbers took part in, newest first. */
export const findMergesOf = (query: Queryable, workspaceId: number, ids: readonly number[], limit: number) =>
  query.many<MergeHistoryRow>(sql`
    select ${historyColumns} from person_merge_history
    where workspace_id = ${workspaceId} and (from_person = any(${ids}::bigint[]) or into_person = any(${ids}::bigint[]))
    order by at desc, id limit ${limit}`)

export async function markUndone(tx: Tx, workspaceId: number, id: string, at: Date, by: string, note: string): Promise<boolean> {
  return (
    (await tx.run(sql`
      update person_merge_history set undone_at = ${at}, undone_by = ${by}, undone_note = ${note}
      where workspace_id = ${workspaceId} and id = ${id} and undone_at is null`)) === 1
  )
}

export interface RefusalHistoryRow {
  person_id: number
  other_id: number
  kind: Refusal
  identifier_kind: Identifier['kind']
  identifier_value: string
  first_at: Date
  last_at: Date
  times: number
}

/** What could have joined any of the numbers to another, newest first. */
export const findRefusalsOf = (query: Queryable, workspaceId: number, ids: readonly number[], limit: number) =>
  query.many<RefusalHistoryRow>(sql`
    select person_id, other_id, kind, identifier_kind, identifier_value, first_at, last_at, times from identity_decisions
    where workspace_id = ${workspaceId} and (person_id = any(${ids}::bigint[]) or other_id = any(${ids}::bigint[]))
    order by last_at desc, person_id, other_id, identifier_value limit ${limit}`)

export interface TreeRow {
  from_person: number
  direct_into: number
  at: Date
}

/** Who lives on in the person, with whom each went into. */
export const findTree = (query: Queryable, workspaceId: number, root: number) =>
  query.many<TreeRow>(sql`
    select from_person, direct_into, at from person_merges
    where workspace_id = ${workspaceId} and into_person = ${root} and from_person <> ${root} order by at, from_person`)

/** `person` and who went into it become people of their own again. */
export async function detach(tx: Tx, workspaceId: number, person: number, others: readonly number[], version: number): Promise<void> {
  await tx.run(sql`
    update persons set merged_into = case when id = ${person} then null::bigint else ${person}::bigint end, version = ${version}
    where workspace_id = ${workspaceId} and (id = ${person} or id = any(${others}::bigint[]))`)
  await tx.run(sql`
    update person_merges set into_person = ${person}, version = ${version},
      direct_into = case when from_person = ${person} then ${person}::bigint else direct_into end
    where workspace_id = ${workspaceId} and (from_person = ${person} or from_person = any(${others}::bigint[]))`)
}

/** The identifiers that came to these numbers, by whomever they are had now. */
export const identitiesOfOrigins = (query: Queryable, workspaceId: number, person: number, origins: readonly number[]) =>
  query.many<Identifier>(sql`
    select kind, value from person_identities
    where workspace_id = ${workspaceId} and person_id = ${person} and origin = any(${origins}::bigint[]) order by linked_at, value`)

export async function giveIdentities(tx: Tx, workspaceId: number, from: number, to: number, origins: readonly number[]): Promise<void> {
  await tx.run(sql`
    update person_identities set person_id = ${to}
    where workspace_id = ${workspaceId} and person_id = ${from} and origin = any(${origins}::bigint[])`)
}

export async function insertSeparation(tx: Tx, workspaceId: number, one: number, other: number): Promise<void> {
  await tx.run(sql`
    insert into person_separations (workspace_id, person_id, other_id) values (${workspaceId}, ${one}, ${other}) on conflict do nothing`)
}

/** All of a workspace, under the numbers that the people live on in. */
export async function findSeparations(query: Queryable, workspaceId: number): Promise<Separation[]> {
  const rows = await query.many<{ one: number; other: number }>(sql`
    select coalesce(a.merged_into, a.id) as one, coalesce(b.merged_into, b.id) as other from person_separations s
    join persons a on a.workspace_id = s.workspace_id and a.id = s.person_id
    join persons b on b.workspace_id = s.workspace_id and b.id = s.other_id
    where s.workspace_id = ${workspaceId}`)
  return rows.map(({ one, other }) => [one, other])
}

/** A hand joined what a hand had split; `numbers` are the two, one of them merged already. */
export async function deleteSeparations(tx: Tx, workspaceId: number, numbers: readonly [number, number]): Promise<void> {
  const [from, into] = numbers
  await tx.run(sql`
    with recursive left_side as (
      select ${from}::bigint as id union select m.from_person from person_merges m join left_side l on m.direct_into = l.id
      where m.workspace_id = ${workspaceId} and m.from_person <> m.into_person
    )
    delete from person_separations s using persons a, persons b
    where s.workspace_id = ${workspaceId} and a.workspace_id = s.workspace_id and b.workspace_id = s.workspace_id
      and a.id = s.person_id and b.id = s.other_id
      and coalesce(a.merged_into, a.id) = ${into} and coalesce(b.merged_into, b.id) = ${into}
      and (s.person_id in (select id from left_side)) <> (s.other_id in (select id from left_side))`)
}
