import { postgresCode, type Queryable, type Sql, sql, type Tx } from '../platform/db/postgres.ts'

/** Rows of people by rising number; whoever has none stands there with nothing in it. */
export interface Rows {
  readonly people: readonly number[]
  /** Bytes of `held` that each of them has. */
  readonly width: number
  readonly held: Uint8Array
  /** When to look at each again (ms); infinity: not without an event. */
  readonly due: Float64Array
  /** 0: there is no row. */
  readonly versions: Int32Array
}

interface PackedRow {
  people: string
  versions: string
  dues: string
  lengths: string
  held: Buffer
}

// A row of the answer for each person, and an array's element for each of a hundred thousand numbers, take both sides longer than
// the work itself: lists travel as one text, bits as one run of bytes.
const bigints = (list: readonly number[]) => sql`${`{${list.join(',')}}`}::bigint[]`
const numbers = (text: string) => (text === '' ? [] : text.split(',').map(Number))

const packed = (rows: Sql) => sql`
  select coalesce(string_agg(person_id::text, ','), '') as people, coalesce(string_agg(version::text, ','), '') as versions,
    coalesce(string_agg(coalesce((date_part('epoch', due_at) * 1000)::bigint::text, 'Infinity'), ','), '') as dues,
    coalesce(string_agg(octet_length(held)::text, ','), '') as lengths, coalesce(string_agg(held, ''), '') as held
  from (${rows}) as row`

function unpack(row: PackedRow | null, widthMin: number, wanted: readonly number[] | null): Rows {
  const found = numbers(row?.people ?? '')
  const [versions, dues, lengths] = [row?.versions, row?.dues, row?.lengths].map((text) => numbers(text ?? ''))
  const people = wanted ?? found
  const width = (lengths ?? []).reduce((most, length) => Math.max(most, length), widthMin)
  const rows = {
    ...{ people, width, held: new Uint8Array(people.length * width) },
    due: new Float64Array(people.length).fill(Number.POSITIVE_INFINITY),
    versions: new Int32Array(people.length),
  }
  let [place, from] = [0, 0]
  for (const [i, person] of found.entries()) {
    const length = lengths?.[i] ?? 0
    from += length
    while ((people[place] ?? person) < person) place++
    if (people[place] !== person) continue
    if (row) rows.held.set(row.held.subarray(from - length, from), place * width)
    rows.due[place] = dues?.[i] ?? 0
    rows.versions[place] = versions?.[i] ?? 0
  }
  return rows
}

const neighboursApart = 3

const columns = sql`person_id, held, due_at, version`

/** Rows of these people, who stand in rising order; each has at least `widthMin` bytes. */
export async function findRows(query: Queryable, workspaceId: number, people: readonly number[], widthMin: number): Promise<Rows> {
  const [first, last] = [people[0] ?? 0, people.at(-1) ?? 0]
  // Neighbours are read in one go, which takes a third of the time. Others one by one along the key: without statistics the whole
  // workspace would be read.
  if (last - first < people.length * neighboursApart) {
    const rows = sql`
      select ${columns} from person_memberships
      where workspace_id = ${workspaceId} and person_id >= ${first} and person_id <= ${last} order by person_id`
    return unpack(await query.one<PackedRow>(packed(rows)), widthMin, people)
  }
  const rows = sql`
    select held.* from unnest(${bigints(people)}) with ordinality as asked (person, place)
    cross join lateral (
      select ${columns} from person_memberships where workspace_id = ${workspaceId} and person_id = asked.person offset 0) as held
    order by place`
  return unpack(await query.one<PackedRow>(packed(rows)), widthMin, people)
}

/** The next rows after a number. */
export async function findRowsAfter(
  query: Queryable,
  workspaceId: number,
  { after, limit, widthMin }: { after: number; limit: number; widthMin: number },
): Promise<Rows> {
  const rows = sql`
    select ${columns} from person_memberships where workspace_id = ${workspaceId} and person_id > ${after} order by person_id limit ${limit}`
  return unpack(await query.one<PackedRow>(packed(rows)), widthMin, null)
}

/** Who of these numbers has a bit or a check. */
export async function findHolders(query: Queryable, workspaceId: number, { after, to }: { after: number; to: number }): Promise<number[]> {
  const row = await query.one<{ people: string }>(sql`
    select coalesce(string_agg(person_id::text, ','), '') as people from person_memberships
    where workspace_id = ${workspaceId} and person_id > ${after} and person_id <= ${to} and (ltrim(held, '\\x00') <> '' or due_at is not null)`)
  return numbers(row?.people ?? '')
}

