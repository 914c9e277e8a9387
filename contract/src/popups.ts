import { z } from 'zod'
import { purposeSchema } from './journey.ts'

/** What `GET /v1/popups` answers a shop's page with: popups that wait for this customer, oldest first, texts rendered. */
export const waitingPopupSchema = z.object({
  id: z.string(),
  /** Left out: marketing, which the SDK marks as advertising. */
  purpose: purposeSchema.optional(),
  title: z.string(),
  body: z.string(),
  /** Empty: none. */
  imageUrl: z.string(),
  button: z.string(),
  action: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('coupon'), coupon: z.string() }),
    z.object({ kind: z.literal('link'), url: z.string() }),
    z.object({ kind: z.literal('close') }),
  ]),
})
export type WaitingPopup = z.infer<typeof waitingPopupSchema>
export const waitingPopupsSchema = z.object({ popups: z.array(waitingPopupSchema) })

/** Body of `POST /v1/popups/:id/{shown,clicked,closed}`: who saw it; one of the two is enough. */
export const popupReportSchema = z.object({
  userId: z.string().max(200).nullish(),
  anonymousId: z.string().max(200).nullish(),
})
