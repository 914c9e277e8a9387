import type { MessageTest, PropertyFilter } from '@chaoxi/contract'
import { matchesFilters } from '../../../query/index.ts'
import { messageHolds } from '../messages.ts'
import type { Run } from '../run.ts'
import type { Facts } from '../turn.ts'

// What nodes ask of the facts.

export function answer(facts: Facts, place: string): boolean {
  const found = facts.answers.get(place)
  if (found === undefined) throw new Error(`nobody asked the rule at ${place}`)
  return found
}

/** Whether what brought the run in passes the filters; none pass everything. */
export function broughtBy(run: Run, filters: readonly PropertyFilter[] = []): boolean {
  return matchesFilters(filters, run.context.trigger.properties)
}

interface Asking {
  readonly triggerFilters?: PropertyFilter[] | undefined
  readonly message?: MessageTest | undefined
}
export const messageSo = ({ message }: Asking, run: Run, { fates }: Facts) => message === undefined || messageHolds(message, run, fates)
/** What is asked besides the rule, for the story. */
export const asked = ({ triggerFilters, message }: Asking) => ({
  ...(triggerFilters ? { triggerFilters } : {}),
  ...(message ? { message } : {}),
})
