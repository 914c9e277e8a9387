import type { JourneyDefinition } from '@chaoxi/contract'
import type { Tx } from '../../platform/db/postgres.ts'
import { type Zone, zoneOf } from '../../query/index.ts'
import { triggerAgeMaxMs } from '../core/entering.ts'
import { audienceRule, isTimed, nextOccurrence, occurrenceKey, occurrenceName, type TimedTrigger } from '../core/occurrence.ts'
import type { EngineDeps } from '../deps.ts'
import type { Definitions } from '../engine/definitions.ts'
import { insertInbox } from '../engine/inbox-store.ts'
import { shareJourney } from '../store.ts'
import * as store from './occurrence-store.ts'

/** Plans, and occurrences, looked at in one turn. */
const plansMax = 50
const replannedMax = 1_000
const occurrencesMax = 20
/** People asked at once whether they are in the audience. */
const askedMax = 20_000
/** People told to the inbox at once: two of its batches, so that what else happens waits for no more. */
const pieceMax = 1_000
/** Nobody is told while so much is unread. */
const backlogMax = 2_000

export interface OccurrenceRunner {
  /** Begins what is due, collects its people and lets them into the inbox; answers whether there is more to do at once. */
  run(): Promise<boolean>
  /** Plans what is ahead anew where the workspace's zone has changed. */
  replan(): Promise<void>
}

/** Journeys that are due by the clock. Every step is one transaction that leaves behind how far it came. */
export function createOccurrenceRunner(deps: EngineDeps, definitions: Definitions): OccurrenceRunner {
  const { db, clock } = deps

  const zone = async (workspaceId: number) => zoneOf(await deps.timeZone(workspaceId))

  interface Open {
    readonly live: boolean
    readonly trigger: TimedTrigger
    readonly zone: Zone
  }

  /** The journey of something due, held; null when it is over, or begins in another way by now. */
  async function open(tx: Tx, { workspaceId, journeyId }: store.Whose): Promise<Open | null> {
    const row = await shareJourney(tx, workspaceId, journeyId)
    if (!row || row.live_version === null || (row.status !== 'live' && row.status !== 'paused')) return null
    const { trigger }: JourneyDefinition = await definitions.of(tx, { workspaceId, journeyId, version: row.live_version })
    return isTimed(trigger) ? { live: row.status === 'live', trigger, zone: await zone(workspaceId) } : null
  }

  /** One time that it was due: begun, or skipped and noted. Missed ones follow one after the other. */
  const begin = (whose: store.Whose) =>
    db.tx(async (tx) => {
      const now = clock.now()
      const journey = await open(tx, whose)
      const dueAt = await store.claimPlan(tx, whose, new Date(now))
      if (dueAt === null) return
      if (journey === null) return store.plan(tx, whose, null)
      const skipped = !journey.live ? 'paused' : now - dueAt > triggerAgeMaxMs ? 'late' : null
      await store.insertOccurrence(tx, whose, dueAt, skipped, new Date(now))
      await store.plan(tx, whose, nextOccurrence(journey.trigger, dueAt, journey.zone))
    })

  const whoseOf = (row: store.OccurrenceRow): store.Whose => ({ workspaceId: row.workspace_id, journeyId: row.journey_id })

  async function end(tx: Tx, row: store.OccurrenceRow, state: 'done' | 'cut', reason: string | null): Promise<void> {
    await store.deletePeople(tx, row)
    await store.updateOccurrence(tx, { ...row, state, reason, ended_at: new Date(clock.now()) })
  }

  /** What stands against going on; `wait`: nothing for good. */
  function hindrance(journey: Open | null, row: store.OccurrenceRow): 'closed' | 'late' | 'wait' | null {
    if (journey === null) return 'closed'
    if (clock.now() - row.due_at.getTime() > triggerAgeMaxMs) return 'late'
    return journey.live ? null : 'wait'
  }

  /** The next people after those who were asked. They are asked outside of the transaction, as of when the occurrence began. */
  async function collect(seen: store.OccurrenceRow): Promise<boolean> {
    const whose = whoseOf(seen)
    const journey = await db.tx((tx) => open(tx, whose))
    const found =
      journey === null || hindrance(journey, seen) !== null
        ? null
        : await deps.audience(whose.workspaceId, audienceRule(journey.trigger, seen.due_at.getTime(), journey.zone), {
            now: seen.started_at.getTime(),
            after: seen.collected_to,
            limit: askedMax,
          })
    return db.tx(async (tx) => {
      const reason = hindrance(await open(tx, whose), seen)
      if (reason === 'wait') return false
      const row = await store.claimOccurrence(tx, seen)
      if (!row) return false
      if (reason !== null) return end(tx, row, 'cut', reason).then(() => true)
      if (found === null) return false
      const pieces = Array.from({ length: Math.ceil(found.people.length / pieceMax) }, (_, i) =>
        found.people.slice(i * pieceMax, (i + 1) * pieceMax),
      )
      await store.insertPeople(tx, row, pieces)
      const people = row.people + found.people.length
      if (found.last === null) await store.updateOccurrence(tx, { ...row, people, state: 'entering' })
      else await store.updateOccurrence(tx, { ...row, people, collected_to: found.last })
      return true
    })
  }

  const enter = (seen: store.OccurrenceRow) =>
    db.tx(async (tx) => {
      const whose = whoseOf(seen)
      const journey = await open(tx, whose)
      const reason = hindrance(journey, seen)
      if (reason === 'wait') return false
      const row = await store.claimOccurrence(tx, seen)
      if (!row) return false
      if (journey === null || reason !== null) return end(tx, row, 'cut', reason).then(() => true)
      const people = await store.takePeople(tx, row)
      if (people === null) return end(tx, row, 'done', null).then(() => true)
      await store.updateOccurrence(tx, { ...row, told: row.told + people.length })
      const dueAt = row.due_at.getTime()
      const { trigger } = journey
      const name = occurrenceName(trigger, dueAt, journey.zone)
      const properties = {
        dueAt: row.due_at.toISOString(),
        ...(trigger.kind === 'date' ? { attribute: trigger.attribute, date: name } : {}),
      }
      const key = occurrenceKey(whose.journeyId, trigger.kind, name)
      const rows = people.map((personId) => ({
        workspaceId: whose.workspaceId,
        personId,
        sourceKey: `${key}${personId}`,
        kind: trigger.kind,
        name: whose.journeyId,
        properties,
        occurredAt: dueAt,
        receivedAt: clock.now(),
      }))
      await insertInbox(tx, rows)
      return true
    })

  return {
    async replan() {
      const zones = new Map<number, Zone>()
      for (const planned of await store.findPlanned(db, new Date(clock.now()), replannedMax)) {
        const { workspaceId, dueAt } = planned
        const own = zones.get(workspaceId) ?? (await zone(workspaceId))
        zones.set(workspaceId, own)
        await db.tx(async (tx) => {
          const journey = await open(tx, planned)
          const next = journey && nextOccurrence(journey.trigger, clock.now(), own)
          if (next !== null && next !== dueAt) await store.movePlan(tx, planned, next)
        })
      }
    },

    async run() {
      const due = await store.findDue(db, new Date(clock.now()), plansMax)
      for (const whose of due) await begin(whose)
      let more = due.length > 0
      for (const row of await store.findOpenOccurrences(db, occurrencesMax)) {
        if (row.state === 'collecting') more = (await collect(row)) || more
        else if ((await store.inboxBacklog(db, backlogMax)) < backlogMax) more = (await enter(row)) || more
      }
      return more
    },
  }
}
