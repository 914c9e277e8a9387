import { z } from 'zod'
import { eventMatchSchema } from './journey-terms.ts'

const segment = z.string().min(1)
/** Of a tag with values: this one, or without it any (a change from one to another counts too). */
const tagAndValue = { tag: z.string().min(1), value: z.string().min(1).max(50).optional() }

/** What brings people into a journey. */
export const triggerSchema = z.discriminatedUnion('kind', [
  eventMatchSchema.extend({ kind: z.literal('event') }),
  z.object({ kind: z.literal('segment_entry'), segment }),
  z.object({ kind: z.literal('segment_exit'), segment }),
  /** The tag is given. */
  z.object({ kind: z.literal('tag_entry'), ...tagAndValue }),
  /** The tag is lost. */
  z.object({ kind: z.literal('tag_exit'), ...tagAndValue }),
])
export type Trigger = z.infer<typeof triggerSchema>
export type TriggerKind = Trigger['kind']
