import type { Params } from '../platform/db/clickhouse.ts'
import { createParamBag, type ParamBag, workspaceGuard } from './params.ts'
import { type PrintedLeaf, printEventLeaf, printedNever, printFuture } from './print-event.ts'
import { printFilter } from './print-filter.ts'
import { distinctLeaves, type Leaf, leafIdentity, type ResolvedRule } from './resolved.ts'
import { spanOf } from './window.ts'

/** Whom a statement asks about: everyone, given people, or a range of ids (both ends included) for work in bounded pieces. */
export type People = 'everyone' | readonly number[] | { readonly from: number; readonly to: number }

export interface Statement {
  readonly text: string
  readonly params: Params
}

/** A leaf's answer and next change, as expressions over the columns of one row per person. */
interface Answer {
  readonly answer: string
  readonly next: string
}

/** Collects, over all rules of a pass, what has to be read; equal leaves are read once. */
interface Reading {
  readonly params: ParamBag
  readonly now: number
  readonly leaves: Map<string, Answer>
  readonly perEvent: string[]
  readonly perPerson: string[]
  readonly events: Map<string, string>
  readonly members: { column: string; condition: string }[]
  oldest: number | null
  attributes: boolean
  properties: boolean
}

function readLeaf(leaf: Leaf, reading: Reading): Answer {
  const { params, now } = reading
  const name = `l${reading.leaves.size}`
  switch (leaf.kind) {
    case 'attribute':
      reading.attributes = true
      return { answer: `(${printFilter(leaf.filter, 'attributes', params)})`, next: printedNever }
    case 'member': {
      const condition = `kind = ${params.bind('String', leaf.of)} and key = ${params.bind('String', leaf.key)}`
      reading.members.push({ column: name, condition })
      return { answer: `(ifNull(${name}, 0) = 1)`, next: printedNever }
    }
    case 'event': {
      let future = reading.events.get(leaf.event)
      if (future === undefined) {
        const printed = printFuture(leaf.event, `f${reading.events.size}`, now, params)
        reading.perPerson.push(printed.perPerson)
        future = printed.next
        reading.events.set(leaf.event, future)
      }
      const { after } = spanOf(leaf.window, now)
      if (after === null) reading.oldest = Number.NEGATIVE_INFINITY
      else reading.oldest = Math.min(reading.oldest ?? after, after)
      if (leaf.filters.length > 0 || leaf.measure.fn !== 'count') reading.properties = true
      const printed: PrintedLeaf = printEventLeaf(leaf, name, now, params)
      reading.perEvent.push(...printed.perEvent)
      reading.perPerson.push(...printed.perPerson)
      return { answer: printed.answer, next: `least(${printed.next}, ${future})` }
    }
  }
}

/** Reads every leaf once; answers their names (`l0`, `l1` …) by identity, in order. */
function readLeaves(reading: Reading, rules: readonly ResolvedRule[]): Map<string, string> {
  const names = new Map<string, string>()
  for (const [identity, leaf] of distinctLeaves(rules)) {
    const name = `l${reading.leaves.size}`
    reading.leaves.set(name, readLeaf(leaf, reading))
    names.set(identity, name)
  }
  return names
}

/** The answer of a tree over the leaves' answers. */
function printTree(rule: ResolvedRule, answerOf: (leaf: ResolvedRule) => string): string {
  if (rule.kind === 'not') return `(not ${printTree(rule.rule, answerOf)})`
  if (rule.kind !== 'all' && rule.kind !== 'any') return answerOf(rule)
  const isAll = rule.kind === 'all'
  if (rule.rules.length === 0) return isAll ? 'true' : 'false'
  return `(${rule.rules.map((child) => printTree(child, answerOf)).join(isAll ? ' and ' : ' or ')})`
}

/** Conditions on the person column of a table that knows only living people. */
function among(people: People, column: string, params: ParamBag): string[] {
  if (people === 'everyone') return []
  if ('from' in people) return [`${column} between ${params.bind('UInt64', people.from)} and ${params.bind('UInt64', people.to)}`]
  return [`${column} in (${params.bind('Array(UInt64)', people)})`]
}

/** The ids under which merged people's events lie, of those who live on in the asked people. */
function oldIds(people: People, guard: string, params: ParamBag): string {
  return `(select old_person_id from person_overrides where ${[guard, ...among(people, 'person_id', params)].join(' and ')})`
}

/** Conditions on events, which stay under the id that they came with: the old ids of the wanted people count too. */
function amongWithOld(people: People, guard: string, params: ParamBag): string[] {
  const [direct] = among(people, 'person_id', params)
  return direct === undefined ? [] : [`(${direct} or person_id in ${oldIds(people, guard, params)})`]
}

/**
 * The person that an event counts for. Asking the set first spares most rows the dictionary: over a million events 16 ms
 * instead of 50 when few people were merged, 52 instead of 63 with 200,000.
 */
function livingPerson(people: People, guard: string, params: ParamBag): string {
  const looked = `dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id)`
  return `if(person_id in ${oldIds(people, guard, params)}, ${looked}, person_id)`
}

