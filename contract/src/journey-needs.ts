import { z } from 'zod'
import { attemptsOf, type JourneyDefinition, type JourneyNode } from './journey.ts'
import { journeyRules } from './journey-rules.ts'
import type { Trigger } from './journey-trigger.ts'
import { eachNode } from './rule-problems.ts'

const keys = z.array(z.string()).default([])
/** What a journey mentions and a workspace must have, by key, sorted. */
export const journeyNeedsSchema = z.strictObject({
  templates: keys,
  coupons: keys,
  tags: keys,
  segments: keys,
  journeys: keys,
  endpoints: keys,
})
export type JourneyNeeds = z.infer<typeof journeyNeedsSchema>
export const needKinds = ['templates', 'coupons', 'tags', 'segments', 'journeys', 'endpoints'] as const
type Need = readonly [kind: (typeof needKinds)[number], key: string]

export function journeyNeeds(definition: JourneyDefinition): JourneyNeeds {
  const needs = [...triggerNeeds(definition.trigger), ...definition.nodes.flatMap(nodeNeeds), ...ruleNeeds(definition)]
  const of = (kind: Need[0]) => [...new Set(needs.flatMap(([one, key]) => (one === kind && key !== '' ? [key] : [])))].sort()
  return {
    templates: of('templates'),
    coupons: of('coupons'),
    tags: of('tags'),
    segments: of('segments'),
    journeys: of('journeys'),
    endpoints: of('endpoints'),
  }
}

function triggerNeeds(trigger: Trigger): Need[] {
  if (trigger.kind === 'schedule') return trigger.audience.kind === 'segment' ? [['segments', trigger.audience.segment]] : []
  if ('segment' in trigger) return [['segments', trigger.segment]]
  return 'tag' in trigger ? [['tags', trigger.tag]] : []
}

function nodeNeeds(node: JourneyNode): Need[] {
  if (node.kind === 'send') return attemptsOf(node).map(({ template }): Need => ['templates', template])
  if (node.kind === 'webhook') return [['endpoints', node.endpoint]]
  if (node.kind === 'grant') return [['coupons', node.coupon]]
  if (node.kind === 'start_journey') return [['journeys', node.journey]]
  if (node.kind === 'stop_journey') return node.journey === undefined ? [] : [['journeys', node.journey]]
  return node.kind === 'set_tag' ? [['tags', node.tag]] : []
}

function ruleNeeds(definition: JourneyDefinition): Need[] {
  const found: Need[] = []
  for (const { rule } of journeyRules(definition))
    eachNode(rule, (node) => {
      if (node.kind === 'tag') found.push(['tags', node.tag])
      if (node.kind === 'segment') found.push(['segments', node.segment])
    })
  return found
}
