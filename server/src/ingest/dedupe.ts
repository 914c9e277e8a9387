import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { messageHash } from './hash.ts'
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
  hash(one: Identified): number
  /** For each message whether it is the first of its id, in the store and in this group. */
  firsts(group: readonly Identified[], hashes: readonly number[]): Promise<boolean[]>
  /** To be called once the events are stored. */
  remember(hashes: readonly number[]): void
}

/** Ids of one look-up: they travel in the text of the query. */
const lookupMax = 2_000

export function createDedupe(clickhouse: ClickHouse): Dedupe {
  const filter = createSeenFilter()
  return {
    load: () => store.readHashes(clickhouse, (hash) => filter.add(hash)),
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
