import { type JourneyDefinition, journeyProblems, knownAt, messageResults, nodeExits } from '@chaoxi/contract'
import type { ContestFact } from '../../src/journeys/core/contest.ts'
import type { MessageFate } from '../../src/journeys/index.ts'
import { defineJourney } from '../harness/journeys.ts'

export const eventNames = ['Signed Up', 'Product Added', 'Coupon Claimed', 'Order Paid'] as const
export const tagNames = ['vip', 'lost'] as const
export const segmentName = 'buyers'

/** The journey that others start and stop, and it itself. */
export const calledKey = 'called'

/** What journeys tell something. */
export const endpointKey = 'outside'

/** One that is soon gone, one that a person gets once, one for everybody. */
export const coupons = [
  { key: 'scarce', stock: 1, perPersonMax: 5 },
  { key: 'once', stock: 50, perPersonMax: 1 },
  { key: 'plenty', stock: 1_000, perPersonMax: 100 },
] as const
const couponKeys = ['scarce', 'scarce', 'once', 'plenty'] as const

export interface Chance {
  readonly random: () => number
  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number
  oneOf<T>(items: readonly T[]): T
}

export function createChance(random: () => number): Chance {
  const below = (end: number) => Math.floor(random() * end)
  return {
    random,
    below,
    oneOf(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to choose from')
      return item
    },
  }
}

const tagRule = (chance: Chance) => {
  const rule = { kind: 'tag', tag: chance.oneOf(tagNames) }
  return chance.random() < 0.3 ? { kind: 'not', rule } : rule
}
/** What may become of a message. */
export function someFate(chance: Chance): MessageFate {
  const state = chance.oneOf(['queued', 'held', 'sending', 'unknown', 'sent', 'delivered', 'delivered', 'failed', 'dropped'] as const)
  const opened = state === 'delivered' && chance.random() < 0.5
  const reason = state === 'dropped' ? chance.oneOf(['no_consent', 'exited', 'frequency_cap', 'expired']) : null
  const clicked = opened && chance.random() < 0.5
  return { state, reason, delivered: state === 'delivered', opened, clicked, replied: clicked && chance.random() < 0.3 }
}

function attempts(chance: Chance) {
  const more = Array.from({ length: 1 + chance.below(2) }, () => ({ channel: 'sms', template: 'hello' }))
  const patience = { until: chance.oneOf(['delivered', 'opened']), within: duration(chance) }
  return { attempts: more, ...(chance.random() < 0.5 ? { patience } : {}) }
}

const filters = (chance: Chance) => (chance.random() < 0.4 ? [{ property: 'n', op: 'gt', value: chance.below(3) }] : [])
const match = (chance: Chance) => ({ event: chance.oneOf(eventNames), filters: filters(chance) })
const duration = (chance: Chance) => ({ amount: 1 + chance.below(6), unit: chance.oneOf(['minute', 'hour']) })

/** A holdout group that there is. */
export const holdoutKey = 'everywhere'
const winner = (chance: Chance) => ({
  explore: 20 + chance.below(60),
  for: duration(chance),
  within: duration(chance),
  enough: chance.oneOf([50, 60, 95]),
  ...(chance.random() < 0.4 ? { people: 1 + chance.below(2) } : {}),
  ...(chance.random() < 0.4 ? { otherwise: 's1' } : {}),
  measure: chance.oneOf([
    { kind: 'goal', goal: 'goal' },
    { kind: 'message', result: 'delivered' },
    { kind: 'event', ...match(chance) },
  ]),
})
/** How far the search for a winner may be when somebody comes. */
export function someContest(chance: Chance, now: number): ContestFact {
  const before = chance.random() < 0.2 ? chance.oneOf(['s0', 's1']) : null
  const dueAt = chance.random() < 0.3 ? null : now + 1 + chance.below(5 * 3_600_000)
  const way = chance.oneOf(['s0', 's1', null])
  const decision = dueAt !== null && chance.random() < 0.4 ? { way, reason: 'sure' as const, ways: [], at: now } : null
  return { dueAt, decision, before }
}

/** Days around those on which simulations play, and some that are no dates. */
const dates = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-05', '2028-02-29', '03-03', 'soon']
export const someAttributes = (chance: Chance) => (chance.random() < 0.8 ? { day: chance.oneOf(dates) } : {})
const clock = (chance: Chance) => `${String(chance.below(24)).padStart(2, '0')}:${chance.oneOf(['00', '30'])}`

function until(chance: Chance, otherwise: string) {
  switch (chance.below(4)) {
    case 3:
      return { kind: 'best_hour', event: chance.oneOf(eventNames), days: 30, least: 1, defaultHour: chance.below(24) }
    case 0:
      return { kind: 'time', at: clock(chance) }
    case 1:
      return { kind: 'window', weekdays: [1 + chance.below(3), 4 + chance.below(4)], from: clock(chance), to: clock(chance) }
    default:
      return { kind: 'date', attribute: 'day', yearly: chance.random() < 0.3, days: chance.below(5) - 2, at: clock(chance), otherwise }
  }
}

