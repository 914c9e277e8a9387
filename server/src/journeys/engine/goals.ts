import { orderMoneyFen } from '../../ingest/index.ts'
import type { Tx } from '../../platform/db/postgres.ts'
import { reachedBy } from '../core/contest.ts'
import type { MatchesFilters } from '../core/heard-match.ts'
import type { Heard, Run } from '../core/run.ts'
import type { Definitions } from './definitions.ts'
import { definitionsOf } from './definitions.ts'
import { goalEvents, type NewGoal } from './goal-store.ts'
import type { InboxRow } from './inbox-store.ts'
import { overRuns } from './run-store.ts'

/** What the rows reach for runs of their people: those inside, which the transaction holds, and those that are over. */
export async function goalsHeard(
  tx: Tx,
  workspaceId: number,
  { rows, live }: { rows: readonly InboxRow[]; live: readonly Run[] },
  { definitions, matchesFilters }: { definitions: Definitions; matchesFilters: MatchesFilters },
): Promise<NewGoal[]> {
  const events = rows.filter(({ heard }) => heard.kind === 'event')
  const longest = await goalEvents(tx, workspaceId, [...new Set(events.map(({ heard }) => heard.name))])
  const asked = events.filter(({ heard }) => longest.has(heard.name))
  if (asked.length === 0) return []
  // A window begins when the run was there, so a run that was changed last before this has none that is open.
  const since = Math.min(...asked.map(({ heard }) => heard.occurredAt - (longest.get(heard.name) ?? 0)))
  const people = new Set(asked.map((row) => row.personId))
  const runs = [...live.filter((run) => people.has(run.personId)), ...(await overRuns(tx, workspaceId, [...people], new Date(since)))]
  const definitionOf = await definitionsOf(definitions, tx, runs)
  return asked.flatMap(({ personId, heard }) =>
    runs
      .filter((run) => run.personId === personId)
      .flatMap((run) => reachedBy(definitionOf(run), run, heard, matchesFilters).map((id) => newGoal(run, id, heard))),
  )
}

function newGoal(run: Run, goal: string, { name, sourceKey, occurredAt, properties }: Heard): NewGoal {
  const { workspaceId, id: runId, journeyId, version, personId, context } = run
  const moneyFen = orderMoneyFen(name, properties)
  const place = { nodeId: context.passed ?? null, variants: context.variants ?? {} }
  return { workspaceId, runId, goal, journeyId, version, personId, ...place, event: name, sourceKey, at: occurredAt, moneyFen }
}
