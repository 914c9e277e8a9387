import { z } from 'zod'
import { eventClockSchema } from './event-clock.ts'
import { type RuleFilter, ruleFilterSchema } from './rule-filter.ts'
import { dateWindowSchema, spanLengthSchema, windowSchema } from './rule-window.ts'

/**
 * The one condition language (T5). Tags, segments, journey branches, exits and filters are all written in it.
 *
 * Meaning (both back-ends in server/src/query hold to it, and a property test holds them equal):
 * - A rule is asked of one person at one instant `now`, in one time zone; events later than `now` do not exist.
 * - Values are compared by JSON type: a number never equals a string; a comparison against a missing value or one of
 *   another type is false. `neq`, `not_in`, `not_contains`, `includes_none` and `date_not_in` are the negations of `eq`, `in`,
 *   `contains`, `includes_any` and `date_in`, so they hold for a missing value.
 * - Numbers are IEEE doubles; text compares by code point; `contains` is a case-sensitive substring test. There is no
 *   pattern matching, so no text can make a rule slow.
 * - A date is a text `2026-05-06` (that day begins), `2026-05-06 12:30[:15[.5]]` (local, a `T` may stand between) or the same
 *   with `Z` or an offset; years 1910 to 2199 (before that, clocks went by odd seconds). A local time that the clocks skip is
 *   read by the clock before the change, one that they show twice is the first. Any other value is no date.
 * - `anniversary` asks whether a day of the window has the date's month and day; 29 February is kept on the 28th in common
 *   years. `month_day` compares month and day only, both ends included, over New Year where `to` is before `from`. Both also
 *   take a text `05-06` without a year.
 * - An event with a `clock` happened when clocks showed such a time (event-clock.ts).
 * - JSON null counts as missing, also for `exists`. Distinct counts different JSON values.
 * - Sum, average, min, max and distinct read one property of the matching events; events where it is missing (for sum,
 *   average, min, max: not a number) are left out. Average, min and max of nothing compare false; sum, count and
 *   distinct of nothing are 0.
 * - `days` counts the local days with a matching event; `streak` is the longest run of such days without a gap,
 *   `current_streak` the run that ends today or yesterday (0: none), `days_absent` the whole local days since the last one,
 *   today not counted; of nobody's absence (no matching event) nothing holds.
 * - Sums (and the sum in an average) are exact to the sixth decimal: each value is rounded there, halves up, and added as
 *   an integer, so 0.1 + 0.2 is 0.3; values beyond ±10^15 count as ±10^15.
 * - `occurrence` looks at the first or last matching event in the window: it must be there, lie in `when`, and pass `where`.
 *   Of several in the same millisecond one that passes is enough.
 * - A `sequence` holds when there are events for all steps in the window, each also in its step's `when`, and each later than
 *   the one before by at least a millisecond, at least the step's `after` and at most its `within`, the last at most the
 *   sequence's `within` after the first; strictly between a step and the one before none of the step's `without`; after the
 *   last step, until now, none of `noneAfter`. Where steps name a `link`, that property has one and the same value in all of
 *   them (and in those of the negative ones that name one; the others count whatever they hold).
 * - A `preference` ranks what the matching events of the window have in `of`: a property's texts and numbers, the bands of a
 *   property's numbers, or bands of the local hour. A band is known by its lower edge and ends with the next; numbers below the
 *   first edge lie in none, hours before it in the last band, which goes over midnight. First comes what the most events have,
 *   or where the `sum` of a property is the greatest; of equals that whose last event is later, then texts by code point, then
 *   numbers by size. It holds when one of `values` is among the first `rank` and has at least `least` events.
 * - `random` cuts people into stable shares by a hash of seed and person: [from, to) of 100 per cent.
 */
export const measureSchema = z.discriminatedUnion('fn', [
  z.object({ fn: z.literal('count') }),
  z.object({ fn: z.enum(['sum', 'average', 'min', 'max', 'distinct']), property: z.string().min(1).max(200) }),
  z.object({ fn: z.enum(['days', 'streak', 'current_streak', 'days_absent']) }),
])
export type Measure = z.infer<typeof measureSchema>

const comparisonSchema = z.enum(['eq', 'gt', 'gte', 'lt', 'lte'])
export type Comparison = z.infer<typeof comparisonSchema>

const eventName = z.string().min(1).max(200)
const filters = z.array(ruleFilterSchema).max(20)
const clock = eventClockSchema.optional()

export const eventRuleSchema = z.object({
  kind: z.literal('event'),
  event: eventName,
  filters,
  clock,
  window: windowSchema,
  measure: measureSchema,
  op: comparisonSchema,
  value: z.number(),
})
export type EventRule = z.infer<typeof eventRuleSchema>

