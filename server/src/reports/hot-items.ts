import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/postgres.ts'
import * as store from './store.ts'

const daysBack = 30
const itemsMax = 10
/** Texts of a big send ask once a person; the list moves by the hour at most. */
const cacheMs = 60_000

/** What sold best in the last 30 days, best first, filled up with the newest items of the catalogue. Prices in yuan. */
export function createHotItems({ db, clock }: { db: Db; clock: Clock }) {
  const cache = new Map<number, { at: number; items: Promise<readonly Record<string, unknown>[]> }>()

  async function read(workspaceId: number): Promise<readonly Record<string, unknown>[]> {
    const rows = await store.hotItems(db, workspaceId, new Date(clock.now() - daysBack * 86_400_000), itemsMax)
    return rows.map((row) => ({
      id: row.item_id,
      name: row.name ?? row.item_id,
      price: row.price_fen === null ? null : row.price_fen / 100,
      image: row.image_url,
      url: row.url,
    }))
  }

  return function hotItems(workspaceId: number): Promise<readonly Record<string, unknown>[]> {
    const known = cache.get(workspaceId)
    if (known && clock.now() - known.at < cacheMs) return known.items
    const items = read(workspaceId)
    items.catch(() => cache.delete(workspaceId))
    cache.set(workspaceId, { at: clock.now(), items })
    return items
  }
}
