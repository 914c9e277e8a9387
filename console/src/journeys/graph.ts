import type { Duration, EventMatch, JourneyDefinition, JourneyNode, NodeKind, Rule } from '@chaoxi/contract'
import { nodeExits } from '@chaoxi/contract'

/**
 * Edits of a journey's graph as one pure reducer. It keeps the graph whole: every way out leads to a node that exists,
 * and what an edit cuts off goes with it. What the graph means is checked by `journeyProblems` of the contract.
 */
export type ExitField = 'next' | 'onTimeout' | 'otherwise'
/** A way out of a node; `null` is the journey's entrance, which leads to `start`. */
export interface EdgeRef {
  readonly from: string | null
  readonly field: ExitField
}
export type NodePatch = Partial<{
  name: string
  channel: 'sms' | 'popup'
  template: string
  purpose: 'marketing' | 'transactional'
  unless: EventMatch[]
  duration: Duration
  match: EventMatch
  timeout: Duration
  rule: Rule
  result: string
}>
export type GraphAction =
  | { readonly type: 'insert'; readonly edge: EdgeRef; readonly kind: NodeKind }
  | { readonly type: 'patch'; readonly id: string; readonly patch: NodePatch }
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
      return mapNode(definition, action.id, (node) => patched(node, action.patch))
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

/**
 * The new node stands on the edge: it leads where the edge led. The second way out of a branch gets an exit of its own,
 * so that nothing merges by accident. An exit put on an edge ends the path there; what only that path reached goes.
 */
function insert(definition: JourneyDefinition, edge: EdgeRef, kind: NodeKind): JourneyDefinition {
  const to = target(definition, edge)
  if (to === undefined) return definition
  const id = freshId(definition, kind)
  if (kind === 'exit') {
    const withExit = { ...definition, nodes: [...definition.nodes, newNode(id, kind, to, to)] }
    return pruned(definition, lead(withExit, edge, id))
  }
  if (kind === 'send' || kind === 'wait') {
    return lead({ ...definition, nodes: [...definition.nodes, newNode(id, kind, to, to)] }, edge, id)
  }
  const end = freshId(definition, 'exit')
  const nodes = [...definition.nodes, newNode(id, kind, to, end), newNode(end, 'exit', '', '')]
  return lead({ ...definition, nodes }, edge, id)
}

function newNode(id: string, kind: NodeKind, next: string, other: string): JourneyNode {
  switch (kind) {
    case 'send':
      return { id, kind, name: '', channel: 'sms', template: '', purpose: 'marketing', next }
    case 'wait':
      return { id, kind, name: '', duration: { amount: 1, unit: 'hour' }, next }
    case 'wait_event':
      return {
        id,
        kind,
        name: '',
        match: { event: 'Order Paid', filters: [] },
        timeout: { amount: 1, unit: 'day' },
        next,
        onTimeout: other,
      }
    case 'condition':
      return { id, kind, name: '', rule: { kind: 'all', rules: [] }, next, otherwise: other }
    case 'exit':
      return { id, kind, name: '', result: '' }
  }
}

/** Takes fields of the patch that this kind of node has; the others are left alone. */
function patched(node: JourneyNode, patch: NodePatch): JourneyNode {
  const name = patch.name ?? node.name
  switch (node.kind) {
    case 'send': {
      const { unless: before, ...rest } = node
      const unless = patch.unless ?? before ?? []
      return {
        ...rest,
        ...(unless.length > 0 ? { unless } : {}),
        name,
        channel: patch.channel ?? node.channel,
        template: patch.template ?? node.template,
        purpose: patch.purpose ?? node.purpose,
      }
    }
    case 'wait':
      return { ...node, name, duration: patch.duration ?? node.duration }
    case 'wait_event':
      return { ...node, name, match: patch.match ?? node.match, timeout: patch.timeout ?? node.timeout }
    case 'condition':
      return { ...node, name, rule: patch.rule ?? node.rule }
    case 'exit':
      return { ...node, name, result: patch.result ?? node.result }
  }
}

function remove(definition: JourneyDefinition, id: string): JourneyDefinition {
  const node = nodeOf(definition, id)
  if (node === undefined || !canRemove(definition, id)) return definition
  // A node that leads only to itself has nowhere to send people on to: they end.
  const onward = successor(node)
  const to = onward ?? freshId(definition, 'exit')
  const whole = onward === undefined ? { ...definition, nodes: [...definition.nodes, newNode(to, 'exit', '', '')] } : definition
  const rewired = edgesTo(definition, id).reduce((graph, edge) => lead(graph, edge, to), whole)
  return pruned(definition, { ...rewired, nodes: rewired.nodes.filter((other) => other.id !== id) })
}

/** Where customers go on when a node is taken away. */
function successor(node: JourneyNode): string | undefined {
  return nodeExits(node).find((exit) => exit.to !== node.id)?.to
}

function duplicate(definition: JourneyDefinition, id: string): JourneyDefinition {
  const node = nodeOf(definition, id)
  if (node === undefined || node.kind === 'exit') return definition
  const copy = { ...node, id: freshId(definition, node.kind), place: undefined }
  return lead({ ...definition, nodes: [...definition.nodes, copy] }, { from: id, field: 'next' }, copy.id)
}

function lead(definition: JourneyDefinition, edge: EdgeRef, to: string): JourneyDefinition {
  if (edge.from === null) return { ...definition, start: to }
  return mapNode(definition, edge.from, (node) => {
    if (node.kind === 'exit') return node
    if (edge.field === 'next') return { ...node, next: to }
    if (edge.field === 'onTimeout' && node.kind === 'wait_event') return { ...node, onTimeout: to }
    if (edge.field === 'otherwise' && node.kind === 'condition') return { ...node, otherwise: to }
    return node
  })
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

const hasNode = (definition: JourneyDefinition, id: string): boolean => nodeOf(definition, id) !== undefined
const mapNode = (definition: JourneyDefinition, id: string, edit: (node: JourneyNode) => JourneyNode): JourneyDefinition => ({
  ...definition,
  nodes: definition.nodes.map((node) => (node.id === id ? edit(node) : node)),
})
