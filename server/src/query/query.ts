import type { ClickHouse, WorkClass } from '../platform/db/clickhouse.ts'
import { combiners } from './combine.ts'
import { type People, printedSize, printedSizeMax } from './print.ts'
import type { ResolvedRule } from './resolved.ts'
import { endOfPiece, estimateRow, evaluationRows, redirectRows } from './store.ts'

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
}

export interface Query {
  /** All rules, in their order, over all the people. Ids that are unknown or merged away match nothing. */
  evaluate(input: EvaluateInput): Promise<Evaluation[]>
  estimate(input: { workspaceId: number; rule: ResolvedRule; now: number; sampleMax: number }): Promise<Estimate>
  /** Of the given ids those that were merged away, with the person that each lives on in. */
  redirects(workspaceId: number, personIds: readonly number[]): Promise<Map<number, number>>
  /** The last id of the next `size` people after `after`, or null when fewer are left: to walk everyone in bounded pieces. */
  endOfPiece(workspaceId: number, after: number, size: number): Promise<number | null>
}

/** Keeps the list of people, which may travel in a URL, well under a server's limit of 1 MB. */
const peoplePerPassMax = 5_000

/** Neighbouring rules together, as many as fit a pass. */
function passesOf(rules: readonly ResolvedRule[]): ResolvedRule[][] {
  const passes: ResolvedRule[][] = []
  let room = 0
  for (const rule of rules) {
    const size = printedSize(rule)
    if (passes.length === 0 || size > room) {
      passes.push([])
      room = printedSizeMax
    }
    passes.at(-1)?.push(rule)
    room -= size
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
    const combine = combiners(input.rules)
    // A rule that holds where no leaf does needs to hear of everyone.
    const silent = combine.every((one) => !one({ held: [], wait: [] }).holds)
    await evaluationRows(clickhouse, workOf(input.people), { ...input, silent }, (rows) => {
      for (const { person, held, wait } of rows) {
        for (const [i, one] of combine.entries()) {
          const { holds, staysMs } = one({ held, wait })
          if (holds) answers[i]?.people.add(person)
          if (staysMs < Number.POSITIVE_INFINITY) answers[i]?.next.set(person, input.now + staysMs)
        }
      }
    })
  }

  return {
    async evaluate({ workspaceId, rules, people, now }) {
      const passes = passesOf(rules)
      const answers: Answers[] = rules.map(() => ({ people: new Set(), next: new Map() }))
      for (const slice of slicesOf(people)) {
        let first = 0
        for (const pass of passes) {
          await evaluatePass({ workspaceId, rules: pass, people: slice, now }, answers.slice(first, first + pass.length))
          first += pass.length
        }
      }
      return answers
    },
    estimate: (input) => estimateRow(clickhouse, input),
    async redirects(workspaceId, personIds) {
      const rows = await redirectRows(clickhouse, workspaceId, personIds)
      return new Map(rows.map((row) => [row.id, row.person]))
    },
    endOfPiece: (workspaceId, after, size) => endOfPiece(clickhouse, workspaceId, after, size),
  }
}
