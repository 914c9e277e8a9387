import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Bits, bitsAt, emptyBits, forEachPlace, fullBits, hasBit, setBit } from '../platform/bits.ts'
import { columnOf, difference, type Judgement, judgementOf } from './diff.ts'
import type { Rows } from './membership-store.ts'
import { packedBytesMax, packPeople, unpackPeople } from './move.ts'
import { entriesOf } from './why.ts'
import type { ChangeRow } from './why-store.ts'

const bitsOf = (list: readonly boolean[]): Bits => {
  const bits = emptyBits(list.length)
  for (const [place, is] of list.entries()) if (is) setBit(bits, place)
  return bits
}
const listOf = (bits: Bits, count: number) => Array.from({ length: count }, (_, place) => hasBit(bits, place))
const placesOf = (bits: Bits) => {
  const places: number[] = []
  forEachPlace(bits, (place) => places.push(place))
  return places
}

test('places come out of bits as they went in, and all bits are those of everyone', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 100 }), (list) => {
      const places = list.flatMap((is, place) => (is ? [place] : []))
      expect(placesOf(bitsOf(list))).toEqual(places)
      expect(placesOf(fullBits(list.length))).toEqual(list.map((_, place) => place))
      const odd = places.filter((place) => place % 2 === 1)
      expect(listOf(bitsAt(bitsOf(list), [...odd, list.length + 40]), odd.length + 1)).toEqual([...odd.map(() => true), false])
    }),
  )
})

test('packed people are the same people', () => {
  const ids = fc.uniqueArray(fc.oneof(fc.nat(300), fc.nat(2 ** 30), fc.maxSafeNat()), { maxLength: 50 })
  fc.assert(
    fc.property(ids, (list) => {
      const people = list.toSorted((a, b) => a - b)
      const bytes = Buffer.alloc(people.length * packedBytesMax)
      expect(unpackPeople(bytes.subarray(0, packPeople(people, bytes, 0)), people.length)).toEqual(people)
    }),
  )
})

// Some people and slots, of which a few are judged and one is retired.
const slots = [0, 3, 7, 8, 12]
const retired = 5
const inf = Number.POSITIVE_INFINITY
const person = fc.record({
  stored: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
  wanted: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  asked: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  before: fc.constantFrom(5, 10, inf),
  due: fc.constantFrom(5, 10, inf),
  whole: fc.boolean(),
  known: fc.boolean(),
})

test('what is written holds what was judged of those who were asked, and nothing else changes', () => {
  fc.assert(
    fc.property(fc.array(person, { maxLength: 70 }), (crowd) => {
      const width = 2
      const people = crowd.map((_, i) => i * 3 + 1)
      const held = new Uint8Array(crowd.length * width)
      for (const [i, { stored, known }] of crowd.entries())
        if (known)
          for (const [slot, is] of stored.entries())
            if (is) held[i * width + (slot >> 3)] = (held[i * width + (slot >> 3)] ?? 0) | (1 << (slot & 7))
      const before = held.slice()
      const rows: Rows = {
        ...{ people, width, held },
        due: Float64Array.from(crowd, (one) => (one.known ? one.before : inf)),
        versions: Int32Array.from(crowd, (one) => (one.known ? 1 : 0)),
      }
      const judgement: Judgement = {
        people,
        columns: slots.map((slot, c) => ({
          slot,
          held: bitsOf(crowd.map((one) => one.wanted[c] ?? false)),
          asked: bitsOf(crowd.map((one) => one.asked[c] ?? false)),
        })),
        due: Float64Array.from(crowd, (one) => one.due),
        whole: bitsOf(crowd.map((one) => one.whole)),
      }
      const was = slots.map((slot) => listOf(columnOf({ ...rows, held: before }, slot), crowd.length))
      const found = difference(rows, judgement, [retired])
      for (const [i, one] of crowd.entries()) {
        const wanted = slots.map((_, c) => ((one.asked[c] ? one.wanted[c] : was[c]?.[i]) ? 1 : 0))
        expect(slots.map((slot) => ((found.rows.held[i * width + (slot >> 3)] ?? 0) >> (slot & 7)) & 1)).toEqual(wanted)
        const stood = one.known ? one.before : inf
        expect(found.rows.due[i]).toBe(one.whole ? one.due : Math.min(stood, one.due))
        const moved = slots.some((_, c) => wanted[c] !== (was[c]?.[i] ? 1 : 0))
        expect(found.changed.includes(i)).toBe(moved || found.rows.due[i] !== stood)
        for (let slot = 0; slot < 16; slot++) {
          if (slots.includes(slot)) continue
          const is = one.known && (one.stored[slot] ?? false) && !(slot === retired && found.changed.includes(i))
          expect(((found.rows.held[i * width + (slot >> 3)] ?? 0) >> (slot & 7)) & 1).toBe(is ? 1 : 0)
        }
      }
      const [c, some] = [2, people.flatMap((_, i) => (i % 3 === 1 ? [i] : []))]
      expect(listOf(judgementOf(judgement, some).columns[c]?.held ?? emptyBits(0), some.length)).toEqual(
        some.map((i) => crowd[i]?.wanted[c]),
      )
    }),
  )
})

test('a person is in since the first of the numbers came without a break; merges carry that over', () => {
  const change = (person: number, entered: number, reason: ChangeRow['reason'], at: number): ChangeRow => ({
    ...{ kind: 'tag', key: 'vip', value: '', person, entered, reason, at },
  })
  const since = (...changes: ChangeRow[]) => [...entriesOf(changes).values()]
  expect(since(change(1, 1, 'event', 10), change(1, 0, 'time', 20))).toEqual([])
  expect(since(change(1, 1, 'event', 10), change(1, 0, 'time', 20), change(1, 1, 'manual', 30))).toEqual([{ at: 30, reason: 'manual' }])
  const merged = [change(1, 1, 'event', 10), change(1, 0, 'merge', 40), change(2, 1, 'merge', 40)]
  expect(since(...merged)).toEqual([{ at: 10, reason: 'event' }])
  // The same row sent twice.
  expect(since(...merged, change(2, 1, 'merge', 40))).toEqual([{ at: 10, reason: 'event' }])
  expect(since(...merged, change(2, 0, 'event', 50), change(2, 1, 'event', 60))).toEqual([{ at: 60, reason: 'event' }])
  const both = [change(1, 1, 'event', 10), change(2, 1, 'manual', 20), change(1, 0, 'merge', 40)]
  expect(since(...both)).toEqual([{ at: 10, reason: 'event' }])
  // What both histories together made true.
  expect(since(change(2, 1, 'merge', 40))).toEqual([{ at: 40, reason: 'merge' }])
})
