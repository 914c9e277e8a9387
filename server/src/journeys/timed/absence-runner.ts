import type { Tx } from '../../platform/db/postgres.ts'
import { type Absence, absenceKey, hearOfAbsences } from '../core/absence.ts'
import type { MatchesFilters } from '../core/heard-match.ts'
import type { EngineDeps } from '../deps.ts'
import type { OpenJourney } from '../engine/admission.ts'
import { type InboxRow, insertInbox } from '../engine/inbox-store.ts'
import { claimDueAbsences, deleteAbsences, insertAbsences, markTold } from './absence-store.ts'

const batchSize = 1_000

export interface AbsenceRunner {
  /** Tells the inbox of the absences whose time is over: behind the news that arrived until then. Answers how many. */
  run(): Promise<number>
}

/** The time after an event is over. Whether the person enters is decided when the inbox comes to it, in the order of the person's news. */
export function createAbsenceRunner({ db, clock }: Pick<EngineDeps, 'db' | 'clock'>): AbsenceRunner {
  return {
    run: () =>
      db.tx(async (tx) => {
        const now = clock.now()
        const due = await claimDueAbsences(tx, new Date(now), batchSize)
        if (due.length === 0) return 0
        const rows = due.map((one) => ({
          workspaceId: one.workspaceId,
          personId: one.personId,
          sourceKey: absenceKey(one),
          kind: 'event_absence' as const,
          name: one.journeyId,
          properties: {},
          occurredAt: one.dueAt,
          receivedAt: now,
        }))
        await insertInbox(tx, rows)
        await markTold(tx, due, new Date(now))
        return due.length
      }),
  }
}

/**
 * What rows of the inbox, one a person, do to absences: end those that they fill, begin others, and bring to an end those whose
 * time is over; these are answered by the row's key. `absences` are all of the rows' people.
 */
export async function hearAbsences(
  tx: Tx,
  open: readonly OpenJourney[],
  rows: readonly InboxRow[],
  absences: readonly Absence[],
  matchesFilters: MatchesFilters,
): Promise<Map<string, Absence>> {
  const journeys = open.flatMap(({ id, status, definition }) =>
    definition.trigger.kind === 'event_absence' ? [{ id, live: status === 'live', trigger: definition.trigger }] : [],
  )
  if (journeys.length === 0) return new Map()
  const of = Map.groupBy(absences, (absence) => absence.personId)
  const over = new Map<string, Absence>()
  const filled: Absence[] = []
  const begun: Absence[] = []
  for (const { workspaceId, personId, heard } of rows) {
    const own = of.get(personId) ?? []
    for (const { id: journeyId, live, trigger } of journeys) {
      const whose = { workspaceId, journeyId, personId }
      const its = own.filter((one) => one.journeyId === journeyId)
      const news = hearOfAbsences(trigger, whose, its, heard, matchesFilters)
      if (news.over !== null) over.set(heard.sourceKey, news.over)
      filled.push(...news.filled)
      if (live && news.begun !== null) begun.push(news.begun)
    }
  }
  await deleteAbsences(tx, [...filled, ...over.values()])
  await insertAbsences(tx, begun)
  return over
}
