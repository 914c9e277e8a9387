import type { Output, Problem, QuarantineItem } from '@chaoxi/contract'
import { AppError } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Ids } from '../platform/ids.ts'
import * as store from './quarantine-store.ts'

export interface Rejected {
  readonly reason: string
  readonly problems: readonly Problem[]
  /** Exactly what came, so that it can be mended and sent again. */
  readonly raw: string
}

/** What could not be taken, with its reason, until somebody replays or discards it. */
export interface Quarantine {
  add(workspaceId: number, source: string, rejected: readonly Rejected[]): Promise<void>
  list(workspaceId: number, filter: { status: string; reason?: string; cursor?: string; limit: number }): Promise<Output<'quarantine'>>
  find(workspaceId: number, id: string): Promise<QuarantineItem>
  close(workspaceId: number, id: string, status: 'replayed' | 'discarded'): Promise<QuarantineItem>
  count(workspaceId: number): Promise<number>
}

const view = (row: store.QuarantineRow): QuarantineItem => ({
  id: row.id,
  receivedAt: row.received_at.toISOString(),
  source: row.source,
  reason: row.reason,
  problems: row.problems,
  raw: row.raw.toString('utf8'),
  status: row.status,
})

export function createQuarantine({ db, clock, ids }: { db: Db; clock: Clock; ids: Ids }): Quarantine {
  async function find(workspaceId: number, id: string): Promise<QuarantineItem> {
    const row = await store.findQuarantined(db, workspaceId, id)
    if (!row) throw new AppError('not_found', `There is no quarantined event ${id}`)
    return view(row)
  }
  return {
    async add(workspaceId, source, rejected) {
      if (rejected.length === 0) return
      const receivedAt = new Date(clock.now())
      await store.insertQuarantined(
        db,
        workspaceId,
        rejected.map((one) => ({
          id: ids.next('qua'),
          received_at: receivedAt,
          source,
          reason: one.reason,
          problems: [...one.problems],
          raw: Buffer.from(one.raw, 'utf8'),
          status: 'open',
        })),
      )
    },
    async list(workspaceId, { status, reason, cursor, limit }) {
      const filter = { status, reason: reason ?? null, beforeId: cursor ?? null, limit: limit + 1 }
      const [rows, reasons] = await Promise.all([
        store.listQuarantined(db, workspaceId, filter),
        store.countByReason(db, workspaceId, status),
      ])
      const items = rows.slice(0, limit).map(view)
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null, reasons }
    },
    find,
    async close(workspaceId, id, status) {
      if ((await store.setQuarantineStatus(db, workspaceId, id, status)) === 0) {
        const item = await find(workspaceId, id)
        throw new AppError('conflict', `Quarantined event ${id} is already ${item.status}`)
      }
      return find(workspaceId, id)
    },
    count: (workspaceId) => store.countQuarantined(db, workspaceId),
  }
}
