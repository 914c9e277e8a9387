import { type ExitField, type JourneyDefinition, type JourneyNode, nodeExits, nodeSchema, nodesMax } from '@chaoxi/contract'
import { type EdgeRef, edgesTo, freshId, lead, nodeOf, pruned, reachable, target, withFreshExit, withNode } from './graph-basics.ts'
import { mainExit, newNode } from './node-edits.ts'

// Several nodes at once: taken away, taken along, put somewhere.

const partKind = 'chaoxi-journey-part'
const partTextMax = 1_000_000

/** Nodes with their ways, to be put somewhere else; people come in at the first. Ways may lead out of it, to nodes of its journey. */
export interface JourneyPart {
  readonly nodes: readonly JourneyNode[]
}

/** The nodes in the order in which people come to them; null when there are none. */
export function partOf(definition: JourneyDefinition, ids: readonly string[]): JourneyPart | null {
  const order = [...reachable(definition), ...definition.nodes.map((node) => node.id)]
  const nodes = [...new Set(order)].flatMap((id) => {
    const node = ids.includes(id) ? nodeOf(definition, id) : undefined
    if (node === undefined) return []
    const { place: _, ...rest } = node
    return [rest]
  })
  // Where nobody comes to from within, people come in.
  const led = new Set(nodes.flatMap((node) => nodeExits(node).map(({ to }) => to)))
  const first = nodes.find(({ id }) => !led.has(id)) ?? nodes[0]
  return first === undefined ? null : { nodes: [first, ...nodes.filter((node) => node !== first)] }
}

/** As the clipboard keeps it, for other journeys and other windows; `from` is the journey that it was taken from. */
export const partText = (part: JourneyPart, from: string): string => JSON.stringify({ kind: partKind, from, nodes: part.nodes }, null, 2)

/** Null: the text is something else. */
export function partIn(text: string): (JourneyPart & { readonly from: string }) | null {
  if (text.length > partTextMax || !text.includes(partKind)) return null
  try {
    const { kind, from, nodes }: Readonly<Record<string, unknown>> = JSON.parse(text)
    const parsed = nodeSchema.array().min(1).max(nodesMax).safeParse(nodes)
    return kind === partKind && typeof from === 'string' && parsed.success ? { from, nodes: parsed.data } : null
  } catch {
    return null
  }
}

interface Where {
  readonly edge: EdgeRef | null
  readonly own: boolean
}

/**
 * A copy of the part with ids of its own. On a way, it leads on to where that led; else where it led in its own journey. Other ways out
 * of it lead where they did while that is this journey, else to an exit of their own.
 */
export function pasted(definition: JourneyDefinition, part: JourneyPart, { edge, own }: Where): JourneyDefinition {
  const onward = edge === null ? undefined : target(definition, edge)
  // An exit may be needed besides.
  if (definition.nodes.length + part.nodes.length >= nodesMax || (edge !== null && onward === undefined)) return definition
  const names = new Map<string, string>()
  let next = definition
  for (const node of part.nodes) {
    const id = freshId(next, node.kind)
    names.set(node.id, id)
    next = withNode(next, { ...node, id })
  }
  const main = mainOut(part)
  const [first] = names.values()
  let lost = false
  const exit = freshId(next, 'exit')
  for (const node of part.nodes)
    for (const { field, to } of nodeExits(node)) {
      const isMain = onward !== undefined && main?.from === node.id && main.field === field
      const stays = own && nodeOf(definition, to) !== undefined ? to : undefined
      const goal = names.get(to) ?? (isMain && fits(definition, node, field, onward) ? onward : stays)
      if (goal === undefined) lost = true
      next = lead(next, { from: names.get(node.id) ?? '', field }, goal ?? exit)
    }
  if (lost) next = withNode(next, newNode(exit, 'exit', '', ''))
  return edge === null || first === undefined ? next : pruned(definition, lead(next, edge, first))
}

/** The control group's way leads to exits only. */
function fits(definition: JourneyDefinition, node: JourneyNode, field: ExitField, to: string): boolean {
  const control = node.kind === 'split' && node.ways.some((way, i) => way.control === true && field === `ways.${i}.next`)
  return !control || nodeOf(definition, to)?.kind === 'exit'
}

/** The way by which most people leave the part. */
function mainOut(part: JourneyPart): EdgeRef | undefined {
  const inside = new Map(part.nodes.map((node) => [node.id, node]))
  const seen = new Set<string>()
  let node = part.nodes[0]
  while (node !== undefined && !seen.has(node.id)) {
    seen.add(node.id)
    const field = mainExit(node)
    const to = nodeExits(node).find((exit) => exit.field === field)?.to
    if (field === undefined || to === undefined) break
    if (!inside.has(to)) return { from: node.id, field }
    node = inside.get(to)
  }
  for (const one of part.nodes)
    for (const { field, to } of nodeExits(one)) if (!inside.has(to) && fitsAnything(one, field)) return { from: one.id, field }
  return undefined
}

const fitsAnything = (node: JourneyNode, field: ExitField): boolean =>
  node.kind !== 'split' || !node.ways.some((way, i) => way.control === true && field === `ways.${i}.next`)

/** Where the copy of a part goes that is doubled in place: on the way by which people leave it. */
export const behind = (part: JourneyPart): EdgeRef | null => mainOut(part) ?? null

/**
 * The nodes are gone; who would come to them goes on to where they led. An exit that somebody is still led to stays, and what only these
 * nodes led to goes with them.
 */
export function withoutNodes(definition: JourneyDefinition, ids: readonly string[]): JourneyDefinition {
  const chosen = new Set(ids.filter((id) => nodeOf(definition, id) !== undefined))
  const gone = new Set(
    [...chosen].filter((id) => {
      const isNeeded = edgesTo(definition, id).some(({ from }) => from === null || !chosen.has(from))
      return !(nodeOf(definition, id)?.kind === 'exit' && isNeeded)
    }),
  )
  if (gone.size === 0) return definition
  const without = (exit: string): JourneyDefinition => {
    let next = definition
    for (const id of gone)
      for (const edge of edgesTo(definition, id))
        if (edge.from === null || !gone.has(edge.from)) next = lead(next, edge, onwardFrom(definition, id, gone) ?? exit)
    return { ...next, nodes: next.nodes.filter((node) => !gone.has(node.id)) }
  }
  const needsExit = [...gone].some(
    (id) => onwardFrom(definition, id, gone) === undefined && edgesTo(definition, id).some(({ from }) => from === null || !gone.has(from)),
  )
  return pruned(definition, needsExit ? withFreshExit(definition, without) : without(''))
}

/** The first node outside that people come to from here. */
function onwardFrom(definition: JourneyDefinition, id: string, gone: ReadonlySet<string>): string | undefined {
  const open = new Set([id])
  for (const at of open) {
    const node = nodeOf(definition, at)
    if (node === undefined) continue
    const main = mainExit(node)
    const exits = nodeExits(node)
    for (const { to } of [...exits.filter(({ field }) => field === main), ...exits]) {
      if (!gone.has(to)) return to
      open.add(to)
    }
  }
  return undefined
}
