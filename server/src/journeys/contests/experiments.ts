import {
  AppError,
  armPeopleMin,
  type ContestView,
  type Experiment,
  type ExperimentArm,
  goalsOf,
  heldWay,
  type Input,
  type JourneyDefinition,
  type JourneyNode,
  type NamedGoal,
  type Output,
} from '@chaoxi/contract'
import type { Caller } from '../../platform/http/api.ts'
import { type Arm, bestProbabilities, meanDifference, type Sums, sampleRatio, shareDifference } from '../../stats/index.ts'
import { type Contest, contestsIn, countedWays } from '../core/contest.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import type { Definitions } from '../engine/definitions.ts'
import { dueLoopName } from '../loop-names.ts'
import { findJourney, listVersions, lockJourney } from '../store.ts'
import { countContest } from './contest-runner.ts'
import { type ContestKey, type ContestRow, contestsOf, decideRow, lockContest, reopenRow } from './contest-store.ts'
import { type ArmGoalRow, armGoals, armSizes, waitingIn } from './experiment-store.ts'

/** How those compare who took different ways by chance. */
export interface Experiments {
  of(workspaceId: number, id: string, version?: number): Promise<Output<'journeyExperiments'>>
  decide(caller: Caller, id: string, node: string, body: Input<'journeyContestDecide'>['body']): Promise<void>
  reopen(caller: Caller, id: string, node: string, body: Input<'journeyContestReopen'>['body']): Promise<void>
}

type Parting = Extract<JourneyNode, { kind: 'split' | 'holdout' }>
const isParting = (node: JourneyNode): node is Parting => node.kind === 'split' || node.kind === 'holdout'

interface Way {
  readonly id: string
  readonly name: string
  /** Per cent; null: it is not known in which shares all of them came. */
  readonly share: number | null
  readonly control: boolean
}

function waysOf(node: Parting): Way[] {
  if (node.kind === 'split') {
    const control = node.ways.findIndex((way) => way.control)
    return node.ways.map(({ id, name, share }, i) => ({ id, name, share, control: i === Math.max(0, control) }))
  }
  // The share of a group may have been another one before.
  const held = node.group === undefined ? (node.share ?? 0) : null
  return [
    { id: 'next', name: '', share: held === null ? null : 100 - held, control: false },
    { id: heldWay, name: '', share: held, control: true },
  ]
}

/** What decides who goes where: versions in which it is the same are one experiment. */
const spreadOf = (node: Parting): string =>
  JSON.stringify(
    node.kind === 'split'
      ? [node.seed ?? '', node.ways.map(({ id, share, control }) => [id, share, control ?? false]), node.winner?.explore ?? null]
      : [node.group ?? null, node.share ?? null],
  )

