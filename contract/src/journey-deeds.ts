import { z } from 'zod'
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
