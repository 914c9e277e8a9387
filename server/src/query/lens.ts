import { hasBit } from '../platform/bits.ts'
import { attributeColumns } from './columns.ts'
import { compileSlabProgram, type Plan } from './combine-slab.ts'
import type { Dictionaries } from './dictionary.ts'
import type { EventColumns, Facts } from './facts.ts'
import { firstAfter } from './hits.ts'
import { type LeafTest, testLeaf } from './leaf-test.ts'
import { needsOf } from './needs.ts'
import { textsOf } from './person-facts.ts'
import { distinctLeaves, type Leaf, leafIdentity, memberName, type ResolvedRule } from './resolved.ts'
import { never } from './slab.ts'
import type { Zone } from './zone.ts'

// Rules asked of one person at one moment after the other, of facts that lie in memory once. What happened after the moment is not seen,
// so the answers are those that would have been given then.

/** Some rules that are asked together. */
export interface Question {
  readonly rules: readonly number[]
  readonly plan: Plan
  /** Places in the leaves. */
  readonly leaves: readonly number[]
  readonly events: readonly string[]
}

/** The rules that a replay asks. */
export interface Asking {
  readonly rules: readonly ResolvedRule[]
  readonly zone: Zone
  /** Places in `rules`; equal ones are the same question. */
  question(rules: readonly number[]): Question
  /** Asks the person in the view. */
  ask(question: Question, facts: Facts, now: number): void
  /** Of the last that was asked. */
  holds(rule: number): boolean
  /** The first instant, later than the moment, at which one of the answers may turn by time alone; infinity: never. */
  due(question: Question): number
}

export function createAsking(rules: readonly ResolvedRule[], zone: Zone): Asking {
  const leaves = [...distinctLeaves(rules).values()]
  const leafPlaces = new Map([...distinctLeaves(rules).keys()].map((identity, place) => [identity, place]))
  const tests: LeafTest[] = leaves.map(() => () => {})
  const program = compileSlabProgram(rules, tests)
  const known = new Map<string, Question>()

  function leavesOf(places: readonly number[]): Leaf[] {
    return [...distinctLeaves(places.flatMap((place) => rules[place] ?? [])).values()]
  }

  return {
    rules,
    zone,
    question(places) {
      const key = places.join()
      let question = known.get(key)
      if (question === undefined) {
        const own = leavesOf(places)
        question = {
          rules: places,
          plan: program.planOf(places),
          leaves: own.flatMap((leaf) => leafPlaces.get(leafIdentity(leaf)) ?? []),
          events: [...needsOf(own, { now: 0, zone }).events.keys()],
        }
        known.set(key, question)
      }
      return question
    },
    ask(question, facts, now) {
      const moment = { now, zone, alone: true } as const
      for (const place of question.leaves) {
        const leaf = leaves[place]
        if (leaf !== undefined) tests[place] = testLeaf(leaf, moment)
      }
      program.run(question.plan, facts, 0, 1)
    },
    holds: (rule) => hasBit(program.saidOf(rule).held, 0),
    due(question) {
      let soonest = never
      for (const rule of question.rules) {
        const said = program.saidOf(rule)
        if (said.turning) soonest = Math.min(soonest, said.next[0] ?? never)
      }
      return soonest
    },
  }
}

/** Facts of many people, seen one person and one moment at a time. */
export interface Lens {
  /** The person's facts until `now`, as far as the question reads them; good until the next call. */
  at(place: number, question: Question, now: number): Facts
  /** From now on these are the person's attributes. */
  setAttributes(place: number, attributes: Readonly<Record<string, unknown>>): void
  setMember(place: number, of: 'tag' | 'segment', key: string, value: string, held: boolean): void
}

const nobody = new Uint32Array(0)
const somebody = Uint32Array.of(0)

interface View {
  readonly columns: EventColumns
  readonly view: {
    owners: Uint32Array
    lasts: Float64Array
    starts: Uint32Array
    times: Float64Array
    properties: EventColumns['properties']
  }
}

/** `dictionaries` are those of the facts. */
export function createLens(facts: Facts, dictionaries: Dictionaries): Lens {
  const people = [0]
  const names = new Set(facts.attributes.keys())
  const views = new Map<string, View>()
  for (const [name, columns] of facts.events) {
    const { times, properties } = columns
    views.set(name, { columns, view: { owners: nobody, lasts: new Float64Array(1), starts: new Uint32Array(2), times, properties } })
  }
  const attributes = new Map(
    [...facts.attributes].map(([name, { codes, dictionary }]) => [name, { all: codes, one: { codes: new Uint32Array(1), dictionary } }]),
  )
  const members = new Map<string, Map<string, { all: Uint8Array; one: Uint8Array }>>()
  const memberViews = new Map<string, Map<string, Uint8Array>>()
  const view: Facts = {
    people,
    attributes: new Map([...attributes].map(([name, { one }]) => [name, one])),
    events: new Map([...views].map(([name, one]) => [name, one.view])),
    members: memberViews,
  }

  function pointAt({ columns, view: own }: View, place: number, now: number): void {
    const start = columns.starts[place] ?? 0
    const end = firstAfter(columns.times, start, columns.starts[place + 1] ?? 0, now)
    own.starts[0] = start
    own.starts[1] = end
    own.owners = end > start ? somebody : nobody
    own.lasts[0] = end > start ? (columns.times[end - 1] ?? 0) : 0
  }

  return {
    at(place, question, now) {
      people[0] = facts.people[place] ?? 0
      for (const name of question.events) {
        const one = views.get(name)
        if (one !== undefined) pointAt(one, place, now)
      }
      for (const { all, one } of attributes.values()) one.codes[0] = all[place] ?? 0
      for (const values of members.values()) for (const { all, one } of values.values()) one[0] = all[place] ?? 0
      return view
    },
    setAttributes(place, values) {
      for (const [name, { codes }] of attributeColumns([textsOf([values])], names, dictionaries)) {
        const column = attributes.get(name)
        if (column !== undefined) column.all[place] = codes[0] ?? 0
      }
    },
    setMember(place, of, key, value, held) {
      const name = memberName(of, key)
      const values = members.get(name) ?? new Map<string, { all: Uint8Array; one: Uint8Array }>()
      members.set(name, values)
      const known = values.get(value) ?? { all: new Uint8Array(facts.people.length), one: new Uint8Array(1) }
      values.set(value, known)
      known.all[place] = held ? 1 : 0
      const seen = memberViews.get(name) ?? new Map<string, Uint8Array>()
      memberViews.set(name, seen)
      seen.set(value, known.one)
    },
  }
}
