import { type JourneyDefinition, type News, type PropertyFilter, replyEvent, replyFits } from '@chaoxi/contract'
import { matchesFilters, readProperty } from '../../query/index.ts'
import type { RefusalRecord } from '../engine/refusal-store.ts'

// What became of something that could have brought a person into a journey: from what was written down, in the order in which the engine
// decides. What was written down nowhere stays unknown.

/** What was written down about a person and a journey. */
export interface Written {
  /** Runs by the key of what brought them in. */
  readonly runs: ReadonlyMap<string, string>
  /** The last refusals by the same key. */
  readonly refusals: ReadonlyMap<string, RefusalRecord>
  readonly inbox: ReadonlyMap<string, { readonly takenAt: number | null; readonly dropped: string | null }>
  /** Versions, the first first (ms). */
  readonly versions: readonly { readonly version: number; readonly at: number; readonly definition: JourneyDefinition }[]
  /** Null: it is not. */
  readonly archivedAt: number | null
  /** Older news than this is not put into the inbox (ms). */
  readonly newsAgeMaxMs: number
}

type Told = Pick<News, 'outcome' | 'run' | 'reason' | 'until' | 'failed'>

export const told = (outcome: News['outcome'], more: Partial<Told> = {}): Told => ({
  outcome,
  run: null,
  reason: null,
  until: null,
  failed: [],
  ...more,
})

/** The version that counted then; of a release to a share the newer one. */
export const versionAt = ({ versions }: Written, at: number) => versions.findLast((one) => one.at <= at)

/** What a key in the inbox came to, if that is written down. */
export function writtenOf(written: Written, key: string): Told | null {
  const run = written.runs.get(key)
  if (run !== undefined) return told('entered', { run })
  const refusal = written.refusals.get(key)
  if (refusal) return told('refused', { reason: refusal.reason })
  const inbox = written.inbox.get(key)
  if (inbox?.dropped) return told('dropped', { reason: inbox.dropped })
  return inbox && inbox.takenAt === null ? told('open') : null
}

export function failedFilters(filters: readonly PropertyFilter[], properties: Readonly<Record<string, unknown>>): News['failed'] {
  return filters
    .filter((filter) => !matchesFilters([filter], properties))
    .map((filter) => ({ filter, found: readProperty(properties, filter.property.split('[]')[0] ?? '') ?? null }))
}

export interface HappenedEvent {
  readonly key: string
  readonly event: string
  readonly time: number
  readonly receivedAt: number
  readonly properties: Readonly<Record<string, unknown>>
}

/** Of an event with the trigger's name. */
export function eventTold(written: Written, one: HappenedEvent): Told {
  const found = writtenOf(written, one.key)
  if (found) return found
  const version = versionAt(written, one.receivedAt)
  if (version === undefined) return told('before_publish')
  if (written.archivedAt !== null && one.receivedAt >= written.archivedAt) return told('archived')
  const { trigger } = version.definition
  if (trigger.kind === 'inbound_message' && one.event === replyEvent) {
    if (!replyFits(trigger, one.properties.text)) return told('filtered')
    return told(one.receivedAt - one.time > written.newsAgeMaxMs ? 'old' : 'unknown')
  }
  if (trigger.kind !== 'event' && trigger.kind !== 'event_absence') return told('before_publish')
  if (trigger.event !== one.event) return told('before_publish')
  const failed = failedFilters(trigger.filters, one.properties)
  if (failed.length > 0) return told('filtered', { failed })
  if (one.receivedAt - one.time > written.newsAgeMaxMs) return told('old')
  return told('unknown')
}

/** Of coming into, or leaving, the trigger's tag or segment. */
export function moveTold(written: Written, one: { key: string; at: number; reason: string }): Told {
  const found = writtenOf(written, one.key)
  if (found) return found
  if (versionAt(written, one.at) === undefined) return told('before_publish')
  if (written.archivedAt !== null && one.at >= written.archivedAt) return told('archived')
  if (one.reason === 'definition' || one.reason === 'merge') return told(one.reason)
  return told('unknown')
}
