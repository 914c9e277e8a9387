import type { Queryable } from '../../platform/db/postgres.ts'
import { type ContestFact, noContest } from '../core/contest.ts'
import type { Run } from '../core/run.ts'
import { type ContestRow, contestsOf, waysBefore } from './contest-store.ts'

/** How far the search for a winner is at the asked nodes, for each of the runs of one journey. */
export async function loadContests(
  query: Queryable,
  asked: readonly { readonly run: Run; readonly nodes: ReadonlySet<string> }[],
): Promise<(run: Run, nodeId: string) => ContestFact> {
  const [first] = asked
  if (!first || asked.every(({ nodes }) => nodes.size === 0)) return () => noContest
  const { workspaceId, journeyId } = first.run
  const rows = new Map((await contestsOf(query, workspaceId, journeyId)).map((row) => [`${row.version}:${row.node_id}`, row]))
  const decided = new Set([...rows.values()].flatMap((row) => (row.decided_at === null ? [] : [row.node_id])))
  const before = new Map<string, Map<number, string>>()
  for (const nodeId of decided) {
    const people = asked.flatMap(({ run, nodes }) => (nodes.has(nodeId) ? [run.personId] : []))
    if (people.length > 0) before.set(nodeId, await waysBefore(query, { workspaceId, journeyId, nodeId }, [...new Set(people)]))
  }
  return (run, nodeId) => factOf(rows.get(`${run.version}:${nodeId}`), before.get(nodeId)?.get(run.personId) ?? null)
}

function factOf(row: ContestRow | undefined, before: string | null): ContestFact {
  if (!row) return { ...noContest, before }
  const { decided_at, reason, way, ways } = row
  const decision = decided_at === null || reason === null ? null : { at: decided_at.getTime(), reason, way, ways }
  return { dueAt: row.due_at.getTime(), decision, before }
}
