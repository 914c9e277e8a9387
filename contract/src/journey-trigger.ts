import { z } from 'zod'
import { clockTimeSchema } from './event-clock.ts'
import { itemTriggerSchema } from './journey-item.ts'
import { replyTriggerSchema } from './journey-reply.ts'
import { durationSchema, eventMatchSchema, ownDate } from './journey-terms.ts'
import { ruleSchema } from './rule.ts'

const segment = z.string().min(1)
/** Of a tag with values: this one, or without it any (a change from one to another counts too). */
const tagAndValue = { tag: z.string().min(1), value: z.string().min(1).max(50).optional() }

/** Longer than this nobody's absence is waited for. */
export const absenceDaysMax = 90
/** Events of which none may follow. */
export const absenceNoneMax = 10

const localDate = z.iso.date()
/** Of how many weeks one may be chosen. */
export const weeksEveryMax = 52

/**
 * Days on which a schedule runs. Of `weeks` greater than one, those counted from the week of `from` (weeks begin on Monday). A day of
 * the month that a month does not have is skipped; `last` is its last day whatever its number.
 */
export const repeatSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('once'), date: localDate }),
  z.object({ kind: z.literal('daily') }),
  z.object({
    kind: z.literal('weekly'),
    weekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7),
    weeks: z.number().int().min(1).max(weeksEveryMax).default(1),
  }),
  z.object({
    kind: z.literal('monthly'),
    days: z
      .array(z.union([z.number().int().min(1).max(31), z.literal('last')]))
      .min(1)
      .max(31),
  }),
])
export type Repeat = z.infer<typeof repeatSchema>

/** Who is meant when a schedule is due: at that moment, not when it was drawn. */
export const audienceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('segment'), segment }),
  z.object({ kind: z.literal('rule'), rule: ruleSchema }),
])
export type Audience = z.infer<typeof audienceSchema>

/** What brings people into a journey. */
export const triggerSchema = z.discriminatedUnion('kind', [
  eventMatchSchema.extend({ kind: z.literal('event') }),
  z.object({ kind: z.literal('segment_entry'), segment }),
  z.object({ kind: z.literal('segment_exit'), segment }),
  /** The tag is given. */
  z.object({ kind: z.literal('tag_entry'), ...tagAndValue }),
  /** The tag is lost. */
  z.object({ kind: z.literal('tag_exit'), ...tagAndValue }),
  /** The event, and then none of the others within the time after it, which runs from when the event happened. */
  eventMatchSchema.extend({
    kind: z.literal('event_absence'),
    none: z.array(eventMatchSchema).min(1).max(absenceNoneMax),
    within: durationSchema,
    /**
     * Only those of the others count whose property `none` has the value that the first event has in `first` (the same item). A step
     * of `none` that ends in `[]` is a list of objects, one of which has it. When the first event has no such value, all count.
     */
    same: z.object({ first: z.string().min(1).max(200), none: z.string().min(1).max(200) }).optional(),
  }),
  /**
   * Everybody of the audience, each time that it is due: at `at` by the workspace's clocks, on days from `from` to `to` (both
   * included). Local times that the clocks skip or show twice are read as rules read them (rule.ts): each day is due once.
   */
  z.object({
    kind: z.literal('schedule'),
    audience: audienceSchema,
    at: clockTimeSchema,
    repeat: repeatSchema,
    from: localDate.optional(),
    to: localDate.optional(),
  }),
  /**
   * Each person once for each of their dates: at `at` on the day of the attribute, or `days` after it (before, when negative).
   * `yearly`: each anniversary, 29 February kept on the 28th in common years.
   */
  z.object({
    kind: z.literal('date'),
    ...ownDate,
  }),
  replyTriggerSchema,
  itemTriggerSchema,
  /** A program through the API, or another journey. */
  z.object({ kind: z.literal('call') }),
])
export type Trigger = z.infer<typeof triggerSchema>
export type TriggerKind = Trigger['kind']
export const triggerKindSchema = z.enum(triggerSchema.options.map((one) => one.shape.kind.value))

/** People of one call, and bytes of what is said of one of them. */
export const calledMax = 1_000
export const calledBytesMax = 16_384
const calledProperties = z
  .record(z.string().min(1).max(200), z.json())
  .refine((said) => JSON.stringify(said).length <= calledBytesMax, `at most ${calledBytesMax} characters of JSON`)

/**
 * A program lets people into a journey. The same `key` again lets nobody in twice. Properties are what templates read as `event.*`
 * and conditions on the trigger ask for; those of a person come before those of all.
 */
export const journeyEnterSchema = z.object({
  key: z.string().min(1).max(200),
  people: z
    .array(z.object({ userId: z.string().min(1).max(200), properties: calledProperties.optional() }))
    .min(1)
    .max(calledMax),
  properties: calledProperties.optional(),
})
