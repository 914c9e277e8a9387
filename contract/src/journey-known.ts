import type { Problem } from './errors.ts'
import { type JourneyDefinition, type JourneyNode, nodeExits } from './journey.ts'
import { type AnswerType, answerProperty } from './journey-webhook.ts'

// What a run has come to know on its way, by the names under which later nodes ask for it.

export interface Known {
  /** `webhook.<node>.<name>` */
  readonly property: string
  readonly nodeId: string
  readonly type: AnswerType
}

/** What whoever passes the node may know from then on. */
export const knownBy = (node: JourneyNode): Known[] =>
  node.kind === 'webhook' ? node.answers.map(({ name, type }) => ({ property: answerProperty(node.id, name), nodeId: node.id, type })) : []

/** What may be known to whoever comes to the node. */
export function knownAt({ nodes }: Pick<JourneyDefinition, 'nodes'>, nodeId: string): Known[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  return nodes.flatMap((giver) => {
    const known = knownBy(giver)
    if (known.length === 0) return []
    const reached = new Set(nodeExits(giver).map(({ to }) => to))
    for (const id of reached) for (const { to } of exitsOf(byId.get(id))) reached.add(to)
    return reached.has(nodeId) ? known : []
  })
}

const exitsOf = (node: JourneyNode | undefined) => (node === undefined ? [] : nodeExits(node))

/** What the node asks of that, each with its place in the node. */
export function knownAsked(node: JourneyNode): { path: string; property: string }[] {
  const filters = (some: readonly { property: string }[] | undefined, path: string) =>
    (some ?? []).map(({ property }, i) => ({ path: `${path}.${i}.property`, property }))
  const values = (some: readonly { value: { kind: string; property?: string } }[], path: string) =>
    some.flatMap(({ value }, i) => (value.kind === 'run' ? [{ path: `${path}.${i}.value.property`, property: value.property ?? '' }] : []))
  switch (node.kind) {
    case 'condition':
      return filters(node.runFilters, 'runFilters')
    case 'branch':
      return node.ways.flatMap((way, i) => filters(way.runFilters, `ways.${i}.runFilters`))
    case 'set_attribute':
      return node.value.kind === 'run' ? [{ path: 'value.property', property: node.value.property }] : []
    case 'start_journey':
      return values(node.properties, 'properties')
    case 'webhook':
      return values(node.body, 'body')
    default:
      return []
  }
}

/** What stands against asking for `property` at the node; null: it may be known there. */
export function unknownAt(definition: Pick<JourneyDefinition, 'nodes'>, nodeId: string, property: string): string | null {
  // Which one is not chosen yet.
  if (property === '' || knownAt(definition, nodeId).some((known) => known.property === property)) return null
  if (definition.nodes.some((node) => knownBy(node).some((known) => known.property === property)))
    return `"${property}" is only known after its webhook node, which no way leads from to here; put that node before this one`
  return `no webhook node keeps "${property}"; choose one of the answers that are kept, or keep this one there`
}

export function knownProblems(definition: Pick<JourneyDefinition, 'nodes'>): Problem[] {
  return definition.nodes.flatMap((node, i) =>
    knownAsked(node).flatMap(({ path, property }) => {
      const message = unknownAt(definition, node.id, property)
      return message === null ? [] : [{ path: `nodes.${i}.${path}`, message }]
    }),
  )
}
