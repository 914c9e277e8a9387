import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { compileProgram } from './combine.ts'
import type { ResolvedRule } from './resolved.ts'
import { estimateRows, livingSpan, peopleDrawn } from './store.ts'

export interface EstimateInput {
  readonly workspaceId: number
  readonly rule: ResolvedRule
  /** Milliseconds. Events later than this do not exist. */
  readonly now: number
  /** The workspace's: where days begin. */
  readonly timeZone: string
  readonly sampleMax: number
  /** Everyone is asked however many they are. Otherwise, of more than `askedMax`, some are drawn. */
  readonly exact: boolean
}

export interface Estimate {
  /** All living people. */
  readonly total: number
  /** Of those who were asked, how many the rule holds for: by cluster of neighbouring numbers where they were drawn, else all in one. */
  readonly clusters: readonly { readonly size: number; readonly count: number }[]
  /** The newest for whom it holds, of those who were asked. */
  readonly sample: readonly number[]
}

/** Asking so many takes ClickHouse some tenths of a second whatever the rule; a million take seconds. */
const askedMax = 100_000
/** People lie by number in blocks of the store: neighbours are read together, and enough places are looked at. */
const drawn = { people: 20_000, clusters: 200 }

/** How many people a rule means: exactly, or of people drawn evenly over all numbers. */
export async function estimate(clickhouse: ClickHouse, input: EstimateInput): Promise<Estimate> {
  const { people: total, first, last } = await livingSpan(clickhouse, input.workspaceId)
  const step = Math.ceil((last - first + 1) / drawn.clusters)
  const width = Math.ceil((step * drawn.people) / Math.max(1, total))
  const all = input.exact || total <= askedMax || width >= step
  const draw = { first, step, skip: Math.floor((step - width) / 2), width }
  const people = all ? 'everyone' : await peopleDrawn(clickhouse, input.workspaceId, draw)
  const program = compileProgram([input.rule])
  const clusters = new Map<number, { size: number; count: number }>()
  const sample: number[] = []
  for (const row of await estimateRows(clickhouse, { ...input, people, cluster: all ? null : draw })) {
    program.run({ held: row.held, wait: [] })
    const holds = program.holds(0)
    const cluster = clusters.get(row.cluster) ?? { size: 0, count: 0 }
    clusters.set(row.cluster, { size: cluster.size + row.people, count: cluster.count + (holds ? row.people : 0) })
    if (holds) sample.push(...row.newest)
  }
  const asked = [...clusters.values()]
  return {
    total: all ? asked.reduce((sum, one) => sum + one.size, 0) : total,
    clusters: asked,
    sample: sample.sort((a, b) => b - a).slice(0, input.sampleMax),
  }
}
