import { z } from 'zod'
import { leaving } from './journey-leaving.ts'
import { durationSchema, messageTest, nodeBase, nodeId } from './journey-terms.ts'
import { ruleSchema } from './rule.ts'

// Nodes at which people wait until a rule holds.

/** Goes on as soon as the rule holds, and the message; at once when they do already; not within the time: `onTimeout`. */
export const waitRuleNodeSchema = z.object({
  ...nodeBase,
  ...leaving,
  kind: z.literal('wait_rule'),
  rule: ruleSchema,
  ...messageTest,
  timeout: durationSchema,
  /** What the time is counted from: the arrival at the node (when left out), or the entry into the journey. */
  since: z.enum(['arrival', 'entry']).optional(),
  next: nodeId,
  onTimeout: nodeId,
})

export const looksMax = 100

/** Looks whether the rule holds on arrival and then each `every`, at most `times` in all; when it never did: `onTimeout`. */
export const repeatCheckNodeSchema = z.object({
  ...nodeBase,
  ...leaving,
  kind: z.literal('repeat_check'),
  rule: ruleSchema,
  every: durationSchema,
  times: z.number().int().min(1).max(looksMax),
  next: nodeId,
  onTimeout: nodeId,
})
