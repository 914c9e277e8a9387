import type { DefinitionName } from './slot-store.ts'
import type { ChangeReason } from './types.ts'

/** People who entered or left a definition (of a tag with values: a value) together. */
export interface Move extends DefinitionName {
  /** Of a tag with values; empty otherwise. */
  readonly value: string
  readonly entered: boolean
  /** Milliseconds. */
  readonly at: number
  readonly reason: ChangeReason
  /** By rising number. */
  readonly people: readonly number[]
}

/** Rising numbers, each as its distance from the one before it, seven bits to a byte (LEB128): neighbours take a byte each. */
export function packPeople(people: readonly number[], into: Buffer, start: number): number {
  let [at, last] = [start, 0]
  for (const person of people) {
    let rest = person - last
    last = person
    // Distances above 2^31 are beyond what shifts can do.
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) into[at++] = (rest % 0x80) | 0x80
    into[at++] = rest
  }
  return at
}

/** Room for any number below 2^53. */
export const packedBytesMax = 8

export function unpackPeople(bytes: Uint8Array, count: number): number[] {
  const people = new Array<number>(count).fill(0)
  let [at, last] = [0, 0]
  for (let place = 0; place < count; place++) {
    let byte = bytes[at++] ?? 0
    last += byte & 0x7f
    for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
      byte = bytes[at++] ?? 0
      last += (byte & 0x7f) * scale
    }
    people[place] = last
  }
  return people
}
