import { type Queryable, sql } from '../../platform/db/postgres.ts'

// What is counted of people who parted by chance.

export interface Compared {
  readonly workspaceId: number
  readonly journeyId: string
  readonly nodeId: string
  /** In which people part there alike. */
  readonly versions: readonly number[]
}

/** Of each person the first in any of the versions. */
const firstArms = ({ workspaceId, journeyId, nodeId, versions }: Compared) => sql`(
  select distinct on (person_id) person_id, way, how, run_id, goals from journey_arms
  where workspace_id = ${workspaceId} and journey_id = ${journeyId} and node_id = ${nodeId} and version = any(${versions}::int[])
  order by person_id, at, run_id)`

/** By way, people whom chance led there, and those whom a decision did. */
export function armSizes(query: Queryable, compared: Compared): Promise<{ way: string; people: number; led: number }[]> {
  return query.many(sql`
    select way, count(*) filter (where how = 'lot') as people, count(*) filter (where how <> 'lot') as led
    from ${firstArms(compared)} a group by way order by way`)
}

export interface ArmGoalRow {
  way: string
  goal: string
  successes: number
  money_fen: number
  /** Of fen, as a float. */
  squares: number
}

/** What the runs of those whom chance led there reached, in whatever state they are, in history too. */
export function armGoals(query: Queryable, compared: Compared): Promise<ArmGoalRow[]> {
  return query.many<ArmGoalRow>(sql`
    select a.way, g.goal, count(*) as successes, coalesce(sum(g.money_fen), 0)::bigint as money_fen,
      coalesce(sum(g.money_fen::float8 * g.money_fen::float8), 0) as squares
    from ${firstArms(compared)} a
    join lateral (
      select goal, money_fen from journey_goals where workspace_id = ${compared.workspaceId} and run_id = a.run_id
      union all
      select past->>'goal', (past->>'moneyFen')::bigint from jsonb_array_elements(a.goals) as past) g on true
    where a.how = 'lot' group by a.way, g.goal order by a.way, g.goal`)
}

/** People inside who wait at the nodes of a version. */
export async function waitingIn(query: Queryable, workspaceId: number, journeyId: string): Promise<Map<string, number>> {
  const rows = await query.many<{ version: number; node_id: string; waiting: number }>(sql`
    select version, node_id, count(*) as waiting from journey_runs
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and state = 'waiting' group by version, node_id`)
  return new Map(rows.map((row) => [`${row.version}:${row.node_id}`, Number(row.waiting)]))
}
