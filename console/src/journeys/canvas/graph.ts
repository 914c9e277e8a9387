import type { JourneyDefinition, JourneyNode, NodeKind } from '@chaoxi/contract'
import { nodeExits } from '@chaoxi/contract'
import { type EdgeRef, edgesTo, freshId, hasNode, lead, mapNode, nodeOf, pruned, target, withFreshExit, withNode } from './graph-basics.ts'
import { type JourneyPart, pasted, withoutNodes } from './graph-selection.ts'
import {
  evenly,
  hasWays,
  mainExit,
  type NodePatch,
  type NodeWithWays,
  newNode,
  patched,
  type UntilPatch,
  waysMin,
  waysMost,
  withoutWay,
  withWay,
  withWayMoved,
} from './node-edits.ts'
import { type NoteAction, withNotes } from './notes.ts'

/**
 * Edits of a journey's graph as one pure reducer. It keeps the graph whole: every way out leads to a node that exists,
 * and what an edit cuts off goes with it. What the graph means is checked by `journeyProblems` of the contract.
 */
interface Placed {
  readonly id: string
  readonly x: number
  readonly y: number
}
export type GraphAction =
  | { readonly type: 'insert'; readonly edge: EdgeRef; readonly kind: NodeKind }
  | { readonly type: 'patch'; readonly id: string; readonly patch: NodePatch }
  /** What a wait ends at: a date brings a way out for those who have none, anything else takes it away. */
  | { readonly type: 'until'; readonly id: string; readonly until: UntilPatch }
  /** Whether those who are held out have a way of their own, or leave. */
  | { readonly type: 'held'; readonly id: string; readonly own: boolean }
  | { readonly type: 'way_add'; readonly id: string }
  | { readonly type: 'way_remove'; readonly id: string; readonly index: number }
  | { readonly type: 'way_move'; readonly id: string; readonly index: number; readonly by: -1 | 1 }
  | { readonly type: 'even'; readonly id: string }
  | { readonly type: 'connect'; readonly edge: EdgeRef; readonly to: string }
  | { readonly type: 'remove'; readonly id: string }
  | { readonly type: 'duplicate'; readonly id: string }
  /** Nodes and notes put somewhere by hand, together. */
  | { readonly type: 'place'; readonly nodes: readonly Placed[]; readonly notes?: readonly Placed[] }
  | { readonly type: 'remove_all'; readonly ids: readonly string[] }
  /** `edge`: the way that the part is put on; without one it stands loose. `own`: it was taken from this journey. */
  | { readonly type: 'paste'; readonly part: JourneyPart; readonly edge: EdgeRef | null; readonly own: boolean }
  | NoteAction
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
    case 'held':
      return setHeld(definition, action.id, action.own)
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
      return placed(definition, action.nodes, action.notes ?? [])
    case 'remove_all':
      return withoutNodes(definition, action.ids)
    case 'paste':
      return pasted(definition, action.part, action)
    case 'note_add':
    case 'note_write':
    case 'note_remove':
      return withNotes(definition, action)
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

/** The nodes that an insertion or a copy brings, before it is done: those to look at afterwards. */
export function addedBy(definition: JourneyDefinition, action: GraphAction): string[] {
  if (action.type !== 'insert' && action.type !== 'duplicate' && action.type !== 'paste') return []
  const fresh = graphReducer(definition, action).nodes.filter((node) => !hasNode(definition, node.id))
  // A fresh exit is where ways end that had no better place; what was asked for stands before it.
  return fresh.slice(0, action.type === 'paste' ? action.part.nodes.length : 1).map((node) => node.id)
}

function placed(definition: JourneyDefinition, nodes: readonly Placed[], notes: readonly Placed[]): JourneyDefinition {
  const [at, noteAt] = [placesOf(nodes), placesOf(notes)]
  return {
    ...definition,
    nodes: definition.nodes.map((node) => ({ ...node, ...at(node.id) })),
    ...(definition.notes === undefined ? {} : { notes: definition.notes.map((note) => ({ ...note, ...noteAt(note.id) })) }),
  }
}

function placesOf(placed: readonly Placed[]) {
  const places = new Map(placed.map(({ id, x, y }) => [id, { place: { x: Math.round(x), y: Math.round(y) } }]))
  return (id: string) => places.get(id) ?? {}
}

/** An exit may only go once no path ends there any more, and the last node never. */
export function canRemove(definition: JourneyDefinition, id: string): boolean {
  const node = nodeOf(definition, id)
  if (node === undefined || definition.nodes.length === 1) return false
  if (node.kind === 'exit') return definition.start !== id && edgesTo(definition, id).length === 0
  return true
}

/** When they are new. */
const oneWay: readonly NodeKind[] = ['send', 'wait', 'wait_until', 'set_tag', 'set_attribute', 'stop_journey', 'holdout']

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

function addWay(definition: JourneyDefinition, id: string): JourneyDefinition {
  const node = nodeOf(definition, id)
  if (node === undefined || !hasWays(node) || node.ways.length >= waysMost(node)) return definition
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

function setHeld(definition: JourneyDefinition, id: string, own: boolean): JourneyDefinition {
  const node = nodeOf(definition, id)
  if (node?.kind !== 'holdout' || (node.held !== undefined) === own) return definition
  if (own) return withFreshExit(definition, (held) => mapNode(definition, id, () => ({ ...node, held })))
  const { held: _, ...rest } = node
  return pruned(
    definition,
    mapNode(definition, id, () => rest),
  )
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

const mapWays = (definition: JourneyDefinition, id: string, edit: (node: NodeWithWays) => NodeWithWays): JourneyDefinition =>
  mapNode(definition, id, (node) => (hasWays(node) ? edit(node) : node))
