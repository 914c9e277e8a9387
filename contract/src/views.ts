import { z } from 'zod'
import { channelSchema, journeyDefinitionSchema, journeyStatusSchema, purposeSchema } from './journey.ts'
import { journeyPausedSchema } from './journey-pause.ts'
import { triggerKindSchema } from './journey-trigger.ts'
import { permissions, roleSchema } from './roles.ts'
import { ruleSchema } from './rule.ts'
import { tagModeSchema, tagValueSchema } from './tag-values.ts'
import { rfmBoundariesSchema, valueModelSchema } from './value-models.ts'

// What the API answers. Instants are ISO 8601 UTC strings; money is integer fen (`…Fen`); rates are fractions of 1.

export const instant = z.string()
export const json = z.record(z.string(), z.unknown())
/** A page by key: pass `nextCursor` back as `cursor`; null means the end. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() })

export const meSchema = z.object({
  account: z.object({ id: z.string(), email: z.string(), name: z.string() }),
  workspace: z.object({ id: z.number(), name: z.string(), timeZone: z.string() }),
  role: roleSchema,
  permissions: z.array(z.enum(permissions)),
})
export type Me = z.infer<typeof meSchema>

export const personSummarySchema = z.object({
  id: z.number(),
  name: z.string().nullable(),
  userId: z.string().nullable(),
  /** Masked by role: 138****1234. */
  phone: z.string().nullable(),
  email: z.string().nullable(),
  createdAt: instant,
  lastSeenAt: instant.nullable(),
})
export type PersonSummary = z.infer<typeof personSummarySchema>

export const orderViewSchema = z.object({
  orderId: z.string(),
  status: z.enum(['created', 'paid', 'cancelled', 'refunded']),
  totalFen: z.number(),
  paidFen: z.number(),
  refundedFen: z.number(),
  currency: z.string(),
  createdAt: instant,
  paidAt: instant.nullable(),
  lines: z.array(z.object({ lineNo: z.number(), itemId: z.string(), name: z.string(), quantity: z.number(), priceFen: z.number() })),
})

export const tagLayerSchema = z.enum(['basic', 'behaviour', 'value', 'preference', 'scene'])
export const definitionStatusSchema = z.enum(['active', 'archived'])
const definitionBase = z.object({
  key: z.string(),
  name: z.string(),
  description: z.string(),
  /** What it is used for; lists show those of one scene together. */
  scene: z.string(),
  /** `valued`: only tags. */
  mode: tagModeSchema,
  rule: ruleSchema.nullable(),
  /** In their order, with the people who have each now; empty unless the mode is `valued`. */
  values: z.array(tagValueSchema.extend({ size: z.number() })),
  status: definitionStatusSchema,
  owner: z.string(),
  revision: z.number(),
  createdAt: instant,
  updatedAt: instant,
  /** People in it now, and when that was last brought up to date. */
  size: z.number(),
  computedAt: instant.nullable(),
})
export const tagViewSchema = definitionBase.extend({ layer: tagLayerSchema, several: z.boolean(), model: valueModelSchema.nullable() })
/** `takenOn`: today, in the workspace's calendar. */
export const rfmPreviewSchema = z.object({
  takenOn: z.iso.date(),
  /** Who bought in the days that are looked at. */
  people: z.number(),
  /** Null where nobody bought. */
  boundaries: rfmBoundariesSchema.nullable(),
  /** People of the eight classes, in the order of the model's values. */
  sizes: z.array(z.number()).length(8),
})
export type RfmPreview = z.infer<typeof rfmPreviewSchema>
export type TagView = z.infer<typeof tagViewSchema>
export const segmentViewSchema = definitionBase
export type SegmentView = z.infer<typeof segmentViewSchema>
export const definitionDetailSchema = z.object({
  usedBy: z.array(z.object({ kind: z.enum(['tag', 'segment', 'journey']), key: z.string(), name: z.string() })),
  history: z.array(z.object({ at: instant, entered: z.number(), left: z.number() })),
})

