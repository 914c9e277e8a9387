import type { JourneyDefinition, JourneyNode, Rule } from '@chaoxi/contract'
import type { Run } from './run.ts'

/** What a run's next move may ask: everything that it can come to before it rests. */
export interface Questions {
  /** By place: `exit.0`, `node.<id>`. */
  readonly rules: ReadonlyMap<string, Rule>
  readonly templates: ReadonlySet<string>
}

export const exitPlace = (index: number): string => `exit.${index}`
export const nodePlace = (nodeId: string): string => `node.${nodeId}`

export function nodeOf(definition: JourneyDefinition, id: string): JourneyNode {
  const node = definition.nodes.find((one) => one.id === id)
  if (!node) throw new Error(`the journey has no node ${id}`)
  return node
}

/** Whether the run has begun a wait that neither time nor an event has ended: there is nothing to do. */
export function rests({ context: { wait } }: Run, now: number): boolean {
  return wait !== undefined && wait.heard === undefined && now < wait.until
}

export function questions(definition: JourneyDefinition, run: Run, now: number): Questions {
  const rules = new Map<string, Rule>()
  const templates = new Set<string>()
  if (rests(run, now)) return { rules, templates }
  definition.exits.forEach((exit, i) => {
    if (exit.kind === 'rule') rules.set(exitPlace(i), exit.rule)
  })
  const ahead = new Set(run.context.wait ? waysOn(nodeOf(definition, run.nodeId)) : [run.nodeId])
  for (const id of ahead) {
    const node = nodeOf(definition, id)
    if (node.kind === 'send') {
      templates.add(node.template)
      ahead.add(node.next)
    }
    if (node.kind === 'condition') {
      rules.set(nodePlace(id), node.rule)
      ahead.add(node.next).add(node.otherwise)
    }
  }
  return { rules, templates }
}

/** Both ways out of a wait: which one is taken is the step's to say. */
function waysOn(node: JourneyNode): string[] {
  if (node.kind === 'wait_event') return [node.next, node.onTimeout]
  return node.kind === 'wait' ? [node.next] : []
}
