import { durationMs, type JourneyDefinition, type JourneyStatus, type News, replyEvent, type Trigger } from '@chaoxi/contract'
import type { ClickHouse } from '../../platform/db/clickhouse.ts'
import type { Db } from '../../platform/db/postgres.ts'
import { zoneOf } from '../../query/index.ts'
import { type Absence, absenceKey, fills } from '../core/absence.ts'
import type { MatchesFilters } from '../core/heard-match.ts'
import { moveKeyOf } from '../core/membership-news.ts'
import { isTimed, occurrenceKey, occurrenceName } from '../core/occurrence.ts'
import type { Run } from '../core/run.ts'
import type { Definitions } from '../engine/definitions.ts'
import { newsAgeMaxMs } from '../engine/listeners.ts'
import { type RefusalRow, refusalsKeptMs } from '../engine/refusal-store.ts'
import { runsByEntry } from '../engine/run-store.ts'
import { listOccurrences } from '../timed/occurrence-store.ts'
import * as store from './explain-store.ts'
import { eventTold, type HappenedEvent, moveTold, told, versionAt, type Written, writtenOf } from './news.ts'

/** Of what could have brought the person in, so many are told. */
export const newsMax = 20
/** Events that may have ended an absence. */
const awaitedMax = 500

export interface Asked {
  readonly workspaceId: number
  readonly journey: { readonly id: string; readonly status: JourneyStatus; readonly updatedAt: number }
  readonly trigger: Trigger
  readonly personId: number
  readonly numbers: readonly number[]
  /** The newest, wherever they are kept. */
  readonly runs: readonly Run[]
  readonly refusals: RefusalRow | null
  readonly now: number
}

interface Deps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly matchesFilters: MatchesFilters
  timeZone(workspaceId: number): Promise<string>
  settled(): Promise<void>
}

type Rest = Pick<News, 'outcome' | 'run' | 'reason' | 'until' | 'failed'>
const iso = (at: number) => new Date(at).toISOString()

/** Whether a refusal at that time would still be known. */
function wouldBeKnown({ refusals, runs, now }: Asked, at: number): boolean {
  // An entry by then may be among the runs that are not listed here and went into history.
  const eldest = runs.at(-1)
  if (runs.length > newsMax && eldest !== undefined && at <= eldest.enteredAt) return false
  if (refusals === null) return at > now - refusalsKeptMs
  const oldest = refusals.recent.at(-1)
  return refusals.count <= refusals.recent.length || (oldest !== undefined && at > Date.parse(oldest.at))
}

