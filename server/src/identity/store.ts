import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import type { Identifier, IdentityKind } from './graph.ts'

export interface IdentityRow {
  kind: IdentityKind
  value: string
  person_id: number
  has_user: boolean
}

/**
 * Owners of the identifiers that somebody owns; each with whether that person has a user id. `limit 1` makes every look-up
 * one of its own, by index: left free, the planner reads the whole table while a new shop has no statistics yet.
 */
export function findOwners(query: Queryable, workspaceId: number, identifiers: readonly Identifier[]): Promise<IdentityRow[]> {
  return query.many<IdentityRow>(sql`
    select wanted.kind, wanted.value, i.person_id, (wanted.kind = 'user_id' or u.person_id is not null) as has_user
    from unnest(${identifiers.map((one) => one.kind)}::text[], ${identifiers.map((one) => one.value)}::text[]) as wanted (kind, value)
    cross join lateral (
      select person_id from person_identities
      where workspace_id = ${workspaceId} and kind = wanted.kind and value = wanted.value limit 1) i
    left join lateral (
      select person_id from person_identities
      where workspace_id = ${workspaceId} and person_id = i.person_id and kind = 'user_id' limit 1) u on wanted.kind <> 'user_id'`)
}

/** Reserves `count` person ids and answers the first of them. */
export async function reservePersonIds(query: Queryable, count: number): Promise<number> {
  const row = await query.one<{ last: number }>(sql`select setval('person_ids', nextval('person_ids') + ${count} - 1) as last`)
  if (!row) throw new Error('the person_ids sequence gave no row')
  return row.last - count + 1
}

export interface NewPerson {
  id: number
  createdAt: Date
}

export async function insertPersons(tx: Tx, workspaceId: number, persons: readonly NewPerson[], version: number): Promise<void> {
  await tx.run(sql`
    insert into persons (workspace_id, id, attributes, attribute_times, created_at, version)
    select ${workspaceId}, id, '{}', '{}', created_at, ${version}
    from unnest(${persons.map((p) => p.id)}::bigint[], ${persons.map((p) => p.createdAt)}::timestamptz[]) as new (id, created_at)`)
}

export interface Link extends Identifier {
  readonly personId: number
  readonly at: Date
}

/** The last word on an identifier wins (a device handed on, identities moved by a merge). */
export async function upsertLinks(tx: Tx, workspaceId: number, links: readonly Link[]): Promise<void> {
  await tx.run(sql`
    insert into person_identities (workspace_id, kind, value, person_id, linked_at)
    select ${workspaceId}, kind, value, person_id, at
    from unnest(${links.map((l) => l.kind)}::text[], ${links.map((l) => l.value)}::text[], ${links.map((l) => l.personId)}::bigint[], ${links.map((l) => l.at)}::timestamptz[])
      as new (kind, value, person_id, at)
    on conflict (workspace_id, kind, value) do update set person_id = excluded.person_id, linked_at = excluded.linked_at`)
}

export async function deleteLinks(tx: Tx, workspaceId: number, identifiers: readonly Identifier[]): Promise<void> {
  await tx.run(sql`
    delete from person_identities i using unnest(${identifiers.map((one) => one.kind)}::text[], ${identifiers.map((one) => one.value)}::text[]) as gone (kind, value)
    where i.workspace_id = ${workspaceId} and i.kind = gone.kind and i.value = gone.value`)
}

export async function moveIdentities(tx: Tx, workspaceId: number, from: number, into: number): Promise<Identifier[]> {
  return tx.many<Identifier>(sql`
    update person_identities set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from} returning kind, value`)
}

/** Ends `from` and points everything that pointed at it to `into`, so that a chain of merges is one step long. */
export async function markMerged(
  tx: Tx,
  workspaceId: number,
  merge: { from: number; into: number; at: Date; reason: string; messageId: string },
  version: number,
): Promise<void> {
  await tx.run(sql`
    update persons set merged_into = ${merge.into}, version = ${version}
    where workspace_id = ${workspaceId} and (id = ${merge.from} or merged_into = ${merge.from})`)
  await tx.run(sql`
    update person_merges set into_person = ${merge.into}, version = ${version} where workspace_id = ${workspaceId} and into_person = ${merge.from}`)
  await tx.run(sql`
    insert into person_merges (workspace_id, from_person, into_person, at, reason, message_id, version)
    values (${workspaceId}, ${merge.from}, ${merge.into}, ${merge.at}, ${merge.reason}, ${merge.messageId}, ${version})
    on conflict (workspace_id, from_person) do update set into_person = excluded.into_person, version = excluded.version`)
}

export interface AttributesRow {
  id: number
  attributes: Record<string, unknown>
  attribute_times: Record<string, number>
  created_at: Date
  merged_into: number | null
}

