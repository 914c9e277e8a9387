import type { Tx } from '../../platform/db/postgres.ts'
import { answerNews, type TaskAnswer } from '../core/task.ts'
import { insertInbox } from './inbox-store.ts'

/** A task that has been answered, with whom it was for. */
interface AnsweredTask extends TaskAnswer {
  readonly effectKey: string
  readonly nodeId: string
  readonly personId: number
}

/** Tells the run, in the transaction of the answer: in order with whatever else happens to the person. */
export async function taskListener(tx: Tx, workspaceId: number, { effectKey, nodeId, personId, ...answer }: AnsweredTask): Promise<void> {
  await insertInbox(tx, [{ workspaceId, personId, ...answerNews(effectKey, nodeId, answer) }])
}
