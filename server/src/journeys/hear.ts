import type { EventMatch, JourneyDefinition, PropertyFilter } from '@chaoxi/contract'
import { nodeOf } from './ahead.ts'
import { type Heard, isOver, leave, type Move, type Run } from './run.ts'
import { heardDetails } from './step.ts'

export type MatchesFilters = (filters: PropertyFilter[], properties: Record<string, unknown>) => boolean

export function fits(match: EventMatch, heard: Heard, matchesFilters: MatchesFilters): boolean {
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
