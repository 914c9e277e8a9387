import type {
  Attempt,
  AttributeValue,
  BranchWay,
  Duration,
  EventMatch,
  ExitCondition,
  ExitField,
  HumanTaskNode,
  JourneyNode,
  MessageTest,
  NodeKind,
  PropertyFilter,
  Rule,
  SplitWay,
  TaskFor,
  TaskPriority,
  WaitingNode,
  WaitUntil,
  WebhookAnswer,
  WebhookValue,
  Winner,
} from '@chaoxi/contract'
import { isWaiting, nodeExits, outcomesMax, shareMin, waysMax } from '@chaoxi/contract'
import { everyone } from '../../rules/rule-editing.ts'
import { moved } from '../../ui/moved.ts'

// Edits of one node, without the graph around it.

export type NodePatch = Partial<{
  name: string
  channel: 'sms' | 'popup'
  template: string
  purpose: 'marketing' | 'transactional'
  unless: EventMatch[]
  attempts: readonly Attempt[]
  /** Null: none. */
  patience: { until: 'delivered' | 'opened'; within: Duration } | null
  duration: Duration
  since: 'arrival' | 'entry'
  coupon: string
  tag: string
  change: 'give' | 'take'
  attribute: string
  value: AttributeValue
  /** Null: the one that the step is in. */
  journey: string | null
  properties: { name: string; value: AttributeValue }[]
  endpoint: string
  body: { name: string; value: WebhookValue }[]
  answers: readonly WebhookAnswer[]
  retryFor: Duration
  match: EventMatch
  timeout: Duration
  every: Duration
  times: number
  rule: Rule
  triggerFilters: PropertyFilter[]
  runFilters: PropertyFilter[]
  /** Null: none. */
  message: MessageTest | null
  ways: readonly WayPatch[]
  seed: string
  title: string
  instructions: string
  who: TaskFor
  priority: TaskPriority
  due: Duration
  /** Null: none. */
  winner: Winner | null
  /** Either of them takes the other away. */
  group: string
  heldShare: number
  result: string
  exits: readonly ExitCondition[]
}>
/** Fields of one way of a branch or split, by its place. */
export interface WayPatch {
  readonly name?: string
  readonly rule?: Rule
  readonly triggerFilters?: PropertyFilter[]
  readonly runFilters?: PropertyFilter[]
  readonly message?: MessageTest | null
  readonly share?: number
  readonly control?: boolean
}
/** What a wait ends at, apart from where it leads. */
export type UntilPatch = Exclude<WaitUntil, { kind: 'date' }> | Omit<Extract<WaitUntil, { kind: 'date' }>, 'otherwise'>
export type NodeWithWays = Extract<JourneyNode, { kind: 'branch' | 'split' | 'human_task' }>

export const hasWays = (node: JourneyNode): node is NodeWithWays =>
  node.kind === 'branch' || node.kind === 'split' || node.kind === 'human_task'

/** The contract's limits. */
export const waysMost = (node: NodeWithWays): number => (node.kind === 'human_task' ? outcomesMax : waysMax)
export const waysMin = (node: NodeWithWays): number => (node.kind === 'split' ? 2 : 1)

