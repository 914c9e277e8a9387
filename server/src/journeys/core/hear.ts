import { type EventMatch, type ExitCondition, exitsAt, type JourneyDefinition, type PropertyFilter } from '@chaoxi/contract'
import { nodeOf } from './ahead.ts'
import { stops } from './calling.ts'
import { concerns } from './rule-news.ts'
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

/** What an event does to a live run: ends it, ends its wait, has its rules asked again, or nothing (null). */
export function hear(definition: JourneyDefinition, run: Run, heard: Heard, now: number, matchesFilters: MatchesFilters): Move | null {
  if (isOver(run)) return null
  if (heard.kind === 'stop') return stops(run, heard) ? leave(run, now, 'stopped_by_journey', { by: heardDetails(heard) }) : null
  const ended = counts(heard, run) ? ends(definition, run, heard, now, matchesFilters) : null
  if (ended) return ended
  // A rule may turn by what happened whenever it did.
  if (!run.context.wait || !concerns(definition, nodeOf(definition, run.nodeId), heard)) return null
  return askedAgain(run, now)
}

/** The run with its rules to be asked at once, whatever it waits for; it still hears what comes meanwhile. */
export function askedAgain(run: Run, now: number): Move | null {
  const { wait } = run.context
  if (!wait || run.state !== 'waiting' || (wait.check ?? wait.until) <= now) return null
  return { run: { ...run, wakeAt: now, context: { ...run.context, wait: { ...wait, check: now } } }, effects: [], steps: [] }
}

function ends(definition: JourneyDefinition, run: Run, heard: Heard, now: number, matchesFilters: MatchesFilters): Move | null {
  const fitting = (exits: readonly ExitCondition[]) => exits.findIndex((one) => one.kind === 'event' && fits(one, heard, matchesFilters))
  const exit = fitting(definition.exits)
  if (exit >= 0) return leave(run, now, `exit_event.${exit}`, { event: heardDetails(heard) })
  const { wait } = run.context
  if (!wait || wait.heard) return null
  const node = nodeOf(definition, run.nodeId)
  const own = fitting(exitsAt(node))
  // A repeated check may go on waiting after its next look; the other waits are over by then.
  if (own >= 0 && (node.kind === 'repeat_check' || heard.occurredAt <= wait.until))
    return leave(run, now, `exit_event.${node.id}.${own}`, { event: heardDetails(heard) })
  if (node.kind !== 'wait_event' || !fits(node.match, heard, matchesFilters)) return null
  // Happened after the deadline: the wait has timed out, only nobody came to say so yet.
  if (heard.occurredAt > wait.until) return null
  const context = { ...run.context, wait: { ...wait, heard } }
  return { run: { ...run, state: 'active', wakeAt: now, context, tries: 0, result: null }, effects: [], steps: [] }
}
