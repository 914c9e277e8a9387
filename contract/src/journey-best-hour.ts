import { z } from 'zod'
import type { Rule } from './rule.ts'

export const bestHourDaysMax = 90
export const hoursOfDay = 24

/**
 * The hour of the day in which the person most often did the event within the last `days`, by the workspace's clocks; of equals the one
 * of the later event. Where no hour has `least` events: `defaultHour`. Whoever comes within that hour does not wait.
 */
export const bestHourSchema = z.object({
  kind: z.literal('best_hour'),
  event: z.string().min(1).max(200),
  days: z.number().int().min(1).max(bestHourDaysMax),
  least: z.number().int().min(1).max(1_000),
  defaultHour: z
    .number()
    .int()
    .min(0)
    .max(hoursOfDay - 1),
})
export type BestHour = z.infer<typeof bestHourSchema>

const kept = new WeakMap<BestHour, Rule[]>()

/** For each hour, whether it is the person's best one: at most one of them holds. The same rules for the same wish. */
export function bestHourRules(wish: BestHour): Rule[] {
  const known = kept.get(wish)
  if (known) return known
  const edges = Array.from({ length: hoursOfDay }, (_, hour) => hour)
  const rules = edges.map(
    (hour): Rule => ({
      ...{ kind: 'preference', event: wish.event, filters: [], of: { kind: 'hours', edges }, rank: 1, least: wish.least, values: [hour] },
      window: { kind: 'rolling', amount: wish.days, unit: 'day' },
    }),
  )
  kept.set(wish, rules)
  return rules
}
