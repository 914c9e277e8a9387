import { z } from 'zod'
import { clockTimeSchema } from './event-clock.ts'
import { propertyFilterSchema } from './rule-filter.ts'

// What triggers and nodes of a journey are both made of.

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

/** An event of the person, with conditions on its properties. */
export const eventMatchSchema = z.object({ event: z.string().min(1).max(200), filters: z.array(propertyFilterSchema).max(20).default([]) })
export type EventMatch = z.infer<typeof eventMatchSchema>

/** How far before or after a date something may be. */
export const offsetDaysMax = 365
/** A date of the customer: `at` on the day of the attribute, or `days` after it (before, when negative); `yearly`: its anniversaries. */
export const ownDate = {
  attribute: z.string().min(1).max(200),
  yearly: z.boolean(),
  days: z.number().int().min(-offsetDaysMax).max(offsetDaysMax),
  at: clockTimeSchema,
}

export const messageResults = ['delivered', 'opened', 'clicked', 'replied', 'failed', 'dropped'] as const
export type MessageResult = (typeof messageResults)[number]
/**
 * What became of the run's own message of a send node, on its newest visit. `opened` of a popup is that it was shown, of an SMS that its
 * link was. `failed`: the provider could not; `dropped`: the gate let it not go. Before the person came to that node nothing holds.
 */
const messageTestSchema = z.object({ node: z.string().max(40), state: z.enum(messageResults) })
export type MessageTest = z.infer<typeof messageTestSchema>
/** Of conditions: holds besides the rule. */
export const messageTest = { message: messageTestSchema.optional() }

export const nodeId = z.string().regex(/^[a-z0-9_]{1,40}$/, 'lower-case letters, digits and _ (at most 40)')
export const place = z.object({ x: z.number(), y: z.number() }).optional()
/** What every node has. */
export const nodeBase = { id: nodeId, place, name: z.string().max(100).default('') }
