import type { Zone } from '../../query/index.ts'
import type { Refusal } from '../core/entering.ts'
import { isOver, type Move, type Run, type StepOutcome, type StepRecord } from '../core/run.ts'
import type { Actor } from './actor.ts'
import type { Posted } from './post.ts'
import type { SampledMessage } from './result.ts'

/** Something that the journey would have done to somebody. */
export interface RehearsedEffect {
  /** ms */
  readonly at: number
  readonly personId: number
  readonly node: string
  readonly visit: number
  readonly what: Readonly<Record<string, unknown>> & { readonly kind: string }
}

export interface NodeTally {
  entered: number
  passed: number
  timed_out: number
  failed: number
  left: number
  readonly ways: Map<string, number>
  /** Messages sent, dropped by reason. */
  sent: number
  readonly dropped: Map<string, number>
  /** Of the messages sent, how long they waited besides, in all (ms). */
  waited: number
  waiting: number
}

export interface DayTally {
  entered: number
  sent: number
  dropped: number
}

/** One person's way, told as the live journey tells it. */
export interface Story {
  readonly personId: number
  readonly enteredAt: number
  readonly trigger: string
  steps: StepRecord[]
  messages: { at: number; node: string; outcome: Posted['outcome']; reason: string }[]
  result: string | null
  over: boolean
}

export interface Tally {
  entered(actor: Actor, run: Run, at: number): void
  refused(reason: Refusal, at: number, actor: Actor): void
  moved(actor: Actor, move: Move, at: number): void
  posted(posted: Posted): void
  readonly entries: number
  /** Different people. */
  readonly people: number
  readonly refusals: ReadonlyMap<string, number>
  readonly nodes: ReadonlyMap<string, NodeTally>
  readonly results: ReadonlyMap<string, number>
  readonly days: ReadonlyMap<number, DayTally>
  /** Messages that went out, by hour of the local day. */
  readonly hours: readonly number[]
  /** Messages that went out, by hour since 1970: the load. */
  readonly load: ReadonlyMap<number, number>
  readonly stories: readonly Story[]
  /** Text messages that went out, by template, and some of each. */
  readonly smsSent: ReadonlyMap<string, number>
  readonly samples: ReadonlyMap<string, readonly SampledMessage[]>
  hasLeft(run: Run): boolean
}

const hourMs = 3_600_000
/** Texts of a template that are written out. */
const samplesMax = 50
const outcomes: Record<StepOutcome, 'entered' | 'passed' | 'timed_out' | 'failed' | 'left'> = {
  entered: 'entered',
  passed: 'passed',
  timed_out: 'timed_out',
  failed: 'failed',
  left: 'left',
  // A rehearsal plays one version, and nobody takes a hand in it.
  moved: 'left',
  by_hand: 'left',
}

export interface TallyInput {
  readonly zone: Zone
  /** Ways that are told in full. */
  readonly storiesMax: number
  /** Told each effect, in order of time. */
  readonly effect?: ((effect: RehearsedEffect) => void) | undefined
}

export function createTally({ zone, storiesMax, effect }: TallyInput): Tally {
  let entries = 0
  const people = new Set<number>()
  const refusals = new Map<string, number>()
  const nodes = new Map<string, NodeTally>()
  const results = new Map<string, number>()
  const days = new Map<number, DayTally>()
  const hours = new Array<number>(24).fill(0)
  const load = new Map<number, number>()
  const stories = new Map<string, Story>()
  const left = new Set<string>()
  const smsSent = new Map<string, number>()
  const samples = new Map<string, SampledMessage[]>()

  const plus = <Key>(map: Map<Key, number>, key: Key, count = 1) => map.set(key, (map.get(key) ?? 0) + count)
  function nodeOf(id: string): NodeTally {
    const known = nodes.get(id)
    if (known !== undefined) return known
    const node: NodeTally = {
      entered: 0,
      passed: 0,
      timed_out: 0,
      failed: 0,
      left: 0,
      ways: new Map(),
      sent: 0,
      dropped: new Map(),
      waited: 0,
      waiting: 0,
    }
    nodes.set(id, node)
    return node
  }
  function dayOf(at: number): DayTally {
    const day = zone.dayOf(at)
    const known = days.get(day) ?? { entered: 0, sent: 0, dropped: 0 }
    days.set(day, known)
    return known
  }
  function tell(actor: Actor, at: number, node: string, visit: number, what: RehearsedEffect['what']): void {
    effect?.({ at, personId: actor.id, node, visit, what })
  }

  return {
    get entries() {
      return entries
    },
    get people() {
      return people.size
    },
    refusals,
    nodes,
    results,
    days,
    hours,
    load,
    smsSent,
    samples,
    get stories() {
      return [...stories.values()]
    },
    hasLeft: (run) => left.has(run.id),
    entered(actor, run, at) {
      entries++
      people.add(actor.id)
      dayOf(at).entered++
      if (stories.size < storiesMax)
        stories.set(run.id, {
          personId: actor.id,
          enteredAt: at,
          trigger: run.context.trigger.name,
          steps: [],
          messages: [],
          result: null,
          over: false,
        })
    },
    refused(reason) {
      plus(refusals, reason)
    },
    moved(actor, { run, steps, effects, deed, tasks = [] }, at) {
      for (const { nodeId, outcome, way } of steps) {
        const node = nodeOf(nodeId)
        node[outcomes[outcome]]++
        if (way !== undefined) plus(node.ways, way)
      }
      const story = stories.get(run.id)
      story?.steps.push(...steps)
      if (deed !== undefined && run.context.wait?.answer?.ok === true) {
        const { effectKey, ...what } = deed
        tell(actor, at, run.nodeId, visitIn(effectKey), what)
      }
      for (const task of tasks)
        if (task.kind === 'open')
          tell(actor, at, task.nodeId, visitIn(task.effectKey), { kind: 'task', dueAt: new Date(task.dueAt).toISOString() })
      for (const { effectKey, nodeId, channel, template } of effects)
        tell(actor, at, nodeId, visitIn(effectKey), { kind: 'message', channel, template })
      if (!isOver(run)) return
      const result = run.state === 'failed' ? 'failed' : (run.result ?? '')
      plus(results, result)
      if (run.state === 'exited') left.add(run.id)
      if (story !== undefined) {
        story.result = result
        story.over = true
      }
    },
    posted({ actor, run, effect: { nodeId, channel, template }, queuedAt, at, outcome, reason }) {
      const node = nodeOf(nodeId)
      stories.get(run.id)?.messages.push({ at, node: nodeId, outcome, reason })
      if (outcome === 'dropped') {
        plus(node.dropped, reason)
        dayOf(at).dropped++
        return
      }
      node.sent++
      if (channel === 'sms') {
        const before = plus(smsSent, template).get(template) ?? 0
        const own = samples.get(template) ?? []
        samples.set(template, own)
        const { trigger, coupon, webhook } = run.context
        if (before <= samplesMax)
          own.push({ personId: actor.id, template, event: trigger.properties, coupon: coupon ?? null, webhook: webhook ?? {} })
      }
      if (at > queuedAt) {
        node.waited += at - queuedAt
        node.waiting++
      }
      dayOf(at).sent++
      const local = at + zone.offsetMs(at)
      const hour = Math.floor((((local % 86_400_000) + 86_400_000) % 86_400_000) / hourMs)
      hours[hour] = (hours[hour] ?? 0) + 1
      plus(load, Math.floor(at / hourMs))
    },
  }
}

/** An effect's key ends in the visit. */
const visitIn = (effectKey: string): number => Number(effectKey.slice(effectKey.lastIndexOf(':') + 1))
