import { z } from 'zod'

/**
 * What becomes of what fell due in a pause when it ends: it goes on as if nothing had been (`send`); its messages are skipped, up to the
 * next wait (`skip`); or its waits are planned anew from then, durations in full and times of the clock to the next one (`replan`).
 */
export const pausePolicySchema = z.enum(['send', 'skip', 'replan'])
export type PausePolicy = z.infer<typeof pausePolicySchema>
export const pausePolicies = pausePolicySchema.options

/** Of a journey that is paused: since when, what was chosen, and how many runs fell due since. */
export const journeyPausedSchema = z.object({ at: z.string(), policy: pausePolicySchema, overdue: z.number() })
