import type { ItemFact } from './commerce.ts'

/** Items remembered; a shop's catalogue, about 200 bytes each. */
const itemsMax = 50_000

/**
 * Which facts about items say nothing new. Every look at a product repeats its name and price; writing them each time
 * would cost more than storing the event. Only a memory: forgetting costs a write.
 */
export function createItemCache() {
  const known = new Map<string, string>()
  const keyOf = (workspaceId: number, item: ItemFact) => `${workspaceId}\n${item.itemId}`
  const factsOf = ({ name, category, brand, priceFen, imageUrl, url }: ItemFact) =>
    JSON.stringify([name, category, brand, priceFen, imageUrl, url])
  return {
    /** The last fact about each item that differs from what was last remembered. */
    news(workspaceId: number, items: readonly ItemFact[]): ItemFact[] {
      const last = new Map(items.map((item) => [item.itemId, item]))
      return [...last.values()].filter((item) => known.get(keyOf(workspaceId, item)) !== factsOf(item))
    },
    /** After they were committed. */
    remember(workspaceId: number, items: readonly ItemFact[]): void {
      if (known.size + items.length > itemsMax) known.clear()
      for (const item of items) known.set(keyOf(workspaceId, item), factsOf(item))
    },
  }
}
