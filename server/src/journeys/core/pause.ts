import { isWaiting, type JourneyDefinition, type PausePolicy } from '@chaoxi/contract'
import { nodeOf } from './ahead.ts'
import type { Run } from './run.ts'

/** A pause that is over (ms, `to` excluded), and what becomes of what fell due in it. */
export interface Pause {
  readonly from: number
  readonly to: number
  readonly policy: Exclude<PausePolicy, 'send'>
}

/** A due run as it goes on when it fell due in a pause; any other as it is. */
export function afterPause(definition: JourneyDefinition, run: Run, pauses: readonly Pause[]): Run {
  const { wakeAt, context } = run
  const pause = wakeAt === null ? undefined : pauses.find(({ from, to }) => wakeAt >= from && wakeAt < to)
  if (!pause) return run
  if (pause.policy === 'skip') return { ...run, context: { ...context, missed: true } }
  const { wait } = context
  // Woken for something else than its time, or by what it waited for.
  if (!wait || wait.heard || wait.until >= pause.to || !isWaiting(nodeOf(definition, run.nodeId))) return run
  return { ...run, context: { ...context, wait: { ...wait, replan: pause.to } } }
}
