/** What one rule may ask about one person, for answers without a database. */
export interface PersonFacts {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly FactEvent[]
  /** Keys of the static tags and segments that the person is in. */
  readonly staticTags: ReadonlySet<string>
  readonly staticSegments: ReadonlySet<string>
}

export interface FactEvent {
  readonly event: string
  /** Milliseconds since 1970 UTC. */
  readonly time: number
  readonly properties: Readonly<Record<string, unknown>>
}

/** Someone of whom nothing is known yet: rules that hold for them hold for every newcomer. */
export const nobody: PersonFacts = { attributes: {}, events: [], staticTags: new Set(), staticSegments: new Set() }
