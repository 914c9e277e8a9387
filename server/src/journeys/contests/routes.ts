import type { Handlers } from '../../platform/http/api.ts'
import type { Experiments } from './experiments.ts'
import type { Holdouts } from './holdouts.ts'

export function contestRoutes({ experiments, holdouts }: { experiments: Experiments; holdouts: Holdouts }): Handlers {
  return {
    journeyExperiments: (caller, { params, query }) => experiments.of(caller.workspaceId, params.id, query.version),
    journeyContestDecide: async (caller, { params, body }) => {
      await experiments.decide(caller, params.id, params.node, body)
      return { ok: true }
    },
    journeyContestReopen: async (caller, { params, body }) => {
      await experiments.reopen(caller, params.id, params.node, body)
      return { ok: true }
    },
    holdoutGroups: async (caller) => ({ items: await holdouts.list(caller.workspaceId) }),
    holdoutGroupSave: async (caller, { body }) => {
      await holdouts.save(caller, body)
      return { ok: true }
    },
    holdoutGroupDelete: async (caller, { params }) => {
      await holdouts.delete(caller, params.key)
      return { ok: true }
    },
  }
}
