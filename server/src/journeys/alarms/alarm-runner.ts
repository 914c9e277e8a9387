import { type AlarmLimits, alarmKinds, usualLimits } from '@chaoxi/contract'
import { zoneOf } from '../../query/index.ts'
import { hourMs, hourOf } from '../core/limits.ts'
import { isTimed } from '../core/occurrence.ts'
import type { EngineDeps } from '../deps.ts'
import type { Definitions } from '../engine/definitions.ts'
import { entriesBetween } from '../monitor/trend-store.ts'
import * as store from './alarm-store.ts'
import { judge, type Measured } from './judge.ts'
import { tellingOf, tellOutlet } from './outlet.ts'

/** Full hours whose entries are held against the same ones of the days before. */
const dropHours = 6
const usualDays = 7
const dayMs = 24 * hourMs
/** Messages that go out are rarely older. */
const madeWithinMs = 7 * dayMs
const tellingsPerTurn = 5
const triesMax = 12
const pauseOf = (tries: number) => Math.min(hourMs, 5_000 * 2 ** tries)

export interface AlarmRunner {
  /** Measures every live journey, opens and closes alarms; answers whether any was. */
  watch(): Promise<boolean>
  /** Tells outlets; answers whether somebody was told. */
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
      return changed
    },

    async tell() {
      return db.tx(async (tx) => {
        const now = clock.now()
        const alarms = await store.claimUntold(tx, new Date(now), tellingsPerTurn)
        for (const alarm of alarms) {
          const [state, ...rest] = alarm.untold
          const outlet = await store.findOutlet(tx, alarm.workspace_id)
          if (state === undefined || outlet === null) {
            await store.updateTelling(tx, alarm, { untold: [], tries: 0, tellAt: null })
            continue
          }
          const problem = await tellOutlet(deps.post, outlet, tellingOf(alarm, state), now)
          await store.noteOutlet(tx, alarm.workspace_id, problem)
          const tries = alarm.tries + 1
          if (problem !== null) log.warn({ workspaceId: alarm.workspace_id, alarm: alarm.id, problem, tries }, 'an alarm could not be told')
          if (problem === null || tries >= triesMax)
            await store.updateTelling(tx, alarm, { untold: rest, tries: 0, tellAt: rest.length > 0 ? new Date(now) : null })
          else await store.updateTelling(tx, alarm, { untold: alarm.untold, tries, tellAt: new Date(now + pauseOf(tries)) })
        }
        return alarms.length > 0
      })
    },
  }
}

const nothingWatched: AlarmLimits = { failurePercent: null, dropPercent: null, costFen: null, lagMinutes: null }

function dayStart(timeZone: string, now: number): number {
  const zone = zoneOf(timeZone)
  return zone.startOf(zone.dayOf(now))
}
