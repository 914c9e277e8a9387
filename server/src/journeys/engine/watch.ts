import { leave } from '../core/run.ts'
import type { EngineDeps } from '../deps.ts'
import { deleteOldHours, hoursKeptMs } from '../monitor/trend-store.ts'
import { deleteSpentListens } from '../store.ts'
import { deleteSpentAbsences } from '../timed/absence-store.ts'
import type { OccurrenceRunner } from '../timed/occurrence-runner.ts'
import { deleteOldOccurrences } from '../timed/occurrence-store.ts'
import { deleteTaken, oldestOpen } from './inbox-store.ts'
import { newsAgeMaxMs } from './listeners.ts'
import { writeMoves } from './moves.ts'
import { deleteOldRefusals, refusalsKeptMs } from './refusal-store.ts'
import { claimOrphans, healUnwoken, lateness } from './run-store.ts'

/** Overdue for longer than this means that something is wrong, not that there is much to do. */
const stuckAfterMs = 10 * 60_000
const orphansPerTurn = 1_000
const forgottenPerTurn = 5_000
/** The desk tells of the times that a journey was due for so long. */
const occurrencesKeptMs = 400 * 86_400_000

export interface Watch {
  /** Looks after what nobody else would: answers whether there may be more to tidy at once. */
  run(): Promise<boolean>
}

/**
 * The watchdog. Every wait has a waker, the deadline or the event; this finds those that have none, ends runs of
 * archived journeys, forgets what is spent, and says how late we are.
 */
export function createWatch(deps: EngineDeps, occurrences: Pick<OccurrenceRunner, 'replan'>): Watch {
  const { db, clock, log, metrics } = deps
  const lag = metrics.gauge('journey_lag_seconds', 'How long the longest overdue run of a live journey has been due')
  const inboxLag = metrics.gauge('journey_inbox_lag_seconds', 'How long the oldest open row of the inbox has been there')
  const stuck = metrics.gauge('journey_stuck_runs', 'Runs of live journeys overdue for more than ten minutes')
  const healed = metrics.counter('journey_healed_total', 'Live runs without anything to wake them that were given a waker')

  async function measure(now: number): Promise<void> {
    const late = await lateness(db, new Date(now), new Date(now - stuckAfterMs))
    const since = (at: Date | null) => (at === null ? 0 : Math.max(0, now - at.getTime()) / 1_000)
    lag.set(since(late.oldest))
    stuck.set(late.stuck)
    inboxLag.set(since(await oldestOpen(db)))
    if (late.stuck > 0) log.warn({ runs: late.stuck, oldest: late.oldest }, 'journey runs are long overdue')
  }

  async function endOrphans(now: number): Promise<number> {
    return db.tx(async (tx) => {
      const orphans = await claimOrphans(tx, orphansPerTurn)
      await writeMoves(
        tx,
        orphans.map((run) => leave(run, now, 'journey_archived', {})),
        now,
        deps,
      )
      return orphans.length
    })
  }

  return {
    async run() {
      const now = clock.now()
      const unwoken = await healUnwoken(db, new Date(now))
      if (unwoken > 0) {
        healed.inc(unwoken)
        log.error({ runs: unwoken }, 'journey runs had nothing to wake them')
      }
      const ended = await endOrphans(now)
      const forgotten = await deleteTaken(db, new Date(now - newsAgeMaxMs), forgottenPerTurn)
      await occurrences.replan()
      await deleteOldOccurrences(db, new Date(now - occurrencesKeptMs), forgottenPerTurn)
      await deleteSpentListens(db, new Date(now), newsAgeMaxMs)
      await deleteSpentAbsences(db, new Date(now - newsAgeMaxMs))
      const oldHours = await deleteOldHours(db, new Date(now - hoursKeptMs), forgottenPerTurn)
      const oldRefusals = await deleteOldRefusals(db, new Date(now - refusalsKeptMs), forgottenPerTurn)
      await measure(now)
      return (
        unwoken > 0 ||
        ended === orphansPerTurn ||
        forgotten === forgottenPerTurn ||
        oldRefusals === forgottenPerTurn ||
        oldHours === forgottenPerTurn
      )
    },
  }
}