/** `exact`: everyone is asked, however many they are. */
export const estimateRequestSchema = z.object({ rule: ruleSchema, exact: z.boolean().default(false) })
export const estimateSchema = z.object({
  count: z.number(),
  /** Both ends of what the count is with 95 %, where only some of very many people were asked; null: the count is exact. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  total: z.number(),
  sample: z.array(personSummarySchema),
  tookMs: z.number(),
  /** Names in the rule that no data has used so far; paths start at `rule`. */
  warnings: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

const valueTypeSchema = z.enum(['string', 'number', 'boolean', 'array', 'object', 'null'])
/** `type` is what was seen most often, `types` everything that was seen. */
const fieldSchema = z.object({
  name: z.string(),
  type: valueTypeSchema,
  types: z.array(valueTypeSchema).optional(),
  samples: z.array(z.string()),
})
export const catalogueSchema = z.object({
  events: z.array(z.object({ name: z.string(), count: z.number(), properties: z.array(fieldSchema) })),
  attributes: z.array(fieldSchema),
})
export type Catalogue = z.infer<typeof catalogueSchema>

export const journeySummarySchema = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  status: journeyStatusSchema,
  /** How it begins: as published, else as drawn. */
  trigger: triggerKindSchema,
  version: z.number().nullable(),
  /** Per cent of those who come in whom the live version takes; 100 when it is fully released. */
  share: z.number(),
  createdAt: instant,
  updatedAt: instant,
  entered: z.number(),
  active: z.number(),
  finished: z.number(),
  /** Chosen people are walking through it now, on trial; `draftRevision`: through that draft. */
  trial: z.object({ id: z.string(), draftRevision: z.number().nullable() }).nullable(),
})
export type JourneySummary = z.infer<typeof journeySummarySchema>
export const journeyReviewSchema = z.object({
  state: z.enum(['requested', 'approved', 'rejected', 'withdrawn']),
  /** The draft is still what was shown. */
  current: z.boolean(),
  requestedBy: z.string(),
  requestedAt: instant,
  note: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
  comment: z.string(),
})
export type JourneyReview = z.infer<typeof journeyReviewSchema>
export const journeyDetailSchema = journeySummarySchema.extend({
  description: z.string(),
  /** The version that takes the others while the live one is released to a share. */
  baseVersion: z.number().nullable(),
  /** Null unless it is paused. */
  paused: journeyPausedSchema.nullable(),
  /** Newest first. */
  reviews: z.array(journeyReviewSchema),
  /** Somebody else must approve a draft before it goes live. */
  reviewNeeded: z.boolean(),
  draft: journeyDefinitionSchema,
  draftRevision: z.number(),
  /** Who changed the draft last. */
  draftBy: z.string(),
  draftAt: instant,
  live: journeyDefinitionSchema.nullable(),
  versions: z.array(z.object({ version: z.number(), publishedAt: instant, publishedBy: z.string() })),
  /** When the draft would be due next, if that is by the clock: three times at most. */
  next: z.array(instant),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
})
export type JourneyDetail = z.infer<typeof journeyDetailSchema>
/** Per node of one version (or of all): how many came, are here, went on, timed out, failed or left here by an exit condition. */
export const nodeCountersSchema = z.object({
  nodeId: z.string(),
  entered: z.number(),
  waiting: z.number(),
  passed: z.number(),
  timedOut: z.number(),
  failed: z.number(),
  left: z.number(),
  /** Went on in another version. */
  moved: z.number(),
  /** Of a node that people part at: how many took each way, by its name in `nodeExits`. */
  ways: z.array(z.object({ way: z.string(), passed: z.number() })),
})
export type NodeCounters = z.infer<typeof nodeCountersSchema>
/** `refusals`: how often each reason kept somebody out whom the trigger fitted. */
export const journeyCountersSchema = z.object({
  nodes: z.array(nodeCountersSchema),
  refusals: z.array(z.object({ reason: z.string(), count: z.number() })),
})
/**
 * A time that a journey was due by the clock: `people` were in the audience, of `told` the entry was decided. `skipped` or `cut` off on
 * the way with the reason: `paused`, `late` (by more than a day), `closed` (archived, or begins in another way by now).
 */
