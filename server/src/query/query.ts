import type { ClickHouse, WorkClass } from '../platform/db/clickhouse.ts'
import { type Answers as BlockAnswers, hasBit, joined, noAnswers } from './answers.ts'
import { askPeople, note } from './ask.ts'
import { compileProgram, type Program } from './combine.ts'
import { type Estimate, type EstimateInput, estimate } from './estimate.ts'
import { type PieceLimits, pieceLimits } from './pieces.ts'
import { printedSize, printedSizeMax } from './print.ts'
import type { People } from './print-source.ts'
import { distinctLeaves, type ResolvedRule } from './resolved.ts'
import { never } from './slab.ts'
import { evaluationRows, peopleAfter, redirectRows } from './store.ts'

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

const printedPeopleMax = 2_000

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

export function createQuery({ clickhouse, limits = pieceLimits }: { clickhouse: ClickHouse; limits?: PieceLimits }): Query {
  function noteRow(program: Program, person: number, now: number, answers: readonly Answers[]): void {
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
        noteRow(program, person, input.now, answers)
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
  async function evaluateLoaded(input: EvaluateInput, list: readonly number[], answers: readonly Answers[]): Promise<void> {
    const people = [...new Set(list)].sort((a, b) => a - b)
    await askPeople(
      clickhouse,
      'live',
      limits,
      { ...input, people, dense: false },
      {
        piece: (living) => ({
          take(places, rules, saidOf) {
            for (const rule of rules) {
              const [said, answer] = [saidOf(rule), answers[rule]]
              for (const [i, place] of places.entries()) {
                const person = living[place] ?? 0
                if (hasBit(said.held, i)) answer?.people.add(person)
                if (said.turning && said.next[i] !== never) answer?.next.set(person, said.next[i] ?? never)
              }
            }
          },
        }),
        tooLarge: (person) => evaluatePrinted(input, [person], answers),
      },
    )
  }

  /** One who has too much to be read. */
  async function askPrinted(input: AskInput, person: number): Promise<BlockAnswers> {
    const [living] = await peopleAfter(clickhouse, input.workspaceId, person - 1, 1)
    if (living !== person) return noAnswers([], input.rules.length)
    const answers: Answers[] = input.rules.map(() => ({ people: new Set(), next: new Map() }))
    await evaluatePrinted({ ...input, people: [person] }, [person], answers)
    const asked = input.asked?.get(person)
    const own = answers.map((answer, rule) => (asked === undefined || asked.includes(rule) ? answer : null))
    return {
      people: [person],
      held: own.map((answer) => Uint32Array.of(answer?.people.has(person) === true ? 1 : 0)),
      due: Float64Array.of(Math.min(...own.map((answer) => answer?.next.get(person) ?? never))),
    }
  }

  async function ask(input: AskInput): Promise<BlockAnswers> {
    const { workspaceId, rules } = input
    const dense = 'after' in input.people
    const people =
      'after' in input.people
        ? await peopleAfter(clickhouse, workspaceId, input.people.after, input.people.limit)
        : [...new Set(input.people)].sort((a, b) => a - b)
    const parts: BlockAnswers[] = []
    await askPeople(
      clickhouse,
      dense ? 'batch' : 'live',
      limits,
      { ...input, people, dense },
      {
        piece(living) {
          const part = noAnswers(living, rules.length)
          parts.push(part)
          return { take: (places, asked, saidOf) => note(part, places, asked, saidOf) }
        },
        async tooLarge(person) {
          parts.push(await askPrinted(input, person))
        },
      },
    )
    return joined(parts, rules.length)
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
