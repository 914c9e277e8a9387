/** What rules say of a block of people. */
export interface Answers {
  /** Living people, by ascending number. */
  readonly people: readonly number[]
  /** For each rule the people for whom it holds: bit `i` is `people[i]`. Nobody has a bit of a rule that they were not asked. */
  readonly held: readonly Bits[]
  /** For each of the people the first instant (ms, later than `now`) at which an answer may turn without an event; infinity: never. */
  readonly due: Float64Array
}

/** Bit `i` is `1 << (i & 31)` in word `i >> 5`. */
export type Bits = Uint32Array

export const emptyBits = (count: number): Bits => new Uint32Array((count + 31) >> 5)
export const hasBit = (bits: Bits, i: number): boolean => (((bits[i >> 5] ?? 0) >>> (i & 31)) & 1) === 1
export function setBit(bits: Bits, i: number): void {
  bits[i >> 5] = (bits[i >> 5] ?? 0) | (1 << (i & 31))
}
