import { setImmediate } from 'node:timers/promises'
import type { ClickHouse, WorkClass } from '../platform/db/clickhouse.ts'
import { type Answers as BlockAnswers, emptyBits, setBit } from './answers.ts'
import { compileProgram, type Program } from './combine.ts'
import { type Estimate, type EstimateInput, estimate } from './estimate.ts'
import { needsOf } from './needs.ts'
import { loadFacts } from './people-facts.ts'
import { compilePredicate, type Predicate } from './predicate.ts'
import { printedSize, printedSizeMax } from './print.ts'
import type { People } from './print-source.ts'
import { distinctLeaves, type ResolvedRule } from './resolved.ts'
import { evaluationRows, peopleAfter, redirectRows } from './store.ts'
import { zoneOf } from './zone.ts'

export type { People } from './print-source.ts'

export interface Evaluation {
  /** The people for whom the rule holds. */
  readonly people: ReadonlySet<number>
  /** By person: the next instant (ms, later than `now`) at which the answer may change without an event. Absent: never. */
  readonly next: ReadonlyMap<number, number>
}

export interface EvaluateInput {
  readonly workspaceId: number
  readonly rules: readonly ResolvedRule[]
  readonly people: People
  /** Milliseconds. Events later than this do not exist. */
  readonly now: number
  /** The workspace's: where days begin. */
  readonly timeZone: string
  /** Of people by list, which rules (places in `rules`) each is asked; all where nothing is said. People with the same ones share the list. */
  readonly asked?: ReadonlyMap<number, readonly number[]>
}

/** People by list, or the next so many living ones after a number. */
export type Block = readonly number[] | { readonly after: number; readonly limit: number }
export type AskInput = Omit<EvaluateInput, 'people'> & { readonly people: Block }

export interface Query {
  /** Rules over a block of people, in memory where that can be. Unknown and merged ids are left out. */
  ask(input: AskInput): Promise<BlockAnswers>
  /**
   * All rules, in their order, over all the people. Ids that are unknown or merged away match nothing. People by list are
   * asked in memory, except those with very many events, or all of them where it is to be `printed`.
   */
  evaluate(input: EvaluateInput, how?: 'best' | 'printed'): Promise<Evaluation[]>
  /** How many people a rule means, of all or of some who were drawn. */
  estimate(input: EstimateInput): Promise<Estimate>
  /** Of the given ids those that were merged away, with the person that each lives on in. */
  redirects(workspaceId: number, personIds: readonly number[]): Promise<Map<number, number>>
  /** The next living people after `after`, by id: to walk everyone in bounded pieces. */
  peopleAfter(workspaceId: number, after: number, limit: number): Promise<number[]>
}

/**
 * How many people are read at a time, and how many events of each at most; who has more comes in the next round, and at last in
 * SQL. So a piece stays within the memory that is set for it, and their list, which may travel in a URL, well under a megabyte.
 */
const rounds = [
  { people: 1_000, events: 2_000 },
  { people: 50, events: 20_000 },
] as const
const printedPeopleMax = 2_000
/** Between the answers for people others get their turn. */
const turnMs = 15

/** Neighbouring rules together, as many as fit a pass; a leaf that several of them have is printed once. */
export function passesOf(rules: readonly ResolvedRule[]): ResolvedRule[][] {
  const passes: ResolvedRule[][] = []
  let [printed, room] = [new Set<string>(), 0]
  for (const rule of rules) {
    const leaves = [...distinctLeaves([rule])]
    const sizeBeside = (others: ReadonlySet<string>) =>
      leaves.reduce((sum, [identity, leaf]) => sum + (others.has(identity) ? 0 : printedSize(leaf)), 0)
    if (passes.length === 0 || sizeBeside(printed) > room) {
      passes.push([])
      ;[printed, room] = [new Set(), printedSizeMax]
    }
    room -= sizeBeside(printed)
    for (const [identity] of leaves) printed.add(identity)
    passes.at(-1)?.push(rule)
  }
  return passes
}

function* slicesOf(people: readonly number[], size: number): Generator<readonly number[]> {
  for (let start = 0; start < people.length; start += size) yield people.slice(start, start + size)
}

const workOf = (people: People): WorkClass => (people === 'everyone' ? 'batch' : 'live')

interface Answers {
  readonly people: Set<number>
  readonly next: Map<number, number>
}

