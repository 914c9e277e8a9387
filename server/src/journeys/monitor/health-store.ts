import { type Queryable, sql } from '../../platform/db/postgres.ts'
import type { Run } from '../core/run.ts'
import { columns, type RunRow, toRun } from '../engine/run-store.ts'

// How one journey stands: what is overdue, what cannot move, what had to be healed.

export interface HealthRow {
  oldest: Date | null
  overdue: number
  trying: number
  healed: number
  healed_at: Date | null
}

/** `overdue` since before `longAgo`. */
export async function healthOf(query: Queryable, workspaceId: number, journeyId: string, now: Date, longAgo: Date): Promise<HealthRow> {
  const row = await query.one<HealthRow>(sql`
    select due.oldest, coalesce(due.overdue, 0) as overdue, trying.runs as trying, coalesce(h.runs, 0) as healed, h.last_at as healed_at
    from (select min(wake_at) as oldest, count(*) filter (where wake_at < ${longAgo}) as overdue from journey_runs
      where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state in ('active', 'waiting') and wake_at <= ${now}) due
    cross join (select count(*) as runs from journey_runs
      where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state in ('active', 'waiting') and tries > 0) trying
    left join journey_healed h on h.workspace_id = ${workspaceId} and h.journey_id = ${journeyId}`)
  return row ?? { oldest: null, overdue: 0, trying: 0, healed: 0, healed_at: null }
}

/** Runs that could not move and try again, and those overdue since before `longAgo`; the longest first. */
export async function stuckRuns(query: Queryable, workspaceId: number, journeyId: string, longAgo: Date, limit: number): Promise<Run[]> {
  const rows = await query.many<RunRow>(sql`
    select * from (
      (select ${columns} from journey_runs
        where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state in ('active', 'waiting') and tries > 0
        order by id limit ${limit})
      union
      (select ${columns} from journey_runs
        where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state in ('active', 'waiting') and wake_at < ${longAgo}
        order by wake_at limit ${limit})) stuck
    order by wake_at, id limit ${limit}`)
  return rows.map(toRun)
}

/** Messages of the journey that were not sent, by node and reason. */
export function stopsOf(
  query: Queryable,
  workspaceId: number,
  journeyId: string,
): Promise<{ node_id: string; reason: string; count: number }[]> {
  return query.many(sql`
    select node_id, reason, count(*) as count from messages
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state = 'dropped' and node_id is not null and reason is not null
    group by node_id, reason order by count desc, node_id, reason`)
}
