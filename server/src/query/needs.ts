import type { RuleFilter } from '@chaoxi/contract'
import { type Leaf, sequenceMatches, windowOf } from './resolved.ts'
import { dateSpan, type Moment } from './window.ts'

/** What leaves read of a person. */
export interface Needs {
  readonly events: ReadonlyMap<string, EventNeed>
  readonly attributes: boolean
  readonly members: readonly Extract<Leaf, { kind: 'member' }>[]
}

export interface EventNeed {
  /** Events up to this (ms) tell nothing; null: all do. */
  readonly after: number | null
  readonly properties: boolean
}

interface Read {
  readonly event: string
  readonly filters: readonly RuleFilter[]
  readonly properties: boolean
}

/** The events that a leaf reads, with the filters that read their properties, and whether something else does. */
export function readsOf(leaf: Leaf): Read[] {
  switch (leaf.kind) {
    case 'event':
      return [{ ...leaf, properties: 'property' in leaf.measure }]
    case 'occurrence':
      return [{ ...leaf, properties: leaf.where.length > 0 }]
    case 'sequence':
      return sequenceMatches(leaf).map((match) => ({ ...match, properties: match.link !== undefined }))
    default:
      return []
  }
}

/** What lies before a window tells nothing, except when it begins with a person's own date. */
function afterOf(leaf: Leaf, moment: Moment): number | null {
  const window = windowOf(leaf)
  return window === null || window.kind === 'ever' || window.kind === 'since' ? null : dateSpan(window, moment).after
}

export function needsOf(leaves: readonly Leaf[], moment: Moment): Needs {
  const events = new Map<string, EventNeed>()
  for (const leaf of leaves) {
    const after = afterOf(leaf, moment)
    for (const { event, filters, properties } of readsOf(leaf)) {
      const known = events.get(event)
      events.set(event, {
        after: known === undefined ? after : known.after === null || after === null ? null : Math.min(known.after, after),
        properties: properties || filters.length > 0 || known?.properties === true,
      })
    }
  }
  return {
    events,
    attributes: leaves.some((leaf) => leaf.kind === 'attribute' || windowOf(leaf)?.kind === 'since'),
    members: leaves.filter((leaf) => leaf.kind === 'member'),
  }
}
