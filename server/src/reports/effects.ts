import type { EffectRow } from '@chaoxi/contract'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import * as store from './store.ts'

/** A quotient, or null where there is nothing to divide by. */
const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const hourMs = 3_600_000
/** Payments are read from the orders, so that a refund counts. */
const paymentEvent = 'Order Paid'

function row(base: Omit<EffectRow, 'clickRate' | 'conversionRate' | 'roi'>): EffectRow {
  return {
    ...base,
    clickRate: ratio(base.clicked, base.reached),
    conversionRate: ratio(base.converted, base.clicked),
    roi: ratio(base.salesFen, base.costFen),
  }
}

/** People who did the goal's event within the window after one of their clicks. */
export function convertedPeople(
  clicks: readonly { person: number; at: number }[],
  goals: readonly { person: number; time: number }[],
  windowMs: number,
): Set<number> {
  const clicksOf = Map.groupBy(clicks, (click) => click.person)
  const converted = new Set<number>()
  for (const goal of goals) {
    if (clicksOf.get(goal.person)?.some((click) => goal.time >= click.at && goal.time < click.at + windowMs)) converted.add(goal.person)
  }
  return converted
}

/**
 * K5, the effect table: a row a journey and one of all together. Credit goes to the click (last touch within the stated
 * window); an order after clicks of two journeys counts for both, but once in the total of each.
 */
export function createEffects({ db, clickhouse }: { db: Db; clickhouse: ClickHouse }) {
  async function reachedGoal(
    workspaceId: number,
    journey: store.EffectJourneyRow,
    from: Date | null,
    to: Date | null,
  ): Promise<ReadonlySet<number>> {
    const clicks = (await store.effectClicks(db, workspaceId, journey.id, from, to)).map((click) => ({
      person: click.person_id,
      at: click.clicked_at.getTime(),
    }))
    if (clicks.length === 0) return new Set()
    const first = clicks.reduce((least, click) => Math.min(least, click.at), Number.POSITIVE_INFINITY)
    return convertedPeople(clicks, await store.goalEvents(clickhouse, workspaceId, journey.goal_event, first), journey.window_ms)
  }

  /** The people behind the number of conversions; nobody where there is no such journey. */
  async function convertedOf(workspaceId: number, journeyId: string, from: Date | null, to: Date | null): Promise<number[]> {
    const journey = (await store.effectJourneys(db, workspaceId)).find((one) => one.id === journeyId)
    if (!journey) return []
    if (journey.goal_event !== paymentEvent) return [...(await reachedGoal(workspaceId, journey, from, to))]
    return (await store.effectBuyers(db, workspaceId, journeyId, journey.window_ms, from, to)).map((row) => row.person_id)
  }

  async function table(workspaceId: number, from: Date | null, to: Date | null): Promise<{ rows: EffectRow[]; total: EffectRow }> {
    const journeys = await store.effectJourneys(db, workspaceId)
    const numbers = new Map((await store.effectMessages(db, workspaceId, from, to)).map((one) => [one.journey_id, one]))
    const rows: EffectRow[] = []
    for (const journey of journeys) {
      const own = numbers.get(journey.id) ?? { sent: 0, reached: 0, clicked: 0, cost_fen: 0 }
      const sales = own.clicked === 0 ? null : await store.effectSales(db, workspaceId, journey.id, journey.window_ms, from, to)
      const goalIsPayment = journey.goal_event === paymentEvent
      rows.push(
        row({
          journeyId: journey.id,
          name: journey.name,
          version: journey.version,
          goalEvent: journey.goal_event,
          windowHours: journey.window_ms / hourMs,
          sent: own.sent,
          reached: own.reached,
          clicked: own.clicked,
          salesFen: sales?.sales_fen ?? 0,
          costFen: own.cost_fen,
          converted: goalIsPayment ? (sales?.buyers ?? 0) : (await reachedGoal(workspaceId, journey, from, to)).size,
        }),
      )
    }
    const sum = (pick: (one: EffectRow) => number) => rows.reduce((total, one) => total + pick(one), 0)
    const total = row({
      journeyId: '',
      name: '',
      version: null,
      goalEvent: '',
      windowHours: 0,
      sent: sum((r) => r.sent),
      reached: sum((r) => r.reached),
      clicked: sum((r) => r.clicked),
      converted: sum((r) => r.converted),
      salesFen: sum((r) => r.salesFen),
      costFen: sum((r) => r.costFen),
    })
    return { rows, total }
  }

  return { table, convertedOf }
}
