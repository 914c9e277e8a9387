import type { Handlers } from '../platform/http/api.ts'
import { createAbsenceRunner } from './absence-runner.ts'
import { type Calls, createCalls } from './calls.ts'
import { createDeedRunner } from './deed-runner.ts'
import { createDefinitions } from './definitions.ts'
import { createDueRunner } from './due-runner.ts'
import { createInboxRunner } from './inbox-runner.ts'
import { addJourneyLoops } from './jobs.ts'
import { createJourneyDesk, type Journeys, type JourneysDeps } from './journeys.ts'
import { eventConsumer, membershipListener } from './listeners.ts'
import { createMergeConsumer } from './merge.ts'
import { createOccurrenceRunner } from './occurrence-runner.ts'
import { createPlaybooks, loadPlaybooks, type PlaybookMakers, type Playbooks } from './playbooks.ts'
import { journeyRoutes } from './routes.ts'
import { ruleListener } from './rule-listener.ts'
import { createUnwanted } from './unwanted.ts'
import { createWatch } from './watch.ts'

export interface JourneysRoom {
  readonly journeys: Journeys
  readonly playbooks: Playbooks
  /** For whoever starts journeys: programs, and steps of other journeys. */
  readonly calls: Calls
  readonly handlers: Handlers
  readonly eventConsumer: typeof eventConsumer
  readonly membershipListener: typeof membershipListener
  readonly mergeConsumer: ReturnType<typeof createMergeConsumer>
  /** For delivery: which of the messages that waited nobody wants any more. */
  readonly unwanted: ReturnType<typeof createUnwanted>
}

/** The whole room; its loops are added to `deps.loops`. */
export function createJourneys(deps: JourneysDeps & PlaybookMakers & { readonly playbooksFolder: string }): JourneysRoom {
  const definitions = createDefinitions()
  const journeys = createJourneyDesk(deps, definitions)
  const playbooks = createPlaybooks({ ...deps, playbooks: loadPlaybooks(deps.playbooksFolder) })
  const calls = createCalls(deps, definitions)
  const occurrences = createOccurrenceRunner(deps, definitions)
  addJourneyLoops({
    loops: deps.loops,
    inbox: createInboxRunner(deps, definitions),
    due: createDueRunner(deps, definitions),
    absence: createAbsenceRunner(deps),
    deeds: createDeedRunner(deps),
    occurrences,
    watch: createWatch(deps, occurrences),
  })
  return {
    journeys,
    playbooks,
    calls,
    handlers: journeyRoutes({ journeys, playbooks, calls }),
    eventConsumer,
    async membershipListener(...told) {
      await membershipListener(...told)
      await ruleListener(...told)
    },
    unwanted: createUnwanted(deps, definitions),
    mergeConsumer: createMergeConsumer({ clock: deps.clock, definitions }),
  }
}
