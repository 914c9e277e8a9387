import type { ExitField, JourneyDefinition, JourneyNode, NodeKind } from '@chaoxi/contract'
import { nodeExits, waysMax } from '@chaoxi/contract'
import {
  evenly,
  hasWays,
  leading,
  mainExit,
  type NodePatch,
  type NodeWithWays,
  newNode,
  patched,
  type UntilPatch,
  waysMin,
  withoutWay,
  withWay,
  withWayMoved,
} from './node-edits.ts'

/**
 * Edits of a journey's graph as one pure reducer. It keeps the graph whole: every way out leads to a node that exists,
 * and what an edit cuts off goes with it. What the graph means is checked by `journeyProblems` of the contract.
 */
/** A way out of a node; `null` is the journey's entrance, which leads to `start`. */
export interface EdgeRef {
  readonly from: string | null
  readonly field: ExitField
}
export type GraphAction =
  | { readonly type: 'insert'; readonly edge: EdgeRef; readonly kind: NodeKind }
  | { readonly type: 'patch'; readonly id: string; readonly patch: NodePatch }
  /** What a wait ends at: a date brings a way out for those who have none, anything else takes it away. */
  | { readonly type: 'until'; readonly id: string; readonly until: UntilPatch }
  | { readonly type: 'way_add'; readonly id: string }
  | { readonly type: 'way_remove'; readonly id: string; readonly index: number }
  | { readonly type: 'way_move'; readonly id: string; readonly index: number; readonly by: -1 | 1 }
  | { readonly type: 'even'; readonly id: string }
  | { readonly type: 'connect'; readonly edge: EdgeRef; readonly to: string }
  | { readonly type: 'remove'; readonly id: string }
  | { readonly type: 'duplicate'; readonly id: string }
  | { readonly type: 'place'; readonly id: string; readonly x: number; readonly y: number }
  | { readonly type: 'tidy' }
  | { readonly type: 'settings'; readonly patch: Partial<Omit<JourneyDefinition, 'nodes' | 'start'>> }
  | { readonly type: 'replace'; readonly definition: JourneyDefinition }

export function graphReducer(definition: JourneyDefinition, action: GraphAction): JourneyDefinition {
  switch (action.type) {
    case 'insert':
      return insert(definition, action.edge, action.kind)
    case 'patch':
      return patchNode(definition, action.id, action.patch)
    case 'until':
      return setUntil(definition, action.id, action.until)
    case 'way_add':
      return addWay(definition, action.id)
    case 'way_remove':
      return removeWay(definition, action.id, action.index)
    case 'way_move':
      return mapWays(definition, action.id, (node) => withWayMoved(node, action.index, action.by))
    case 'even':
      return mapNode(definition, action.id, evenly)
    case 'connect':
      return hasNode(definition, action.to) ? pruned(definition, lead(definition, action.edge, action.to)) : definition
    case 'remove':
      return remove(definition, action.id)
    case 'duplicate':
      return duplicate(definition, action.id)
    case 'place':
      return mapNode(definition, action.id, (node) => ({ ...node, place: { x: Math.round(action.x), y: Math.round(action.y) } }))
    case 'tidy':
      return { ...definition, nodes: definition.nodes.map(({ place: _, ...node }) => node) }
    case 'settings':
      return { ...definition, ...action.patch }
    case 'replace':
      return action.definition
  }
}

/** A journey that starts on an event and ends at once: the empty canvas. */
export function blankJourney(event = 'Signed Up'): JourneyDefinition {
  return {
    trigger: { kind: 'event', event, filters: [] },
    reentry: 'never',
    exits: [],
    goal: { event: 'Order Paid', window: { amount: 3, unit: 'day' } },
    start: 'end',
    nodes: [{ id: 'end', kind: 'exit', name: '', result: '' }],
  }
}

/** The node that an insertion or a copy brings, before it is done: the one to look at afterwards. */
export function addedBy(definition: JourneyDefinition, action: GraphAction): string | null {
  if (action.type !== 'insert' && action.type !== 'duplicate') return null
  const next = graphReducer(definition, action)
  return next.nodes.find((node) => !hasNode(definition, node.id))?.id ?? null
}

