import type { TimelineItem } from '@chaoxi/contract'
import { formatDate } from '../ui/format.ts'

export interface TimelineDay {
  /** 2026-11-22 in the workspace's zone. */
  day: string
  relative: 'today' | 'yesterday' | null
  items: TimelineItem[]
}

const dayMs = 86_400_000

/** Items, already newest first, cut where the workspace's day changes. */
export function groupByDay(items: readonly TimelineItem[], now: number, timeZone: string): TimelineDay[] {
  const today = formatDate(now, timeZone)
  const yesterday = formatDate(now - dayMs, timeZone)
  const days: TimelineDay[] = []
  for (const item of items) {
    const day = formatDate(item.at, timeZone)
    const last = days.at(-1)
    if (last?.day === day) last.items.push(item)
    else days.push({ day, relative: day === today ? 'today' : day === yesterday ? 'yesterday' : null, items: [item] })
  }
  return days
}
