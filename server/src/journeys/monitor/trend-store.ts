import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import { type CounterDelta, doorId } from '../store.ts'

// The counters by the hour.

/** As long as a trend looks back, and a journey may stay unproductive before somebody is told. */
export const hoursKeptMs = 93 * 86_400_000

/** Adds to an hour's numbers; in one order, like the counters, and just before them. */
export async function addToHours(tx: Tx, deltas: readonly CounterDelta[], hourAt: Date): Promise<void> {
  if (deltas.length === 0) return
  await tx.run(sql`
    insert into journey_counter_hours (workspace_id, journey_id, hour_at, version, node_id, way, entered, passed, timed_out, failed, left_here)
    select workspace_id, journey_id, ${hourAt}, version, node_id, way, entered, passed, timed_out, failed, left_here
    from unnest(${deltas.map((d) => d.workspaceId)}::int[], ${deltas.map((d) => d.journeyId)}::text[],
      ${deltas.map((d) => d.version)}::int[], ${deltas.map((d) => d.nodeId)}::text[], ${deltas.map((d) => d.way)}::text[],
      ${deltas.map((d) => d.entered)}::bigint[], ${deltas.map((d) => d.passed)}::bigint[], ${deltas.map((d) => d.timed_out)}::bigint[],
      ${deltas.map((d) => d.failed)}::bigint[], ${deltas.map((d) => d.left_here)}::bigint[])
      as new (workspace_id, journey_id, version, node_id, way, entered, passed, timed_out, failed, left_here)
    order by workspace_id, journey_id, node_id, version, way
    on conflict (workspace_id, journey_id, node_id, hour_at, version, way) do update set
      entered = journey_counter_hours.entered + excluded.entered, passed = journey_counter_hours.passed + excluded.passed,
      timed_out = journey_counter_hours.timed_out + excluded.timed_out, failed = journey_counter_hours.failed + excluded.failed,
      left_here = journey_counter_hours.left_here + excluded.left_here`)
}

export function deleteOldHours(query: Queryable, until: Date, limit: number): Promise<number> {
  return query.run(sql`
    delete from journey_counter_hours where (workspace_id, journey_id, node_id, hour_at, version, way) in (
      select workspace_id, journey_id, node_id, hour_at, version, way from journey_counter_hours
      where hour_at < ${until} order by hour_at limit ${limit})`)
}

export interface HourRow {
  hour_at: Date
  version: number
  way: string
  entered: number
  passed: number
  timed_out: number
  failed: number
  left_here: number
}

/** The hours of one node, or of the door, from `from` on and before `to`. */
export function hoursOf(
  query: Queryable,
  workspaceId: number,
  journeyId: string,
  { node, from, to }: { readonly node: string; readonly from: Date; readonly to: Date },
): Promise<HourRow[]> {
  return query.many<HourRow>(sql`
    select hour_at, version, way, entered, passed, timed_out, failed, left_here from journey_counter_hours
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and node_id = ${node} and hour_at >= ${from} and hour_at < ${to}
    order by hour_at, version, way`)
}

/** What came in, ended and failed from `from` on and before `to`, by journey; all journeys of all workspaces, or of one. */
export function entriesBetween(
  query: Queryable,
  from: Date,
  to: Date,
): Promise<{ workspace_id: number; journey_id: string; hour_at: Date; entered: number; ended: number; failed: number }[]> {
  return query.many(sql`
    select h.workspace_id, h.journey_id, h.hour_at, sum(h.entered)::bigint as entered,
      sum(h.passed + h.left_here + h.failed)::bigint as ended, sum(h.failed)::bigint as failed
    from journey_counter_hours h join journeys j on j.workspace_id = h.workspace_id and j.id = h.journey_id
    where j.status = 'live' and h.node_id = ${doorId} and h.way = '' and h.hour_at >= ${from} and h.hour_at < ${to}
    group by h.workspace_id, h.journey_id, h.hour_at`)
}
