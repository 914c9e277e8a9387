import type { JourneyDefinition, Rule } from '@chaoxi/contract'
import type { Tx } from '../../platform/db/postgres.ts'
import { type Absence, broughtBy } from '../core/absence.ts'
import { begin, pastFrom, type Refusal, refusal, sameOccurrence, tooLate, triggers } from '../core/entering.ts'
import { createRoom, isLimited, type Room } from '../core/limits.ts'
import { isReleasedTo, type Release } from '../core/release.ts'
import type { Heard, Run } from '../core/run.ts'
import type { EngineDeps } from '../deps.ts'
import { shareOpenJourneys } from '../store.ts'
import type { Definitions } from './definitions.ts'
import { askRules } from './facts.ts'
import type { InboxRow } from './inbox-store.ts'
import { lockEntered } from './limit-store.ts'
import type { Refused } from './moves.ts'
import { pastEntries } from './run-store.ts'

interface Version {
  readonly version: number
  readonly definition: JourneyDefinition
}

/** A journey that people may be in, with its newest version. */
export interface OpenJourney extends Version {
  readonly id: string
  readonly status: 'live' | 'paused'
  readonly release: Release
  /** Takes those whom the newest one is not released to. */
  readonly base: Version | null
}

/** The journey with the version that is the person's; null: none is. */
function journeyFor(journey: OpenJourney, personId: number): OpenJourney | null {
  if (isReleasedTo(journey.id, journey.release, personId)) return journey
  return journey.base && { ...journey, ...journey.base }
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
  /** None of its versions takes the person. */
  readonly unreleased: boolean
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
    return open.flatMap((one) =>
      rows.flatMap((row): Candidate[] => {
        const own = journeyFor(one, row.personId)
        const [journey, unreleased] = [own ?? one, own === null]
        if (!triggers(journey.id, journey.definition.trigger, row.heard, matchesFilters)) return []
        if (row.heard.kind !== 'event_absence') return [{ row, journey, unreleased, heard: row.heard }]
        const absence = absent.get(row.heard.sourceKey)
        return absence ? [{ row, journey, unreleased, heard: broughtBy(absence) }] : []
      }),
    )
  }

  /** Why each of them does not come in, the entry rule and limits left aside. */
  async function refusals(tx: Tx, workspaceId: number, candidates: readonly Candidate[], inside: readonly Run[], now: number) {
    const entriesOf = await loadPast(tx, workspaceId, candidates, now)
    return ({ row, journey, unreleased, heard }: Candidate): Refusal | null => {
      // A paused journey lets nobody in: whoever comes now has missed it, and is not sent a pile of old news on resuming.
      if (journey.status !== 'live') return 'paused'
      if (tooLate(row.heard)) return 'too_late'
      if (unreleased) return 'not_released'
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
    const nameOf = ({ journey }: Candidate) => `${journey.id}:${journey.version}`
    for (const one of candidates) if (one.journey.definition.entryRule) rules.set(nameOf(one), one.journey.definition.entryRule)
    const asked = candidates.filter((one) => rules.has(nameOf(one))).map((one) => one.row.personId)
    const answers = await askRules(deps, workspaceId, rules, [...new Set(asked)], now)
    return (one: Candidate) => !rules.has(nameOf(one)) || answers(nameOf(one), one.row.personId)
  }

  return {
    async open(tx, workspaceId) {
      const open: OpenJourney[] = []
      for (const { id, status, ...release } of await shareOpenJourneys(tx, workspaceId)) {
        const versionOf = async (version: number): Promise<Version> => ({
          version,
          definition: await definitions.of(tx, { workspaceId, journeyId: id, version }),
        })
        const base = release.base_version === null ? null : await versionOf(release.base_version)
        open.push({ id, status, release, base, ...(await versionOf(release.live_version)) })
      }
      return open
    },

    async room(tx, workspaceId, open, rows, now) {
      const live = open.filter(({ status }) => status === 'live')
      const wanted = live.flatMap((one) =>
        rows.flatMap((row) => {
          const journey = journeyFor(one, row.personId)
          if (journey === null || !isLimited(journey.definition.limits)) return []
          const fits = triggers(journey.id, journey.definition.trigger, row.heard, matchesFilters)
          return fits ? [{ journeyId: journey.id, personId: row.personId }] : []
        }),
      )
      const entered = await lockEntered(tx, workspaceId, [...new Set(wanted.map((one) => one.journeyId))])
      const busy = new Set(wanted.filter((one) => !entered.has(one.journeyId)).map((one) => one.personId))
      return { room: createRoom(entered, now), busy }
    },

    async admit(tx, workspaceId, arrivals, now) {
      const candidates = candidatesOf(arrivals)
      if (candidates.length === 0) return { begun: [], refused: [] }
      const refused: Refused[] = []
      const refuse = ({ journey, row }: Candidate, reason: Refusal) => {
        const { personId, heard } = row
        refused.push({ workspaceId, journeyId: journey.id, version: journey.version, reason, personId, heard })
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
