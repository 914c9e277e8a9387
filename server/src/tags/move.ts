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

export function unpackPeople(bytes: Uint8Array): number[] {
  const people: number[] = []
  let [last, value, scale] = [0, 0, 1]
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale
    if (byte >= 0x80) scale *= 0x80
    else {
      last += value
      people.push(last)
      value = 0
      scale = 1
    }
  }
  return people
}
