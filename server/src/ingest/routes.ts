import { AppError, eventBytesMax } from '@chaoxi/contract'
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Handlers } from '../platform/http/api.ts'
import type { Ingest } from './ingest.ts'
import type { MessageType } from './message.ts'
import { contextOf, readText } from './request.ts'

/** Paths of Segment's HTTP API; the browser library of Segment uses the letters. */
const paths: Record<string, MessageType | null> = {
  track: 'track',
  identify: 'identify',
  page: 'page',
  screen: 'screen',
  group: 'group',
  alias: 'alias',
  batch: null,
  import: null,
  t: 'track',
  i: 'identify',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
  b: null,
}

export interface IntakeRouteDeps {
  readonly ingest: Ingest
  readonly workspaceOfWriteKey: (key: string) => Promise<number | null>
  /** The address that browsers reach us at, for Segment's browser library. */
  readonly publicHost: (request: Request) => string
}

function keyOf(c: Context, text: string): string | null {
  const header = c.req.header('authorization')
  const basic = header?.startsWith('Basic ') ? Buffer.from(header.slice(6), 'base64').toString('utf8').split(':', 1)[0] : undefined
  if (basic) return basic
  // sendBeacon cannot set headers; Segment's browser library then puts the key into the body.
  const inBody =
    /"writeKey"\s*:\s*"([^"\\]{1,200})"/.exec(text.slice(-400)) ?? /"writeKey"\s*:\s*"([^"\\]{1,200})"/.exec(text.slice(0, 400))
  return inBody?.[1] ?? c.req.query('writeKey') ?? null
}

/** `/v1/*`: the intake by Segment's specification. */
export function createIntakeRoutes({ ingest, workspaceOfWriteKey, publicHost }: IntakeRouteDeps): Hono {
  const app = new Hono()
  // Shops call this from their own pages; a write key only adds events, so any origin may.
  app.use(
    '*',
    cors({
      origin: '*',
      allowMethods: ['POST', 'GET', 'OPTIONS'],
      allowHeaders: ['Authorization', 'Content-Type', 'X-Retry-Count'],
      maxAge: 86_400,
    }),
  )
  for (const [path, type] of Object.entries(paths)) {
    app.post(`/${path}`, async (c) => {
      const text = await readText(c)
      const key = keyOf(c, text)
      const workspaceId = key === null ? null : await workspaceOfWriteKey(key)
      if (workspaceId === null)
        throw new AppError('unauthorized', 'The write key is missing or unknown; send it as the user of HTTP basic authentication')
      if (type !== null && Buffer.byteLength(text) > eventBytesMax) {
        throw new AppError('body_too_large', `An event takes at most ${eventBytesMax / 1024} KB; send less with it`)
      }
      const { rejected } = await ingest.acceptText(workspaceId, text, { type, source: `/v1/${path}`, context: contextOf(c) })
      const first = rejected[0]
      if (type !== null && first)
        throw new AppError('invalid_request', `The message was not taken (${first.reason}); it is kept in the quarantine`, first.problems)
      return c.json(rejected.length === 0 ? { success: true } : { success: true, rejected })
    })
  }
  // What Segment's browser library asks its CDN for: which integrations to load. Ours alone.
  app.get('/projects/:key/settings', (c) =>
    c.json({
      integrations: {
        'Segment.io': {
          apiKey: c.req.param('key'),
          apiHost: `${publicHost(c.req.raw)}/v1`,
          protocol: new URL(c.req.url).protocol.replace(':', ''),
        },
      },
      plan: { track: {} },
    }),
  )
  return app
}

/** The console's view of the quarantine. */
export function createIntakeHandlers({ quarantine, replay, catalogue }: Pick<Ingest, 'quarantine' | 'replay' | 'catalogue'>): Handlers {
  return {
    async itemsWrite({ workspaceId }, { body }) {
      await catalogue(workspaceId, body.items)
      return { written: new Set(body.items.map((item) => item.sku)).size }
    },
    quarantine: ({ workspaceId }, { query }) => quarantine.list(workspaceId, query),
    quarantineReplay: async ({ workspaceId }, { params, body }) => {
      await replay(workspaceId, params.id, body.raw)
      return quarantine.find(workspaceId, params.id)
    },
    quarantineDiscard: ({ workspaceId }, { params }) => quarantine.close(workspaceId, params.id, 'discarded'),
  }
}
