import { type Bits, emptyBits, putBits } from '../platform/bits.ts'

/** What rules say of a block of people. */
export interface Answers {
  /** Living people, by ascending number. */
  readonly people: readonly number[]
  /** For each rule the people for whom it holds: bit `i` is `people[i]`. Nobody has a bit of a rule that they were not asked. */
  readonly held: readonly Bits[]
  /** For each of the people the first instant (ms, later than `now`) at which an answer may turn without an event; infinity: never. */
  readonly due: Float64Array
}

export const noAnswers = (people: readonly number[], rules: number): Answers => ({
  people,
  held: Array.from({ length: rules }, () => emptyBits(people.length)),
  due: new Float64Array(people.length).fill(Number.POSITIVE_INFINITY),
})

/** Blocks one after the other, the people of each later than those before, as one. */
export function joined(parts: readonly Answers[], rules: number): Answers {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const all = noAnswers(
    parts.flatMap((part) => part.people),
    rules,
  )
  let at = 0
  for (const part of parts) {
    for (const [rule, bits] of all.held.entries()) putBits(bits, at, part.held[rule] ?? emptyBits(0), part.people.length)
    all.due.set(part.due, at)
    at += part.people.length
  }
  return all
}
