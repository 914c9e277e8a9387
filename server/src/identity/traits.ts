/** A person's attributes with the instant (ms) at which each was last said, and the id of the message that said it. */
export interface Attributes {
  readonly values: Readonly<Record<string, unknown>>
  readonly times: Readonly<Record<string, number>>
  readonly sources: Readonly<Record<string, string>>
}

export const noAttributes: Attributes = { values: {}, times: {}, sources: {} }

/** Which message says it, and when (ms). */
export interface Said {
  readonly at: number
  readonly messageId: string
}

/** More would make every profile row heavy; the rest of a statement is refused by the intake. */
export const attributesMax = 500

/**
 * What a person's attributes become when traits are said: newer statements win, a late one fills only what
 * nothing newer has said, null takes an attribute away.
 */
export function applyTraits(current: Attributes, traits: Readonly<Record<string, unknown>>, said: Said): Attributes {
  const { at, messageId } = said
  const values = { ...current.values }
  const times = { ...current.times }
  const sources = { ...current.sources }
  for (const [name, value] of Object.entries(traits)) {
    if ((times[name] ?? Number.NEGATIVE_INFINITY) > at) continue
    times[name] = at
    sources[name] = messageId
    if (value === null || value === undefined) delete values[name]
    else values[name] = value
  }
  return { values, times, sources }
}

/** How an identify changes attributes: Segment knows `set`; the others are Sensors' (profile_set_once …). */
export const traitOperations = ['set', 'set_once', 'increment', 'append', 'unset', 'delete'] as const
export type TraitOperation = (typeof traitOperations)[number]

/** What one message says of a person's attributes. */
export interface Saying {
  readonly operation: TraitOperation
  readonly traits: Readonly<Record<string, unknown>>
}

/** The longest list that appending makes; the oldest entries go. */
const listMax = 1_000

/** What attributes become by a saying. Only `increment` gives something else when it comes twice. */
export function applySaying(current: Attributes, { operation, traits }: Saying, said: Said): Attributes {
  const names = Object.keys(traits)
  const known = (name: string) => Object.hasOwn(current.values, name)
  switch (operation) {
    case 'set':
      return applyTraits(current, traits, said)
    case 'set_once':
      return applyTraits(current, Object.fromEntries(names.filter((name) => !known(name)).map((name) => [name, traits[name]])), said)
    case 'unset':
      return applyTraits(current, Object.fromEntries(names.map((name) => [name, null])), said)
    case 'delete':
      return applyTraits(current, Object.fromEntries(Object.keys(current.values).map((name) => [name, null])), said)
    case 'increment':
      return changed(current, traits, said, (old, by) => (typeof by === 'number' ? (typeof old === 'number' ? old : 0) + by : old))
    case 'append':
      return changed(current, traits, said, (old, more) => {
        const list = Array.isArray(old) ? old : old === undefined ? [] : [old]
        return [...new Set([...list, ...(Array.isArray(more) ? more : [more])])].slice(-listMax)
      })
  }
}

/** A late sum or list entry counts as much as an early one, so what was said since stays, and the newer time. */
function changed(
  current: Attributes,
  traits: Readonly<Record<string, unknown>>,
  { at, messageId }: Said,
  change: (old: unknown, said: unknown) => unknown,
): Attributes {
  const values = { ...current.values }
  const times = { ...current.times }
  const sources = { ...current.sources }
  for (const [name, value] of Object.entries(traits)) {
    values[name] = change(values[name], value)
    times[name] = Math.max(times[name] ?? at, at)
    sources[name] = messageId
  }
  return { values, times, sources }
}

/** What the person that remains knows after a merge: for each attribute the newer statement of the two. */
export function mergeAttributes(into: Attributes, from: Attributes): Attributes {
  const values = { ...into.values }
  const times = { ...into.times }
  const sources = { ...into.sources }
  for (const [name, at] of Object.entries(from.times)) {
    if ((times[name] ?? Number.NEGATIVE_INFINITY) >= at) continue
    times[name] = at
    const source = from.sources[name]
    if (source !== undefined) sources[name] = source
    if (name in from.values) values[name] = from.values[name]
    else delete values[name]
  }
  return { values, times, sources }
}
