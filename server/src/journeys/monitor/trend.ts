import type { JourneyTrend } from '@chaoxi/contract'
import type { Zone } from '../../query/index.ts'
import type { HourRow } from './trend-store.ts'

const hourMs = 3_600_000
const columns = { entered: 'entered', passed: 'passed', timedOut: 'timed_out', failed: 'failed', left: 'left_here' } as const
type Name = keyof typeof columns
const names: readonly Name[] = ['entered', 'passed', 'timedOut', 'failed', 'left']

export interface TrendSpan {
  /** ms, both at the beginning of an hour or of a local day; the end is not included. */
  readonly from: number
  readonly to: number
  readonly unit: 'hour' | 'day'
}

/** So many hours, or local days of the zone, up to and with the one that `now` is in. */
export function spanOf(unit: 'hour' | 'day', length: number, now: number, zone: Zone): TrendSpan {
  if (unit === 'hour') {
    const to = Math.floor(now / hourMs) * hourMs + hourMs
    return { from: to - length * hourMs, to, unit }
  }
  const today = zone.dayOf(now)
  return { from: zone.startOf(today - length + 1), to: zone.startOf(today + 1), unit }
}

/** Beginnings of the hours or local days. */
function beginnings({ from, to, unit }: TrendSpan, zone: Zone): number[] {
  if (unit === 'hour') return Array.from({ length: (to - from) / hourMs }, (_, i) => from + i * hourMs)
  const [first, last] = [zone.dayOf(from), zone.dayOf(to - 1)]
  return Array.from({ length: last - first + 1 }, (_, i) => zone.startOf(first + i))
}

/**
 * Hours put together: in all, and by version or by way where asked. An hour counts to the local day in which it begins. Hours in which
 * nothing happened are zeros.
 */
export function trendOf(rows: readonly HourRow[], span: TrendSpan, by: 'all' | 'version' | 'way', zone: Zone): JourneyTrend {
  const starts = beginnings(span, zone)
  const placeOf = new Map(starts.map((at, i) => [at, i]))
  const startOf = (at: number) => (span.unit === 'hour' ? at : Math.max(span.from, zone.startOf(zone.dayOf(at))))
  const series = new Map<string, Record<Name, number[]>>()
  const zeros = () => starts.map(() => 0)
  const nameOf = ({ version, way }: HourRow) => (by === 'all' ? '' : by === 'version' ? String(version) : way)
  // The node's own row has no way; ways are counted besides.
  for (const row of rows.filter((one) => (by === 'way' ? one.way !== '' : one.way === ''))) {
    const place = placeOf.get(startOf(row.hour_at.getTime()))
    if (place === undefined) continue
    const own = series.get(nameOf(row)) ?? { entered: zeros(), passed: zeros(), timedOut: zeros(), failed: zeros(), left: zeros() }
    series.set(nameOf(row), own)
    for (const name of names) own[name][place] = (own[name][place] ?? 0) + row[columns[name]]
  }
  if (by === 'all' && series.size === 0)
    series.set('', { entered: zeros(), passed: zeros(), timedOut: zeros(), failed: zeros(), left: zeros() })
  return {
    unit: span.unit,
    at: starts.map((at) => new Date(at).toISOString()),
    series: [...series].map(([name, numbers]) => ({ name, ...numbers })),
  }
}
