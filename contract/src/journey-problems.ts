import type { Problem } from './errors.ts'
import { goalsOf, isOpenHours, type JourneyDefinition, type JourneyNode, type NodeExit, nodeExits } from './journey.ts'
import { setAttributeProblems, startJourneyProblems } from './journey-deeds.ts'
import { knownProblems } from './journey-known.ts'
import { goalDaysMax } from './journey-leaving.ts'
import { messageTests } from './journey-rules.ts'
import { holdoutProblems, winnerProblems } from './journey-split.ts'
import { humanTaskProblems } from './journey-task.ts'
import { durationMs } from './journey-terms.ts'
import { webhookProblems } from './journey-webhook.ts'
import type { PropertyFilter } from './rule-filter.ts'
import { ruleProblems } from './rule-problems.ts'
import { triggerProblems } from './trigger-problems.ts'

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
  const own = nodes.flatMap((node, i) =>
    nodeProblems(node, definition).map(({ path, message }) => ({ path: `nodes.${i}.${path}`, message })),
  )
  return [
    ...triggerProblems(definition.trigger),
    ...goalProblems(definition),
    ...problems,
    ...own,
    ...ways,
    ...cycleProblems(nodes, places),
    ...controlProblems(nodes, places),
    ...messageProblems(nodes),
    ...knownProblems(definition),
  ]
}

function goalProblems(definition: JourneyDefinition): Problem[] {
  const all = goalsOf(definition)
  const at = (i: number) => (i === 0 ? 'goal' : `goals.${i - 1}`)
  return all.flatMap(({ id, window, filters }, i) => {
    const first = all.findIndex((one) => one.id === id)
    const twice = { path: `${at(i)}.id`, message: `another goal is called "${id}" too; give this one an id of its own` }
    const long = { path: `${at(i)}.window`, message: `nobody is looked after for longer than ${goalDaysMax} days; make the time shorter` }
    return [
      ...(first < i ? [twice] : []),
      ...(durationMs(window) > goalDaysMax * 86_400_000 ? [long] : []),
      ...filterProblems(filters, `${at(i)}.filters`),
    ]
  })
}

/** What is wrong within one node, whatever it leads to. */
function nodeProblems(node: JourneyNode, definition: JourneyDefinition): Problem[] {
  switch (node.kind) {
    case 'send':
      return node.patience && !node.attempts
        ? [{ path: 'patience', message: 'nothing is tried after this message; add an attempt, or take the patience away' }]
        : []
    case 'condition':
      return [...filterProblems(node.triggerFilters, 'triggerFilters'), ...filterProblems(node.runFilters, 'runFilters')]
    case 'branch':
      return [
        ...idProblems(node.ways),
        ...node.ways.flatMap((way, i) => [
          ...filterProblems(way.triggerFilters, `ways.${i}.triggerFilters`),
          ...filterProblems(way.runFilters, `ways.${i}.runFilters`),
        ]),
      ]
    case 'set_attribute':
      return setAttributeProblems(node)
    case 'human_task':
      return humanTaskProblems(node)
    case 'start_journey':
      return startJourneyProblems(node)
    case 'webhook':
      return webhookProblems(node)
    case 'split': {
      const cents = node.ways.reduce((sum, way) => sum + Math.round(way.share * 100), 0)
      const controls = node.ways.flatMap((way, i) => (way.control ? [i] : []))
      return [
        ...idProblems(node.ways),
        ...(cents === 10_000 ? [] : [{ path: 'ways', message: `the shares make ${cents / 100} per cent; make them 100` }]),
        ...controls
          .slice(1)
          .map((i) => ({ path: `ways.${i}.control`, message: 'there is a control group already; a split has one at most' })),
        ...winnerProblems(
          node,
          goalsOf(definition).map(({ id }) => id),
        ),
        ...(node.winner?.measure.kind === 'event' ? filterProblems(node.winner.measure.filters, 'winner.measure.filters') : []),
      ]
    }
    case 'holdout':
      return holdoutProblems(node)
    default:
      return []
  }
}

function idProblems(ways: readonly { id: string }[]): Problem[] {
  return ways.flatMap(({ id }, i) => {
    if (id === 'otherwise')
      return [{ path: `ways.${i}.id`, message: '"otherwise" is what the last way is called; give this one another id' }]
    const first = ways.findIndex((way) => way.id === id)
    if (first === i) return []
    return [{ path: `ways.${i}.id`, message: `ways.${first} is called "${id}" too; give this way an id of its own` }]
  })
}

function filterProblems(filters: readonly PropertyFilter[] | undefined, path: string): Problem[] {
  return (filters ?? []).flatMap((filter, i) =>
    ruleProblems({ kind: 'attribute', filter }).map((problem) => ({
      path: `${path}.${problem.path.replace(/^filter/, String(i))}`,
      message: problem.message,
    })),
  )
}

function controlProblems(nodes: readonly JourneyNode[], places: ReadonlyMap<string, number>): Problem[] {
  return nodes.flatMap((node, i) => {
    if (node.kind !== 'split') return []
    return node.ways.flatMap((way, w) => {
      const to = nodes[places.get(way.next) ?? -1]
      if (!way.control || to === undefined || to.kind === 'exit') return []
      return [{ path: `nodes.${i}.ways.${w}.next`, message: `the control group gets nothing; lead it to an exit node, not to "${to.id}"` }]
    })
  })
}

/** Tests of messages that no node sends. */
function messageProblems(nodes: readonly JourneyNode[]): Problem[] {
  const sends = new Set(nodes.flatMap((node) => (node.kind === 'send' ? [node.id] : [])))
  return nodes.flatMap((node, i) =>
    messageTests(node).flatMap(({ path, test }) => {
      if (sends.has(test.node)) return []
      const message = `"${test.node}" is no node that sends; name the send node whose message is meant`
      return [{ path: `nodes.${i}.${path}.node`, message }]
    }),
  )
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
 * The ways that a customer may be on within the moment of arrival; every circle needs one that takes time or a new event,
 * or it would turn for ever. A wait that counts from the entry is over for good once its time has passed, so it holds nobody
 * the second time; a window may be open. A clock time and a date are always ahead.
 */
function hurried(node: JourneyNode): NodeExit[] {
  switch (node.kind) {
    case 'wait':
    case 'wait_event':
      return node.since === 'entry' ? nodeExits(node) : []
    // It may hold on arrival.
    case 'wait_rule':
      return nodeExits(node).filter((exit) => node.since === 'entry' || exit.field === 'next')
    case 'repeat_check':
      return nodeExits(node).filter((exit) => node.times === 1 || exit.field === 'next')
    // Nobody goes on before somebody has answered.
    case 'human_task':
      return []
    case 'wait_until':
      return nodeExits(node).filter((exit) => isOpenHours(node.until) || exit.field !== 'next')
    default:
      return nodeExits(node)
  }
}

function cycleProblems(nodes: readonly JourneyNode[], places: ReadonlyMap<string, number>): Problem[] {
  const next = (id: string) => {
    const node = nodes[places.get(id) ?? -1]
    return node ? hurried(node).map((exit) => exit.to) : []
  }
  const told = new Set<string>()
  const problems: Problem[] = []
  for (const [id, place] of places) {
    if (told.has(id)) continue
    const ahead = walk(next(id), next)
    if (!ahead.has(id)) continue
    const circle = [...ahead].filter((other) => other === id || walk(next(other), next).has(id))
    for (const member of circle) told.add(member)
    problems.push({
      path: `nodes.${place}`,
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
