import { bucket, type TaskAnswers } from '@chaoxi/contract'
import type { Heard } from '../core/run.ts'
import { answerNews, type OpenedTask } from '../core/task.ts'

/** An answer that comes later. */
export interface ComingAnswer {
  readonly at: number
  readonly heard: Heard
}

const lots = 10_000

/**
 * Nobody knows what colleagues would have said. They are taken to choose each result in the share that was given, by lot, the same for the
 * same person and visit, when half of the time has passed.
 */
export function answerOf(answers: TaskAnswers, task: OpenedTask, personId: number, now: number): ComingAnswer | null {
  const shares = answers[task.nodeId] ?? {}
  const visit = task.effectKey.slice(task.effectKey.lastIndexOf(':') + 1)
  const lot = bucket(`answers:${task.nodeId}`, `${personId}:${visit}`, lots)
  let until = 0
  for (const { id } of task.outcomes) {
    until += ((shares[id] ?? 0) * lots) / 100
    if (lot >= until) continue
    const at = now + Math.floor((task.dueAt - now) / 2)
    return { at, heard: answerNews(task.effectKey, task.nodeId, { outcome: id, note: '', by: 'rehearsal', at }) }
  }
  return null
}
