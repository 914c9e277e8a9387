import type { ExitField, JourneyDefinition, JourneyNode, NodeKind } from '@chaoxi/contract'
import { nodeExits } from '@chaoxi/contract'
import { leading, newNode } from './node-edits.ts'

// What edits of a graph are made of.

/** A way out of a node; `null` is the journey's entrance, which leads to `start`. */
export interface EdgeRef {
  readonly from: string | null
  readonly field: ExitField
}

export const nodeOf = (definition: JourneyDefinition, id: string): JourneyNode | undefined =>
  definition.nodes.find((node) => node.id === id)

/** Every way into a node, the entrance included. */
export function edgesTo(definition: JourneyDefinition, id: string): EdgeRef[] {
  const edges: EdgeRef[] = definition.nodes.flatMap((node) =>
    nodeExits(node).flatMap((exit) => (exit.to === id ? [{ from: node.id, field: exit.field }] : [])),
  )
  return definition.start === id ? [{ from: null, field: 'next' }, ...edges] : edges
}

export function reachable(definition: JourneyDefinition, from: readonly string[] = [definition.start]): Set<string> {
  const found = new Set<string>()
  const open = [...from]
  while (open.length > 0) {
    const id = open.pop()
    const node = id === undefined ? undefined : nodeOf(definition, id)
    if (node === undefined || found.has(node.id)) continue
    found.add(node.id)
    open.push(...nodeExits(node).map((exit) => exit.to))
  }
  return found
}

/** The node a path goes to from this way out. */
export function target(definition: JourneyDefinition, edge: EdgeRef): string | undefined {
  if (edge.from === null) return definition.start
  const node = nodeOf(definition, edge.from)
  return node === undefined ? undefined : nodeExits(node).find((exit) => exit.field === edge.field)?.to
}

/** The edit, with an exit for what it leads there. */
export function withFreshExit(definition: JourneyDefinition, edit: (exit: string) => JourneyDefinition): JourneyDefinition {
  const exit = freshId(definition, 'exit')
  return withNode(edit(exit), newNode(exit, 'exit', '', ''))
}

export function lead(definition: JourneyDefinition, edge: EdgeRef, to: string): JourneyDefinition {
  if (edge.from === null) return { ...definition, start: to }
  return mapNode(definition, edge.from, (node) => leading(node, edge.field, to))
}

/** Drops the nodes that this edit cut off; those that were loose before stay with what they lead to, so that nothing vanishes unasked. */
export function pruned(before: JourneyDefinition, after: JourneyDefinition): JourneyDefinition {
  const was = reachable(before)
  const loose = after.nodes.flatMap(({ id }) => (hasNode(before, id) && !was.has(id) ? [id] : []))
  const is = reachable(after, [after.start, ...loose])
  return { ...after, nodes: after.nodes.filter((node) => is.has(node.id)) }
}

export function freshId(definition: JourneyDefinition, kind: NodeKind): string {
  for (let n = 1; ; n += 1) if (!hasNode(definition, `${kind}_${n}`)) return `${kind}_${n}`
}

export const withNode = (definition: JourneyDefinition, node: JourneyNode): JourneyDefinition => ({
  ...definition,
  nodes: [...definition.nodes, node],
})
export const hasNode = (definition: JourneyDefinition, id: string): boolean => nodeOf(definition, id) !== undefined
export const mapNode = (definition: JourneyDefinition, id: string, edit: (node: JourneyNode) => JourneyNode): JourneyDefinition => ({
  ...definition,
  nodes: definition.nodes.map((node) => (node.id === id ? edit(node) : node)),
})
