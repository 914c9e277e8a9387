import type { ClickHouse, WorkClass } from '../platform/db/clickhouse.ts'
import { compileProgram } from './combine.ts'
import { printedSize, printedSizeMax } from './print.ts'
import type { People } from './print-source.ts'
import { distinctLeaves, type ResolvedRule } from './resolved.ts'
import { evaluationRows } from './store.ts'

// Rules asked in SQL: of whoever has too much to be read, and by tests, to whom it is a second opinion on what is asked in memory.

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
}

const peopleMax = 2_000

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

async function evaluatePass(clickhouse: ClickHouse, input: EvaluateInput, answers: readonly Answers[]): Promise<void> {
  const program = compileProgram(input.rules)
  program.run({ held: [], wait: [] })
  // A rule that holds where no leaf does needs to hear of everyone.
  const silent = input.rules.every((_, i) => !program.holds(i))
  await evaluationRows(clickhouse, workOf(input.people), { ...input, silent }, (rows) => {
    for (const { person, held, wait } of rows) {
      program.run({ held, wait })
      for (const [i, answer] of answers.entries()) {
        if (program.holds(i)) answer.people.add(person)
        const staysMs = program.staysMs(i)
        if (staysMs < Number.POSITIVE_INFINITY) answer.next.set(person, input.now + staysMs)
      }
    }
  })
}

/** All rules, in their order, over all the people. Ids that are unknown or merged away match nothing. */
export async function evaluatePrinted(clickhouse: ClickHouse, input: EvaluateInput): Promise<Evaluation[]> {
  const answers: Answers[] = input.rules.map(() => ({ people: new Set(), next: new Map() }))
  const { people } = input
  for (const slice of people === 'everyone' ? [people] : slicesOf(people, peopleMax)) {
    let first = 0
    for (const rules of passesOf(input.rules)) {
      await evaluatePass(clickhouse, { ...input, rules, people: slice }, answers.slice(first, first + rules.length))
      first += rules.length
    }
  }
  return answers
}
