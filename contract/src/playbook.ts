import { z } from 'zod'
import { definitionKeySchema } from './definition-input.ts'
import { channelSchema, journeyDefinitionSchema } from './journey.ts'
import { ruleSchema } from './rule.ts'
import { tagModeSchema, tagValuesSchema } from './tag-values.ts'
import { valueModelSchema } from './value-models.ts'
import { contentSchema, couponViewSchema, tagLayerSchema } from './views.ts'

const name = z.string().trim().min(1).max(100)
const description = z.string().max(1000).default('')
const definition = z.object({
  key: definitionKeySchema,
  name,
  description,
  scene: z.string().max(200).default(''),
  mode: z.enum(['static', 'dynamic']),
  rule: ruleSchema.nullable(),
})

/** What a playbook is for, in the order in which a shop comes to need it. */
export const playbookScenes = ['setup', 'welcome', 'order', 'repeat', 'member', 'campaign'] as const
export const playbookSceneSchema = z.enum(playbookScenes)

const told = z.string().max(1000).default('')
/** What an operator reads before installing. */
const words = {
  name,
  description,
  /** For whom it is. */
  audience: told,
  /** What it should bring, and where to look for that. */
  effect: told,
  /** What it asks of the shop, and what to set before going live. */
  setup: told,
}

/**
 * Something ready as a file: journeys and everything that they mention, or a set of tags without any. Things are told apart by their keys: what a
 * workspace has already under a key is kept as the shop made it.
 */
export const playbookSchema = z.object({
  key: definitionKeySchema,
  scene: playbookSceneSchema.default('setup'),
  ...words,
  /** The same in English; what it installs keeps the words of the file. */
  en: z.object(words).optional(),
  coupons: z
    .array(couponViewSchema.omit({ status: true, claimed: true, used: true, createdAt: true }).extend({ key: definitionKeySchema }))
    .max(50)
    .default([]),
  tags: z
    .array(
      definition.extend({
        layer: tagLayerSchema,
        mode: tagModeSchema,
        values: tagValuesSchema.default([]),
        several: z.boolean().default(false),
        model: valueModelSchema.nullable().default(null),
      }),
    )
    .max(100)
    .default([]),
  segments: z.array(definition).max(100).default([]),
  templates: z
    .array(
      z.object({
        key: definitionKeySchema,
        name,
        channel: channelSchema,
        content: contentSchema,
        linkUrl: z.string().max(1000).default(''),
      }),
    )
    .max(100)
    .default([]),
  journeys: z.array(z.object({ key: definitionKeySchema, name, description, definition: journeyDefinitionSchema })).max(20),
})
export type Playbook = z.infer<typeof playbookSchema>
