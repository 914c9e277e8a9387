import type { MessageTest, PropertyFilter } from '@chaoxi/contract'
import { matchesFilters, readProperty } from '../../../query/index.ts'
import { messageHolds } from '../messages.ts'
import type { Run } from '../run.ts'
import type { Facts } from '../turn.ts'

// What nodes ask of the facts.

export function answer(facts: Facts, place: string): boolean {
  const found = facts.answers.get(place)
  if (found === undefined) throw new Error(`nobody asked the rule at ${place}`)
  return found
}

/** What the run has come to know, as filters, values and texts name it. */
const knownOf = ({ context: { webhook } }: Run): Record<string, unknown> => ({ webhook: webhook ?? {} })

/** Undefined: it is not known. */
export const known = (run: Run, property: string): unknown => readProperty(knownOf(run), property) ?? undefined

const knows = (run: Run, filters: readonly PropertyFilter[] = []): boolean => matchesFilters(filters, knownOf(run))

interface Asking {
  readonly triggerFilters?: PropertyFilter[] | undefined
  readonly runFilters?: PropertyFilter[] | undefined
  readonly message?: MessageTest | undefined
}
/** Whether what brought the run in, what it has come to know and its message are as the node asks. */
export const besides = (node: Asking, run: Run, facts: Facts): boolean =>
  matchesFilters(node.triggerFilters ?? [], run.context.trigger.properties) && knows(run, node.runFilters) && messageSo(node, run, facts)

export const messageSo = ({ message }: Asking, run: Run, { fates }: Facts) => message === undefined || messageHolds(message, run, fates)
/** What is asked besides the rule, for the story. */
export const asked = ({ triggerFilters, runFilters, message }: Asking) => ({
  ...(triggerFilters ? { triggerFilters } : {}),
  ...(runFilters ? { runFilters } : {}),
  ...(message ? { message } : {}),
})
