import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import type { Identifier, IdentityKind, Refusal } from './graph.ts'
import type { Attributes } from './traits.ts'

export interface IdentityRow {
  kind: IdentityKind
  value: string
  person_id: number
  origin: number
  has_user: boolean
}

/**
 * Owners of the identifiers that somebody owns; each with whether that person has a user id. `limit 1` makes every look-up
 * one of its own, by index: left free, the planner reads the whole table while a new shop has no statistics yet.
 */
export function findOwners(query: Queryable, workspaceId: number, identifiers: readonly Identifier[]): Promise<IdentityRow[]> {
  return query.many<IdentityRow>(sql`
    select wanted.kind, wanted.value, i.person_id, i.origin, (wanted.kind = 'user_id' or u.person_id is not null) as has_user
    from unnest(${identifiers.map((one) => one.kind)}::text[], ${identifiers.map((one) => one.value)}::text[]) as wanted (kind, value)
    cross join lateral (
      select person_id, origin from person_identities
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
    insert into persons (workspace_id, id, attributes, attribute_times, attribute_sources, created_at, version)
    select ${workspaceId}, id, '{}', '{}', '{}', created_at, ${version}
    from unnest(${persons.map((p) => p.id)}::bigint[], ${persons.map((p) => p.createdAt)}::timestamptz[]) as new (id, created_at)`)
}

export interface Link extends Identifier {
  readonly personId: number
  readonly origin: number
  readonly at: Date
  /** How it came: `new`, `alias`, `hand`, or the kind of the identifier that the message was recognised by. */
  readonly via: string
  readonly messageId: string
}

/** The last word on an identifier wins (a device handed on, identities moved by a merge). */
export async function upsertLinks(tx: Tx, workspaceId: number, links: readonly Link[]): Promise<void> {
  await tx.run(sql`
    insert into person_identities (workspace_id, kind, value, person_id, origin, linked_at, via, message_id)
    select ${workspaceId}, new.*
    from unnest(${links.map((l) => l.kind)}::text[], ${links.map((l) => l.value)}::text[], ${links.map((l) => l.personId)}::bigint[], ${links.map((l) => l.origin)}::bigint[],
      ${links.map((l) => l.at)}::timestamptz[], ${links.map((l) => l.via)}::text[], ${links.map((l) => l.messageId)}::text[]) as new
    on conflict (workspace_id, kind, value) do update set person_id = excluded.person_id, origin = excluded.origin,
      linked_at = excluded.linked_at, via = excluded.via, message_id = excluded.message_id`)
}

export async function deleteLinks(tx: Tx, workspaceId: number, identifiers: readonly Identifier[]): Promise<void> {
  await tx.run(sql`
    delete from person_identities i using unnest(${identifiers.map((one) => one.kind)}::text[], ${identifiers.map((one) => one.value)}::text[]) as gone (kind, value)
    where i.workspace_id = ${workspaceId} and i.kind = gone.kind and i.value = gone.value`)
}

/**
 * Ends `from`, gives its identifiers to `into`, and points everything that pointed at it there too, so that a chain of merges is
 * one step long. One statement, because logging in on a new device is a merge.
 */
export async function markMerged(
  tx: Tx,
  workspaceId: number,
  merge: { from: number; into: number; direct: number; at: Date; reason: string; messageId: string },
  version: number,
): Promise<void> {
  const { from, into, direct } = merge
  await tx.run(sql`
    with identities as (
      update person_identities set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}
    ), ended as (
      update persons set merged_into = ${into}, version = ${version}
      -- by the index of merges: asking persons for merged_into reads all of them
      where workspace_id = ${workspaceId} and id = any(array(
        select from_person from person_merges where workspace_id = ${workspaceId} and into_person = ${from} union all select ${from}::bigint))
    ), earlier as (
      update person_merges set into_person = ${into}, version = ${version}
      where workspace_id = ${workspaceId} and into_person = ${from} and from_person <> ${from}
    )
    insert into person_merges (workspace_id, from_person, into_person, direct_into, at, reason, message_id, version)
    values (${workspaceId}, ${from}, ${into}, ${direct}, ${merge.at}, ${merge.reason}, ${merge.messageId}, ${version})
    on conflict (workspace_id, from_person) do update set into_person = excluded.into_person, direct_into = excluded.direct_into,
      at = excluded.at, reason = excluded.reason, message_id = excluded.message_id, version = excluded.version`)
}

/** What was said under a number alone; `createdAt` in ms. */
export interface OwnAttributes extends Attributes {
  readonly createdAt: number
}

export interface AttributesRow {
  id: number
  attributes: Record<string, unknown>
  attribute_times: Record<string, number>
  attribute_sources: Record<string, string>
  own: OwnAttributes | null
  created_at: Date
}

export const attributesOf = (row: AttributesRow): Attributes => ({
  values: row.attributes,
  times: row.attribute_times,
  sources: row.attribute_sources,
})

