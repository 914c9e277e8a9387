/** What rules say of a block of people. */
export interface Answers {
  /** Living people, by ascending number. */
  readonly people: readonly number[]
  /** For each rule the people for whom it holds: bit `i` is `people[i]`. Nobody has a bit of a rule that they were not asked. */
  readonly held: readonly Bits[]
  /** For each of the people the first instant (ms, later than `now`) at which an answer may turn without an event; infinity: never. */
  readonly due: Float64Array
}

/** Bit `i` is `1 << (i & 31)` in word `i >> 5`. Beyond the last of the people there are none. */
export type Bits = Uint32Array

export const emptyBits = (count: number): Bits => new Uint32Array((count + 31) >> 5)
export const hasBit = (bits: Bits, i: number): boolean => (((bits[i >> 5] ?? 0) >>> (i & 31)) & 1) === 1
export function setBit(bits: Bits, i: number): void {
  bits[i >> 5] = (bits[i >> 5] ?? 0) | (1 << (i & 31))
}

/** Puts the first `count` bits of `from` into `into`, where there are none yet, from place `at` on. */
export function putBits(into: Bits, at: number, from: Bits, count: number): void {
  const shift = at & 31
  for (let word = 0; word << 5 < count; word++) {
    const left = count - (word << 5)
    const bits = (from[word] ?? 0) & (left < 32 ? (1 << left) - 1 : -1)
    const target = (at >> 5) + word
    into[target] = (into[target] ?? 0) | (bits << shift)
    // A shift by 32 is one by 0.
    if (shift > 0 && target + 1 < into.length) into[target + 1] = (into[target + 1] ?? 0) | (bits >>> (32 - shift))
  }
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
