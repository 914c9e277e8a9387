import type { Clock } from '../platform/clock.ts'

/** Remembers answers for a short while, so that intake does not ask PostgreSQL for the same key thousands of times a second. */
export interface Cache<Key, Value> {
  get(key: Key, load: () => Promise<Value>): Promise<Value>
  forget(key: Key): void
}

/**
 * Keeps promises, not values: callers that come while one loads wait for the same load, and a load that began before
 * `forget` cannot put its old answer back.
 */
export function createCache<Key, Value>({ clock, lifeMs, sizeMax }: { clock: Clock; lifeMs: number; sizeMax: number }): Cache<Key, Value> {
  const entries = new Map<Key, { value: Promise<Value>; until: number }>()
  return {
    get(key, load) {
      const found = entries.get(key)
      if (found && clock.now() < found.until) return found.value
      const entry = { value: load(), until: clock.now() + lifeMs }
      entries.delete(key)
      const oldest = entries.keys().next()
      if (entries.size >= sizeMax && !oldest.done) entries.delete(oldest.value)
      entries.set(key, entry)
      entry.value.catch(() => {
        if (entries.get(key) === entry) entries.delete(key)
      })
      return entry.value
    },
    forget(key) {
      entries.delete(key)
    },
  }
}
