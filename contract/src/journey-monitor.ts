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

/** Runs in trouble: `trying` again by themselves, or `failed`, which is final until somebody lets them try again. */
export const troubleSchema = z.enum(['trying', 'failed'])
export const failureGroupSchema = z.object({
  among: troubleSchema,
  nodeId: z.string(),
  reason: z.string(),
  count: z.number(),
  lastAt: instant,
})
export type FailureGroup = z.infer<typeof failureGroupSchema>

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
  /** Runs in trouble by step and reason; those that failed so long ago that they are history are not among them. */
  journeyFailures: endpoint('GET', '/api/journeys/:id/failures', 'journeys.read', {
    params: id,
    response: z.object({ items: z.array(failureGroupSchema) }),
  }),
  /**
   * Lets runs of one step with one reason try again, or gives them up: a batch at a time, from `after` on; `runs`: these only. `done` try
   * again or were given up; `left` met an exit condition since; `kept` are inside again by another run. `next` is null at the end.
   */
  journeyFailuresAct: endpoint('POST', '/api/journeys/:id/failures', 'journeys.publish', {
    params: id,
    body: z.object({
      action: z.enum(['retry', 'leave']),
      among: troubleSchema,
      nodeId: z.string().max(100),
      reason: z.string().max(2_000),
      runs: z.array(z.string().min(1).max(100)).max(runsActedMax).optional(),
      after: z.string().max(100).optional(),
    }),
    response: z.object({ done: z.number(), left: z.number(), kept: z.number(), next: z.string().nullable() }),
  }),
  journeyRunsAct: endpoint('POST', '/api/journeys/:id/runs', 'journeys.publish', {
    params: id,
    body: z.object({ action: z.enum(['retry', 'leave']), runs: z.array(z.string().min(1).max(100)).min(1).max(runsActedMax) }),
    response: z.object({ done: z.number() }),
  }),
} as const
