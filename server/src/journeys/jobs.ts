import type { Loops } from '../platform/jobs/loops.ts'
import type { DueRunner } from './due-runner.ts'
import { dueLoopName, type InboxRunner, inboxLoopName } from './inbox-runner.ts'
import type { Watch } from './watch.ts'

export const watchLoopName = 'journey_watch'

/** The inbox is asked often, because its news comes from other transactions and maybe other processes: one probe of an empty index. */
const inboxEveryMs = 200
/** Every intake wakes it; what came meanwhile is taken together. */
const inboxGatherMs = 50
/** Deadlines are met within this. */
const dueEveryMs = 500
const watchEveryMs = 15_000

/** Each wakes the other: news makes runs due, and a run that has moved sets the person's next row free. */
export function addJourneyLoops({ loops, inbox, due, watch }: { loops: Loops; inbox: InboxRunner; due: DueRunner; watch: Watch }): void {
  loops.add({
    name: inboxLoopName,
    everyMs: inboxEveryMs,
    restMs: inboxGatherMs,
    gatherMs: inboxGatherMs,
    run: async () => (await inbox.run()) > 0,
  })
  loops.add({
    name: dueLoopName,
    everyMs: dueEveryMs,
    async run() {
      const moved = (await due.run()) > 0
      if (moved) loops.wake(inboxLoopName)
      return moved
    },
  })
  loops.add({ name: watchLoopName, everyMs: watchEveryMs, run: () => watch.run() })
}
