import type { KeyValueStore, Surroundings } from './surroundings.ts'

/**
 * Events that wait to be sent, oldest first, one storage key each: tabs of a shop share the queue without ever
 * rewriting each other's entries.
 */
export interface Queue {
  /** False: the event is larger than the server takes, and was not kept. */
  add(message: { readonly messageId: string }): boolean
  /** The oldest events that fit into one request of `bytesMax`. */
  batch(bytesMax: number): { keys: string[]; texts: string[] }
  remove(keys: readonly string[]): void
  size(): number
  /** How many events gave way to newer ones because the queue was full. */
  dropped(): number
}

/** As the server has them (Segment's limits). */
export const eventBytesMax = 32 * 1024
export const batchBytesMax = 500 * 1024
/** Room for the frame around a batch: writeKey, sentAt, brackets. */
const frameBytes = 1024
/** A few hours offline of a busy customer. With larger events localStorage's 5 MB end first; then the oldest go too. */
export const queueEventsMax = 1000
const batchEventsMax = 250

const encoder = new TextEncoder()
const bytesOf = (text: string) => encoder.encode(text).length

export function createQueue(storage: KeyValueStore, { now }: Pick<Surroundings, 'now'>): Queue {
  let sequence = 0
  // Sorts by time of adding (ms since 1970 have 13 digits until the year 2286), then by order within this page.
  const nextKey = (messageId: string) => `q:${now()}:${String(++sequence).padStart(6, '0')}:${messageId}`
  const keys = () =>
    storage
      .keys()
      .filter((key) => key.indexOf('q:') === 0)
      .sort()
  const dropped = () => Number(storage.get('dropped') ?? 0)

  function dropOldest(count: number): number {
    const oldest = keys().slice(0, count)
    for (const key of oldest) storage.remove(key)
    storage.set('dropped', String(dropped() + oldest.length))
    return oldest.length
  }

  return {
    add(message) {
      const text = JSON.stringify(message)
      if (bytesOf(text) > eventBytesMax) return false
      const excess = keys().length + 1 - queueEventsMax
      if (excess > 0) dropOldest(excess)
      const key = nextKey(message.messageId)
      while (!storage.set(key, text)) if (dropOldest(20) === 0) break
      return true
    },
    batch(bytesMax) {
      const found: { keys: string[]; texts: string[] } = { keys: [], texts: [] }
      let bytes = frameBytes
      for (const key of keys()) {
        const text = storage.get(key)
        if (text === null) continue
        bytes += bytesOf(text) + 1
        if (found.keys.length > 0 && (bytes > bytesMax || found.keys.length >= batchEventsMax)) break
        found.keys.push(key)
        found.texts.push(text)
      }
      return found
    },
    remove(sent) {
      for (const key of sent) storage.remove(key)
    },
    size: () => keys().length,
    dropped,
  }
}
