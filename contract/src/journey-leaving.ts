import { z } from 'zod'
import { durationSchema, eventMatchSchema } from './journey-terms.ts'
import { ruleSchema } from './rule.ts'
import { propertyFilterSchema } from './rule-filter.ts'

// What makes people leave before the end, and what counts as success.

export const exitConditionSchema = z.discriminatedUnion('kind', [
  eventMatchSchema.extend({ kind: z.literal('event') }),
  z.object({ kind: z.literal('rule'), rule: ruleSchema }),
])
export type ExitCondition = z.infer<typeof exitConditionSchema>

/** Exit conditions of a journey, and of one of its nodes, at most. */
export const journeyExitsMax = 20
export const nodeExitsMax = 10
/** Of nodes that people wait at: what makes them leave the journey while they stand there. */
export const leaving = { exits: z.array(exitConditionSchema).max(nodeExitsMax).optional() }

/**
 * What counts as success: the event within the window. The monitor counts it once per run, from the entry (when left out) or from the
 * first message of the run, whether the run is over by then or not; the effect table asks for the event alone, after a click.
 */
export const goalSchema = z.object({
  event: z.string().min(1).max(200).default('Order Paid'),
  filters: z.array(propertyFilterSchema).max(20).optional(),
  window: durationSchema.default({ amount: 3, unit: 'day' }),
  since: z.enum(['entry', 'message']).optional(),
  /** Whoever reaches it leaves the journey at once. */
  leave: z.boolean().optional(),
})
export type JourneyGoal = z.infer<typeof goalSchema>

/** `id` is how numbers and stories name it. */
export const namedGoalSchema = goalSchema.extend({
  id: z.string().regex(/^[a-z0-9_]{1,20}$/, 'lower-case letters, digits and _ (at most 20)'),
  name: z.string().max(50).default(''),
})
export type NamedGoal = z.infer<typeof namedGoalSchema>
/** Besides the journey's own. */
export const namedGoalsMax = 3
/** The id of the journey's own goal. */
export const mainGoalId = 'goal'
export const goalDaysMax = 90
