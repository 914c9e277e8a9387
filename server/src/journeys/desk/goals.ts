import {
  type GoalNumbers,
  goalsOf,
  isMeasureId,
  type JourneyDefinition,
  type NamedGoal,
  type Output,
  type ReachedGoal,
} from '@chaoxi/contract'
import type { Db } from '../../platform/db/postgres.ts'
import type { Run } from '../core/run.ts'
import type { Definitions } from '../engine/definitions.ts'
import { type GoalSumRow, goalSums, runsByVersion } from '../engine/goal-store.ts'
import type { PastGoal } from '../history/past-store.ts'
import { type JourneyRow, wayCountersOf } from '../store.ts'

const sum = (rows: readonly GoalSumRow[]) => ({
  reached: rows.reduce((total, row) => total + Number(row.reached), 0),
  moneyFen: rows.reduce((total, row) => total + Number(row.money_fen), 0),
})

/** Numbers of goals, and what single runs reached. */
export function createGoalDesk({ db, definitions }: { db: Db; definitions: Definitions }) {
  async function liveDefinition(workspaceId: number, row: JourneyRow): Promise<JourneyDefinition> {
    if (row.live_version === null) return row.draft
    return definitions.of(db, { workspaceId, journeyId: row.id, version: row.live_version })
  }

  return {
    async numbers(workspaceId: number, row: JourneyRow): Promise<Output<'journeyGoals'>> {
      const [definition, sums, runs, ways] = await Promise.all([
        liveDefinition(workspaceId, row),
        goalSums(db, workspaceId, row.id),
        runsByVersion(db, workspaceId, row.id),
        wayCountersOf(db, workspaceId, row.id),
      ])
      const entered = new Map(runs.map((one) => [one.version, Number(one.runs)]))
      const taken = (nodeId: string, way: string) => Number(ways.find((one) => one.node_id === nodeId && one.way === way)?.passed ?? 0)
      const current = goalsOf(definition)
      const gone = [...new Set(sums.map((one) => one.goal))].filter((id) => !isMeasureId(id) && !current.some((goal) => goal.id === id))
      const numbersOf = ({ id, name, event }: Pick<NamedGoal, 'id' | 'name' | 'event'>, isCurrent: boolean): GoalNumbers => {
        const own = sums.filter((one) => one.goal === id)
        const whole = own.filter((one) => one.split === null)
        const parts = own.filter((one) => one.split !== null)
        const versions = [...new Set([...entered.keys(), ...whole.map((one) => one.version)])].sort((a, b) => b - a)
        return {
          id,
          name,
          event,
          current: isCurrent,
          entered: [...entered.values()].reduce((total, count) => total + count, 0),
          ...sum(whole),
          versions: versions.map((version) => ({
            version,
            entered: entered.get(version) ?? 0,
            ...sum(whole.filter((one) => one.version === version)),
          })),
          nodes: [...Map.groupBy(whole, (one) => one.node_id)].map(([nodeId, rows]) => ({ nodeId, ...sum(rows) })),
          ways: [...Map.groupBy(parts, (one) => `${one.split} ${one.way}`).values()].flatMap((rows) => {
            const { split, way } = rows[0] ?? {}
            if (!split || !way) return []
            return [{ nodeId: split, way, entered: taken(split, way), ...sum(rows) }]
          }),
        }
      }
      return {
        goals: [...current.map((goal) => numbersOf(goal, true)), ...gone.map((id) => numbersOf({ id, name: '', event: '' }, false))],
      }
    },

    async named(run: Run, reached: readonly PastGoal[]): Promise<ReachedGoal[]> {
      const names = new Map(goalsOf(await definitions.of(db, run)).map((goal) => [goal.id, goal.name]))
      return reached
        .filter(({ goal }) => !isMeasureId(goal))
        .map(({ goal, variants: _, ...told }) => ({ id: goal, name: names.get(goal) ?? '', ...told }))
    },
  }
}
