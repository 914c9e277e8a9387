import type { Rule, RuleInputs, Seen } from '@chaoxi/contract'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { eventsOfRule, type FactEvent, matches, type PersonFacts, readProperty } from '../query/index.ts'
import * as store from './rule-inputs-store.ts'
import { entriesOf } from './why.ts'

// A rule asked of one person as of an instant, condition by condition, from what was known then: events by when they were received,
// memberships by their history, attributes by when they were said. What history does not tell is left open and not guessed.

export interface RuleInputsDeps {
  readonly clickhouse: ClickHouse
  timeZone(workspaceId: number): Promise<string>
  /** Brings memberships to ClickHouse. */
  settled(): Promise<void>
  profiles(
    workspaceId: number,
    personIds: readonly number[],
  ): Promise<ReadonlyMap<number, { readonly attributes: Readonly<Record<string, unknown>> }>>
  attributesSaid(workspaceId: number, personId: number): Promise<ReadonlyMap<string, { readonly at: number }>>
  /** The person's own number and those that went into it. */
  numbersOf(workspaceId: number, personId: number): Promise<readonly number[]>
}

/** Asks the rule of the person as of `at` (ms); `hidden` attributes are not shown. */
export type ExplainRule = (
  workspaceId: number,
  personId: number,
  rule: Rule,
  at: number,
  options: { readonly hidden: readonly string[] },
) => Promise<RuleInputs>

type LeafRule = Exclude<Rule, { kind: 'all' | 'any' | 'not' }>
type EventLeaf = Extract<LeafRule, { kind: 'event' | 'occurrence' | 'sequence' | 'preference' }>
type Part = RuleInputs['parts'][number]

/** Of one name: who has more did it so often that the newest tell. */
const eventsMax = 1_000
/** Events that are looked at one by one for what was measured. */
const measuredMax = 200
const changesMax = 200
const forgetting = ['$profile_unset', '$profile_delete']
const iso = (at: number) => new Date(at).toISOString()

const isEventLeaf = (leaf: LeafRule): leaf is EventLeaf =>
  leaf.kind === 'event' || leaf.kind === 'occurrence' || leaf.kind === 'sequence' || leaf.kind === 'preference'

function leavesOf(rule: Rule): LeafRule[] {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return rule.rules.flatMap(leavesOf)
    case 'not':
      return leavesOf(rule.rule)
    default:
      return [rule]
  }
}

/** With what the conditions come to, open ones left open where they matter. */
export function combined(rule: Rule, of: (leaf: Rule) => boolean | null): boolean | null {
  switch (rule.kind) {
    case 'all':
    case 'any': {
      const answers = rule.rules.map((child) => combined(child, of))
      const deciding = rule.kind === 'any'
      if (answers.includes(deciding)) return deciding
      return answers.includes(null) ? null : !deciding
    }
    case 'not': {
      const answer = combined(rule.rule, of)
      return answer === null ? null : !answer
    }
    default:
      return of(rule)
  }
}

interface Person {
  readonly workspaceId: number
  readonly personId: number
  readonly numbers: readonly number[]
  readonly attributes: Readonly<Record<string, unknown>>
  readonly said: ReadonlyMap<string, { readonly at: number }>
  readonly events: readonly FactEvent[]
  /** Names of which there are more events than were read. */
  readonly cut: ReadonlySet<string>
  readonly timeZone: string
  readonly at: number
}

