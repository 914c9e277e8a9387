import {
  attemptsOf,
  type JourneyDefinition,
  type JourneyNode,
  type MessageTest,
  messageTests,
  nodeExits,
  sampleProperties,
  type TrialHappening,
} from '@chaoxi/contract'
import { nodeOf, nodePlace, reach, wayPlace } from '../core/ahead.ts'
import type { Answer, Deed } from '../core/deed.ts'
import { effectKeysOf, type MessageFate } from '../core/messages.ts'
import type { Run, StepRecord } from '../core/run.ts'
import { answerNews, openTask } from '../core/task.ts'
import type { Facts } from '../core/turn.ts'
import type { Actor } from '../rehearsal/actor.ts'
import { heardOf } from '../rehearsal/script.ts'

/** Something that was made to happen to somebody, by the virtual clock. */
export interface Made {
  readonly at: number
  readonly personId: number
  readonly nodeId: string | null
  readonly what: TrialHappening
}

/** What a trial takes for true besides what is: what was made to happen, and where people are spread over the ways, which one each takes. */
export interface Director {
  /** When there is something to do for the person. */
  nextOf(actor: Actor): number
  /** Does it. */
  turn(actor: Actor, now: number): void
  direct(actor: Actor, run: Run, facts: Facts): { readonly run: Run; readonly facts: Facts }
  /** Null: as the world would. */
  answer(run: Run, deed: Deed): Answer | null
  /** Told what a move wrote down. */
  moved(actor: Actor, run: Run, steps: readonly StepRecord[]): void
}

export interface DirectorDeps {
  readonly definition: JourneyDefinition
  readonly made: readonly Made[]
  /** Whether people are spread. */
  readonly covers: boolean
  askAgain(actor: Actor, now: number): void
  /** Of the newest message that the node sent to the person. */
  messageBecame(actor: Actor, nodeId: string, became: 'delivered' | 'opened' | 'clicked' | 'replied' | 'failed', now: number): void
  /** Told what happens to people who are spread. */
  happened(actor: Actor, made: Made): void
}

/** Kinds of nodes that people are spread at while they move; at those that wait it is decided when they arrive. */
const waits = ['wait_event', 'wait_rule', 'repeat_check', 'human_task'] as const
const isWait = (node: JourneyNode): boolean => waits.some((kind) => kind === node.kind)
const sentAnyway: MessageFate = { state: 'delivered', reason: null, delivered: true, opened: true, clicked: true, replied: true }

