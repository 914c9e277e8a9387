import type { CheckpointStore } from './checkpoint.ts'
import { createRowMapper, type MappedRows } from './events.ts'
import type { Mapping } from './mapping.ts'
import type { ImportState } from './progress.ts'
import type { RejectedRows } from './rejected-rows.ts'
import { isBroken, type Row } from './rows.ts'
import { createSender, type Post, type Target } from './sender.ts'
import { openSource } from './source.ts'

export interface ImportDeps {
  readonly file: string
  readonly mapping: Mapping
  readonly target: Target
  readonly post: Post
  readonly sleep: (ms: number) => Promise<void>
  /** Aborting stops at once; what was acknowledged is in the checkpoint. */
  readonly signal: AbortSignal
  readonly checkpoints: CheckpointStore
  readonly rejectedRows: RejectedRows
  readonly onState: (state: ImportState) => void
}

export interface ImportResult {
  readonly rows: number
  readonly skipped: number
  readonly rejected: number
  readonly events: number
  /** Events sent in this run; the others were acknowledged to an earlier one. */
  readonly sent: number
  /** Events that the server put into its quarantine. */
  readonly quarantined: number
}

// A group longer than this is cut: its rows are held in memory until it is complete.
const groupRowsMax = 20_000
/** A checkpoint costs a file write, so not after every batch. */
const checkpointEvery = 5_000

/**
 * Streams a file's rows as events to a server. A run that was interrupted reads the file from its start again (that is
 * how repetitions and order lines get the same ids) but sends only what was not acknowledged.
 */
export async function importFile(deps: ImportDeps): Promise<ImportResult> {
  const { mapping, checkpoints, rejectedRows, signal } = deps
  const source = await openSource(deps.file, mapping)
  const mapper = createRowMapper(mapping, source.columns)
  const earlier = checkpoints.load()
  const alreadyDone = earlier?.eventsDone ?? 0
  const counts = { rows: 0, skipped: 0, rejected: 0, events: 0, quarantined: earlier?.quarantined ?? 0 }
  let saved = alreadyDone
  let reached = { eventsDone: alreadyDone, quarantined: counts.quarantined }
  const save = () => checkpoints.save({ file: deps.file, ...reached })
  const sender = createSender({
    target: deps.target,
    post: deps.post,
    sleep: deps.sleep,
    signal,
    onProgress(done, quarantined) {
      reached = { eventsDone: alreadyDone + done, quarantined: (earlier?.quarantined ?? 0) + quarantined }
      counts.quarantined = reached.quarantined
      if (reached.eventsDone - saved < checkpointEvery) return
      saved = reached.eventsDone
      save()
    },
  })

  async function reject(rejected: MappedRows['rejected']): Promise<void> {
    for (const row of rejected) {
      counts.rejected++
      await rejectedRows.write(row)
    }
  }

  async function take(rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return
    const { events, rejected } = mapper.map(rows)
    if (rejected.length > 0) await reject(rejected)
    const skip = Math.max(0, Math.min(events.length, alreadyDone - counts.events))
    counts.events += events.length
    if (skip < events.length) await sender.send(skip === 0 ? events : events.slice(skip))
  }

  let group: Row[] = []
  let groupKey = ''
  async function grouped(row: Row): Promise<void> {
    const key = mapper.groupKey(row)
    if (group.length > 0 && (key !== groupKey || group.length >= groupRowsMax)) {
      await take(group)
      group = []
    }
    groupKey = key
    group.push(row)
  }

  try {
    for await (const block of source.blocks) {
      signal.throwIfAborted()
      for (const row of block) {
        counts.rows++
        if (isBroken(row)) await reject([row])
        else if (mapper.isSkipped(row)) counts.skipped++
        else if (mapping.groupBy !== undefined) await grouped(row)
        else await take([row])
      }
      deps.onState({ progress: source.progress(), rows: counts.rows, rejected: counts.rejected })
    }
    await take(group)
    await sender.finish()
    checkpoints.clear()
  } catch (error) {
    if (reached.eventsDone > alreadyDone) save()
    throw error
  } finally {
    await rejectedRows.close()
  }
  return { ...counts, sent: counts.events - Math.min(alreadyDone, counts.events) }
}
