import { z } from 'zod'
import { channelSchema, purposeSchema } from './journey.ts'
import { ruleSchema } from './rule.ts'
import { instant, json, personSummarySchema } from './views.ts'

// The page of one person.

export const consentViewSchema = z.object({
  channel: channelSchema,
  purpose: purposeSchema,
  granted: z.boolean(),
  at: instant,
  source: z.string(),
  textVersion: z.string(),
  evidence: json,
})
export const suppressionViewSchema = z.object({ channel: channelSchema, address: z.string(), reason: z.string(), at: instant })

/** An event as the reason of something; its message id finds it on the timeline. */
const causeSchema = z.object({ messageId: z.string(), event: z.string(), at: instant })

const membershipViewSchema = z.object({
  key: z.string(),
  name: z.string(),
  /** Of a tag with values the one that the person has; empty otherwise. */
  value: z.string(),
  since: instant,
  /** What it is by: the rule (of the value) as it stands now. Null where people are put in by hand. */
  rule: ruleSchema.nullable(),
  /**
   * What made it true: an event or attribute that came (`cause`, where it can still be told), a window that closed, a definition
   * that is new or was changed, somebody's hand, a journey, a merge, or that the regular comparison found what was stored to be wrong.
   */
  reason: z.enum(['event', 'time', 'definition', 'manual', 'journey', 'merge', 'repair']).nullable(),
  /** Of the reason `journey`, its name; null also when it is gone. */
  journey: z.string().nullable(),
  cause: causeSchema.nullable(),
})

export const personDetailSchema = personSummarySchema.extend({
  attributes: json,
  /** By name: when it was said, and by what; `library` is what sent it (`chaoxi-import` is a file). */
  attributeSources: z.record(z.string(), z.object({ at: instant, cause: causeSchema.extend({ library: z.string() }).nullable() })),
  identities: z.array(
    z.object({
      kind: z.string(),
      value: z.string(),
      linkedAt: instant,
      /** `new`, `alias`, `hand`, or the kind of the identifier that the message was recognised by. */
      via: z.string(),
      /** The number that it came to: another than the person's where a merge brought it. */
      number: z.number(),
      /** Of the events that carried it; null where events do not say (phone, e-mail, WeChat). */
      firstSeenAt: instant.nullable(),
      lastSeenAt: instant.nullable(),
    }),
  ),
  mergedFrom: z.array(z.object({ personId: z.number(), at: instant, reason: z.string() })),
  tags: z.array(membershipViewSchema.extend({ layer: z.string() })),
  segments: z.array(membershipViewSchema),
  consents: z.array(consentViewSchema),
  /** Every statement, newest first; at most 200. */
  consentHistory: z.array(consentViewSchema),
  suppressions: z.array(suppressionViewSchema),
  coupons: z.array(
    z.object({
      couponKey: z.string(),
      name: z.string(),
      code: z.string(),
      state: z.enum(['claimed', 'locked', 'used', 'expired', 'returned']),
      claimedAt: instant,
      usedAt: instant.nullable(),
      expiresAt: instant.nullable(),
    }),
  ),
  stats: z.object({ orders: z.number(), paidFen: z.number(), lastPaidAt: instant.nullable(), events: z.number() }),
})
export type PersonDetail = z.infer<typeof personDetailSchema>

/** One of the numbers of a decision, with the person it lives on in. */
const partySchema = z.object({ number: z.number(), person: personSummarySchema.nullable() })

/** How this person came to be one: merges with what undid them, and what could have joined it to others and did not. */
export const identityHistorySchema = z.object({
  merges: z.array(
    z.object({
      id: z.string(),
      at: instant,
      /** `device`, `phone`, `email`, `openid`, `unionid`, `alias`, `hand`. */
      reason: z.string(),
      from: partySchema,
      into: partySchema,
      /** Null while it holds. */
      undone: z.object({ at: instant, by: z.string(), note: z.string() }).nullable(),
      /** Whether it can be undone from this person. */
      open: z.boolean(),
    }),
  ),
  decisions: z.array(
    z.object({
      kind: z.enum(['handed_on', 'contact_kept', 'accounts_kept', 'split_kept']),
      /** Who said it, and whose the identifier was. */
      person: partySchema,
      other: partySchema,
      identifier: z.object({ kind: z.string(), value: z.string() }),
      firstAt: instant,
      lastAt: instant,
      times: z.number(),
    }),
  ),
})
export type IdentityHistory = z.infer<typeof identityHistorySchema>

const shareSchema = z.object({
  identities: z.array(z.object({ kind: z.string(), value: z.string() })),
  events: z.number(),
  orders: z.number(),
  messages: z.number(),
  coupons: z.number(),
  /** Runs of journeys, and those that are not over. */
  runs: z.number(),
  liveRuns: z.number(),
})
/** What undoing a merge would give to the one who leaves, and what stays. */
export const splitPlanSchema = z.object({
  merge: z.string(),
  mergedAt: instant,
  reason: z.string(),
  leaving: shareSchema.extend({ number: z.number() }),
  staying: shareSchema.extend({ number: z.number() }),
})
export type SplitPlanView = z.infer<typeof splitPlanSchema>

export const timelineKindSchema = z.enum(['behaviour', 'order', 'coupon', 'message', 'profile'])
export type TimelineKind = z.infer<typeof timelineKindSchema>

export const timelineItemSchema = z.object({
  id: z.string(),
  kind: z.enum(['event', 'message', 'journey']),
  at: instant,
  title: z.string(),
  details: json,
})
export type TimelineItem = z.infer<typeof timelineItemSchema>
