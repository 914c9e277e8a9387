import { z } from 'zod'
import { ruleSchema } from './rule.ts'
import { tagModeSchema, tagValuesSchema } from './tag-values.ts'
import { valueModelSchema } from './value-models.ts'
import { tagLayerSchema } from './views.ts'

/** Keys of definitions: stable names for files, rules and playbooks. */
export const definitionKeySchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, _ and -, at most 64')

/** What somebody writes of a tag. */
export const tagInputSchema = z.object({
  key: definitionKeySchema.optional(),
  name: z.string().trim().min(1).max(100),
  description: z.string().max(1000).default(''),
  layer: tagLayerSchema,
  scene: z.string().max(200).default(''),
  mode: tagModeSchema,
  rule: ruleSchema.nullable(),
  /** Of the mode `valued`: two to fifty, of which a person has the first whose rule holds, or with `several` each. */
  values: tagValuesSchema.default([]),
  several: z.boolean().default(false),
  /** Which model wrote the values; null: they were written by hand. */
  model: valueModelSchema.nullable().default(null),
})
export const segmentInputSchema = tagInputSchema
  .omit({ layer: true, values: true, several: true, model: true })
  .extend({ mode: z.enum(['static', 'dynamic']) })

/** People who go into a static one and out of it. */
export const membersInputSchema = z.object({
  add: z.array(z.number().int()).max(10_000).default([]),
  remove: z.array(z.number().int()).max(10_000).default([]),
})
