import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import type { ChangeReason, DefinitionKind } from './types.ts'

/** Somebody in (or to be put into) a definition. */
export interface Member {
  readonly kind: DefinitionKind
  readonly key: string
  readonly personId: number
  /** Of a tag with values; empty otherwise. */
  readonly value: string
}
export interface DefinitionName {
  readonly kind: DefinitionKind
  readonly key: string
}
/** People by list or by range of ids, both ends included. */
export type PersonSet = readonly number[] | { readonly from: number; readonly to: number }

const kinds = (rows: readonly DefinitionName[]) => rows.map((row) => row.kind)
const keys = (rows: readonly DefinitionName[]) => rows.map((row) => row.key)
const values = (rows: readonly { readonly value: string }[]) => rows.map((row) => row.value)

interface MemberRow {
  kind: DefinitionKind
  key: string
  person_id: number
  value: string
}

const toMember = ({ person_id, ...row }: MemberRow): Member => ({ ...row, personId: person_id })

const among = (people: PersonSet) =>
  'from' in people ? sql`person_id between ${people.from} and ${people.to}` : sql`person_id = any(${people}::bigint[])`

const ofDefinitions = (names: readonly DefinitionName[]) =>
  sql`(kind, key) in (select * from unnest(${kinds(names)}::text[], ${keys(names)}::text[]))`

/** Whoever is in one of the definitions, of these people. */
export async function findMembers(
  query: Queryable,
  workspaceId: number,
  names: readonly DefinitionName[],
  people: PersonSet,
): Promise<Member[]> {
  const rows = await query.many<MemberRow>(sql`
    select kind, key, person_id, value from memberships
    where workspace_id = ${workspaceId} and ${among(people)} and ${ofDefinitions(names)}`)
  return rows.map(toMember)
}

/** Moves of one definition, value and reason; a list is one text, because arrays of a hundred thousand names are slow on both sides. */
interface Move {
  readonly kind: DefinitionKind
  readonly key: string
  readonly value: string
  readonly people: string
}

