import { AppError } from '@chaoxi/contract'

/** When a group of waiting work is taken: at once when nobody else is coming, and never later than the longest wait. */
export interface GroupingLimits {
  /** Nothing has come for this long: take what is there. */
  readonly quietMs: number
  /** Groups of a steady trickle begin this far apart: a group costs the same for one item as for a hundred. */
  readonly restMs: number
  readonly waitMsMax: number
  /** Largest group. */
  readonly sizeMax: number
  /** More waiting than this is refused: memory is bounded, and the sender tries again. */
  readonly waitingMax: number
}

interface Waiting<Item> {
  readonly items: readonly Item[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** A group of this size is worth its fixed cost, and need not rest. */
const worthwhile = 100

/**
 * Collects items of many callers into groups and works on one group at a time: many tiny inserts would drown ClickHouse
 * in parts. While a group is being written the next one collects, so that groups grow with the load. A caller waits
 * until its items are done.
 */
export function createGrouping<Item>(limits: GroupingLimits, work: (group: readonly Item[]) => Promise<void>) {
  let queue: Waiting<Item>[] = []
  let waiting = 0
  let working = false
  let oldest = 0
  let began = Number.NEGATIVE_INFINITY
  let arrivals = 0
  // The size that groups have lately had: callers who wait for answers come back together, and are worth waiting for.
  let usual = 0
  let timer: NodeJS.Timeout | null = null

  function take(): Waiting<Item>[] {
    const group: Waiting<Item>[] = []
    let size = 0
    while (queue.length > 0 && (size === 0 || size + (queue[0]?.items.length ?? 0) <= limits.sizeMax)) {
      const next = queue.shift()
      if (!next) break
      group.push(next)
      size += next.items.length
    }
    waiting -= size
    usual = Math.max(size, usual - Math.ceil(usual / 8))
    return group
  }

  async function run(): Promise<void> {
    if (working || waiting === 0) return
    working = true
    if (timer) clearTimeout(timer)
    timer = null
    began = performance.now()
    const group = take()
    try {
      await work(group.flatMap((one) => one.items))
      for (const one of group) one.resolve()
    } catch (error) {
      for (const one of group) one.reject(error)
    } finally {
      working = false
      oldest = performance.now()
      schedule()
    }
  }

  function schedule(): void {
    if (working || waiting === 0) return
    const due = waiting >= limits.sizeMax || (usual > 1 && waiting >= usual) || performance.now() - oldest >= limits.waitMsMax
    if (timer) clearTimeout(timer)
    const rest = waiting >= worthwhile ? 0 : limits.restMs - (performance.now() - began)
    timer = due ? null : setTimeout(whenQuiet, Math.max(limits.quietMs, rest))
    if (due) setImmediate(run)
  }

  /** A timer is late when the loop was busy, perhaps with reading the very next request: look once more after that. */
  function whenQuiet(): void {
    const seen = arrivals
    setImmediate(() => {
      if (arrivals === seen) void run()
      else schedule()
    })
  }

  return {
    /** Resolves when the items are written; rejects when they are not. */
    submit(items: readonly Item[]): Promise<void> {
      if (waiting + items.length > limits.waitingMax)
        return Promise.reject(new AppError('unavailable', 'The intake is behind; send the same again in a moment'))
      return new Promise((resolve, reject) => {
        if (waiting === 0 && !working) oldest = performance.now()
        queue.push({ items, resolve, reject })
        waiting += items.length
        arrivals++
        schedule()
      })
    },
    /** Waits until nothing is left. */
    async drain(): Promise<void> {
      while (working || waiting > 0) {
        await run()
        await new Promise((resolve) => setImmediate(resolve))
      }
      queue = []
    },
    get waiting() {
      return waiting
    },
  }
}
