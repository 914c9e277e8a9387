import type { Identity, Moved, SplitPlan } from '../identity/index.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { SplitConsumer } from './accepted-event.ts'
import * as store from './split-store.ts'

export interface SplitRequest {
  /** ms since 1970. */
  readonly at: number
  readonly by: string
  readonly note: string
  /** In the transaction of the split. */
  audit(tx: Tx, plan: SplitPlan): Promise<void>
}

export interface SplitDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly identity: Identity
  readonly splitConsumers: readonly SplitConsumer[]
}

/** What goes with the person: what it brought, and what came since by the identifiers that it takes along. */
export async function belongings(
  { db, clickhouse }: Pick<SplitDeps, 'db' | 'clickhouse'>,
  workspaceId: number,
  plan: SplitPlan,
): Promise<Moved> {
  const { moved, leaves, numbers, staying } = plan
  const orders = await store.ordersBegunBy(clickhouse, workspaceId, numbers, staying)
  const consents = await store.consentsOf(db, workspaceId, leaves)
  const said = await store.messagesOf(
    clickhouse,
    workspaceId,
    numbers,
    consents.map((one) => one.source_key),
  )
  const later = consents.filter((one) => said.has(one.source_key)).map((one) => one.id)
  return { ...moved, orders: [...new Set([...moved.orders, ...orders])], consents: [...new Set([...moved.consents, ...later])] }
}

/** Undoes a merge. Nothing may be taken in meanwhile; `version` is a flush of its own. */
export async function undoMerge(
  deps: SplitDeps,
  workspaceId: number,
  mergeId: string,
  request: SplitRequest,
  version: number,
): Promise<SplitPlan> {
  const { identity } = deps
  const moved = await belongings(deps, workspaceId, await identity.planSplit(workspaceId, mergeId))
  return identity.split(workspaceId, mergeId, {
    ...{ at: new Date(request.at), by: request.by, note: request.note, version },
    async onSplit(tx, plan) {
      const split = { person: plan.person, leaves: plan.leaves, moved }
      await store.giveBack(tx, workspaceId, split)
      for (const consumer of deps.splitConsumers) await consumer(tx, workspaceId, split)
      await request.audit(tx, plan)
    },
  })
}
