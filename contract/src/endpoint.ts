import { z } from 'zod'
import type { Permission } from './roles.ts'

/**
 * A line of the console's API. Path parameters are named with `:`, and stand in `params`. Everything is under /api and speaks JSON.
 * `permission: null` needs a login only, `'public'` none.
 */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly permission: Permission | null | 'public'
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly body: z.ZodType
  readonly response: z.ZodType
}

export const none = z.object({})
export const ok = z.object({ ok: z.literal(true) })
export const key = z.object({ key: z.string() })
export const id = z.object({ id: z.string() })
export const paging = z.object({ cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(200).default(50) })
export function endpoint<
  Params extends z.ZodObject = typeof none,
  Query extends z.ZodObject = typeof none,
  Body extends z.ZodType = typeof none,
  Response extends z.ZodType = typeof ok,
>(
  method: Endpoint['method'],
  path: string,
  permission: Endpoint['permission'],
  parts: { params?: Params; query?: Query; body?: Body; response: Response },
) {
  return {
    method,
    path,
    permission,
    params: (parts.params ?? none) as Params,
    query: (parts.query ?? none) as Query,
    body: (parts.body ?? none) as Body,
    response: parts.response,
  }
}
