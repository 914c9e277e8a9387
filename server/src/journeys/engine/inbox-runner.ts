import type { Tx } from '../../platform/db/postgres.ts'
import { hear } from '../core/hear.ts'
import { hourOf, isLimited } from '../core/limits.ts'
import { isOver, type Move, pauseMs, type Run, triesMax } from '../core/run.ts'
import { step } from '../core/step.ts'
import type { EngineDeps } from '../deps.ts'
import { dueLoopName } from '../loop-names.ts'
import { hearAbsences } from '../timed/absence-runner.ts'
import { lockAbsences } from '../timed/absence-store.ts'
import { createAdmission } from './admission.ts'
import { type Definitions, definitionsOf } from './definitions.ts'
import { loadFacts } from './facts.ts'
import { insertGoals, type NewGoal } from './goal-store.ts'
import { goalsHeard } from './goals.ts'
import { claimInbox, type InboxRow, markTaken, postpone } from './inbox-store.ts'
import { answers, isolate, messageOf } from './isolate.ts'
import { addEntered } from './limit-store.ts'
import { insertMoves, type Refused, tellOutlets, writeEffects } from './moves.ts'
import { insertRefusals } from './refusal-store.ts'
import { lockLiveRuns, updateRuns } from './run-store.ts'

/** People whose next row is taken in one transaction. */
const batchSize = 500

export interface InboxRunner {
  /** Takes the next row of each of many people; answers how many rows were in hand. */
  run(): Promise<number>
}

/** What taking one workspace's rows comes to. */
interface Taken {
  readonly ids: number[]
  readonly moves: Move[]
  readonly begun: Run[]
  readonly refused: Refused[]
  readonly goals: NewGoal[]
}

const atTheDoor = (run: Run): Move => ({ run, effects: [], steps: [] })

function onePerPerson(rows: readonly InboxRow[]): InboxRow[] {
  const seen = new Set<number>()
  return rows.filter(({ personId }) => !seen.has(personId) && seen.add(personId))
}

