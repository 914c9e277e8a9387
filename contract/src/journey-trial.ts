import { z } from 'zod'
import { channelSchema, journeyDefinitionSchema } from './journey.ts'
import { personSummarySchema, popupContentSchema, runStepSchema } from './views.ts'

// A trial: chosen people walk through a journey at real or compressed time. What they do is made up, what they are is true, and
// messages go to colleagues only.

export const trialPeopleMax = 200
/** A real minute is a virtual day, twice as fast. */
export const trialSpeedMax = 2_880
/** Messages that really go to one recipient. */
export const trialSendsMax = 100
export const trialPerMinuteMax = 30
export const trialDaysKept = 30
export const recipientsMax = 50

const person = z.number().int().min(1)
const properties = z.record(z.string().min(1).max(200), z.json())

export const recipientSchema = z.object({
  id: z.string(),
  name: z.string(),
  channel: channelSchema,
  /** A telephone number; of popups the user id of a colleague in the shop. */
  address: z.string(),
  confirmedBy: z.string(),
  confirmedAt: z.string(),
})
export type Recipient = z.infer<typeof recipientSchema>

export const recipientInputSchema = z.object({
  name: z.string().trim().min(1).max(50),
  channel: channelSchema,
  address: z.string().trim().min(1).max(100),
  /** Somebody who works here has said so. */
  belongsToStaff: z.literal(true),
})

/** By list, or the product chooses people who together cover what the journey tells apart. */
export const trialPeopleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('list'), people: z.array(person).min(1).max(trialPeopleMax) }),
  z.object({ kind: z.literal('users'), userIds: z.array(z.string().min(1).max(200)).min(1).max(trialPeopleMax) }),
  z.object({
    kind: z.literal('choose'),
    count: z.number().int().min(1).max(trialPeopleMax).default(100),
    /** Among those of the segment only. */
    segment: z.string().min(1).optional(),
  }),
])
export type TrialPeople = z.infer<typeof trialPeopleSchema>

/** What somebody was chosen for: one side of what the journey asks, or a state that decides what reaches the person. */
export const trialTraitSchema = z.object({
  kind: z.enum(['rule', 'way', 'exit', 'entry', 'tag', 'consent', 'address', 'suppressed', 'trigger', 'attribute']),
  /** The node, the tag, the channel, the attribute; empty for the entry rule and the trigger. */
  of: z.string(),
  /** `yes`, `no`; of a way its id; of a tag its value; of consent `granted`, `withdrawn`, `none`. */
  is: z.string(),
})
export type TrialTrait = z.infer<typeof trialTraitSchema>

export const chosenSchema = z.object({ person: personSummarySchema, reasons: z.array(trialTraitSchema) })

export const trialInputSchema = z.object({
  version: z.enum(['draft', 'live']).default('draft'),
  /** Instead of either: one that is stored nowhere. */
  definition: journeyDefinitionSchema.optional(),
  people: trialPeopleSchema,
  /** Virtual time for real time: 1, or 1440 for a day in a minute. */
  speed: z.number().int().min(1).max(trialSpeedMax).default(1_440),
  /** Empty: nothing is sent, texts are only written. */
  recipients: z.array(z.string()).max(20).default([]),
  sendsPerRecipient: z.number().int().min(1).max(trialSendsMax).default(20),
  sendsPerMinute: z.number().int().min(1).max(trialPerMinuteMax).default(6),
  /** Of the event that brings people in, for those who have none of their own. */
  sample: properties.optional(),
  /** `own`: each person's newest event that fits, where there is one. */
  trigger: z.enum(['own', 'sample']).default('own'),
  /** `cover`: people are spread over the ways, so that all are seen; `facts`: they go as they are, and as they are made to. */
  ways: z.enum(['cover', 'facts']).default('facts'),
})
export type TrialInput = z.infer<typeof trialInputSchema>

/** What is made to happen to one of the people, or to all who stand at the node. */
export const trialHappeningSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), event: z.string().min(1).max(200), properties: properties.default({}) }),
  /** The rule that the node waits for holds from now on, or does not. */
  z.object({ kind: z.literal('rule'), holds: z.boolean() }),
  /** A colleague chooses the result of the task that is open. */
  z.object({ kind: z.literal('answer'), outcome: z.string().min(1).max(50) }),
  /** Of the message of a node that sends. */
  z.object({ kind: z.literal('message'), node: z.string(), became: z.enum(['delivered', 'opened', 'clicked', 'replied', 'failed']) }),
])
export type TrialHappening = z.infer<typeof trialHappeningSchema>

export const trialActSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('happen'), person: person.nullable(), node: z.string(), what: trialHappeningSchema }),
  /** The clock goes to the next instant at which something is due: a wait is over. */
  z.object({ kind: z.literal('skip') }),
  z.object({ kind: z.literal('pause') }),
  z.object({ kind: z.literal('resume') }),
  z.object({ kind: z.literal('speed'), speed: z.number().int().min(1).max(trialSpeedMax) }),
  z.object({ kind: z.literal('stop') }),
])
export type TrialAct = z.infer<typeof trialActSchema>

