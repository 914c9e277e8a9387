import type { Handlers } from '../../platform/http/api.ts'
import type { Alarms } from '../alarms/alarms.ts'
import type { Calls } from '../engine/calls.ts'
import type { Explain } from '../explain/explain.ts'
import type { Failures } from '../monitor/failures.ts'
import type { Monitor } from '../monitor/monitor.ts'
import type { Endpoints } from '../webhooks/endpoints.ts'
import type { Journeys } from './journeys.ts'
import type { Playbooks } from './playbooks.ts'

interface Rooms {
  readonly journeys: Journeys
  readonly playbooks: Playbooks
  readonly calls: Calls
  readonly explain: Explain
  readonly monitor: Monitor
  readonly failures: Failures
  readonly alarms: Alarms
  readonly endpoints: Endpoints
}

export function journeyRoutes({ journeys, playbooks, calls, explain, monitor, failures, alarms, endpoints }: Rooms): Handlers {
  return {
    journeys: async (caller) => ({ items: await journeys.list(caller.workspaceId) }),
    journeyCreate: (caller, { body }) => journeys.create(caller, body),
    journey: (caller, { params }) => journeys.detail(caller.workspaceId, params.id),
    journeyCheck: async (caller, { body }) => ({ problems: await journeys.check(caller.workspaceId, body.definition) }),
    journeyVersion: (caller, { params }) => journeys.version(caller.workspaceId, params.id, params.version),
    journeyDraft: (caller, { params, body }) => journeys.saveDraft(caller, params.id, body),
    journeyPublish: (caller, { params, query }) => journeys.publish(caller, params.id, query.share),
    journeyInside: (caller, { params }) => journeys.inside(caller.workspaceId, params.id),
    journeyInsidePlan: (caller, { params, body }) => journeys.planInside(caller, params.id, body),
    journeyShare: (caller, { params, body }) => journeys.setShare(caller, params.id, body.share),
    journeyReviewRequest: (caller, { params, body }) => journeys.requestReview(caller, params.id, body),
    journeyReviewDecide: (caller, { params, body }) => journeys.decideReview(caller, params.id, body),
    journeyReviewWithdraw: (caller, { params }) => journeys.withdrawReview(caller, params.id),
    journeyPause: (caller, { params, query }) => journeys.pause(caller, params.id, query.policy),
    journeyResume: (caller, { params, query }) => journeys.resume(caller, params.id, query.policy),
    journeyArchive: (caller, { params }) => journeys.archive(caller, params.id),
    journeyEnter: (caller, { params, body }) => calls.enter(caller, params.id, body),
    journeyOccurrences: (caller, { params }) => journeys.occurrences(caller.workspaceId, params.id),
    journeyCounters: (caller, { params, query }) => journeys.counters(caller.workspaceId, params.id, query.version),
    journeyGoals: (caller, { params }) => journeys.goals(caller.workspaceId, params.id),
    journeyRuns: (caller, { params, query }) => {
      const { cursor, limit, ...filter } = query
      return journeys.runs(caller, params.id, filter, cursor ?? null, limit)
    },
    journeyRunSteps: async (caller, { params }) => ({
      ...(await journeys.run(caller, params.id, params.run)),
      postings: await endpoints.ofRun(caller.workspaceId, params.run),
    }),
    alarms: (caller) => alarms.open(caller.workspaceId),
    journeyAlarms: (caller, { params }) => alarms.of(caller.workspaceId, params.id),
    journeyAlarmLimits: async (caller, { params, body }) => {
      await alarms.setLimits(caller, params.id, body)
      return { ok: true }
    },
    alarmOutlet: (caller) => alarms.outlet(caller.workspaceId),
    alarmOutletTest: (caller) => alarms.testOutlet(caller),
    alarmOutletUpdate: (caller, { body }) => alarms.setOutlet(caller, body.outlet),
    journeyTrend: (caller, { params, query }) => monitor.trend(caller.workspaceId, params.id, query),
    journeyHealth: (caller, { params }) => monitor.health(caller, params.id),
    journeyStops: async (caller, { params }) => ({ items: await monitor.stops(caller.workspaceId, params.id) }),
    journeyFailures: async (caller, { params }) => ({ items: await failures.list(caller.workspaceId, params.id) }),
    journeyFailuresAct: (caller, { params, body }) => failures.act(caller, params.id, body),
    journeyRunsAct: async (caller, { params, body }) => ({ done: await monitor.act(caller, params.id, body) }),
    personJourneys: async (caller, { params }) => ({ items: await explain.ofPerson(caller, params.id) }),
    journeyExplain: (caller, { params, query }) => explain.ofJourney(caller, params.id, query.person),
    journeyRunWhy: async (caller, { params, query }) => ({
      evaluations: await explain.ofStep(caller, params.id, params.run, query.step),
    }),
    ...endpointRoutes(endpoints),
    playbooks: async (caller) => ({ items: await playbooks.list(caller.workspaceId) }),
    playbook: async (_, { params }) => playbooks.view(params.key),
    playbookInstall: (caller, { params }) => playbooks.install(caller, params.key),
  }
}

function endpointRoutes(endpoints: Endpoints): Handlers {
  return {
    webhookEndpoints: async (caller) => ({ items: await endpoints.list(caller.workspaceId) }),
    webhookEndpointCreate: (caller, { body }) => endpoints.create(caller, body),
    webhookEndpoint: (caller, { params }) => endpoints.view(caller.workspaceId, params.key),
    webhookEndpointUpdate: (caller, { params, body }) => endpoints.update(caller, params.key, body),
    async webhookEndpointDelete(caller, { params }) {
      await endpoints.remove(caller, params.key)
      return { ok: true }
    },
    webhookEndpointSecret: (caller, { params, body }) => endpoints.rotate(caller, params.key, body.graceHours),
    webhookEndpointResume: (caller, { params }) => endpoints.resume(caller, params.key),
    webhookEndpointTest: (caller, { params, body }) => endpoints.test(caller, params.key, body.data),
    webhookPostings: (caller, { params, query }) => endpoints.postings(caller.workspaceId, params.key, query),
    webhookPostingResend: (caller, { params }) => endpoints.resend(caller, params.key, params.id),
  }
}
