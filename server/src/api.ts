import { AppError } from '@chaoxi/contract'
import { Hono } from 'hono'
import { routePath } from 'hono/route'
import { errorAnswer } from './platform/http/answers.ts'
import { type EndpointDeps, endpointRoutes } from './platform/http/endpoints.ts'
import { type Files, fileRoutes } from './platform/http/files.ts'
import { commonHeaders } from './platform/http/headers.ts'
import { openApi } from './platform/http/openapi.ts'
import type { Ids } from './platform/ids.ts'
import type { Logger } from './platform/log.ts'
import type { Metrics } from './platform/metrics.ts'

export interface ApiDeps extends EndpointDeps {
  readonly log: Logger
  readonly metrics: Metrics
  readonly ids: Ids
  /** Routes outside the table, by where they stand: `{ '/v1': ingest.routes }`. They authenticate by themselves. */
  readonly publicRoutes: Readonly<Record<string, Hono>>
  /** What must answer before this program is ready; each throws when it does not. */
  readonly readyChecks: Readonly<Record<string, () => Promise<unknown>>>
  /** What the program itself is still about, in words (the sample is loading); null when nothing is left to wait for. */
  readonly startingWith?: () => string | null
  readonly files: Files
}

/** Longest that a check may take before its store counts as gone. */
const readyCheckTimeoutMs = 3_000
const apiVersion = '0.1'

async function answersInTime(check: () => Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => late.resolve(false), readyCheckTimeoutMs)
  try {
    return await Promise.race([check().then(() => true), late.promise])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}

/** For whoever runs the program: alive, ready, and numbers. */
function operationRoutes({ metrics, readyChecks, startingWith = () => null }: ApiDeps): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    const names = Object.keys(readyChecks)
    const answers = await Promise.all(Object.values(readyChecks).map(answersInTime))
    const checks = Object.fromEntries(names.map((name, i) => [name, answers[i] ? 'ok' : 'failed']))
    const failed = names.filter((_, i) => !answers[i])
    const reason = failed.length > 0 ? `no answer from ${failed.join(' and ')}` : startingWith()
    if (reason === null) return c.json({ ready: true, checks })
    return c.json({ ready: false, checks, reason }, 503, { 'retry-after': '1' })
  })
  app.get('/metrics', async (c) => c.text(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType }))
  return app
}

/** The whole HTTP face of the program, on one port: the endpoint table, public routes, health, metrics, files. */
export function createApi(deps: ApiDeps): Hono {
  const { log, metrics, ids } = deps
  const seconds = metrics.histogram('http_request_seconds', 'Duration of HTTP requests', ['method', 'route', 'status'])
  const requestIds = new WeakMap<Request, string>()
  const app = new Hono()

  app.use('*', async (c, next) => {
    const end = seconds.startTimer({ method: c.req.method })
    const requestId = ids.secret(9)
    requestIds.set(c.req.raw, requestId)
    await next()
    c.res.headers.set('x-request-id', requestId)
    // The pattern of the route, not the address: a metric must not grow with the number of customers.
    end({ route: routePath(c), status: String(c.res.status) })
  })
  app.use('*', commonHeaders)
  app.onError((error, c) => errorAnswer(error, requestIds.get(c.req.raw) ?? '', log))

  app.route('/', operationRoutes(deps))
  app.get('/api/openapi.json', (c) => c.json(openApi(apiVersion)))
  app.route('/', endpointRoutes(deps))
  for (const [path, routes] of Object.entries(deps.publicRoutes)) app.route(path, routes)
  app.all('/api/*', () => {
    throw new AppError('not_found', 'There is no such endpoint; /api/openapi.json lists them')
  })
  app.route('/', fileRoutes(deps.files))
  app.notFound((c) => c.text('Not found\n', 404))
  return app
}
