import type { Identifier } from './graph.ts'

export interface Owner {
  readonly personId: number
  /** The number under which events that come by the identifier are stored. */
  readonly origin: number
  readonly hasUser: boolean
}

/** Entries kept in each of the two tables; about 150 bytes each. */
const entriesMax = 400_000

/** Two generations instead of an exact LRU: when the young one is full it becomes the old one, and the old is dropped. */
class Generations<Key, Value> {
  #young = new Map<Key, Value>()
  #old = new Map<Key, Value>()
  get(key: Key): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }
  set(key: Key, value: Value): void {
    if (this.#young.size >= entriesMax / 2) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
  delete(key: Key): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }
}

/**
 * Who owns an identifier, as last committed. Only the intake writes identities, and there is one intake at a time
 * (ingest/lease.ts), so what is here is true until this process changes it. Whether a person has an account is kept by
 * person, because it changes for all identifiers at once.
 */
export interface IdentityCache {
  get(workspaceId: number, identifier: Identifier): Owner | null
  set(workspaceId: number, identifier: Identifier, owner: Owner): void
  /** Nobody's any more. */
  forget(workspaceId: number, identifier: Identifier): void
  /** The person has gone into another: what pointed at it is to be read again. */
  forgetPerson(personId: number): void
}

export function createIdentityCache(): IdentityCache {
  const owners = new Generations<string, { personId: number; origin: number }>()
  const accounts = new Generations<number, boolean>()
  const keyOf = (workspaceId: number, one: Identifier) => `${workspaceId}\n${one.kind}\n${one.value}`
  return {
    get(workspaceId, identifier) {
      const owner = owners.get(keyOf(workspaceId, identifier))
      if (owner === undefined) return null
      const hasUser = accounts.get(owner.personId)
      return hasUser === undefined ? null : { ...owner, hasUser }
    },
    set(workspaceId, identifier, { personId, origin, hasUser }) {
      owners.set(keyOf(workspaceId, identifier), { personId, origin })
      accounts.set(personId, hasUser)
    },
    forget: (workspaceId, identifier) => owners.delete(keyOf(workspaceId, identifier)),
    forgetPerson: (personId) => accounts.delete(personId),
  }
}
