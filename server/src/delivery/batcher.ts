/**
 * Groups what arrives while the last group is being written: one write at a time, nothing waits for a timer. `add`
 * resolves when its item is written.
 */
export function createBatcher<Item>(write: (items: readonly Item[]) => Promise<void>, sizeMax: number): { add(item: Item): Promise<void> } {
  let waiting: { item: Item; done: PromiseWithResolvers<void> }[] = []
  let writing = false

  async function writeAll(): Promise<void> {
    writing = true
    while (waiting.length > 0) {
      const group = waiting.slice(0, sizeMax)
      waiting = waiting.slice(sizeMax)
      try {
        await write(group.map(({ item }) => item))
        for (const { done } of group) done.resolve()
      } catch (error) {
        for (const { done } of group) done.reject(error)
      }
    }
    writing = false
  }

  return {
    add(item) {
      const done = Promise.withResolvers<void>()
      waiting.push({ item, done })
      if (!writing) void writeAll()
      return done.promise
    },
  }
}
