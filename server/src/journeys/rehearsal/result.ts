import type { Advice, RehearsalResult } from '@chaoxi/contract'
import type { Simulation } from './simulate.ts'
import type { NodeTally, Story } from './tally.ts'

/** A message whose text is written out, to know what it costs. */
export interface SampledMessage {
  readonly personId: number
  readonly template: string
  readonly event: Readonly<Record<string, unknown>>
  readonly coupon: Readonly<Record<string, unknown>> | null
  readonly webhook: Readonly<Record<string, unknown>>
}

interface ResultInput {
  readonly simulation: Simulation
  readonly advice: readonly Advice[]
  /** People of whom those who were played are a share. */
  readonly all: number
  /** Time that was played, and that it took (ms). */
  readonly played: number
  readonly tookMs: number
  costs(messages: readonly SampledMessage[]): Promise<readonly number[]>
}

const counted = (map: ReadonlyMap<string, number>) => [...map].sort((a, b) => b[1] - a[1])
const byReason = (map: ReadonlyMap<string, number>) => counted(map).map(([reason, count]) => ({ reason, count }))
const iso = (at: number) => new Date(at).toISOString()
const dateOf = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10)

function nodeView(nodeId: string, node: NodeTally): RehearsalResult['nodes'][number] {
  const { entered, passed, failed, left, sent, waiting } = node
  return {
    nodeId,
    entered,
    passed,
    timedOut: node.timed_out,
    failed,
    left,
    ways: [...node.ways].map(([way, passed]) => ({ way, passed })),
    sent,
    dropped: byReason(node.dropped),
    waited: waiting,
    waitedMinutes: waiting === 0 ? 0 : Math.round(node.waited / waiting / 6_000) / 10,
  }
}

function storyView({ personId, enteredAt, trigger, steps, messages, result, over }: Story): RehearsalResult['stories'][number] {
  return {
    personId,
    enteredAt: iso(enteredAt),
    trigger,
    steps: steps.map(({ nodeId, at, outcome, details }) => ({ nodeId, at: iso(at), outcome, details: { ...details } })),
    messages: messages.map(({ at, node, outcome, reason }) => ({ at: iso(at), nodeId: node, outcome, reason })),
    result: over ? (result ?? '') : null,
  }
}

/** What came of it, for people. */
export async function resultOf({ simulation, advice, all, played, tookMs, costs }: ResultInput): Promise<RehearsalResult> {
  const { tally, shop, people, leftOut, inside, held } = simulation
  const [peak] = [...tally.load].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return {
    people,
    peopleInAll: all,
    leftOut: leftOut.length,
    entries: tally.entries,
    entrants: tally.people,
    inside,
    refusals: byReason(tally.refusals),
    results: counted(tally.results).map(([result, count]) => ({ result, count })),
    nodes: [...tally.nodes].map(([id, node]) => nodeView(id, node)),
    days: [...tally.days]
      .sort((a, b) => a[0] - b[0])
      .map(([day, { entered, sent, dropped }]) => ({ date: dateOf(day), entered, sent, dropped })),
    hours: [...tally.hours],
    peak: peak === undefined ? null : { at: iso(peak[0] * 3_600_000), sent: peak[1] },
    held,
    coupons: counted(shop.given).map(([coupon, given]) => ({ coupon, given })),
    cost: await costOf(simulation, costs),
    advice: [...advice],
    stories: tally.stories.map(storyView),
    seconds: Math.round(tookMs) / 1_000,
    speed: Math.round(played / Math.max(1, tookMs)),
  }
}

/** By template, the average of the texts that were written out for each that went. */
async function costOf({ tally }: Simulation, costs: ResultInput['costs']): Promise<RehearsalResult['cost']> {
  const samples = [...tally.samples.values()].flat()
  if (samples.length === 0) return { fen: 0, rendered: 0 }
  const fen = await costs(samples)
  const sums = new Map<string, { fen: number; count: number }>()
  for (const [i, { template }] of samples.entries()) {
    const sum = sums.get(template) ?? { fen: 0, count: 0 }
    sums.set(template, { fen: sum.fen + (fen[i] ?? 0), count: sum.count + 1 })
  }
  let all = 0
  for (const [template, { fen: sum, count }] of sums) all += ((tally.smsSent.get(template) ?? 0) * sum) / count
  return { fen: Math.round(all), rendered: samples.length }
}