const occurrenceRuleSchema = z.object({
  kind: z.literal('occurrence'),
  which: z.enum(['first', 'last']),
  event: eventName,
  filters,
  clock,
  window: windowSchema,
  when: dateWindowSchema.optional(),
  where: filters,
})
export type OccurrenceRule = z.infer<typeof occurrenceRuleSchema>

const linkedMatch = z.object({ event: eventName, filters, clock, link: z.string().min(1).max(200).optional() })
export type SequenceMatch = z.infer<typeof linkedMatch>
const sequenceStep = linkedMatch.extend({
  when: dateWindowSchema.optional(),
  after: spanLengthSchema.optional(),
  within: spanLengthSchema.optional(),
  without: z.array(linkedMatch).max(5).optional(),
})
export type SequenceStep = z.infer<typeof sequenceStep>

/** Enough for a path from an advertisement to the second order; each step costs a sweep over a person's events. */
const sequenceStepsMax = 10

const sequenceRuleSchema = z.object({
  kind: z.literal('sequence'),
  steps: z.array(sequenceStep).min(1).max(sequenceStepsMax),
  window: windowSchema,
  within: spanLengthSchema.optional(),
  noneAfter: z.array(linkedMatch).max(5).optional(),
})
export type SequenceRule = z.infer<typeof sequenceRuleSchema>

const property = z.string().min(1).max(200)
const preferenceSubjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('property'), property }),
  z.object({ kind: z.literal('bands'), property, edges: z.array(z.number()).min(1).max(50) }),
  z.object({ kind: z.literal('hours'), edges: z.array(z.number().int().min(0).max(23)).min(1).max(24) }),
])
export type PreferenceSubject = z.infer<typeof preferenceSubjectSchema>

/** Of what a person prefers, nobody means more at once. */
export const preferenceRankMax = 20

const preferenceRuleSchema = z.object({
  kind: z.literal('preference'),
  event: eventName,
  filters,
  clock,
  window: windowSchema,
  of: preferenceSubjectSchema,
  sum: property.optional(),
  rank: z.number().int().min(1).max(preferenceRankMax).default(1),
  least: z.number().int().min(1).max(100_000).default(1),
  values: z
    .array(z.union([z.string().max(1000), z.number()]))
    .min(1)
    .max(100),
})
export type PreferenceRule = z.infer<typeof preferenceRuleSchema>

const percent = z.number().min(0).max(100).multipleOf(0.01)
const randomRuleSchema = z.object({ kind: z.literal('random'), seed: z.string().min(1).max(100), from: percent, to: percent })
export type RandomRule = z.infer<typeof randomRuleSchema>

/** Of the percentages of a `random` rule, in whole numbers. */
export const randomBuckets = 10_000

export type Rule =
  | { kind: 'all'; rules: Rule[] }
  | { kind: 'any'; rules: Rule[] }
  | { kind: 'not'; rule: Rule }
  | { kind: 'attribute'; filter: RuleFilter }
  | EventRule
  | OccurrenceRule
  | SequenceRule
  | PreferenceRule
  | RandomRule
  | { kind: 'tag'; tag: string; values?: string[] | undefined }
  | { kind: 'segment'; segment: string }

/** More beside one another nobody reads; a group inside takes more. */
const groupRulesMax = 100
const groupRules = z.lazy(() =>
  z.array(ruleSchema).max(groupRulesMax, {
    error: ({ input }) =>
      `a group has at most ${groupRulesMax} conditions; this one has ${Array.isArray(input) ? input.length : 'more'}; put some into a group of their own`,
  }),
)

/**
 * `tag` and `segment` leaves name the definition's key; `values`: the tag with one of these values (a lifecycle stage, an RFM
 * class, a tier), without them with any. An empty `all` is true, an empty `any` is false.
 */
export const ruleSchema: z.ZodType<Rule> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all'), rules: groupRules }),
    z.object({ kind: z.literal('any'), rules: groupRules }),
    z.object({ kind: z.literal('not'), rule: ruleSchema }),
    z.object({ kind: z.literal('attribute'), filter: ruleFilterSchema }),
    eventRuleSchema,
    occurrenceRuleSchema,
    sequenceRuleSchema,
    preferenceRuleSchema,
    randomRuleSchema,
    z.object({ kind: z.literal('tag'), tag: z.string().min(1), values: z.array(z.string().min(1).max(200)).min(1).max(100).optional() }),
    z.object({ kind: z.literal('segment'), segment: z.string().min(1) }),
  ]),
)

/** Limits that keep one rule cheap to parse, print and evaluate. */
export const ruleDepthMax = 20
export const ruleNodesMax = 500