const attributeValue = (chance: Chance) =>
  chance.random() < 0.5 ? { kind: 'literal', value: chance.below(100) } : { kind: 'trigger', property: chance.oneOf(['n', 'none']) }

/** Shares with rests, that make 100. */
function shares(chance: Chance, count: number): number[] {
  const some = Array.from({ length: count - 1 }, () => 1 + chance.below(Math.floor(9_000 / count)))
  return [...some, 10_000 - some.reduce((sum, one) => sum + one, 0)].map((cents) => cents / 100)
}

function trigger(chance: Chance) {
  const event = { kind: 'event', event: chance.oneOf(eventNames), filters: [] }
  if (chance.random() < 0.6) return event
  switch (chance.below(7)) {
    case 0:
      return { kind: chance.oneOf(['tag_entry', 'tag_exit']), tag: chance.oneOf(tagNames) }
    case 1:
      return { kind: chance.oneOf(['segment_entry', 'segment_exit']), segment: segmentName }
    case 2:
      return { kind: 'date', attribute: 'day', yearly: chance.random() < 0.5, days: chance.below(5) - 2, at: clock(chance) }
    case 3:
    case 4:
      return { kind: 'schedule', audience: { kind: 'rule', rule: tagRule(chance) }, at: clock(chance), repeat: { kind: 'daily' } }
  }
  const none = Array.from({ length: 1 + chance.below(2) }, () => match(chance))
  const same = chance.random() < 0.3 ? { same: { first: 'n', none: 'n' } } : {}
  return { ...event, kind: 'event_absence', none, within: duration(chance), ...same }
}

const goal = (chance: Chance) => ({
  ...match(chance),
  window: { amount: 1 + chance.below(40), unit: 'hour' },
  since: chance.oneOf(['entry', 'message']),
  leave: chance.random() < 0.1,
})

const exitsOf = (chance: Chance, events: number, rules: number) => [
  ...(chance.random() < events ? [{ kind: 'event', ...match(chance) }] : []),
  ...(chance.random() < rules ? [{ kind: 'rule', rule: tagRule(chance) }] : []),
]

/** What makes people leave while they wait at one node. */
function leaving(chance: Chance): { exits?: object[] } {
  const exits = exitsOf(chance, 0.15, 0.15)
  return exits.length > 0 ? { exits } : {}
}

/** A journey as somebody might draw it: ways on, ways back through waits, conditions, exits of all kinds. */
export function randomJourney(chance: Chance): JourneyDefinition {
  for (;;) {
    const definition = asking(draw(chance), chance)
    if (journeyProblems(definition).length === 0) return definition
  }
}

/** One that others start, and in which people are long enough to be stopped; as it may start itself, nobody is in it twice. */
export function randomCalled(chance: Chance): JourneyDefinition {
  const { start, nodes, ...rest } = randomJourney(chance)
  const first = { id: 'first', kind: 'wait', duration: { amount: 1 + chance.below(9), unit: 'hour' }, next: start }
  return defineJourney('first', [first, ...nodes], { ...rest, trigger: { kind: 'call' }, reentry: chance.oneOf(['after_exit', 'never']) })
}

