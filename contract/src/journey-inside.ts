import { z } from 'zod'
import type { Problem } from './errors.ts'
import { isWaiting, type JourneyDefinition, type JourneyNode, nodeSchema } from './journey.ts'
import { sameOutcomes } from './journey-task.ts'
import { nodeId } from './journey-terms.ts'

// What becomes of the people who are inside earlier versions when a new one is there.

/**
 * - `move`: to the new version. Who stands at a node that is there too, of the same kind, stays at it; `mapping` leads those of another
 *   node on, `null` out of the journey. `waits`: of those who stay, waits go on as they are, or are planned as the new version says,
 *   counted from when the person came to the node.
 * - `leave`: out of the journey, with the result `version_replaced`.
 */
export const insidePlanSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('move'),
    mapping: z.record(nodeId, nodeId.nullable()).default({}),
    waits: z.enum(['keep', 'replan']).default('keep'),
  }),
  z.object({ kind: z.literal('leave') }),
])
export type InsidePlan = z.infer<typeof insidePlanSchema>
export type MovePlan = Extract<InsidePlan, { kind: 'move' }>

/** Where people are inside, and what became of the last plan for them. */
export const journeyInsideSchema = z.object({
  /** Of every version that somebody is in, its nodes: each once, the newest first. */
  nodes: z.array(nodeSchema),
  places: z.array(z.object({ version: z.number(), nodeId: z.string(), people: z.number() })),
  transfer: z
    .object({
      plan: insidePlanSchema,
      version: z.number(),
      startedAt: z.string(),
      endedAt: z.string().nullable(),
      moved: z.number(),
      left: z.number(),
      /** Still in earlier versions. */
      remaining: z.number(),
    })
    .nullable(),
})
export type JourneyInside = z.infer<typeof journeyInsideSchema>

/** The nodes of several versions, each id and kind once: of the first that has it. */
export function distinctNodes(versions: readonly JourneyDefinition[]): JourneyNode[] {
  const all = versions.flatMap((one) => one.nodes)
  return [...Map.groupBy(all, (node) => `${node.id} ${node.kind}`).values()].flatMap((same) => same.slice(0, 1))
}

/** Whether who stands at the node may stay there in the other definition: it has one of the same id and kind. */
export function staysAt(node: JourneyNode, to: JourneyDefinition): boolean {
  return to.nodes.some((one) => one.id === node.id && one.kind === node.kind)
}

/** Where the plan leads whoever is at the node; null: out; undefined: it does not say. */
export function targetOf(plan: MovePlan, node: JourneyNode, to: JourneyDefinition): string | null | undefined {
  const chosen = plan.mapping[node.id]
  if (chosen !== undefined) return chosen
  return staysAt(node, to) ? node.id : undefined
}

/** Whether people keep standing where they are, with their wait. */
export const keepsStanding = (node: JourneyNode, target: string, to: JourneyDefinition): boolean =>
  target === node.id && isWaiting(node) && to.nodes.some((one) => one.id === node.id && staysAs(node, one))

/** A task goes on while it is answered in the same way. */
const staysAs = (node: JourneyNode, one: JourneyNode): boolean =>
  node.kind === 'human_task' ? one.kind === node.kind && sameOutcomes(node, one) : one.kind === node.kind

/** What the plan leaves open for people at nodes of the earlier versions, or leads to where there is nothing. */
export function insidePlanProblems(plan: InsidePlan, from: readonly JourneyDefinition[], to: JourneyDefinition): Problem[] {
  if (plan.kind === 'leave') return []
  const places = new Set(to.nodes.map((node) => node.id))
  const open = distinctNodes(from)
    .filter((node) => targetOf(plan, node, to) === undefined)
    .map((node) => node.id)
  return [
    ...[...new Set(open)].map((id) => ({
      path: `mapping.${id}`,
      message: `the new version has no node "${id}" of that kind; name a node to go on at, or null to leave`,
    })),
    ...Object.entries(plan.mapping).flatMap(([id, target]) =>
      target === null || places.has(target)
        ? []
        : [{ path: `mapping.${id}`, message: `the new version has no node "${target}"; lead to one that is there` }],
    ),
  ]
}
