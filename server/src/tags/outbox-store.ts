import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'
import { type Move, packedBytesMax, packPeople, unpackPeople } from './move.ts'
import type { ChangeReason, DefinitionKind } from './types.ts'

export interface OutboxRow {
  id: number
  workspace_id: number
  kind: DefinitionKind
  key: string
  value: string
  entered: boolean
  at: Date
  reason: ChangeReason
  people: readonly number[]
}

export async function insertOutbox(tx: Tx, workspaceId: number, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return
  const bytes = Buffer.allocUnsafe(moves.reduce((sum, move) => sum + move.people.length, 0) * packedBytesMax)
  const starts: number[] = []
  let end = 0
  for (const { people } of moves) {
    starts.push(end)
    end = packPeople(people, bytes, end)
  }
  const sizes = starts.map((start, i) => (starts[i + 1] ?? end) - start)
  await tx.run(sql`
    insert into membership_outbox (workspace_id, kind, key, value, entered, at, reason, people, people_count)
    select ${workspaceId}::int, kind, key, value, entered, at, reason, substring(${bytes.subarray(0, end)}::bytea from start + 1 for size), count
    from unnest(${moves.map((move) => move.kind)}::text[], ${moves.map((move) => move.key)}::text[], ${moves.map((move) => move.value)}::text[],
      ${moves.map((move) => move.entered)}::boolean[], ${moves.map((move) => new Date(move.at))}::timestamptz[],
      ${moves.map((move) => move.reason)}::text[], ${starts}::int[], ${sizes}::int[], ${moves.map((move) => move.people.length)}::int[])
      with ordinality as new (kind, key, value, entered, at, reason, start, size, count, place)
    order by place`)
}

/** The newest row's, if there is one. */
export async function newestOutbox(query: Queryable): Promise<number | null> {
  const row = await query.one<{ id: number }>(sql`select id from membership_outbox order by id desc limit 1`)
  return row?.id ?? null
}

export async function hasOutbox(query: Queryable, until: number): Promise<boolean> {
  return (await query.one(sql`select 1 as one from membership_outbox where id <= ${until} limit 1`)) !== null
}

/**
 * The oldest rows, as many as name so many people, and one at least; whoever else wants them waits, so that nobody evaluates before
 * they are in ClickHouse.
 */
export async function claimOutbox(tx: Tx, limits: { rows: number; people: number }): Promise<OutboxRow[]> {
  const rows = await tx.many<Omit<OutboxRow, 'people'> & { people: Buffer; people_count: number }>(sql`
    select id, workspace_id, kind, key, value, entered, at, reason, people, people_count from membership_outbox
    where id in (
      select id from (
        select id, sum(people_count) over (order by id) - people_count as before
        from (select id, people_count from membership_outbox order by id limit ${limits.rows}) as oldest
      ) as counted where before < ${limits.people})
    order by id for update`)
  return rows.map(({ people_count, ...row }) => ({ ...row, people: unpackPeople(row.people, people_count) }))
}

export async function deleteOutbox(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.run(sql`delete from membership_outbox where id = any(${ids}::bigint[])`)
}
