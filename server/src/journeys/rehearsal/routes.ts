import type { Handlers } from '../../platform/http/api.ts'
import type { Rehearsals } from './rehearsals.ts'

export const rehearsalRoutes = (rehearsals: Rehearsals): Handlers => ({
  journeyRehearse: (caller, { params, body }) => rehearsals.ask(caller, params.id, body),
  journeyRehearsals: async (caller, { params }) => ({ items: await rehearsals.list(caller.workspaceId, params.id) }),
  journeyRehearsal: (caller, { params }) => rehearsals.view(caller, params.id, params.rehearsal),
  journeyRehearsalCancel: (caller, { params }) => rehearsals.cancel(caller, params.id, params.rehearsal),
})
