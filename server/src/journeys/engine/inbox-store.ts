import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'
import type { CallerRun, Heard, HeardKind } from '../core/run.ts'

// The inbox: what happened that some journey listens for, in order of arrival.

export interface NewInboxRow extends Heard {
  readonly workspaceId: number
  readonly personId: number
}

export async function insertInbox(tx: Tx, rows: readonly NewInboxRow[]): Promise<void> {
  const news = rows.map((row, place) => ({ ...row, occurredAt: new Date(row.occurredAt), receivedAt: new Date(row.receivedAt), place }))
  await tx.run(sql`
    insert into journey_inbox (workspace_id, source_key, person_id, kind, name, properties, caller, occurred_at, received_at)
    select "workspaceId", "sourceKey", "personId", kind, name, properties, caller, "occurredAt", "receivedAt"
    from jsonb_to_recordset(${jsonText(news)}::jsonb) as new (
      "workspaceId" int, "sourceKey" text, "personId" bigint, kind text, name text, properties jsonb, caller jsonb,
      "occurredAt" timestamptz, "receivedAt" timestamptz, place int)
    order by place
    on conflict (workspace_id, source_key) do nothing`)
}

export interface InboxRow {
  readonly id: number
  readonly workspaceId: number
  readonly personId: number
  readonly tries: number
  readonly heard: Heard
}

interface Row {
  id: number
  workspace_id: number
  source_key: string
  person_id: number
  kind: HeardKind
  name: string
  properties: Record<string, unknown>
  caller: CallerRun | null
  occurred_at: Date
  received_at: Date
  tries: number
}

function toInboxRow(row: Row): InboxRow {
  const { name, kind, properties } = row
  const heard = {
    sourceKey: row.source_key,
    kind,
    name,
    properties,
    occurredAt: row.occurred_at.getTime(),
    receivedAt: row.received_at.getTime(),
    ...(row.caller ? { caller: row.caller } : {}),
  }
  return { id: row.id, workspaceId: row.workspace_id, personId: row.person_id, tries: row.tries, heard }
}

/** Rows looked at for a batch; the second number only when the first ones are of too few people. */
const windows = [1_000, 20_000] as const

interface Open {
  id: number
  workspace_id: number
  person_id: number
  ready: boolean
}

function oldestOpenRows(tx: Tx, now: Date, limit: number, among: readonly number[] | null): Promise<Open[]> {
  return tx.many<Open>(sql`
    select id, workspace_id, person_id, retry_at is null or retry_at <= ${now} as ready from journey_inbox
    where taken_at is null and (${among}::bigint[] is null or id = any(${among})) order by id limit ${limit}`)
}

/** Of people, those of whom a run of a live journey is about to move. */
async function moving(tx: Tx, people: readonly Open[], now: Date): Promise<Set<string>> {
  const rows = await tx.many<Open>(sql`
    select r.workspace_id, r.person_id from journey_runs r
    join journeys j on j.workspace_id = r.workspace_id and j.id = r.journey_id
    where r.workspace_id = any(${[...new Set(people.map((one) => one.workspace_id))]}::int[])
      and r.person_id = any(${people.map((one) => one.person_id)}::bigint[])
      and r.state = 'active' and r.wake_at <= ${now} and j.status = 'live'`)
  return new Set(rows.map(personKey))
}

const personKey = (one: { workspace_id: number; person_id: number }) => `${one.workspace_id}:${one.person_id}`

/** The oldest open row of each person, without those that must wait. */
async function firstRows(tx: Tx, now: Date, limit: number, among: readonly number[] | null): Promise<number[]> {
  for (const size of windows) {
    const open = await oldestOpenRows(tx, now, size, among)
    const first = new Map<string, Open>()
    for (const row of open) if (!first.has(personKey(row))) first.set(personKey(row), row)
    const ready = [...first.values()].filter((row) => row.ready)
    const held = ready.length === 0 ? new Set() : await moving(tx, ready, now)
    const free = ready.filter((row) => !held.has(personKey(row))).slice(0, limit)
    if (free.length === limit || open.length < size || size === windows[1]) return free.map((row) => row.id)
  }
  return []
}

/**
 * Locks the oldest open row of each of `limit` people: one a person, so that a person's rows are taken in order however
 * many runners there are. A row that another runner has in hand is still open to our eyes, and holds back those behind
 * it. So does a run of the person that is about to move: it may be on its way to the wait that this event is for.
 * The choice is made here and not in one statement: with the stale statistics of a burst (16,000 rows) the planner made
 * a join of all open rows with all runs of it, 300-1,500 ms a batch.
 */
export async function claimInbox(tx: Tx, now: Date, limit: number, among: readonly number[] | null): Promise<InboxRow[]> {
  const ids = await firstRows(tx, now, limit, among)
  if (ids.length === 0) return []
  const rows = await tx.many<Row>(sql`
    select id, workspace_id, source_key, person_id, kind, name, properties, caller, occurred_at, received_at, tries from journey_inbox
    where id = any(${ids}::bigint[]) and taken_at is null order by id for update skip locked`)
  return rows.map(toInboxRow)
}

export async function markTaken(tx: Tx, ids: readonly number[], now: Date): Promise<void> {
  await tx.run(sql`update journey_inbox set taken_at = ${now} where id = any(${ids}::bigint[])`)
}

/** The row could not be taken: later again, or, with `drop`, never more. One that another runner has in hand by now is that one's. */
export async function postpone(query: Queryable, id: number, outcome: { retryAt: Date } | { drop: string; at: Date }): Promise<void> {
  const free = sql`select id from journey_inbox where id = ${id} and taken_at is null for update skip locked`
  if ('drop' in outcome) {
    await query.run(sql`
      update journey_inbox set taken_at = ${outcome.at}, dropped = ${outcome.drop}, tries = tries + 1 where id in (${free})`)
  } else {
    await query.run(sql`update journey_inbox set tries = tries + 1, retry_at = ${outcome.retryAt} where id in (${free})`)
  }
}

/** Waits for a runner that has one of the rows in hand, so that what it starts is seen by the statements after this one. */
export async function moveInbox(tx: Tx, workspaceId: number, from: number, into: number): Promise<void> {
  await tx.run(sql`
    update journey_inbox set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from} and taken_at is null`)
}

export async function oldestOpen(query: Queryable): Promise<Date | null> {
  const row = await query.one<{ received_at: Date }>(sql`
    select received_at from journey_inbox where taken_at is null order by id limit 1`)
  return row?.received_at ?? null
}

/** Forgets rows taken before `until`: of the oldest ones, so many that each turn is bounded. */
export function deleteTaken(query: Queryable, until: Date, limit: number): Promise<number> {
  return query.run(sql`
    delete from journey_inbox where id in (
      select id from (select id, taken_at from journey_inbox order by id limit ${limit}) oldest where taken_at < ${until})`)
}
