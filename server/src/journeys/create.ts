import type { Handlers } from '../platform/http/api.ts'
import type { Seal } from '../platform/seal.ts'
import { createAlarmRunner } from './alarms/alarm-runner.ts'
import { createAlarms } from './alarms/alarms.ts'
import { createContestRunner } from './contests/contest-runner.ts'
import { createExperiments } from './contests/experiments.ts'
import { createHoldouts } from './contests/holdouts.ts'
import { contestRoutes } from './contests/routes.ts'
import { createDeedRunner } from './deeds/deed-runner.ts'
import { createJourneyDoers } from './deeds/journey-doers.ts'
import type { Doers } from './deeds/perform.ts'
import { createJourneyDesk, type Journeys, type JourneysDeps } from './desk/journeys.ts'
import { createPlaybooks, loadPlaybooks, type PlaybookMakers, type Playbooks } from './desk/playbooks.ts'
import { journeyRoutes } from './desk/routes.ts'
import { type Calls, createCalls } from './engine/calls.ts'
import { createDefinitions } from './engine/definitions.ts'
import { createDueRunner } from './engine/due-runner.ts'
import { createInboxRunner } from './engine/inbox-runner.ts'
import { eventConsumer, membershipListener } from './engine/listeners.ts'
import { createMergeConsumer } from './engine/merge.ts'
import { createMessageListener } from './engine/message-listener.ts'
import { ruleListener } from './engine/rule-listener.ts'
import { taskListener } from './engine/task-listener.ts'
import { createTransferRunner } from './engine/transfer-runner.ts'
import { createUnwanted } from './engine/unwanted.ts'
import { createWatch } from './engine/watch.ts'
import { createExplain, type ExplainDeps } from './explain/explain.ts'
import { createHistoryRunner } from './history/history-runner.ts'
import { createItemRunner } from './items/item-runner.ts'
import { seenIn } from './items/sweep-store.ts'
import { addJourneyLoops } from './jobs.ts'
import { createFailures } from './monitor/failures.ts'
import { createMonitor } from './monitor/monitor.ts'
import { createRehearsals, type RehearsalDeps } from './rehearsal/rehearsals.ts'
import { rehearsalRoutes } from './rehearsal/routes.ts'
import { createAbsenceRunner } from './timed/absence-runner.ts'
import { createOccurrenceRunner } from './timed/occurrence-runner.ts'
import { trialRoutes } from './trial/routes.ts'
import { createTrials, type TrialsDeps } from './trial/trials.ts'
import { createEndpoints } from './webhooks/endpoints.ts'
import { createWebhookRunner } from './webhooks/webhook-runner.ts'

export interface JourneysRoom {
  readonly journeys: Journeys
  readonly playbooks: Playbooks
  /** For whoever starts journeys: programs, and steps of other journeys. */
  readonly calls: Calls
  readonly handlers: Handlers
  readonly eventConsumer: typeof eventConsumer
  readonly membershipListener: typeof membershipListener
  /** For delivery: something became of messages that runs wait for. */
  readonly messageListener: ReturnType<typeof createMessageListener>
  readonly mergeConsumer: ReturnType<typeof createMergeConsumer>
  /** For tasks: a colleague has answered one. */
  readonly taskListener: typeof taskListener
  /** For delivery: which of the messages that waited nobody wants any more. */
  readonly unwanted: ReturnType<typeof createUnwanted>
  /** Gives up what is under way to systems outside; it is posted again at the next start. */
  stop(): Promise<void>
}

type JourneysNeeds = Omit<JourneysDeps, 'doers'> &
  PlaybookMakers &
  ExplainDeps &
  RehearsalDeps &
  TrialsDeps & {
    readonly playbooksFolder: string
    readonly doers: Pick<Doers, 'grant' | 'tag' | 'withdraw'>
    readonly seal: Seal
    readonly webhooksInTurn?: boolean
  }

/** The whole room; its loops are added to `deps.loops`. */
export function createJourneys(told: JourneysNeeds): JourneysRoom {
  const definitions = createDefinitions()
  const calls = createCalls(told, definitions)
  const deps = { ...told, doers: { ...told.doers, ...createJourneyDoers({ clock: told.clock, calls }) } }
  const journeys = createJourneyDesk(deps, definitions)
  const playbooks = createPlaybooks({ ...deps, playbooks: loadPlaybooks(deps.playbooksFolder) })
  const contests = createContestRunner(deps, definitions)
  const occurrences = createOccurrenceRunner(deps, definitions)
  const rehearsals = createRehearsals(deps, definitions)
  const unwanted = createUnwanted(deps, definitions)
  const webhooks = createWebhookRunner(deps)
  const endpoints = createEndpoints(deps)
  deps.loops.add(rehearsals.loop)
  const trials = createTrials(deps, definitions)
  deps.loops.add(trials.loop)
  addJourneyLoops({
    loops: deps.loops,
    inbox: createInboxRunner(deps, definitions),
    due: createDueRunner(deps, definitions),
    absence: createAbsenceRunner(deps),
    deeds: createDeedRunner(deps),
    webhooks,
    occurrences,
    contests,
    items: createItemRunner({ ...deps, seenIn: (page, limit) => seenIn(deps.clickhouse, page, limit) }, definitions),
    history: createHistoryRunner(deps),
    transfers: createTransferRunner(deps, definitions),
    alarms: createAlarmRunner(deps, definitions),
    watch: createWatch(deps, occurrences),
  })
  return {
    journeys,
    playbooks,
    calls,
    handlers: {
      ...journeyRoutes({
        journeys,
        playbooks,
        calls,
        explain: createExplain(deps, definitions),
        monitor: createMonitor(deps),
        failures: createFailures(deps, definitions, unwanted),
        alarms: createAlarms(deps),
        endpoints,
      }),
      ...rehearsalRoutes(rehearsals),
      ...trialRoutes(trials),
      ...contestRoutes({ experiments: createExperiments(deps, definitions), holdouts: createHoldouts(deps) }),
    },
    eventConsumer,
    taskListener,
    async membershipListener(...told) {
      await membershipListener(...told)
      await ruleListener(...told)
    },
    messageListener: createMessageListener(deps, definitions),
    unwanted,
    mergeConsumer: createMergeConsumer({ clock: deps.clock, definitions, tasks: deps.tasks }),
    stop: webhooks.stop,
  }
}