export const occurrenceSchema = z.object({
  dueAt: instant,
  state: z.enum(['collecting', 'entering', 'done', 'skipped', 'cut']),
  reason: z.string().nullable(),
  people: z.number(),
  told: z.number(),
  endedAt: instant.nullable(),
})
export type Occurrence = z.infer<typeof occurrenceSchema>
/** Of a journey that is due by the clock: the next three times, and the last twenty. */
export const occurrencesSchema = z.object({ next: z.array(instant), items: z.array(occurrenceSchema) })
/** `unknown` are user ids that nobody has. */
export const journeyEnteredSchema = z.object({ accepted: z.number(), unknown: z.array(z.string()) })
export const journeyRunViewSchema = z.object({
  id: z.string(),
  person: personSummarySchema,
  version: z.number(),
  nodeId: z.string(),
  state: z.enum(['active', 'waiting', 'finished', 'exited', 'failed']),
  enteredAt: instant,
  wakeAt: instant.nullable(),
  result: z.string().nullable(),
})
/** What happened to one customer in one run, step by step, each with the inputs that decided it. */
export const runStepSchema = z.object({ at: instant, nodeId: z.string(), outcome: z.string(), details: json })

/** `segments` of an SMS; a popup's fields are rendered texts. */
export const smsContentSchema = z.object({
  kind: z.literal('sms'),
  /** Liquid; without the 【signature】, which the channel account puts in front. */
  text: z.string().min(1).max(1000),
})
export const popupContentSchema = z.object({
  kind: z.literal('popup'),
  title: z.string().min(1).max(100),
  body: z.string().max(500),
  imageUrl: z.string().max(500).default(''),
  button: z.string().min(1).max(30),
  /** Where the button leads: a coupon to claim, a page of the shop, or only close. */
  action: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('coupon'), coupon: z.string().min(1) }),
    z.object({ kind: z.literal('link'), url: z.string().min(1).max(500) }),
    z.object({ kind: z.literal('close') }),
  ]),
  /** Hours that it waits for the customer to come to the shop. */
  validHours: z.number().int().positive().max(720).default(72),
})
export const contentSchema = z.discriminatedUnion('kind', [smsContentSchema, popupContentSchema])
export type Content = z.infer<typeof contentSchema>
export type SmsContent = z.infer<typeof smsContentSchema>
export type PopupContent = z.infer<typeof popupContentSchema>

export const templateViewSchema = z.object({
  key: z.string(),
  name: z.string(),
  channel: channelSchema,
  content: contentSchema,
  /** Target of `{{ link }}`; it becomes a tracked short link for each message. */
  linkUrl: z.string(),
  revision: z.number(),
  status: definitionStatusSchema,
  updatedAt: instant,
})
export type TemplateView = z.infer<typeof templateViewSchema>
export const previewSchema = z.object({
  content: contentSchema,
  /** The whole SMS as billed, with signature and opt-out words; empty for a popup. */
  fullText: z.string(),
  length: z.number(),
  segments: z.number(),
  /** `code` is for the console's own words: `empty_variable`, `too_long`, `absolute_term` … */
  problems: z.array(z.object({ path: z.string(), code: z.string(), message: z.string(), level: z.enum(['error', 'warning']) })),
  person: personSummarySchema.nullable(),
})

