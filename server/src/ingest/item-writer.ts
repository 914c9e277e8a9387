import type { Db } from '../platform/db/postgres.ts'
import type { Logger } from '../platform/log.ts'
import type { ItemFact } from './commerce.ts'
import { isDataError } from './data-error.ts'
import * as store from './store.ts'

/** Items whose last written facts are remembered; a shop's catalogue, about 200 bytes each. */
const knownMax = 50_000
/** More than this waiting, and the intake waits too. */
const pendingMax = 20_000
const writeEveryMs = 1_000

interface Pending {
  readonly workspaceId: number
  readonly fact: ItemFact
}

/**
 * What events say of items, on its way to the catalogue. Every look at a product repeats its name and price, so only news is
 * written, once a second and not with each group: events are what is durable at a 200, and the catalogue follows from them.
 * What a crash cuts off is read again from the events (`through`).
 */
export interface ItemWriter {
  /** Before the first facts: everything received until then (ms) was written by an earlier run. */
  resume(through: number): void
  /** Facts of events that are stored, received until `receivedAt` (ms). */
  take(facts: readonly { readonly workspaceId: number; readonly items: readonly ItemFact[] }[], receivedAt: number): Promise<void>
  /** Ms: everything taken until then is written. */
  through(): number
  /** Writes what waits. */
  settle(): Promise<void>
}

/** The later fact, with what only the earlier one knew. */
function joined(one: ItemFact, other: ItemFact): ItemFact {
  const [early, late] = one.at <= other.at ? [one, other] : [other, one]
  return {
    itemId: late.itemId,
    at: late.at,
    name: late.name ?? early.name,
    category: late.category ?? early.category,
    brand: late.brand ?? early.brand,
    priceFen: late.priceFen ?? early.priceFen,
    orderedFen: late.orderedFen ?? early.orderedFen,
    stock: late.stock ?? early.stock,
    imageUrl: late.imageUrl ?? early.imageUrl,
    url: late.url ?? early.url,
  }
}

const factsOf = ({ itemId: _, at: __, ...facts }: ItemFact) => JSON.stringify(facts)

export function createItemWriter({ db, log }: { db: Db; log: Logger }): ItemWriter {
  const known = new Map<string, string>()
  let pending = new Map<string, Pending>()
  let [newest, written] = [0, 0]
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()

  function add(key: string, workspaceId: number, fact: ItemFact): void {
    const waiting = pending.get(key)
    pending.set(key, { workspaceId, fact: waiting === undefined ? fact : joined(waiting.fact, fact) })
  }

  async function writeOrSplit(workspaceId: number, items: readonly ItemFact[]): Promise<void> {
    try {
      await store.writeItems(db, workspaceId, items)
    } catch (error) {
      if (!isDataError(error)) throw error
      const [only] = items
      if (items.length === 1 && only) {
        log.error({ err: error, workspaceId, itemId: only.itemId }, 'what an event says of an item cannot be stored')
        return
      }
      const middle = items.length >> 1
      await writeOrSplit(workspaceId, items.slice(0, middle))
      await writeOrSplit(workspaceId, items.slice(middle))
    }
  }

  async function write(): Promise<void> {
    const [batch, through] = [pending, newest]
    pending = new Map()
    try {
      for (const [workspaceId, own] of Map.groupBy(batch.values(), (one) => one.workspaceId))
        await writeOrSplit(
          workspaceId,
          own.map((one) => one.fact),
        )
    } catch (error) {
      // The older facts first: what has come since then knows better.
      const since = pending
      pending = batch
      for (const [key, { workspaceId, fact }] of since) add(key, workspaceId, fact)
      throw error
    }
    if (known.size + batch.size > knownMax) known.clear()
    for (const [key, { fact }] of batch) known.set(key, factsOf(fact))
    written = through
  }

  function settle(): Promise<void> {
    if (timer) clearTimeout(timer)
    timer = null
    const done = writing.then(write)
    writing = done.catch(() => {})
    return done
  }

  function later(): void {
    timer ??= setTimeout(() => {
      timer = null
      settle().catch((error) => {
        log.warn({ err: error }, 'the catalogue could not be written; it is tried again')
        later()
      })
    }, writeEveryMs).unref()
  }

  return {
    resume(through) {
      newest = through
      written = through
    },
    async take(facts, receivedAt) {
      const behind = pending.size > 0 || written < newest
      for (const { workspaceId, items } of facts)
        for (const fact of items) {
          const key = `${workspaceId}\n${fact.itemId}`
          if (pending.has(key) || known.get(key) !== factsOf(fact)) add(key, workspaceId, fact)
        }
      newest = Math.max(newest, receivedAt)
      if (pending.size === 0 && !behind) written = newest
      else later()
      if (pending.size > pendingMax) await settle()
    },
    through: () => written,
    settle,
  }
}
