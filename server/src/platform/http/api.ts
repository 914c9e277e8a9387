import { AppError, type Endpoint, type EndpointName, endpoints, type Input, type Me, type Output, problemsOf } from '@chaoxi/contract'
import type { z } from 'zod'

/** Who asks: every handler gets the workspace from here and from nowhere else. */
export interface Caller {
  readonly workspaceId: number
  readonly me: Me
  /** `acc_…`, or `key_…` for a program. */
  readonly actor: string
}

/** Endpoints of the table that are asked without a login: they have no caller. A test holds this equal to the table. */
export type PublicEndpointName = 'login'

/** What a handler may know of the HTTP exchange around it: only signing in and out needs it. */
export interface Exchange {
  /** Of the peer, for limits. */
  readonly ip: string
  /** The token in the session cookie. */
  readonly sessionToken: string | null
  /** Sets the session cookie for `lifeMs`, or clears it. */
  setSession(session: { token: string; lifeMs: number } | null): void
}

export type Handler<N extends EndpointName> = (
  caller: N extends PublicEndpointName ? null : Caller,
  input: Input<N>,
  exchange: Exchange,
) => Promise<Output<N>>
/** What a domain's `routes.ts` returns: handlers by endpoint name. */
export type Handlers = { [N in EndpointName]?: Handler<N> }

/** Parses an input against its schema, or throws `invalid_request` with every problem and its path. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown, prefix = ''): z.output<Schema> {
  const result = safeParse(schema, input, prefix)
  if (result.success) return result.data
  throw new AppError('invalid_request', 'The request does not have the expected form', problemsOf(result.error, prefix))
}

/** Recursive schemas (rules) run out of stack on absurd nesting, which is the sender's mistake and not ours. */
function safeParse<Schema extends z.ZodType>(schema: Schema, input: unknown, prefix: string) {
  try {
    return schema.safeParse(input)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new AppError('invalid_request', 'The request is nested too deep to be read', [{ path: prefix, message: 'flatten it' }])
  }
}

export function endpointOf(name: EndpointName): Endpoint {
  return endpoints[name]
}
