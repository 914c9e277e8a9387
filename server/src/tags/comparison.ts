import type { Tx } from '../platform/db/postgres.ts'
import { memberName, type Query } from '../query/index.ts'
import { type Compiled, type Part, partsOf } from './compiled.ts'
import { type Difference, difference } from './diff.ts'
import { findMembers, type PersonSet } from './membership-store.ts'
import type { Outbox } from './outbox.ts'

export interface Compared {
  readonly workspaceId: number
  /** By person the definitions that are asked; people with the same ones share a list. */
  readonly concerns: ReadonlyMap<number, readonly Compiled[]>
  /** Whose stored memberships are looked at, where it is not those people. */
  readonly holders?: PersonSet
  /** Milliseconds. */
  readonly now: number
  readonly timeZone: string
}

/** What the rules say, next to what is stored. The caller holds the workspace's lock. */
export type Compare = (tx: Tx, compared: Compared) => Promise<Difference>

/** Everyone is asked the same. */
export const sameConcerns = (people: readonly number[], compiled: readonly Compiled[]) =>
  new Map(people.map((person) => [person, compiled] as const))

/** Where the parts of some definitions stand, and what the definitions are called. */
function askOf(some: readonly Compiled[], parts: readonly Part[]): { places: number[]; names: Set<string> } {
  const wanted = new Set(some.flatMap((one) => one.parts))
  return {
    places: parts.flatMap((part, i) => (wanted.has(part) ? [i] : [])),
    names: new Set(some.map(({ definition }) => memberName(definition.kind, definition.key))),
  }
}

export function createCompare({ query, outbox }: { query: Query; outbox: Outbox }): Compare {
  return async (tx, { workspaceId, concerns, holders, now, timeZone }) => {
    const lists = new Set(concerns.values())
    const compiled = [...new Set([...lists].flat())]
    if (compiled.length === 0) return { enter: [], leave: [], due: new Map() }
    const people = [...concerns.keys()]
    const parts = partsOf(compiled)
    const asks = new Map([...lists].map((some) => [some, askOf(some, parts)]))
    const askedOf = (person: number) => asks.get(concerns.get(person) ?? [])
    // Stored memberships that rules read are read in ClickHouse.
    if (compiled.some((one) => one.mentions.members.size > 0)) await outbox.flushAll()
    const answers = await query.evaluate({
      ...{ workspaceId, people, now, timeZone },
      rules: parts.map((part) => part.rule),
      asked: new Map(people.map((person) => [person, askedOf(person)?.places ?? []])),
    })
    const names = compiled.map(({ definition: { kind, key } }) => ({ kind, key }))
    const held = await findMembers(tx, workspaceId, names, holders ?? people)
    return difference({
      parts,
      answers,
      // Whoever is in and was not asked of anything lives no more.
      members: held.filter(({ kind, key, personId }) => askedOf(personId)?.names.has(memberName(kind, key)) ?? true),
    })
  }
}
