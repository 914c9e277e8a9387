import { z } from 'zod'
import { journeyDefinitionSchema } from './journey.ts'
import { adviceSchema } from './journey-advice.ts'
import { taskAnswersSchema } from './journey-task.ts'
import { runStepSchema } from './views.ts'

// A journey played over what was recorded, sending nothing.

/** Days that are played at most. */
export const rehearsalDaysMax = 92
/** People who are played at most; of more, a share is drawn. */
export const rehearsalPeopleMax = 200_000

const instant = z.iso.datetime({ offset: true })

export const rehearsalInputSchema = z.object({
  /** The draft, or the version that is live. */
  version: z.enum(['draft', 'live']).default('draft'),
  /** Instead of either: one that is stored nowhere. */
  definition: journeyDefinitionSchema.optional(),
  /** What happened after `from`, until `to`; left out, the last `days` days that were recorded. */
  days: z.number().int().min(1).max(rehearsalDaysMax).default(30),
  from: instant.optional(),
  to: instant.optional(),
  /** `recorded`: consents, addresses and refusals as they were; `everyone`: as if everybody could be written to. */
  reach: z.enum(['recorded', 'everyone']).default('recorded'),
  /** What colleagues are taken to answer; left out, nobody answers and tasks time out. */
  answers: taskAnswersSchema.optional(),
})
export type RehearsalInput = z.infer<typeof rehearsalInputSchema>

const byReason = z.array(z.object({ reason: z.string(), count: z.number().int() }))

export const rehearsalStorySchema = z.object({
  personId: z.number().int(),
  enteredAt: z.string(),
  trigger: z.string(),
  steps: z.array(runStepSchema),
  messages: z.array(z.object({ at: z.string(), nodeId: z.string(), outcome: z.enum(['sent', 'dropped']), reason: z.string() })),
  /** How it ended; null: still inside at the end. */
  result: z.string().nullable(),
})

export const rehearsalResultSchema = z.object({
  /** People who were played, and of how many; fewer than all when a share was drawn. */
  people: z.number().int(),
  peopleInAll: z.number().int(),
  /** Had too much recorded to be played. */
  leftOut: z.number().int(),
  /** Entries, and how many different people they are of. */
  entries: z.number().int(),
  entrants: z.number().int(),
  /** Still inside at the end. */
  inside: z.number().int(),
  refusals: byReason,
  results: z.array(z.object({ result: z.string(), count: z.number().int() })),
  nodes: z.array(
    z.object({
      nodeId: z.string(),
      entered: z.number().int(),
      passed: z.number().int(),
      timedOut: z.number().int(),
      failed: z.number().int(),
      left: z.number().int(),
      ways: z.array(z.object({ way: z.string(), passed: z.number().int() })),
      /** Of a node that sends. */
      sent: z.number().int(),
      dropped: byReason,
      /** Of those sent how many waited first, and for how long on the average (minutes). */
      waited: z.number().int(),
      waitedMinutes: z.number(),
    }),
  ),
  /** Days by the workspace's clocks. */
  days: z.array(z.object({ date: z.string(), entered: z.number().int(), sent: z.number().int(), dropped: z.number().int() })),
  /** Messages sent by local hour of the day, 0 to 23. */
  hours: z.array(z.number().int()).length(24),
  /** The hour with the most messages. */
  peak: z.object({ at: z.string(), sent: z.number().int() }).nullable(),
  held: z.number().int(),
  coupons: z.array(z.object({ coupon: z.string(), given: z.number().int() })),
  /** Text messages in fen; `rendered`: texts that were written out to know how many parts they have. */
  cost: z.object({ fen: z.number().int(), rendered: z.number().int() }),
  /** What the drawing alone makes certain. */
  advice: z.array(adviceSchema),
  stories: z.array(rehearsalStorySchema),
  /** Time it took (s), and how many times faster than life it was. */
  seconds: z.number(),
  speed: z.number(),
})
export type RehearsalResult = z.infer<typeof rehearsalResultSchema>

export const rehearsalSchema = z.object({
  id: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  /** 0 to 1. */
  progress: z.number(),
  /** The revision of the draft that was played, or the version; neither: one that was sent along. */
  draftRevision: z.number().int().nullable(),
  version: z.number().int().nullable(),
  from: z.string(),
  to: z.string(),
  reach: rehearsalInputSchema.shape.reach,
  answers: taskAnswersSchema,
  askedBy: z.string(),
  askedAt: z.string(),
  endedAt: z.string().nullable(),
  /** Why it failed. */
  reason: z.string().nullable(),
  result: rehearsalResultSchema.nullable(),
})
export type Rehearsal = z.infer<typeof rehearsalSchema>
