import { z } from 'zod'

export const reentryDaysMax = 3_650

/**
 * How often one person may come in: once, again after leaving, each time; again so many days (of 24 hours) after the last entry; or
 * once at a time for each value of a property of what brings them in (an order). Without that property they count as having one value
 * together.
 */
export const reentrySchema = z.union([
  z.enum(['never', 'after_exit', 'every_time']),
  z.object({ kind: z.literal('after_days'), days: z.number().int().min(1).max(reentryDaysMax) }),
  z.object({ kind: z.literal('one_per_key'), property: z.string().min(1).max(200) }),
])
export type Reentry = z.infer<typeof reentrySchema>

const most = z.number().int().min(1).max(1_000_000_000)
/** How many people may come in, all together: within a full hour of the clock, and ever, in all versions. */
export const entryLimitsSchema = z.object({ perHour: most.optional(), total: most.optional() })
export type EntryLimits = z.infer<typeof entryLimitsSchema>