/** Locks the rows, in order of id so that two batches never wait for each other in a circle. */
export function lockAttributes(tx: Tx, workspaceId: number, personIds: readonly number[]): Promise<AttributesRow[]> {
  return tx.many<AttributesRow>(sql`
    select id, attributes, attribute_times, created_at, merged_into from persons
    where workspace_id = ${workspaceId} and id = any(${personIds}::bigint[]) order by id for update`)
}

export async function writeAttributes(
  tx: Tx,
  workspaceId: number,
  rows: readonly { id: number; attributes: object; times: object; createdAt: Date }[],
  version: number,
): Promise<void> {
  await tx.run(sql`
    update persons set attributes = new.attributes::jsonb, attribute_times = new.times::jsonb, created_at = new.created_at, version = ${version}
    from unnest(${rows.map((r) => r.id)}::bigint[], ${rows.map((r) => JSON.stringify(r.attributes))}::text[], ${rows.map((r) => JSON.stringify(r.times))}::text[], ${rows.map((r) => r.createdAt)}::timestamptz[])
      as new (id, attributes, times, created_at)
    where persons.workspace_id = ${workspaceId} and persons.id = new.id`)
}

/** Marks the messages as applied, and answers those that were not yet. */
export async function markApplied(tx: Tx, workspaceId: number, messageIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.many<{ message_id: string }>(sql`
    insert into applied_increments (workspace_id, message_id)
    select ${workspaceId}, message_id from unnest(${[...new Set(messageIds)]}::text[]) as new (message_id)
    on conflict do nothing returning message_id`)
  return new Set(rows.map((row) => row.message_id))
}

export interface ProfileRow {
  workspace_id: number
  id: number
  attributes: Record<string, unknown>
  created_at: Date
  version: number
  merged_into: number | null
}

export function findProfiles(query: Queryable, workspaceId: number, personIds: readonly number[]): Promise<ProfileRow[]> {
  return query.many<ProfileRow>(sql`
    select workspace_id, id, attributes, created_at, version, merged_into from persons where workspace_id = ${workspaceId} and id = any(${personIds}::bigint[])`)
}

/** Those of the people who were merged into another. */
export function findMerged(
  query: Queryable,
  workspaceId: number,
  personIds: readonly number[],
): Promise<{ id: number; merged_into: number }[]> {
  return query.many(sql`
    select id, merged_into from persons
    where workspace_id = ${workspaceId} and id = any(${personIds}::bigint[]) and merged_into is not null`)
}

export interface IdentityListRow {
  person_id: number
  kind: IdentityKind
  value: string
  linked_at: Date
}

export function findIdentities(query: Queryable, workspaceId: number, personIds: readonly number[]): Promise<IdentityListRow[]> {
  // Person by person: before the table was first analysed, the planner took one walk through the whole workspace instead (17 ms).
  return query.many<IdentityListRow>(sql`
    select i.person_id, i.kind, i.value, i.linked_at from unnest(${personIds}::bigint[]) as asked (id)
    cross join lateral (select person_id, kind, value, linked_at from person_identities
      where workspace_id = ${workspaceId} and person_id = asked.id offset 0) i
    order by i.person_id, i.linked_at, i.value`)
}

export function findMerges(
  query: Queryable,
  workspaceId: number,
  personId: number,
): Promise<{ from_person: number; at: Date; reason: string }[]> {
  return query.many(sql`
    select from_person, at, reason from person_merges where workspace_id = ${workspaceId} and into_person = ${personId} order by at`)
}

export async function countPeople(query: Queryable, workspaceId: number): Promise<{ people: number; identified: number }> {
  const row = await query.one<{ people: number; identified: number }>(sql`
    select count(*) filter (where merged_into is null) as people,
      (select count(distinct person_id) from person_identities where workspace_id = ${workspaceId} and kind = 'user_id') as identified
    from persons where workspace_id = ${workspaceId}`)
  return row ?? { people: 0, identified: 0 }
}

/** What changed since a flush that was in both stores: to be copied to ClickHouse again after a crash. */
export function findProfilesSince(query: Queryable, version: number): Promise<ProfileRow[]> {
  return query.many<ProfileRow>(
    sql`select workspace_id, id, attributes, created_at, version, merged_into from persons where version > ${version}`,
  )
}

export interface OverrideRow {
  workspace_id: number
  from_person: number
  into_person: number
  version: number
}

export function findOverridesSince(query: Queryable, version: number): Promise<OverrideRow[]> {
  return query.many<OverrideRow>(sql`select workspace_id, from_person, into_person, version from person_merges where version > ${version}`)
}

/** The overrides of merged people, and of everyone who had gone into them before. */
export function findOverridesOf(query: Queryable, workspaceId: number, personIds: readonly number[]): Promise<OverrideRow[]> {
  return query.many<OverrideRow>(sql`
    select workspace_id, from_person, into_person, version from person_merges m
    where workspace_id = ${workspaceId} and (from_person = any(${personIds}::bigint[])
      or into_person in (select into_person from person_merges where workspace_id = ${workspaceId} and from_person = any(${personIds}::bigint[])))`)
}