/** Leads on to `next`; what parts people leads those it has no better place for to `other`. */
export function newNode(id: string, kind: NodeKind, next: string, other: string): JourneyNode {
  switch (kind) {
    case 'send':
      return { id, kind, name: '', channel: 'sms', template: '', purpose: 'marketing', next }
    case 'wait':
      return { id, kind, name: '', duration: { amount: 1, unit: 'hour' }, next }
    case 'wait_event':
      return {
        id,
        kind,
        name: '',
        match: { event: 'Order Paid', filters: [] },
        timeout: { amount: 1, unit: 'day' },
        next,
        onTimeout: other,
      }
    case 'wait_until':
      return { id, kind, name: '', until: { kind: 'time', at: '09:00' }, next }
    case 'wait_rule':
      return { id, kind, name: '', rule: everyone, timeout: { amount: 1, unit: 'day' }, next, onTimeout: other }
    case 'repeat_check':
      return { id, kind, name: '', rule: everyone, every: { amount: 6, unit: 'hour' }, times: 4, next, onTimeout: other }
    case 'grant':
      return { id, kind, name: '', coupon: '', next, onFailure: other }
    case 'set_tag':
      return { id, kind, name: '', tag: '', change: 'give', next }
    case 'set_attribute':
      return { id, kind, name: '', attribute: '', value: { kind: 'literal', value: '' }, next }
    case 'start_journey':
      return { id, kind, name: '', journey: '', properties: [], next, onFailure: other }
    case 'stop_journey':
      return { id, kind, name: '', journey: '', next }
    case 'webhook':
      return { id, kind, name: '', endpoint: '', body: [], answers: [], retryFor: { amount: 1, unit: 'hour' }, next, onFailure: other }
    case 'condition':
      return { id, kind, name: '', rule: everyone, next, otherwise: other }
    case 'branch':
      return { id, kind, name: '', ways: [{ id: 'a', name: '', rule: everyone, next }], otherwise: other }
    case 'split':
      return { id, kind, name: '', ways: shared([splitWay('a', next), splitWay('b', other)]) }
    case 'human_task':
      return {
        ...{ id, kind, name: '', title: '', instructions: '', who: { kind: 'anyone' }, priority: 'normal' },
        ways: [{ id: 'done', name: '', next }],
        due: { amount: 1, unit: 'day' },
        onTimeout: other,
      }
    case 'holdout':
      return { id, kind, name: '', share: 10, next }
    case 'exit':
      return { id, kind, name: '', result: '' }
  }
}

const splitWay = (id: string, next: string): SplitWay => ({ id, name: '', share: 0, next })

/** Equal shares that make 100; what does not divide goes to the first. */
function shared(ways: readonly SplitWay[]): SplitWay[] {
  const part = Math.floor(10_000 / ways.length)
  return ways.map((way, i) => ({ ...way, share: (i === 0 ? 10_000 - part * (ways.length - 1) : part) / 100 }))
}

/** Takes fields of the patch that this kind of node has; the others are left alone. */
export function patched(node: JourneyNode, patch: NodePatch): JourneyNode {
  const changed = kindPatched(node, patch)
  return patch.exits !== undefined && isWaiting(changed) ? leavingBy(changed, patch.exits) : changed
}

function leavingBy({ exits: _, ...node }: WaitingNode, exits: readonly ExitCondition[]): WaitingNode {
  return { ...node, ...(exits.length > 0 ? { exits: [...exits] } : {}) }
}

const countedFrom = ({ since }: NodePatch) => (since === undefined ? {} : { since })

function kindPatched(node: JourneyNode, patch: NodePatch): JourneyNode {
  const name = patch.name ?? node.name
  switch (node.kind) {
    case 'send': {
      const { unless: before, attempts: tried, patience: waits, ...rest } = node
      const unless = patch.unless ?? before ?? []
      const attempts = [...(patch.attempts ?? tried ?? [])]
      const patience = patch.patience === undefined ? waits : patch.patience
      return {
        ...rest,
        ...(unless.length > 0 ? { unless } : {}),
        ...(attempts.length > 0 ? { attempts } : {}),
        ...(attempts.length > 0 && patience ? { patience } : {}),
        name,
        channel: patch.channel ?? node.channel,
        template: patch.template ?? node.template,
        purpose: patch.purpose ?? node.purpose,
      }
    }
    case 'wait':
      return { ...node, ...countedFrom(patch), name, duration: patch.duration ?? node.duration }
    case 'wait_event':
      return { ...node, ...countedFrom(patch), name, match: patch.match ?? node.match, timeout: patch.timeout ?? node.timeout }
    case 'wait_until':
      return { ...node, name }
    case 'wait_rule': {
      const { message: before, ...rest } = node
      return {
        ...rest,
        ...messageOf(before, patch.message),
        name,
        rule: patch.rule ?? node.rule,
        timeout: patch.timeout ?? node.timeout,
      }
    }
    case 'repeat_check':
      return { ...node, name, rule: patch.rule ?? node.rule, every: patch.every ?? node.every, times: patch.times ?? node.times }
    case 'grant':
      return { ...node, name, coupon: patch.coupon ?? node.coupon }
    case 'set_tag':
      return { ...node, name, tag: patch.tag ?? node.tag, change: patch.change ?? node.change }
    case 'set_attribute':
      return { ...node, name, attribute: patch.attribute ?? node.attribute, value: patch.value ?? node.value }
    case 'start_journey':
      return { ...node, name, journey: patch.journey ?? node.journey, properties: patch.properties ?? node.properties }
    case 'stop_journey':
      return stopPatched({ ...node, name }, patch)
    case 'webhook':
      return {
        ...node,
        name,
        endpoint: patch.endpoint ?? node.endpoint,
        body: patch.body ?? node.body,
        answers: [...(patch.answers ?? node.answers)],
        retryFor: patch.retryFor ?? node.retryFor,
      }
    case 'condition': {
      const { triggerFilters, runFilters, message, ...rest } = node
      return {
        ...rest,
        ...filtersOf(patch.triggerFilters ?? triggerFilters, patch.runFilters ?? runFilters),
        ...messageOf(message, patch.message),
        name,
        rule: patch.rule ?? node.rule,
      }
    }
    case 'branch':
      return { ...node, name, ways: node.ways.map((way, i) => branchWay(way, patch.ways?.[i])) }
    case 'split': {
      const { seed: before, winner: tried, ...rest } = node
      const seed = patch.seed ?? before ?? ''
      const winner = patch.winner === undefined ? tried : patch.winner
      return {
        ...rest,
        ...(seed === '' ? {} : { seed }),
        ...(winner ? { winner } : {}),
        name,
        ways: splitWays(node.ways, patch.ways ?? []),
      }
    }
    case 'holdout': {
      const { group, share, ...rest } = node
      if (patch.group !== undefined) return { ...rest, name, group: patch.group }
      return patch.heldShare === undefined ? { ...node, name } : { ...rest, name, share: patch.heldShare }
    }
    case 'human_task':
      return taskPatched({ ...node, name }, patch)
    case 'exit':
      return { ...node, name, result: patch.result ?? node.result }
  }
}

