import { z } from 'zod'
import type { Problem } from './errors.ts'

// An item becomes cheaper or can be bought again: whom it concerns.

export const interests = ['viewed', 'carted', 'favourited'] as const
export type Interest = (typeof interests)[number]
/** The standard events by which people show interest, with the item's `product_id` (or `sku`) and `price`. */
export const interestEvents: Readonly<Record<Interest, string>> = {
  viewed: 'Product Viewed',
  carted: 'Product Added',
  favourited: 'Product Added to Wishlist',
}
export const interestDaysMax = 90

/**
 * Everybody who showed interest in the item within the last `days`. A price has dropped against what it was when the person last showed
 * interest (what the event said, else what it was before the change), by `minimum` at least: per cent of that, or fen.
 */
export const itemTriggerSchema = z.object({
  kind: z.literal('item_change'),
  change: z.enum(['price_drop', 'back_in_stock']),
  interest: z.array(z.enum(interests)).min(1).max(interests.length),
  days: z.number().int().min(1).max(interestDaysMax),
  minimum: z
    .discriminatedUnion('unit', [
      z.object({ unit: z.literal('percent'), value: z.number().int().min(1).max(99) }),
      z.object({ unit: z.literal('fen'), value: z.number().int().min(1).max(1_000_000_000) }),
    ])
    .optional(),
  /** Who has ordered the item since they last showed interest is left alone. */
  unlessBought: z.boolean().default(true),
})
export type ItemTrigger = z.infer<typeof itemTriggerSchema>

export function itemProblems({ change, interest, minimum }: ItemTrigger): Problem[] {
  const twice = interest.findIndex((one, i) => interest.indexOf(one) !== i)
  return [
    ...(twice < 0 ? [] : [{ path: `trigger.interest.${twice}`, message: `"${interest[twice]}" is there already; remove it` }]),
    ...(change === 'price_drop' || minimum === undefined
      ? []
      : [{ path: 'trigger.minimum', message: 'only a price drop has a minimum; leave it out' }]),
  ]
}
