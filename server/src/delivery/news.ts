import type { Db, Tx } from '../platform/db/postgres.ts'
import type { Loop } from '../platform/jobs/loops.ts'
import { claimNews, forgetNews } from './store-fates.ts'

/** Told of messages that were queued as `awaited`; answers the runs that could not be told now. */
export type MessagesMoved = (
  tx: Tx,
  workspaceId: number,
  messages: readonly { runId: string; nodeId: string }[],
) => Promise<ReadonlySet<string>>

export const newsLoop = 'delivery_news'
const batch = 500
const everyMs = 1_000

/** Tells whoever waits for a message what became of it, at least once; what it says is read afresh, so twice is harmless. */
export function createNews({ db, messagesMoved }: { db: Db; messagesMoved: MessagesMoved }): Loop {
  return {
    name: newsLoop,
    everyMs,
    async run() {
      return db.tx(async (tx) => {
        let told = 0
        for (const [workspaceId, own] of Map.groupBy(await claimNews(tx, batch), (row) => row.workspace_id)) {
          const busy = await messagesMoved(
            tx,
            workspaceId,
            own.map((row) => ({ runId: row.run_id, nodeId: row.node_id })),
          )
          const heard = own.filter((row) => !busy.has(row.run_id))
          if (heard.length > 0)
            await forgetNews(
              tx,
              workspaceId,
              heard.map((row) => row.id),
            )
          told += heard.length
        }
        return told > 0
      })
    },
  }
}
