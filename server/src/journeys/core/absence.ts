import { durationMs, type PropertyFilter, type Trigger } from '@chaoxi/contract'
import { readProperty } from '../../query/index.ts'
import { triggerAgeMaxMs } from './entering.ts'
import { fits, type MatchesFilters } from './heard-match.ts'
import type { Heard } from './run.ts'

export type AbsenceTrigger = Extract<Trigger, { kind: 'event_absence' }>

/** An event after which others are waited for not to happen, until `dueAt` (ms). */
export interface Absence {
  readonly workspaceId: number
  readonly journeyId: string
  readonly personId: number
  /** Of the event. */
  readonly sourceKey: string
  readonly heard: Heard
  readonly dueAt: number
}

/** When the time after the event is over; null when it begins none, or came too late to begin one. */
function absenceDue(trigger: AbsenceTrigger, heard: Heard, matchesFilters: MatchesFilters): number | null {
  if (heard.receivedAt - heard.occurredAt > triggerAgeMaxMs || !fits(trigger, heard, matchesFilters)) return null
  return heard.occurredAt + durationMs(trigger.within)
}

/** Whether what was heard happened within the time and is what should not have. As with waits, what arrives late counts by when it happened. */
export function fills(trigger: AbsenceTrigger, absence: Absence, heard: Heard, matchesFilters: MatchesFilters): boolean {
  const first = absence.heard
  if (heard.sourceKey === absence.sourceKey || heard.occurredAt < first.occurredAt || heard.occurredAt > absence.dueAt) return false
  const linked = link(trigger, first)
  return trigger.none.some((match) => fits(match, heard, matchesFilters)) && matchesFilters(linked, heard.properties)
}

function link({ same }: AbsenceTrigger, first: Heard): PropertyFilter[] {
  const value = same === undefined ? undefined : readProperty(first.properties, same.first)
  if (same === undefined || (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')) return []
  if (!same.none.includes('[]')) return [{ property: same.none, op: 'eq', value }]
  return [{ property: same.none, op: 'includes_any', value: [value] }]
}

export const absenceKey = (absence: Pick<Absence, 'journeyId' | 'sourceKey'>) => `absence:${absence.journeyId}:${absence.sourceKey}`

/** What the run is told of its trigger: the event, under a key that says why it begins now. */
export const broughtBy = (absence: Absence): Heard => ({ ...absence.heard, kind: 'event_absence', sourceKey: absenceKey(absence) })

/** What something heard does to a person's absences of a journey: ends one whose time is over, ends those that it fills, begins one. */
export function hearOfAbsences(
  trigger: AbsenceTrigger,
  whose: Pick<Absence, 'workspaceId' | 'journeyId' | 'personId'>,
  absences: readonly Absence[],
  heard: Heard,
  matchesFilters: MatchesFilters,
): { readonly over: Absence | null; readonly filled: readonly Absence[]; readonly begun: Absence | null } {
  const over = absences.find((one) => heard.sourceKey === absenceKey(one)) ?? null
  const filled = absences.filter((one) => one !== over && fills(trigger, one, heard, matchesFilters))
  const dueAt = absenceDue(trigger, heard, matchesFilters)
  return { over, filled, begun: dueAt === null ? null : { ...whose, sourceKey: heard.sourceKey, heard, dueAt } }
}
