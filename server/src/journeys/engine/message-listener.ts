import type { Tx } from '../../platform/db/postgres.ts'
import { hearOfMessage } from '../core/hear.ts'
import type { EngineDeps } from '../deps.ts'
import { dueLoopName } from '../loop-names.ts'
import { type Definitions, definitionsOf } from './definitions.ts'
import { lockLiveAmong, updateRuns } from './run-store.ts'

/** A message of a run, of which something became. */
export interface MovedMessage {
  readonly runId: string
  readonly nodeId: string
}

/**
 * Has the runs that wait for these messages asked again; in the transaction that forgets that there was news. Answers the runs that
 * somebody else has in hand: they are to be told again.
 */
export function createMessageListener({ clock, loops }: Pick<EngineDeps, 'clock' | 'loops'>, definitions: Definitions) {
  return async function messageListener(tx: Tx, workspaceId: number, messages: readonly MovedMessage[]): Promise<ReadonlySet<string>> {
    const now = clock.now()
    const { live, busy } = await lockLiveAmong(tx, workspaceId, [...new Set(messages.map((message) => message.runId))])
    const definitionOf = await definitionsOf(definitions, tx, live)
    const asked = live.flatMap((run) => {
      const own = messages.filter((message) => message.runId === run.id)
      return own.flatMap((message) => hearOfMessage(definitionOf(run), run, message.nodeId, now)?.run ?? []).slice(0, 1)
    })
    await updateRuns(tx, asked, new Date(now))
    if (asked.length > 0) loops.wake(dueLoopName)
    return busy
  }
}
