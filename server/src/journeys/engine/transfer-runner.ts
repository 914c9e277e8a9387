import { isOver } from '../core/run.ts'
import { openTask } from '../core/task.ts'
import { transfer } from '../core/transfer.ts'
import type { EngineDeps } from '../deps.ts'
import { dueLoopName } from '../loop-names.ts'
import { shareJourney } from '../store.ts'
import { type Definitions, definitionsOf } from './definitions.ts'
import { writeMoves } from './moves.ts'
import { addToTransfer, claimEarlier, countEarlier, endTransfer, lockTransfer, openTransfers, type TransferRow } from './transfer-store.ts'

/** Runs that go at once, held for as long as it takes to write them. */
const batchSize = 500
const transfersMax = 20

export interface TransferRunner {
  /** Takes a batch of each open transfer; answers whether there is more to take at once. */
  run(): Promise<boolean>
}

/**
 * Leads those inside into a new version, or out. A run that has gone is in that version, or over, and is not taken again; one that
 * cannot go yet is left for the next round. A crash loses the batch in hand and nothing else.
 */
export function createTransferRunner(deps: EngineDeps, definitions: Definitions): TransferRunner {
  const { db, clock, loops } = deps
  /** How far this round has come, by transfer; a round that begins anew looks at everybody again. */
  const reached = new Map<string, string>()

  async function takeBatch(open: TransferRow): Promise<boolean> {
    return db.tx(async (tx) => {
      const now = clock.now()
      const whose = { workspaceId: open.workspace_id, journeyId: open.journey_id }
      const journey = await shareJourney(tx, whose.workspaceId, whose.journeyId)
      const row = await lockTransfer(tx, open)
      if (!row) return false
      const after = reached.get(row.id) ?? ''
      const runs = await claimEarlier(tx, row, after, batchSize)
      const last = runs.at(-1)
      if (last && runs.length === batchSize) reached.set(row.id, last.id)
      else reached.delete(row.id)
      const definitionOf = await definitionsOf(definitions, tx, runs)
      const to = { version: row.to_version, definition: await definitions.of(tx, { ...whose, version: row.to_version }) }
      const asked = runs.flatMap((run) => openTask(run) ?? [])
      const answered = asked.length > 0 ? await deps.tasks.answered(tx, whose.workspaceId, asked) : new Map()
      // The news of an answer is on its way: it is followed first.
      const free = runs.filter((run) => !answered.has(openTask(run) ?? ''))
      const moves = free.flatMap((run) => transfer(definitionOf(run), to, run, row.plan, now) ?? [])
      const left = moves.filter((move) => isOver(move.run)).length
      if (moves.length > 0) await addToTransfer(tx, row, moves.length - left, left)
      const nobody = async () => (await countEarlier(tx, whose.workspaceId, whose.journeyId, row.to_version)) === 0
      // Of an archived journey the watchdog ends the runs.
      if (journey?.status === 'archived' || (runs.length === 0 && (await nobody()))) await endTransfer(tx, row, new Date(now))
      await writeMoves(tx, moves, now, deps)
      return moves.length > 0 || runs.length === batchSize || (runs.length === 0 && after !== '')
    })
  }

  return {
    async run() {
      let more = false
      for (const open of await openTransfers(db, transfersMax)) more = (await takeBatch(open)) || more
      if (more) loops.wake(dueLoopName)
      return more
    },
  }
}
