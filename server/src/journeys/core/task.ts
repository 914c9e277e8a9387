import type { TaskFor, TaskPriority } from '@chaoxi/contract'
import type { Heard, Run } from './run.ts'

// Tasks for colleagues: what a move makes of them, and what their answer says.

/** What becomes of a task by a move; its key is the same however often the step is computed. */
export type TaskChange =
  | OpenedTask
  | { readonly kind: 'overdue'; readonly effectKey: string }
  /** `reason`: the result with which the run left, or that it was moved. */
  | { readonly kind: 'withdraw'; readonly effectKey: string; readonly reason: string }
  /** The run had failed, and stands there again. */
  | { readonly kind: 'reopen'; readonly effectKey: string }
  | { readonly kind: 'reschedule'; readonly effectKey: string; readonly dueAt: number }

export interface OpenedTask {
  readonly kind: 'open'
  readonly effectKey: string
  readonly nodeId: string
  readonly title: string
  readonly instructions: string
  readonly who: TaskFor
  readonly priority: TaskPriority
  readonly outcomes: readonly { readonly id: string; readonly name: string }[]
  readonly dueAt: number
}

/** What a colleague chose. */
export interface TaskAnswer {
  readonly outcome: string
  readonly note: string
  /** Account, or key of a program. */
  readonly by: string
  /** ms */
  readonly at: number
}

/** What the inbox hears of an answer. */
export function answerNews(effectKey: string, nodeId: string, { outcome, note, by, at }: TaskAnswer): Heard {
  return {
    sourceKey: answerKey(effectKey),
    kind: 'task',
    name: nodeId,
    properties: { outcome, note, by },
    occurredAt: at,
    receivedAt: at,
  }
}

export const answerKey = (effectKey: string): string => `task:${effectKey}`

export function answerHeard({ properties: { outcome, note, by }, occurredAt }: Heard): TaskAnswer {
  return { outcome: String(outcome), note: String(note ?? ''), by: String(by), at: occurredAt }
}

/** The task that the run waits for, as long as nobody has answered. */
export function openTask({ context: { wait } }: Pick<Run, 'context'>): string | null {
  return wait?.task === undefined || wait.heard !== undefined ? null : wait.task
}

/** The tasks that go when the run leaves its node. */
export function withdrawn(run: Run, reason: string): { readonly tasks?: readonly TaskChange[] } {
  const effectKey = openTask(run)
  return effectKey === null ? {} : { tasks: [{ kind: 'withdraw', effectKey, reason }] }
}

/** Of a run that stands at its node again. */
export function reopened(run: Run): { readonly tasks?: readonly TaskChange[] } {
  const effectKey = openTask(run)
  return effectKey === null ? {} : { tasks: [{ kind: 'reopen', effectKey }] }
}
