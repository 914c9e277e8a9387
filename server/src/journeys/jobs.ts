import type { Loops } from '../platform/jobs/loops.ts'
import type { AlarmRunner } from './alarms/alarm-runner.ts'
import type { ContestRunner } from './contests/contest-runner.ts'
import type { DeedRunner } from './deeds/deed-runner.ts'
import type { DueRunner } from './engine/due-runner.ts'
import type { InboxRunner } from './engine/inbox-runner.ts'
import type { TransferRunner } from './engine/transfer-runner.ts'
import type { Watch } from './engine/watch.ts'
import type { HistoryRunner } from './history/history-runner.ts'
import type { ItemRunner } from './items/item-runner.ts'
import {
  deedLoopName,
  dueLoopName,
  historyLoopName,
  inboxLoopName,
  transferLoopName,
  trialLoopName,
  watchLoopName,
  webhookLoopName,
} from './loop-names.ts'
import type { AbsenceRunner } from './timed/absence-runner.ts'
import type { OccurrenceRunner } from './timed/occurrence-runner.ts'
import type { WebhookRunner } from './webhooks/webhook-runner.ts'

const absenceLoopName = 'journey_absence'
const occurrenceLoopName = 'journey_occurrence'
const itemLoopName = 'journey_items'

/** Those that may run in several processes. Deeds are not among them: they tell the intake, which is in one; nor webhooks, of which each endpoint has few under way. */
export const workerLoops: readonly string[] = [
  inboxLoopName,
  dueLoopName,
  absenceLoopName,
  occurrenceLoopName,
  watchLoopName,
  trialLoopName,
]

/** The inbox is asked often, because its news comes from other transactions and maybe other processes: one probe of an empty index. */
const inboxEveryMs = 200
/** Every intake wakes it; what came meanwhile is taken together. */
const inboxGatherMs = 50
/** Deadlines are met within this. */
const dueEveryMs = 500
const absenceEveryMs = 500
const occurrenceEveryMs = 1_000
const itemsEveryMs = 1_000
/** Moves wake it; this is how soon it looks again after a crash or a move in another process. */
const deedsEveryMs = 1_000
/** Likewise; pauses between attempts are seconds. */
const webhooksEveryMs = 1_000
const webhookUpkeepEveryMs = 3_600_000
/** An alarm is open within this; measured by hours and minutes. */
const alarmsEveryMs = 60_000
const watchEveryMs = 15_000
const transferEveryMs = 5_000
const historyEveryMs = 60_000
/** Between two batches, so that a million runs that go at once leave room for those that are due. */
const historyGatherMs = 500

interface JourneyRunners {
  readonly inbox: InboxRunner
  readonly due: DueRunner
  readonly absence: AbsenceRunner
  readonly occurrences: OccurrenceRunner
  readonly items: ItemRunner
  readonly contests: ContestRunner
  readonly deeds: DeedRunner
  readonly webhooks: WebhookRunner
  readonly history: HistoryRunner
  readonly transfers: TransferRunner
  readonly alarms: AlarmRunner
  readonly watch: Watch
}

/** Each wakes the other: news makes runs due, and a run that has moved sets the person's next row free. */
export function addJourneyLoops({
  loops,
  inbox,
  due,
  absence,
  occurrences,
  contests,
  items,
  deeds,
  webhooks,
  history,
  transfers,
  alarms,
  watch,
}: JourneyRunners & { loops: Loops }): void {
  loops.add({
    name: inboxLoopName,
    everyMs: inboxEveryMs,
    restMs: inboxGatherMs,
    gatherMs: inboxGatherMs,
    // What is due is decided before anybody moves by it.
    async run() {
      if (await contests.run()) loops.wake(dueLoopName)
      return (await inbox.run()) > 0
    },
  })
  loops.add({
    name: dueLoopName,
    everyMs: dueEveryMs,
    async run() {
      await contests.run()
      const moved = (await due.run()) > 0
      if (moved) loops.wake(inboxLoopName)
      return moved
    },
  })
  loops.add({
    name: absenceLoopName,
    everyMs: absenceEveryMs,
    async run() {
      const told = (await absence.run()) > 0
      if (told) loops.wake(inboxLoopName)
      return told
    },
  })
  loops.add({
    name: occurrenceLoopName,
    everyMs: occurrenceEveryMs,
    async run() {
      const more = await occurrences.run()
      if (more) loops.wake(inboxLoopName)
      return more
    },
  })
  loops.add({
    name: itemLoopName,
    everyMs: itemsEveryMs,
    async run() {
      const more = await items.run()
      if (more) loops.wake(inboxLoopName)
      return more
    },
  })
  loops.add({ name: deedLoopName, everyMs: deedsEveryMs, run: async () => (await deeds.run()) > 0 })
  loops.add({ name: webhookLoopName, everyMs: webhooksEveryMs, run: () => webhooks.run() })
  loops.add({
    name: 'journey_webhook_upkeep',
    everyMs: webhookUpkeepEveryMs,
    async run() {
      await webhooks.upkeep()
      return false
    },
  })
  loops.add({ name: historyLoopName, everyMs: historyEveryMs, gatherMs: historyGatherMs, run: () => history.run() })
  loops.add({ name: transferLoopName, everyMs: transferEveryMs, run: () => transfers.run() })
  loops.add({
    name: 'journey_alarms',
    everyMs: alarmsEveryMs,
    async run() {
      const changed = await alarms.watch()
      return (await alarms.tell()) || changed
    },
  })
  loops.add({ name: watchLoopName, everyMs: watchEveryMs, run: () => watch.run() })
}
