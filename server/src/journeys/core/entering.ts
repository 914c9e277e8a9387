import { type JourneyDefinition, type Reentry, replyEvent, replyFits, type Trigger } from '@chaoxi/contract'
import { readProperty } from '../../query/index.ts'
import { fits, type MatchesFilters } from './heard-match.ts'
import { isTimed } from './occurrence.ts'
import type { Heard, Run } from './run.ts'

/** An event that came later than this after it happened starts nothing: the moment for a welcome or a reminder is over. */
export const triggerAgeMaxMs = 24 * 3_600_000

/** Whether what was heard brings the person into the journey now. */
export function triggers(journeyId: string, trigger: Trigger, heard: Heard, matchesFilters: MatchesFilters): boolean {
  switch (trigger.kind) {
    case 'event':
      return fits(trigger, heard, matchesFilters)
    case 'inbound_message':
      return heard.kind === 'event' && heard.name === replyEvent && replyFits(trigger, heard.properties.text)
    case 'segment_entry':
    case 'segment_exit':
      return heard.kind === trigger.kind && heard.name === trigger.segment
    case 'tag_entry':
    case 'tag_exit':
      if (heard.kind !== trigger.kind || heard.name !== trigger.tag) return false
      return trigger.value === undefined || heard.properties.value === trigger.value
    case 'item_change':
      return heard.kind === 'item_change' && heard.name === journeyId && heard.properties.change === trigger.change
    case 'event_absence':
    case 'schedule':
    case 'date':
    case 'call':
      return heard.kind === trigger.kind && heard.name === journeyId
  }
}

/** What the journey has seen of the person before, as far as it matters. */
export interface Past {
  /** Runs that are not over. */
  readonly live: readonly Run[]
  /** The last entry, over or not (ms). */
  readonly lastAt: number | null
}

/** Why somebody whom the trigger fits does not come in. */
export type Refusal =
  | 'paused'
  | 'too_late'
  | 'entered_before'
  | 'not_released'
  | 'still_inside'
  | 'entered_lately'
  | 'key_inside'
  | 'entry_rule'
  | 'limit_hour'
  | 'limit_total'

const dayMs = 86_400_000

/** Since when the person's entries must be known (ms); null when they do not matter. */
export function pastFrom({ reentry, trigger }: JourneyDefinition, heard: Heard, now: number): number | null {
  if (reentry === 'never') return 0
  const since = typeof reentry === 'object' && reentry.kind === 'after_days' ? now - reentry.days * dayMs : null
  if (!isTimed(trigger) && trigger.kind !== 'item_change') return since
  return Math.min(since ?? heard.occurredAt, heard.occurredAt)
}

/** What came so late that its moment is over. */
export const tooLate = (heard: Heard): boolean => heard.receivedAt - heard.occurredAt > triggerAgeMaxMs

/** Of re-entry by key: what the key is. */
export const keyOf = (property: string, heard: Heard): string => JSON.stringify(readProperty(heard.properties, property) ?? null)

/** Whether a run that failed may go on beside what the person has under way in the journey since. */
export function mayGoOn(reentry: Reentry, run: Run, live: readonly Run[]): boolean {
  if (reentry === 'every_time') return true
  if (typeof reentry === 'string' || reentry.kind === 'after_days') return live.length === 0
  const key = keyOf(reentry.property, run.context.trigger)
  return !live.some((one) => keyOf(reentry.property, one.context.trigger) === key)
}

/** Null when re-entry allows it. */
export function refusal(reentry: Reentry, past: Past, heard: Heard, now: number): Refusal | null {
  if (reentry === 'never') return past.lastAt === null ? null : 'entered_before'
  if (reentry === 'after_exit') return past.live.length === 0 ? null : 'still_inside'
  if (reentry === 'every_time') return null
  if (reentry.kind === 'after_days') return past.lastAt !== null && past.lastAt > now - reentry.days * dayMs ? 'entered_lately' : null
  const key = keyOf(reentry.property, heard)
  return past.live.some((run) => keyOf(reentry.property, run.context.trigger) === key) ? 'key_inside' : null
}

/** Of live runs of one person in one journey, oldest first, those that would not have been let in after the others. */
export function doubled(reentry: Reentry, runs: readonly Run[]): Run[] {
  const kept: Run[] = []
  return runs.filter((run) => {
    const past = { live: kept, lastAt: kept.at(-1)?.enteredAt ?? null }
    const stays = refusal(reentry, past, run.context.trigger, run.enteredAt) === null
    if (stays) kept.push(run)
    return !stays
  })
}

/**
 * Whether an entry came of the same occurrence of a journey that is due by the clock, or of the same change of an item, under another
 * person's name: two who were both in its audience have become one.
 */
export function sameOccurrence(entryKey: string, heard: Heard): boolean {
  if (heard.kind !== 'schedule' && heard.kind !== 'date' && heard.kind !== 'item_change') return false
  return entryKey.startsWith(heard.sourceKey.slice(0, heard.sourceKey.lastIndexOf(':') + 1))
}

export interface Entrance {
  readonly workspaceId: number
  readonly journeyId: string
  readonly version: number
  readonly personId: number
  readonly runId: string
}

/** A run at the door: it enters its first node when it is next stepped, which is at once. */
export function begin(definition: JourneyDefinition, entrance: Entrance, heard: Heard, now: number): Run {
  const { runId, ...whose } = entrance
  return {
    ...whose,
    id: runId,
    state: 'active',
    nodeId: definition.start,
    visit: 0,
    wakeAt: now,
    context: { trigger: heard, ...(definition.entryRule ? { entryRuleHeld: true } : {}) },
    result: null,
    steps: 0,
    tries: 0,
    enteredAt: now,
  }
}