/** What happened that could have brought a person into a journey, and what became of it, newest first. */
export function createNewsReader({ db, clickhouse, matchesFilters, timeZone, settled }: Deps, definitions: Definitions) {
  async function writtenFor(asked: Asked, keys: readonly string[]): Promise<Written> {
    const { workspaceId, journey, refusals } = asked
    const [runs, inbox, times] = await Promise.all([
      runsByEntry(db, workspaceId, journey.id, keys),
      store.inboxStates(db, workspaceId, keys),
      store.versionTimes(db, workspaceId, journey.id),
    ])
    const versions: { version: number; at: number; definition: JourneyDefinition }[] = []
    for (const { version, published_at } of times) {
      const definition = await definitions.of(db, { workspaceId, journeyId: journey.id, version })
      versions.push({ version, at: published_at.getTime(), definition })
    }
    return {
      runs: new Map([
        ...asked.runs.map((run) => [run.context.trigger.sourceKey, run.id] as const),
        ...runs.map((row) => [row.entry_key, row.id] as const),
      ]),
      refusals: new Map((refusals?.recent ?? []).toReversed().map((one) => [one.sourceKey, one])),
      inbox: new Map(inbox.map((row) => [row.source_key, { takenAt: row.taken_at?.getTime() ?? null, dropped: row.dropped }])),
      versions,
      archivedAt: journey.status === 'archived' ? journey.updatedAt : null,
      newsAgeMaxMs,
    }
  }

  const happened = (row: store.EventRow): HappenedEvent => ({
    key: `event:${row.message_id}`,
    event: row.event,
    // As the inbox has it: a clock that is ahead does not make an event later than it came.
    time: Math.min(row.time, row.received_at),
    receivedAt: row.received_at,
    properties: JSON.parse(row.properties),
  })

  const eventNews = (one: HappenedEvent, kind: 'event' | 'event_absence', rest: Rest): News => ({
    ...{ at: iso(one.time), receivedAt: iso(one.receivedAt), kind, name: one.event, value: '' },
    ...rest,
  })

  async function events(asked: Asked, event: string, to = asked.now + 86_400_000): Promise<HappenedEvent[]> {
    const wanted = { events: [event], from: 0, to, limit: newsMax + 1 }
    return (await store.eventsOfPerson(clickhouse, asked.workspaceId, asked.numbers, wanted)).map(happened)
  }

  async function ofEvent(asked: Asked, event: string): Promise<News[]> {
    const found = await events(asked, event)
    const written = await writtenFor(
      asked,
      found.map((one) => one.key),
    )
    return found.map((one) => eventNews(one, 'event', eventTold(written, one)))
  }

  async function ofAbsence(asked: Asked, trigger: Extract<Trigger, { kind: 'event_absence' }>): Promise<News[]> {
    const found = await events(asked, trigger.event)
    const absenceOf = (one: HappenedEvent, dueAt: number): Absence => ({
      ...{ workspaceId: asked.workspaceId, journeyId: asked.journey.id, personId: asked.personId, sourceKey: one.key, dueAt },
      heard: {
        ...{ sourceKey: one.key, kind: 'event', name: one.event, properties: { ...one.properties } },
        ...{ occurredAt: one.time, receivedAt: one.receivedAt },
      },
    })
    const keyOf = (one: HappenedEvent) => absenceKey({ journeyId: asked.journey.id, sourceKey: one.key })
    const written = await writtenFor(
      asked,
      found.flatMap((one) => [one.key, keyOf(one)]),
    )
    const keys = found.map((one) => one.key)
    const waiting = new Map(
      (await store.waitingAbsences(db, asked.workspaceId, asked.journey.id, keys)).map((row) => [row.source_key, row.due_at]),
    )
    const names = [...new Set(trigger.none.map((match) => match.event))]
    const oldest = found.at(-1)?.time ?? asked.now
    const wanted = { events: names, from: oldest, to: asked.now + 86_400_000, limit: awaitedMax }
    const others =
      found.length === 0 ? [] : (await store.eventsOfPerson(clickhouse, asked.workspaceId, asked.numbers, wanted)).map(happened)
    return found.map((one) => {
      const due = waiting.get(one.key)
      if (due) return eventNews(one, 'event_absence', told('waiting', { until: due.toISOString() }))
      const rest = writtenOf(written, keyOf(one)) ?? eventTold(written, one)
      const own = versionAt(written, one.receivedAt)?.definition.trigger
      if (rest.outcome !== 'unknown' || own?.kind !== 'event_absence') return eventNews(one, 'event_absence', rest)
      const absence = absenceOf(one, one.time + durationMs(own.within))
      const ended = others.findLast((other) => fills(own, absence, absenceOf(other, 0).heard, matchesFilters))
      if (ended === undefined) return eventNews(one, 'event_absence', rest)
      return eventNews(one, 'event_absence', told('ended', { reason: ended.event, until: iso(ended.time) }))
    })
  }

  async function ofMoves(asked: Asked, trigger: Extract<Trigger, { kind: 'segment_entry' | 'segment_exit' | 'tag_entry' | 'tag_exit' }>) {
    await settled()
    const { workspaceId, numbers } = asked
    const entered = trigger.kind.endsWith('_entry')
    const kind = 'tag' in trigger ? ('tag' as const) : ('segment' as const)
    const key = 'tag' in trigger ? trigger.tag : trigger.segment
    const rows = await store.movesOfPerson(clickhouse, workspaceId, numbers, { kind, key, entered: entered ? 1 : 0, limit: newsMax + 1 })
    const value = 'tag' in trigger ? trigger.value : undefined
    const own = value === undefined ? rows : rows.filter((row) => row.value === value)
    const keyed = own.map((row) => ({ ...row, sourceKey: moveKeyOf({ kind, key, value: row.value, entered, at: row.at }, row.person) }))
    const written = await writtenFor(
      asked,
      keyed.map((row) => row.sourceKey),
    )
    return keyed.map((row): News => {
      const rest = moveTold(written, { key: row.sourceKey, at: row.at, reason: row.reason })
      return { at: iso(row.at), receivedAt: iso(row.at), kind: trigger.kind, name: key, value: row.value, ...rest }
    })
  }

  async function ofTimes(asked: Asked, trigger: Extract<Trigger, { kind: 'schedule' | 'date' }>): Promise<News[]> {
    const { workspaceId, journey, numbers } = asked
    const zone = zoneOf(await timeZone(workspaceId))
    const times = await listOccurrences(db, { workspaceId, journeyId: journey.id }, newsMax + 1)
    const keysOf = (dueAt: number) => {
      const key = occurrenceKey(journey.id, trigger.kind, occurrenceName(trigger, dueAt, zone))
      return numbers.map((number) => `${key}${number}`)
    }
    const written = await writtenFor(
      asked,
      times.flatMap((row) => keysOf(row.due_at.getTime())),
    )
    return times.map((row): News => {
      const at = row.due_at.getTime()
      const found = keysOf(at)
        .map((key) => writtenOf(written, key))
        .find((one) => one !== null)
      const rest = found ?? timeTold(asked, row.state, row.reason, (row.ended_at ?? row.due_at).getTime())
      return { at: iso(at), receivedAt: null, kind: trigger.kind, name: journey.id, value: '', ...rest }
    })
  }

  function timeTold(asked: Asked, state: string, reason: string | null, endedAt: number): Rest {
    if (state === 'skipped' || state === 'cut') return told('skipped', { reason })
    if (state !== 'done') return told('open')
    return told(wouldBeKnown(asked, endedAt) ? 'not_meant' : 'unknown')
  }

  return async (asked: Asked): Promise<News[]> => {
    const { trigger } = asked
    if (isTimed(trigger)) return ofTimes(asked, trigger)
    switch (trigger.kind) {
      case 'event':
        return ofEvent(asked, trigger.event)
      case 'inbound_message':
        return ofEvent(asked, replyEvent)
      case 'event_absence':
        return ofAbsence(asked, trigger)
      case 'segment_entry':
      case 'segment_exit':
      case 'tag_entry':
      case 'tag_exit':
        return ofMoves(asked, trigger)
      default:
        return []
    }
  }
}
