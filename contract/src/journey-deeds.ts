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

/** A value of its own, or a property of what brought the person in; where that has none, nothing is written. */
export const attributeValueSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('literal'), value: z.union([z.string().max(1_000), z.number(), z.boolean()]) }),
  z.object({ kind: z.literal('trigger'), property: z.string().min(1).max(200) }),
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

/** People are recognised by these: an identify says them, with what follows for who is whom. */
const identifyingAttributes = ['phone', 'email']

export function setAttributeProblems({ attribute }: z.infer<typeof setAttributeNodeSchema>): Problem[] {
  if (!identifyingAttributes.includes(attribute)) return []
  return [{ path: 'attribute', message: `people are recognised by "${attribute}", so a journey cannot write it; choose another attribute` }]
}