function taskPatched(node: HumanTaskNode, patch: NodePatch): HumanTaskNode {
  const { title, instructions, who, priority, due } = { ...node, ...patch }
  const ways = node.ways.map((way, i) => ({ ...way, name: patch.ways?.[i]?.name ?? way.name }))
  return { ...node, title, instructions, who, priority, due, ways }
}

function stopPatched({ journey: before, ...node }: Extract<JourneyNode, { kind: 'stop_journey' }>, patch: NodePatch): JourneyNode {
  const journey = patch.journey === undefined ? before : patch.journey
  return { ...node, ...(journey == null ? {} : { journey }) }
}

const filtersOf = (trigger: PropertyFilter[] = [], run: PropertyFilter[] = []) => ({
  ...(trigger.length > 0 ? { triggerFilters: trigger } : {}),
  ...(run.length > 0 ? { runFilters: run } : {}),
})

function messageOf(before: MessageTest | undefined, patch: MessageTest | null | undefined) {
  const message = patch === undefined ? before : patch
  return message ? { message } : {}
}

function branchWay({ triggerFilters, runFilters, message, ...way }: BranchWay, patch: WayPatch = {}): BranchWay {
  const filters = filtersOf(patch.triggerFilters ?? triggerFilters, patch.runFilters ?? runFilters)
  const asked = { ...filters, ...messageOf(message, patch.message) }
  return { ...way, ...asked, name: patch.name ?? way.name, rule: patch.rule ?? way.rule }
}

/** Of two ways the other one takes the rest. One control group at most. */
function splitWays(ways: readonly SplitWay[], patches: readonly WayPatch[]): SplitWay[] {
  const chosen = patches.findIndex((patch) => patch?.share !== undefined)
  const share = patches[chosen]?.share
  const control = patches.findIndex((patch) => patch?.control === true)
  return ways.map((way, i) => {
    const patch = patches[i] ?? {}
    const rest = ways.length === 2 && share !== undefined ? Math.max(shareMin, Math.round((100 - share) * 100) / 100) : way.share
    const isControl = control >= 0 ? i === control : (patch.control ?? way.control ?? false)
    const { control: _, ...others } = way
    return {
      ...others,
      name: patch.name ?? way.name,
      share: i === chosen ? (share ?? way.share) : rest,
      ...(isControl ? { control: true } : {}),
    }
  })
}

/** The ways changed by one patch at its place. */
export function wayPatch(index: number, patch: WayPatch): NodePatch {
  return { ways: Array.from({ length: index + 1 }, (_, i) => (i === index ? patch : {})) }
}