export const trialContentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sms'), text: z.string(), segments: z.number().int(), costFen: z.number().int() }),
  z.object({ kind: z.literal('popup'), popup: popupContentSchema }),
])

export const trialMessageSchema = z.object({
  key: z.string(),
  nodeId: z.string(),
  channel: channelSchema,
  template: z.string(),
  /** By the virtual clock: when the journey let it go, and when it went or was dropped (null: it waits until `due`). */
  queuedAt: z.string(),
  at: z.string().nullable(),
  due: z.string().nullable(),
  outcome: z.enum(['sent', 'dropped', 'held']),
  reason: z.string(),
  details: z.record(z.string(), z.unknown()),
  content: trialContentSchema.nullable(),
  /** Of its text something that is in order today for nobody: `template_review`, `template_rejected`. */
  warning: z.string().nullable(),
  /** Where it really went: null where it is content only. */
  test: z.object({ recipient: z.string(), state: z.string(), reason: z.string().nullable(), at: z.string().nullable() }).nullable(),
})
export type TrialMessage = z.infer<typeof trialMessageSchema>

/** What was not really done. */
export const trialDeedSchema = z.object({ at: z.string(), nodeId: z.string(), kind: z.string(), what: z.record(z.string(), z.unknown()) })

export const trialStorySchema = z.object({
  /** `own`: her newest event, of `since`; `sample`: made up. */
  trigger: z.object({
    kind: z.string(),
    name: z.string(),
    from: z.enum(['own', 'sample']),
    since: z.string().nullable(),
    properties: z.record(z.string(), z.unknown()),
  }),
  /** Where she stands; null: she is out, or never came in. */
  nodeId: z.string().nullable(),
  until: z.string().nullable(),
  refused: z.string().nullable(),
  result: z.string().nullable(),
  steps: z.array(runStepSchema),
  messages: z.array(trialMessageSchema),
  deeds: z.array(trialDeedSchema),
  made: z.array(z.object({ at: z.string(), what: trialHappeningSchema, nodeId: z.string().nullable(), auto: z.boolean() })),
})
export type TrialStory = z.infer<typeof trialStorySchema>

export const trialPersonSchema = chosenSchema.extend({ story: trialStorySchema.nullable() })

/** What stands in red: who could have come and did not. */
export const trialProblemSchema = z.object({
  kind: z.enum(['missing_variable', 'template', 'stopped', 'never', 'failed', 'not_covered']),
  nodeId: z.string(),
  way: z.string().nullable(),
  reason: z.string(),
  count: z.number().int(),
  /** Somebody whom it concerns. */
  personId: z.number().int().nullable(),
  details: z.record(z.string(), z.unknown()),
})
export type TrialProblem = z.infer<typeof trialProblemSchema>

export const trialCoverageSchema = z.object({
  nodes: z.array(
    z.object({
      nodeId: z.string(),
      seen: z.number().int(),
      here: z.number().int(),
      ways: z.array(z.object({ way: z.string(), seen: z.number().int() })),
    }),
  ),
  /** How people ended. */
  results: z.array(z.object({ result: z.string(), count: z.number().int() })),
  /** Ways and nodes that somebody took, of all. */
  covered: z.number().int(),
  all: z.number().int(),
})
export type TrialCoverage = z.infer<typeof trialCoverageSchema>

export const trialSchema = z.object({
  id: z.string(),
  state: z.enum(['running', 'paused', 'done', 'stopped', 'failed']),
  draftRevision: z.number().int().nullable(),
  version: z.number().int().nullable(),
  speed: z.number().int(),
  ways: trialInputSchema.shape.ways,
  people: z.number().int(),
  /** Still inside. */
  inside: z.number().int(),
  /** The virtual clock: where it began, where it stands, and when something is due next. */
  from: z.string(),
  at: z.string(),
  nextAt: z.string().nullable(),
  /** The same by real clocks. */
  nextReal: z.string().nullable(),
  askedBy: z.string(),
  askedAt: z.string(),
  endedAt: z.string().nullable(),
  reason: z.string().nullable(),
  recipients: z.array(z.string()),
})
export type Trial = z.infer<typeof trialSchema>

export const trialReportSchema = trialSchema.extend({
  definition: journeyDefinitionSchema,
  coverage: trialCoverageSchema,
  problems: z.array(trialProblemSchema),
  participants: z.array(trialPersonSchema),
  /** Recipients by id, as they are called. */
  to: z.array(recipientSchema.pick({ id: true, name: true, channel: true })),
})
export type TrialReport = z.infer<typeof trialReportSchema>

/** What brings people in, to be shown and edited before. */
export const trialSampleSchema = z.object({ name: z.string(), properties, editable: z.boolean() })

export const trialChoiceInputSchema = z.object({
  definition: journeyDefinitionSchema.optional(),
  people: trialPeopleSchema,
})
export const trialChoiceSchema = z.object({
  people: z.array(chosenSchema),
  /** Traits that nobody among the candidates has. */
  missing: z.array(trialTraitSchema),
  candidates: z.number().int(),
  sample: trialSampleSchema,
})
export type TrialChoice = z.infer<typeof trialChoiceSchema>
