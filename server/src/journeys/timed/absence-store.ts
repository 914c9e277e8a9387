import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'
import type { Absence } from '../core/absence.ts'
import type { Heard } from '../core/run.ts'

// Events after which something is waited for not to happen.

interface Row {
  workspace_id: number
  journey_id: string
  source_key: string
  person_id: number
  heard: Heard
  due_at: Date
}

const columns = sql`workspace_id, journey_id, source_key, person_id, heard, due_at`

const toAbsence = (row: Row): Absence => ({
  workspaceId: row.workspace_id,
  journeyId: row.journey_id,
  sourceKey: row.source_key,
  personId: row.person_id,
  heard: row.heard,
  dueAt: row.due_at.getTime(),
})

export async function insertAbsences(tx: Tx, absences: readonly Absence[]): Promise<void> {
  if (absences.length === 0) return
  await tx.run(sql`
    insert into journey_absences (${columns})
    select "workspaceId", "journeyId", "sourceKey", "personId", heard, "dueAt"
    from jsonb_to_recordset(${jsonText(absences.map((one) => ({ ...one, dueAt: new Date(one.dueAt) })))}::jsonb) as new (
      "workspaceId" int, "journeyId" text, "sourceKey" text, "personId" bigint, heard jsonb, "dueAt" timestamptz)
    on conflict do nothing`)
}

/** People's absences, locked; `busy` are the people of whom another batch has one in hand. Waits for nobody. */
export async function lockAbsences(
  tx: Tx,
  workspaceId: number,
  personIds: readonly number[],
): Promise<{ absences: Absence[]; busy: Set<number> }> {
  const there = await tx.many<{ journey_id: string; source_key: string; person_id: number }>(sql`
    select journey_id, source_key, person_id from journey_absences
    where workspace_id = ${workspaceId} and person_id = any(${personIds}::bigint[])`)
  if (there.length === 0) return { absences: [], busy: new Set() }
  const rows = await tx.many<Row>(sql`
    select ${columns} from journey_absences where workspace_id = ${workspaceId} and (journey_id, source_key) in
      (select * from unnest(${there.map((row) => row.journey_id)}::text[], ${there.map((row) => row.source_key)}::text[]))
    order by journey_id, source_key for update skip locked`)
  const name = (row: { journey_id: string; source_key: string }) => `${row.journey_id}:${row.source_key}`
  const locked = new Set(rows.map(name))
  return { absences: rows.map(toAbsence), busy: new Set(there.filter((row) => !locked.has(name(row))).map((row) => row.person_id)) }
}

export async function deleteAbsences(tx: Tx, absences: readonly Absence[]): Promise<void> {
  const [first] = absences
  if (!first) return
  await tx.run(sql`
    delete from journey_absences where workspace_id = ${first.workspaceId} and (journey_id, source_key) in
      (select * from unnest(${absences.map((one) => one.journeyId)}::text[], ${absences.map((one) => one.sourceKey)}::text[]))`)
}

/** Of a journey that is no more, or that begins in another way from now on. */
export async function deleteAbsencesOf(tx: Tx, workspaceId: number, journeyId: string): Promise<void> {
  await tx.run(sql`delete from journey_absences where workspace_id = ${workspaceId} and journey_id = ${journeyId}`)
}

/** Locks those whose time is over and nobody was told of. */
export async function claimDueAbsences(tx: Tx, now: Date, limit: number): Promise<Absence[]> {
  const rows = await tx.many<Row>(sql`
    select ${columns} from journey_absences where told_at is null and due_at <= ${now}
    order by due_at, journey_id, source_key limit ${limit} for update skip locked`)
  return rows.map(toAbsence)
}

export async function markTold(tx: Tx, absences: readonly Absence[], now: Date): Promise<void> {
  await tx.run(sql`
    update journey_absences set told_at = ${now} where (workspace_id, journey_id, source_key) in
      (select * from unnest(${absences.map((one) => one.workspaceId)}::int[], ${absences.map((one) => one.journeyId)}::text[],
        ${absences.map((one) => one.sourceKey)}::text[]))`)
}

export async function moveAbsences(tx: Tx, workspaceId: number, from: number, into: number): Promise<void> {
  await tx.run(sql`
    update journey_absences set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}`)
}

/** Those of which the inbox was told so long ago that it gave up. */
export async function deleteSpentAbsences(query: Queryable, toldBefore: Date): Promise<void> {
  await query.run(sql`delete from journey_absences where told_at < ${toldBefore}`)
}
