import type { Caller, Handlers } from '../platform/http/api.ts'
import type { createEffects } from './effects.ts'
import type { createOverview } from './overview.ts'
import type { createPeople } from './people.ts'
import type { PeopleSaves } from './people-saves.ts'
import { dateOf } from './people-sets.ts'

export function reportRoutes(parts: {
  effects: ReturnType<typeof createEffects>
  overview: ReturnType<typeof createOverview>
  people: ReturnType<typeof createPeople>
  saves: PeopleSaves
  /** Whether this caller sees contact data whole. */
  unmasked: (caller: Caller) => boolean
}): Handlers {
  const { effects, overview, people, saves, unmasked } = parts
  return {
    overview: (caller) => overview(caller.workspaceId, caller.me.workspace.timeZone),
    recentEvents: (caller, { query }) => people.recent(caller.workspaceId, query.limit, unmasked(caller)),
    effects: (caller, { query }) => effects.table(caller.workspaceId, dateOf(query.from), dateOf(query.to)),
    people: (caller, { query }) => people.list(caller.workspaceId, query, unmasked(caller)),
    peopleSave: (caller, { body }) => saves.begin(caller, body),
    peopleSaved: (caller, { params }) => saves.view(caller.workspaceId, params.id),
    peopleSaves: (caller) => saves.list(caller.workspaceId),
    person: (caller, { params }) => people.detail(caller.workspaceId, params.id, unmasked(caller)),
    personTimeline: (caller, { params, query }) => people.timeline(caller.workspaceId, params.id, query, unmasked(caller)),
    personIdentity: (caller, { params }) => people.identityHistory(caller.workspaceId, params.id, unmasked(caller)),
    personOrders: (caller, { params, query }) => people.orders(caller.workspaceId, params.id, query),
  }
}
