import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'

// Who is to be looked at: people whom something happened to (touches), and people with an answer that time may turn (checks).

export interface Touch {
  readonly id: number
  readonly personId: number
  readonly changes: readonly string[]
  readonly touchedAt: number
}

/** Workspaces with people to evaluate, or checks that are due; a look at the front of two indexes when there are none. */
export async function workspacesWithWork(query: Queryable, now: number): Promise<number[]> {
  const rows = await query.many<{ workspace_id: number }>(sql`
    select workspace_id from (select workspace_id from touched_people order by id limit 1000) as touched
    union
    select workspace_id from (select workspace_id from person_memberships where due_at <= ${new Date(now)} order by due_at limit 1000) as due`)
  return rows.map((row) => row.workspace_id)
}

export async function claimTouched(tx: Tx, workspaceId: number, limit: number): Promise<Touch[]> {
  const rows = await tx.many<{ id: number; person_id: number; changes: string[]; touched_at: Date }>(sql`
    select id, person_id, changes, touched_at from touched_people where workspace_id = ${workspaceId}
    order by id limit ${limit} for update skip locked`)
  return rows.map((row) => ({ id: row.id, personId: row.person_id, changes: row.changes, touchedAt: row.touched_at.getTime() }))
}

export async function deleteTouched(tx: Tx, workspaceId: number, ids: readonly number[]): Promise<void> {
  await tx.run(sql`delete from touched_people where workspace_id = ${workspaceId} and id = any(${ids}::bigint[])`)
}

export async function insertTouched(
  tx: Tx,
  workspaceId: number,
  people: readonly number[],
  changes: readonly string[],
  at: number,
): Promise<void> {
  if (people.length === 0) return
  await tx.run(sql`
    insert into touched_people (workspace_id, person_id, changes, touched_at)
    select ${workspaceId}::int, person_id, ${changes}::text[], ${new Date(at)}::timestamptz from unnest(${people}::bigint[]) as new (person_id)`)
}

/**
 * People with an answer that may have turned by now: of the longest due of all workspaces those of this one. Along the index of instants
 * whatever is known of the table; by workspace and instant, a plan without statistics reads everybody's.
 */
export async function findDuePeople(tx: Tx, workspaceId: number, now: number, limit: number): Promise<number[]> {
  const rows = await tx.many<{ person_id: number }>(sql`
    select person_id from (
      select workspace_id, person_id from person_memberships where due_at <= ${new Date(now)} order by due_at limit ${limit}) as due
    where workspace_id = ${workspaceId}`)
  return rows.map((row) => row.person_id)
}

/** Of the people those whom the evaluator is still going to look at: touched, or with a check that is due. */
export async function findAwaited(tx: Tx, workspaceId: number, people: readonly number[], now: number): Promise<Set<number>> {
  const rows = await tx.many<{ person_id: number }>(sql`
    select person_id from touched_people where workspace_id = ${workspaceId} and person_id = any(${people}::bigint[])
    union
    select person_id from person_memberships
    where workspace_id = ${workspaceId} and person_id = any(${people}::bigint[]) and due_at <= ${new Date(now)}`)
  return new Set(rows.map((row) => row.person_id))
}
