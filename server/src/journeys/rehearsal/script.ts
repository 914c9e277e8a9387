import { type JourneyDefinition, journeyRules, type Rule } from '@chaoxi/contract'
import {
  type Asking,
  createAsking,
  type Mentions,
  mayHoldForNobody,
  mentionsOf,
  type Question,
  type ResolvedRule,
  type Zone,
} from '../../query/index.ts'
import { audienceRule, isTimed, nextOccurrences, occurrenceKey, occurrenceName } from '../core/occurrence.ts'
import { restingRules } from '../core/rule-news.ts'
import type { Heard } from '../core/run.ts'
import { listensOf } from '../desk/references.ts'

/** A time that the journey is due by the clock, and the rule that says for whom. */
export interface Due {
  readonly at: number
  readonly kind: 'schedule' | 'date'
  /** In front of the person: the key of an entry. */
  readonly key: string
  readonly question: Question
}

/** A membership whose coming or going is what the journey listens for. */
export interface Watched {
  readonly kind: 'tag' | 'segment'
  readonly key: string
  readonly value: string
  readonly question: Question
}

/** A journey made ready to be played over what was recorded. */
export interface Script {
  readonly definition: JourneyDefinition
  readonly journeyId: string
  readonly zone: Zone
  readonly asking: Asking
  /** Place of a rule of the definition among those that are asked. */
  placeOf(rule: Rule): number
  readonly dues: readonly Due[]
  readonly watched: readonly Watched[]
  /** Whether somebody of whom nothing is known may have one of the watched. */
  readonly open: boolean
  /** Names of events that are told one by one. */
  readonly listens: readonly string[]
  /** What may turn a rule that is asked while somebody rests inside. */
  readonly resting: Mentions
  /** What may turn one of the watched. */
  readonly watching: Mentions
  /** Whether a rule asks what people are. */
  readonly readsAttributes: boolean
}

/** More times than this by the clock are not played. */
export const duesMax = 1_000

export interface ScriptInput {
  readonly definition: JourneyDefinition
  readonly journeyId: string
  readonly zone: Zone
  /** What is played (ms): after `from`, until `to`. */
  readonly from: number
  readonly to: number
  /** Of a tag with values all of them; of one without none. */
  readonly valuesOf: (tag: string) => readonly string[]
  readonly resolve: (rules: readonly Rule[]) => Promise<readonly ResolvedRule[]>
}

function watchedOf({
  definition: { trigger },
  valuesOf,
}: ScriptInput): { kind: 'tag' | 'segment'; key: string; value: string; rule: Rule }[] {
  if (trigger.kind === 'segment_entry' || trigger.kind === 'segment_exit')
    return [{ kind: 'segment', key: trigger.segment, value: '', rule: { kind: 'segment', segment: trigger.segment } }]
  if (trigger.kind !== 'tag_entry' && trigger.kind !== 'tag_exit') return []
  const { tag } = trigger
  const values = trigger.value === undefined ? valuesOf(tag) : [trigger.value]
  if (values.length === 0) return [{ kind: 'tag', key: tag, value: '', rule: { kind: 'tag', tag } }]
  return values.map((value) => ({ kind: 'tag', key: tag, value, rule: { kind: 'tag', tag, values: [value] } }))
}

export async function prepareScript(input: ScriptInput): Promise<Script> {
  const { definition, journeyId, zone, from, to } = input
  const { trigger } = definition
  const resting = restingRules(definition)
  const watched = watchedOf(input)
  const times = nextOccurrences(trigger, from, zone, duesMax).filter((at) => at <= to)
  const audiences = isTimed(trigger) ? times.map((at) => audienceRule(trigger, at, zone)) : []
  const all = [...new Set([...journeyRules(definition).map(({ rule }) => rule), ...watched.map((one) => one.rule), ...audiences])]
  const resolved = await input.resolve(all)
  const asking = createAsking(resolved, zone)
  const places = new Map(all.map((rule, place) => [rule, place]))
  const placeOf = (rule: Rule): number => {
    const place = places.get(rule)
    if (place === undefined) throw new Error('a rule is asked that the journey does not name')
    return place
  }
  const mentions = (rules: readonly Rule[]) => mentionsOf({ kind: 'any', rules: rules.flatMap((rule) => resolved[placeOf(rule)] ?? []) })
  const [inside, outside] = [mentions(resting), mentions(watched.map((one) => one.rule))]
  const named = listensOf(definition).flatMap(({ kind, name }) => (kind === 'event' ? [name] : []))
  return {
    definition,
    journeyId,
    zone,
    asking,
    placeOf,
    dues: isTimed(trigger)
      ? times.map((at, i) => ({
          at,
          kind: trigger.kind,
          key: occurrenceKey(journeyId, trigger.kind, occurrenceName(trigger, at, zone)),
          question: asking.question([placeOf(audiences[i] ?? { kind: 'all', rules: [] })]),
        }))
      : [],
    watched: watched.map(({ rule, ...one }) => ({ ...one, question: asking.question([placeOf(rule)]) })),
    open: watched.some(({ rule }) => resolved.slice(placeOf(rule), placeOf(rule) + 1).some(mayHoldForNobody)),
    listens: [...new Set([...named, ...inside.events, ...outside.events, ...unlessOf(definition)])],
    resting: inside,
    watching: outside,
    readsAttributes: resolved.some((rule) => mentionsOf(rule).attributes),
  }
}

/** Events that make a message pointless. */
const unlessOf = ({ nodes }: JourneyDefinition): string[] =>
  nodes.flatMap((node) => (node.kind === 'send' ? (node.unless ?? []).map((match) => match.event) : []))

/** What the inbox would have heard. */
export function heardOf(kind: Heard['kind'], name: string, sourceKey: string, at: number, properties: Record<string, unknown> = {}): Heard {
  return { kind, name, sourceKey, properties, occurredAt: at, receivedAt: at }
}

/** Whether the journey asks what people are, beyond what its rules do: dates that it waits for, and what it tells systems outside. */
export const attributesIn = ({ nodes }: JourneyDefinition): string[] =>
  nodes.flatMap((node) => {
    if (node.kind === 'webhook') return node.body.flatMap(({ value }) => (value.kind === 'attribute' ? [value.attribute] : []))
    return node.kind === 'wait_until' && node.until.kind === 'date' ? [node.until.attribute] : []
  })