/** Locks the rows, in order of id so that two batches never wait for each other in a circle. */
export function lockAttributes(tx: Tx, workspaceId: number, personIds: readonly number[]): Promise<AttributesRow[]> {
  return tx.many<AttributesRow>(sql`
    select id, attributes, attribute_times, attribute_sources, own, created_at from persons
    where workspace_id = ${workspaceId} and id = any(${personIds}::bigint[]) order by id for update`)
}

export async function writeAttributes(
  tx: Tx,
  workspaceId: number,
  rows: readonly { id: number; view: Attributes; own: OwnAttributes | null; createdAt: Date }[],
  version: number,
): Promise<void> {
  const text = (value: object | null) => (value === null ? null : JSON.stringify(value))
  await tx.run(sql`
    update persons set attributes = new.attributes::jsonb, attribute_times = new.times::jsonb, attribute_sources = new.sources::jsonb,
      own = new.own::jsonb, created_at = new.created_at, version = ${version}
    from unnest(${rows.map((r) => r.id)}::bigint[], ${rows.map((r) => text(r.view.values))}::text[], ${rows.map((r) => text(r.view.times))}::text[],
      ${rows.map((r) => text(r.view.sources))}::text[], ${rows.map((r) => text(r.own))}::text[], ${rows.map((r) => r.createdAt)}::timestamptz[])
      as new (id, attributes, times, sources, own, created_at)
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

/** Those of the people who live, by rising number. */
export function findLiving(
  query: Queryable,
  workspaceId: number,
  personIds: readonly number[],
): Promise<{ id: number; attributes: Record<string, unknown> }[]> {
  return query.many(sql`
    select id, attributes from persons
    where workspace_id = ${workspaceId} and id = any(${personIds}::bigint[]) and merged_into is null order by id`)
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
  origin: number
  linked_at: Date
  via: string
}

export function findIdentities(query: Queryable, workspaceId: number, personIds: readonly number[]): Promise<IdentityListRow[]> {
  // Person by person: before the table was first analysed, the planner took one walk through the whole workspace instead (17 ms).
  return query.many<IdentityListRow>(sql`
    select i.person_id, i.kind, i.value, i.origin, i.linked_at, i.via from unnest(${personIds}::bigint[]) as asked (id)
    cross join lateral (select person_id, kind, value, origin, linked_at, via from person_identities
      where workspace_id = ${workspaceId} and person_id = asked.id offset 0) i
    order by i.person_id, i.linked_at, i.value`)
}

export function findMerges(
  query: Queryable,
  workspaceId: number,
  personId: number,
): Promise<{ from_person: number; at: Date; reason: string }[]> {
  return query.many(sql`
    select from_person, at, reason from person_merges
    where workspace_id = ${workspaceId} and into_person = ${personId} and from_person <> ${personId} order by at, from_person`)
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

/** When the person last said its own phone or e-mail (ms), by person and kind. */
export async function findContactTimes(query: Queryable, workspaceId: number, personIds: readonly number[]): Promise<Map<string, number>> {
  const rows = await query.many<{ id: number; kind: string; at: number }>(sql`
    select p.id, t.key as kind, t.value::float8 as at from persons p
    cross join lateral jsonb_each_text(p.attribute_times) t
    where p.workspace_id = ${workspaceId} and p.id = any(${personIds}::bigint[]) and t.key in ('phone', 'email')`)
  return new Map(rows.map((row) => [`${row.id} ${row.kind}`, row.at]))
}

export interface RefusalRow {
  readonly personId: number
  readonly other: number
  readonly refusal: Refusal
  readonly identifier: Identifier
  readonly firstAt: number
  readonly lastAt: number
  readonly times: number
}

export async function addRefusals(tx: Tx, workspaceId: number, rows: readonly RefusalRow[]): Promise<void> {
  const dates = (of: (row: RefusalRow) => number) => rows.map((row) => new Date(of(row)))
  await tx.run(sql`
    insert into identity_decisions as d (workspace_id, person_id, other_id, kind, identifier_kind, identifier_value, first_at, last_at, times)
    select ${workspaceId}, new.* from unnest(${rows.map((r) => r.personId)}::bigint[], ${rows.map((r) => r.other)}::bigint[], ${rows.map((r) => r.refusal)}::text[],
      ${rows.map((r) => r.identifier.kind)}::text[], ${rows.map((r) => r.identifier.value)}::text[],
      ${dates((r) => r.firstAt)}::timestamptz[], ${dates((r) => r.lastAt)}::timestamptz[], ${rows.map((r) => r.times)}::int[]) as new
    on conflict (workspace_id, person_id, kind, identifier_kind, identifier_value, other_id) do update set
      first_at = least(d.first_at, excluded.first_at), last_at = greatest(d.last_at, excluded.last_at), times = d.times + excluded.times`)
}

export const findAttributesSaid = (query: Queryable, workspaceId: number, personId: number) =>
  query.one<{ times: Record<string, number>; sources: Record<string, string> }>(sql`
    select attribute_times as times, attribute_sources as sources from persons where workspace_id = ${workspaceId} and id = ${personId}`)
