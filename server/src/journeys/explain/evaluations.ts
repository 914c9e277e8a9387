import { type Evaluation, exitsAt, type JourneyDefinition, type Rule } from '@chaoxi/contract'
import type { Run } from '../core/run.ts'
import type { StepRow } from '../engine/run-store.ts'

/** A rule that decided a line of a story, and what was written down of its answer. */
export interface Decided extends Pick<Evaluation, 'place' | 'name' | 'recorded'> {
  readonly rule: Rule
}

/** The rules behind one line of a run's story, by the version that the run is on. */
export function decidedBy(definition: JourneyDefinition, run: Pick<Run, 'context'>, step: StepRow): Decided[] {
  return [...entryOf(definition, run, step), ...exitsOf(definition, step), ...nodeOf(definition, step)]
}

function entryOf({ entryRule }: JourneyDefinition, { context }: Pick<Run, 'context'>, { details }: StepRow): Decided[] {
  if (!entryRule || details.trigger === undefined) return []
  return [{ place: 'entry', name: '', rule: entryRule, recorded: context.entryRuleHeld ?? null }]
}

interface AskedExit {
  readonly exit: number
  readonly holds: boolean
}

const isAskedExit = (one: unknown): one is AskedExit =>
  typeof one === 'object' &&
  one !== null &&
  'exit' in one &&
  typeof one.exit === 'number' &&
  'holds' in one &&
  typeof one.holds === 'boolean'

/** Those of the journey; where a condition of the node itself made the person leave, those of the node. */
function exitsOf({ exits, nodes }: JourneyDefinition, { node_id, details }: StepRow): Decided[] {
  const asked = Array.isArray(details.exits) ? details.exits.filter(isAskedExit) : []
  const node = nodes.find((one) => one.id === node_id)
  const ownLeft = typeof details.result === 'string' && details.result.startsWith(`exit_rule.${node_id}.`)
  const from = ownLeft && node ? exitsAt(node) : exits
  return asked.flatMap(({ exit, holds }) => {
    const found = from[exit]
    return found?.kind === 'rule' ? [{ place: 'exit' as const, name: String(exit), rule: found.rule, recorded: holds }] : []
  })
}

function nodeOf(definition: JourneyDefinition, { node_id, outcome, details }: StepRow): Decided[] {
  const node = definition.nodes.find((one) => one.id === node_id)
  const over = outcome === 'passed' || outcome === 'timed_out'
  if (!node || !over) return []
  switch (node.kind) {
    case 'condition':
      // With conditions on the trigger besides, a no does not say which of the two it was.
      return [
        {
          place: 'condition',
          name: '',
          rule: node.rule,
          recorded: (node.triggerFilters || node.runFilters) && details.holds !== true ? null : details.holds === true,
        },
      ]
    case 'branch': {
      const taken = node.ways.findIndex((way) => way.id === details.way)
      const asked = taken < 0 ? node.ways : node.ways.slice(0, taken + 1)
      return asked.map((way, i) => ({
        ...{ place: 'way' as const, name: way.id, rule: way.rule },
        recorded: i === taken ? true : way.triggerFilters || way.runFilters ? null : false,
      }))
    }
    case 'wait_rule':
    case 'repeat_check':
      return [{ place: 'wait', name: '', rule: node.rule, recorded: outcome === 'passed' }]
    default:
      return []
  }
}
