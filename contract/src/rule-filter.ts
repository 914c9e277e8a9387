import { z } from 'zod'
import { calendarWindowSchema, dateWindowSchema, monthDaySchema } from './rule-window.ts'

export const scalarSchema = z.union([z.string().max(1000), z.number(), z.boolean()])
export type Scalar = z.infer<typeof scalarSchema>

const property = z.string().min(1).max(200)

const timelessFilters = [
  z.object({ property, op: z.enum(['eq', 'neq']), value: scalarSchema }),
  z.object({ property, op: z.enum(['gt', 'gte', 'lt', 'lte']), value: z.number() }),
  z.object({ property, op: z.enum(['in', 'not_in']), value: z.array(scalarSchema).min(1).max(1000) }),
  z.object({ property, op: z.enum(['contains', 'not_contains']), value: z.string().min(1).max(1000) }),
  z.object({ property, op: z.enum(['starts_with', 'ends_with']), value: z.string().min(1).max(1000) }),
  z.object({ property, op: z.enum(['includes_any', 'includes_all', 'includes_none']), value: z.array(scalarSchema).min(1).max(1000) }),
  z.object({ property, op: z.enum(['exists', 'not_exists']) }),
] as const

const dateFilters = [
  z.object({ property, op: z.enum(['date_in', 'date_not_in']), window: dateWindowSchema }),
  z.object({ property, op: z.literal('anniversary'), window: calendarWindowSchema }),
  z.object({ property, op: z.literal('month_day'), from: monthDaySchema, to: monthDaySchema }),
] as const

/**
 * A test of one property (dots reach into objects: `address.city`). The `includes_*` tests read lists, and there a step
 * that ends in `[]` is a list of objects: `products[].category`.
 */
export const propertyFilterSchema = z.discriminatedUnion('op', [...timelessFilters])
export type PropertyFilter = z.infer<typeof propertyFilterSchema>

/** A test of a date: its answer turns as time goes by, so it needs the instant that the rule is asked at. */
export const dateFilterSchema = z.discriminatedUnion('op', [...dateFilters])
export type DateFilter = z.infer<typeof dateFilterSchema>

/** What a rule may ask of a property. */
export const ruleFilterSchema = z.discriminatedUnion('op', [...timelessFilters, ...dateFilters])
export type RuleFilter = z.infer<typeof ruleFilterSchema>

export function isDateFilter(filter: RuleFilter): filter is DateFilter {
  return filter.op === 'date_in' || filter.op === 'date_not_in' || filter.op === 'anniversary' || filter.op === 'month_day'
}