function draw(chance: Chance): JourneyDefinition {
  const count = 2 + chance.below(6)
  const on = (i: number) => (i + 1 < count ? `n${i + 1 + chance.below(count - i - 1)}` : 'end')
  const back = (i: number) => (chance.random() < 0.3 ? `n${chance.below(i + 1)}` : on(i))
  const nodes = Array.from({ length: count }, (_, i) => {
    const id = `n${i}`
    switch (chance.below(22)) {
      case 0:
        return { id, kind: 'wait', duration: duration(chance), next: back(i), ...leaving(chance) }
      case 1:
        return {
          id,
          kind: 'wait_event',
          match: match(chance),
          timeout: duration(chance),
          next: back(i),
          onTimeout: on(i),
          ...leaving(chance),
        }
      case 2:
        return { id, kind: 'condition', rule: tagRule(chance), next: on(i), otherwise: on(i) }
      case 3:
        return { id, kind: 'wait_until', until: until(chance, on(i)), next: back(i), ...leaving(chance) }
      case 4: {
        const ways = Array.from({ length: 1 + chance.below(3) }, (_, w) => ({
          id: `w${w}`,
          rule: tagRule(chance),
          triggerFilters: filters(chance),
          next: on(i),
        }))
        return { id, kind: 'branch', ways, otherwise: on(i) }
      }
      case 5: {
        const parts = shares(chance, 2 + chance.below(3))
        const ways = parts.map((share, w) => ({ id: `s${w}`, share, next: on(i) }))
        return { id, kind: 'split', ways, ...(chance.random() < 0.5 ? { winner: winner(chance) } : {}) }
      }
      case 17: {
        const whose = chance.random() < 0.5 ? { group: holdoutKey } : { share: 1 + chance.below(60) }
        return { id, kind: 'holdout', ...whose, next: on(i), ...(chance.random() < 0.5 ? { held: on(i) } : {}) }
      }
      case 6:
        return { id, kind: 'grant', coupon: chance.oneOf(couponKeys), next: on(i), onFailure: on(i) }
      case 7:
        return { id, kind: 'set_tag', tag: chance.oneOf(tagNames), change: chance.oneOf(['give', 'take']), next: on(i) }
      case 8:
        return { id, kind: 'set_attribute', attribute: 'seen', value: attributeValue(chance), next: on(i) }
      case 9:
        return {
          id,
          kind: 'wait_rule',
          rule: tagRule(chance),
          timeout: duration(chance),
          next: on(i),
          onTimeout: back(i),
          ...leaving(chance),
        }
      case 10: {
        const times = 1 + chance.below(4)
        return {
          id,
          kind: 'repeat_check',
          rule: tagRule(chance),
          every: duration(chance),
          times,
          next: on(i),
          onTimeout: back(i),
          ...leaving(chance),
        }
      }
      case 11:
      case 12: {
        const passed = [{ name: 'n', value: attributeValue(chance) }]
        return { id, kind: 'start_journey', journey: calledKey, properties: passed, next: on(i), onFailure: on(i) }
      }
      case 13:
      case 14:
      case 15:
        return { id, kind: 'stop_journey', ...(chance.random() < 0.5 ? { journey: calledKey } : {}), next: on(i) }
      case 20: {
        const body = [{ name: 'n', value: attributeValue(chance) }]
        const answers = [{ name: 'n', path: 'n', type: 'number' }]
        return { id, kind: 'webhook', endpoint: endpointKey, body, answers, retryFor: duration(chance), next: on(i), onFailure: on(i) }
      }
      case 16:
        return { id, kind: 'send', channel: 'sms', template: 'hello', ...attempts(chance), next: on(i) }
      case 19:
      case 21:
        return {
          ...{ id, kind: 'human_task', title: 'Call', who: chance.oneOf([{ kind: 'anyone' }, { kind: 'role', role: 'agent' }]) },
          ways: Array.from({ length: 1 + chance.below(3) }, (_, w) => ({ id: `o${w}`, next: back(i) })),
          ...{ due: duration(chance), onTimeout: on(i), ...leaving(chance) },
        }
      default:
        return { id, kind: 'send', channel: 'sms', template: 'hello', next: on(i) }
    }
  })
  const exits = exitsOf(chance, 0.5, 0.3)
  const more = {
    goal: goal(chance),
    ...(chance.random() < 0.3 ? { goals: [{ id: 'other', ...goal(chance) }] } : {}),
    trigger: trigger(chance),
    reentry: chance.oneOf(['never', 'after_exit', 'every_time', { kind: 'after_days', days: 1 }, { kind: 'one_per_key', property: 'n' }]),
    ...(chance.random() < 0.1 ? { limits: { perHour: 1 + chance.below(3), total: 1 + chance.below(8) } } : {}),
    exits,
    ...(chance.random() < 0.2 ? { entryRule: tagRule(chance) } : {}),
  }
  return reachable(defineJourney('n0', [...nodes, { id: 'end', kind: 'exit' }], more))
}

/** Some conditions ask about messages that a node sends, and what systems outside answered. */
function asking(definition: JourneyDefinition, chance: Chance): JourneyDefinition {
  const sends = definition.nodes.flatMap((node) => (node.kind === 'send' ? [node.id] : []))
  const message = () =>
    sends.length > 0 && chance.random() < 0.3 ? { message: { node: chance.oneOf(sends), state: chance.oneOf(messageResults) } } : {}
  const answered = (nodeId: string) => {
    const known = knownAt(definition, nodeId)
    if (known.length === 0 || chance.random() < 0.4) return {}
    return { runFilters: [{ property: chance.oneOf(known).property, op: 'gt' as const, value: chance.below(4) }] }
  }
  return {
    ...definition,
    nodes: definition.nodes.map((node) => {
      if (node.kind === 'branch') return { ...node, ways: node.ways.map((way) => ({ ...way, ...message(), ...answered(node.id) })) }
      if (node.kind === 'condition') return { ...node, ...message(), ...answered(node.id) }
      return node.kind === 'wait_rule' ? { ...node, ...message() } : node
    }),
  }
}

/** Without the nodes that nobody comes to. */
function reachable(definition: JourneyDefinition): JourneyDefinition {
  const seen = new Set([definition.start])
  for (const id of seen) {
    const node = definition.nodes.find((one) => one.id === id)
    if (node) for (const { to } of nodeExits(node)) seen.add(to)
  }
  return { ...definition, nodes: definition.nodes.filter((node) => seen.has(node.id)) }
}
