import assert from 'node:assert/strict'
import type { PersonSummary, Rule } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Query, ResolvedRule } from '../query/index.ts'
import { clusterShare } from '../stats/index.ts'

export interface SizeEstimate {
  readonly count: number
  /** Where some people were drawn: both ends of what the count is with 95 %. Null: it is exact. */
  readonly interval: { readonly low: number; readonly high: number } | null
  readonly total: number
  readonly sample: PersonSummary[]
  readonly tookMs: number
}

interface Deps {
  readonly query: Query
  readonly clock: Clock
  readonly timeZone: (workspaceId: number) => Promise<string>
  readonly checkRule: (workspaceId: number, rule: Rule) => Promise<void>
  readonly ready: (workspaceId: number, rules: readonly Rule[]) => Promise<ResolvedRule[]>
  readonly summaries: (
    workspaceId: number,
    personIds: readonly number[],
    options: { unmasked: boolean },
  ) => Promise<ReadonlyMap<number, PersonSummary>>
}

const sampleMax = 10

/** How many people a rule that is being edited means, and some of them. Of very many people some are drawn, unless it is to be exact. */
export function createEstimate({ query, clock, timeZone, checkRule, ready, summaries }: Deps) {
  return async (workspaceId: number, rule: Rule, options: { unmasked: boolean; exact: boolean }): Promise<SizeEstimate> => {
    const started = performance.now()
    await checkRule(workspaceId, rule)
    const [resolved] = await ready(workspaceId, [rule])
    assert(resolved)
    const found = await query.estimate({
      ...{ workspaceId, rule: resolved, now: clock.now(), timeZone: await timeZone(workspaceId), sampleMax, exact: options.exact },
    })
    const known = await summaries(workspaceId, found.sample, options)
    return {
      ...sizeOf(found),
      total: found.total,
      sample: found.sample.flatMap((id) => known.get(id) ?? []),
      tookMs: Math.round(performance.now() - started),
    }
  }
}

function sizeOf({ total, clusters }: { total: number; clusters: readonly { size: number; count: number }[] }) {
  const asked = clusters.reduce((sum, one) => sum + one.size, 0)
  const count = clusters.reduce((sum, one) => sum + one.count, 0)
  if (asked === 0 || asked >= total) return { count, interval: null }
  const { share, interval } = clusterShare(clusters, asked / total)
  // Whoever was found is there, and whoever was asked and is not in it is not.
  const low = Math.max(count, Math.floor(interval.low * total))
  const high = Math.min(total - (asked - count), Math.ceil(interval.high * total))
  return { count: Math.round(share * total), interval: { low, high } }
}
