import { z } from 'zod'
import { eventMatchSchema } from './journey-terms.ts'
import { ruleSchema } from './rule.ts'

// What makes people leave before the end.

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
