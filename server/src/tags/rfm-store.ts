import type { RfmBoundaries, RfmSubject } from '@chaoxi/contract'
import type { ClickHouse } from '../platform/db/clickhouse.ts'

/** Shares of buyers, in per cent, at which the distribution is read. */
export const levels = Array.from({ length: 19 }, (_, i) => 5 * (i + 1))

/** How the buyers of a window are spread; each list has a number for each level, smallest first. */
export interface RfmDistribution {
  people: number
  /** Since the last purchase, ms. */
  ages: number[]
  orders: number[]
  /** Millionths of the amount's unit. */
  spent: number[]
}

export interface RfmClassRow {
  recent: number
  frequent: number
  much: number
  people: number
}

const dayMs = 86_400_000

/** The buyers of the window as the rules of the model see them: purchases, what was spent (exact, as millionths), the last one. */
function buyers({ property }: RfmSubject): string {
  const place = ['properties', ...property.split('.').map((_, i) => `{step${i}:String}`)].join(', ')
  const amount = `if(JSONType(${place}) in ('Int64', 'UInt64', 'Double'), least(greatest(JSONExtractFloat(${place}), -1e15), 1e15), 0)`
  return `
    select dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id) as person,
      count() as orders, sum(toInt128(floor(${amount} * 1000000 + 0.5))) as spent, {now:Int64} - toUnixTimestamp64Milli(max(time)) as age
    from events
    where workspace_id = {workspace:UInt32} and event = {event:String}
      and time > fromUnixTimestamp64Milli({now:Int64} - {window:Int64}) and time <= fromUnixTimestamp64Milli({now:Int64})
    group by person`
}

const paramsOf = (workspaceId: number, { event, property, days }: RfmSubject, now: number) => ({
  workspace: workspaceId,
  event,
  now,
  window: days * dayMs,
  ...Object.fromEntries(property.split('.').map((step, i) => [`step${i}`, step])),
})

export async function findDistribution(
  clickhouse: ClickHouse,
  workspaceId: number,
  subject: RfmSubject,
  now: number,
): Promise<RfmDistribution> {
  const at = `quantilesExact(${levels.map((level) => level / 100).join(', ')})`
  const text = `
    select count() as people, ${at}(age) as ages, ${at}(orders) as orders, ${at}(toFloat64(spent)) as spent
    from (${buyers(subject)}) as buyers`
  const [row] = await clickhouse.query<RfmDistribution>('batch', text, paramsOf(workspaceId, subject, now))
  return row ?? { people: 0, ages: [], orders: [], spent: [] }
}

/** How many of the buyers are on which side of the boundaries. */
export async function countClasses(
  clickhouse: ClickHouse,
  workspaceId: number,
  subject: RfmSubject,
  { recencyDays, frequency, amount }: RfmBoundaries,
  now: number,
): Promise<RfmClassRow[]> {
  const text = `
    select age < {recency:Int64} as recent, orders >= {frequency:UInt32} as frequent, toFloat64(spent) / 1000000 >= {amount:Float64} as much,
      count() as people
    from (${buyers(subject)}) as buyers group by recent, frequent, much`
  const params = { ...paramsOf(workspaceId, subject, now), recency: recencyDays * dayMs, frequency, amount }
  return clickhouse.query('batch', text, params)
}