export function createInboxRunner(deps: EngineDeps, definitions: Definitions): InboxRunner {
  const { db, clock, log, matchesFilters } = deps
  const admission = createAdmission(deps, definitions)
  const entered = deps.metrics.counter('journey_entries_total', 'People who entered a journey')
  const keptOut = deps.metrics.counter('journey_refusals_total', 'People whom a trigger fitted and who did not enter', ['reason'])
  const dropped = deps.metrics.counter('journey_inbox_dropped_total', 'Inbox rows that could not be taken after all tries')

  /** Ends runs and waits that the rows are about, and says which rows may still start something. */
  async function hearRows(tx: Tx, workspaceId: number, rows: readonly InboxRow[], now: number) {
    const { live, busy } = await lockLiveRuns(
      tx,
      workspaceId,
      rows.map((row) => row.personId),
    )
    const definitionOf = await definitionsOf(definitions, tx, live)
    const moves: Move[] = []
    const inside: Run[] = []
    const free = rows.filter((row) => !busy.has(row.personId))
    const goals = await goalsHeard(tx, workspaceId, { rows: free, live }, { definitions, matchesFilters })
    for (const row of free) {
      for (const run of live.filter((one) => one.personId === row.personId)) {
        const move = hear(definitionOf(run), run, row.heard, now, matchesFilters)
        if (move) moves.push(move)
        if (!isOver(move?.run ?? run)) inside.push(run)
      }
    }
    return { free, moves, inside, goals }
  }

  async function take(tx: Tx, workspaceId: number, claimed: readonly InboxRow[], now: number): Promise<Taken> {
    const moved = await deps.livesOn(
      workspaceId,
      claimed.map((row) => row.personId),
    )
    // Two people who became one have a row each in hand: the later one waits for its turn.
    const rows = onePerPerson(claimed.map((row) => ({ ...row, personId: moved.get(row.personId) ?? row.personId })))
    // The journeys first of all locks, as whoever publishes or archives one does.
    const open = await admission.open(tx, workspaceId)
    const awaited = await lockAbsences(
      tx,
      workspaceId,
      rows.map((row) => row.personId),
    )
    const { room, busy } = await admission.room(tx, workspaceId, open, rows, now)
    const unhindered = rows.filter((row) => !awaited.busy.has(row.personId) && !busy.has(row.personId))
    const { free, moves, inside, goals } = await hearRows(tx, workspaceId, unhindered, now)
    const absent = await hearAbsences(tx, open, free, awaited.absences, matchesFilters)
    const { begun, refused } = await admission.admit(tx, workspaceId, { open, rows: free, inside, absent, room }, now)
    return { ids: free.map((row) => row.id), moves, begun, refused, goals }
  }

  /**
   * First moves of runs at the door, so that a run is written once, where it rests or ends. When they cannot be computed
   * (a rule that nobody can answer), the runs stay at the door: the due-runner finds which of them is to blame.
   */
  async function firstMoves(tx: Tx, runs: readonly Run[], now: number): Promise<Move[]> {
    const moves: Move[] = []
    for (const own of Map.groupBy(runs, (run) => run.journeyId).values()) {
      try {
        const definitionOf = await definitionsOf(definitions, tx, own)
        const factsOf = await loadFacts(deps, own, definitionOf, now)
        moves.push(...own.map((run) => step(definitionOf(run), run, factsOf(run), now)))
      } catch (error) {
        log.warn({ err: error, runs: own.length }, 'runs could not make their first move together')
        moves.push(...own.map(atTheDoor))
      }
    }
    return moves
  }

  /** What entered journeys with a limit, whose numbers this transaction holds. */
  async function countLimited(tx: Tx, begun: readonly Move[], now: number): Promise<void> {
    const hour = new Date(hourOf(now))
    for (const [workspaceId, own] of Map.groupBy(begun, ({ run }) => run.workspaceId)) {
      const definitionOf = await definitionsOf(
        definitions,
        tx,
        own.map(({ run }) => run),
      )
      const limited = Map.groupBy(
        own.filter(({ run }) => isLimited(definitionOf(run).limits)),
        ({ run }) => run.journeyId,
      )
      const counts = [...limited.values()].map((moves) => moves.length)
      if (counts.length > 0) await addEntered(tx, workspaceId, [...limited.keys()], counts, hour)
    }
  }

  /** The given rows, which made trouble together, only open runs; the next ones let them move too. */
  async function takeBatch(among: readonly number[] | null, onClaim: (rows: readonly InboxRow[]) => void = () => {}): Promise<number> {
    let all: Move[] = []
    const count = await db.tx(async (tx) => {
      const now = clock.now()
      const rows = await claimInbox(tx, new Date(now), batchSize, among)
      onClaim(rows)
      if (rows.length === 0) return 0
      const parts: Taken[] = []
      for (const [workspaceId, own] of Map.groupBy(rows, (row) => row.workspaceId)) parts.push(await take(tx, workspaceId, own, now))
      const taken = parts.flatMap((part) => part.ids)
      const moves = parts.flatMap((part) => part.moves)
      const runs = parts.flatMap((part) => part.begun)
      const begun = await insertMoves(tx, among ? runs.map(atTheDoor) : await firstMoves(tx, runs, now), now, deps)
      const refused = parts.flatMap((part) => part.refused)
      entered.inc(begun.length)
      await countLimited(tx, begun, now)
      for (const { reason } of refused) keptOut.inc({ reason })
      all = [...moves, ...begun]
      await markTaken(tx, taken, new Date(now))
      await updateRuns(
        tx,
        moves.map((move) => move.run),
        new Date(now),
      )
      await insertRefusals(tx, refused, now)
      await insertGoals(
        tx,
        parts.flatMap((part) => part.goals),
      )
      await writeEffects(tx, all, now, deps, refused)
      return taken.length
    })
    tellOutlets(deps, all)
    if (all.some(({ run }) => run.wakeAt !== null && run.wakeAt <= clock.now())) deps.loops.wake(dueLoopName)
    return count
  }

  async function giveUp(id: number, tries: number, error: unknown): Promise<void> {
    await answers(deps.clickhouse)
    log.warn({ err: error, inboxRow: id }, 'a row of the journey inbox could not be taken')
    const now = clock.now()
    if (tries < triesMax) return postpone(db, id, { retryAt: new Date(now + pauseMs(tries)) })
    dropped.inc()
    await postpone(db, id, { drop: messageOf(error), at: new Date(now) })
  }

  return {
    async run() {
      let claimed: readonly InboxRow[] = []
      try {
        return await takeBatch(null, (rows) => {
          claimed = rows
        })
      } catch (error) {
        if (claimed.length === 0) throw error
        await answers(deps.clickhouse)
        const tries = new Map(claimed.map((row) => [row.id, row.tries + 1]))
        return isolate(
          [...tries.keys()],
          (some) => takeBatch(some),
          (id, reason) => giveUp(id, tries.get(id) ?? 1, reason),
        )
      }
    },
  }
}
