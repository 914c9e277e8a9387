import type { Handlers } from '../../platform/http/api.ts'
import type { Trials } from './trials.ts'

export const trialRoutes = (trials: Trials): Handlers => ({
  journeyTrialChoice: (caller, { params, body }) => trials.choose(caller, params.id, body),
  journeyTry: (caller, { params, body }) => trials.ask(caller, params.id, body),
  journeyTrials: async (caller, { params }) => ({ items: await trials.list(caller.workspaceId, params.id) }),
  journeyTrial: (caller, { params }) => trials.report(caller, params.id, params.trial),
  journeyTrialAct: (caller, { params, body }) => trials.act(caller, params.id, params.trial, body),
})
