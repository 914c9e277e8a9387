import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono, type MiddlewareHandler } from 'hono'
import { consoleHeaders } from './headers.ts'

export interface Files {
  /** Folder of the built console. */
  readonly console: string
  /** The built SDK, one file. */
  readonly sdk: string
}

// Vite names assets by their content, so they never change; the page that names them must be asked for each time.
const foreverCache = 'public, max-age=31536000, immutable'
const askCache = 'no-cache'
/** A shop's page loads the SDK from here: an hour between a release and its use. */
const sdkCache = 'public, max-age=3600'

/** Sets headers on what was found, and on nothing else: a missing asset must not be remembered for a year. */
function whenFound(headersOf: (path: string) => Record<string, string>): MiddlewareHandler {
  return async (c, next) => {
    await next()
    if (!c.res.ok) return
    for (const [name, value] of Object.entries(headersOf(c.req.path))) c.res.headers.set(name, value)
  }
}

/**
 * The console, with its page for every unknown address (it routes by itself), and the SDK. Files that have a `.br` or
 * `.gz` beside them (scripts/build.mjs makes these) are sent compressed.
 */
export function fileRoutes(files: Files): Hono {
  const app = new Hono()
  app.get(
    '/sdk/chaoxi.js',
    whenFound(() => ({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin', 'cache-control': sdkCache })),
    serveStatic({ path: files.sdk, precompressed: true }),
  )
  if (!existsSync(files.console)) {
    app.get('/', (c) => c.text('The console has not been built: npm run build\n', 503))
    return app
  }
  app.use('/*', consoleHeaders)
  app.get(
    '/*',
    whenFound((path) => ({ 'cache-control': path.startsWith('/assets/') ? foreverCache : askCache })),
    serveStatic({ root: files.console, precompressed: true }),
    (c, next) => {
      // A missing file is missing; only addresses of pages lead to the console's page.
      if (/\.[a-z0-9]+$/i.test(c.req.path)) return next()
      return serveStatic({ path: join(files.console, 'index.html'), precompressed: true })(c, next)
    },
  )
  return app
}
