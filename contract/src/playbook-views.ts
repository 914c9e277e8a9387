import { z } from 'zod'
import { playbookSchema } from './playbook.ts'

/** Of the things that a playbook brings along. */
export const playbookParts = ['journeys', 'templates', 'tags', 'segments', 'coupons'] as const
export const playbookPartSchema = z.enum(playbookParts)
export type PlaybookPart = z.infer<typeof playbookPartSchema>

export const playbookSummarySchema = playbookSchema.pick({ key: true, scene: true, name: true, description: true, audience: true }).extend({
  effect: z.string(),
  setup: z.string(),
  en: playbookSchema.shape.en,
  installed: z.boolean(),
  /** How many of each it brings along. */
  parts: z.record(playbookPartSchema, z.number().int()),
  /** Events that it listens for or asks about; without those that `starts` names nobody comes in. */
  events: z.array(z.object({ name: z.string(), starts: z.boolean() })),
  /** What it must know of people. */
  attributes: z.array(z.string()),
})
export type PlaybookSummary = z.infer<typeof playbookSummarySchema>

/** Something that an installation was about: new, or there under its key before and kept as it was. */
export const installedPartSchema = z.object({ part: playbookPartSchema, key: z.string(), name: z.string(), added: z.boolean() })
export type InstalledPart = z.infer<typeof installedPartSchema>