/** One way more, which leads to `to`; a split's shares become equal. */
export function withWay(node: NodeWithWays, to: string): NodeWithWays {
  const id = freshWayId(node.ways)
  if (node.kind === 'split') return { ...node, ways: shared([...node.ways, splitWay(id, to)]) }
  if (node.kind === 'human_task') return { ...node, ways: [...node.ways, { id, name: '', next: to }] }
  return { ...node, ways: [...node.ways, { id, name: '', rule: everyone, next: to }] }
}

export function withoutWay(node: NodeWithWays, index: number): NodeWithWays {
  if (node.kind === 'human_task') return { ...node, ways: node.ways.filter((_, i) => i !== index) }
  if (node.kind === 'split') {
    const { winner, ...rest } = node
    const gone = winner?.otherwise !== undefined && node.ways[index]?.id === winner.otherwise
    const kept = winner === undefined ? {} : { winner: gone ? { ...winner, otherwise: undefined } : winner }
    return { ...rest, ...kept, ways: shared(node.ways.filter((_, i) => i !== index)) }
  }
  return { ...node, ways: node.ways.filter((_, i) => i !== index) }
}

/** The way one place up or down: the first that holds is taken. */
export function withWayMoved(node: NodeWithWays, index: number, by: -1 | 1): NodeWithWays {
  if (node.kind === 'human_task') return { ...node, ways: moved(node.ways, index, index + by) }
  return node.kind === 'split'
    ? { ...node, ways: moved(node.ways, index, index + by) }
    : { ...node, ways: moved(node.ways, index, index + by) }
}

export const evenly = (node: JourneyNode): JourneyNode => (node.kind === 'split' ? { ...node, ways: shared(node.ways) } : node)

/** After the last letter in use, so that the numbers of a way that is gone are not another one's. */
function freshWayId(ways: readonly { id: string }[]): string {
  const used = new Set(ways.map((way) => way.id))
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const last = Math.max(-1, ...ways.map((way) => (way.id.length === 1 ? letters.indexOf(way.id) : -1)))
  const next = letters[last + 1]
  if (next !== undefined) return next
  for (let n = 1; ; n += 1) if (!used.has(`way_${n}`)) return `way_${n}`
}

/** Which of the ways of a branch or split this is; null: another way out. */
export function wayIndex(field: ExitField): number | null {
  const place = /^ways\.(\d+)\.next$/.exec(field)?.[1]
  return place === undefined ? null : Number(place)
}

const wayLed = <Way extends { readonly next: string }>(ways: readonly Way[], index: number, to: string): Way[] =>
  ways.map((way, i) => (i === index ? { ...way, next: to } : way))

/** The node with one way out led elsewhere; a field that it does not have changes nothing. */
export function leading(node: JourneyNode, field: ExitField, to: string): JourneyNode {
  const index = wayIndex(field)
  switch (node.kind) {
    case 'exit':
      return node
    case 'branch':
      if (field === 'otherwise') return { ...node, otherwise: to }
      return index === null ? node : { ...node, ways: wayLed(node.ways, index, to) }
    case 'split':
      return index === null ? node : { ...node, ways: wayLed(node.ways, index, to) }
    case 'human_task':
      if (field === 'onTimeout') return { ...node, onTimeout: to }
      return index === null ? node : { ...node, ways: wayLed(node.ways, index, to) }
    default:
  }
  if (field === 'next') return { ...node, next: to }
  if (field === 'onTimeout' && 'onTimeout' in node) return { ...node, onTimeout: to }
  if (field === 'onFailure' && 'onFailure' in node) return { ...node, onFailure: to }
  if (field === 'held' && node.kind === 'holdout') return { ...node, held: to }
  if (field === 'otherwise' && node.kind === 'condition') return { ...node, otherwise: to }
  if (field === 'until.otherwise' && node.kind === 'wait_until' && node.until.kind === 'date')
    return { ...node, until: { ...node.until, otherwise: to } }
  return node
}

/** The way that most people go on by: not the control group's. */
export function mainExit(node: JourneyNode): ExitField | undefined {
  const exits = nodeExits(node)
  if (node.kind !== 'split') return exits[0]?.field
  const first = node.ways.findIndex((way) => way.control !== true)
  return exits[Math.max(0, first)]?.field
}