function eventsSource(reading: Reading, people: People, guard: string): string {
  const { params } = reading
  const names = params.bind('Array(String)', [...reading.events.keys()])
  const oldest = reading.oldest
  const conditions = [
    guard,
    `event in (${names})`,
    ...(oldest === null || oldest === Number.NEGATIVE_INFINITY ? [] : [`time > fromUnixTimestamp64Milli(${params.bind('Int64', oldest)})`]),
    ...amongWithOld(people, guard, params),
  ]
  const columns = [
    `${livingPerson(people, guard, params)} as person`,
    'event',
    'time',
    'toUnixTimestamp64Milli(time) as ms',
    ...(reading.properties ? ['properties'] : []),
    ...reading.perEvent,
  ]
  return `
    select person, ${reading.perPerson.join(', ')}
    from (select ${columns.join(', ')} from events where ${conditions.join(' and ')})
    group by person`
}

function membersSource(reading: Reading, people: People, guard: string): string {
  const { params, members } = reading
  const conditions = [guard, `(${members.map((member) => `(${member.condition})`).join(' or ')})`, ...among(people, 'person_id', params)]
  const columns = members.map((member) => `argMaxIf(entered, seq, ${member.condition}) as ${member.column}`)
  return `
    select person_id as person, ${columns.join(', ')}
    from membership_changes where ${conditions.join(' and ')}
    group by person_id`
}

/** One row per living person, with everything that the leaves' expressions need. */
function printFrom(reading: Reading, people: People, guard: string): string {
  const { params } = reading
  const attributes = reading.attributes ? ', argMax(attributes, version) as attributes' : ''
  const joins = [
    ...(reading.events.size > 0
      ? [`left join (${eventsSource(reading, people, guard)}) as event_facts on event_facts.person = base.person`]
      : []),
    ...(reading.members.length > 0
      ? [`left join (${membersSource(reading, people, guard)}) as member_facts on member_facts.person = base.person`]
      : []),
  ]
  return `
  from (
    select person_id as person${attributes}
    from profiles where ${[guard, ...among(people, 'person_id', params)].join(' and ')}
    group by person_id having argMax(merged, version) = 0
  ) as base
  ${joins.join('\n  ')}`
}

export interface PassInput {
  readonly workspaceId: number
  readonly rules: readonly ResolvedRule[]
  readonly people: People
  readonly now: number
}

function startReading(input: PassInput) {
  const params = createParamBag()
  const guard = workspaceGuard(input.workspaceId, params)
  const reading: Reading = {
    params,
    now: input.now,
    leaves: new Map(),
    perEvent: [],
    perPerson: [],
    events: new Map(),
    members: [],
    oldest: null,
    attributes: false,
    properties: false,
  }
  const names = readLeaves(reading, input.rules)
  return { params, guard, reading, names }
}

/**
 * One pass for many rules: a row for each person with the answers of the distinct leaves, in the order of
 * `distinctLeaves`, and for each the milliseconds until it may change (0: never). The trees are put together by the
 * caller: printed into the statement they took ClickHouse more than half of its planning (50 rules: 430 ms of processor
 * time against 143). `silent`: people for whom every leaf is false and stays so may be left out.
 */
export function printEvaluation(input: PassInput & { silent: boolean }): Statement {
  const { params, guard, reading } = startReading(input)
  const leaves = [...reading.leaves.values()]
  const now = params.bind('Int64', input.now)
  const held = `cast([${leaves.map((leaf) => leaf.answer).join(', ')}], 'Array(UInt8)') as held`
  const wait = `arrayMap(at -> if(at = ${printedNever}, toInt64(0), at - ${now}), cast([${leaves.map((leaf) => leaf.next).join(', ')}], 'Array(Int64)')) as wait`
  const all = `select base.person as person, ${held}, ${wait} ${printFrom(reading, input.people, guard)}`
  const text = input.silent ? `select person, held, wait from (${all}) where has(held, 1) or arrayExists(ms -> ms > 0, wait)` : all
  return { text: `${text}\nsettings ${withoutCompiler}`, params: params.values }
}

/** Every statement is another one (it holds the instant), so what the compiler makes of it is never used again. */
const withoutCompiler = 'compile_expressions = 0, compile_aggregate_expressions = 0'

/**
 * Characters of statement that a rule, or the rules of one pass, may print to. ClickHouse parses at most 256 KB, and takes
 * about a second of processor time to plan 100 KB; fifty ordinary rules print to 20 KB.
 */
export const printedSizeMax = 120_000

export function printedSize(rule: ResolvedRule): number {
  let size = knownSizes.get(rule)
  if (size === undefined) {
    size = printEvaluation({ workspaceId: 1, rules: [rule], people: 'everyone', now: 0, silent: false }).text.length
    knownSizes.set(rule, size)
  }
  return size
}
const knownSizes = new WeakMap<ResolvedRule, number>()

/** How many people there are, how many of them match one rule, and the newest few of these. */
export function printEstimate(input: Omit<PassInput, 'rules'> & { rule: ResolvedRule; sampleMax: number }): Statement {
  const { params, guard, reading, names } = startReading({ ...input, rules: [input.rule] })
  const answer = printTree(input.rule, (leaf) => reading.leaves.get(names.get(leafIdentity(leaf)) ?? '')?.answer ?? 'false')
  return {
    text: `
select count() as total, countIf(matched) as count,
  arrayMap(id -> -id, groupArraySortedIf(${input.sampleMax})(-toInt64(person), matched)) as sample
from (select base.person as person, ${answer} as matched ${printFrom(reading, input.people, guard)})`,
    params: params.values,
  }
}
