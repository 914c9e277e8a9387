import { exitsAt, type JourneyDefinition, type JourneyNode } from './journey.ts'
import { bestHourRules } from './journey-best-hour.ts'
import type { MessageTest } from './journey-terms.ts'
import type { Trigger } from './journey-trigger.ts'
import type { Rule } from './rule.ts'

export interface PlacedRule {
  readonly path: string
  readonly rule: Rule
}

/** Every rule in the definition with its place. */
export function journeyRules(definition: JourneyDefinition): PlacedRule[] {
  return [
    ...triggerRules(definition.trigger),
    ...(definition.entryRule ? [{ path: 'entryRule', rule: definition.entryRule }] : []),
    ...definition.exits.flatMap((exit, i) => (exit.kind === 'rule' ? [{ path: `exits.${i}.rule`, rule: exit.rule }] : [])),
    ...definition.nodes.flatMap((node, i) => nodeRules(node).map(({ path, rule }) => ({ path: `nodes.${i}.${path}`, rule }))),
  ]
}

function triggerRules(trigger: Trigger): PlacedRule[] {
  if (trigger.kind !== 'schedule' || trigger.audience.kind !== 'rule') return []
  return [{ path: 'trigger.audience.rule', rule: trigger.audience.rule }]
}

function nodeRules(node: JourneyNode): PlacedRule[] {
  const leaving = exitsAt(node).flatMap((exit, i) => (exit.kind === 'rule' ? [{ path: `exits.${i}.rule`, rule: exit.rule }] : []))
  return [...ownRules(node), ...leaving]
}

function ownRules(node: JourneyNode): PlacedRule[] {
  if (node.kind === 'condition' || node.kind === 'wait_rule' || node.kind === 'repeat_check') return [{ path: 'rule', rule: node.rule }]
  if (node.kind === 'wait_until' && node.until.kind === 'best_hour')
    return bestHourRules(node.until).map((rule) => ({ path: 'until', rule }))
  return node.kind === 'branch' ? node.ways.map(({ rule }, i) => ({ path: `ways.${i}.rule`, rule })) : []
}

/** What the node asks of the run's own messages, each with its place in the node. */
export function messageTests(node: JourneyNode): { path: string; test: MessageTest }[] {
  if (node.kind === 'branch') return node.ways.flatMap(({ message }, i) => (message ? [{ path: `ways.${i}.message`, test: message }] : []))
  const asks = node.kind === 'condition' || node.kind === 'wait_rule'
  return asks && node.message ? [{ path: 'message', test: node.message }] : []
}
