import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'

// Journeys that are due by the clock: when next, each time that they were, and its people.

export interface Whose {
  readonly workspaceId: number
  readonly journeyId: string
}

/** Null: never again. */
export async function plan(tx: Tx, { workspaceId, journeyId }: Whose, dueAt: number | null): Promise<void> {
  if (dueAt === null) {
    await tx.run(sql`delete from journey_schedules where workspace_id = ${workspaceId} and journey_id = ${journeyId}`)
    return
  }
  await tx.run(sql`
    insert into journey_schedules (workspace_id, journey_id, due_at) values (${workspaceId}, ${journeyId}, ${new Date(dueAt)})
    on conflict (workspace_id, journey_id) do update set due_at = excluded.due_at`)
}

export async function plannedAt(query: Queryable, { workspaceId, journeyId }: Whose): Promise<number | null> {
  const row = await query.one<{ due_at: Date }>(sql`
    select due_at from journey_schedules where workspace_id = ${workspaceId} and journey_id = ${journeyId}`)
  return row?.due_at.getTime() ?? null
}

export async function findDue(query: Queryable, now: Date, limit: number): Promise<Whose[]> {
  const rows = await query.many<{ workspace_id: number; journey_id: string }>(sql`
    select workspace_id, journey_id from journey_schedules where due_at <= ${now} order by due_at limit ${limit}`)
  return rows.map((row) => ({ workspaceId: row.workspace_id, journeyId: row.journey_id }))
}

/** Plans that are still ahead. */
export async function findPlanned(query: Queryable, now: Date, limit: number): Promise<(Whose & { dueAt: number })[]> {
  const rows = await query.many<{ workspace_id: number; journey_id: string; due_at: Date }>(sql`
    select workspace_id, journey_id, due_at from journey_schedules where due_at > ${now} order by due_at limit ${limit}`)
  return rows.map((row) => ({ workspaceId: row.workspace_id, journeyId: row.journey_id, dueAt: row.due_at.getTime() }))
}

/** Plans another time, if it is still planned for that one and nobody has it in hand. */
export async function movePlan(tx: Tx, { workspaceId, journeyId, dueAt }: Whose & { dueAt: number }, to: number): Promise<void> {
  await tx.run(sql`
    update journey_schedules set due_at = ${new Date(to)} where (workspace_id, journey_id) in (
      select workspace_id, journey_id from journey_schedules
      where workspace_id = ${workspaceId} and journey_id = ${journeyId} and due_at = ${new Date(dueAt)} for update skip locked)`)
}

/** Locks the plan if it is due and nobody has it in hand; answers when it was due. */
export async function claimPlan(tx: Tx, { workspaceId, journeyId }: Whose, now: Date): Promise<number | null> {
  const row = await tx.one<{ due_at: Date }>(sql`
    select due_at from journey_schedules where workspace_id = ${workspaceId} and journey_id = ${journeyId} and due_at <= ${now}
    for update skip locked`)
  return row?.due_at.getTime() ?? null
}

export type OccurrenceState = 'collecting' | 'entering' | 'done' | 'skipped' | 'cut'

export interface OccurrenceRow {
  workspace_id: number
  journey_id: string
  due_at: Date
  state: OccurrenceState
  reason: string | null
  collected_to: number
  started_at: Date
  ended_at: Date | null
  people: number
  told: number
}

const columns = sql`workspace_id, journey_id, due_at, state, reason, collected_to, started_at, ended_at, people, told`

/** Begins it, or, with a reason, notes that it was skipped. One that is there already stays as it is. */
export async function insertOccurrence(tx: Tx, whose: Whose, dueAt: number, skipped: string | null, now: Date): Promise<void> {
  const { workspaceId, journeyId } = whose
  await tx.run(sql`
    insert into journey_occurrences (workspace_id, journey_id, due_at, state, reason, started_at, ended_at)
    values (${workspaceId}, ${journeyId}, ${new Date(dueAt)}, ${skipped === null ? 'collecting' : 'skipped'}, ${skipped}, ${now},
      ${skipped === null ? null : now})
    on conflict do nothing`)
}

export function findOpenOccurrences(query: Queryable, limit: number): Promise<OccurrenceRow[]> {
  return query.many<OccurrenceRow>(sql`
    select ${columns} from journey_occurrences where state in ('collecting', 'entering') order by due_at, journey_id limit ${limit}`)
}

