import type { Overview } from '@chaoxi/contract'
import { Temporal } from 'temporal-polyfill'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import * as store from './store.ts'

const hourMs = 3_600_000
const chartHours = 24
const topEventsMax = 10

/** 00:00 of the day in which the instant lies, in the zone. Days are 23 or 25 hours long where clocks change. */
export function startOfDay(at: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).startOfDay().epochMilliseconds
}

export function createOverview({ db, clickhouse, clock }: { db: Db; clickhouse: ClickHouse; clock: Clock }) {
  async function day(workspaceId: number, from: number, to: number): Promise<Overview['today']> {
    const [events, numbers] = await Promise.all([
      store.eventTotals(clickhouse, workspaceId, from, to),
      store.dayNumbers(db, workspaceId, new Date(from), new Date(to)),
    ])
    return {
      events: events.events,
      activePeople: events.people,
      newPeople: numbers.new_people,
      orders: numbers.orders,
      salesFen: numbers.sales_fen,
      messagesSent: numbers.messages_sent,
      messagesDropped: numbers.messages_dropped,
    }
  }

  async function hours(workspaceId: number, now: number): Promise<Overview['hours']> {
    const last = now - (now % hourMs)
    const from = last - (chartHours - 1) * hourMs
    const [events, messages] = await Promise.all([
      store.eventsByHour(clickhouse, workspaceId, from, now + 1),
      store.messagesByHour(db, workspaceId, new Date(from)),
    ])
    const eventsAt = new Map(events.map((row) => [row.at, row]))
    const messagesAt = new Map(messages.map((row) => [row.at.getTime(), row.messages]))
    return Array.from({ length: chartHours }, (_, i) => {
      const at = from + i * hourMs
      const row = eventsAt.get(at)
      return { at: new Date(at).toISOString(), events: row?.events ?? 0, people: row?.people ?? 0, messages: messagesAt.get(at) ?? 0 }
    })
  }

  return async function overview(workspaceId: number, timeZone: string): Promise<Overview> {
    const now = clock.now()
    const today = startOfDay(now, timeZone)
    const yesterday = startOfDay(today - 1, timeZone)
    const [numbers, before, chart, top, totals, events] = await Promise.all([
      day(workspaceId, today, now + 1),
      day(workspaceId, yesterday, yesterday + (now - today) + 1),
      hours(workspaceId, now),
      store.topEvents(clickhouse, workspaceId, today, topEventsMax),
      store.workspaceTotals(db, workspaceId),
      store.eventCount(clickhouse, workspaceId),
    ])
    return {
      today: numbers,
      yesterday: before,
      hours: chart,
      topEvents: top,
      totals: { people: totals.people, events, liveJourneys: totals.live_journeys, quarantined: totals.quarantined },
    }
  }
}
