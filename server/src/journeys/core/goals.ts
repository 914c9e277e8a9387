import { durationMs, goalsOf, type JourneyDefinition, type NamedGoal } from '@chaoxi/contract'
import { counts, fits, type MatchesFilters } from './heard-match.ts'
import type { Heard, Run } from './run.ts'

/** From when to when (ms, both included) an event reaches the goal for the run; null: not yet. */
export function goalSpan(goal: NamedGoal, run: Run): { from: number; to: number } | null {
  const from = goal.since === 'message' ? run.context.sentAt : run.enteredAt
  return from === undefined ? null : { from, to: from + durationMs(goal.window) }
}

/** The goals that the event reaches for the run, over or not; whether one was reached before is not asked. */
export function goalsReached(definition: JourneyDefinition, run: Run, heard: Heard, matchesFilters: MatchesFilters): NamedGoal[] {
  if (!counts(heard, run)) return []
  return goalsOf(definition).filter((goal) => {
    const span = goalSpan(goal, run)
    if (span === null || heard.occurredAt < span.from || heard.occurredAt > span.to) return false
    return fits({ event: goal.event, filters: goal.filters ?? [] }, heard, matchesFilters)
  })
}
