import type { ClickHouse, WorkClass } from '../platform/db/clickhouse.ts'
import { compileProgram } from './combine.ts'
import { type People, printedSize, printedSizeMax } from './print.ts'
import { distinctLeaves, type ResolvedRule } from './resolved.ts'
import { endOfPiece, estimateRows, evaluationRows, redirectRows } from './store.ts'

export type { People } from './print.ts'

export interface Evaluation {
  /** The people for whom the rule holds. */
  readonly people: ReadonlySet<number>
  /** By person: the next instant (ms, later than `now`) at which the answer may change without an event. Absent: never. */
  readonly next: ReadonlyMap<number, number>
}

export interface Estimate {
  /** People for whom the rule holds, of `total`. */
  readonly count: number
  readonly total: number
  /** The newest of them. */
  readonly sample: readonly number[]
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

export type EstimateInput = Omit<EvaluateInput, 'rules' | 'people'> & { readonly rule: ResolvedRule; readonly sampleMax: number }

export interface Query {
  /** All rules, in their order, over all the people. Ids that are unknown or merged away match nothing. */
  evaluate(input: EvaluateInput): Promise<Evaluation[]>
  estimate(input: EstimateInput): Promise<Estimate>
  /** Of the given ids those that were merged away, with the person that each lives on in. */
  redirects(workspaceId: number, personIds: readonly number[]): Promise<Map<number, number>>
  /** The last id of the next `size` people after `after`, or null when fewer are left: to walk everyone in bounded pieces. */
  endOfPiece(workspaceId: number, after: number, size: number): Promise<number | null>
}

/** Keeps the list of people, which may travel in a URL, well under a server's limit of 1 MB. */
const peoplePerPassMax = 5_000

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

function slicesOf(people: People): People[] {
  if (people === 'everyone' || 'from' in people) return [people]
  const slices: People[] = []
  for (let start = 0; start < people.length; start += peoplePerPassMax) slices.push(people.slice(start, start + peoplePerPassMax))
  return slices
}

const workOf = (people: People): WorkClass => (people === 'everyone' || 'from' in people ? 'batch' : 'live')

interface Answers {
  readonly people: Set<number>
  readonly next: Map<number, number>
}

export function createQuery({ clickhouse }: { clickhouse: ClickHouse }): Query {
  async function evaluatePass(input: EvaluateInput, answers: readonly Answers[]): Promise<void> {
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

  async function estimate(input: EstimateInput): Promise<Estimate> {
    const program = compileProgram([input.rule])
    let [total, count] = [0, 0]
    const sample: number[] = []
    for (const { held, people, newest } of await estimateRows(clickhouse, input)) {
      program.run({ held, wait: [] })
      total += people
      if (!program.holds(0)) continue
      count += people
      sample.push(...newest)
    }
    return { total, count, sample: sample.sort((a, b) => b - a).slice(0, input.sampleMax) }
  }

  return {
    async evaluate({ rules, people, ...rest }) {
      const passes = passesOf(rules)
      const answers: Answers[] = rules.map(() => ({ people: new Set(), next: new Map() }))
      for (const slice of slicesOf(people)) {
        let first = 0
        for (const pass of passes) {
          await evaluatePass({ ...rest, rules: pass, people: slice }, answers.slice(first, first + pass.length))
          first += pass.length
        }
      }
      return answers
    },
    estimate,
    async redirects(workspaceId, personIds) {
      const rows = await redirectRows(clickhouse, workspaceId, personIds)
      return new Map(rows.map((row) => [row.id, row.person]))
    },
    endOfPiece: (workspaceId, after, size) => endOfPiece(clickhouse, workspaceId, after, size),
  }
}
