import type { Reentry } from '@chaoxi/contract'
import type { Clock } from '../../platform/clock.ts'
import type { Tx } from '../../platform/db/postgres.ts'
import { moveArms } from '../contests/contest-store.ts'
import { nodeOf } from '../core/ahead.ts'
import { doubled } from '../core/entering.ts'
import { askedAgain } from '../core/hear.ts'
import { asksRules } from '../core/rule-news.ts'
import { isOver, leave, type Run } from '../core/run.ts'
import { movePastEntries } from '../history/past-store.ts'
import { moveAbsences } from '../timed/absence-store.ts'
import { type Definitions, definitionsOf } from './definitions.ts'
import { moveGoals } from './goal-store.ts'
import { moveInbox } from './inbox-store.ts'
import { type Outlets, writeMoves } from './moves.ts'
import { moveRefusals } from './refusal-store.ts'
import { lockRunsOf, moveRuns } from './run-store.ts'

const none = async () => new Map()
/** Whoever leaves does nothing more; what others were to do for them is withdrawn. */
const nothing: Omit<Outlets, 'tasks'> = {
  enqueue: async () => {},
  doers: { grant: none, tag: none, start: none, stop: none, withdraw: async () => new Set() },
}

/**
 * Two people turned out to be one: runs and unread news of the one become the other's. Where a journey may be entered
 * once only, the older run goes on and the younger ends; effects keep their keys, because these name the run.
 */
export function createMergeConsumer({ clock, definitions, tasks }: { clock: Clock; definitions: Definitions } & Pick<Outlets, 'tasks'>) {
  return async (tx: Tx, workspaceId: number, from: number, into: number): Promise<void> => {
    // First the inbox: a runner that is just taking a row of theirs is waited for, and the run that it starts is seen below.
    await moveInbox(tx, workspaceId, from, into)
    await moveAbsences(tx, workspaceId, from, into)
    await moveRefusals(tx, workspaceId, from, into)
    const runs = await lockRunsOf(tx, workspaceId, [from, into])
    const before = await movePastEntries(tx, workspaceId, from, into)
    await moveGoals(tx, workspaceId, from, into)
    await moveArms(tx, workspaceId, from, into)
    if (runs.length === 0) return
    const now = clock.now()
    await moveRuns(tx, workspaceId, from, into)
    const definitionOf = await definitionsOf(definitions, tx, runs)
    const moves = [...Map.groupBy(runs, (run) => run.journeyId).values()].flatMap((own) =>
      doubles(own, before, (run) => definitionOf(run).reentry).map((run) =>
        leave({ ...run, personId: into }, now, 'merged', { mergedFrom: from, ...(oldest(own) === run ? {} : { keptRun: oldest(own).id }) }),
      ),
    )
    const left = new Set(moves.map(({ run }) => run.id))
    // What is true of the one person is now true of the other: their rules are asked anew.
    const again = runs
      .filter((run) => !left.has(run.id) && asksRules(definitionOf(run), nodeOf(definitionOf(run), run.nodeId)))
      .flatMap((run) => askedAgain({ ...run, personId: into }, now) ?? [])
    await writeMoves(tx, [...moves, ...again], now, { ...nothing, tasks })
  }
}

const byAge = (a: Run, b: Run) => a.enteredAt - b.enteredAt || (a.id < b.id ? -1 : 1)

function oldest(runs: readonly Run[]): Run {
  const [first] = runs.toSorted(byAge)
  if (!first) throw new Error('no runs')
  return first
}

/**
 * Live runs of one journey that the merged person would not have been let into: `after_exit` allows one live, `never` one ever.
 * `before`: journeys that one of the two was in by a run that is history.
 */
function doubles(runs: readonly Run[], before: ReadonlySet<string>, reentryOf: (run: Run) => Reentry): Run[] {
  const live = runs.filter((run) => !isOver(run)).toSorted(byAge)
  const never = live.filter((run) => reentryOf(run) === 'never' && (before.has(run.journeyId) || run !== oldest(runs)))
  const others = live.filter((run) => reentryOf(run) !== 'never')
  const [newest] = others.slice(-1)
  return [...never, ...(newest ? doubled(reentryOf(newest), others) : [])]
}
