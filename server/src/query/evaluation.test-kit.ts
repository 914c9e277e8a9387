import { hasBit } from '../platform/bits.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { askPeople } from './ask.ts'
import { type PieceLimits, pieceLimits } from './pieces.ts'
import { type Evaluation, evaluatePrinted } from './printed.ts'
import type { AskInput } from './query.ts'
import { never } from './slab.ts'

/** What `ask` says of people by list, rule by rule with its own instants: of those that it answers, only the first of all is told. */
export async function evaluateInMemory(
  clickhouse: ClickHouse,
  { people: list, ...input }: Omit<AskInput, 'people'> & { people: readonly number[] },
  limits: PieceLimits = pieceLimits,
): Promise<Evaluation[]> {
  const answers = input.rules.map(() => ({ people: new Set<number>(), next: new Map<number, number>() }))
  const people = [...new Set(list)].sort((a, b) => a - b)
  await askPeople(
    { clickhouse, work: 'live', profilesOf: undefined },
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
      async tooLarge(person) {
        for (const [i, one] of (await evaluatePrinted(clickhouse, { ...input, people: [person] })).entries()) {
          for (const id of one.people) answers[i]?.people.add(id)
          for (const [id, at] of one.next) answers[i]?.next.set(id, at)
        }
      },
    },
  )
  return answers
}
