import { z } from 'zod'

/**
 * The one condition language (T5). Tags, segments, journey branches, exits and filters are all written in it.
 *
 * Meaning (both back-ends in server/src/query hold to it, and a property test holds them equal):
 * - A rule is asked of one person at one instant `now`; events later than `now` do not exist.
 * - Values are compared by JSON type: a number never equals a string; a comparison against a missing value or one of
 *   another type is false. `neq` and `not_in` are the negations of `eq` and `in`, so they hold for a missing value.
 * - Numbers are IEEE doubles; text compares by code point; `contains` is a case-sensitive substring test.
 * - A rolling window is the half-open interval (now - length, now]; `between` is [from, to), instants in ISO 8601.
 * - Sum, average, min, max and distinct read one property of the matching events; events where it is missing (for sum,
 *   average, min, max: not a number) are left out. Average, min and max of nothing compare false; sum, count and
 *   distinct of nothing are 0.
 * - JSON null counts as missing, also for `exists`. Distinct counts different JSON values.
 * - Sums (and the sum in an average) are exact to the sixth decimal: each value is rounded there, halves up, and added as
 *   an integer, so 0.1 + 0.2 is 0.3; values beyond ±10^15 count as ±10^15.
 */
export const scalarSchema = z.union([z.string().max(1000), z.number(), z.boolean()])
export type Scalar = z.infer<typeof scalarSchema>

export const propertyFilterSchema = z.discriminatedUnion('op', [
  z.object({ property: z.string().min(1).max(200), op: z.enum(['eq', 'neq']), value: scalarSchema }),
  z.object({ property: z.string().min(1).max(200), op: z.enum(['gt', 'gte', 'lt', 'lte']), value: z.number() }),
  z.object({ property: z.string().min(1).max(200), op: z.enum(['in', 'not_in']), value: z.array(scalarSchema).min(1).max(1000) }),
  z.object({ property: z.string().min(1).max(200), op: z.enum(['contains', 'not_contains']), value: z.string().min(1).max(1000) }),
  z.object({ property: z.string().min(1).max(200), op: z.enum(['exists', 'not_exists']) }),
])
/** A test of one property (dots reach into objects: `address.city`). */
export type PropertyFilter = z.infer<typeof propertyFilterSchema>

export const windowSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ever') }),
  z.object({ kind: z.literal('rolling'), amount: z.number().int().positive().max(100_000), unit: z.enum(['minute', 'hour', 'day']) }),
  z.object({ kind: z.literal('between'), from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) }),
])
export type RuleWindow = z.infer<typeof windowSchema>

export const measureSchema = z.discriminatedUnion('fn', [
  z.object({ fn: z.literal('count') }),
  z.object({ fn: z.enum(['sum', 'average', 'min', 'max', 'distinct']), property: z.string().min(1).max(200) }),
])
export type Measure = z.infer<typeof measureSchema>

export type Comparison = 'eq' | 'gt' | 'gte' | 'lt' | 'lte'

export interface EventRule {
  kind: 'event'
  event: string
  filters: PropertyFilter[]
  window: RuleWindow
  measure: Measure
  op: Comparison
  value: number
}

export type Rule =
  | { kind: 'all'; rules: Rule[] }
  | { kind: 'any'; rules: Rule[] }
  | { kind: 'not'; rule: Rule }
  | { kind: 'attribute'; filter: PropertyFilter }
  | EventRule
  | { kind: 'tag'; tag: string }
  | { kind: 'segment'; segment: string }

export const eventRuleSchema = z.object({
  kind: z.literal('event'),
  event: z.string().min(1).max(200),
  filters: z.array(propertyFilterSchema).max(20),
  window: windowSchema,
  measure: measureSchema,
  op: z.enum(['eq', 'gt', 'gte', 'lt', 'lte']),
  value: z.number(),
})

/** `tag` and `segment` leaves name the definition's key. An empty `all` is true, an empty `any` is false. */
export const ruleSchema: z.ZodType<Rule> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all'), rules: z.array(ruleSchema).max(100) }),
    z.object({ kind: z.literal('any'), rules: z.array(ruleSchema).max(100) }),
    z.object({ kind: z.literal('not'), rule: ruleSchema }),
    z.object({ kind: z.literal('attribute'), filter: propertyFilterSchema }),
    eventRuleSchema,
    z.object({ kind: z.literal('tag'), tag: z.string().min(1) }),
    z.object({ kind: z.literal('segment'), segment: z.string().min(1) }),
  ]),
)

/** Limits that keep one rule cheap to parse, print and evaluate. */
export const ruleDepthMax = 12
export const ruleNodesMax = 200
