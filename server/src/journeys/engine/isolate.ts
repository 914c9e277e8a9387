import type { ClickHouse } from '../../platform/db/clickhouse.ts'

/** Throws while ClickHouse cannot be reached: whatever failed then is nobody's fault, and is tried again as it was. */
export async function answers(clickhouse: Pick<ClickHouse, 'query'>): Promise<void> {
  await clickhouse.query('live', 'select 1')
}

/**
 * Does work on a batch, and when it throws, on its halves, down to the one that cannot be done: that one is handed to
 * `giveUp`, and the others are done. One bad thing in 200 costs about 16 tries. Answers how many were done.
 */
export async function isolate<Id>(
  ids: readonly Id[],
  work: (ids: readonly Id[]) => Promise<number>,
  giveUp: (id: Id, error: unknown) => Promise<void>,
): Promise<number> {
  try {
    return await work(ids)
  } catch (error) {
    const [only] = ids
    if (ids.length === 1 && only !== undefined) {
      await giveUp(only, error)
      return 1
    }
    const half = Math.ceil(ids.length / 2)
    return (await isolate(ids.slice(0, half), work, giveUp)) + (await isolate(ids.slice(half), work, giveUp))
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500)
