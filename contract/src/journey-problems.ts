import type { Problem } from './errors.ts'
import { type JourneyDefinition, type JourneyNode, nodeExits } from './journey.ts'

/**
 * What is wrong with a journey's graph, each with the place (`nodes.3.next`) and how to mend it; empty when it may go
 * live. It knows the drawing alone: whether templates, segments and tags exist is asked elsewhere.
 */
export function journeyProblems(definition: JourneyDefinition): Problem[] {
  const { nodes, start } = definition
  const places = new Map<string, number>()
  const problems: Problem[] = []
  nodes.forEach((node, i) => {
    const first = places.get(node.id)
    if (first === undefined) places.set(node.id, i)
    else problems.push({ path: `nodes.${i}.id`, message: `nodes.${first} is called "${node.id}" too; give this node an id of its own` })
  })
  if (!places.has(start)) problems.push({ path: 'start', message: `there is no node "${start}"; name the node that people come to first` })
  nodes.forEach((node, i) => {
    for (const { field, to } of nodeExits(node)) {
      if (places.has(to)) continue
      problems.push({ path: `nodes.${i}.${field}`, message: `there is no node "${to}"; lead to one that is there` })
    }
  })
  // While a way leads nowhere, what can be reached from where is nothing but a consequence of that.
  const ways = problems.length === 0 ? wayProblems(definition, places) : []
  return [...problems, ...ways, ...cycleProblems(nodes, places)]
}

function wayProblems({ nodes, start }: JourneyDefinition, places: ReadonlyMap<string, number>): Problem[] {
  if (!nodes.some((node) => node.kind === 'exit')) {
    return [{ path: 'nodes', message: 'no node ends the journey; add an exit node and lead to it' }]
  }
  const problems: Problem[] = []
  const reached = walk([start], (id) => targets(nodes, places, id))
  const endings = walk(
    nodes.filter((node) => node.kind === 'exit').map((node) => node.id),
    (id) => nodes.filter((node) => nodeExits(node).some((exit) => exit.to === id)).map((node) => node.id),
  )
  nodes.forEach((node, i) => {
    if (!reached.has(node.id)) {
      problems.push({ path: `nodes.${i}`, message: `nobody ever comes to "${node.id}"; lead to it from another node, or remove it` })
    } else if (!endings.has(node.id)) {
      problems.push({ path: `nodes.${i}`, message: `from "${node.id}" no way leads to an exit node; give one of the ways an end` })
    }
  })
  return problems
}

/**
 * A waiting node lets go of the customer only after time or a new event; every circle needs one, or it would turn for
 * ever. A wait that counts from the entry is over for good once its time has passed, so it holds nobody the second time.
 */
const waits = (node: JourneyNode) => (node.kind === 'wait' || node.kind === 'wait_event') && node.since !== 'entry'

function cycleProblems(nodes: readonly JourneyNode[], places: ReadonlyMap<string, number>): Problem[] {
  const hurrying = nodes.filter((node, i) => !waits(node) && places.get(node.id) === i)
  const names = new Set(hurrying.map((node) => node.id))
  const next = (id: string) => targets(nodes, places, id).filter((to) => names.has(to))
  const told = new Set<string>()
  const problems: Problem[] = []
  for (const { id } of hurrying) {
    if (told.has(id)) continue
    const ahead = walk(next(id), next)
    if (!ahead.has(id)) continue
    const circle = [...ahead].filter((other) => other === id || walk(next(other), next).has(id))
    for (const member of circle) told.add(member)
    problems.push({
      path: `nodes.${places.get(id)}`,
      message: `${circle.map((member) => `"${member}"`).join(', ')} form a circle without a wait; put a wait or a wait for an event into it`,
    })
  }
  return problems
}

function targets(nodes: readonly JourneyNode[], places: ReadonlyMap<string, number>, id: string): string[] {
  const node = nodes[places.get(id) ?? -1]
  return node ? nodeExits(node).map((exit) => exit.to) : []
}

/** Everything that `from` and its neighbours' neighbours are, `from` included. */
function walk(from: readonly string[], neighbours: (id: string) => readonly string[]): Set<string> {
  const seen = new Set(from)
  for (const id of seen) for (const other of neighbours(id)) seen.add(other)
  return seen
}
