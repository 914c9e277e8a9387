import { type Queryable, type Sql, sql } from '../platform/db/postgres.ts'

export interface PeopleParts {
  /** An identifier begins with it, or the name contains it; empty: everyone. */
  readonly text: string
  /** Sets of people that have to contain the person, and sets that must not. */
  readonly within: readonly Sql[]
  readonly without: readonly Sql[]
  readonly attribute: AttributeFilter | null
}

/** What an attribute has to be: a value (or a list with it), a text that begins so, a number of a band; else anything. */
export interface AttributeFilter {
  readonly name: string
  readonly value: string | number | boolean | undefined
  readonly prefix: string | undefined
  readonly min: number | undefined
  readonly max: number | undefined
}

const escaped = (text: string) => text.replace(/[\\%_]/g, '\\$&')

function attributeIs({ name, value, prefix, min, max }: AttributeFilter): Sql {
  const found = sql`p.attributes #> ${name.split('.')}::text[]`
  if (value !== undefined) {
    const wanted = JSON.stringify(value)
    return sql`and (${found} = ${wanted}::jsonb or (jsonb_typeof(${found}) = 'array' and ${found} @> ${wanted}::jsonb))`
  }
  if (prefix !== undefined) return sql`and jsonb_typeof(${found}) = 'string' and ${found} #>> '{}' like ${`${escaped(prefix)}%`}`
  const number = sql`case when jsonb_typeof(${found}) = 'number' then (${found})::float8 end`
  if (min !== undefined || max !== undefined)
    return sql`and (${min ?? null}::float8 is null or ${number} >= ${min ?? null}::float8)
      and (${max ?? null}::float8 is null or ${number} < ${max ?? null}::float8) and ${number} is not null`
  return sql`and jsonb_typeof(${found}) <> 'null'`
}

/** Ids of the people whom every part of the filter holds for; newest first, after `beforeId`. */
export async function peopleMatching(
  query: Queryable,
  workspaceId: number,
  filter: PeopleParts,
  beforeId: number | null,
  limit: number,
): Promise<number[]> {
  const rows = await query.many<{ id: number }>(sql`
    select p.id from ${matching(workspaceId, filter)} and (${beforeId}::bigint is null or p.id < ${beforeId}) order by p.id desc limit ${limit}`)
  return rows.map((row) => row.id)
}

export async function countMatching(query: Queryable, workspaceId: number, filter: PeopleParts): Promise<number> {
  const row = await query.one<{ count: number }>(sql`select count(*) as count from ${matching(workspaceId, filter)}`)
  return row?.count ?? 0
}

function matching(workspaceId: number, { text, within, without, attribute }: PeopleParts): Sql {
  const pattern = escaped(text)
  const identities = sql`select person_id from person_identities where workspace_id = ${workspaceId}`
  const inSets = within.reduce((conditions, set) => sql`${conditions} and p.id in (${set})`, sql``)
  const outside = without.reduce(
    (conditions, set) => sql`${conditions} and not exists (select from (${set}) as other (person_id) where other.person_id = p.id)`,
    sql``,
  )
  const trait = attribute === null ? sql`` : attributeIs(attribute)
  const named =
    text === ''
      ? sql``
      : sql`and (p.id in (${identities} and value like ${`${pattern}%`})
          or p.id in (${identities} and kind = 'phone' and value like ${`+86${pattern}%`})
          or p.attributes ->> 'name' ilike ${`%${pattern}%`})`
  return sql`persons p where p.workspace_id = ${workspaceId} and p.merged_into is null ${inSets} ${outside} ${trait} ${named}`
}

export const peopleOfCoupon = (workspaceId: number, couponKey: string, claim: 'claimed' | 'used'): Sql =>
  sql`select person_id from coupon_claims where workspace_id = ${workspaceId} and coupon_key = ${couponKey}
    and ${claim === 'used' ? sql`state = 'used'` : sql`true`}`

export const peopleAmong = (ids: readonly number[]): Sql => sql`select unnest(${ids}::bigint[])`
