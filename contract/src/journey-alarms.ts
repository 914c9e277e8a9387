import { z } from 'zod'
import { endpoint, id } from './endpoint.ts'
import { instant } from './views.ts'

export const alarmKinds = ['failures', 'drop', 'cost', 'lag'] as const
export const alarmKindSchema = z.enum(alarmKinds)
export type AlarmKind = z.infer<typeof alarmKindSchema>

const percent = z.number().min(1).max(100).nullable()
/**
 * What a journey's numbers are held against; null: not watched. `failurePercent`: of the runs that ended in the last hour; `dropPercent`:
 * how far entries of the last six hours are below the same hours of the seven days before; `costFen`: of messages sent on one day;
 * `lagMinutes`: of the longest overdue run.
 */
export const alarmLimitsSchema = z.object({
  failurePercent: percent,
  dropPercent: percent,
  costFen: z.number().int().min(1).max(1_000_000_000_000).nullable(),
  lagMinutes: z.number().int().min(1).max(100_000).nullable(),
})
export type AlarmLimits = z.infer<typeof alarmLimitsSchema>
export const usualLimits: AlarmLimits = { failurePercent: 20, dropPercent: 80, costFen: null, lagMinutes: 30 }

/** `usual`: of a drop what entries mostly are. */
const standingSchema = z.object({ value: z.number(), limit: z.number(), usual: z.number().nullable() })
export type AlarmStanding = z.infer<typeof standingSchema>

export const alarmSchema = z.object({
  id: z.string(),
  journeyId: z.string(),
  journeyName: z.string(),
  kind: alarmKindSchema,
  openedAt: instant,
  closedAt: instant.nullable(),
  openedWith: standingSchema,
  stands: standingSchema,
})
export type Alarm = z.infer<typeof alarmSchema>

/** Of a journey that is live for three months and longer: nobody came in, or none of its goals was reached, in all that time. */
const unproductiveSchema = z.object({ journeyId: z.string(), reason: z.enum(['no_entries', 'no_goals']), since: instant })
export type Unproductive = z.infer<typeof unproductiveSchema>

/** A webhook endpoint that nothing is posted to until somebody resumes it. */
const pausedEndpointSchema = z.object({ key: z.string(), name: z.string(), why: z.enum(['failing', 'gone']), since: instant })
export type PausedEndpoint = z.infer<typeof pausedEndpointSchema>

/** Who listens: anybody with a signed webhook, or a robot in a group of DingTalk, Feishu (Lark) or WeCom. */
export const outletKinds = ['webhook', 'dingtalk', 'feishu', 'wecom'] as const
export type OutletKind = (typeof outletKinds)[number]
/** A robot of WeCom has none: its address is the secret. */
export const outletSigned = (kind: OutletKind): boolean => kind !== 'wecom'

const outletSchema = z.object({
  kind: z.enum(outletKinds),
  /** In which its robots are told. */
  language: z.enum(['zh', 'en']),
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  secretSet: z.boolean(),
  problem: z.string().nullable(),
})

export const journeyAlarmEndpoints = {
  /** Open ones of all journeys, the newest first. */
  alarms: endpoint('GET', '/api/alarms', 'journeys.read', {
    response: z.object({
      items: z.array(alarmSchema),
      unproductive: z.array(unproductiveSchema),
      endpoints: z.array(pausedEndpointSchema),
    }),
  }),
  /** Of one journey: open and closed, the newest first. */
  journeyAlarms: endpoint('GET', '/api/journeys/:id/alarms', 'journeys.read', {
    params: id,
    response: z.object({ limits: alarmLimitsSchema, items: z.array(alarmSchema) }),
  }),
  journeyAlarmLimits: endpoint('PUT', '/api/journeys/:id/alarms', 'journeys.publish', {
    params: id,
    body: alarmLimitsSchema,
    response: z.object({ ok: z.literal(true) }),
  }),
  /** Where alarms are told, signed as Standard Webhooks says. */
  alarmOutlet: endpoint('GET', '/api/alarm-outlet', 'settings.read', { response: z.object({ outlet: outletSchema.nullable() }) }),
  /** Without a secret the one before stays. Null: nobody is told any more. */
  alarmOutletUpdate: endpoint('PUT', '/api/alarm-outlet', 'settings.write', {
    body: z.object({
      outlet: z
        .object({
          kind: outletSchema.shape.kind.default('webhook'),
          language: outletSchema.shape.language.default('zh'),
          url: outletSchema.shape.url,
          secret: z.string().min(16).max(200).optional(),
        })
        .nullable(),
    }),
    response: z.object({ outlet: outletSchema.nullable() }),
  }),
  /** Tells the outlet, as it is kept, that this is a test; `problem`: why it was not taken. */
  alarmOutletTest: endpoint('POST', '/api/alarm-outlet/test', 'settings.write', {
    response: z.object({ problem: z.string().nullable() }),
  }),
} as const
