import type { EventMatch, JourneyDefinition, PropertyFilter, Trigger } from '@chaoxi/contract'
import { nodeOf } from './ahead.ts'
import { type Heard, isOver, leave, type Move, type Run } from './run.ts'
import { heardDetails } from './step.ts'

export type MatchesFilters = (filters: PropertyFilter[], properties: Record<string, unknown>) => boolean

/** An event that came later than this after it happened starts nothing: the moment for a welcome or a reminder is over. */
export const triggerAgeMaxMs = 24 * 3_600_000

function fits(match: EventMatch, heard: Heard, matchesFilters: MatchesFilters): boolean {
  return heard.kind === 'event' && heard.name === match.event && matchesFilters(match.filters, heard.properties)
}

/**
 * Whether an event counts for a run. Order of arrival decides, because that is the order in which things are known: an
 * event that arrives during a wait ends it, also when a phone without network sent it late. But what happened before
 * the trigger did belongs to an earlier story (a paid order of last month, imported today), and the trigger itself is
 * no news.
 */
function counts(heard: Heard, run: Run): boolean {
  return heard.occurredAt >= run.context.trigger.occurredAt && heard.sourceKey !== run.context.trigger.sourceKey
}

/** What an event does to a live run: ends it, ends its wait, or nothing (null). */
export function hear(definition: JourneyDefinition, run: Run, heard: Heard, now: number, matchesFilters: MatchesFilters): Move | null {
  if (isOver(run) || !counts(heard, run)) return null
  const exit = definition.exits.findIndex((one) => one.kind === 'event' && fits(one, heard, matchesFilters))
  if (exit >= 0) return leave(run, now, `exit_event.${exit}`, { event: heardDetails(heard) })
  const { wait } = run.context
  if (!wait || wait.heard) return null
  const node = nodeOf(definition, run.nodeId)
  if (node.kind !== 'wait_event' || !fits(node.match, heard, matchesFilters)) return null
  // Happened after the deadline: the wait has timed out, only nobody came to say so yet.
  if (heard.occurredAt > wait.until) return null
  const context = { ...run.context, wait: { ...wait, heard } }
  return { run: { ...run, state: 'active', wakeAt: now, context, tries: 0, result: null }, effects: [], steps: [] }
}

export function triggers(trigger: Trigger, heard: Heard, matchesFilters: MatchesFilters): boolean {
  if (trigger.kind === 'segment_entry') return heard.kind === 'segment_entry' && heard.name === trigger.segment
  if (trigger.kind === 'tag_entry') {
    if (heard.kind !== 'tag_entry' || heard.name !== trigger.tag) return false
    return trigger.value === undefined || heard.properties.value === trigger.value
  }
  return fits(trigger, heard, matchesFilters)
}

/** What the journey has seen of the person before. */
export interface Past {
  readonly live: boolean
  readonly ever: boolean
}

/** Why somebody whom the trigger fits does not come in; null when nothing stands against it but the entry rule. */
export function refusal(
  reentry: JourneyDefinition['reentry'],
  past: Past,
  heard: Heard,
): 'too_late' | 'entered_before' | 'still_inside' | null {
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
