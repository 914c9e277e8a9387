import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { shareSchema } from './journey-split.ts'
import { instant } from './views.ts'

// How those compare who took different ways by chance, and who was held out.

const difference = z.object({ by: z.number(), low: z.number(), high: z.number() }).nullable()

/**
 * Of one way what was reached of one goal, each person by the first run of theirs that took it: `rate` of `people`; `overControl`: how
 * much higher the rate is than the control's, with the ends of a 95 % interval (Newcombe); `best`: how probable it is the highest;
 * `moneyFen` of the events that reached it, and its mean over all people next to the control's (Welch).
 */
const armGoalSchema = z.object({
  goal: z.string(),
  successes: z.number(),
  rate: z.number(),
  overControl: difference,
  best: z.number(),
  moneyFen: z.number(),
  moneyOverControl: difference,
})
const armSchema = z.object({
  way: z.string(),
  name: z.string(),
  /** Per cent that chance leads there. */
  share: z.number(),
  people: z.number(),
  /** Whom a decision led there, or what was decided before: in no comparison. */
  led: z.number(),
  control: z.boolean(),
  goals: z.array(armGoalSchema),
})

/** What became of a search for a winner. `reason`: `sure` enough, `otherwise` or `spread` as the node says when it is not, `by_hand`. */
const contestSchema = z.object({
  version: z.number(),
  startedAt: instant,
  dueAt: instant,
  filledAt: instant.nullable(),
  /** Inside, waiting for it. */
  waiting: z.number(),
  decided: z
    .object({
      at: instant,
      by: z.string().nullable(),
      reason: z.enum(['sure', 'otherwise', 'spread', 'by_hand']),
      way: z.string().nullable(),
      ways: z.array(z.object({ way: z.string(), people: z.number(), successes: z.number(), probability: z.number() })),
    })
    .nullable(),
  looks: z.number(),
})

const experimentSchema = z.object({
  nodeId: z.string(),
  name: z.string(),
  kind: z.enum(['split', 'holdout']),
  /** Those in which people part here in the same shares; they are counted together. */
  versions: z.array(z.number()),
  /** How probable it is that chance alone spread them so; suspicious below 0.001, and null for too few to say. */
  sampleRatio: z.number().nullable(),
  arms: z.array(armSchema),
  contest: contestSchema.nullable(),
})
export type Experiment = z.infer<typeof experimentSchema>
export type ExperimentArm = z.infer<typeof armSchema>
export type ContestView = z.infer<typeof contestSchema>

/** Below this many people in an arm, or successes and failures in all, no difference is worth a word. */
export const armPeopleMin = 30
export const ratioSuspiciousBelow = 0.001

export const holdoutGroupSchema = z.object({
  key: z.string(),
  name: z.string(),
  share: z.number(),
  until: instant.nullable(),
  /** Keys of live and paused journeys that name it. */
  journeys: z.array(z.object({ key: z.string(), name: z.string() })),
})
export type HoldoutGroupView = z.infer<typeof holdoutGroupSchema>

const node = z.object({ id: z.string(), node: z.string() })
const version = z.number().int().min(1)

export const journeyExperimentEndpoints = {
  /** Of one version, or of the newest and those that spread people alike. */
  journeyExperiments: endpoint('GET', '/api/journeys/:id/experiments', 'journeys.read', {
    params: z.object({ id: z.string() }),
    query: z.object({ version: z.coerce.number().int().min(1).optional() }),
    response: z.object({
      goals: z.array(z.object({ id: z.string(), name: z.string(), event: z.string() })),
      experiments: z.array(experimentSchema),
    }),
  }),
  /** By hand, before it is due or instead of what was decided; `way` null: everybody is spread. */
  journeyContestDecide: endpoint('POST', '/api/journeys/:id/contests/:node/decide', 'journeys.publish', {
    params: node,
    body: z.object({ version, way: z.string().nullable() }),
    response: z.object({ ok: z.literal(true) }),
  }),
  /** Looks again, when the node's time is over once more. */
  journeyContestReopen: endpoint('POST', '/api/journeys/:id/contests/:node/reopen', 'journeys.publish', {
    params: node,
    body: z.object({ version }),
    response: z.object({ ok: z.literal(true) }),
  }),
  holdoutGroups: endpoint('GET', '/api/holdout-groups', 'journeys.read', { response: z.object({ items: z.array(holdoutGroupSchema) }) }),
  /** A new one, or another share, name or end of the one with that key. */
  holdoutGroupSave: endpoint('PUT', '/api/holdout-groups', 'journeys.publish', {
    body: z.object({
      key: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, _ and -, at most 64'),
      name: z.string().trim().min(1).max(100),
      share: shareSchema,
      until: instant.nullable(),
    }),
    response: z.object({ ok: z.literal(true) }),
  }),
  holdoutGroupDelete: endpoint('DELETE', '/api/holdout-groups/:key', 'journeys.publish', {
    params: z.object({ key: z.string() }),
    response: z.object({ ok: z.literal(true) }),
  }),
} as const
