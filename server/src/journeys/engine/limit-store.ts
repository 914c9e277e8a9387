import type { EntryLimits } from '@chaoxi/contract'
import { sql, type Tx } from '../../platform/db/postgres.ts'
import { type Entered, hourOf } from '../core/limits.ts'

// Journeys with a limit: how many entered.

/** Counts anew, while nobody enters: when a version is published. */
export async function countEntered(
  tx: Tx,
  { workspaceId, journeyId }: { workspaceId: number; journeyId: string },
  limits: EntryLimits | undefined,
  now: number,
): Promise<void> {
  const hour = new Date(hourOf(now))
  await tx.run(sql`delete from journey_entries where workspace_id = ${workspaceId} and journey_id = ${journeyId}`)
  if (limits?.perHour === undefined && limits?.total === undefined) return
  await tx.run(sql`
    insert into journey_entries (workspace_id, journey_id, total, hour_at, in_hour)
    select ${workspaceId}, ${journeyId},
      count(*) + coalesce((select sum(runs)::bigint from journey_past_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId}), 0),
      ${hour}, count(*) filter (where entered_at >= ${hour})
    from journey_runs where workspace_id = ${workspaceId} and journey_id = ${journeyId}`)
}

/** Locks those that nobody has in hand. Waits for nobody. */
export async function lockEntered(tx: Tx, workspaceId: number, journeyIds: readonly string[]): Promise<Map<string, Entered>> {
  if (journeyIds.length === 0) return new Map()
  const rows = await tx.many<{ journey_id: string; total: number; hour_at: Date; in_hour: number }>(sql`
    select journey_id, total, hour_at, in_hour from journey_entries
    where workspace_id = ${workspaceId} and journey_id = any(${journeyIds}) order by journey_id for update skip locked`)
  return new Map(
    rows.map((row) => [
      row.journey_id,
      { journeyId: row.journey_id, total: Number(row.total), hourAt: row.hour_at.getTime(), inHour: Number(row.in_hour) },
    ]),
  )
}

/** Of journeys that this transaction holds: so many more entered in that hour. */
export async function addEntered(
  tx: Tx,
  workspaceId: number,
  journeyIds: readonly string[],
  counts: readonly number[],
  hourAt: Date,
): Promise<void> {
  await tx.run(sql`
    update journey_entries e set total = e.total + new.count, hour_at = ${hourAt},
      in_hour = case when e.hour_at = ${hourAt} then e.in_hour else 0 end + new.count
    from unnest(${journeyIds}::text[], ${counts}::bigint[]) as new (journey_id, count)
    where e.workspace_id = ${workspaceId} and e.journey_id = new.journey_id`)
}
