import type { JourneyDefinition, Rehearsal, RehearsalResult } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { jsonText } from '../../platform/json-text.ts'

export interface RehearsalRow {
  workspace_id: number
  journey_id: string
  id: string
  state: Rehearsal['state']
  definition: JourneyDefinition
  draft_revision: number | null
  version: number | null
  from_at: Date
  to_at: Date
  reach: Rehearsal['reach']
  answers: Rehearsal['answers']
  progress: number
  asked_by: string
  asked_at: Date
  ended_at: Date | null
  reason: string | null
}

const columns = sql`workspace_id, journey_id, id, state, definition, draft_revision, version, from_at, to_at, reach, answers, progress, asked_by, asked_at,
  ended_at, reason`

export async function insertRehearsal(tx: Tx, row: RehearsalRow): Promise<void> {
  await tx.run(sql`
    insert into journey_rehearsals (workspace_id, journey_id, id, state, definition, draft_revision, version, from_at, to_at, reach, answers, asked_by, asked_at)
    values (${row.workspace_id}, ${row.journey_id}, ${row.id}, ${row.state}, ${jsonText(row.definition)}::jsonb, ${row.draft_revision},
      ${row.version}, ${row.from_at}, ${row.to_at}, ${row.reach}, ${jsonText(row.answers)}::jsonb, ${row.asked_by}, ${row.asked_at})`)
}

/** Newest first. */
export function listRehearsals(query: Queryable, workspaceId: number, journeyId: string, limit: number): Promise<RehearsalRow[]> {
  return query.many<RehearsalRow>(sql`
    select ${columns} from journey_rehearsals where workspace_id = ${workspaceId} and journey_id = ${journeyId}
    order by asked_at desc, id desc limit ${limit}`)
}

export function findRehearsal(
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  id: string,
): Promise<(RehearsalRow & { result: RehearsalResult | null }) | null> {
  return query.one<RehearsalRow & { result: RehearsalResult | null }>(sql`
    select ${columns}, result from journey_rehearsals
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and id = ${id}`)
}

/** The oldest that waits, or whose player has not been heard of. */
export function claimRehearsal(query: Queryable, now: Date, leasedUntil: Date): Promise<RehearsalRow | null> {
  return query.one<RehearsalRow>(sql`
    update journey_rehearsals set state = 'running', leased_until = ${leasedUntil}, progress = 0
    where (workspace_id, journey_id, id) = (
      select workspace_id, journey_id, id from journey_rehearsals
      where state = 'waiting' or (state = 'running' and leased_until < ${now})
      order by asked_at limit 1 for update skip locked)
    returning ${columns}`)
}

export type Whose = Pick<RehearsalRow, 'workspace_id' | 'journey_id' | 'id'>

/** False: it was called off. */
export async function keepLease(
  query: Queryable,
  { workspace_id, journey_id, id }: Whose,
  progress: number,
  until: Date,
): Promise<boolean> {
  const kept = await query.run(sql`
    update journey_rehearsals set progress = ${progress}, leased_until = ${until}
    where workspace_id = ${workspace_id} and journey_id = ${journey_id} and id = ${id} and state = 'running'`)
  return kept > 0
}

/** Of one that is still running. */
export async function endRehearsal(
  query: Queryable,
  { workspace_id, journey_id, id }: Whose,
  end: { state: 'done' | 'failed'; at: Date; reason: string | null; result: RehearsalResult | null },
): Promise<void> {
  await query.run(sql`
    update journey_rehearsals set state = ${end.state}, ended_at = ${end.at}, reason = ${end.reason}, progress = 1, leased_until = null,
      result = ${end.result === null ? null : jsonText(end.result)}::jsonb
    where workspace_id = ${workspace_id} and journey_id = ${journey_id} and id = ${id} and state = 'running'`)
}

export async function cancelRehearsal(query: Queryable, { workspace_id, journey_id, id }: Whose, at: Date): Promise<void> {
  await query.run(sql`
    update journey_rehearsals set state = 'cancelled', ended_at = ${at}, leased_until = null
    where workspace_id = ${workspace_id} and journey_id = ${journey_id} and id = ${id} and state in ('waiting', 'running')`)
}

/** Of a journey all but the newest. */
export async function deleteOldRehearsals(tx: Tx, workspaceId: number, journeyId: string, kept: number): Promise<void> {
  await tx.run(sql`
    delete from journey_rehearsals where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state not in ('waiting', 'running')
      and id not in (select id from journey_rehearsals where workspace_id = ${workspaceId} and journey_id = ${journeyId}
        order by asked_at desc, id desc limit ${kept})`)
}
