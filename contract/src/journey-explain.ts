import { z } from 'zod'
import { endpoint, id } from './endpoint.ts'
import { journeyStatusSchema } from './journey.ts'
import { triggerSchema } from './journey-trigger.ts'
import { ruleSchema } from './rule.ts'
import { propertyFilterSchema } from './rule-filter.ts'
import { instant, journeyRunViewSchema, messageDetailSchema, personSummarySchema } from './views.ts'

/**
 * What a leaf of a rule saw. Of events those that were known then; an attribute or membership that changed afterwards and whose earlier
 * value is kept nowhere is `gone`.
 */
export const seenSchema = z.discriminatedUnion('kind', [
  /** Events in the window that pass the filters. `value`: what was measured of them, where it is a number. */
  z.object({
    kind: z.literal('events'),
    count: z.number(),
    value: z.number().nullable(),
    lastAt: instant.nullable(),
    /** There are more than were looked at. */
    more: z.boolean(),
  }),
  /** `statedAt`: when it was said; null: there is none. */
  z.object({ kind: z.literal('attribute'), value: z.unknown(), statedAt: instant.nullable() }),
  z.object({ kind: z.literal('member'), since: instant.nullable(), until: instant.nullable() }),
  z.object({ kind: z.literal('share') }),
  z.object({ kind: z.literal('gone'), changedAt: instant.nullable() }),
])
export type Seen = z.infer<typeof seenSchema>

/** A rule asked of one person at one instant, condition by condition. `holds` null: history does not tell. */
export const ruleInputsSchema = z.object({
  rule: ruleSchema,
  at: instant,
  holds: z.boolean().nullable(),
  parts: z.array(z.object({ rule: ruleSchema, holds: z.boolean().nullable(), seen: seenSchema })),
})
export type RuleInputs = z.infer<typeof ruleInputsSchema>

/** What was written down of an answer (null: nothing was), beside what its inputs come to when it is worked out again. */
export const evaluationSchema = z.object({
  place: z.enum(['entry', 'exit', 'condition', 'way', 'wait', 'trigger']),
  /** Of `exit` its number from 0, of `way` its id. */
  name: z.string(),
  recorded: z.boolean().nullable(),
  inputs: ruleInputsSchema,
})
export type Evaluation = z.infer<typeof evaluationSchema>

/**
 * What became of something that could have brought the person in:
 * `entered`, `refused` (with the reason), `filtered` (a condition of the trigger failed), `waiting` (the time in which something must not
 * happen runs until `until`), `ended` (it happened), `before_publish`, `archived`, `old` (arrived more than seven days late),
 * `definition` (the rule of the segment or tag changed, which starts nothing), `merge`, `open` (not taken yet), `dropped` (could not be
 * taken), `skipped` (a time of the schedule, with the reason), `not_meant` (not in the audience then), `unknown` (kept nowhere).
 */
export const newsOutcomeSchema = z.enum([
  'entered',
  'refused',
  'filtered',
  'waiting',
  'ended',
  'before_publish',
  'archived',
  'old',
  'definition',
  'merge',
  'open',
  'dropped',
  'skipped',
  'not_meant',
  'unknown',
])
export type NewsOutcome = z.infer<typeof newsOutcomeSchema>

export const newsSchema = z.object({
  at: instant,
  receivedAt: instant.nullable(),
  kind: z.enum(['event', 'segment_entry', 'segment_exit', 'tag_entry', 'tag_exit', 'event_absence', 'schedule', 'date', 'call']),
  name: z.string(),
  value: z.string(),
  outcome: newsOutcomeSchema,
  run: z.string().nullable(),
  reason: z.string().nullable(),
  until: instant.nullable(),
  /** Of `filtered`: the conditions that failed, with what was there instead. */
  failed: z.array(z.object({ filter: propertyFilterSchema, found: z.unknown() })),
})
export type News = z.infer<typeof newsSchema>

const refusalsSchema = z.object({
  count: z.number(),
  firstAt: instant,
  lastAt: instant,
  /** The last few, newest first. */
  recent: z.array(
    z.object({ at: instant, version: z.number(), reason: z.string(), name: z.string(), kind: z.string(), occurredAt: instant }),
  ),
})

/** The answer in one word; the rest says why. */
export const verdictSchema = z.enum([
  'never_published',
  'inside',
  'finished',
  'left',
  'failed',
  'refused',
  'waiting',
  'filtered',
  'not_meant',
  'missed',
  'never_triggered',
  'unknown',
])
export type Verdict = z.infer<typeof verdictSchema>

const journeyBrief = z.object({ id: z.string(), name: z.string(), status: journeyStatusSchema })

export const journeyExplanationSchema = z.object({
  journey: journeyBrief.extend({ version: z.number().nullable(), publishedAt: instant.nullable() }),
  person: personSummarySchema,
  verdict: verdictSchema,
  /** Of the published version. */
  trigger: triggerSchema.nullable(),
  /** Newest first; `moreRuns`: there are older ones. */
  runs: z.array(journeyRunViewSchema.extend({ messages: z.array(messageDetailSchema) })),
  moreRuns: z.boolean(),
  refusals: refusalsSchema.nullable(),
  /** Refusals before this are forgotten. */
  refusalsSince: instant,
  /** Newest first. `moreNews`: older ones are not listed. */
  news: z.array(newsSchema),
  moreNews: z.boolean(),
  /** The entry rule and the audience, asked now. */
  now: z.array(evaluationSchema),
  /** Whether a version that is released to a share, or the one before, takes the person now. */
  released: z.boolean(),
})
export type JourneyExplanation = z.infer<typeof journeyExplanationSchema>

const personJourneySchema = z.object({
  journey: journeyBrief,
  /** How often the person came in, and the newest time. */
  entered: z.number(),
  last: journeyRunViewSchema.omit({ person: true }).nullable(),
  refused: z.object({ count: z.number(), at: instant, reason: z.string() }).nullable(),
})
export type PersonJourney = z.infer<typeof personJourneySchema>

export const journeyExplainEndpoints = {
  /** What every published journey did or did not do with one customer. */
  personJourneys: endpoint('GET', '/api/people/:id/journeys', 'people.read', {
    params: z.object({ id: z.coerce.number().int().positive() }),
    response: z.object({ items: z.array(personJourneySchema) }),
  }),
  /** Why one customer got what a journey sent, or did not. */
  journeyExplain: endpoint('GET', '/api/journeys/:id/explain', 'people.read', {
    params: id,
    query: z.object({ person: z.coerce.number().int().positive() }),
    response: journeyExplanationSchema,
  }),
  /** The rules that decided a line of a run's story, with what they saw. Lines count from 0. */
  journeyRunWhy: endpoint('GET', '/api/journeys/:id/runs/:run/why', 'people.read', {
    params: z.object({ id: z.string(), run: z.string() }),
    query: z.object({ step: z.coerce.number().int().min(0).max(1_000) }),
    response: z.object({ evaluations: z.array(evaluationSchema) }),
  }),
} as const
