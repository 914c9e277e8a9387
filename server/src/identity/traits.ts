/** A person's attributes with the instant (ms) at which each was last said. */
export interface Attributes {
  readonly values: Readonly<Record<string, unknown>>
  readonly times: Readonly<Record<string, number>>
}

/** More would make every profile row heavy; the rest of a statement is refused by the intake. */
export const attributesMax = 500

/**
 * What a person's attributes become when traits are said at `at`: newer statements win, a late one fills only what
 * nothing newer has said, null takes an attribute away.
 */
export function applyTraits(current: Attributes, traits: Readonly<Record<string, unknown>>, at: number): Attributes {
  const values = { ...current.values }
  const times = { ...current.times }
  for (const [name, value] of Object.entries(traits)) {
    if ((times[name] ?? Number.NEGATIVE_INFINITY) > at) continue
    times[name] = at
    if (value === null || value === undefined) delete values[name]
    else values[name] = value
  }
  return { values, times }
}

/** What the person that remains knows after a merge: for each attribute the newer statement of the two. */
export function mergeAttributes(into: Attributes, from: Attributes): Attributes {
  const values = { ...into.values }
  const times = { ...into.times }
  for (const [name, at] of Object.entries(from.times)) {
    if ((times[name] ?? Number.NEGATIVE_INFINITY) >= at) continue
    times[name] = at
    if (name in from.values) values[name] = from.values[name]
    else delete values[name]
  }
  return { values, times }
}
