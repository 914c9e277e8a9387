import type { EventMatch, PropertyFilter } from '@chaoxi/contract'
import type { Heard, Run } from './run.ts'

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
export function counts(heard: Heard, run: Run): boolean {
  return heard.occurredAt >= run.context.trigger.occurredAt && heard.sourceKey !== run.context.trigger.sourceKey
}

/** From when on an event of this name is news for the run's messages that waited: what brought it in is none. */
export function newsFrom({ enteredAt, context: { trigger } }: Pick<Run, 'enteredAt' | 'context'>, event: string): number {
  const isOwn = (trigger.kind === 'event' || trigger.kind === 'event_absence') && trigger.name === event
  return isOwn && trigger.occurredAt >= enteredAt ? trigger.occurredAt + 1 : enteredAt
}
