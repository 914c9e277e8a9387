import { z } from 'zod'
import { instant, page, personSummarySchema } from './views.ts'

// What is known of the people in a segment or tag: who they are, whom they share with others, how their number moves.

export const definitionKindSchema = z.enum(['tag', 'segment'])
export const definitionParams = z.object({ kind: definitionKindSchema, key: z.string().min(1).max(64) })
/** A definition in an address: `segment:vip`, `tag:hot`. */
export const definitionNameSchema = z.string().regex(/^(tag|segment):[a-z0-9][a-z0-9_-]{0,63}$/, 'name it as tag:key or segment:key')
const definitionNames = z
  .string()
  .regex(/^(tag|segment):[a-z0-9][a-z0-9_-]{0,63}(,(tag|segment):[a-z0-9][a-z0-9_-]{0,63}){0,11}$/, 'name them as segment:key,tag:key')

/** The people behind a figure of a portrait or a region of an overlap, as filters of the list of people. */
export const traitFilter = {
  /** In all of these, and in none of those. */
  in: definitionNames.optional(),
  notIn: definitionNames.optional(),
  attribute: z.string().min(1).max(200).optional(),
  /** With `attribute`: the value (or an element of the list) as JSON, or a beginning of a text, or a band of numbers [min, max). */
  value: z.string().max(1000).optional(),
  prefix: z.string().max(100).optional(),
  min: z.coerce.number().optional(),
  max: z.coerce.number().optional(),
}

const named = z.object({ kind: definitionKindSchema, key: z.string(), name: z.string() })

/**
 * How a trait is spread: people who have it in the group (`count`) and in the base, their shares (fractions of 1), and the
 * target index = share / baseShare × 100 with its 95 % interval. `weakness` says why the index should not be read much into:
 * the group or the base has fewer than 30 people, fewer than 5 are to be expected, or nobody of the base has it.
 */
export const traitFigureSchema = z.object({
  count: z.number(),
  baseCount: z.number(),
  share: z.number().nullable(),
  baseShare: z.number().nullable(),
  index: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  weakness: z.enum(['small_group', 'few_expected', 'none_in_base']).nullable(),
})
export type TraitFigure = z.infer<typeof traitFigureSchema>

export const traitValueSchema = traitFigureSchema.extend({
  /** Texts, numbers and booleans as they are; of dates a beginning (`2026-05`, `1996`, `199`); null for a band of numbers. */
  value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  /** Of a band: `from` is in it, `to` is not; null is open. */
  from: z.number().nullable(),
  to: z.number().nullable(),
})
export type TraitValue = z.infer<typeof traitValueSchema>

export const traitSchema = z.object({
  name: z.string(),
  type: z.enum(['text', 'number', 'boolean', 'date', 'list']),
  /** People of whom it is known. */
  known: z.number(),
  baseKnown: z.number(),
  values: z.array(traitValueSchema),
  /** Of values that are not listed; null when all are, and for lists, where one person has several. */
  others: traitFigureSchema.nullable(),
})
export type Trait = z.infer<typeof traitSchema>

export const portraitQuery = z.object({
  /** `everyone`, or another segment or tag. */
  against: z.union([z.literal('everyone'), definitionNameSchema]).default('everyone'),
  /** Shares of all people of group and base, or of those of whom the attribute is known. */
  shares: z.enum(['all', 'known']).default('all'),
})
export const portraitSchema = z.object({
  of: named,
  /** Null: everyone. */
  against: named.nullable(),
  at: instant,
  size: z.number(),
  baseSize: z.number(),
  attributes: z.array(traitSchema),
  /** `value`: of a tag that has values those with this one; empty: with any. */
  tags: z.array(traitFigureSchema.extend({ key: z.string(), name: z.string(), layer: z.string(), value: z.string() })),
  /** Attributes that say nothing about a group: contact data, those of which nearly everyone has a value of their own, or one too many. */
  leftOut: z.array(z.object({ name: z.string(), reason: z.enum(['personal', 'scattered', 'too_many']) })),
})
export type Portrait = z.infer<typeof portraitSchema>

export const overlapQuery = z.object({
  /** Two to six names. */
  of: z
    .string()
    .regex(
      /^(tag|segment):[a-z0-9][a-z0-9_-]{0,63}(,(tag|segment):[a-z0-9][a-z0-9_-]{0,63}){1,5}$/,
      'name two to six, as segment:key,tag:key',
    ),
})
export const overlapSchema = z.object({
  sets: z.array(named.extend({ size: z.number() })),
  /** People in at least one. */
  total: z.number(),
  /** People by exactly which of the sets they are in: `inside[i]` about `sets[i]`. Regions without anybody are left out. */
  regions: z.array(z.object({ inside: z.array(z.boolean()), size: z.number() })),
})
export type Overlap = z.infer<typeof overlapSchema>

/** A day of the workspace's calendar. */
export const dayOfCalendar = z.iso.date()
export const sizeDaysMax = 400
/** Of a tag with values: of those who have this one. */
const value = z.string().max(50).optional()
export const sizesQuery = z.object({ from: dayOfCalendar, to: dayOfCalendar, value })
export const sizesSchema = z.object({
  days: z.array(
    z.object({
      day: z.string(),
      /** At the end of the day; of today, now. */
      size: z.number(),
      entered: z.number(),
      left: z.number(),
      /** Members who turned out to be the same person as another. `size` = that of the day before + entered - left - merged. */
      merged: z.number(),
    }),
  ),
  /** Of a tag with values, when none is asked for: how many had each at the end of each of the days. */
  values: z.array(z.object({ value: z.string(), sizes: z.array(z.number()) })),
})
export type Sizes = z.infer<typeof sizesSchema>

export const membersAtQuery = z.object({
  /** Who was in at the end of this day, in the workspace's zone. */
  day: dayOfCalendar,
  value,
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
})
export const membersAtSchema = page(personSummarySchema).extend({ size: z.number() })
