import { type AlarmLimits, alarmKinds, usualLimits } from '@chaoxi/contract'
import { zoneOf } from '../../query/index.ts'
import { hourMs, hourOf } from '../core/limits.ts'
import { isTimed } from '../core/occurrence.ts'
import type { EngineDeps } from '../deps.ts'
import type { Definitions } from '../engine/definitions.ts'
import { entriesBetween } from '../monitor/trend-store.ts'
import * as store from './alarm-store.ts'
import { judge, type Measured } from './judge.ts'
import { tell } from './outlet.ts'
import { isShutOut, robotPauseMs, shutOutMs } from './robots.ts'

/** Full hours whose entries are held against the same ones of the days before. */
const dropHours = 6
const usualDays = 7
const dayMs = 24 * hourMs
/** Messages that go out are rarely older. */
const madeWithinMs = 7 * dayMs
const tellingsPerTurn = 50
/** A webhook is told one after the other, and each may take its time. */
const postsPerTurn = 10
/** Longer than so many posts may take. */
const leaseMs = 2 * 60_000
const keptMs = 90 * dayMs
const triesMax = 12
const pauseOf = (tries: number) => Math.min(hourMs, 5_000 * 2 ** tries)

export interface AlarmRunner {
  /** Measures every live journey, opens and closes alarms, and forgets those long closed; answers whether any was opened or closed. */
  watch(): Promise<boolean>
  /** Tells the outlet of one workspace; answers whether there was anything to tell. */
  tell(): Promise<boolean>
}

type Hour = Awaited<ReturnType<typeof entriesBetween>>[number]

