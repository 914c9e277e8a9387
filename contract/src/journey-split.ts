import { z } from 'zod'
import type { Problem } from './errors.ts'
import { durationMs, durationSchema, eventMatchSchema, nodeBase, nodeId } from './journey-terms.ts'

// Nodes that people part at by chance: ways in shares, of which one may win, and those who are held out.

/** `id` is how counters, stories and runs name the way; it stays when the way is renamed or moved. */
export const way = z.object({
  id: z.string().regex(/^[a-z0-9_]{1,20}$/, 'lower-case letters, digits and _ (at most 20)'),
  name: z.string().max(50).default(''),
})
export const waysMax = 10
/** Of a split's way, in per cent. */
export const shareMin = 0.01
export const shareSchema = z.number().min(shareMin).max(100).multipleOf(0.01)
const splitWay = way.extend({
  /** Per cent of the people; those of all ways make 100. */
  share: shareSchema,
  /** The people who get nothing, for comparison; their way leads to an exit. */
  control: z.boolean().optional(),
  next: nodeId,
})
export type SplitWay = z.infer<typeof splitWay>

export const measuredResults = ['delivered', 'clicked', 'replied'] as const

/**
 * What counts as success of a way: a goal of the journey, by its id; that a message which follows the way was delivered, clicked or
 * replied to; that the person did an event.
 */
export const winnerMeasureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('goal'), goal: z.string().min(1).max(40) }),
  z.object({ kind: z.literal('message'), result: z.enum(measuredResults) }),
  eventMatchSchema.extend({ kind: z.literal('event') }),
])
export type WinnerMeasure = z.infer<typeof winnerMeasureSchema>

/** People at each way that may be waited for. */
const winnerPeopleMax = 100_000
export const winnerDaysMax = 90

/** Spreads some over the ways and lets the rest wait for the way that does best. */
export const winnerSchema = z.object({
  /** Per cent of those who arrive that are spread; the rest wait until it is decided. */
  explore: shareSchema,
  /** From the first arrival until it is decided. */
  for: durationSchema,
  /** Decided earlier: as soon as each way has had so many people, and the last of them the time that a success may take. */
  people: z.number().int().min(1).max(winnerPeopleMax).optional(),
  measure: winnerMeasureSchema,
  /** After taking the way, how long a success counts. */
  within: durationSchema,
  /** Per cent of probability that the best way is the best, which is needed to choose it. */
  enough: z.number().min(50).max(99.99).multipleOf(0.01).default(95),
  /** The way that is taken when no way is sure; without it everybody goes on being spread. */
  otherwise: z.string().max(20).optional(),
})
export type Winner = z.infer<typeof winnerSchema>

/** A person goes the same way on every visit and in every version, until `seed` or the shares are changed. */
export const splitNodeSchema = z.object({
  ...nodeBase,
  kind: z.literal('split'),
  seed: z.string().max(100).optional(),
  winner: winnerSchema.optional(),
  ways: z.array(splitWay).min(2).max(waysMax),
})
type SplitNode = z.infer<typeof splitNodeSchema>

export const heldWay = 'held'
/**
 * Holds some people out, always the same, to see what the journey does to the others: those of a group of the workspace, which several
 * journeys may name, or a share of this journey's own. Who is held out takes `held`, or the journey is over for them.
 */
export const holdoutNodeSchema = z.object({
  ...nodeBase,
  kind: z.literal('holdout'),
  group: z.string().min(1).max(64).optional(),
  /** Per cent; of the journey's own. */
  share: shareSchema.optional(),
  next: nodeId,
  held: nodeId.optional(),
})
type HoldoutNode = z.infer<typeof holdoutNodeSchema>

/** How what the measure of a split counts is called among the goals of a run. */
export const measureId = (nodeId: string): string => `split.${nodeId}`
export const isMeasureId = (goal: string): boolean => goal.startsWith('split.')

export function holdoutProblems({ group, share }: HoldoutNode): Problem[] {
  if (group === undefined && share === undefined)
    return [{ path: 'share', message: 'say how many per cent are held out, or name a holdout group' }]
  if (group === undefined || share === undefined) return []
  return [{ path: 'share', message: `the holdout group "${group}" says how many are held out; remove the share, or the group` }]
}

export function winnerProblems({ winner, ways }: SplitNode, goals: readonly string[]): Problem[] {
  if (!winner) return []
  const { measure, explore, otherwise } = winner
  const problems: Problem[] = []
  const say = (path: string, message: string) => problems.push({ path: `winner.${path}`, message })
  if (explore >= 100) say('explore', 'nobody is left to follow the winner; spread fewer than 100 per cent')
  for (const field of ['for', 'within'] as const)
    if (durationMs(winner[field]) > winnerDaysMax * 86_400_000)
      say(field, `a winner is looked for within ${winnerDaysMax} days; make the time shorter`)
  if (otherwise !== undefined && !ways.some(({ id }) => id === otherwise))
    say('otherwise', `there is no way "${otherwise}"; name one of this split`)
  if (measure.kind === 'goal' && !goals.includes(measure.goal))
    say('measure.goal', `the journey has no goal "${measure.goal}"; name one of its goals`)
  if (measure.kind === 'message' && ways.some(({ control }) => control))
    say('measure', 'a control group is sent nothing, so messages tell nothing of it; measure by a goal or an event')
  return problems
}
