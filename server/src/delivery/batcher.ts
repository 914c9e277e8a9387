/**
 * Groups what arrives while the last group is being written, and within `gatherMs` of the first one after that: one write
 * at a time. A full group does not wait. `add` resolves when its item is written.
 */
export function createBatcher<Item>(
  write: (items: readonly Item[]) => Promise<void>,
  sizeMax: number,
  gatherMs = 0,
): { add(item: Item): Promise<void> } {
  let waiting: { item: Item; done: PromiseWithResolvers<void> }[] = []
  let writing = false
  let timer: NodeJS.Timeout | null = null

  const due = () => waiting.length > 0 && (gatherMs === 0 || waiting.length >= sizeMax)

  async function writeGroup(): Promise<void> {
    const group = waiting.slice(0, sizeMax)
    waiting = waiting.slice(sizeMax)
    try {
      await write(group.map(({ item }) => item))
      for (const { done } of group) done.resolve()
    } catch (error) {
      for (const { done } of group) done.reject(error)
    }
  }

  async function writeAll(): Promise<void> {
    if (timer) clearTimeout(timer)
    timer = null
    writing = true
    do await writeGroup()
    while (due())
    writing = false
    schedule()
  }

  function schedule(): void {
    if (writing || waiting.length === 0) return
    if (due()) void writeAll()
    else timer ??= setTimeout(() => void writeAll(), gatherMs)
  }

  return {
    add(item) {
      const done = Promise.withResolvers<void>()
      waiting.push({ item, done })
      schedule()
      return done.promise
    },
  }
}
