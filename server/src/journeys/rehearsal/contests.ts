import { durationMs, type JourneyDefinition } from '@chaoxi/contract'
import {
  type Contest,
  type ContestFact,
  contestsIn,
  decide,
  filledDue,
  noContest,
  sendsAfter,
  successGoal,
  type WayCount,
} from '../core/contest.ts'
import type { NodeDraw, Run } from '../core/run.ts'
import type { Actor } from './actor.ts'
import type { Walk } from './walk.ts'

// Searches for a winner as they are played: what the engine counts in tables is counted here in memory, and decided by the same function.

export interface RehearsedContests {
  /** Whether the journey has any. */
  readonly any: boolean
  fact(run: Run, nodeId: string): ContestFact
  drew(run: Run, draws: readonly NodeDraw[]): void
  /** The run reached the goal, or what a split measures; each counts once. */
  reached(run: Run, goals: readonly string[], at: number): void
  /** A message of the run was delivered. Nobody clicks or replies in what was recorded. */
  delivered(run: Run, nodeId: string, at: number): void
  /** When one is to be decided next; infinity: none. */
  readonly next: number
  /** Decides what is due; answers the nodes. */
  decide(now: number): ReadonlySet<string>
}

interface Arm {
  readonly runId: string
  readonly way: string
  readonly how: NodeDraw['how']
  readonly at: number
}

interface Search {
  readonly node: Contest
  readonly goal: string | null
  readonly sends: ReadonlySet<string>
  dueAt: number | null
  filled: boolean
  decision: ContestFact['decision']
  /** By person. */
  readonly arms: Map<number, Arm>
  /** By run, the first. */
  readonly successes: Map<string, number>
}

export function createRehearsedContests(definition: JourneyDefinition): RehearsedContests {
  const searches = new Map(
    contestsIn(definition).map((node): [string, Search] => [
      node.id,
      {
        node,
        goal: successGoal(node),
        sends: sendsAfter(definition, node),
        dueAt: null,
        filled: false,
        decision: null,
        arms: new Map(),
        successes: new Map(),
      },
    ]),
  )
  const open = () => [...searches.values()].filter(({ decision, dueAt }) => decision === null && dueAt !== null)

  function counted({ node, arms, successes }: Search, until: number): Map<string, WayCount> {
    const within = durationMs(node.winner.within)
    const ways = new Map<string, WayCount>()
    for (const { way, how, at, runId } of arms.values()) {
      if (how !== 'lot') continue
      const success = successes.get(runId)
      const counts = success !== undefined && success >= at && success <= Math.min(until, at + within)
      const { people, successes: before } = ways.get(way) ?? { people: 0, successes: 0 }
      ways.set(way, { people: people + 1, successes: before + (counts ? 1 : 0) })
    }
    return ways
  }

  function fill(search: Search): void {
    const { people } = search.node.winner
    if (people === undefined || search.filled || search.decision !== null || search.dueAt === null) return
    const full = [...Map.groupBy(search.arms.values(), (arm) => arm.way).values()].flatMap((arms) => {
      const times = arms.flatMap(({ how, at }) => (how === 'lot' ? [at] : [])).toSorted((a, b) => a - b)
      return times[people - 1] ?? []
    })
    if (full.length < search.node.ways.length) return
    search.filled = true
    search.dueAt = filledDue({ withinMs: durationMs(search.node.winner.within) }, search.dueAt, Math.max(...full))
  }

  return {
    any: searches.size > 0,
    fact({ personId }, nodeId) {
      const search = searches.get(nodeId)
      if (!search) return noContest
      const { dueAt, decision, arms } = search
      const arm = arms.get(personId)
      return { dueAt, decision, before: decision !== null && arm?.how === 'lot' ? arm.way : null }
    },
    drew(run, draws) {
      for (const { nodeId, way, how, at, opens } of draws) {
        const search = searches.get(nodeId)
        if (!search) continue
        if (opens !== undefined) search.dueAt ??= opens.dueAt
        if (way === null || search.arms.has(run.personId)) continue
        search.arms.set(run.personId, { runId: run.id, way, how, at })
        fill(search)
      }
    },
    reached({ id }, goals, at) {
      for (const { goal, successes } of searches.values())
        if (goal !== null && goals.includes(goal) && !successes.has(id)) successes.set(id, at)
    },
    delivered({ id }, nodeId, at) {
      for (const { node, sends, successes } of searches.values()) {
        const { measure } = node.winner
        if (measure.kind !== 'message' || measure.result !== 'delivered' || !sends.has(nodeId)) continue
        if (!successes.has(id)) successes.set(id, at)
      }
    },
    get next() {
      return Math.min(Number.POSITIVE_INFINITY, ...open().map(({ dueAt }) => dueAt ?? Number.POSITIVE_INFINITY))
    },
    decide(now) {
      const due = open().filter(({ dueAt }) => dueAt !== null && dueAt <= now)
      for (const search of due) search.decision = { ...decide(search.node, counted(search, now)), at: now }
      return new Set(due.map(({ node }) => node.id))
    },
  }
}

/** Decides what is due, and has those who stand there asked again; `plan` is told of each of them. */
export function decideDue(
  contests: RehearsedContests,
  actors: readonly Actor[],
  walk: Pick<Walk, 'decided'>,
  plan: (actor: Actor, place: number) => void,
): void {
  const now = contests.next
  const decided = contests.decide(now)
  for (const [place, actor] of actors.entries()) {
    if (!actor.runs.some((run) => decided.has(run.nodeId))) continue
    walk.decided(actor, decided, now)
    plan(actor, place)
  }
}