export function createAlarmRunner(deps: EngineDeps, definitions: Definitions): AlarmRunner {
  const { db, clock, ids, log } = deps

  async function measure(row: store.WatchedRow, limits: AlarmLimits, hours: readonly Hour[], now: number): Promise<Measured> {
    const whose = { workspaceId: row.workspace_id, journeyId: row.id, version: row.live_version }
    const thisHour = hourOf(now)
    const within = (from: number, to: number) => hours.filter((one) => one.hour_at.getTime() >= from && one.hour_at.getTime() < to)
    const sum = (some: readonly Hour[], of: 'entered' | 'ended' | 'failed') => some.reduce((total, one) => total + one[of], 0)
    const lately = within(thisHour - hourMs, thisHour + hourMs)
    const span = dropHours * hourMs
    const days = Array.from({ length: usualDays }, (_, i) =>
      sum(within(thisHour - span - (i + 1) * dayMs, thisHour - (i + 1) * dayMs), 'entered'),
    )
    // What begins by the clock has days without anybody, and what is new has no usual.
    const comparable =
      row.first_published.getTime() <= thisHour - span - usualDays * dayMs && !isTimed((await definitions.of(db, whose)).trigger)
    const startOfDay = limits.costFen === null ? now : dayStart(await deps.timeZone(row.workspace_id), now)
    return {
      ended: sum(lately, 'ended'),
      failed: sum(lately, 'failed'),
      entered: sum(within(thisHour - span, thisHour), 'entered'),
      usual: comparable ? days.reduce((total, one) => total + one, 0) / usualDays : null,
      costFen: limits.costFen === null ? 0 : await store.costSince(db, row.workspace_id, row.id, startOfDay, startOfDay - madeWithinMs),
      lagMinutes: row.oldest_due === null ? 0 : Math.max(0, now - row.oldest_due.getTime()) / 60_000,
    }
  }

  return {
    async watch() {
      const now = clock.now()
      const at = new Date(now)
      const thisHour = hourOf(now)
      const [watched, open, outlets, hours] = await Promise.all([
        store.watchedJourneys(db, at),
        store.openAlarms(db, null),
        store.findOutlets(db),
        entriesBetween(db, new Date(thisHour - dropHours * hourMs - usualDays * dayMs), new Date(thisHour + hourMs)),
      ])
      const listening = new Set(outlets.map((outlet) => outlet.workspace_id))
      const nameOf = (workspaceId: number, journeyId: string) => `${workspaceId}:${journeyId}`
      const hoursOf = Map.groupBy(hours, (hour) => nameOf(hour.workspace_id, hour.journey_id))
      const alarmsOf = Map.groupBy(open, (alarm) => nameOf(alarm.workspace_id, alarm.journey_id))
      let changed = false
      for (const row of watched) {
        const name = nameOf(row.workspace_id, row.id)
        // Of one that is not live any more nothing is wrong.
        const limits = row.status === 'live' ? { ...usualLimits, ...row.limits } : nothingWatched
        const measured = await measure(row, limits, hoursOf.get(name) ?? [], now)
        const tell = listening.has(row.workspace_id)
        for (const kind of alarmKinds) {
          const alarm = alarmsOf.get(name)?.find((one) => one.kind === kind)
          const judgement = judge(kind, limits, measured, alarm !== undefined)
          if (judgement === null) continue
          const { answer, stands } = judgement
          await db.tx(async (tx) => {
            if (alarm === undefined) {
              const opened = { workspaceId: row.workspace_id, journeyId: row.id, id: ids.next('alm'), kind, stands }
              changed = (await store.openAlarm(tx, opened, tell, at)) || changed
            } else if (answer === 'close') changed = (await store.closeAlarm(tx, alarm, stands, tell, at)) || changed
            else await store.updateStanding(tx, alarm, stands)
          })
        }
      }
      await store.forgetAlarms(db, new Date(now - keptMs))
      return changed
    },

    async tell() {
      const now = clock.now()
      const alarms = await store.leaseUntold(db, new Date(now), new Date(now + leaseMs), tellingsPerTurn)
      const [first] = alarms
      if (first === undefined) return false
      const outlet = await store.findOutlet(db, first.workspace_id)
      if (outlet === null) for (const alarm of alarms) await store.tellNobody(db, alarm)
      else await tellOf(outlet, alarms, now)
      return true
    },
  }

  /** Tells a workspace's outlet: a webhook one after the other, a robot what goes into one message, and not sooner than it may be told again. */
  async function tellOf(outlet: store.OutletRow, alarms: readonly store.AlarmRow[], now: number): Promise<void> {
    const isWebhook = outlet.kind === 'webhook'
    const again = isWebhook || outlet.told_at === null ? now : outlet.told_at.getTime() + robotPauseMs
    const taken = again > now ? [] : alarms.slice(0, isWebhook ? postsPerTurn : undefined)
    for (const alarm of alarms.slice(taken.length)) await store.tellLater(db, alarm, alarm.tries, new Date(again))
    if (taken.length === 0) return
    const teller = { post: deps.post, publicUrl: deps.publicUrl, timeZone: await deps.timeZone(outlet.workspace_id) }
    const tellings = taken.flatMap((alarm) => alarm.untold.slice(0, 1).map((state) => ({ alarm, state })))
    const turns = isWebhook ? tellings.map((one) => [one]) : [tellings]
    for (const turn of turns) {
      const { problem, count } = await tell(teller, outlet, turn, now)
      await store.noteOutlet(db, outlet.workspace_id, problem, new Date(now))
      for (const [place, { alarm }] of turn.entries()) {
        const tries = alarm.tries + 1
        const pause = problem !== null && isShutOut(problem) ? Math.max(pauseOf(tries), shutOutMs) : pauseOf(tries)
        if (place >= count) await store.tellLater(db, alarm, alarm.tries, new Date(now + robotPauseMs))
        else if (problem === null || tries >= triesMax) await store.noteTold(db, alarm, new Date(now))
        else await store.tellLater(db, alarm, tries, new Date(now + pause))
      }
      if (problem !== null) log.warn({ workspaceId: outlet.workspace_id, problem, tellings: turn.length }, 'alarms could not be told')
    }
  }
}

const nothingWatched: AlarmLimits = { failurePercent: null, dropPercent: null, costFen: null, lagMinutes: null }

function dayStart(timeZone: string, now: number): number {
  const zone = zoneOf(timeZone)
  return zone.startOf(zone.dayOf(now))
}