export function createDirector({ definition, made, covers, askAgain, messageBecame, happened }: DirectorDeps): Director {
  /** What is still to happen, by person, oldest first; events are among what the person does and are not here. */
  const coming = Map.groupBy(
    made.filter(({ what }) => what.kind !== 'event').toSorted((a, b) => a.at - b.at),
    ({ personId }) => personId,
  )
  const holding = new Map<string, boolean>()
  const taken = new Map<string, number>()
  const place = (actor: Actor, nodeId: string) => `${actor.id} ${nodeId}`
  const wayOf = (nodeId: string, way: string) => `${nodeId} ${way}`
  const take = (nodeId: string, way: string) => taken.set(wayOf(nodeId, way), (taken.get(wayOf(nodeId, way)) ?? 0) + 1)

  /** The way that fewest have taken. */
  function fewest(node: JourneyNode): string {
    let best = ''
    for (const { way } of nodeExits(node))
      if (best === '' || (taken.get(wayOf(node.id, way)) ?? 0) < (taken.get(wayOf(node.id, best)) ?? 0)) best = way
    return best
  }

  function withFate(run: Run, fates: Map<string, MessageFate>, tests: readonly MessageTest[], so: boolean): void {
    for (const { node, state } of tests) {
      const message = run.context.sent?.[node]
      const key = message === undefined ? undefined : effectKeysOf(message).at(-1)
      if (key === undefined) continue
      const ended = state === 'failed' || state === 'dropped'
      const known = fates.get(key)
      if (so) fates.set(key, ended ? { ...sentAnyway, state, reason: 'trial' } : { ...sentAnyway, ...known, [state]: true })
      else if (known) fates.set(key, ended ? { ...known, state: 'delivered' } : { ...known, [state]: false })
    }
  }

  /** Takes it for true that whoever comes to the node goes the way. */
  function lead(node: JourneyNode, way: string, run: Run, answers: Map<string, boolean>, fates: Map<string, MessageFate>): Run {
    const tests = messageTests(node).map(({ test }) => test)
    if (node.kind === 'condition' || node.kind === 'wait_rule' || node.kind === 'repeat_check') {
      answers.set(nodePlace(node.id), way === 'next')
      withFate(run, fates, tests, way === 'next')
    }
    if (node.kind === 'branch')
      for (const one of node.ways) {
        answers.set(wayPlace(node.id, one.id), one.id === way)
        if (one.id === way && one.message) withFate(run, fates, [one.message], true)
      }
    return node.kind === 'split' || node.kind === 'holdout'
      ? { ...run, context: { ...run.context, variants: { ...run.context.variants, [node.id]: way } } }
      : run
  }

  /** On arrival at a wait: what ends it, half way. */
  function arrive(actor: Actor, run: Run, node: JourneyNode): void {
    const { wait } = run.context
    if (wait === undefined) return
    const way = fewest(node)
    take(node.id, way)
    const at = wait.since + Math.max(1, Math.floor((wait.until - wait.since) / 2))
    const what = endOfWait(node, way)
    if (what === null) return
    const own = coming.get(actor.id) ?? []
    coming.set(
      actor.id,
      [...own, { at, personId: actor.id, nodeId: node.id, what }].toSorted((a, b) => a.at - b.at),
    )
  }

  return {
    nextOf: (actor) => coming.get(actor.id)?.[0]?.at ?? Number.POSITIVE_INFINITY,
    turn(actor, now) {
      for (;;) {
        const [first, ...rest] = coming.get(actor.id) ?? []
        if (first === undefined || first.at > now) return
        coming.set(actor.id, rest)
        const { what, nodeId } = first
        if (!made.includes(first)) happened(actor, first)
        if (what.kind === 'event') {
          // Nobody made it happen: it is how people are spread, and is heard without having been.
          const key = `trial:${actor.id}:${nodeId}:${first.at}`
          actor.inbox = [...actor.inbox, heardOf('event', what.event, key, now, { ...what.properties })]
        } else if (what.kind === 'message') messageBecame(actor, what.node, what.became, now)
        else if (what.kind === 'answer') {
          for (const run of actor.runs) {
            const task = run.nodeId === nodeId ? openTask(run) : null
            const answer = { outcome: what.outcome, note: '', by: 'trial', at: now }
            if (task !== null && nodeId !== null) actor.inbox = [...actor.inbox, answerNews(task, nodeId, answer)]
          }
        } else if (nodeId !== null) {
          holding.set(place(actor, nodeId), what.holds)
          askAgain(actor, now)
        }
      }
    },
    direct(actor, run, facts) {
      const answers = new Map(facts.answers)
      const fates = new Map(facts.fates)
      let directed = run
      let { attributes } = facts
      const near = reach(definition, run)
      for (const node of definition.nodes) {
        if (node.id !== run.nodeId && !near.has(node.id)) continue
        const told = holding.get(place(actor, node.id))
        if (told !== undefined && answers.has(nodePlace(node.id)))
          directed = lead(node, told ? 'next' : 'otherwise', directed, answers, fates)
        if (!covers || told !== undefined) continue
        if (isWait(node)) {
          // Until it is made to hold, nothing ends the wait but time.
          if (answers.has(nodePlace(node.id))) directed = lead(node, 'onTimeout', directed, answers, fates)
        } else if (node.kind === 'condition' || node.kind === 'branch') {
          if (answers.has(nodePlace(node.id)) || (node.kind === 'branch' && answers.has(wayPlace(node.id, node.ways[0]?.id ?? ''))))
            directed = lead(node, fewest(node), directed, answers, fates)
        } else if (node.kind === 'split' || node.kind === 'holdout')
          directed = lead(node, directed.context.variants?.[node.id] ?? fewest(node), directed, answers, fates)
        else if (node.kind === 'wait_until' && node.until.kind === 'date' && fewest(node) === 'otherwise') {
          const { [node.until.attribute]: _left, ...others } = attributes
          attributes = others
        }
      }
      return { run: directed, facts: { ...facts, answers, fates, attributes } }
    },
    answer(run, deed) {
      if (!covers || (deed.kind !== 'grant' && deed.kind !== 'start' && deed.kind !== 'webhook')) return null
      return fewest(nodeOf(definition, run.nodeId)) === 'onFailure' ? { ok: false, reason: 'trial' } : null
    },
    moved(actor, run, steps) {
      for (const { nodeId, outcome, way } of steps) {
        if (outcome !== 'entered') holding.delete(place(actor, nodeId))
        if (!covers) continue
        const node = nodeOf(definition, nodeId)
        if (way !== undefined && outcome === 'passed' && !isWait(node)) take(nodeId, way)
        if (outcome === 'entered' && isWait(node) && run.nodeId === nodeId) arrive(actor, run, node)
      }
    },
  }
}

/** What makes the wait end that way; null: time does. */
function endOfWait(node: JourneyNode, way: string): TrialHappening | null {
  if (way === 'onTimeout') return null
  if (node.kind === 'human_task') return { kind: 'answer', outcome: way }
  if (node.kind !== 'wait_event') return { kind: 'rule', holds: true }
  return { kind: 'event', event: node.match.event, properties: jsonOf(sampleProperties(node.match)) }
}

/** Nodes whose ways are known only when something has become of a message. */
export const waysOf = (node: JourneyNode): string[] => {
  if (node.kind === 'send' && attemptsOf(node).length > 1) return []
  const ways = nodeExits(node).map(({ way }) => way)
  return ways.length > 1 ? ways : []
}

function jsonOf(properties: Record<string, unknown>): Record<string, string | number | boolean | null> {
  const simple: Record<string, string | number | boolean | null> = {}
  for (const [name, value] of Object.entries(properties))
    simple[name] = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value)
  return simple
}
