import { popupReportSchema } from '@chaoxi/contract'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import type { Callbacks } from './callbacks.ts'
import type { Links } from './links.ts'
import type { PopupAct, Popups } from './popups.ts'
import type { TrialPost } from './trial/trial-post.ts'

/** Pushes carry at most a few hundred entries of some hundred bytes. */
const callbackBytesMax = 1024 * 1024
const identifierMax = 255
const reportBytesMax = 4 * 1024

export interface PopupRoutesDeps {
  readonly popups: Popups
  /** Popups of trials are shown to the colleagues they are for, before their own. */
  readonly trialPost: Pick<TrialPost, 'popupFor' | 'act'>
  workspaceOfWriteKey(key: string): Promise<number | null>
  personOf(workspaceId: number, kind: 'user_id' | 'anonymous_id', value: string): Promise<number | null>
}

/** The write key is the user name of basic authentication, as everywhere under /v1. */
function writeKeyOf(c: Context): string | null {
  const encoded = /^Basic\s+(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (!encoded) return null
  return Buffer.from(encoded, 'base64').toString('utf8').split(':')[0] || null
}

/** `/v1/popups`: what the SDK asks and reports. Shops call it from their own origin. */
export function popupRoutes({ popups, trialPost, workspaceOfWriteKey, personOf }: PopupRoutesDeps): Hono {
  const app = new Hono()
  app.use(bodyLimit({ maxSize: reportBytesMax }))
  app.use(cors({ origin: '*', allowHeaders: ['authorization', 'content-type'], maxAge: 86_400 }))

  const workspaceOf = async (c: Context) => {
    const key = writeKeyOf(c)
    return key === null ? null : workspaceOfWriteKey(key)
  }
  const unauthorized = (c: Context) =>
    c.json({ error: { code: 'unauthorized', message: 'Send a write key as the user name of basic authentication', problems: [] } }, 401)

  const known = async (workspaceId: number, kind: 'user_id' | 'anonymous_id', value: string | null | undefined) =>
    !value || value.length > identifierMax ? null : personOf(workspaceId, kind, value)
  const personBy = async (workspaceId: number, userId: string | null | undefined, anonymousId: string | null | undefined) =>
    (await known(workspaceId, 'user_id', userId)) ?? (await known(workspaceId, 'anonymous_id', anonymousId))

  app.get('/', async (c) => {
    const workspaceId = await workspaceOf(c)
    if (workspaceId === null) return unauthorized(c)
    const userId = c.req.query('userId')
    c.header('cache-control', 'no-store')
    const test = userId && userId.length <= identifierMax ? await trialPost.popupFor(workspaceId, userId) : null
    if (test !== null) return c.json({ popups: [test] })
    const personId = await personBy(workspaceId, userId, c.req.query('anonymousId'))
    return c.json({ popups: personId === null ? [] : await popups.fetch(workspaceId, personId) })
  })

  for (const act of ['shown', 'clicked', 'closed'] satisfies PopupAct[]) {
    app.post(`/:id/${act}`, async (c) => {
      const workspaceId = await workspaceOf(c)
      if (workspaceId === null) return unauthorized(c)
      const report = popupReportSchema.safeParse(await c.req.json().catch(() => ({})))
      const who = report.success ? await personBy(workspaceId, report.data.userId, report.data.anonymousId) : null
      const id = c.req.param('id')
      const done = (await trialPost.act(workspaceId, id, act)) || (await popups.act(workspaceId, id, act, who))
      return done
        ? c.json({ success: true })
        : c.json({ error: { code: 'not_found', message: 'There is no such popup', problems: [] } }, 404)
    })
  }
  return app
}

/** `/l/:code`: short links of messages. */
export function linkRoutes(links: Links): Hono {
  const app = new Hono()
  app.on(['GET', 'HEAD'], '/:code', async (c) => {
    const purpose = `${c.req.header('sec-purpose') ?? ''} ${c.req.header('purpose') ?? ''} ${c.req.header('x-moz') ?? ''}`
    const url = await links.follow(c.req.param('code'), {
      userAgent: c.req.header('user-agent') ?? '',
      isHead: c.req.raw.method === 'HEAD',
      isPrefetch: /prefetch|prerender|preview/i.test(purpose),
    })
    if (url === null) return c.text('This link leads nowhere.', 404)
    c.header('cache-control', 'no-store')
    c.header('referrer-policy', 'no-referrer')
    return c.redirect(url, 302)
  })
  return app
}

/** `/callbacks/aliyun/:token/{report,uplink}`. The provider looks at `code` only, and pushes again when it is not 0. */
export function callbackRoutes(callbacks: Callbacks): Hono {
  const app = new Hono()
  app.use(bodyLimit({ maxSize: callbackBytesMax }))
  for (const kind of ['report', 'uplink'] as const) {
    app.post(`/:token/${kind}`, async (c) => {
      const body: unknown = await c.req.json().catch(() => undefined)
      if (body === undefined) return c.json({ code: 1, msg: 'not JSON' }, 400)
      const read = await callbacks[kind](c.req.param('token'), body)
      return read === null ? c.json({ code: 1, msg: 'not found' }, 404) : c.json({ code: 0, msg: '接收成功' })
    })
  }
  return app
}
