import type { JourneyDefinition, Rule } from '@chaoxi/contract'
import type { Tx } from '../platform/db/postgres.ts'
import { type Absence, broughtBy } from './absence.ts'
import type { Definitions } from './definitions.ts'
import type { EngineDeps } from './deps.ts'
import { begin, pastFrom, type Refusal, refusal, sameOccurrence, tooLate, triggers } from './entering.ts'
import { askRules } from './facts.ts'
import type { InboxRow } from './inbox-store.ts'
import { lockEntered } from './limit-store.ts'
import { createRoom, isLimited, type Room } from './limits.ts'
import type { Refused } from './moves.ts'
import type { Heard, Run } from './run.ts'
import { pastEntries } from './run-store.ts'
import { shareOpenJourneys } from './store.ts'

/** A journey that people may be in, with its newest version. */
export interface OpenJourney {
  readonly id: string
  readonly status: 'live' | 'paused'
  readonly version: number
  readonly definition: JourneyDefinition
}

/** Rows of the inbox at the door, one a person. */
export interface Arrivals {
  readonly open: readonly OpenJourney[]
  readonly rows: readonly InboxRow[]
  /** Of their people the runs that are not over. */
  readonly inside: readonly Run[]
  readonly room: Room
  /** By the row's key: the event that was followed by nothing. */
  readonly absent: ReadonlyMap<string, Absence>
}

interface Candidate {
  readonly row: InboxRow
  readonly journey: OpenJourney
  /** What the run is told of its trigger. */
  readonly heard: Heard
}

/** Decides who comes into which journey, in the transaction that takes the rows. */
export interface Admission {
  /** Held until the transaction ends: nobody pauses, publishes or archives one meanwhile. */
  open(tx: Tx, workspaceId: number): Promise<OpenJourney[]>
  /**
   * Holds the numbers of the journeys with a limit that the rows may bring people into. `busy` are people who must wait, because
   * somebody else has such a number in hand.
   */
  room(
    tx: Tx,
    workspaceId: number,
    open: readonly OpenJourney[],
    rows: readonly InboxRow[],
    now: number,
  ): Promise<{ room: Room; busy: Set<number> }>
  admit(tx: Tx, workspaceId: number, arrivals: Arrivals, now: number): Promise<{ begun: Run[]; refused: Refused[] }>
}

export function createAdmission(deps: EngineDeps, definitions: Definitions): Admission {
  const { ids, matchesFilters } = deps

  function candidatesOf({ open, rows, absent }: Arrivals): Candidate[] {
    return open.flatMap((journey) =>
      rows.flatMap((row): Candidate[] => {
        if (!triggers(journey.id, journey.definition.trigger, row.heard, matchesFilters)) return []
        if (row.heard.kind !== 'event_absence') return [{ row, journey, heard: row.heard }]
        const absence = absent.get(row.heard.sourceKey)
        return absence ? [{ row, journey, heard: broughtBy(absence) }] : []
      }),
    )
  }

  /** Why each of them does not come in, the entry rule and limits left aside. */
  async function refusals(tx: Tx, workspaceId: number, candidates: readonly Candidate[], inside: readonly Run[], now: number) {
    const entriesOf = await loadPast(tx, workspaceId, candidates, now)
    return ({ row, journey, heard }: Candidate): Refusal | null => {
      // A paused journey lets nobody in: whoever comes now has missed it, and is not sent a pile of old news on resuming.
      if (journey.status !== 'live') return 'paused'
      if (tooLate(row.heard)) return 'too_late'
      const entries = entriesOf(journey.id, row.personId)
      if (entries.some((one) => sameOccurrence(one.entry_key, row.heard))) return 'entered_before'
      const lastAt = entries.length === 0 ? null : Math.max(...entries.map((one) => one.entered_at.getTime()))
      const live = inside.filter((run) => run.personId === row.personId && run.journeyId === journey.id)
      return refusal(journey.definition.reentry, { live, lastAt }, heard, now)
    }
  }

  async function loadPast(tx: Tx, workspaceId: number, candidates: readonly Candidate[], now: number) {
    const asked = candidates.flatMap(({ journey, row }) => {
      const from = journey.status === 'live' ? pastFrom(journey.definition, row.heard, now) : null
      return from === null ? [] : [{ from, journeyId: journey.id, personId: row.personId }]
    })
    const since = new Date(Math.min(...asked.map((one) => one.from)))
    const [journeys, people] = [new Set(asked.map((one) => one.journeyId)), new Set(asked.map((one) => one.personId))]
    const rows = asked.length === 0 ? [] : await pastEntries(tx, workspaceId, [...journeys], [...people], since)
    const found = Map.groupBy(rows, (row) => `${row.journey_id}:${row.person_id}`)
    return (journeyId: string, personId: number) => found.get(`${journeyId}:${personId}`) ?? []
  }

  async function entryRules(workspaceId: number, candidates: readonly Candidate[], now: number) {
    const rules = new Map<string, Rule>()
    for (const { journey } of candidates) if (journey.definition.entryRule) rules.set(journey.id, journey.definition.entryRule)
    const asked = candidates.filter(({ journey }) => rules.has(journey.id)).map((one) => one.row.personId)
    const answers = await askRules(deps, workspaceId, rules, [...new Set(asked)], now)
    return ({ row, journey }: Candidate) => !rules.has(journey.id) || answers(journey.id, row.personId)
  }

  return {
    async open(tx, workspaceId) {
      const open: OpenJourney[] = []
      for (const { id, status, live_version: version } of await shareOpenJourneys(tx, workspaceId))
        open.push({ id, status, version, definition: await definitions.of(tx, { workspaceId, journeyId: id, version }) })
      return open
    },

    async room(tx, workspaceId, open, rows, now) {
      const limited = open.filter(({ status, definition }) => status === 'live' && isLimited(definition.limits))
      const wanted = limited.flatMap((journey) =>
        rows.flatMap((row) =>
          triggers(journey.id, journey.definition.trigger, row.heard, matchesFilters)
            ? [{ journeyId: journey.id, personId: row.personId }]
            : [],
        ),
      )
      const entered = await lockEntered(tx, workspaceId, [...new Set(wanted.map((one) => one.journeyId))])
      const busy = new Set(wanted.filter((one) => !entered.has(one.journeyId)).map((one) => one.personId))
      return { room: createRoom(entered, now), busy }
    },

    async admit(tx, workspaceId, arrivals, now) {
      const candidates = candidatesOf(arrivals)
      if (candidates.length === 0) return { begun: [], refused: [] }
      const refused: Refused[] = []
      const refuse = ({ journey }: Candidate, reason: Refusal) => {
        refused.push({ workspaceId, journeyId: journey.id, version: journey.version, reason })
        return false
      }
      const reasonOf = await refusals(tx, workspaceId, candidates, arrivals.inside, now)
      const standing = candidates.filter((one) => {
        const reason = reasonOf(one)
        return reason === null || refuse(one, reason)
      })
      const holds = await entryRules(workspaceId, standing, now)
      const admitted = standing.filter((one) => {
        if (!holds(one)) return refuse(one, 'entry_rule')
        const full = arrivals.room.take(one.journey.id, one.journey.definition.limits)
        return full === null || refuse(one, full)
      })
      const begun = admitted.map(({ row, journey, heard }) => {
        const whose = { workspaceId, journeyId: journey.id, version: journey.version, personId: row.personId, runId: ids.next('run') }
        return begin(journey.definition, whose, heard, now)
      })
      return { begun, refused }
    },
  }
}
