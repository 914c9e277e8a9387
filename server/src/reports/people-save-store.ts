import type { PeopleFilter, PeopleSave } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../platform/db/postgres.ts'

// Lists of people on their way into segments.

export interface SaveRow {
  workspace_id: number
  id: string
  segment_key: string
  filter: PeopleFilter
  state: PeopleSave['state']
  saved_to: number | null
  saved: number
  about: number | null
  problem: PeopleSave['problem']
  started_by: string
  started_at: Date
  ended_at: Date | null
}

const columns = sql`workspace_id, id, segment_key, filter, state, saved_to, saved, about, problem, started_by, started_at, ended_at`

export async function insertSave(
  query: Queryable,
  workspaceId: number,
  save: { readonly id: string; readonly segmentKey: string; readonly filter: PeopleFilter; readonly by: string },
  at: Date,
): Promise<void> {
  await query.run(sql`
    insert into people_saves (workspace_id, id, segment_key, filter, state, started_by, started_at)
    values (${workspaceId}, ${save.id}, ${save.segmentKey}, ${JSON.stringify(save.filter)}, 'running', ${save.by}, ${at})`)
}

/** The newest first. */
export function listSaves(query: Queryable, workspaceId: number, limit: number): Promise<SaveRow[]> {
  return query.many<SaveRow>(sql`
    select ${columns} from people_saves where workspace_id = ${workspaceId} order by id desc limit ${limit}`)
}

export function findSave(query: Queryable, workspaceId: number, id: string): Promise<SaveRow | null> {
  return query.one<SaveRow>(sql`select ${columns} from people_saves where workspace_id = ${workspaceId} and id = ${id}`)
}

/** One that is not done and that nobody has in hand, the oldest first. */
export function claimSave(tx: Tx): Promise<SaveRow | null> {
  return tx.one<SaveRow>(sql`
    select ${columns} from people_saves where state = 'running' order by started_at, id limit 1 for update skip locked`)
}

export async function updateSave(tx: Tx, row: SaveRow): Promise<void> {
  await tx.run(sql`
    update people_saves set state = ${row.state}, saved_to = ${row.saved_to}, saved = ${row.saved}, about = ${row.about},
      problem = ${row.problem}, ended_at = ${row.ended_at}
    where workspace_id = ${row.workspace_id} and id = ${row.id}`)
}

/** Whom the people live on in, who until the transaction ends become nobody else. */
export async function shareLiving(tx: Tx, workspaceId: number, ids: readonly number[]): Promise<number[]> {
  const rows = await tx.many<{ id: number }>(sql`
    select coalesce(merged_into, id) as id from persons where workspace_id = ${workspaceId} and id = any(${ids}::bigint[]) order by id for share`)
  return [...new Set(rows.map((row) => row.id))]
}

/** Old ones that are done, but for the last few. */
export async function deleteOldSaves(query: Queryable, workspaceId: number, kept: number): Promise<void> {
  await query.run(sql`
    delete from people_saves where workspace_id = ${workspaceId} and state <> 'running' and id not in (
      select id from people_saves where workspace_id = ${workspaceId} order by id desc limit ${kept})`)
}