export function createRuleInputs(deps: RuleInputsDeps): ExplainRule {
  const { clickhouse } = deps

  async function load(workspaceId: number, personId: number, leaves: readonly LeafRule[], at: number): Promise<Person> {
    const names = [...new Set(leaves.filter(isEventLeaf).flatMap(eventsOfRule))]
    const numbers = await deps.numbersOf(workspaceId, personId)
    const [timeZone, profiles, said, rows] = await Promise.all([
      deps.timeZone(workspaceId),
      deps.profiles(workspaceId, [personId]),
      deps.attributesSaid(workspaceId, personId),
      names.length === 0 ? [] : store.eventsKnownAt(clickhouse, workspaceId, numbers, { events: names, at, limit: eventsMax }),
    ])
    const counts = Map.groupBy(rows, (row) => row.event)
    return {
      ...{ workspaceId, personId, numbers, said, timeZone, at },
      attributes: profiles.get(personId)?.attributes ?? {},
      events: rows.map(({ event, time, properties }) => ({ event, time, properties: JSON.parse(properties) })),
      cut: new Set(names.filter((name) => (counts.get(name)?.length ?? 0) >= eventsMax)),
    }
  }

  function eventPart(leaf: EventLeaf, person: Person): Part {
    const names = eventsOfRule(leaf)
    const own = person.events.filter((event) => names.includes(event.event))
    const more = names.some((name) => person.cut.has(name))
    const ask = (rule: EventLeaf, events: readonly FactEvent[]) => matches(rule, factsOf(person, events), person.at, person.timeZone)
    const inWindow = leaf.kind === 'sequence' ? own : own.slice(0, measuredMax).filter((event) => ask(onceOf(leaf, event.event), [event]))
    const seen: Seen = {
      kind: 'events',
      count: inWindow.length,
      value: leaf.kind === 'event' ? measured(leaf, inWindow) : null,
      lastAt: inWindow[0] === undefined ? null : iso(inWindow[0].time),
      more: more || (leaf.kind !== 'sequence' && own.length > measuredMax),
    }
    return { rule: leaf, holds: more ? null : ask(leaf, own), seen }
  }

  /** The attributes with this one as it was then, and when it was said; else when it was changed so that nobody knows. */
  async function attributesAt(
    name: string,
    person: Person,
  ): Promise<{ attributes: Person['attributes']; statedAt: number | null } | { changedAt: number }> {
    const { workspaceId, numbers, attributes, at } = person
    const statedAt = person.said.get(name)?.at ?? null
    if (statedAt !== null && statedAt <= at) return { attributes, statedAt }
    const forgotten = statedAt === null ? await store.lastReceivedAfter(clickhouse, workspaceId, numbers, { events: forgetting, at }) : null
    const changedAt = statedAt ?? forgotten
    if (changedAt === null) return { attributes, statedAt: null }
    const before = await store.attributeSaidAt(clickhouse, workspaceId, numbers, { attribute: name, at })
    if (before === null && statedAt !== null) return { attributes: { ...attributes, [name]: undefined }, statedAt: null }
    // Counting up, appending and the like say what was added, not what it came to.
    if (before?.event !== '$identify') return { changedAt }
    const traits: Readonly<Record<string, unknown>> = JSON.parse(before.properties)
    return { attributes: { ...attributes, [name]: traits[name] }, statedAt: before.time }
  }

  async function attributePart(leaf: Extract<LeafRule, { kind: 'attribute' }>, person: Person, hidden: readonly string[]): Promise<Part> {
    const [name = ''] = leaf.filter.property.split(/[.[]/)
    const known = await attributesAt(name, person)
    if ('changedAt' in known) return { rule: leaf, holds: null, seen: { kind: 'gone', changedAt: iso(known.changedAt) } }
    const { attributes, statedAt } = known
    const value = readProperty(attributes, leaf.filter.property)
    const holds = matches(leaf, factsOf({ ...person, attributes }, []), person.at, person.timeZone)
    const shown = hidden.includes(name) && value !== undefined ? '****' : (value ?? null)
    return { rule: leaf, holds, seen: { kind: 'attribute', value: shown, statedAt: statedAt === null ? null : iso(statedAt) } }
  }

  async function memberPart(leaf: Extract<LeafRule, { kind: 'tag' | 'segment' }>, person: Person): Promise<Part> {
    const key = leaf.kind === 'tag' ? leaf.tag : leaf.segment
    const wanted = { kind: leaf.kind, key, at: person.at, limit: changesMax }
    const changes = await store.changesUntil(clickhouse, person.workspaceId, person.numbers, wanted)
    const values = leaf.kind === 'tag' ? leaf.values : undefined
    const own = values === undefined ? changes : changes.filter((one) => values.includes(one.value))
    const entries = [...entriesOf(own).values()].map((entry) => entry.at)
    const left = own.findLast((one) => one.entered === 0)
    const inside = entries.length > 0
    const until = inside || left === undefined ? null : iso(left.at)
    return { rule: leaf, holds: inside, seen: { kind: 'member', since: inside ? iso(Math.min(...entries)) : null, until } }
  }

  function partOf(leaf: LeafRule, person: Person, hidden: readonly string[]): Part | Promise<Part> {
    switch (leaf.kind) {
      case 'attribute':
        return attributePart(leaf, person, hidden)
      case 'tag':
      case 'segment':
        return memberPart(leaf, person)
      case 'random':
        return { rule: leaf, holds: matches(leaf, factsOf(person, []), person.at, person.timeZone), seen: { kind: 'share' } }
      default:
        return eventPart(leaf, person)
    }
  }

  return async (workspaceId, personId, rule, at, { hidden }) => {
    const leaves = leavesOf(rule)
    if (leaves.some((leaf) => leaf.kind === 'tag' || leaf.kind === 'segment')) await deps.settled()
    const person = await load(workspaceId, personId, leaves, at)
    const parts: Part[] = []
    for (const leaf of leaves) parts.push(await partOf(leaf, person, hidden))
    const answers = new Map(parts.map((part) => [part.rule, part.holds]))
    return { rule, at: iso(at), holds: combined(rule, (leaf) => answers.get(leaf) ?? null), parts }
  }
}

const factsOf = (person: Person, events: readonly FactEvent[]): PersonFacts => ({
  personId: person.personId,
  attributes: person.attributes,
  events,
  tags: new Map(),
  segments: new Set(),
})

/** Whether one event lies in the leaf's window and passes its filters. */
function onceOf(leaf: Exclude<EventLeaf, { kind: 'sequence' }>, event: string): EventLeaf {
  const { filters, clock, window } = leaf
  return { kind: 'event', event, filters, clock, window, measure: { fn: 'count' }, op: 'gte', value: 1 }
}

/** Null for what is not a plain number of these events (days, streaks), or of nothing. */
function measured({ measure }: Extract<EventLeaf, { kind: 'event' }>, events: readonly FactEvent[]): number | null {
  switch (measure.fn) {
    case 'count':
      return events.length
    case 'distinct':
      return new Set(events.flatMap((event) => JSON.stringify(readProperty(event.properties, measure.property)) ?? [])).size
    case 'sum':
    case 'average':
    case 'min':
    case 'max': {
      const numbers = events.flatMap((event) => {
        const value = readProperty(event.properties, measure.property)
        return typeof value === 'number' ? [value] : []
      })
      const sum = numbers.reduce((total, value) => total + Math.round(value * 1e6), 0) / 1e6
      if (measure.fn === 'sum') return sum
      if (numbers.length === 0) return null
      if (measure.fn === 'average') return sum / numbers.length
      return measure.fn === 'min' ? Math.min(...numbers) : Math.max(...numbers)
    }
    default:
      return null
  }
}