export const messageStateSchema = z.enum(['queued', 'held', 'sending', 'sent', 'delivered', 'failed', 'dropped', 'unknown'])
export type MessageState = z.infer<typeof messageStateSchema>
export const messageViewSchema = z.object({
  id: z.string(),
  channel: channelSchema,
  purpose: purposeSchema,
  template: z.string(),
  journeyId: z.string().nullable(),
  journeyName: z.string().nullable(),
  nodeId: z.string().nullable(),
  person: personSummarySchema,
  state: messageStateSchema,
  /** Why it is held, dropped, failed or unknown (`no_consent`, `quiet_hours`, `frequency_cap`, a provider's code …). */
  reason: z.string().nullable(),
  createdAt: instant,
  sendAt: instant.nullable(),
  sentAt: instant.nullable(),
  deliveredAt: instant.nullable(),
  clickedAt: instant.nullable(),
  costFen: z.number(),
  text: z.string(),
})
export type MessageView = z.infer<typeof messageViewSchema>
export const messageDetailSchema = messageViewSchema.extend({
  decisions: z.array(z.object({ at: instant, answer: z.enum(['send', 'hold', 'drop']), reason: z.string(), details: json })),
  attempts: z.array(z.object({ at: instant, outcome: z.string(), providerId: z.string().nullable(), details: json })),
})

/** K5. `clickRate` = clicked / reached; `conversionRate` = converted / clicked; `roi` = sales / cost; null where the divisor is 0. */
export const effectRowSchema = z.object({
  journeyId: z.string(),
  name: z.string(),
  version: z.number().nullable(),
  goalEvent: z.string(),
  windowHours: z.number(),
  sent: z.number(),
  reached: z.number(),
  clicked: z.number(),
  clickRate: z.number().nullable(),
  converted: z.number(),
  conversionRate: z.number().nullable(),
  salesFen: z.number(),
  costFen: z.number(),
  roi: z.number().nullable(),
})
export type EffectRow = z.infer<typeof effectRowSchema>

export const quarantineItemSchema = z.object({
  id: z.string(),
  receivedAt: instant,
  source: z.string(),
  reason: z.string(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
  raw: z.string(),
  status: z.enum(['open', 'replayed', 'discarded']),
})
export type QuarantineItem = z.infer<typeof quarantineItemSchema>

export const liveEventSchema = z.object({
  messageId: z.string(),
  at: instant,
  receivedAt: instant,
  event: z.string(),
  person: personSummarySchema.nullable(),
  properties: json,
})
export const overviewSchema = z.object({
  /** Since 00:00 today in the workspace's zone, and the same span of yesterday. */
  today: z.object({
    events: z.number(),
    activePeople: z.number(),
    newPeople: z.number(),
    orders: z.number(),
    salesFen: z.number(),
    messagesSent: z.number(),
    messagesDropped: z.number(),
  }),
  yesterday: z.object({
    events: z.number(),
    activePeople: z.number(),
    newPeople: z.number(),
    orders: z.number(),
    salesFen: z.number(),
    messagesSent: z.number(),
    messagesDropped: z.number(),
  }),
  hours: z.array(z.object({ at: instant, events: z.number(), people: z.number(), messages: z.number() })),
  topEvents: z.array(z.object({ name: z.string(), count: z.number() })),
  totals: z.object({ people: z.number(), events: z.number(), liveJourneys: z.number(), quarantined: z.number() }),
})
export type Overview = z.infer<typeof overviewSchema>

export const couponViewSchema = z.object({
  key: z.string(),
  name: z.string(),
  kind: z.enum(['amount_off', 'percent_off']),
  /** amount_off: fen taken off; percent_off: percent taken off (20 = 八折). */
  value: z.number().int().positive(),
  /** Least order total in fen; 0 = no threshold. */
  thresholdFen: z.number().int().nonnegative(),
  stock: z.number().int().positive(),
  perPersonMax: z.number().int().positive(),
  validDays: z.number().int().positive(),
  status: definitionStatusSchema,
  claimed: z.number(),
  used: z.number(),
  createdAt: instant,
})
export type CouponView = z.infer<typeof couponViewSchema>
/** A coupon with the published journeys whose messages offer it. */
export const couponRowSchema = couponViewSchema.extend({ offeredBy: z.array(z.object({ key: z.string(), name: z.string() })) })
export type CouponRow = z.infer<typeof couponRowSchema>
