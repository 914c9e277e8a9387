import { join } from 'node:path'
import type { Hono } from 'hono'
import { createApi } from './api.ts'
import { benefitsLoops, benefitsRoutes, createBenefits } from './benefits/index.ts'
import { complianceRoutes, createCompliance } from './compliance/index.ts'
import { contentRoutes, createContent } from './content/index.ts'
import { createIdentity } from './identity/index.ts'
import { type AcceptedEvent, createIngest, createIntakeHandlers, createIntakeRoutes, type Ingest } from './ingest/index.ts'
import type { Clock } from './platform/clock.ts'
import type { ClickHouse } from './platform/db/clickhouse.ts'
import { type Db, sql } from './platform/db/postgres.ts'
import type { Handlers } from './platform/http/api.ts'
import type { Ids } from './platform/ids.ts'
import type { Loops } from './platform/jobs/loops.ts'
import type { Logger } from './platform/log.ts'
import type { Metrics } from './platform/metrics.ts'
import { createEffects, createOverview, createPeople, reportRoutes } from './reports/index.ts'
import { createWorkspaces, workspacesRoutes } from './workspaces/index.ts'

export interface WiringDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  readonly loops: Loops
  /** Where we are reached, without a slash at the end; known once the port is. */
  readonly publicUrl: string
  readonly dataFolder: string
  /** Tests hold every answer against its schema. */
  readonly checkResponses: boolean
}

const root = join(import.meta.dirname, '../..')

/**
 * Builds every room and ties the upward calls: a room that is told of something (events, merges, refusals) is passed to the
 * one that tells, never imported by it. Nothing runs yet.
 */
export function wire(deps: WiringDeps) {
  const { db, clickhouse, clock, ids, log, metrics, loops, publicUrl } = deps
  const wake = (name: string) => loops.wake(name)
  const workspaces = createWorkspaces({ db, clock, ids })
  const identity = createIdentity({ db, clickhouse })
  const benefits = createBenefits({ db, clock, ids, identity, audit: workspaces.audit, wake })
  const compliance = createCompliance({ db, clock, ids, audit: workspaces.audit })
  const content = createContent({
    db,
    clock,
    ids,
    publicUrl,
    settings: workspaces.settings,
    profiles: identity.profiles,
    summaries: identity.summaries,
    audit: workspaces.audit,
    smsAccount: async () => null,
    coupon: benefits.couponFacts,
    claimedCoupons: benefits.claimedCoupons,
  })
  const ingest: Ingest = createIngest({
    db,
    clickhouse,
    clock,
    ids,
    log,
    metrics,
    identity,
    consumers: [compliance.identifyConsumer],
    mergeConsumers: [compliance.mergeConsumer, benefits.mergeConsumer],
    onStored: (_events: readonly AcceptedEvent[]) => {},
  })
  for (const loop of benefitsLoops({ db, clock, record: ingest.record })) loops.add(loop)

  const people = createPeople({
    db,
    clickhouse,
    clock,
    identity,
    views: {
      tags: async () => [],
      segments: async () => [],
      consents: async (workspaceId, personId) => (await compliance.views(workspaceId, personId, [])).consents,
      suppressions: async (workspaceId, { phone }) =>
        phone === null ? [] : (await compliance.views(workspaceId, 0, [phone])).suppressions,
      coupons: benefits.couponsOf,
      members: async () => [],
    },
  })
  const livingPerson = async (workspaceId: number, personId: number) =>
    (await identity.profiles(workspaceId, [personId])).get(personId)?.id ?? null
  const handlers: Handlers[] = [
    workspacesRoutes(workspaces),
    createIntakeHandlers(ingest),
    benefitsRoutes(benefits),
    contentRoutes(content),
    complianceRoutes(compliance, livingPerson),
    reportRoutes({ effects: createEffects({ db, clickhouse }), overview: createOverview({ db, clickhouse, clock }), people }),
  ]
  const publicRoutes: Record<string, Hono> = {
    '/v1': createIntakeRoutes({
      ingest,
      workspaceOfWriteKey: workspaces.workspaceOfWriteKey,
      publicHost: (request) => new URL(request.url).host,
    }),
  }
  const app = createApi({
    handlers,
    publicRoutes,
    log,
    metrics,
    ids,
    authenticate: workspaces.authenticate,
    checkResponses: deps.checkResponses,
    readyChecks: { postgres: () => db.one(sql`select 1`), clickhouse: () => clickhouse.query('interactive', 'select 1') },
    files: { console: join(root, 'console/dist'), sdk: join(root, 'sdk/dist/chaoxi.js') },
  })
  return { app, workspaces, identity, ingest, benefits, compliance, content }
}

export type House = ReturnType<typeof wire>
