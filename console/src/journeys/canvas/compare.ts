import type { JourneyDefinition, JourneyNode } from '@chaoxi/contract'

export interface JourneyDifference {
  readonly added: readonly JourneyNode[]
  readonly removed: readonly JourneyNode[]
  readonly changed: readonly JourneyNode[]
  /** Trigger, entry, exits, goal or re-entry differ, or the first step. */
  readonly settings: boolean
}

/** What publishing would change. Where a card stands on the canvas does not count. */
export function compareJourneys(draft: JourneyDefinition, live: JourneyDefinition): JourneyDifference {
  const before = new Map(live.nodes.map((node) => [node.id, node]))
  const after = new Set(draft.nodes.map((node) => node.id))
  const settings = ({ nodes: _, ...rest }: JourneyDefinition) => canonical(rest)
  return {
    added: draft.nodes.filter((node) => !before.has(node.id)),
    removed: live.nodes.filter((node) => !after.has(node.id)),
    changed: draft.nodes.filter((node) => {
      const old = before.get(node.id)
      return old !== undefined && canonical(withoutPlace(old)) !== canonical(withoutPlace(node))
    }),
    settings: settings(draft) !== settings(live),
  }
}

export function isDifferent(difference: JourneyDifference): boolean {
  return difference.settings || difference.added.length + difference.removed.length + difference.changed.length > 0
}

const withoutPlace = ({ place: _, ...node }: JourneyNode): object => node

/** JSON with keys in order: stores give objects back in an order of their own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
