import { readsOf } from './needs.ts'
import { createParamBag, workspaceGuard } from './params.ts'
import { printDates } from './print-date.ts'
import { type PrintedLeaf, printEventLeaf } from './print-event.ts'
import { hasNeedle, jsonPlace, printFilter } from './print-filter.ts'
import { printOccurrence } from './print-occurrence.ts'
import { printPreference } from './print-preference.ts'
import { printRandom } from './print-random.ts'
import { printSequence } from './print-sequence.ts'
import { among, amongWithOld, livingPerson, type People, peopleSource, printTime, type Statement } from './print-source.ts'
import { printedNever } from './print-window.ts'
import { createReading, type Reading } from './reading.ts'
import { distinctLeaves, type Leaf, type ResolvedRule } from './resolved.ts'
import { zoneOf } from './zone.ts'

function printMember(leaf: Extract<Leaf, { kind: 'member' }>, { params, member }: Reading): PrintedLeaf {
  const values = leaf.values === null ? '' : ` and value in (${params.bind('Array(String)', leaf.values)})`
  const name = member(`kind = ${params.bind('String', leaf.of)} and key = ${params.bind('String', leaf.key)}${values}`)
  return { answer: `(ifNull(${name}, 0) = 1)`, next: [] }
}

function printLeaf(leaf: Leaf, reading: Reading): PrintedLeaf {
  switch (leaf.kind) {
    case 'attribute': {
      const { condition, flips } = printFilter(leaf.filter, reading.attribute('attributes'), reading, reading.attribute)
      return { answer: `(${condition})`, next: flips === null ? [] : [flips] }
    }
    case 'member':
      return printMember(leaf, reading)
    case 'event':
      return printEventLeaf(leaf, reading)
    case 'occurrence':
      return printOccurrence(leaf, reading)
    case 'sequence':
      return printSequence(leaf, reading)
    case 'preference':
      return printPreference(leaf, reading)
    case 'random':
      return printRandom(leaf, reading)
  }
}

const listed = (columns: ReadonlyMap<string, string>) => [...columns].map(([expression, name]) => `${expression} as ${name}`)

/** `inner` with more columns, where there are any. */
function withColumns(inner: string, columns: ReadonlyMap<string, string>): string {
  return columns.size === 0 ? inner : `select *, ${listed(columns).join(', ')} from (${inner})`
}

function eventsSource(reading: Reading, people: People, guard: string): string {
  const { params, oldest, columns, sinceAttributes } = reading
  const since = oldest === null ? [] : [`time > ${printTime(oldest, params)}`]
  const conditions = [
    guard,
    `event in (${params.bind('Array(String)', [...reading.events])})`,
    ...since,
    ...amongWithOld(people, guard, params),
  ]
  const properties = reading.properties.needed ? ', properties' : ''
  const rows = `
    select ${livingPerson(people, guard, params)} as person, event, toUnixTimestamp64Milli(time) as ms${properties}
    from events where ${conditions.join(' and ')}`
  const dated = withColumns(sinceAttributes.size === 0 ? rows : withSince(rows, reading, people, guard), columns.date)
  const grouped = `select person, ${listed(columns.person).join(', ')} from (${withColumns(dated, columns.event)}) group by person`
  return reading.derivedColumns.reduce(withColumns, grouped)
}

/** Events beside the dates of their person that windows begin with. */
function withSince(rows: string, reading: Reading, people: People, guard: string): string {
  const { params, sinceAttributes } = reading
  const dates = [...sinceAttributes].map(([attribute, name]) => {
    const place = jsonPlace('attributes', attribute, params)
    return `${printDates(`if(${place.type} = 'String', ${place.string}, '')`, reading)} as ${name}`
  })
  const profiles = peopleSource(['attributes'], people, guard, params)
  return `select rows.*, ${[...sinceAttributes.values()].map((name) => `starts.${name} as ${name}`).join(', ')}
    from (${rows}) as rows
    left any join (select person, ${dates.join(', ')} from (${profiles})) as starts on starts.person = rows.person`
}

function membersSource(reading: Reading, people: People, guard: string): string {
  const { params, columns } = reading
  const asked = [...columns.member.keys()].map((condition) => `(${condition})`).join(' or ')
  const conditions = [guard, `(${asked})`, ...among(people, 'person_id', params)]
  const held = [...columns.member].map(([condition, name]) => `maxIf(inside, ${condition}) as ${name}`)
  return `
    select person, ${held.join(', ')}
    from (
      select person_id as person, kind, key, value, argMax(entered, seq) as inside
      from membership_changes where ${conditions.join(' and ')} group by person_id, kind, key, value
    ) group by person`
}

