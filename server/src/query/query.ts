import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Answers, joined, noAnswers } from './answers.ts'
import { askPeople, note } from './ask.ts'
import { type Estimate, type EstimateInput, estimate } from './estimate.ts'
import type { ProfilesOf } from './people-facts.ts'
import { type PieceLimits, pieceLimits } from './pieces.ts'
import { evaluatePrinted } from './printed.ts'
import { type ReplayInput, type ReplayPiece, replay } from './replay.ts'
import type { ResolvedRule } from './resolved.ts'
import { never } from './slab.ts'
import { peopleAfter, redirectRows } from './store.ts'

/** People by list, or the next so many living ones after a number. */
export type Block = readonly number[] | { readonly after: number; readonly limit: number }

export interface AskInput {
  readonly workspaceId: number
  readonly rules: readonly ResolvedRule[]
  readonly people: Block
  /** Milliseconds. Events later than this do not exist. */
  readonly now: number
  /** The workspace's: where days begin. */
  readonly timeZone: string
  /** Of people by list, which rules (places in `rules`) each is asked; all where nothing is said. People with the same ones share the list. */
  readonly asked?: ReadonlyMap<number, readonly number[]>
}

export interface Query {
  /** Rules over a block of people, in memory where that can be. Unknown and merged ids are left out. */
  ask(input: AskInput): Promise<Answers>
  /** How many people a rule means, of all or of some who were drawn. */
  estimate(input: EstimateInput): Promise<Estimate>
  /** What was recorded of people, to be asked again moment by moment. */
  replay(input: ReplayInput, tooLarge: (person: number) => void): AsyncGenerator<ReplayPiece>
  /** Of the given ids those that were merged away, with the person that each lives on in. */
  redirects(workspaceId: number, personIds: readonly number[]): Promise<Map<number, number>>
  /** The next living people after `after`, by id: to walk everyone in bounded pieces. */
  peopleAfter(workspaceId: number, after: number, limit: number): Promise<number[]>
}

interface Deps {
  readonly clickhouse: ClickHouse
  /** Without it profiles are read from their copies. */
  readonly profilesOf?: ProfilesOf
  readonly limits?: PieceLimits
}

export function createQuery({ clickhouse, profilesOf, limits = pieceLimits }: Deps): Query {
  /** One who has too much to be read. */
  async function askPrinted(input: AskInput, person: number): Promise<Answers> {
    const [living] = await peopleAfter(clickhouse, input.workspaceId, person - 1, 1)
    if (living !== person) return noAnswers([], input.rules.length)
    const answers = await evaluatePrinted(clickhouse, { ...input, people: [person] })
    const asked = input.asked?.get(person)
    const own = answers.map((answer, rule) => (asked === undefined || asked.includes(rule) ? answer : null))
    return {
      people: [person],
      held: own.map((answer) => Uint32Array.of(answer?.people.has(person) === true ? 1 : 0)),
      due: Float64Array.of(Math.min(...own.map((answer) => answer?.next.get(person) ?? never))),
    }
  }

  async function ask(input: AskInput): Promise<Answers> {
    const { workspaceId, rules } = input
    const dense = 'after' in input.people
    const people =
      'after' in input.people
        ? await peopleAfter(clickhouse, workspaceId, input.people.after, input.people.limit)
        : [...new Set(input.people)].sort((a, b) => a - b)
    const parts: Answers[] = []
    await askPeople(
      { clickhouse, work: dense ? 'batch' : 'live', profilesOf },
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
    ask,
    estimate: (input) => estimate(clickhouse, input),
    replay: (input, tooLarge) => replay({ clickhouse, profilesOf }, input, tooLarge),
    async redirects(workspaceId, personIds) {
      const rows = await redirectRows(clickhouse, workspaceId, personIds)
      return new Map(rows.map((row) => [row.id, row.person]))
    },
    peopleAfter: (workspaceId, after, limit) => peopleAfter(clickhouse, workspaceId, after, limit),
  }
}