/** The rows at some places, as they are to be stored. */
function given(workspaceId: number, { people, width, held, due, versions }: Rows, places: readonly number[]): Sql {
  const bytes = Buffer.alloc(places.length * width)
  places.forEach((place, i) => {
    bytes.set(held.subarray(place * width, (place + 1) * width), i * width)
  })
  const chosen = places.map((place) => people[place] ?? 0)
  const dues = places.map((place) => (Number.isFinite(due[place]) ? due[place] : 'null'))
  return sql`
    insert into person_memberships as m (workspace_id, person_id, held, due_at, version)
    select ${workspaceId}::int, person, substring(${bytes}::bytea from ((place - 1) * ${width}::int + 1)::int for ${width}::int),
      to_timestamp(due::float8 / 1000), version + 1
    from unnest(${bigints(chosen)}, ${bigints(places.map((place) => versions[place] ?? 0))}::int[], ${`{${dues.join(',')}}`}::bigint[])
      with ordinality as new (person, version, due, place)
    order by place`
}

/** Below that asking of each row whether it is there costs less than two more statements. */
const insertedAtOnceMin = 1_000

/** False, and nothing written, where somebody else has put one of them there by now. */
async function insertRows(tx: Tx, rows: Sql): Promise<boolean> {
  await tx.run(sql`savepoint before_rows`)
  try {
    await tx.run(rows)
    await tx.run(sql`release savepoint before_rows`)
    return true
  } catch (error) {
    if (postgresCode(error) !== '23505') throw error
    await tx.run(sql`rollback to savepoint before_rows`)
    return false
  }
}

/**
 * Writes the rows at these places, each as the version after the one that was read, and answers the people of whom there was another by
 * then: nothing was written of them. By rising number, so that two who write the same people wait for each other one way.
 */
export async function writeRows(tx: Tx, workspaceId: number, rows: Rows, places: readonly number[]): Promise<Set<number>> {
  if (places.length === 0) return new Set()
  // A computation for everyone writes rows where there are none: that takes two thirds of the time.
  const areNew = places.length >= insertedAtOnceMin && places.every((place) => rows.versions[place] === 0)
  if (areNew && (await insertRows(tx, given(workspaceId, rows, places)))) return new Set()
  const row = await tx.one<{ written: string }>(sql`
    with done as (
      ${given(workspaceId, rows, places)}
      on conflict (workspace_id, person_id) do update set held = excluded.held, due_at = excluded.due_at, version = excluded.version
        where m.version = excluded.version - 1
      returning person_id
    )
    select coalesce(string_agg(person_id::text, ','), '') as written from done`)
  const written = new Set(numbers(row?.written ?? ''))
  return new Set(places.map((place) => rows.people[place] ?? 0).filter((person) => !written.has(person)))
}

/** Until there are statistics, which come by themselves within a minute, a page of a large segment reads everyone's row. */
export async function analyzeRows(query: Queryable): Promise<void> {
  await query.run(sql`analyze person_memberships`)
}

/** Ids of the people with one of the bits, for other statements to choose among. */
export const peopleHolding = (workspaceId: number, slots: readonly number[]): Sql => {
  const bit = (slot: number) => sql`case when octet_length(held) * 8 > ${slot}::int then get_bit(held, ${slot}::int) else 0 end = 1`
  const any = slots.reduce((condition, slot) => sql`${condition} or ${bit(slot)}`, sql`false`)
  return sql`select person_id from person_memberships where workspace_id = ${workspaceId} and (${any})`
}

/** The same of known ids. */
export const peopleAmong = (people: readonly number[]): Sql => sql`select unnest(${bigints(people)}) as person_id`

/** Ids out of such a set, highest first, below `before` if given. */
export async function findPageOf(query: Queryable, people: Sql, before: number | null, limit: number): Promise<number[]> {
  const rows = await query.many<{ person_id: number }>(sql`
    select person_id from (${people}) as found where person_id < ${before ?? Number.MAX_SAFE_INTEGER}::bigint order by person_id desc limit ${limit}`)
  return rows.map((row) => row.person_id)
}
