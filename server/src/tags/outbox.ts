import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Layout } from '../platform/db/row-binary.ts'
import * as store from './outbox-store.ts'
import { addSizes } from './store.ts'

const movesLayout: Layout = {
  table: 'membership_moves',
  columns: {
    workspace_id: 'UInt32',
    kind: 'String',
    key: 'String',
    value: 'String',
    at: 'DateTime64(3)',
    seq: 'UInt64',
    entered: 'UInt8',
    reason: 'String',
    people: 'Array(UInt64)',
  },
  // No row of an insert is twice in it. Looking for such took two thirds of the time: a million people take 0.13 s now.
  settings: { optimize_on_insert: 0 },
}

/** What travels at once; ClickHouse holds some dozen bytes a person. */
const limits = { rows: 20_000, people: 2_000_000 }

export interface Outbox {
  /** Sends one batch; true when there may be more. */
  flush(): Promise<boolean>
  /** Sends everything that was committed before the call. */
  flushAll(): Promise<void>
}

const inOrder = (a: store.OutboxRow, b: store.OutboxRow) =>
  a.workspace_id - b.workspace_id || compare(a.kind, b.kind) || compare(a.key, b.key) || compare(a.value, b.value)
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Memberships are committed in PostgreSQL and then sent to ClickHouse. A stop between the two sends the same rows again,
 * with the same `seq`: they are the same row there. The counted sizes move in the transaction that empties the outbox, so
 * they count each change once.
 */
export function createOutbox({ db, clickhouse }: { db: Db; clickhouse: ClickHouse }): Outbox {
  async function flush(): Promise<boolean> {
    if ((await store.newestOutbox(db)) === null) return false
    await db.tx(async (tx) => {
      const rows = await store.claimOutbox(tx, limits)
      if (rows.length === 0) return
      // As the table is sorted, near enough: of rows in order ClickHouse need not sort them.
      await clickhouse.insertRows(
        movesLayout,
        rows.toSorted(inOrder).map(({ id, entered, at, ...same }) => ({ ...same, seq: id, entered: entered ? 1 : 0, at: at.getTime() })),
      )
      await addSizes(
        tx,
        rows.map((row) => ({ ...row, workspaceId: row.workspace_id, delta: row.entered ? row.people.length : -row.people.length })),
      )
      await store.deleteOutbox(
        tx,
        rows.map((row) => row.id),
      )
    })
    return true
  }
  return {
    flush,
    async flushAll() {
      const newest = await store.newestOutbox(db)
      if (newest === null) return
      while (await store.hasOutbox(db, newest)) await flush()
    },
  }
}
