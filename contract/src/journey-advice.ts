import { z } from 'zod'
import type { JourneyDefinition, JourneyNode } from './journey.ts'
import { goalsOf, nodeExits } from './journey.ts'
import { answeredPercent, type TaskAnswers } from './journey-task.ts'
import { durationMs } from './journey-terms.ts'

// What a drawing makes certain to go wrong, seen without playing it. It stands in nobody's way.

export const adviceSchema = z.discriminatedUnion('kind', [
  /** Whoever comes to the message from the grant has a coupon that is over: after `hours`, where it is good for `validHours`. */
  z.object({ kind: z.literal('coupon_over'), nodeId: z.string(), grantId: z.string(), hours: z.number(), validHours: z.number() }),
  /** What brings people in is not among what is recorded, so that nobody comes in when it is played. */
  z.object({ kind: z.literal('not_recorded'), trigger: z.string() }),
  /** Who answers the task in truth nobody knows: `percent` of those who come there are played as answered, half of the time after they came. */
  z.object({ kind: z.literal('answers_assumed'), nodeId: z.string(), percent: z.number() }),
  /** What the system outside would have answered is not known: it is taken to have answered well, with the samples of the node; `without`: answers that have none. */
  z.object({ kind: z.literal('not_asked'), nodeId: z.string(), endpoint: z.string(), without: z.array(z.string()) }),
  /** Nobody clicks or replies in what is recorded, so that a winner who is looked for by that is never sure when it is played. */
  z.object({ kind: z.literal('results_not_recorded'), nodeId: z.string() }),
  /** Whoever waits for the winner goes on when the goal does not count any more: up to `hours` after the entry, where it counts for `goalHours`. */
  z.object({ kind: z.literal('winner_late'), nodeId: z.string(), hours: z.number(), goalHours: z.number() }),
  /** It is decided after `hours`, before most successes, which count for `withinHours`, have come. */
  z.object({ kind: z.literal('winner_early'), nodeId: z.string(), hours: z.number(), withinHours: z.number() }),
  /** The message always comes to be sent at `at`, in the quiet hours, and waits until `until`. */
  z.object({ kind: z.literal('always_quiet'), nodeId: z.string(), at: z.string(), until: z.string() }),
])
export type Advice = z.infer<typeof adviceSchema>

export interface AdviceFacts {
  /** Local times as HH:MM; equal ones mean none. */
  readonly quietHours: { readonly start: string; readonly end: string }
  /** By coupon, how many days a piece is good for. */
  readonly validDays: ReadonlyMap<string, number>
  /** Where nothing is said, nobody answers. */
  readonly answers?: TaskAnswers
}

const dayMs = 86_400_000
const hours = (ms: number) => Math.round(ms / 360_000) / 10

/** The least time that passes between coming to a node and going its way to each of the next (ms). */
function leastTimes(node: JourneyNode): { to: string; ms: number }[] {
  return nodeExits(node).map(({ to, field }) => {
    if (node.kind === 'wait' && node.since !== 'entry') return { to, ms: durationMs(node.duration) }
    const times =
      (node.kind === 'wait_event' || node.kind === 'wait_rule') && field === 'onTimeout' && !('since' in node && node.since === 'entry')
    if (times && 'timeout' in node) return { to, ms: durationMs(node.timeout) }
    if (node.kind === 'human_task' && field === 'onTimeout') return { to, ms: durationMs(node.due) }
    if (node.kind === 'repeat_check' && field === 'onTimeout') return { to, ms: durationMs(node.every) * (node.times - 1) }
    return { to, ms: 0 }
  })
}

/** From a node to all that can be reached, the least time. */
function leastFrom(nodes: ReadonlyMap<string, JourneyNode>, start: string): Map<string, number> {
  const least = new Map([[start, 0]])
  const open = new Set([start])
  while (open.size > 0) {
    const [id = ''] = [...open].sort((a, b) => (least.get(a) ?? 0) - (least.get(b) ?? 0))
    open.delete(id)
    const node = nodes.get(id)
    if (node === undefined) continue
    for (const { to, ms } of leastTimes(node)) {
      const at = (least.get(id) ?? 0) + ms
      if (at >= (least.get(to) ?? Number.POSITIVE_INFINITY)) continue
      least.set(to, at)
      open.add(to)
    }
  }
  return least
}

function couponAdvice(nodes: ReadonlyMap<string, JourneyNode>, validDays: AdviceFacts['validDays']): Advice[] {
  const advice: Advice[] = []
  for (const grant of nodes.values()) {
    if (grant.kind !== 'grant') continue
    const days = validDays.get(grant.coupon)
    if (days === undefined) continue
    for (const [nodeId, ms] of leastFrom(nodes, grant.next)) {
      if (nodes.get(nodeId)?.kind !== 'send' || ms <= days * dayMs) continue
      advice.push({ kind: 'coupon_over', nodeId, grantId: grant.id, hours: hours(ms), validHours: days * 24 })
    }
  }
  return advice
}

