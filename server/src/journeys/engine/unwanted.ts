import type { EventMatch, JourneyDefinition, Rule } from '@chaoxi/contract'
import type { Db } from '../../platform/db/postgres.ts'
import { newsFrom } from '../core/heard-match.ts'
import type { Run } from '../core/run.ts'
import type { EngineDeps } from '../deps.ts'
import { type Definitions, definitionsOf } from './definitions.ts'
import { findRuns } from './run-store.ts'

/** What delivery knows of a message that waited. */
export interface WaitingMessage {
  readonly id: string
  readonly personId: number
  readonly runId: string | null
  readonly nodeId: string | null
}

/** Left the journey by an exit condition, or the node's own `unless` has come true. */
export type UnwantedReason = 'exited' | 'pointless'

const happenedSince = ({ event, filters }: EventMatch, since: number, now: number): Rule => ({
  kind: 'event',
  event,
  filters,
  // Both bounds count: the window's end is exclusive.
  window: { kind: 'between', from: new Date(since).toISOString(), to: new Date(now + 1).toISOString() },
  measure: { fn: 'count' },
  op: 'gte',
  value: 1,
})

/** The questions about one message: what would have made the run leave, and what makes this node pointless. */
function questionsOf(
  definition: JourneyDefinition,
  run: Run,
  nodeId: string | null,
  now: number,
): { reason: UnwantedReason; rule: Rule }[] {
  const node = definition.nodes.find((one) => one.id === nodeId)
  const exits = definition.exits.map((exit): { reason: UnwantedReason; rule: Rule } => ({
    reason: 'exited',
    rule: exit.kind === 'rule' ? exit.rule : happenedSince(exit, newsFrom(run, exit.event), now),
  }))
  const unless =
    node?.kind === 'send'
      ? (node.unless ?? []).map((match): { reason: UnwantedReason; rule: Rule } => ({
          reason: 'pointless',
          rule: happenedSince(match, newsFrom(run, match.event), now),
        }))
      : []
  return [...exits, ...unless]
}

/**
 * Asked at the last moment about messages that waited (quiet hours, a popup for its visitor, a provider in trouble). The run
 * may be over by then, so its exits are asked of history and not of its state: she bought at night, the reminder held for
 * the morning stays unsent.
 */
export function createUnwanted(deps: Pick<EngineDeps, 'evaluateRules'> & { readonly db: Db }, definitions: Definitions) {
  return async function unwanted(
    workspaceId: number,
    messages: readonly WaitingMessage[],
    now: number,
  ): Promise<Map<string, UnwantedReason>> {
    const runs = new Map(
      (
        await findRuns(
          deps.db,
          workspaceId,
          messages.flatMap((message) => message.runId ?? []),
        )
      ).map((run) => [run.id, run]),
    )
    const definitionOf = await definitionsOf(definitions, deps.db, [...runs.values()])
    const found = new Map<string, UnwantedReason>()
    for (const message of messages) {
      const run = runs.get(message.runId ?? '')
      if (!run) continue
      if (run.state === 'exited') {
        found.set(message.id, 'exited')
        continue
      }
      const questions = questionsOf(definitionOf(run), run, message.nodeId, now)
      const answers = await deps.evaluateRules(
        workspaceId,
        questions.map((one) => one.rule),
        [message.personId],
        now,
      )
      const first = questions.find((_, i) => answers[i]?.[0])
      if (first) found.set(message.id, first.reason)
    }
    return found
  }
}
