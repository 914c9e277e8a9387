import { compareJourneys, type JourneyDefinition, nodeExits, withoutPlaces } from '@chaoxi/contract'

/** What became of a step or of a way from one version to the other. */
export type Mark = 'added' | 'removed' | 'changed'

export interface MergedJourney {
  /** The later one, with the steps besides that only the earlier one has. */
  readonly definition: JourneyDefinition
  /** By step. */
  readonly marks: ReadonlyMap<string, Mark>
  /** By step and way, as `wayMark` names them. */
  readonly ways: ReadonlyMap<string, Mark>
}

export const wayMark = (from: string, field: string): string => `${from} ${field}`

/** Two versions in one drawing. A way that leads elsewhere now is drawn where it leads; where it led is told in words. */
export function mergedJourney(before: JourneyDefinition, after: JourneyDefinition): MergedJourney {
  const { added, removed, changed } = compareJourneys(after, before)
  const old = new Map(before.nodes.map((node) => [node.id, node]))
  const marks = new Map<string, Mark>([
    ...added.map(({ id }) => [id, 'added'] as const),
    ...removed.map(({ id }) => [id, 'removed'] as const),
    ...changed.map(({ id }) => [id, 'changed'] as const),
  ])
  const ways = new Map<string, Mark>()
  for (const node of [...added, ...removed])
    for (const { field } of nodeExits(node)) ways.set(wayMark(node.id, field), marks.get(node.id) ?? 'changed')
  for (const node of changed) {
    const led = new Map(nodeExits(old.get(node.id) ?? node).map(({ way, to }) => [way, to]))
    for (const { field, way, to } of nodeExits(node))
      if (led.get(way) !== to) ways.set(wayMark(node.id, field), led.has(way) ? 'changed' : 'added')
  }
  // With steps that are gone the layout finds places anew: their old ones may be taken.
  const definition = removed.length === 0 ? after : withoutPlaces({ ...after, nodes: [...after.nodes, ...removed] })
  return { definition, marks, ways }
}
