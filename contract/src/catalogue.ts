import { z } from 'zod'

/** Items of one call. */
export const catalogueItemsMax = 1_000
const text = z.string().trim().min(1).max(500).optional()

/** An item as the shop's catalogue knows it; `sku` is what events call `product_id`. */
export const catalogueItemSchema = z.object({
  sku: z.string().trim().min(1).max(200),
  name: text,
  category: text,
  brand: text,
  priceFen: z.number().int().min(0).max(1_000_000_000_000).optional(),
  /** Pieces that can be bought. */
  stock: z.number().int().min(0).max(1_000_000_000_000).optional(),
  imageUrl: z.url().max(2_000).optional(),
  url: z.url().max(2_000).optional(),
})
export type CatalogueItem = z.infer<typeof catalogueItemSchema>
export const catalogueSchema = z.object({ items: z.array(catalogueItemSchema).min(1).max(catalogueItemsMax) })
