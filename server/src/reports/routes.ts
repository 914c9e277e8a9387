import type { Caller, Handlers } from '../platform/http/api.ts'
import type { createEffects } from './effects.ts'
import type { createOverview } from './overview.ts'
import type { createPeople } from './people.ts'

/** Only those who change people's data see it whole; everyone else sees it masked. */
const seesAll = ({ me }: Caller) => me.role === 'admin'

const dateOf = (text: string | undefined) => (text === undefined || Number.isNaN(Date.parse(text)) ? null : new Date(text))

export function reportRoutes(parts: {
  effects: ReturnType<typeof createEffects>
  overview: ReturnType<typeof createOverview>
  people: ReturnType<typeof createPeople>
}): Handlers {
  const { effects, overview, people } = parts
  return {
    overview: (caller) => overview(caller.workspaceId, caller.me.workspace.timeZone),
    recentEvents: (caller, { query }) => people.recent(caller.workspaceId, query.limit),
    effects: (caller, { query }) => effects(caller.workspaceId, dateOf(query.from), dateOf(query.to)),
    people: (caller, { query }) => people.list(caller.workspaceId, query, seesAll(caller)),
    person: (caller, { params }) => people.detail(caller.workspaceId, params.id, seesAll(caller)),
    personTimeline: (caller, { params, query }) => people.timeline(caller.workspaceId, params.id, query),
    personOrders: (caller, { params, query }) => people.orders(caller.workspaceId, params.id, query),
  }
}
