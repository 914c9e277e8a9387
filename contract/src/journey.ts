import { z } from 'zod'
import { clockTimeSchema } from './event-clock.ts'
import { bestHourSchema } from './journey-best-hour.ts'
import { repeatCheckNodeSchema, waitRuleNodeSchema } from './journey-checks.ts'
import {
  grantNodeSchema,
  setAttributeNodeSchema,
  setTagNodeSchema,
  startJourneyNodeSchema,
  stopJourneyNodeSchema,
} from './journey-deeds.ts'
import { entryLimitsSchema, reentrySchema } from './journey-entry.ts'
import {
  type ExitCondition,
  exitConditionSchema,
  goalSchema,
  journeyExitsMax,
  leaving,
  mainGoalId,
  type NamedGoal,
  namedGoalSchema,
  namedGoalsMax,
} from './journey-leaving.ts'
import { journeyNotesSchema } from './journey-notes.ts'
import { heldWay, holdoutNodeSchema, splitNodeSchema, way, waysMax } from './journey-split.ts'
import { humanTaskNodeSchema } from './journey-task.ts'
import { durationSchema, eventMatchSchema, messageTest, nodeId, ownDate, place } from './journey-terms.ts'
import { triggerSchema } from './journey-trigger.ts'
import { webhookNodeSchema } from './journey-webhook.ts'
import { ruleSchema } from './rule.ts'
import { propertyFilterSchema } from './rule-filter.ts'

export const channels = ['sms', 'popup'] as const
export const channelSchema = z.enum(channels)
export type Channel = z.infer<typeof channelSchema>

export const purposeSchema = z.enum(['marketing', 'transactional'])
export type Purpose = z.infer<typeof purposeSchema>

/** What a wait's time is counted from: the arrival at the node (when left out), or the entry into the journey. */
const waitSince = z.enum(['arrival', 'entry']).optional()

/**
 * What a wait ends at, in the workspace's time zone; local times that the clocks skip or show twice are read as rules read
 * them (rule.ts).
 * - `time`: the next time that clocks show `at`; who comes at that very moment waits for tomorrow's.
 * - `window`: `from` to `to` on these weekdays (1 is Monday); inside it nobody waits. A `to` that is not after `from` is the next
 *   day's, and the weekday that of the beginning.
 * - `date`: `at` on the day of the attribute, or `days` after (before, when negative). `yearly`: its next anniversary, 29 February
 *   kept on the 28th in common years. When there is no such date, when it is over, or further away than `waitDaysMax`: `otherwise`.
 * - `best_hour`: an hour of the customer's own (journey-best-hour.ts).
 */
export const waitUntilSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('time'), at: clockTimeSchema }),
  z.object({
    kind: z.literal('window'),
    weekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7),
    from: clockTimeSchema,
    to: clockTimeSchema,
  }),
  z.object({
    kind: z.literal('date'),
    ...ownDate,
    otherwise: nodeId,
  }),
  bestHourSchema,
])
export type WaitUntil = z.infer<typeof waitUntilSchema>

/** Whoever comes at the right time does not wait, and who is late waits for the next one. */
export const isOpenHours = ({ kind }: WaitUntil): boolean => kind === 'window' || kind === 'best_hour'

/** More than a year, so that every anniversary is within; what is further away is likelier a slip than a plan. */
export const waitDaysMax = 400

/** What brought the person in: tests of the properties of the event (of a segment or tag: `segment`, `tag`, `value`) that all must hold. */
const triggerFilters = z.array(propertyFilterSchema).max(20).optional()
/** What the run has come to know since: tests of `webhook.<node>.<name>` that all must hold. */
const runFilters = z.array(propertyFilterSchema).max(20).optional()

const branchWay = way.extend({ rule: ruleSchema, triggerFilters, runFilters, ...messageTest, next: nodeId })
export type BranchWay = z.infer<typeof branchWay>

/** Attempts of a send besides the first. */
export const attemptsMax = 3
export const patienceGoals = ['delivered', 'opened'] as const
const fallback = {
  /**
   * One after the other, at most one of them under way, when the one before was not let go on its channel (no address, no consent,
   * unsubscribed, channel not set up, text not usable, over its time) or failed at the provider. People rest here until one has gone.
   */
  attempts: z
    .array(z.object({ channel: channelSchema, template: z.string().min(1) }))
    .min(1)
    .max(attemptsMax)
    .optional(),
  /** The next one also when this did not happen within the time since it was queued. */
  patience: z.object({ until: z.enum(patienceGoals), within: durationSchema }).optional(),
}

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
    ...fallback,
    next: nodeId,
  }),
  z.object({
    id: nodeId,
    place,
    kind: z.literal('wait'),
    name: z.string().max(100).default(''),
    ...leaving,
    duration: durationSchema,
    since: waitSince,
    next: nodeId,
  }),
  z.object({
    id: nodeId,
    place,
    kind: z.literal('wait_event'),
    name: z.string().max(100).default(''),
    ...leaving,
    match: eventMatchSchema,
    timeout: durationSchema,
    since: waitSince,
    next: nodeId,
    onTimeout: nodeId,
  }),
  z.object({
    id: nodeId,
    place,
    kind: z.literal('wait_until'),
    name: z.string().max(100).default(''),
    ...leaving,
    until: waitUntilSchema,
    next: nodeId,
  }),
  z.object({
    id: nodeId,
    place,
    kind: z.literal('condition'),
    name: z.string().max(100).default(''),
    rule: ruleSchema,
    triggerFilters,
    runFilters,
    ...messageTest,
    next: nodeId,
    otherwise: nodeId,
  }),
  /** The first way whose rule, filters and message hold, else `otherwise`. */
  z.object({
    id: nodeId,
    place,
    kind: z.literal('branch'),
    name: z.string().max(100).default(''),
    ways: z.array(branchWay).min(1).max(waysMax),
    otherwise: nodeId,
  }),
  splitNodeSchema,
  holdoutNodeSchema,
  waitRuleNodeSchema,
  repeatCheckNodeSchema,
  grantNodeSchema,
  setTagNodeSchema,
  setAttributeNodeSchema,
  startJourneyNodeSchema,
  stopJourneyNodeSchema,
  humanTaskNodeSchema,
  webhookNodeSchema,
  z.object({ id: nodeId, place, kind: z.literal('exit'), name: z.string().max(100).default(''), result: z.string().max(100).default('') }),
])
export type JourneyNode = z.infer<typeof nodeSchema>
export type NodeKind = JourneyNode['kind']

