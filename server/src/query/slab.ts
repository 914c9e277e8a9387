import type { Bits } from '../platform/bits.ts'

/** So many people are asked one leaf after the other: what is known of them and said of them stays near the processor. */
export const slabMax = 2_048

export const never = Number.POSITIVE_INFINITY

const noNext = new Float64Array(0)

/** What one part of rules says of a slab's people, by place in the slab. */
export class Said {
  /** Beyond the slab's people the bits mean nothing. */
  readonly held: Bits = new Uint32Array(slabMax >> 5)
  /** Where `turning`: the first instant (ms) at which the answer may turn without an event. Else nobody's ever does. */
  next = noNext
  turning = false

  /** The same for everybody. */
  fill(holds: boolean): void {
    this.held.fill(holds ? 0xffff_ffff : 0)
    this.turning = false
  }
  hold(place: number, holds: boolean): void {
    const word = place >> 5
    const bit = 1 << (place & 31)
    this.held[word] = holds ? (this.held[word] ?? 0) | bit : (this.held[word] ?? 0) & ~bit
  }
  /** By place, what the test says of the person who stands `from` places later among the people. */
  holdWhere(test: (person: number) => boolean, from: number, to: number): void {
    for (let first = from, word = 0; first < to; first += 32, word++) {
      const last = Math.min(first + 32, to)
      let bits = 0
      for (let person = first; person < last; person++) if (test(person)) bits |= 1 << (person - first)
      this.held[word] = bits
    }
    this.turning = false
  }
  /** Once a person at most. */
  turns(place: number, at: number): void {
    if (at === never) return
    if (!this.turning) {
      if (this.next.length === 0) this.next = new Float64Array(slabMax)
      this.next.fill(never)
      this.turning = true
    }
    this.next[place] = at
  }
  shareNext(other: Said): void {
    this.next = other.next
    this.turning = other.turning
  }
}
