import { z } from 'zod'
import { ruleSchema } from './rule.ts'
import { propertyFilterSchema } from './rule-filter.ts'

/** A span of time in fixed units (a day is 24 hours). */
export const durationSchema = z.object({
  amount: z.number().int().positive().max(100_000),
  unit: z.enum(['second', 'minute', 'hour', 'day']),
})
export type Duration = z.infer<typeof durationSchema>

/** Milliseconds of a duration. */
export function durationMs(duration: Duration): number {
  const unitMs = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const
  return duration.amount * unitMs[duration.unit]
}

export const channels = ['sms', 'popup'] as const
export const channelSchema = z.enum(channels)
export type Channel = z.infer<typeof channelSchema>

export const purposeSchema = z.enum(['marketing', 'transactional'])
export type Purpose = z.infer<typeof purposeSchema>

/** An event of the person, with conditions on its properties. */
export const eventMatchSchema = z.object({ event: z.string().min(1).max(200), filters: z.array(propertyFilterSchema).max(20).default([]) })
export type EventMatch = z.infer<typeof eventMatchSchema>

export const triggerSchema = z.discriminatedUnion('kind', [
  eventMatchSchema.extend({ kind: z.literal('event') }),
  z.object({ kind: z.literal('segment_entry'), segment: z.string().min(1) }),
  /** The tag is given; of one with values: this one, or without `value` any (a change from one to another is an entry too). */
  z.object({ kind: z.literal('tag_entry'), tag: z.string().min(1), value: z.string().min(1).max(50).optional() }),
])
export type Trigger = z.infer<typeof triggerSchema>

const nodeId = z.string().regex(/^[a-z0-9_]{1,40}$/, 'lower-case letters, digits and _ (at most 40)')
const place = z.object({ x: z.number(), y: z.number() }).optional()

/** What a wait's time is counted from: the arrival at the node (when left out), or the entry into the journey. */
const waitSince = z.enum(['arrival', 'entry']).optional()

export const nodeSchema = z.discriminatedUnion('kind', [
  z.object({
    id: nodeId,
    place,
    kind: z.literal('send'),
    name: z.string().max(100).default(''),
    channel: channelSchema,
    template: z.string().min(1),
    purpose: purposeSchema.default('marketing'),
    /** One of these since the entry makes the message pointless; asked again when it leaves after a wait (quiet hours). */
    unless: z.array(eventMatchSchema).max(10).optional(),
    next: nodeId,
  }),
  z.object({
    id: nodeId,
    place,
    kind: z.literal('wait'),
    name: z.string().max(100).default(''),
    duration: durationSchema,
    since: waitSince,
    next: nodeId,
  }),
  z.object({
    id: nodeId,
    place,
    kind: z.literal('wait_event'),
    name: z.string().max(100).default(''),
    match: eventMatchSchema,
    timeout: durationSchema,
    since: waitSince,
    next: nodeId,
    onTimeout: nodeId,
  }),
  z.object({
    id: nodeId,
    place,
    kind: z.literal('condition'),
    name: z.string().max(100).default(''),
    rule: ruleSchema,
    next: nodeId,
    otherwise: nodeId,
  }),
  z.object({ id: nodeId, place, kind: z.literal('exit'), name: z.string().max(100).default(''), result: z.string().max(100).default('') }),
])
export type JourneyNode = z.infer<typeof nodeSchema>
export type NodeKind = JourneyNode['kind']

export const exitConditionSchema = z.discriminatedUnion('kind', [
  eventMatchSchema.extend({ kind: z.literal('event') }),
  z.object({ kind: z.literal('rule'), rule: ruleSchema }),
])

/** What counts as success: the event within the window after the click (or, without a click, nothing). */
export const goalSchema = z.object({
  event: z.string().min(1).max(200).default('Order Paid'),
  window: durationSchema.default({ amount: 3, unit: 'day' }),
})

export const journeyDefinitionSchema = z.object({
  trigger: triggerSchema,
  /** Asked once, at entry, about the person. */
  entryRule: ruleSchema.optional(),
  reentry: z.enum(['never', 'after_exit', 'every_time']).default('never'),
  exits: z.array(exitConditionSchema).max(20).default([]),
  goal: goalSchema.default({ event: 'Order Paid', window: { amount: 3, unit: 'day' } }),
  start: nodeId,
  nodes: z.array(nodeSchema).min(1).max(200),
})
/** A journey as it is drawn, stored and exported. Its graph checks are in `journeyProblems`. */
export type JourneyDefinition = z.infer<typeof journeyDefinitionSchema>

export const journeyStatusSchema = z.enum(['draft', 'live', 'paused', 'archived'])
export type JourneyStatus = z.infer<typeof journeyStatusSchema>

/** The ways out of a node, by the name of the field that holds them. */
export function nodeExits(node: JourneyNode): { field: 'next' | 'onTimeout' | 'otherwise'; to: string }[] {
  switch (node.kind) {
    case 'send':
    case 'wait':
      return [{ field: 'next', to: node.next }]
    case 'wait_event':
      return [
        { field: 'next', to: node.next },
        { field: 'onTimeout', to: node.onTimeout },
      ]
    case 'condition':
      return [
        { field: 'next', to: node.next },
        { field: 'otherwise', to: node.otherwise },
      ]
    case 'exit':
      return []
  }
}
