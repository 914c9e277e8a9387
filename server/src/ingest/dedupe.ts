import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Logger } from '../platform/log.ts'
import { messageHash } from './hash.ts'
import { readSeenFile, writeSeenFile } from './seen-file.ts'
import { createSeenFilter } from './seen-filter.ts'
import * as store from './store.ts'

export interface Identified {
  readonly workspaceId: number
  readonly messageId: string
}

/**
 * Counting once, ever: the filter in memory says "certainly new" for nearly all ids, and the few others are looked up
 * in ClickHouse. Right as long as one process takes events in at a time (lease.ts).
 */
export interface Dedupe {
  /** Fills the filter from what is stored; once, before the first event. */
  load(): Promise<void>
  /** Keeps the filter for the next start, which then reads only what came later. Nothing may be on its way in. */
  save(): Promise<void>
  hash(one: Identified): number
  /** For each message whether it is the first of its id, in the store and in this group. */
  firsts(group: readonly Identified[], hashes: readonly number[]): Promise<boolean[]>
  /** To be called once the events are stored. */
  remember(hashes: readonly number[]): void
}

/** Ids of one look-up: they travel in the text of the query. */
const lookupMax = 2_000

/** So many ids read at a start are worth keeping at once: who knows how this run ends. */
const worthSaving = 1_000_000

interface Deps {
  readonly clickhouse: ClickHouse
  readonly log: Logger
  /** Where the filter is kept between runs; null: nowhere. */
  readonly file: string | null
}

export function createDedupe({ clickhouse, log, file }: Deps): Dedupe {
  let filter = createSeenFilter()
  let savedSize = -1

  async function restore(): Promise<number | null> {
    const saved = file === null ? null : await readSeenFile(file)
    // Whatever is not as it was then (a store restored, a clock set back) has everything read again.
    if (saved === null || (await store.storedBefore(clickhouse, saved.through)) !== saved.stored) return null
    filter = createSeenFilter(saved.state)
    savedSize = filter.size
    return saved.through
  }

  async function save(): Promise<void> {
    if (file === null || filter.size === savedSize) return
    const through = (await store.newestReceived(clickhouse)) + 1
    const saved = { through, stored: await store.storedBefore(clickhouse, through), state: filter.state() }
    savedSize = filter.size
    await writeSeenFile(file, saved).catch((error) => log.warn({ err: error }, 'the filter of known messages could not be kept'))
  }

  return {
    save,
    async load() {
      const since = await restore()
      const before = filter.size
      await store.readHashes(clickhouse, since, (hash) => filter.add(hash))
      if (filter.size - before >= worthSaving) await save()
    },
    hash: ({ workspaceId, messageId }) => messageHash(workspaceId, messageId),
    async firsts(group, hashes) {
      const suspects = new Map<number, { ids: string[]; hashes: number[] }>()
      const inGroup = new Set<string>()
      const firsts = group.map(({ workspaceId, messageId }, i) => {
        const key = `${workspaceId}\n${messageId}`
        if (inGroup.has(key)) return false
        inGroup.add(key)
        const hash = hashes[i] ?? 0
        if (filter.mayContain(hash)) {
          const own = suspects.get(workspaceId) ?? { ids: [], hashes: [] }
          own.ids.push(messageId)
          own.hashes.push(hash)
          suspects.set(workspaceId, own)
        }
        return true
      })
      const stored = new Set<string>()
      for (const [workspaceId, { ids, hashes }] of suspects) {
        for (let i = 0; i < ids.length; i += lookupMax) {
          const found = await store.findStored(clickhouse, workspaceId, ids.slice(i, i + lookupMax), hashes.slice(i, i + lookupMax))
          for (const id of found) stored.add(`${workspaceId}\n${id}`)
        }
      }
      if (stored.size === 0) return firsts
      return firsts.map((first, i) => first && !stored.has(`${group[i]?.workspaceId}\n${group[i]?.messageId}`))
    },
    remember(hashes) {
      for (const hash of hashes) filter.add(hash)
    },
  }
}
