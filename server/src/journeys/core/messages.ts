import {
  type JourneyDefinition,
  type JourneyNode,
  type MessageResult,
  type MessageState,
  type MessageTest,
  messageTests,
} from '@chaoxi/contract'
import type { RunContext, SentMessage } from './run.ts'

// What became of the run's own messages.

/** One message, as delivery knows it. */
export interface MessageFate {
  readonly state: MessageState
  /** Of one that was dropped, held or failed. */
  readonly reason: string | null
  readonly delivered: boolean
  readonly opened: boolean
  readonly clicked: boolean
  readonly replied: boolean
}

/** By effect key; a message that was only just queued, or whose node was not come to, is not among them. */
export type MessageFates = ReadonlyMap<string, MessageFate>

export const attemptKey = (key: string, attempt: number): string => (attempt === 1 ? key : `${key}:${attempt}`)

/** Of all attempts, the last one at the end. */
export const effectKeysOf = ({ key, attempts = 1 }: SentMessage): string[] =>
  Array.from({ length: attempts }, (_, i) => attemptKey(key, i + 1))

function isSo(fate: MessageFate, result: MessageResult): boolean {
  if (result === 'failed' || result === 'dropped') return fate.state === result
  return fate[result]
}

export function messageHolds(
  { node, state }: MessageTest,
  { context: { sent } }: { readonly context: Pick<RunContext, 'sent'> },
  fates: MessageFates,
): boolean {
  const message = sent?.[node]
  if (!message) return false
  const keys = effectKeysOf(message)
  // An attempt that was given up may still be clicked; one that failed means nothing while another one is under way.
  return (state === 'failed' || state === 'dropped' ? keys.slice(-1) : keys).some((key) => {
    const fate = fates.get(key)
    return fate !== undefined && isSo(fate, state)
  })
}

/** Whether the journey asks what became of the node's message, so that the run keeps its key. */
export const isAskedAbout = ({ nodes }: JourneyDefinition, nodeId: string): boolean =>
  nodes.some((node) => messageTests(node).some(({ test }) => test.node === nodeId))

/** Whether people wait at the node for what becomes of the message of the other one, or of its own. */
export const awaitsMessage = (node: JourneyNode, nodeId: string): boolean =>
  (node.kind === 'wait_rule' && node.message?.node === nodeId) ||
  (node.kind === 'send' && node.attempts !== undefined && node.id === nodeId)

/** Whether anybody may wait for what becomes of the node's message, so that delivery tells of it. */
export const isAwaited = ({ nodes }: JourneyDefinition, nodeId: string): boolean => nodes.some((node) => awaitsMessage(node, nodeId))
