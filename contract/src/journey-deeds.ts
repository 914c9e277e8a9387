import { z } from 'zod'
import type { Problem } from './errors.ts'
import { nodeBase, nodeId } from './journey-terms.ts'

// Nodes that do something in the shop besides sending: each does it once per visit, whatever crashes.

/**
 * Gives the person a coupon; later messages of the run read it as `coupon.*`. `onFailure`: when there is none left, the person
 * has had as many as allowed, or it is archived or not there.
 */
export const grantNodeSchema = z.object({
  ...nodeBase,
  kind: z.literal('grant'),
  coupon: z.string().min(1).max(100),
  next: nodeId,
  onFailure: nodeId,
})

/** Gives the person a static tag, or takes it; who has it already, or not, stays as is. */
export const setTagNodeSchema = z.object({
  ...nodeBase,
  kind: z.literal('set_tag'),
  tag: z.string().min(1).max(100),
  change: z.enum(['give', 'take']),
  next: nodeId,
})

/**
 * A value of its own, a property of what brought the person in, or what the run has come to know (`webhook.<node>.<name>`); where there
 * is none, nothing is written.
 */
export const attributeValueSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('literal'), value: z.union([z.string().max(1_000), z.number(), z.boolean()]) }),
  z.object({ kind: z.literal('trigger'), property: z.string().min(1).max(200) }),
  z.object({ kind: z.literal('run'), property: z.string().min(1).max(200) }),
])
export type AttributeValue = z.infer<typeof attributeValueSchema>

/** Writes an attribute of the person. */
export const setAttributeNodeSchema = z.object({
  ...nodeBase,
  kind: z.literal('set_attribute'),
  attribute: z.string().min(1).max(200),
  value: attributeValueSchema,
  next: nodeId,
})

/** Properties that a run passes on. */
export const passedOnMax = 20

/**
 * Lets the person into another live journey that begins by a call; `properties` are what its trigger has. Whether that journey's own
 * entry rules let the person in is decided there. `onFailure`: when it takes no calls (it is not there, not live, begins in another
 * way), or when journeys have started each other `callDepthMax` times already.
 */
export const startJourneyNodeSchema = z.object({
  ...nodeBase,
  kind: z.literal('start_journey'),
  journey: z.string().min(1).max(100),
  properties: z
    .array(z.object({ name: z.string().min(1).max(200), value: attributeValueSchema }))
    .max(passedOnMax)
    .default([]),
  next: nodeId,
  onFailure: nodeId,
})

/** Journeys that start each other go no further than this; the first one was started by something else. */
export const callDepthMax = 10

/** Ends what the person has under way in the journey; without one, in this journey besides the run that does it. */
export const stopJourneyNodeSchema = z.object({
  ...nodeBase,
  kind: z.literal('stop_journey'),
  journey: z.string().min(1).max(100).optional(),
  next: nodeId,
})

export function startJourneyProblems({ properties }: z.infer<typeof startJourneyNodeSchema>): Problem[] {
  return properties.flatMap(({ name }, i) => {
    const first = properties.findIndex((one) => one.name === name)
    if (first === i) return []
    return [{ path: `properties.${i}.name`, message: `"${name}" is passed on already; give this one another name, or remove it` }]
  })
}

/** People are recognised by these: an identify says them, with what follows for who is whom. */
const identifyingAttributes = ['phone', 'email']

export function setAttributeProblems({ attribute }: z.infer<typeof setAttributeNodeSchema>): Problem[] {
  if (!identifyingAttributes.includes(attribute)) return []
  return [{ path: 'attribute', message: `people are recognised by "${attribute}", so a journey cannot write it; choose another attribute` }]
}
