import type { KeyValueStore } from './surroundings.ts'

export function memoryStore(): KeyValueStore {
  const values = new Map<string, string>()
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => {
      values.set(key, value)
      return true
    },
    remove: (key) => {
      values.delete(key)
    },
    keys: () => [...values.keys()],
  }
}

/** localStorage, or memory where a browser forbids it (private mode, blocked cookies): then things live as long as the page. */
export function browserStore(open: () => Storage): KeyValueStore {
  try {
    const storage = open()
    const probe = 'chaoxi:probe'
    storage.setItem(probe, '1')
    storage.removeItem(probe)
    return {
      get: (key) => storage.getItem(key),
      set: (key, value) => {
        try {
          storage.setItem(key, value)
          return true
        } catch {
          return false
        }
      },
      remove: (key) => storage.removeItem(key),
      keys: () => Object.keys(storage),
    }
  } catch {
    return memoryStore()
  }
}

/** Only the keys that begin with `prefix`, named without it. */
export function scoped(store: KeyValueStore, prefix: string): KeyValueStore {
  return {
    get: (key) => store.get(prefix + key),
    set: (key, value) => store.set(prefix + key, value),
    remove: (key) => store.remove(prefix + key),
    keys: () =>
      store
        .keys()
        .filter((key) => key.indexOf(prefix) === 0)
        .map((key) => key.slice(prefix.length)),
  }
}
