/** What one rule may ask about one person, for answers without a database. */
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
