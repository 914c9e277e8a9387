import type { InsidePlan, JourneyInside } from '@chaoxi/contract'
import { type Queryable, sql, type Tx } from '../../platform/db/postgres.ts'
import type { Run } from '../core/run.ts'
import { columns, type RunRow, toRun } from './run-store.ts'

// Those inside on their way into another version.

export interface TransferRow {
  workspace_id: number
  journey_id: string
  id: string
  to_version: number
  plan: InsidePlan
  started_at: Date
  ended_at: Date | null
  moved: number
  left_here: number
}

const transferColumns = sql`workspace_id, journey_id, id, to_version, plan, started_at, ended_at, moved, left_here`

/** The one before ends where it stands: the new one is about its people too. */
export async function insertTransfer(
  tx: Tx,
  workspaceId: number,
  one: { journeyId: string; id: string; toVersion: number; plan: InsidePlan; by: string },
  at: Date,
): Promise<void> {
  await tx.run(sql`
    update journey_transfers set ended_at = ${at} where workspace_id = ${workspaceId} and journey_id = ${one.journeyId} and ended_at is null`)
  await tx.run(sql`
    insert into journey_transfers (workspace_id, journey_id, id, to_version, plan, started_at, started_by)
    values (${workspaceId}, ${one.journeyId}, ${one.id}, ${one.toVersion}, ${JSON.stringify(one.plan)}, ${at}, ${one.by})`)
}

export function openTransfers(query: Queryable, limit: number): Promise<TransferRow[]> {
  return query.many<TransferRow>(sql`
    select ${transferColumns} from journey_transfers where ended_at is null order by started_at, id limit ${limit}`)
}

/** Held by whoever has it in hand; null: over, or somebody else has it. */
export function lockTransfer(tx: Tx, { workspace_id, journey_id, id }: TransferRow): Promise<TransferRow | null> {
  return tx.one<TransferRow>(sql`
    select ${transferColumns} from journey_transfers
    where workspace_id = ${workspace_id} and journey_id = ${journey_id} and id = ${id} and ended_at is null for update skip locked`)
}

export function lastTransfer(query: Queryable, workspaceId: number, journeyId: string): Promise<TransferRow | null> {
  return query.one<TransferRow>(sql`
    select ${transferColumns} from journey_transfers where workspace_id = ${workspaceId} and journey_id = ${journeyId} order by id desc limit 1`)
}

export async function addToTransfer(tx: Tx, { workspace_id, journey_id, id }: TransferRow, moved: number, left: number): Promise<void> {
  await tx.run(sql`
    update journey_transfers set moved = moved + ${moved}, left_here = left_here + ${left}
    where workspace_id = ${workspace_id} and journey_id = ${journey_id} and id = ${id}`)
}

export async function endTransfer(tx: Tx, { workspace_id, journey_id, id }: TransferRow, at: Date): Promise<void> {
  await tx.run(sql`
    update journey_transfers set ended_at = ${at} where workspace_id = ${workspace_id} and journey_id = ${journey_id} and id = ${id}`)
}

/** Live runs of earlier versions behind `after`, by id, locked; those that somebody has in hand are passed over. */
export async function claimEarlier(
  tx: Tx,
  { workspace_id, journey_id, to_version }: TransferRow,
  after: string,
  limit: number,
): Promise<Run[]> {
  const rows = await tx.many<RunRow>(sql`
    select ${columns} from journey_runs
    where workspace_id = ${workspace_id} and id > ${after} and journey_id = ${journey_id} and version < ${to_version}
      and state in ('active', 'waiting') order by id limit ${limit} for update skip locked`)
  return rows.map(toRun)
}

export async function countEarlier(query: Queryable, workspaceId: number, journeyId: string, version: number): Promise<number> {
  const row = await query.one<{ count: number }>(sql`
    select count(*) as count from journey_runs
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and version < ${version} and state in ('active', 'waiting')`)
  return row?.count ?? 0
}

export async function placesInside(query: Queryable, workspaceId: number, journeyId: string): Promise<JourneyInside['places']> {
  return query.many(sql`
    select version, node_id as "nodeId", count(*) as people from journey_runs
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state in ('active', 'waiting')
    group by version, node_id order by version desc, node_id`)
}
