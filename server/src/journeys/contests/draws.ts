import type { Tx } from '../../platform/db/postgres.ts'
import type { Move } from '../core/run.ts'
import { insertArms, insertContest, type NewArm, type NewContest } from './contest-store.ts'

/** Writes which ways moves took by chance, in their transaction; opens the search for a winner with the first who comes. */
export async function writeDraws(tx: Tx, moves: readonly Move[]): Promise<void> {
  const arms: NewArm[] = []
  const contests = new Map<string, NewContest>()
  for (const { run, draws = [] } of moves) {
    const { workspaceId, journeyId, version, personId, id: runId } = run
    for (const { nodeId, at, way, how, opens } of draws) {
      const key = { workspaceId, journeyId, version, nodeId }
      if (way !== null) arms.push({ ...key, personId, runId, at, way, how })
      if (opens !== undefined && !contests.has(Object.values(key).join(' ')))
        contests.set(Object.values(key).join(' '), { ...key, ...opens })
    }
  }
  await insertArms(tx, arms)
  for (const contest of contests.values()) await insertContest(tx, contest)
}