/** An exit may only go once no path ends there any more, and the last node never. */
export function canRemove(definition: JourneyDefinition, id: string): boolean {
  const node = nodeOf(definition, id)
  if (node === undefined || definition.nodes.length === 1) return false
  if (node.kind === 'exit') return definition.start !== id && edgesTo(definition, id).length === 0
  return true
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

export function reachable(definition: JourneyDefinition): Set<string> {
  const found = new Set<string>()
  const open = [definition.start]
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

/** When they are new. */
const oneWay: readonly NodeKind[] = ['send', 'wait', 'wait_until', 'set_tag', 'set_attribute', 'stop_journey']

/**
 * The new node stands on the edge: it leads where the edge led. The second way out of a branch gets an exit of its own,
 * so that nothing merges by accident. An exit put on an edge ends the path there; what only that path reached goes.
 */
function insert(definition: JourneyDefinition, edge: EdgeRef, kind: NodeKind): JourneyDefinition {
  const to = target(definition, edge)
  if (to === undefined) return definition
  const id = freshId(definition, kind)
  const inserted = (other: string) => lead(withNode(definition, newNode(id, kind, to, other)), edge, id)
  if (kind === 'exit') return pruned(definition, inserted(to))
  if (oneWay.includes(kind)) return inserted(to)
  return withFreshExit(definition, inserted)
}

/** The edit, with an exit for what it leads there. */
function withFreshExit(definition: JourneyDefinition, edit: (exit: string) => JourneyDefinition): JourneyDefinition {
  const exit = freshId(definition, 'exit')
  return withNode(edit(exit), newNode(exit, 'exit', '', ''))
}

function addWay(definition: JourneyDefinition, id: string): JourneyDefinition {
  const node = nodeOf(definition, id)
  if (node === undefined || !hasWays(node) || node.ways.length >= waysMax) return definition
  return withFreshExit(definition, (exit) => mapNode(definition, id, () => withWay(node, exit)))
}

function removeWay(definition: JourneyDefinition, id: string, index: number): JourneyDefinition {
  const node = nodeOf(definition, id)
  if (node === undefined || !hasWays(node) || node.ways.length <= waysMin(node)) return definition
  return pruned(
    definition,
    mapNode(definition, id, () => withoutWay(node, index)),
  )
}

/** Whoever becomes the control group gets nothing: the way ends. */
function patchNode(definition: JourneyDefinition, id: string, patch: NodePatch): JourneyDefinition {
  const after = mapNode(definition, id, (node) => patched(node, patch))
  const index = patch.ways?.findIndex((way) => way.control === true) ?? -1
  if (index < 0) return after
  const edge: EdgeRef = { from: id, field: `ways.${index}.next` }
  const to = target(after, edge)
  if (to === undefined || nodeOf(after, to)?.kind === 'exit') return after
  return pruned(
    definition,
    withFreshExit(after, (exit) => lead(after, edge, exit)),
  )
}

function setUntil(definition: JourneyDefinition, id: string, until: UntilPatch): JourneyDefinition {
  const node = nodeOf(definition, id)
  if (node?.kind !== 'wait_until') return definition
  if (until.kind !== 'date')
    return pruned(
      definition,
      mapNode(definition, id, () => ({ ...node, until })),
    )
  const dated = (otherwise: string) => mapNode(definition, id, () => ({ ...node, until: { ...until, otherwise } }))
  return node.until.kind === 'date' ? dated(node.until.otherwise) : withFreshExit(definition, dated)
}

function remove(definition: JourneyDefinition, id: string): JourneyDefinition {
  const node = nodeOf(definition, id)
  if (node === undefined || !canRemove(definition, id)) return definition
  const removed = (to: string) => {
    const rewired = edgesTo(definition, id).reduce((graph, edge) => lead(graph, edge, to), definition)
    return { ...rewired, nodes: rewired.nodes.filter((other) => other.id !== id) }
  }
  const onward = successor(node)
  // A node that leads only to itself has nowhere to send people on to: they end.
  return pruned(definition, onward === undefined ? withFreshExit(definition, removed) : removed(onward))
}

/** Where customers go on when a node is taken away. */
function successor(node: JourneyNode): string | undefined {
  return nodeExits(node).find((exit) => exit.to !== node.id)?.to
}

function duplicate(definition: JourneyDefinition, id: string): JourneyDefinition {
  const node = nodeOf(definition, id)
  if (node === undefined || node.kind === 'exit') return definition
  const copy = { ...node, id: freshId(definition, node.kind), place: undefined }
  return lead(withNode(definition, copy), { from: id, field: mainExit(node) ?? 'next' }, copy.id)
}

function lead(definition: JourneyDefinition, edge: EdgeRef, to: string): JourneyDefinition {
  if (edge.from === null) return { ...definition, start: to }
  return mapNode(definition, edge.from, (node) => leading(node, edge.field, to))
}

/** Drops the nodes that this edit cut off; those that were loose before stay, so that nothing vanishes unasked. */
function pruned(before: JourneyDefinition, after: JourneyDefinition): JourneyDefinition {
  const was = reachable(before)
  const is = reachable(after)
  return { ...after, nodes: after.nodes.filter((node) => is.has(node.id) || (!was.has(node.id) && nodeOf(before, node.id) !== undefined)) }
}

function freshId(definition: JourneyDefinition, kind: NodeKind): string {
  for (let n = 1; ; n += 1) if (!hasNode(definition, `${kind}_${n}`)) return `${kind}_${n}`
}

const withNode = (definition: JourneyDefinition, node: JourneyNode): JourneyDefinition => ({
  ...definition,
  nodes: [...definition.nodes, node],
})
const hasNode = (definition: JourneyDefinition, id: string): boolean => nodeOf(definition, id) !== undefined
const mapNode = (definition: JourneyDefinition, id: string, edit: (node: JourneyNode) => JourneyNode): JourneyDefinition => ({
  ...definition,
  nodes: definition.nodes.map((node) => (node.id === id ? edit(node) : node)),
})
const mapWays = (definition: JourneyDefinition, id: string, edit: (node: NodeWithWays) => NodeWithWays): JourneyDefinition =>
  mapNode(definition, id, (node) => (hasWays(node) ? edit(node) : node))
