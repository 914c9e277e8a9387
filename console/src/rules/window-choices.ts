import type { CalendarWindow, DateWindow, RuleWindow } from '@chaoxi/contract'
import { startOfDay } from './zoned-time.ts'

/** What a choice of time range starts with, near to what is asked most. */
export function newWindow(kind: RuleWindow['kind'], now: number, timeZone: string): RuleWindow {
  return kind === 'ever' ? { kind } : kind === 'since' ? { kind, attribute: '' } : newDateWindow(kind, now, timeZone)
}

export function newDateWindow(kind: DateWindow['kind'], now: number, timeZone: string): DateWindow {
  switch (kind) {
    case 'rolling':
      return { kind, amount: 7, unit: 'day' }
    case 'relative':
      return { kind, from: 10, to: 3, unit: 'day' }
    case 'calendar':
      return { kind, unit: 'month', from: 0, to: 0 }
    case 'annual':
      return { kind, from: '11-01', to: '11-11', year: -1 }
    case 'dates':
      return { kind, from: localDay(now, 6, timeZone), to: localDay(now, 0, timeZone) }
    case 'between':
      return { kind, from: startOfDay(now, 7, timeZone), to: startOfDay(now, 0, timeZone) }
  }
}

function localDay(now: number, daysAgo: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now - daysAgo * 86_400_000)
}

type Relative = Extract<RuleWindow, { kind: 'relative' }>

/** A `relative` window as two numbers and a direction; null where it begins before now and ends after. */
export function directionOf({ from, to }: Relative): 'ago' | 'ahead' | null {
  if (to >= 0 && (from === undefined || from >= 0)) return 'ago'
  return from !== undefined && to <= 0 && from <= 0 ? 'ahead' : null
}

/** The same numbers the other way in time: 10 to 3 days ago, 3 to 10 days from now. */
export function turned({ from, ...window }: Relative): Relative {
  const mirrored = (amount: number) => (amount === 0 ? 0 : -amount)
  return from === undefined
    ? { ...window, from: 0, to: mirrored(Math.max(1, window.to)) }
    : { ...window, from: mirrored(window.to), to: mirrored(from) }
}

/** Units of a calendar that a list offers by name, on both sides of the current one. */
const nearby: Readonly<Record<CalendarWindow['unit'], number>> = { day: 31, week: 12, month: 24, quarter: 8, year: 5 }

export function offsetsOf(unit: CalendarWindow['unit'], ahead: boolean, current: number): number[] {
  const reach = nearby[unit]
  const offsets = Array.from({ length: ahead ? 2 * reach + 1 : reach + 1 }, (_, i) => i - reach)
  return offsets.includes(current) ? offsets : [...offsets, current].sort((a, b) => a - b)
}
