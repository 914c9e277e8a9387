import type { Answer } from '../core/deed.ts'
import { isOver, type Run } from '../core/run.ts'
import type { EngineDeps } from '../deps.ts'
import { lockRuns, updateRuns } from '../engine/run-store.ts'
import { dueLoopName } from '../loop-names.ts'
import { type AnsweredDeed, claimAnswered, type DeedRow, deleteDeeds, leaseDeeds, setAnswers } from './deed-store.ts'

const batchSize = 200
/** Whoever has taken a deed and died is followed after this. */
const leaseMs = 60_000

/** A journey's word on a person's attribute. */
export interface JourneySaying {
  readonly effectKey: string
  readonly personId: number
  readonly journeyId: string
  readonly attribute: string
  readonly value: unknown
  readonly at: number
}

export interface DeedRunner {
  /** Does what is due and not done yet; answers how much was in hand. */
  run(): Promise<number>
}

/**
 * Does what moves have put down, and lets their runs go on. A deed is done at least once and counts once by its key; what came
 * of it is kept until it is forgotten in the transaction that wakes the run.
 */
export function createDeedRunner(deps: EngineDeps): DeedRunner {
  const { db, clock, loops } = deps

  async function say(workspaceId: number, rows: readonly DeedRow[]): Promise<Map<string, Answer>> {
    const unsaid = await deps.say(
      workspaceId,
      rows.map(({ effect_key, person_id, journey_id, deed, asked_at }) => ({
        effectKey: effect_key,
        personId: person_id,
        journeyId: journey_id,
        attribute: deed.attribute,
        value: deed.value,
        at: asked_at.getTime(),
      })),
    )
    return new Map(
      rows.map(({ effect_key: key }): [string, Answer] => {
        const reason = unsaid.get(key)
        return [key, reason === undefined ? { ok: true } : { ok: false, reason }]
      }),
    )
  }

  /** Lets runs go on with what came of their deeds; one that is in another hand hears it the next time. */
  async function tell(): Promise<number> {
    const told = await db.tx(async (tx) => {
      const now = clock.now()
      const answered = await claimAnswered(tx, batchSize)
      const woken: Run[] = []
      let count = 0
      for (const [workspaceId, own] of Map.groupBy(answered, (one) => one.workspace_id)) {
        const byRun = new Map(own.map((one) => [one.run_id, one]))
        const runs = await lockRuns(tx, workspaceId, [...byRun.keys()])
        woken.push(...runs.flatMap((run) => heard(run, byRun.get(run.id), now) ?? []))
        const keys = runs.flatMap((run) => own.filter((one) => one.run_id === run.id).map((one) => one.effect_key))
        if (keys.length > 0) await deleteDeeds(tx, workspaceId, keys)
        count += keys.length
      }
      await updateRuns(tx, woken, new Date(now))
      return count
    })
    if (told > 0) loops.wake(dueLoopName)
    return told
  }

  return {
    async run() {
      const now = clock.now()
      const rows = await leaseDeeds(db, new Date(now), new Date(now + leaseMs), batchSize)
      for (const [workspaceId, own] of Map.groupBy(rows, (row) => row.workspace_id))
        await setAnswers(db, workspaceId, await say(workspaceId, own))
      return rows.length + (await tell())
    },
  }
}

/** The run as it goes on; null when it has left meanwhile. */
function heard(run: Run, answered: AnsweredDeed | undefined, now: number): Run | null {
  const { wait } = run.context
  if (isOver(run) || !wait || !answered || wait.asks !== answered.effect_key) return null
  const context = { ...run.context, wait: { ...wait, answer: answered.answer } }
  return { ...run, state: 'active', wakeAt: now, tries: 0, result: null, context }
}
