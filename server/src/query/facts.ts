/** What one rule may ask about one person. */
export interface PersonFacts {
  readonly personId: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly FactEvent[]
  /** Keys of the stored tags (not those that follow from a rule) with the values held; of a tag without values the text ''. */
  readonly tags: ReadonlyMap<string, ReadonlySet<string>>
  /** Keys of the stored segments. */
  readonly segments: ReadonlySet<string>
}

export interface FactEvent {
  readonly event: string
  /** Milliseconds since 1970 UTC. */
  readonly time: number
  readonly properties: Readonly<Record<string, unknown>>
}

/** The same, with the events by name and oldest first, as conditions read them. */
export interface PersonHistory extends Omit<PersonFacts, 'events'> {
  readonly events: ReadonlyMap<string, readonly FactEvent[]>
}

/** Somebody of whom nothing is known. */
export const nobody: PersonHistory = { personId: 0, attributes: {}, events: new Map(), tags: new Map(), segments: new Set() }

export function historyOf(facts: PersonFacts): PersonHistory {
  return { ...facts, events: byName(facts.events) }
}

export function byName(events: readonly FactEvent[]): Map<string, FactEvent[]> {
  const groups = Map.groupBy(events, (event) => event.event)
  for (const group of groups.values()) group.sort((a, b) => a.time - b.time)
  return groups
}
