import { eachNode, exitsAt, type JourneyDefinition, type JourneyNode, type Rule } from '@chaoxi/contract'
import type { Heard } from './run.ts'

// What may turn a rule besides time: events that it names, what is said of the person, what the person comes into or leaves.

export interface RuleNews {
  readonly kind: 'event' | 'membership'
  /** Of an event its name; of a membership `tag:<key>` or `segment:<key>`. */
  readonly name: string
}

/** Events that change attributes, identify's and those of Sensors. */
const profileEvents = ['$identify', '$profile_set_once', '$profile_increment', '$profile_append', '$profile_unset', '$profile_delete']

export function newsOf(rule: Rule): RuleNews[] {
  const news = new Map<string, RuleNews>()
  const add = (kind: RuleNews['kind'], name: string) => news.set(`${kind} ${name}`, { kind, name })
  eachNode(rule, (node) => {
    for (const event of eventsIn(node)) add('event', event)
    if (readsAttributes(node)) for (const event of profileEvents) add('event', event)
    if (node.kind === 'tag') add('membership', `tag:${node.tag}`)
    if (node.kind === 'segment') add('membership', `segment:${node.segment}`)
  })
  return [...news.values()]
}

function eventsIn(node: Rule): string[] {
  switch (node.kind) {
    case 'event':
    case 'occurrence':
    case 'preference':
      return [node.event]
    case 'sequence':
      return [...node.steps.flatMap((step) => [step, ...(step.without ?? [])]), ...(node.noneAfter ?? [])].map((one) => one.event)
    case 'all':
    case 'any':
    case 'not':
    case 'attribute':
    case 'random':
    case 'tag':
    case 'segment':
      return []
  }
}

/** Attributes themselves, and windows that begin with one. */
function readsAttributes(node: Rule): boolean {
  return node.kind === 'attribute' || ('window' in node && node.window.kind === 'since')
}

/** The rules that are asked again while a run stands at the node: what makes it leave, and what it waits for. */
function rulesAt({ exits }: JourneyDefinition, node: JourneyNode): Rule[] {
  const leaving = [...exits, ...exitsAt(node)].flatMap((exit) => (exit.kind === 'rule' ? [exit.rule] : []))
  return node.kind === 'wait_rule' ? [...leaving, node.rule] : leaving
}

/** Every rule that is asked again while somebody rests inside. */
export const restingRules = (definition: JourneyDefinition): Rule[] => [
  ...new Set(definition.nodes.flatMap((node) => rulesAt(definition, node))),
]

/** Whether any rule is asked while a run stands at the node. */
export const asksRules = (definition: JourneyDefinition, node: JourneyNode): boolean => rulesAt(definition, node).length > 0

/** Whether what was heard may turn a rule that is asked at the node. */
export function concerns(definition: JourneyDefinition, node: JourneyNode, { kind, name }: Pick<Heard, 'kind' | 'name'>): boolean {
  return rulesAt(definition, node).some((rule) => newsOf(rule).some((news) => news.kind === kind && news.name === name))
}

/** Everything that may turn a rule while somebody is inside. */
export function ruleListens(definition: JourneyDefinition): RuleNews[] {
  const all = restingRules(definition).flatMap(newsOf)
  return [...new Map(all.map((news) => [`${news.kind} ${news.name}`, news])).values()]
}
