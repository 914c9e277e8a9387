/** Sets of places: bit `i` is `1 << (i & 31)` in word `i >> 5`. Beyond the last place there are none. */
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
