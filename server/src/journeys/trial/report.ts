import {
  type JourneyDefinition,
  type JourneyNode,
  nodeExits,
  type TrialCoverage,
  type TrialProblem,
  type TrialStory,
} from '@chaoxi/contract'
import { waysOf } from './director.ts'
import type { Played } from './play.ts'
import { takenKey } from './record.ts'

type Seen = Pick<Played, 'stories' | 'taken'>

export function coverageOf({ nodes }: JourneyDefinition, { stories, taken }: Seen): TrialCoverage {
  const seen = (nodeId: string, way: string) => taken.get(takenKey(nodeId, way))?.size ?? 0
  const all = [...stories.values()]
  const rows = nodes.map((node) => ({
    nodeId: node.id,
    seen: seen(node.id, ''),
    here: all.filter((story) => story.nodeId === node.id).length,
    ways: waysOf(node).map((way) => ({ way, seen: seen(node.id, way) })),
  }))
  const counts = rows.flatMap((row) => [row.seen, ...row.ways.map((way) => way.seen)])
  const results = new Map<string, number>()
  for (const { result } of all) if (result !== null) results.set(result, (results.get(result) ?? 0) + 1)
  return {
    nodes: rows,
    results: [...results]
      .map(([result, count]) => ({ result, count }))
      .toSorted((a, b) => b.count - a.count || (a.result < b.result ? -1 : 1)),
    covered: counts.filter((count) => count > 0).length,
    all: counts.length,
  }
}

/** Why nobody took a way of a node that somebody came to. */
function whyNot(node: JourneyNode, way: string, here: number): string {
  switch (node.kind) {
    case 'condition':
      return way === 'next' ? 'never_held' : 'always_held'
    case 'branch':
      return way === 'otherwise' ? 'always_held' : 'never_held'
    case 'wait_event':
    case 'wait_rule':
    case 'repeat_check':
    case 'human_task':
      if (here > 0) return 'still_waiting'
      return way === 'next' ? 'never_happened' : 'always_happened'
    case 'split':
    case 'holdout':
      return 'not_drawn'
    case 'wait_until':
      return way === 'next' ? 'no_date' : 'always_dated'
    default:
      return way === 'next' ? 'always_failed' : 'never_failed'
  }
}

const aboutText = ['template_missing', 'template_rejected', 'template_review', 'no_sms_account', 'render_failed', 'too_long', 'link_target']
const kindOf = (reason: string): TrialProblem['kind'] =>
  reason === 'missing_variable' ? 'missing_variable' : aboutText.includes(reason) ? 'template' : 'stopped'

/** What is to be looked at, the gravest first. */
export function problemsOf(definition: JourneyDefinition, seen: Seen): TrialProblem[] {
  const coverage = coverageOf(definition, seen)
  const found = new Map<string, TrialProblem>()
  function note(problem: Omit<TrialProblem, 'count'>): void {
    const key = `${problem.kind} ${problem.nodeId} ${problem.way} ${problem.reason}`
    const known = found.get(key)
    found.set(key, known === undefined ? { ...problem, count: 1 } : { ...known, count: known.count + 1 })
  }
  for (const [personId, story] of seen.stories) noteStory(story, personId, note)
  const rows = new Map(coverage.nodes.map((row) => [row.nodeId, row]))
  for (const node of definition.nodes) {
    const row = rows.get(node.id)
    if (row === undefined) continue
    const never = { nodeId: node.id, personId: null, details: {} }
    if (row.seen === 0) {
      const before = definition.nodes.flatMap((one) => nodeExits(one).flatMap((exit) => (exit.to === node.id ? [one.id] : [])))
      note({ ...never, kind: 'never', way: null, reason: 'never_reached', details: { before: [...new Set(before)] } })
      continue
    }
    for (const { way, seen: took } of row.ways)
      if (took === 0) note({ ...never, kind: 'not_covered', way, reason: whyNot(node, way, row.here) })
  }
  const order: readonly TrialProblem['kind'][] = ['failed', 'missing_variable', 'template', 'not_covered', 'never', 'stopped']
  return [...found.values()].toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

function noteStory(story: TrialStory, personId: number, note: (problem: Omit<TrialProblem, 'count'>) => void): void {
  for (const { nodeId, outcome, reason, warning, details } of story.messages) {
    if (outcome === 'dropped') note({ kind: kindOf(reason), nodeId, way: null, reason, personId, details })
    if (warning !== null) note({ kind: 'template', nodeId, way: null, reason: warning, personId, details: {} })
  }
  for (const { nodeId, outcome, details } of story.steps)
    if (outcome === 'failed') note({ kind: 'failed', nodeId, way: null, reason: String(details.reason ?? ''), personId, details: {} })
  if (story.refused !== null) note({ kind: 'stopped', nodeId: '', way: null, reason: story.refused, personId, details: {} })
}
