import type { RuleFilter } from '@chaoxi/contract'
import { columnOf } from './property.ts'
import { type Leaf, sequenceMatches, windowOf } from './resolved.ts'
import { dateSpan, type Moment } from './window.ts'

/** What leaves read of a person. */
export interface Needs {
  readonly events: ReadonlyMap<string, EventNeed>
  /** Columns, as `columnOf` names them. */
  readonly attributes: ReadonlySet<string>
  readonly members: readonly Extract<Leaf, { kind: 'member' }>[]
}

export interface EventNeed {
  /** Events up to this (ms) tell nothing; null: all do. */
  readonly after: number | null
  readonly properties: ReadonlySet<string>
}

interface Read {
  readonly event: string
  readonly filters: readonly RuleFilter[]
  /** Whatever else is read of its properties. */
  readonly properties: readonly string[]
}

const filtered = (filters: readonly RuleFilter[]) => filters.map(columnOf)

/** The events that a leaf reads, with the filters and what else reads their properties. */
export function readsOf(leaf: Leaf): Read[] {
  switch (leaf.kind) {
    case 'event':
      return [{ ...leaf, properties: 'property' in leaf.measure ? [leaf.measure.property] : [] }]
    case 'occurrence':
      return [{ ...leaf, properties: filtered(leaf.where) }]
    case 'preference': {
      const { of, sum } = leaf
      return [{ ...leaf, properties: [...('property' in of ? [of.property] : []), ...(sum === undefined ? [] : [sum])] }]
    }
    case 'sequence':
      return sequenceMatches(leaf).map((match) => ({ ...match, properties: match.link === undefined ? [] : [match.link] }))
    default:
      return []
  }
}

/** What lies before a window tells nothing, except when it begins with a person's own date. */
function afterOf(leaf: Leaf, moment: Moment): number | null {
  const window = windowOf(leaf)
  return window === null || window.kind === 'ever' || window.kind === 'since' ? null : dateSpan(window, moment).after
}

function attributesOf(leaf: Leaf): string[] {
  if (leaf.kind === 'attribute') return [columnOf(leaf.filter)]
  const window = windowOf(leaf)
  return window?.kind === 'since' ? [window.attribute] : []
}

export function needsOf(leaves: readonly Leaf[], moment: Moment): Needs {
  const events = new Map<string, { after: number | null; properties: Set<string> }>()
  for (const leaf of leaves) {
    const after = afterOf(leaf, moment)
    for (const { event, filters, properties } of readsOf(leaf)) {
      const known = events.get(event) ?? { after, properties: new Set() }
      events.set(event, known)
      known.after = known.after === null || after === null ? null : Math.min(known.after, after)
      for (const property of [...filtered(filters), ...properties]) known.properties.add(property)
    }
  }
  return {
    events,
    attributes: new Set(leaves.flatMap(attributesOf)),
    members: leaves.filter((leaf) => leaf.kind === 'member'),
  }
}
