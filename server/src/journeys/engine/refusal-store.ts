import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'
import type { HeardKind } from '../core/run.ts'
import type { Refused } from './moves.ts'

// Whom journeys kept out, and why: the last few times of each person at each journey.

/** A time that a journey kept somebody out. */
export interface RefusalRecord {
  readonly at: string
  readonly version: number
  readonly reason: string
  readonly sourceKey: string
  readonly kind: HeardKind
  readonly name: string
  readonly occurredAt: string
}

const recentMax = 10
/** Whom nothing was added of for so long is forgotten. */
export const refusalsKeptMs = 90 * 86_400_000

interface NewRow {
  readonly workspaceId: number
  readonly journeyId: string
  readonly personId: number
  count: number
  recent: RefusalRecord[]
}

/** Newest first, and no more than are kept. */
const newestOf = (both: ReturnType<typeof sql>) => sql`(
  select coalesce(jsonb_agg(one order by one->>'at' desc, place), '[]'::jsonb) from (
    select one, place from jsonb_array_elements(${both}) with ordinality as told (one, place)
    order by one->>'at' desc, place limit ${recentMax}) as newest)`

export async function insertRefusals(tx: Tx, refused: readonly Refused[], now: number): Promise<void> {
  if (refused.length === 0) return
  const at = new Date(now)
  const rows = new Map<string, NewRow>()
  for (const { workspaceId, journeyId, version, reason, personId, heard } of refused) {
    const key = `${workspaceId}:${personId}:${journeyId}`
    const row = rows.get(key) ?? { workspaceId, journeyId, personId, count: 0, recent: [] }
    rows.set(key, row)
    const { sourceKey, kind, name, occurredAt } = heard
    row.count += 1
    row.recent.unshift({ at: at.toISOString(), version, reason, sourceKey, kind, name, occurredAt: new Date(occurredAt).toISOString() })
  }
  const news = [...rows.values()].map((row) => ({ ...row, recent: row.recent.slice(0, recentMax) }))
  await tx.run(sql`
    insert into journey_refusals (workspace_id, journey_id, person_id, count, first_at, last_at, recent)
    select "workspaceId", "journeyId", "personId", count, ${at}, ${at}, recent
    from jsonb_to_recordset(${jsonText(news)}::jsonb) as new ("workspaceId" int, "journeyId" text, "personId" bigint, count bigint, recent jsonb)
    order by "workspaceId", "personId", "journeyId"
    on conflict (workspace_id, person_id, journey_id) do update set
      count = journey_refusals.count + excluded.count, last_at = excluded.last_at,
      recent = ${newestOf(sql`excluded.recent || journey_refusals.recent`)}`)
}

/** Two people became one: what the one was told counts for the other. */
export async function moveRefusals(tx: Tx, workspaceId: number, from: number, into: number): Promise<void> {
  await tx.run(sql`
    insert into journey_refusals (workspace_id, journey_id, person_id, count, first_at, last_at, recent)
    select workspace_id, journey_id, ${into}, count, first_at, last_at, recent from journey_refusals
    where workspace_id = ${workspaceId} and person_id = ${from} order by journey_id
    on conflict (workspace_id, person_id, journey_id) do update set
      count = journey_refusals.count + excluded.count, first_at = least(journey_refusals.first_at, excluded.first_at),
      last_at = greatest(journey_refusals.last_at, excluded.last_at),
      recent = ${newestOf(sql`journey_refusals.recent || excluded.recent`)}`)
  await tx.run(sql`delete from journey_refusals where workspace_id = ${workspaceId} and person_id = ${from}`)
}

export interface RefusalRow {
  journey_id: string
  count: number
  first_at: Date
  last_at: Date
  recent: RefusalRecord[]
}

/** What journeys refused a person, the latest first. */
export function refusalsOfPerson(query: Queryable, workspaceId: number, personId: number): Promise<RefusalRow[]> {
  return query.many<RefusalRow>(sql`
    select journey_id, count, first_at, last_at, recent from journey_refusals
    where workspace_id = ${workspaceId} and person_id = ${personId} order by last_at desc`)
}

/** Forgets a bounded number of rows that nothing was added to since `until`. */
export function deleteOldRefusals(query: Queryable, until: Date, limit: number): Promise<number> {
  return query.run(sql`
    delete from journey_refusals where (workspace_id, person_id, journey_id) in (
      select workspace_id, person_id, journey_id from journey_refusals where last_at < ${until} order by last_at limit ${limit})`)
}
