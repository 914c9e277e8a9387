import type { Dictionary } from './dictionary.ts'

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

/** The same of many people, in columns. */
export interface Facts {
  /** Their numbers; everything below goes by the place here. */
  readonly people: readonly number[]
  readonly attributes: ReadonlyMap<string, Column>
  readonly events: ReadonlyMap<string, EventColumns>
  /** By `memberName` and value: 1 for those who hold it. */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>
}

/** One property of people or of events. */
export interface Column {
  readonly codes: Uint32Array
  readonly dictionary: Dictionary
}

/** The events of one name: those of person `i` from `starts[i]` to `starts[i + 1]`, oldest first. */
export interface EventColumns {
  /** The people who have any. */
  readonly owners: Uint32Array
  /** The newest event of each owner: whoever has none in a window needs not be looked at. */
  readonly lasts: Float64Array
  readonly starts: Uint32Array
  readonly times: Float64Array
  readonly properties: ReadonlyMap<string, Column>
}

/** The column that a rule reads: whoever reads facts has asked for it (`needs.ts`). */
export function columnIn(columns: ReadonlyMap<string, Column>, name: string): Column {
  const column = columns.get(name)
  if (column === undefined) throw new Error(`nobody asked for the property ${name}`)
  return column
}

/** Of ascending numbers the place of the first that is not less. */
export function placeFrom(ascending: Uint32Array, least: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}
