import { z } from 'zod'
import { endpoint, id } from './endpoint.ts'
import { instant, journeyRunViewSchema } from './views.ts'

/** How far back a trend looks at most. */
export const trendHoursMax = 24 * 14
export const trendDaysMax = 92

const numbers = z.array(z.number())
/**
 * What happened at one step, or to the journey's runs (`entered` began, `passed` came to an end), in each hour or local day from `at` on.
 * `name`: the version, or the way, where asked for.
 */
export const journeyTrendSchema = z.object({
  unit: z.enum(['hour', 'day']),
  at: z.array(instant),
  series: z.array(z.object({ name: z.string(), entered: numbers, passed: numbers, timedOut: numbers, failed: numbers, left: numbers })),
})
export type JourneyTrend = z.infer<typeof journeyTrendSchema>

export const stuckRunSchema = journeyRunViewSchema.extend({ tries: z.number() })
/**
 * `lagSeconds`: how long the longest overdue run has been due. `overdue`: runs that were due more than ten minutes ago; `trying`: those
 * that could not move and try again. `healed`: runs that nothing would have woken and that were given a waker.
 */
export const journeyHealthSchema = z.object({
  lagSeconds: z.number(),
  overdue: z.number(),
  trying: z.number(),
  healed: z.object({ runs: z.number(), lastAt: instant.nullable() }),
  stuck: z.array(stuckRunSchema),
})
export type JourneyHealth = z.infer<typeof journeyHealthSchema>

const runsActedMax = 200

export const journeyMonitorEndpoints = {
  journeyTrend: endpoint('GET', '/api/journeys/:id/trend', 'journeys.read', {
    params: id,
    query: z.object({
      unit: z.enum(['hour', 'day']).default('day'),
      length: z.coerce.number().int().min(1).max(trendHoursMax).default(30),
      node: z.string().optional(),
      by: z.enum(['all', 'version', 'way']).default('all'),
    }),
    response: journeyTrendSchema,
  }),
  journeyHealth: endpoint('GET', '/api/journeys/:id/health', 'journeys.read', { params: id, response: journeyHealthSchema }),
  /** Messages that did not go out, by step and reason, the most first. */
  journeyStops: endpoint('GET', '/api/journeys/:id/stops', 'journeys.read', {
    params: id,
    response: z.object({ items: z.array(z.object({ nodeId: z.string(), reason: z.string(), count: z.number() })) }),
  }),
  journeyRunsAct: endpoint('POST', '/api/journeys/:id/runs', 'journeys.publish', {
    params: id,
    body: z.object({ action: z.enum(['retry', 'leave']), runs: z.array(z.string().min(1).max(100)).min(1).max(runsActedMax) }),
    response: z.object({ done: z.number() }),
  }),
} as const