export const nodesMax = 200
export const journeyDefinitionSchema = z.object({
  trigger: triggerSchema,
  /** Asked once, at entry, about the person. */
  entryRule: ruleSchema.optional(),
  reentry: reentrySchema.default('never'),
  limits: entryLimitsSchema.optional(),
  exits: z.array(exitConditionSchema).max(journeyExitsMax).default([]),
  goal: goalSchema.default({ event: 'Order Paid', window: { amount: 3, unit: 'day' } }),
  goals: z.array(namedGoalSchema).max(namedGoalsMax).optional(),
  start: nodeId,
  nodes: z.array(nodeSchema).min(1).max(nodesMax),
  notes: journeyNotesSchema.optional(),
})
/** A journey as it is drawn, stored and exported. Its graph checks are in `journeyProblems`. */
export type JourneyDefinition = z.infer<typeof journeyDefinitionSchema>

/** Per cent of those who come in that a version is released to. */
export const releaseShareSchema = z.number().min(0.01).max(100).multipleOf(0.01)

export const journeyStatusSchema = z.enum(['draft', 'live', 'paused', 'archived'])
export type JourneyStatus = z.infer<typeof journeyStatusSchema>

/** Where in a node a way out is written. */
export type ExitField = 'next' | 'onTimeout' | 'onFailure' | 'otherwise' | 'held' | 'until.otherwise' | `ways.${number}.next`
export interface NodeExit {
  readonly field: ExitField
  readonly to: string
  /** How counters and stories name it. */
  readonly way: string
}

/** The ways out of a node, in order. */
export function nodeExits(node: JourneyNode): NodeExit[] {
  const exit = (field: ExitField, to: string, way: string = field): NodeExit => ({ field, to, way })
  switch (node.kind) {
    case 'send':
    case 'wait':
    case 'set_tag':
    case 'set_attribute':
    case 'stop_journey':
      return [exit('next', node.next)]
    case 'wait_event':
    case 'wait_rule':
    case 'repeat_check':
      return [exit('next', node.next), exit('onTimeout', node.onTimeout)]
    case 'wait_until':
      return [exit('next', node.next), ...(node.until.kind === 'date' ? [exit('until.otherwise', node.until.otherwise, 'otherwise')] : [])]
    case 'grant':
    case 'start_journey':
    case 'webhook':
      return [exit('next', node.next), exit('onFailure', node.onFailure)]
    case 'condition':
      return [exit('next', node.next), exit('otherwise', node.otherwise)]
    case 'branch':
      return [...waysOut(node.ways), exit('otherwise', node.otherwise)]
    case 'split':
      return waysOut(node.ways)
    case 'human_task':
      return [...waysOut(node.ways), exit('onTimeout', node.onTimeout)]
    case 'holdout':
      return [exit('next', node.next), ...(node.held === undefined ? [] : [exit('held', node.held, heldWay)])]
    case 'exit':
      return []
  }
}

function waysOut(ways: readonly { id: string; next: string }[]): NodeExit[] {
  return ways.map(({ id, next }, i) => ({ field: `ways.${i}.next`, to: next, way: id }))
}

/** Kinds of nodes that may have exit conditions of their own: those that people wait at. */
export const waitingKinds = [
  'wait',
  'wait_event',
  'wait_until',
  'wait_rule',
  'repeat_check',
  'human_task',
] as const satisfies readonly NodeKind[]
export type WaitingNode = Extract<JourneyNode, { kind: (typeof waitingKinds)[number] }>
export const isWaiting = (node: JourneyNode): node is WaitingNode => waitingKinds.some((kind) => kind === node.kind)

/** What makes people leave the journey while they wait at the node. */
export const exitsAt = (node: JourneyNode): readonly ExitCondition[] => (isWaiting(node) ? (node.exits ?? []) : [])

/** The journey's own goal and those with a name, in order. */
export const goalsOf = ({ goal, goals = [] }: Pick<JourneyDefinition, 'goal' | 'goals'>): NamedGoal[] => [
  { ...goal, id: mainGoalId, name: '' },
  ...goals,
]

/** What a send node tries, in order. */
export const attemptsOf = ({ channel, template, attempts = [] }: Extract<JourneyNode, { kind: 'send' }>): Attempt[] => [
  { channel, template },
  ...attempts,
]
export interface Attempt {
  readonly channel: Channel
  readonly template: string
}
