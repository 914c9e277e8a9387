import { type JourneyDefinition, journeyProblems, nodeExits } from '@chaoxi/contract'
import { defineJourney } from '../harness/journeys.ts'

export const eventNames = ['Signed Up', 'Product Added', 'Coupon Claimed', 'Order Paid'] as const
export const tagNames = ['vip', 'lost'] as const

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
const filters = (chance: Chance) => (chance.random() < 0.4 ? [{ property: 'n', op: 'gt', value: chance.below(3) }] : [])
const match = (chance: Chance) => ({ event: chance.oneOf(eventNames), filters: filters(chance) })
const duration = (chance: Chance) => ({ amount: 1 + chance.below(6), unit: chance.oneOf(['minute', 'hour']) })

/** A journey as somebody might draw it: ways on, ways back through waits, conditions, exits of all kinds. */
export function randomJourney(chance: Chance): JourneyDefinition {
  for (;;) {
    const definition = draw(chance)
    if (journeyProblems(definition).length === 0) return definition
  }
}

function draw(chance: Chance): JourneyDefinition {
  const count = 2 + chance.below(6)
  const on = (i: number) => (i + 1 < count ? `n${i + 1 + chance.below(count - i - 1)}` : 'end')
  const back = (i: number) => (chance.random() < 0.3 ? `n${chance.below(i + 1)}` : on(i))
  const nodes = Array.from({ length: count }, (_, i) => {
    const id = `n${i}`
    switch (chance.below(5)) {
      case 0:
        return { id, kind: 'wait', duration: duration(chance), next: back(i) }
      case 1:
        return { id, kind: 'wait_event', match: match(chance), timeout: duration(chance), next: back(i), onTimeout: on(i) }
      case 2:
        return { id, kind: 'condition', rule: tagRule(chance), next: on(i), otherwise: on(i) }
      default:
        return { id, kind: 'send', channel: 'sms', template: 'hello', next: on(i) }
    }
  })
  const exits = [
    ...(chance.random() < 0.5 ? [{ kind: 'event', ...match(chance) }] : []),
    ...(chance.random() < 0.3 ? [{ kind: 'rule', rule: tagRule(chance) }] : []),
  ]
  const more = {
    trigger: { kind: 'event', event: chance.oneOf(eventNames), filters: [] },
    reentry: chance.oneOf(['never', 'after_exit', 'every_time']),
    exits,
    ...(chance.random() < 0.2 ? { entryRule: tagRule(chance) } : {}),
  }
  return reachable(defineJourney('n0', [...nodes, { id: 'end', kind: 'exit' }], more))
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
