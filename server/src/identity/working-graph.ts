import type { Graph, Identifier } from './graph.ts'

export const keyOf = (one: Identifier) => `${one.kind}\n${one.value}`

/** Two people who were split, as numbers that they may since have left by merging. */
export type Separation = readonly [number, number]

/** The graph while a batch changes it: cached and loaded owners, overlaid with what the batch did. */
export class WorkingGraph implements Graph {
  readonly owners = new Map<string, { personId: number; origin: number }>()
  readonly withUser = new Set<number>()
  readonly redirects = new Map<number, number>()
  readonly separations: readonly Separation[]

  constructor(separations: readonly Separation[]) {
    this.separations = separations
  }
  final(personId: number): number {
    let at = personId
    for (let next = this.redirects.get(at); next !== undefined; next = this.redirects.get(at)) at = next
    return at
  }
  owner(identifier: Identifier): number | null {
    const found = this.owners.get(keyOf(identifier))
    return found === undefined ? null : this.final(found.personId)
  }
  /** The number under which events that come by the identifier are stored. */
  origin(identifier: Identifier): number | null {
    return this.owners.get(keyOf(identifier))?.origin ?? null
  }
  hasUser(personId: number): boolean {
    return this.withUser.has(this.final(personId))
  }
  separated(one: number, other: number): boolean {
    return this.separations.some(([a, b]) => {
      const [left, right] = [this.final(a), this.final(b)]
      return (left === one && right === other) || (left === other && right === one)
    })
  }
}
