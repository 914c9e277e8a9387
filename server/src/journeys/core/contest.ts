import { type Duration, durationMs, goalsOf, type JourneyDefinition, type JourneyNode, measureId, nodeExits } from '@chaoxi/contract'
import { bestProbabilities } from '../../stats/index.ts'
import { goalsReached } from './goals.ts'
import { counts, fits, type MatchesFilters } from './heard-match.ts'
import type { Heard, Run } from './run.ts'

// A split that looks for the way that does best: some are spread over its ways, and the rest wait until it is decided. It is looked at
// once, when the time is over, so nothing is lost to peeking; the posterior needs no number of looks that is fixed beforehand, but its
// promise (to be wrong in at most so many cases) holds for one.

export type Split = Extract<JourneyNode, { kind: 'split' }>
export type Contest = Split & { readonly winner: NonNullable<Split['winner']> }

export const isContest = (node: JourneyNode): node is Contest => node.kind === 'split' && node.winner !== undefined
export const contestsIn = ({ nodes }: JourneyDefinition): Contest[] => nodes.filter(isContest)

/** What was counted of one way, and how probable it is that it is the best. */
export interface CountedWay {
  readonly way: string
  readonly people: number
  readonly successes: number
  readonly probability: number
}

/** `way` null: no way is chosen, everybody is spread. */
export interface Decision {
  readonly way: string | null
  readonly reason: 'sure' | 'otherwise' | 'spread' | 'by_hand'
  readonly ways: readonly CountedWay[]
}

/** What is known of a split that looks for a winner, for one person. */
export interface ContestFact {
  /** When it is to be decided (ms); null: nobody has come to it yet. */
  readonly dueAt: number | null
  readonly decision: (Decision & { readonly at: number }) | null
  /** The way to which chance led the person before, in any version. */
  readonly before: string | null
}
export const noContest: ContestFact = { dueAt: null, decision: null, before: null }

/** People of one way, with those who succeeded. */
export interface WayCount {
  readonly people: number
  readonly successes: number
}

/** Counts of every way of the node, with how probable it is of each to be the best. */
export function countedWays({ ways }: Split, counted: ReadonlyMap<string, WayCount>): CountedWay[] {
  const arms = ways.map(({ id }) => ({ way: id, ...(counted.get(id) ?? { people: 0, successes: 0 }) }))
  const best = bestProbabilities(arms)
  return arms.map(({ way, people, successes }, i) => ({ way, people, successes, probability: best[i] ?? 0 }))
}

/** The way that is best as surely as was asked for, else what the node says for that case. */
export function decide(node: Contest, counted: ReadonlyMap<string, WayCount>): Decision {
  const ways = countedWays(node, counted)
  const [best] = ways.toSorted((a, b) => b.probability - a.probability)
  if (best && best.people > 0 && best.probability * 100 >= node.winner.enough) return { way: best.way, reason: 'sure', ways }
  const { otherwise } = node.winner
  return otherwise === undefined ? { way: null, reason: 'spread', ways } : { way: otherwise, reason: 'otherwise', ways }
}

/**
 * When the decision may come, once each way has had the people that are asked for: `lastAt` is when the last of them took the way (ms).
 */
export const filledDue = ({ withinMs }: { readonly withinMs: number }, dueAt: number, lastAt: number): number =>
  Math.min(dueAt, lastAt + withinMs)

/** Nodes that send and that can be come to from the ways of the node. */
export function sendsAfter({ nodes }: JourneyDefinition, node: Split): Set<string> {
  const seen = new Set(nodeExits(node).map(({ to }) => to))
  for (const id of seen) {
    const found = nodes.find((one) => one.id === id)
    if (found) for (const { to } of nodeExits(found)) seen.add(to)
  }
  return new Set(nodes.flatMap((one) => (one.kind === 'send' && seen.has(one.id) ? [one.id] : [])))
}

/** Goals that the event reaches for the run, and what splits measure, by id. */
export const reachedBy = (definition: JourneyDefinition, run: Run, heard: Heard, matchesFilters: MatchesFilters): string[] => [
  ...goalsReached(definition, run, heard, matchesFilters).map(({ id }) => id),
  ...measuresReached(definition, run, heard, matchesFilters),
]

/** Measures of splits that the event succeeds by for the run, over or not. */
function measuresReached(definition: JourneyDefinition, run: Run, heard: Heard, matchesFilters: MatchesFilters): string[] {
  const { spreadAt } = run.context
  if (!spreadAt || !counts(heard, run)) return []
  return contestsIn(definition).flatMap(({ id, winner: { measure, within } }) => {
    const from = spreadAt[id]
    if (measure.kind !== 'event' || from === undefined) return []
    if (heard.occurredAt < from || heard.occurredAt > from + durationMs(within)) return []
    return fits(measure, heard, matchesFilters) ? [measureId(id)] : []
  })
}

/** Under which name the goals of runs tell of a success of the split; null: messages do. */
export function successGoal({ id, winner: { measure } }: Contest): string | null {
  if (measure.kind === 'goal') return measure.goal
  return measure.kind === 'event' ? measureId(id) : null
}

/** Events of goals, and of what splits measure, each with the longest time (ms) for which it counts. */
export function goalListens(definition: JourneyDefinition): Map<string, number> {
  const longest = new Map<string, number>()
  const listen = (event: string, window: Duration) => longest.set(event, Math.max(longest.get(event) ?? 0, durationMs(window)))
  for (const { event, window } of goalsOf(definition)) listen(event, window)
  for (const { winner } of contestsIn(definition)) if (winner.measure.kind === 'event') listen(winner.measure.event, winner.within)
  return longest
}