export function listOccurrences(query: Queryable, { workspaceId, journeyId }: Whose, limit: number): Promise<OccurrenceRow[]> {
  return query.many<OccurrenceRow>(sql`
    select ${columns} from journey_occurrences where workspace_id = ${workspaceId} and journey_id = ${journeyId}
    order by due_at desc limit ${limit}`)
}

/** Locks it if it is still as it was seen and nobody has it in hand. */
export function claimOccurrence(tx: Tx, seen: OccurrenceRow): Promise<OccurrenceRow | null> {
  return tx.one<OccurrenceRow>(sql`
    select ${columns} from journey_occurrences
    where workspace_id = ${seen.workspace_id} and journey_id = ${seen.journey_id} and due_at = ${seen.due_at}
      and state = ${seen.state} and collected_to = ${seen.collected_to}
    for update skip locked`)
}

export async function updateOccurrence(tx: Tx, row: OccurrenceRow): Promise<void> {
  await tx.run(sql`
    update journey_occurrences set state = ${row.state}, reason = ${row.reason}, collected_to = ${row.collected_to}, ended_at = ${row.ended_at},
      people = ${row.people}, told = ${row.told}
    where workspace_id = ${row.workspace_id} and journey_id = ${row.journey_id} and due_at = ${row.due_at}`)
}

export async function insertPeople(tx: Tx, row: OccurrenceRow, pieces: readonly (readonly number[])[]): Promise<void> {
  if (pieces.length === 0) return
  await tx.run(sql`
    insert into journey_occurrence_people (workspace_id, journey_id, due_at, people)
    select ${row.workspace_id}, ${row.journey_id}, ${row.due_at}, array(select jsonb_array_elements_text(piece)::bigint)
    from jsonb_array_elements(${JSON.stringify(pieces)}::jsonb) with ordinality as pieces (piece, place) order by place`)
}

/** Takes the next piece away; null when none is left. */
export async function takePeople(tx: Tx, row: OccurrenceRow): Promise<number[] | null> {
  const taken = await tx.one<{ people: number[] }>(sql`
    delete from journey_occurrence_people where workspace_id = ${row.workspace_id} and id = (
      select id from journey_occurrence_people
      where workspace_id = ${row.workspace_id} and journey_id = ${row.journey_id} and due_at = ${row.due_at} order by id limit 1)
    returning people`)
  return taken?.people.map(Number) ?? null
}

export async function deletePeople(tx: Tx, row: OccurrenceRow): Promise<void> {
  await tx.run(sql`
    delete from journey_occurrence_people
    where workspace_id = ${row.workspace_id} and journey_id = ${row.journey_id} and due_at = ${row.due_at}`)
}

/** Those that were due so long ago, and are over. */
export function deleteOldOccurrences(query: Queryable, dueBefore: Date, limit: number): Promise<number> {
  return query.run(sql`
    delete from journey_occurrences where (workspace_id, journey_id, due_at) in (
      select workspace_id, journey_id, due_at from journey_occurrences
      where due_at < ${dueBefore} and state in ('done', 'skipped', 'cut') limit ${limit})`)
}

/** Untaken rows of the inbox, counted up to `limit`. */
export async function inboxBacklog(query: Queryable, limit: number): Promise<number> {
  const row = await query.one<{ count: number }>(sql`
    select count(*) as count from (select from journey_inbox where taken_at is null limit ${limit}) open`)
  return Number(row?.count ?? 0)
}

/** Of a journey that was paused, people who did not come out of the inbox yet: they stand before it again. */
export async function putBack(tx: Tx, { workspaceId, journeyId }: Whose): Promise<void> {
  await tx.run(sql`
    with back as (
      delete from journey_inbox where workspace_id = ${workspaceId} and kind in ('schedule', 'date') and name = ${journeyId} and taken_at is null
      returning person_id, (properties->>'dueAt')::timestamptz as due_at),
    pieces as (select due_at, array_agg(person_id order by person_id) as people, count(*) as count from back group by due_at),
    opened as (
      update journey_occurrences o set state = case when o.state = 'done' then 'entering' else o.state end, ended_at = null, told = told - pieces.count
      from pieces where o.workspace_id = ${workspaceId} and o.journey_id = ${journeyId} and o.due_at = pieces.due_at)
    insert into journey_occurrence_people (workspace_id, journey_id, due_at, people)
    select ${workspaceId}, ${journeyId}, due_at, people from pieces`)
}
