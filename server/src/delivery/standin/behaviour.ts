import { z } from 'zod'

/** How the stand-in behaves, as told by `POST /standin/aliyun/behaviour`; every field has the good-natured default. */
export const behaviourSchema = z.object({
  /**
   * What SendSms does: `accept`; `refuse` with `code`, as HTTP 200; `fail` with HTTP 500 before taking the message; `lose`:
   * takes it, then answers 500; `hang`: takes it and does not answer for `hangMs`.
   */
  mode: z.enum(['accept', 'refuse', 'fail', 'lose', 'hang']).default('accept'),
  code: z.string().max(100).default('isv.BUSINESS_LIMIT_CONTROL'),
  /** For that many calls, then `accept` again; null: until told otherwise. */
  times: z.number().int().positive().nullable().default(null),
  /** Only for this number, in any form. */
  phone: z.string().max(20).nullable().default(null),
  delayMs: z.number().int().min(0).max(60_000).default(0),
  hangMs: z.number().int().min(0).max(600_000).default(60_000),
  receiptDelayMs: z.number().int().min(0).max(86_400_000).default(1_000),
  receiptSuccess: z.boolean().default(true),
  receiptErrorCode: z.string().max(50).default('MK:0001'),
  templateReview: z.enum(['approve', 'pend', 'reject']).default('approve'),
})
export type Behaviour = z.infer<typeof behaviourSchema>
export const goodNatured: Behaviour = behaviourSchema.parse({})
