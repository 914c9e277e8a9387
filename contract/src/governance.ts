import { z } from 'zod'
import { definitionKindSchema } from './insight.ts'
import { ruleSchema } from './rule.ts'
import { tagModeSchema, tagValueSchema } from './tag-values.ts'
import { valueModelSchema } from './value-models.ts'
import { instant, tagLayerSchema } from './views.ts'

// Order among tags and segments: what they were, who uses them, and which of them are to be cleaned up.

const named = z.object({ kind: definitionKindSchema, key: z.string(), name: z.string() })

/** `boundaries`: those of its model were taken from the distribution again. */
export const versionChangeSchema = z.enum(['created', 'changed', 'boundaries', 'archived', 'restored'])

export const definitionVersionSchema = z.object({
  revision: z.number(),
  change: versionChangeSchema,
  at: instant,
  by: z.string(),
  name: z.string(),
  description: z.string(),
  layer: tagLayerSchema.nullable(),
  scene: z.string(),
  rule: ruleSchema.nullable(),
  values: z.array(tagValueSchema),
  several: z.boolean(),
  model: valueModelSchema.nullable(),
})
export type DefinitionVersionView = z.infer<typeof definitionVersionSchema>

/**
 * - `unused`: for 90 days nothing has named it and nobody has changed it.
 * - `empty`: nobody is in it.
 * - `stale`: for 90 days nobody entered or left, and its rule did not change.
 * - `waiting`: it was changed more than an hour ago and has not been computed since.
 * - `never`, `always`: its rule can hold for nobody, or holds for everybody, whatever the data.
 * - `duplicate`: others say the same.
 * - `unheard`: it names events or attributes that no data has used so far.
 */
export const findingCodeSchema = z.enum(['unused', 'empty', 'stale', 'waiting', 'never', 'always', 'duplicate', 'unheard'])
export type FindingCode = z.infer<typeof findingCodeSchema>
export const findingSchema = z.object({
  code: findingCodeSchema,
  /** Of `unused`, `empty`, `stale` and `waiting`. */
  since: instant.nullable(),
  /** Of `duplicate`: the others. */
  same: z.array(named),
  /** Of `unheard`: which places of the rule. */
  places: z.array(z.object({ path: z.string(), message: z.string() })),
})
export type Finding = z.infer<typeof findingSchema>

export const governedSchema = named.extend({
  layer: tagLayerSchema.nullable(),
  mode: tagModeSchema,
  owner: z.string(),
  size: z.number(),
  createdAt: instant,
  updatedAt: instant,
  /** When somebody last entered or left; null: never. */
  movedAt: instant.nullable(),
  usedBy: z.array(z.object({ kind: z.enum(['tag', 'segment', 'journey']), key: z.string(), name: z.string() })),
  findings: z.array(findingSchema),
})
export type Governed = z.infer<typeof governedSchema>
/** Every active definition. */
export const governanceSchema = z.object({ at: instant, archived: z.number(), items: z.array(governedSchema) })

export const governanceReportSchema = z.object({
  month: z.string(),
  /** In the workspace's zone; of the current month until now. */
  from: instant,
  to: instant,
  /** Active at the end. */
  tags: z.number(),
  segments: z.number(),
  created: z.number(),
  changed: z.number(),
  archived: z.number(),
  restored: z.number(),
  /** The last 500, oldest first. */
  changes: z.array(named.extend({ revision: z.number(), change: versionChangeSchema, at: instant, by: z.string() })),
  /** Whether `changes` was cut off. */
  more: z.boolean(),
  /** By how much sizes moved, those that moved most first. */
  moves: z.array(named.extend({ before: z.number(), entered: z.number(), left: z.number(), after: z.number() })),
})
export type GovernanceReport = z.infer<typeof governanceReportSchema>
export const monthQuery = z.object({ month: z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'a month, like 2026-11') })
