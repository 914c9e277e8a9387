import { AppError } from '@chaoxi/contract'
import type { Caller, Handlers } from '../platform/http/api.ts'
import type { Insight } from './insight.ts'

/** Whoever may work with people sees contact data in full. */
const unmasked = (caller: Caller) => caller.me.permissions.includes('people.write')

function beforeOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  const before = Number(cursor)
  if (Number.isSafeInteger(before) && before >= 0) return before
  throw new AppError('invalid_request', 'The cursor is not one of ours', [
    { path: 'query.cursor', message: 'pass back nextCursor as it came' },
  ])
}

export function insightRoutes(insight: Insight): Handlers {
  return {
    portrait: (caller, { params, query }) => insight.portrait(caller.workspaceId, params, query),
    overlap: (caller, { query }) => insight.overlap(caller.workspaceId, query.of.split(',')),
    sizes: (caller, { params, query }) => insight.sizes(caller.workspaceId, { ...params, value: query.value }, query),
    membersAt: (caller, { params, query }) =>
      insight.membersAt(
        caller.workspaceId,
        { ...params, value: query.value },
        { day: query.day, before: beforeOf(query.cursor), limit: query.limit },
        { unmasked: unmasked(caller) },
      ),
  }
}
