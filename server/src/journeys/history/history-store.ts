import type { ClickHouse, Params } from '../../platform/db/clickhouse.ts'
import type { Layout } from '../../platform/db/row-binary.ts'
import type { Run, RunState } from '../core/run.ts'
import type { RunFilter, StepRow } from '../engine/run-store.ts'
import type { EndedRun, PastGoal } from './past-store.ts'

// Runs that have been over for long, in ClickHouse.

const layout: Layout = {
  table: 'journey_history',
  columns: {
    workspace_id: 'UInt32',
    journey_id: 'String',
    id: 'String',
    version: 'UInt32',
    person_id: 'UInt64',
    state: 'String',
    node_id: 'String',
    visit: 'UInt32',
    context: 'String',
    result: 'String',
    steps: 'UInt32',
    story: 'String',
    marks: 'Array(UInt64)',
    marked_at: 'Array(UInt64)',
    goals: 'String',
    entered_at: 'DateTime64(3)',
    ended_at: 'DateTime64(3)',
  },
}

/** On disk when it resolves. */
export const insertHistory = (clickhouse: ClickHouse, ended: readonly EndedRun[]): Promise<void> =>
  clickhouse.insertRows(
    layout,
    ended.map(({ run, endedAt, story, marks, goals }) => ({
      workspace_id: run.workspaceId,
      journey_id: run.journeyId,
      id: run.id,
      version: run.version,
      person_id: run.personId,
      state: run.state,
      node_id: run.nodeId,
      visit: run.visit,
      context: JSON.stringify(run.context),
      result: run.result ?? '',
      steps: run.steps,
      story,
      marks: marks.map(({ mark }) => mark),
      marked_at: marks.map(({ at }) => at),
      goals: JSON.stringify(goals),
      entered_at: run.enteredAt,
      ended_at: endedAt,
    })),
  )

interface PastRow {
  id: string
  version: number
  person: number
  state: RunState
  node_id: string
  visit: number
  context: string
  result: string
  steps: number
  story: string
  goals: string
  entered: number
}

const living = `dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id)`

async function pastRows(
  clickhouse: ClickHouse,
  whose: { workspaceId: number; journeyId: string },
  what: { readonly condition: string; readonly params: Params; readonly story: boolean; readonly limit: number },
): Promise<{ run: Run; story: string; goals: string }[]> {
  const { workspaceId, journeyId } = whose
  const rows = await clickhouse.query<PastRow>(
    'interactive',
    `select id, version, ${living} as person, state, node_id, visit, context, result, steps, ${what.story ? 'story, goals' : `'' as story, '' as goals`},
       toUnixTimestamp64Milli(entered_at) as entered
     from journey_history final where workspace_id = {w:UInt32} and journey_id = {j:String} ${what.condition} order by id desc limit {limit:UInt32}`,
    { w: workspaceId, j: journeyId, limit: what.limit, ...what.params },
  )
  return rows.map((row) => ({
    run: {
      workspaceId,
      journeyId,
      id: row.id,
      version: row.version,
      personId: row.person,
      state: row.state,
      nodeId: row.node_id,
      visit: row.visit,
      wakeAt: null,
      context: JSON.parse(row.context),
      result: row.result === '' ? null : row.result,
      steps: row.steps,
      tries: 0,
      enteredAt: row.entered,
    },
    story: row.story,
    goals: row.goals,
  }))
}

/** As `listRuns`. */
export async function listPastRuns(
  clickhouse: ClickHouse,
  workspaceId: number,
  journeyId: string,
  { node, state, person }: RunFilter,
  before: string | null,
  limit: number,
): Promise<Run[]> {
  const asked = [
    ...(before === null ? [] : ['id < {before:String}']),
    ...(node === undefined ? [] : ['node_id = {node:String}']),
    ...(state === undefined ? [] : ['state = {state:String}']),
    ...(person === undefined ? [] : [`${living} = {person:UInt64}`]),
  ]
  const params = { before: before ?? '', node: node ?? '', state: state ?? '', person: person ?? 0 }
  const condition = asked.map((one) => `and ${one}`).join(' ')
  return (await pastRows(clickhouse, { workspaceId, journeyId }, { condition, params, story: false, limit })).map(({ run }) => run)
}

interface Line {
  readonly nodeId: string
  readonly at: string
  readonly outcome: StepRow['outcome']
  readonly details: Record<string, unknown>
}

export async function findPastRun(
  clickhouse: ClickHouse,
  workspaceId: number,
  journeyId: string,
  id: string,
): Promise<{ run: Run; steps: StepRow[]; goals: PastGoal[] } | null> {
  const whose = { workspaceId, journeyId }
  const [found] = await pastRows(clickhouse, whose, { condition: 'and id = {id:String}', params: { id }, story: true, limit: 1 })
  if (!found) return null
  const lines: Line[] = JSON.parse(found.story)
  return {
    run: found.run,
    goals: JSON.parse(found.goals),
    steps: lines.map(({ nodeId, at, outcome, details }) => ({ node_id: nodeId, at: new Date(at), outcome, details })),
  }
}
