import type { Params } from '../platform/db/clickhouse.ts'
import { createParamBag, type ParamBag, workspaceGuard } from './params.ts'
import { never, type PrintedLeaf, printEventLeaf, printedNever, printFuture } from './print-event.ts'
import { printFilter } from './print-filter.ts'
import { leavesOf, type ResolvedRule } from './resolved.ts'
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

function readLeaf(leaf: ReturnType<typeof leavesOf>[number], reading: Reading): Answer {
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

/** Leaves become columns `…_b` (answer) and `…_x` (next change) of one row per person; rules are expressions over these. */
function leafColumns(reading: Reading, rules: readonly ResolvedRule[]): Map<string, string> {
  const columns = new Map<string, string>()
  for (const leaf of rules.flatMap(leavesOf)) {
    const identity = JSON.stringify(leaf)
    if (columns.has(identity)) continue
    const name = `l${reading.leaves.size}`
    reading.leaves.set(name, readLeaf(leaf, reading))
    columns.set(identity, name)
  }
  return columns
}

/**
 * The answer of a tree, and a lower bound of when it changes. A false `all` cannot turn before the last of its false
 * children has, nor a true `any` before the last of its true ones: that spares most checks of people far from the rule.
 */
function printTree(rule: ResolvedRule, columns: ReadonlyMap<string, string>): Answer {
  if (rule.kind === 'not') {
    const inner = printTree(rule.rule, columns)
    return { answer: `(not ${inner.answer})`, next: inner.next }
  }
  if (rule.kind !== 'all' && rule.kind !== 'any') {
    const name = columns.get(JSON.stringify(rule))
    return { answer: `${name}_b`, next: `${name}_x` }
  }
  const isAll = rule.kind === 'all'
  if (rule.rules.length === 0) return { answer: isAll ? '1' : '0', next: printedNever }
  const children = rule.rules.map((child) => printTree(child, columns))
  const [only] = children
  if (only !== undefined && children.length === 1) return only
  const answer = `(${children.map((child) => child.answer).join(isAll ? ' and ' : ' or ')})`
  const soonest = `least(${children.map((child) => child.next).join(', ')})`
  const deciding = (child: Answer) =>
    isAll ? `if(${child.answer}, toInt64(0), ${child.next})` : `if(${child.answer}, ${child.next}, toInt64(0))`
  const last = `greatest(${children.map(deciding).join(', ')})`
  return { answer, next: isAll ? `if(${answer}, ${soonest}, ${last})` : `if(${answer}, ${last}, ${soonest})` }
}

/** Conditions on the person column of a table that knows only living people. */
function among(people: People, column: string, params: ParamBag): string[] {
  if (people === 'everyone') return []
  if ('from' in people) return [`${column} between ${params.bind('UInt64', people.from)} and ${params.bind('UInt64', people.to)}`]
  return [`${column} in (${params.bind('Array(UInt64)', people)})`]
}

/** The same for events, which stay under the id that they came with: the old ids of the wanted people count too. */
function amongWithOld(people: People, guard: string, params: ParamBag): string[] {
  const [direct] = among(people, 'person_id', params)
  if (direct === undefined) return []
  return [`(${direct} or person_id in (select old_person_id from person_overrides where ${guard} and ${direct}))`]
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
    `dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id) as person`,
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

/** One row per living person with a column for each leaf: everything that the rules of a pass need to know. */
function leavesSource(reading: Reading, people: People, guard: string): string {
  const { params } = reading
  const columns = [...reading.leaves].flatMap(([name, leaf]) => [`${leaf.answer} as ${name}_b`, `toInt64(${leaf.next}) as ${name}_x`])
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
  select ${['base.person as person', ...columns].join(', ')}
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

function printPass(input: PassInput): { source: string; answers: Answer[]; params: ParamBag } {
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
  const columns = leafColumns(reading, input.rules)
  const answers = input.rules.map((rule) => printTree(rule, columns))
  return { source: leavesSource(reading, input.people, guard), answers, params }
}

/**
 * One pass for many rules: a row for each person who matches at least one or whose answer may change by itself, with the
 * positions of the rules that hold and, for each rule, the instant (ms) of its next possible change or `never`.
 */
export function printEvaluation(input: PassInput): Statement {
  const { source, answers, params } = printPass(input)
  const held = `arrayFilter((i, held) -> held, range(${answers.length}), [${answers.map((a) => `toUInt8(${a.answer})`).join(', ')}])`
  const next = `[${answers.map((a) => `toInt64(${a.next})`).join(', ')}]`
  return {
    text: `select person, ${held} as held, ${next} as next from (${source}\n) where notEmpty(held) or arrayMin(next) < ${never}`,
    params: params.values,
  }
}

/** How many people there are, how many of them match one rule, and the newest few of these. */
export function printEstimate(input: Omit<PassInput, 'rules'> & { rule: ResolvedRule; sampleMax: number }): Statement {
  const { source, answers, params } = printPass({ ...input, rules: [input.rule] })
  const answer = answers[0]?.answer ?? '0'
  return {
    text: `
select count() as total, countIf(matched) as count,
  arrayMap(id -> -id, groupArraySortedIf(${input.sampleMax})(-toInt64(person), matched)) as sample
from (select person, ${answer} as matched from (${source}\n))`,
    params: params.values,
  }
}
