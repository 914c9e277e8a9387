import { z } from 'zod'
import { channelSchema } from './journey.ts'
import { roleSchema } from './roles.ts'
import { isTimeZone } from './time-zone.ts'
import { instant, json } from './views.ts'

// What the settings' pages read.

export const apiKeyViewSchema = z.object({
  id: z.string(),
  kind: z.enum(['write', 'api']),
  name: z.string(),
  hint: z.string(),
  createdAt: instant,
  revokedAt: instant.nullable(),
})
export const memberViewSchema = z.object({
  accountId: z.string(),
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  createdAt: instant,
})
export const channelAccountViewSchema = z.object({
  channel: channelSchema,
  provider: z.string(),
  endpoint: z.string(),
  accessKeyId: z.string(),
  /** Never the secret itself. */
  secretSet: z.boolean(),
  signName: z.string(),
  optOutText: z.string(),
  pricePerSegmentFen: z.number(),
  /** Where the provider pushes to: `…/report` receipts, `…/uplink` replies. Null for who may not change the account. */
  callbackPath: z.string().nullable(),
})
export const workspaceSettingsSchema = z.object({
  name: z.string().min(1).max(100),
  timeZone: z.string().refine(isTimeZone, 'the name of an IANA time zone, e.g. Asia/Shanghai'),
  quietHours: z.object({ start: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/), end: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/) }),
  marketingCap: z.object({ max: z.number().int().min(0).max(100), hours: z.number().int().min(1).max(720) }),
  /** Somebody else must approve a journey before it goes live. */
  journeyReview: z.boolean().default(false),
})
export type WorkspaceSettings = z.infer<typeof workspaceSettingsSchema>
export const auditViewSchema = z.object({
  id: z.string(),
  at: instant,
  account: z.string(),
  action: z.string(),
  subject: z.string(),
  details: json,
})