/** Local times at which people may come to a node; null: at any. */
type Clock = ReadonlySet<string> | null

/** At what time of the day people leave a node who came at `clock`. */
function clockAfter(node: JourneyNode, clock: Clock): Clock {
  if (node.kind === 'wait_until') return !('at' in node.until) ? null : new Set([node.until.at])
  if (node.kind === 'wait') return durationMs(node.duration) % dayMs === 0 && node.since !== 'entry' ? clock : null
  return rests(node) ? null : clock
}

const passing: readonly JourneyNode['kind'][] = ['send', 'condition', 'branch', 'split', 'holdout']
const rests = (node: JourneyNode): boolean => !passing.includes(node.kind) || (node.kind === 'split' && node.winner !== undefined)

function clocksOf(definition: JourneyDefinition, nodes: ReadonlyMap<string, JourneyNode>): Map<string, Clock> {
  const { trigger, start } = definition
  const clocks = new Map<string, Clock>([[start, 'at' in trigger ? new Set([trigger.at]) : null]])
  const open = [start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = nodes.get(id)
    if (node === undefined) continue
    const after = clockAfter(node, clocks.get(id) ?? null)
    for (const { to } of nodeExits(node)) {
      const before = clocks.get(to)
      const joined = before === undefined ? after : before === null || after === null ? null : new Set([...before, ...after])
      if (before !== undefined && (before === null || (joined !== null && joined.size === before.size))) continue
      clocks.set(to, joined)
      open.push(to)
    }
  }
  return clocks
}

function quietAdvice(
  definition: JourneyDefinition,
  nodes: ReadonlyMap<string, JourneyNode>,
  { start, end }: AdviceFacts['quietHours'],
): Advice[] {
  if (start === end) return []
  const quiet = (at: string) => (start < end ? at >= start && at < end : at >= start || at < end)
  const clocks = clocksOf(definition, nodes)
  return [...nodes.values()].flatMap((node): Advice[] => {
    const clock = clocks.get(node.id)
    // A popup wakes nobody; what the customer asked for goes at any hour.
    if (node.kind !== 'send' || node.channel === 'popup' || node.purpose !== 'marketing' || !clock || clock.size === 0) return []
    if (![...clock].every(quiet)) return []
    return [{ kind: 'always_quiet', nodeId: node.id, at: [...clock].sort().join(' '), until: end }]
  })
}

/** Calls leave nothing behind but the runs that they began, and of items only the present is kept. */
const unrecorded = ({ trigger: { kind } }: JourneyDefinition): Advice[] =>
  kind === 'call' || kind === 'item_change' ? [{ kind: 'not_recorded', trigger: kind }] : []

const assumed = ({ nodes }: JourneyDefinition, answers: TaskAnswers): Advice[] =>
  nodes.flatMap((node): Advice[] =>
    node.kind === 'human_task' ? [{ kind: 'answers_assumed', nodeId: node.id, percent: answeredPercent(answers[node.id] ?? {}) }] : [],
  )
const unasked = ({ nodes }: JourneyDefinition): Advice[] =>
  nodes.flatMap((node): Advice[] => {
    if (node.kind !== 'webhook') return []
    const without = node.answers.flatMap(({ name, sample }) => (sample === undefined ? [name] : []))
    return [{ kind: 'not_asked', nodeId: node.id, endpoint: node.endpoint, without }]
  })
function winnerAdvice(definition: JourneyDefinition): Advice[] {
  const windows = goalsOf(definition).flatMap(({ since = 'entry', window }) => (since === 'entry' ? [durationMs(window)] : []))
  return definition.nodes.flatMap((node): Advice[] => {
    if (node.kind !== 'split' || node.winner === undefined) return []
    const { measure, people } = node.winner
    const [time, within] = [durationMs(node.winner.for), durationMs(node.winner.within)]
    const longest = Math.max(0, ...windows)
    const unrecorded = measure.kind === 'message' && measure.result !== 'delivered'
    return [
      ...(unrecorded ? [{ kind: 'results_not_recorded' as const, nodeId: node.id }] : []),
      ...(longest > 0 && time >= longest
        ? [{ kind: 'winner_late' as const, nodeId: node.id, hours: hours(time), goalHours: hours(longest) }]
        : []),
      ...(people === undefined && within > time
        ? [{ kind: 'winner_early' as const, nodeId: node.id, hours: hours(time), withinHours: hours(within) }]
        : []),
    ]
  })
}

export function journeyAdvice(definition: JourneyDefinition, facts: AdviceFacts): Advice[] {
  const nodes = new Map(definition.nodes.map((node) => [node.id, node]))
  return [
    ...unrecorded(definition),
    ...assumed(definition, facts.answers ?? {}),
    ...unasked(definition),
    ...winnerAdvice(definition),
    ...couponAdvice(nodes, facts.validDays),
    ...quietAdvice(definition, nodes, facts.quietHours),
  ]
}
