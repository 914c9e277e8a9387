import { exitsAt, goalsOf, type JourneyDefinition, type JourneyNode } from './journey.ts'
import { interestEvents } from './journey-item.ts'
import { journeyRules } from './journey-rules.ts'
import type { Trigger } from './journey-trigger.ts'
import type { Playbook } from './playbook.ts'
import type { Rule } from './rule.ts'
import { eachNode } from './rule-problems.ts'

/** What must come in from the shop before a playbook can do anything. */
export interface PlaybookNeeds {
  /** `starts`: without it nobody comes in. Those first. */
  readonly events: readonly { readonly name: string; readonly starts: boolean }[]
  readonly attributes: readonly string[]
}

/** Told by Chaoxi itself. */
const ownEvents: ReadonlySet<string> = new Set(['Coupon Claimed', 'Coupon Used'])

export function playbookNeeds({ journeys, segments, tags }: Playbook): PlaybookNeeds {
  const segmentRules = new Map(segments.map(({ key, rule }) => [key, rule]))
  const tagRules = new Map(tags.map(({ key, rule, values }) => [key, [...(rule === null ? [] : [rule]), ...values.map((one) => one.rule)]]))
  const definitions = journeys.map(({ definition }) => definition)
  const entering = definitions.flatMap(({ trigger }) => triggerRules(trigger, segmentRules, tagRules))
  const starting = [...definitions.flatMap(({ trigger }) => triggerEvents(trigger)), ...entering.flatMap(ruleEvents)]
  const rules = [
    ...entering,
    ...definitions.flatMap((definition) => journeyRules(definition).map(({ rule }) => rule)),
    ...segments.flatMap(({ rule }) => rule ?? []),
    ...[...tagRules.values()].flat(),
  ]
  const asked = [...definitions.flatMap(definitionEvents), ...rules.flatMap(ruleEvents)]
  const starts = new Set(starting)
  const names = [...new Set([...starting, ...asked])].filter((name) => !name.startsWith('$') && !ownEvents.has(name))
  return {
    events: names.map((name) => ({ name, starts: starts.has(name) })),
    attributes: [...new Set([...definitions.flatMap(definitionAttributes), ...rules.flatMap(ruleAttributes)])].sort(),
  }
}

function triggerEvents(trigger: Trigger): string[] {
  if (trigger.kind === 'item_change') return trigger.interest.map((one) => interestEvents[one])
  return trigger.kind === 'event' || trigger.kind === 'event_absence' ? [trigger.event] : []
}

/** Rules that say who comes in. */
function triggerRules(
  trigger: Trigger,
  segments: ReadonlyMap<string, Rule | null>,
  tags: ReadonlyMap<string, readonly Rule[]>,
): readonly Rule[] {
  const ofSegment = (key: string) => segments.get(key) ?? []
  if (trigger.kind === 'schedule')
    return trigger.audience.kind === 'rule' ? [trigger.audience.rule] : [ofSegment(trigger.audience.segment)].flat()
  if ('segment' in trigger) return [ofSegment(trigger.segment)].flat()
  return 'tag' in trigger ? (tags.get(trigger.tag) ?? []) : []
}

function definitionEvents(definition: JourneyDefinition): string[] {
  const { trigger, exits, nodes } = definition
  const leaving = [...exits, ...nodes.flatMap(exitsAt)].flatMap((exit) => (exit.kind === 'event' ? [exit.event] : []))
  const none = trigger.kind === 'event_absence' ? trigger.none.map(({ event }) => event) : []
  return [...none, ...nodes.flatMap(nodeEvents), ...leaving, ...goalsOf(definition).map(({ event }) => event)]
}

function nodeEvents(node: JourneyNode): string[] {
  if (node.kind === 'wait_event') return [node.match.event]
  return node.kind === 'send' ? (node.unless ?? []).map(({ event }) => event) : []
}

function definitionAttributes({ trigger, nodes }: JourneyDefinition): string[] {
  const waited = nodes.flatMap((node) => (node.kind === 'wait_until' && node.until.kind === 'date' ? [node.until.attribute] : []))
  return trigger.kind === 'date' ? [trigger.attribute, ...waited] : waited
}

function ruleEvents(rule: Rule): string[] {
  const found: string[] = []
  eachNode(rule, (node) => {
    if (node.kind === 'event' || node.kind === 'occurrence' || node.kind === 'preference') found.push(node.event)
    if (node.kind === 'sequence') found.push(...node.steps.map(({ event }) => event))
  })
  return found
}

function ruleAttributes(rule: Rule): string[] {
  const found: string[] = []
  eachNode(rule, (node) => {
    if (node.kind === 'attribute') found.push(node.filter.property)
  })
  return found
}
