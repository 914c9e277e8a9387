import type { JourneyDefinition, Trigger } from '@chaoxi/contract'
import { fits, type MatchesFilters } from './hear.ts'
import { isTimed } from './occurrence.ts'
import type { Heard, Run } from './run.ts'

/** An event that came later than this after it happened starts nothing: the moment for a welcome or a reminder is over. */
export const triggerAgeMaxMs = 24 * 3_600_000

/** Whether what was heard brings the person into the journey now. */
export function triggers(journeyId: string, trigger: Trigger, heard: Heard, matchesFilters: MatchesFilters): boolean {
  switch (trigger.kind) {
    case 'event':
      return fits(trigger, heard, matchesFilters)
    case 'segment_entry':
    case 'segment_exit':
      return heard.kind === trigger.kind && heard.name === trigger.segment
    case 'tag_entry':
    case 'tag_exit':
      if (heard.kind !== trigger.kind || heard.name !== trigger.tag) return false
      return trigger.value === undefined || heard.properties.value === trigger.value
    case 'event_absence':
    case 'schedule':
    case 'date':
    case 'call':
      return heard.kind === trigger.kind && heard.name === journeyId
  }
}

/** What the journey has seen of the person before. */
export interface Past {
  readonly live: boolean
  readonly ever: boolean
}

/** Why somebody whom the trigger fits does not come in. */
export type Refusal = 'paused' | 'too_late' | 'entered_before' | 'still_inside' | 'entry_rule'

/** Since when the person's entries must be known (ms); null when they do not matter. */
export function pastFrom(definition: JourneyDefinition, heard: Heard): number | null {
  if (definition.reentry === 'never') return 0
  return isTimed(definition.trigger) ? heard.occurredAt : null
}

/**
 * Whether an entry came of the same occurrence of a journey that is due by the clock, under another person's name: two who were both
 * in its audience have become one.
 */
export function sameOccurrence(entryKey: string, heard: Heard): boolean {
  if (heard.kind !== 'schedule' && heard.kind !== 'date') return false
  return entryKey.startsWith(heard.sourceKey.slice(0, heard.sourceKey.lastIndexOf(':') + 1))
}

/** Null when nothing stands against it but the entry rule. */
export function refusal(reentry: JourneyDefinition['reentry'], past: Past, heard: Heard): Refusal | null {
  if (heard.receivedAt - heard.occurredAt > triggerAgeMaxMs) return 'too_late'
  if (reentry === 'never' && past.ever) return 'entered_before'
  if (reentry === 'after_exit' && past.live) return 'still_inside'
  return null
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