export function createExperiments(deps: EngineDeps & DeskDeps, definitions: Definitions): Experiments {
  const { db, clock } = deps

  async function experiment(
    whose: { workspaceId: number; journeyId: string },
    { node, versions, goals }: { node: Parting; versions: readonly number[]; goals: readonly NamedGoal[] },
    contest: ContestView | null,
  ): Promise<Experiment> {
    const compared = { ...whose, nodeId: node.id, versions }
    const [sizes, reached] = await Promise.all([armSizes(db, compared), armGoals(db, compared)])
    const ways = waysOf(node)
    const people = ways.map(({ id }) => Number(sizes.find((one) => one.way === id)?.people ?? 0))
    const control = ways.findIndex((way) => way.control)
    const byGoal = goals.map(({ id }) => compareArms(id, ways, people, control, reached))
    const shares = ways.flatMap(({ share }) => share ?? [])
    const arms = ways.map(
      ({ id, name, share, control }, i): ExperimentArm => ({
        way: id,
        name,
        share: share ?? 0,
        control,
        people: people[i] ?? 0,
        led: Number(sizes.find((one) => one.way === id)?.led ?? 0),
        goals: byGoal.flatMap((of) => of[i] ?? []),
      }),
    )
    const enough = shares.length === ways.length && people.reduce((sum, one) => sum + one, 0) >= ratioPeopleMin * ways.length
    const sampleRatioOf = enough ? sampleRatio(people, shares) : null
    return {
      nodeId: node.id,
      name: node.name,
      kind: node.kind,
      versions: [...versions],
      sampleRatio: sampleRatioOf,
      arms,
      contest,
    }
  }

  async function change(
    caller: Caller,
    key: ContestKey,
    action: string,
    work: (
      tx: Parameters<Parameters<typeof db.tx>[0]>[0],
      row: ContestRow,
      node: Contest,
      definition: JourneyDefinition,
    ) => Promise<object>,
  ): Promise<void> {
    await db.tx(async (tx) => {
      if (!(await lockJourney(tx, key.workspace_id, key.journey_id)))
        throw new AppError('not_found', `There is no journey ${key.journey_id}`)
      const row = await lockContest(tx, key)
      if (!row)
        throw new AppError('not_found', `Nobody has come to a split "${key.node_id}" that looks for a winner in version ${key.version}`)
      const definition = await definitions.of(tx, { workspaceId: key.workspace_id, journeyId: key.journey_id, version: key.version })
      const node = contestsIn(definition).find(({ id }) => id === key.node_id)
      if (!node) throw new Error(`version ${key.version} of ${key.journey_id} has no split ${key.node_id} that looks for a winner`)
      const details = await work(tx, row, node, definition)
      await deps.audit(tx, caller, `journey.${action}`, key.journey_id, { node: key.node_id, version: key.version, ...details })
    })
    deps.loops.wake(dueLoopName)
  }
  const keyOf = ({ workspaceId }: Caller, id: string, node: string, version: number): ContestKey => ({
    workspace_id: workspaceId,
    journey_id: id,
    version,
    node_id: node,
  })

  return {
    async of(workspaceId, id, version) {
      const journey = await findJourney(db, workspaceId, id)
      if (!journey) throw new AppError('not_found', `There is no journey ${id}`)
      const whose = { workspaceId, journeyId: id }
      const numbers = (await listVersions(db, workspaceId, id)).map((row) => row.version)
      if (version !== undefined && !numbers.includes(version)) throw new AppError('not_found', `The journey has no version ${version}`)
      const newest = version ?? journey.live_version
      if (newest === null) return { goals: [], experiments: [] }
      const all = await Promise.all(
        numbers.map(async (number) => ({ number, definition: await definitions.of(db, { ...whose, version: number }) })),
      )
      const definition = all.find(({ number }) => number === newest)?.definition
      if (!definition) return { goals: [], experiments: [] }
      const [contests, waiting] = await Promise.all([contestsOf(db, workspaceId, id), waitingIn(db, workspaceId, id)])
      const goals = goalsOf(definition)
      const experiments = await Promise.all(
        definition.nodes.filter(isParting).map((node) => {
          const alike = all.filter(({ definition: other }) =>
            other.nodes.some((one) => one.id === node.id && isParting(one) && one.kind === node.kind && spreadOf(one) === spreadOf(node)),
          )
          const versions = version === undefined ? alike.map(({ number }) => number) : [version]
          const row = contests.find((one) => one.version === newest && one.node_id === node.id)
          const contest = row ? contestView(row, waiting.get(`${newest}:${node.id}`) ?? 0) : null
          return experiment(whose, { node, versions, goals }, contest)
        }),
      )
      return { goals: goals.map(({ id: goal, name, event }) => ({ id: goal, name, event })), experiments }
    },

    decide(caller, id, nodeId, { version, way }) {
      const key = keyOf(caller, id, nodeId, version)
      return change(caller, key, 'contest_decide', async (tx, row, node, definition) => {
        if (way !== null && !node.ways.some((one) => one.id === way))
          throw new AppError('invalid_request', `The split "${nodeId}" has no such way`, [
            { path: 'way', message: `there is no way "${way}"; name one of this split` },
          ])
        const at = new Date(clock.now())
        const ways = countedWays(node, await countContest(tx, deps, key, { definition, node, until: at }))
        await decideRow(tx, key, { way, reason: 'by_hand', ways }, caller.actor, at)
        return { way, ...(row.decided_at === null ? {} : { before: { way: row.way, reason: row.reason } }) }
      })
    },

    reopen(caller, id, nodeId, { version }) {
      const key = keyOf(caller, id, nodeId, version)
      return change(caller, key, 'contest_reopen', async (tx, row, node) => {
        if (row.decided_at === null) throw new AppError('conflict', 'The search for a winner is open; it can be decided, not opened')
        const dueAt = new Date(clock.now() + row.due_at.getTime() - row.started_at.getTime())
        await reopenRow(tx, key, dueAt)
        return { before: { way: row.way, reason: row.reason }, dueAt: dueAt.toISOString(), looks: row.looks, explore: node.winner.explore }
      })
    },
  }
}

/** People an arm on average, below which the test of shares says nothing (as GrowthBook does). */
const ratioPeopleMin = 8

function compareArms(
  goal: string,
  ways: readonly Way[],
  people: readonly number[],
  control: number,
  reached: readonly ArmGoalRow[],
): ExperimentArm['goals'] {
  const rows = ways.map(({ id }) => reached.find((one) => one.way === id && one.goal === goal))
  const arms = ways.map((_, i): Arm => ({ people: people[i] ?? 0, successes: Number(rows[i]?.successes ?? 0) }))
  const sums = ways.map(
    (_, i): Sums => ({ people: people[i] ?? 0, sum: Number(rows[i]?.money_fen ?? 0), squares: Number(rows[i]?.squares ?? 0) }),
  )
  const best = bestProbabilities(arms)
  const [base, baseSums] = [arms[control], sums[control]]
  return arms.map((arm, i) => {
    const own = sums[i]
    const few = i === control || !base || arm.people < armPeopleMin || base.people < armPeopleMin
    return {
      goal,
      successes: arm.successes,
      rate: arm.people === 0 ? 0 : arm.successes / arm.people,
      overControl: few ? null : shareDifference(arm, base),
      best: best[i] ?? 0,
      moneyFen: own?.sum ?? 0,
      moneyOverControl: few || !own || !baseSums ? null : meanDifference(own, baseSums),
    }
  })
}

function contestView(row: ContestRow, waiting: number): ContestView {
  const { decided_at: at, reason, decided_by: by, way, ways } = row
  return {
    version: row.version,
    startedAt: row.started_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    filledAt: row.filled_at?.toISOString() ?? null,
    waiting,
    decided: at === null || reason === null ? null : { at: at.toISOString(), by, reason, way, ways },
    looks: row.looks,
  }
}