function movesOf(rows: readonly Member[]): Move[] {
  const groups = Map.groupBy(rows, (row) => `${row.kind} ${row.key} ${row.value}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : [{ ...first, people: group.map((row) => row.personId).join(',') }]
  })
}

const membersOf = (moves: readonly Move[]): Member[] =>
  moves.flatMap(({ kind, key, value, people }) => people.split(',').map((person) => ({ kind, key, value, personId: Number(person) })))

const asked = (rows: readonly Member[]) => {
  const moves = movesOf(rows)
  return sql`
    select g.kind, g.key, g.value, p.person_id
    from unnest(${kinds(moves)}::text[], ${keys(moves)}::text[], ${values(moves)}::text[], ${moves.map((move) => move.people)}::text[])
      as g (kind, key, value, people)
    cross join lateral unnest(string_to_array(g.people, ',')::bigint[]) as p (person_id)`
}

/** What was done, told to the outbox. */
const told = (workspaceId: number, entered: boolean, at: number, reason: ChangeReason) => sql`
    insert into membership_outbox (workspace_id, kind, key, person_id, value, entered, at, reason)
    select ${workspaceId}::int, kind, key, person_id, value, ${entered}::boolean, ${new Date(at)}::timestamptz, ${reason}::text from done`

const gathered = sql`select kind, key, value, string_agg(person_id::text, ',') as people from done group by kind, key, value`

/** Puts people in; answers those who were not in before, with whatever value. The outbox hears of them. */
export async function insertMembers(
  tx: Tx,
  workspaceId: number,
  rows: readonly Member[],
  at: number,
  reason: ChangeReason,
): Promise<Member[]> {
  if (rows.length === 0) return []
  const inserted = await tx.many<Move>(sql`
    with done as (
      insert into memberships (workspace_id, kind, key, person_id, value, since)
      select ${workspaceId}::int, kind, key, person_id, value, ${new Date(at)}::timestamptz from (${asked(rows)}) as asked
      on conflict (workspace_id, kind, key, person_id) do nothing returning kind, key, person_id, value
    ), told as (${told(workspaceId, true, at, reason)})
    ${gathered}`)
  return membersOf(inserted)
}

/** Takes people out; answers those who were in. The outbox hears of them. */
export async function deleteMembers(
  tx: Tx,
  workspaceId: number,
  rows: readonly Member[],
  at: number,
  reason: ChangeReason,
): Promise<Member[]> {
  if (rows.length === 0) return []
  // One by one along the key: without statistics the whole workspace would be read.
  const deleted = await tx.many<Move>(sql`
    with done as (
      delete from memberships m using (
        select held.place from (${asked(rows)}) as asked
        cross join lateral (
          select ctid as place from memberships
          where workspace_id = ${workspaceId} and kind = asked.kind and key = asked.key and person_id = asked.person_id and value = asked.value
          offset 0) as held
      ) as found
      where m.ctid = found.place returning m.kind, m.key, m.person_id, m.value
    ), told as (${told(workspaceId, false, at, reason)})
    ${gathered}`)
  return membersOf(deleted)
}

/** Empties a definition; the changes go to the outbox. */
export async function emptyDefinition(tx: Tx, workspaceId: number, name: DefinitionName, at: number, reason: ChangeReason): Promise<void> {
  await tx.run(sql`
    with gone as (
      delete from memberships where workspace_id = ${workspaceId} and kind = ${name.kind} and key = ${name.key} returning person_id, value
    )
    insert into membership_outbox (workspace_id, kind, key, person_id, value, entered, at, reason)
    select ${workspaceId}::int, ${name.kind}::text, ${name.key}::text, person_id, value, false, ${new Date(at)}::timestamptz, ${reason}::text from gone`)
}

/** Which of the people hold any membership. */
export async function findHolders(query: Queryable, workspaceId: number, people: readonly number[]): Promise<number[]> {
  const rows = await query.many<{ person_id: number }>(sql`
    select distinct person_id from memberships where workspace_id = ${workspaceId} and person_id = any(${people}::bigint[])`)
  return rows.map((row) => row.person_id)
}

/** Gives a merged person's memberships to the one that lives on, who keeps their own value of a tag. */
export async function moveMembers(tx: Tx, workspaceId: number, from: number, into: number, at: number): Promise<void> {
  await tx.run(sql`
    with gone as (
      delete from memberships where workspace_id = ${workspaceId} and person_id = ${from} returning kind, key, value, since
    ), come as (
      insert into memberships (workspace_id, kind, key, person_id, value, since)
      select ${workspaceId}::int, kind, key, ${into}::bigint, value, since from gone
      on conflict (workspace_id, kind, key, person_id) do nothing returning kind, key, value
    )
    insert into membership_outbox (workspace_id, kind, key, person_id, value, entered, at, reason)
    select ${workspaceId}::int, kind, key, ${from}::bigint, value, false, ${new Date(at)}::timestamptz, 'merge' from gone
    union all
    select ${workspaceId}::int, kind, key, ${into}::bigint, value, true, ${new Date(at)}::timestamptz, 'merge' from come`)
}

export interface GivenBack {
  readonly kind: string
  readonly key: string
  readonly value: string
  readonly since: string
  /** Whether the one who is left had it without the merge too. */
  readonly shared: boolean
}

/** Undoes `moveMembers`: `to` has again what it brought; what was put in by hand and was not the other's too leaves `from`. */
export async function giveMembersBack(
  tx: Tx,
  workspaceId: number,
  from: number,
  to: number,
  rows: readonly GivenBack[],
  at: number,
): Promise<void> {
  await tx.run(sql`
    with back as (
      select new.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new (kind text, key text, value text, since timestamptz, shared boolean)
      join definitions d on d.workspace_id = ${workspaceId} and d.kind = new.kind and d.key = new.key and d.status = 'active'
    ), come as (
      insert into memberships (workspace_id, kind, key, person_id, value, since)
      select ${workspaceId}::int, kind, key, ${to}::bigint, value, since from back
      on conflict (workspace_id, kind, key, person_id) do nothing returning kind, key, value
    ), gone as (
      delete from memberships m using back b, definitions d
      where m.workspace_id = ${workspaceId} and m.person_id = ${from} and m.kind = b.kind and m.key = b.key and not b.shared
        and d.workspace_id = m.workspace_id and d.kind = m.kind and d.key = m.key and d.mode = 'static'
      returning m.kind, m.key, m.value
    )
    insert into membership_outbox (workspace_id, kind, key, person_id, value, entered, at, reason)
    select ${workspaceId}::int, kind, key, ${to}::bigint, value, true, ${new Date(at)}::timestamptz, 'merge' from come
    union all
    select ${workspaceId}::int, kind, key, ${from}::bigint, value, false, ${new Date(at)}::timestamptz, 'merge' from gone`)
}

export interface PersonMembership {
  kind: DefinitionKind
  key: string
  person_id: number
  value: string
  name: string
  layer: string | null
  since: Date
}

export async function findMembershipsOf(query: Queryable, workspaceId: number, people: readonly number[]): Promise<PersonMembership[]> {
  return query.many<PersonMembership>(sql`
    select m.kind, m.key, m.person_id, m.value, d.name, d.layer, m.since
    from memberships m join definitions d using (workspace_id, kind, key)
    where m.workspace_id = ${workspaceId} and m.person_id = any(${people}::bigint[]) and d.status = 'active'
    order by m.since desc, m.key`)
}

/** Ids in a definition, highest first, below `before` if given. */
export async function findMemberPage(
  query: Queryable,
  workspaceId: number,
  name: DefinitionName,
  before: number | null,
  limit: number,
): Promise<number[]> {
  const rows = await query.many<{ person_id: number }>(sql`
    select person_id from memberships
    where workspace_id = ${workspaceId} and kind = ${name.kind} and key = ${name.key} and person_id < ${before ?? Number.MAX_SAFE_INTEGER}
    order by person_id desc limit ${limit}`)
  return rows.map((row) => row.person_id)
}
