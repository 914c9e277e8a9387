import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import type { Run } from '../core/run.ts'
import { columns, type RunRow, toRun } from '../engine/run-store.ts'

// Runs in trouble, by node and reason.

export type Trouble = 'trying' | 'failed'

const inTrouble = { trying: sql`tries > 0 and state in ('active', 'waiting')`, failed: sql`state = 'failed'` }

export interface FailureRow {
  node_id: string
  reason: string
  count: number
  last_at: Date
}

export function failuresOf(query: Queryable, workspaceId: number, journeyId: string, among: Trouble, limit: number): Promise<FailureRow[]> {
  return query.many<FailureRow>(sql`
    select node_id, coalesce(result, '') as reason, count(*) as count, max(updated_at) as last_at from journey_runs
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and ${inTrouble[among]}
    group by node_id, reason order by count desc, node_id, reason limit ${limit}`)
}

export interface FailureGroup {
  readonly among: Trouble
  readonly nodeId: string
  readonly reason: string
  readonly runs?: readonly string[] | undefined
}

/** Locks the next ones in order of id, without those that somebody else moves just now. */
export async function claimFailures(
  tx: Tx,
  whose: { readonly workspaceId: number; readonly journeyId: string },
  { among, nodeId, reason, runs }: FailureGroup,
  after: string,
  limit: number,
): Promise<Run[]> {
  const rows = await tx.many<RunRow>(sql`
    select ${columns} from journey_runs
    where workspace_id = ${whose.workspaceId} and journey_id = ${whose.journeyId} and ${inTrouble[among]} and node_id = ${nodeId}
      and coalesce(result, '') = ${reason} and id > ${after} ${runs === undefined ? sql`` : sql`and id = any(${runs}::text[])`}
    order by id limit ${limit} for update skip locked`)
  return rows.map(toRun)
}

/** What the people have under way in the journey. Person by person, as in the engine. */
export async function liveOf(query: Queryable, workspaceId: number, journeyId: string, people: readonly number[]): Promise<Run[]> {
  const rows = await query.many<RunRow>(sql`
    select r.* from unnest(${people}::bigint[]) as asked (id)
    cross join lateral (select ${columns} from journey_runs where workspace_id = ${workspaceId} and person_id = asked.id offset 0) r
    where r.journey_id = ${journeyId} and r.state in ('active', 'waiting')`)
  return rows.map(toRun)
}