/** One row per living person, with everything that the leaves' expressions need. */
function printFrom(reading: Reading, people: People, guard: string): string {
  const { params, columns, events } = reading
  const attributes = columns.attribute.size > 0
  const profiles = peopleSource(attributes ? ['attributes'] : [], people, guard, params)
  const joins = [
    ...(events.size > 0 ? [`left join (${eventsSource(reading, people, guard)}) as event_facts on event_facts.person = base.person`] : []),
    ...(columns.member.size > 0
      ? [`left join (${membersSource(reading, people, guard)}) as member_facts on member_facts.person = base.person`]
      : []),
  ]
  return `
  from (${withColumns(profiles, columns.attribute)}) as base
  ${joins.join('\n  ')}`
}

export interface PassInput {
  readonly workspaceId: number
  readonly rules: readonly ResolvedRule[]
  readonly people: People
  readonly now: number
  readonly timeZone: string
}

function startReading(input: PassInput) {
  const params = createParamBag()
  const guard = workspaceGuard(input.workspaceId, params)
  const reading = createReading(params, { now: input.now, zone: zoneOf(input.timeZone) })
  const leaves = [...distinctLeaves(input.rules).values()].map((leaf) => printLeaf(leaf, reading))
  const held = `cast([${leaves.map((leaf) => leaf.answer).join(', ')}], 'Array(UInt8)')`
  return { params, guard, reading, leaves, held }
}

const earliest = (instants: readonly string[]) =>
  instants.length === 0 ? printedNever : instants.length === 1 ? instants[0] : `least(${[...new Set(instants)].join(', ')})`

/**
 * One pass for many rules: a row for each person with the answers of the distinct leaves, in the order of
 * `distinctLeaves`, and for each the milliseconds until it may change (0: never). The trees are put together by the
 * caller: printed into the statement they took ClickHouse more than half of its planning (50 rules: 430 ms of processor
 * time against 143). `silent`: people for whom every leaf is false and stays so may be left out.
 */
export function printEvaluation(input: PassInput & { silent: boolean }): Statement {
  const { params, guard, reading, leaves, held } = startReading(input)
  const now = params.bind('Int64', input.now)
  const next = `cast([${leaves.map((leaf) => earliest(leaf.next)).join(', ')}], 'Array(Int64)')`
  const wait = `arrayMap(at -> if(at = ${printedNever}, toInt64(0), at - ${now}), ${next}) as wait`
  const all = `select base.person as person, ${held} as held, ${wait} ${printFrom(reading, input.people, guard)}`
  const text = input.silent ? `select person, held, wait from (${all}) where has(held, 1) or arrayExists(ms -> ms > 0, wait)` : all
  return { text: `${text}\nsettings ${settingsFor(input.rules)}`, params: params.values }
}

/** Every statement is another one (it holds the instant), so what the compiler makes of it is never used again. */
const withoutCompiler = 'compile_expressions = 0, compile_aggregate_expressions = 0'

/**
 * ClickHouse parses a property only where the conditions before it hold, but then once for each leaf. Where many leaves parse, it is
 * told to parse once for all rows: ten conditions on half a million events then take 3.5 s of processor time and not 8.
 */
function settingsFor(rules: readonly ResolvedRule[]): string {
  const parsing = [...distinctLeaves(rules).values()].filter(parsesEachEvent).length
  return parsing > 2 ? `${withoutCompiler}, short_circuit_function_evaluation = 'disable'` : withoutCompiler
}

/** Whether it reads a property otherwise than by looking for a text first. */
function parsesEachEvent(leaf: Leaf): boolean {
  return readsOf(leaf).some((read) => read.properties.length > 0 || !read.filters.every(hasNeedle))
}

/**
 * Characters of statement that a rule, or the rules of one pass, may print to. ClickHouse parses at most 256 KB, and takes
 * about a second of processor time to plan 100 KB; fifty ordinary rules print to 20 KB.
 */
export const printedSizeMax = 120_000

export function printedSize(rule: ResolvedRule): number {
  let size = knownSizes.get(rule)
  if (size === undefined) {
    size = printEvaluation({ workspaceId: 1, rules: [rule], people: 'everyone', now: 0, timeZone: 'UTC', silent: false }).text.length
    knownSizes.set(rule, size)
  }
  return size
}
const knownSizes = new WeakMap<ResolvedRule, number>()

/** How many people have each combination of the rule's leaves, and the newest few of them; by cluster of `step` numbers, if asked. */
export function printEstimate(
  input: Omit<PassInput, 'rules'> & { rule: ResolvedRule; sampleMax: number; cluster: { first: number; step: number } | null },
): Statement {
  const { params, guard, reading, held } = startReading({ ...input, rules: [input.rule] })
  const cluster =
    input.cluster === null
      ? '0'
      : `intDiv(base.person - ${params.bind('UInt64', input.cluster.first)}, ${params.bind('UInt64', input.cluster.step)})`
  return {
    text: `
select cluster, held, count() as people, arrayMap(id -> -id, groupArraySorted(${input.sampleMax})(-toInt64(person))) as newest
from (select base.person as person, ${cluster} as cluster, ${held} as held ${printFrom(reading, input.people, guard)}) group by cluster, held`,
    params: params.values,
  }
}
