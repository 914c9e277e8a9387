import { type ExitCondition, exitsAt, type JourneyDefinition } from '@chaoxi/contract'
import { nodeOf } from './ahead.ts'
import { stops } from './calling.ts'
import { heardDetails } from './details.ts'
import { goalsReached } from './goals.ts'
import { counts, fits, type MatchesFilters } from './heard-match.ts'
import { awaitsMessage } from './messages.ts'
import { concerns } from './rule-news.ts'
import { type Heard, isOver, leave, type Move, type Run } from './run.ts'
import { answerKey, openTask } from './task.ts'

/** What an event does to a live run: ends it, ends its wait, has its rules asked again, or nothing (null). */
export function hear(definition: JourneyDefinition, run: Run, heard: Heard, now: number, matchesFilters: MatchesFilters): Move | null {
  if (isOver(run)) return null
  if (heard.kind === 'stop') return stops(run, heard) ? leave(run, now, 'stopped_by_journey', { by: heardDetails(heard) }) : null
  if (heard.kind === 'task') return answers(run, heard, now)
  const ended = counts(heard, run) ? ends(definition, run, heard, now, matchesFilters) : null
  if (ended) return ended
  // A rule may turn by what happened whenever it did.
  if (!run.context.wait || !concerns(definition, nodeOf(definition, run.nodeId), heard)) return null
  return askedAgain(run, now)
}

/** Something became of the run's own message of that send node: whoever waits for it is asked again. */
export function hearOfMessage(definition: JourneyDefinition, run: Run, sentBy: string, now: number): Move | null {
  if (isOver(run) || !awaitsMessage(nodeOf(definition, run.nodeId), sentBy)) return null
  return askedAgain(run, now)
}

/** The run with its rules to be asked at once, whatever it waits for; it still hears what comes meanwhile. */
export function askedAgain(run: Run, now: number): Move | null {
  const { wait } = run.context
  if (!wait || run.state !== 'waiting' || (wait.check ?? wait.until) <= now) return null
  return { run: { ...run, wakeAt: now, context: { ...run.context, wait: { ...wait, check: now } } }, effects: [], steps: [] }
}

/** An answer counts as long as the task is the one that the run waits for: whoever gave it found it open. */
function answers(run: Run, heard: Heard, now: number): Move | null {
  const task = openTask(run)
  if (task === null || heard.sourceKey !== answerKey(task)) return null
  return goesOn(run, heard, now)
}

function goesOn(run: Run, heard: Heard, now: number): Move | null {
  const { wait } = run.context
  if (!wait) return null
  const context = { ...run.context, wait: { ...wait, heard } }
  return { run: { ...run, state: 'active', wakeAt: now, context, tries: 0, result: null }, effects: [], steps: [] }
}

function ends(definition: JourneyDefinition, run: Run, heard: Heard, now: number, matchesFilters: MatchesFilters): Move | null {
  const fitting = (exits: readonly ExitCondition[]) => exits.findIndex((one) => one.kind === 'event' && fits(one, heard, matchesFilters))
  const exit = fitting(definition.exits)
  if (exit >= 0) return leave(run, now, `exit_event.${exit}`, { event: heardDetails(heard) })
  const goal = goalsReached(definition, run, heard, matchesFilters).find((one) => one.leave)
  if (goal) return leave(run, now, `goal.${goal.id}`, { event: heardDetails(heard) })
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
  return goesOn(run, heard, now)
}
