import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Layout } from '../platform/db/row-binary.ts'
import { memberName } from '../query/index.ts'
import * as store from './outbox-store.ts'
import { addSizes } from './store.ts'

const changesLayout: Layout = {
  table: 'membership_changes',
  columns: {
    workspace_id: 'UInt32',
    kind: 'String',
    key: 'String',
    person_id: 'UInt64',
    value: 'String',
    at: 'DateTime64(3)',
    seq: 'UInt64',
    entered: 'UInt8',
    reason: 'String',
  },
}

/** Rows that travel at once. */
const outboxRowsMax = 20_000

export interface Outbox {
  /** Sends one batch; true when there may be more. */
  flush(): Promise<boolean>
  /** Sends everything that was committed before the call. */
  flushAll(): Promise<void>
}

/**
 * Memberships are committed in PostgreSQL and then sent to ClickHouse. A stop between the two sends the same rows again,
 * with the same `seq`: they are the same row there. The counted sizes move in the transaction that empties the outbox, so
 * they count each change once.
 */
export function createOutbox({ db, clickhouse }: { db: Db; clickhouse: ClickHouse }): Outbox {
  async function flush(): Promise<boolean> {
    if (!(await store.hasOutbox(db))) return false
    return db.tx(async (tx) => {
      const rows = await store.claimOutbox(tx, outboxRowsMax)
      if (rows.length === 0) return false
      await clickhouse.insertRows(
        changesLayout,
        rows.map(({ id, entered, at, ...same }) => ({ ...same, seq: id, entered: entered ? 1 : 0, at: at.getTime() })),
      )
      const groups = Map.groupBy(rows, (row) => `${row.workspace_id} ${memberName(row.kind, row.key)} ${row.value}`)
      await addSizes(
        tx,
        [...groups.values()].flatMap((group) => {
          const [first] = group
          if (first === undefined) return []
          const delta = group.reduce((sum, row) => sum + (row.entered ? 1 : -1), 0)
          return [{ workspaceId: first.workspace_id, kind: first.kind, key: first.key, value: first.value, delta }]
        }),
      )
      await store.deleteOutbox(
        tx,
        rows.map((row) => row.id),
      )
      return rows.length === outboxRowsMax
    })
  }
  return {
    flush,
    async flushAll() {
      while (await flush());
    },
  }
}
