import { type Bits, emptyBits, hasBit, setBit } from '../query/index.ts'

// Sets of places, 32 to a word.

export function fullBits(count: number): Bits {
  const bits = emptyBits(count).fill(0xffff_ffff)
  if (count % 32 !== 0) bits[bits.length - 1] = 2 ** (count % 32) - 1
  return bits
}

/** Places in rising order. */
export function forEachPlace(bits: Bits, take: (place: number) => void): void {
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word] ?? 0; rest !== 0; rest &= rest - 1) take(word * 32 + 31 - Math.clz32(rest & -rest))
  }
}

export const hasAny = (bits: Bits): boolean => bits.some((word) => word !== 0)

/** Word by word; null stands for all places. */
export const bothOf = (one: Bits, other: Bits | null): Bits => (other === null ? one : one.map((word, i) => word & (other[i] ?? 0)))

export function addBits(into: Bits, more: Bits): void {
  for (let word = 0; word < into.length; word++) into[word] = (into[word] ?? 0) | (more[word] ?? 0)
}

/** The bits of some places, in the order in which these are named. */
export function bitsAt(bits: Bits, places: readonly number[]): Bits {
  const some = emptyBits(places.length)
  for (let i = 0; i < places.length; i++) if (hasBit(bits, places[i] ?? 0)) setBit(some, i)
  return some
}
