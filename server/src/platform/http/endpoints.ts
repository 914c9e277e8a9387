import { AppError, type EndpointName, endpoints } from '@chaoxi/contract'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type Caller, type Exchange, endpointOf, type Handlers, parseInput } from './api.ts'
import { bearerOf, ipOf, isCrossSite, isSecure, readJson } from './requests.ts'

export const sessionCookie = 'chaoxi_session'

/** What a request shows to say who asks. */
export interface Credentials {
  readonly sessionToken: string | null
  readonly apiKey: string | null
}

export interface EndpointDeps {
  readonly handlers: readonly Handlers[]
  /** Null: these credentials are nobody's, or there are none. */
  authenticate(credentials: Credentials): Promise<Caller | null>
  /** Answers are held against their schema too; tests do, so that the console can believe its types. */
  readonly checkResponses: boolean
}

type AnyHandler = (caller: Caller | null, input: { params: unknown; query: unknown; body: unknown }, exchange: Exchange) => Promise<unknown>

export const endpointNames = Object.keys(endpoints).filter((name): name is EndpointName => name in endpoints)

/** The one handler of each endpoint; two for one endpoint is a bug of ours. */
export function handlersByName(handlers: readonly Handlers[]): Map<EndpointName, AnyHandler> {
  const byName = new Map<EndpointName, AnyHandler>()
  for (const part of handlers) {
    for (const name of endpointNames) {
      const handler = part[name]
      if (handler === undefined) continue
      if (byName.has(name)) throw new Error(`two handlers for the endpoint ${name}`)
      // The table ties a handler's input to its endpoint; here, where all endpoints are served alike, that tie is lost.
      byName.set(name, handler as AnyHandler)
    }
  }
  return byName
}

function exchangeOf(c: Context): Exchange {
  const options = { path: '/', httpOnly: true, sameSite: 'Lax', secure: isSecure(c) } as const
  return {
    ip: ipOf(c),
    sessionToken: getCookie(c, sessionCookie) ?? null,
    setSession(session) {
      if (session) setCookie(c, sessionCookie, session.token, { ...options, maxAge: Math.floor(session.lifeMs / 1000) })
      else deleteCookie(c, sessionCookie, options)
    },
  }
}

/** Serves every endpoint of the table that has a handler; one that has none answers `not_found`. */
export function endpointRoutes({ handlers, authenticate, checkResponses }: EndpointDeps): Hono {
  const app = new Hono()
  const byName = handlersByName(handlers)

  async function callerOf(name: EndpointName, c: Context): Promise<Caller | null> {
    const { permission, method } = endpointOf(name)
    const apiKey = bearerOf(c)
    // A browser adds the cookie to whatever a page asks; a bearer key is added by a program that means it.
    if (method !== 'GET' && apiKey === null && isCrossSite(c)) throw new AppError('forbidden', 'Requests from another site are refused')
    if (permission === 'public') return null
    const caller = await authenticate({ sessionToken: apiKey === null ? (getCookie(c, sessionCookie) ?? null) : null, apiKey })
    if (!caller) throw new AppError('unauthorized', 'Log in first, or send an api key as `Authorization: Bearer …`')
    if (permission !== null && !caller.me.permissions.includes(permission)) {
      throw new AppError('forbidden', `The role ${caller.me.role} may not do this: it needs ${permission}`)
    }
    return caller
  }

  for (const [name, handler] of byName) {
    const endpoint = endpointOf(name)
    app.on(endpoint.method, endpoint.path, async (c) => {
      const caller = await callerOf(name, c)
      const params = parseInput(endpoint.params, c.req.param(), 'params')
      const query = parseInput(endpoint.query, c.req.query(), 'query')
      const body = endpoint.method === 'GET' ? {} : parseInput(endpoint.body, await readJson(c.req.raw), 'body')
      const output = await handler(caller, { params, query, body }, exchangeOf(c))
      if (checkResponses) {
        const checked = endpoint.response.safeParse(output)
        if (!checked.success) throw new Error(`${name} answered what its schema does not allow: ${checked.error.message}`)
      }
      c.header('cache-control', 'no-store')
      return c.json(output)
    })
  }
  return app
}