export function createQuery({ clickhouse }: { clickhouse: ClickHouse }): Query {
  function note(program: Program, person: number, now: number, answers: readonly Answers[]): void {
    for (const [i, answer] of answers.entries()) {
      if (program.holds(i)) answer.people.add(person)
      const staysMs = program.staysMs(i)
      if (staysMs < Number.POSITIVE_INFINITY) answer.next.set(person, now + staysMs)
    }
  }

  async function evaluatePass(input: EvaluateInput, answers: readonly Answers[]): Promise<void> {
    const program = compileProgram(input.rules)
    program.run({ held: [], wait: [] })
    // A rule that holds where no leaf does needs to hear of everyone.
    const silent = input.rules.every((_, i) => !program.holds(i))
    await evaluationRows(clickhouse, workOf(input.people), { ...input, silent }, (rows) => {
      for (const { person, held, wait } of rows) {
        program.run({ held, wait })
        note(program, person, input.now, answers)
      }
    })
  }

  async function evaluatePrinted(input: EvaluateInput, people: People, answers: readonly Answers[]): Promise<void> {
    const slices = people === 'everyone' ? [people] : slicesOf(people, printedPeopleMax)
    for (const slice of slices) {
      let first = 0
      for (const rules of passesOf(input.rules)) {
        await evaluatePass({ ...input, rules, people: slice }, answers.slice(first, first + rules.length))
        first += rules.length
      }
    }
  }

  /** People by list: printed rules take seconds to plan, so what is known of the people comes here and the rules are asked here. */
  async function evaluateLoaded(input: EvaluateInput, people: readonly number[], answers: readonly Answers[]): Promise<void> {
    const { workspaceId, rules, now, timeZone, asked } = input
    const all = rules.map((_, place) => place)
    const parts = new Map<readonly number[], { predicate: Predicate; answers: Answers[] }>()
    const partFor = (person: number) => {
      const places = asked?.get(person) ?? all
      const known = parts.get(places)
      if (known !== undefined) return known
      const predicate = compilePredicate(
        places.flatMap((place) => rules[place] ?? []),
        now,
        timeZone,
      )
      const part = { predicate, answers: places.flatMap((place) => answers[place] ?? []) }
      parts.set(places, part)
      return part
    }
    const needs = needsOf([...distinctLeaves(rules).values()], { now, zone: zoneOf(timeZone) })
    let left = people
    for (const round of rounds) {
      const large: number[] = []
      for (const slice of slicesOf(left, round.people)) {
        const { histories, tooMany } = await loadFacts(clickhouse, { workspaceId, people: slice, needs }, round.events)
        let since = performance.now()
        for (const person of histories) {
          const part = partFor(person.personId)
          note(part.predicate.ask(person), person.personId, now, part.answers)
          if (performance.now() - since < turnMs) continue
          await setImmediate()
          since = performance.now()
        }
        large.push(...tooMany)
      }
      left = large
    }
    await evaluatePrinted(input, left, answers)
  }

  async function ask(input: AskInput): Promise<BlockAnswers> {
    const { workspaceId, rules } = input
    const people =
      'after' in input.people
        ? await peopleAfter(clickhouse, workspaceId, input.people.after, input.people.limit)
        : input.people.toSorted((a, b) => a - b)
    const found: Answers[] = rules.map(() => ({ people: new Set(), next: new Map() }))
    await evaluateLoaded({ ...input, people }, people, found)
    const places = new Map(people.map((person, place) => [person, place]))
    const due = new Float64Array(people.length).fill(Number.POSITIVE_INFINITY)
    const held = found.map((answer) => {
      const bits = emptyBits(people.length)
      for (const person of answer.people) setBit(bits, places.get(person) ?? 0)
      for (const [person, at] of answer.next) {
        const place = places.get(person) ?? 0
        due[place] = Math.min(due[place] ?? at, at)
      }
      return bits
    })
    return { people, held, due }
  }

  return {
    async evaluate(input, how = 'best') {
      const answers: Answers[] = input.rules.map(() => ({ people: new Set(), next: new Map() }))
      const { people } = input
      if (people === 'everyone' || how === 'printed') await evaluatePrinted(input, people, answers)
      else await evaluateLoaded(input, people, answers)
      return answers
    },
    ask,
    estimate: (input) => estimate(clickhouse, input),
    async redirects(workspaceId, personIds) {
      const rows = await redirectRows(clickhouse, workspaceId, personIds)
      return new Map(rows.map((row) => [row.id, row.person]))
    },
    peopleAfter: (workspaceId, after, limit) => peopleAfter(clickhouse, workspaceId, after, limit),
  }
}
