import { z } from 'zod'

// How journeys answer of their goals.

const reached = { reached: z.number(), moneyFen: z.number() }

/** `entered`: runs that could reach it; `reached`: those that did. Money is what the events that reached it say, in fen. */
export const goalNumbersSchema = z.object({
  id: z.string(),
  name: z.string(),
  event: z.string(),
  /** False: no goal of the live version any more. */
  current: z.boolean(),
  entered: z.number(),
  ...reached,
  versions: z.array(z.object({ version: z.number(), entered: z.number(), ...reached })),
  /** By the node that the run had passed last; null: none yet. */
  nodes: z.array(z.object({ nodeId: z.string().nullable(), ...reached })),
  /** By the way taken at each split. */
  ways: z.array(z.object({ nodeId: z.string(), way: z.string(), entered: z.number(), ...reached })),
})
export type GoalNumbers = z.infer<typeof goalNumbersSchema>

/** Of one run: what it reached, and by which event. */
export const reachedGoalSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** When the event happened. */
  at: z.string(),
  event: z.string(),
  nodeId: z.string().nullable(),
  moneyFen: z.number().nullable(),
})
export type ReachedGoal = z.infer<typeof reachedGoalSchema>
