import type { JourneyDefinition, Rule } from '@chaoxi/contract'
import type { Tx } from '../platform/db/postgres.ts'
import { type Absence, broughtBy } from './absence.ts'
import type { Definitions } from './definitions.ts'
import type { EngineDeps } from './deps.ts'
import { begin, pastFrom, type Refusal, refusal, sameOccurrence, triggers } from './entering.ts'
import { askRules } from './facts.ts'
import type { InboxRow } from './inbox-store.ts'
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
  /** By person: the journeys that they are in. */
  readonly inside: ReadonlyMap<number, ReadonlySet<string>>
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

  /** Why each of them does not come in, the entry rule left aside. */
  async function refusals(tx: Tx, workspaceId: number, candidates: readonly Candidate[], inside: Arrivals['inside']) {
    const pastOf = await loadPast(tx, workspaceId, candidates)
    return ({ row, journey }: Candidate): Refusal | null => {
      // A paused journey lets nobody in: whoever comes now has missed it, and is not sent a pile of old news on resuming.
      if (journey.status !== 'live') return 'paused'
      const past = pastOf(journey.id, row.personId)
      if (past.some((one) => sameOccurrence(one.entry_key, row.heard))) return 'entered_before'
      const known = { live: inside.get(row.personId)?.has(journey.id) ?? false, ever: past.length > 0 }
      return refusal(journey.definition.reentry, known, row.heard)
    }
  }

  async function loadPast(tx: Tx, workspaceId: number, candidates: readonly Candidate[]) {
    const live = candidates.filter(({ journey }) => journey.status === 'live')
    const asked = live.filter(({ journey, row }) => pastFrom(journey.definition, row.heard) !== null)
    const since = Math.min(...asked.map(({ journey, row }) => pastFrom(journey.definition, row.heard) ?? 0))
    const [journeys, people] = [new Set(asked.map((one) => one.journey.id)), new Set(asked.map((one) => one.row.personId))]
    const rows = asked.length === 0 ? [] : await pastEntries(tx, workspaceId, [...journeys], [...people], new Date(since))
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

    async admit(tx, workspaceId, arrivals, now) {
      const candidates = candidatesOf(arrivals)
      if (candidates.length === 0) return { begun: [], refused: [] }
      const refused: Refused[] = []
      const refuse = ({ journey }: Candidate, reason: Refusal) => {
        refused.push({ workspaceId, journeyId: journey.id, version: journey.version, reason })
        return false
      }
      const reasonOf = await refusals(tx, workspaceId, candidates, arrivals.inside)
      const standing = candidates.filter((one) => {
        const reason = reasonOf(one)
        return reason === null || refuse(one, reason)
      })
      const holds = await entryRules(workspaceId, standing, now)
      const admitted = standing.filter((one) => holds(one) || refuse(one, 'entry_rule'))
      const begun = admitted.map(({ row, journey, heard }) => {
        const whose = { workspaceId, journeyId: journey.id, version: journey.version, personId: row.personId, runId: ids.next('run') }
        return begin(journey.definition, whose, heard, now)
      })
      return { begun, refused }
    },
  }
}
