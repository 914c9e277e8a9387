import { toMicros } from './amount.ts'
import { monthDayAt, readDate, readMonthDay } from './dates.ts'
import type { Zone } from './zone.ts'

/**
 * The different values of one property, as JSON texts with a number each, the code. What a rule asks of a value is worked out
 * once for each and then looked up by code: a million events have some thousand prices. Code 0 stands for a missing value.
 */
export interface Dictionary {
  /** One more than the largest code. */
  readonly size: number
  codeOf(bytes: Uint8Array, start: number, end: number): number
  valueOf(code: number): unknown
  /** By code, what `of` says of a code; it is asked once, and known by its key. */
  numbers(key: string, of: (code: number) => number): Float64Array
  flags(key: string, of: (code: number) => boolean): Uint8Array
  /** By code, a number that equal values of all properties have in common; 0 where there is no value. */
  links(): Float64Array
}

/** A table over codes that grows with them. */
interface Table<T extends Float64Array | Uint8Array> {
  values: T
  known: number
}

const lengthFor = (size: number) => Math.max(64, 2 ** Math.ceil(Math.log2(size)))

/** Four bytes at a time: a multiplication waits for the one before. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  let at = start
  for (; at + 4 <= end; at += 4) {
    const four = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
    hash = Math.imul(hash ^ four, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

/** `links` is shared by all dictionaries whose values are compared. */
export function createDictionary(linkIds: Map<string, number>): Dictionary {
  let size = 1
  /** The texts one after the other; that of a code begins where the one before ends. */
  let texts = new Uint8Array(1024)
  let ends = new Uint32Array(64)
  /** Pairs of a hash and the code with it, which is 0 where there is none; always less than half full. */
  let slots = new Int32Array(256)
  const values: unknown[] = [undefined]
  const numbers = new Map<string, Table<Float64Array>>()
  const flags = new Map<string, Table<Uint8Array>>()

  function grow(): void {
    const moreEnds = new Uint32Array(ends.length * 2)
    moreEnds.set(ends)
    ends = moreEnds
    const before = slots
    slots = new Int32Array(before.length * 2)
    for (let at = 0; at < before.length; at += 2) {
      const [hash, code] = [before[at] ?? 0, before[at + 1] ?? 0]
      if (code === 0) continue
      let slot = (hash * 2) & (slots.length - 2)
      while (slots[slot + 1] !== 0) slot = (slot + 2) & (slots.length - 2)
      slots[slot] = hash
      slots[slot + 1] = code
    }
  }

  function add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const code = size
    const begin = ends[code - 1] ?? 0
    const length = end - start
    if (begin + length > texts.length) {
      const more = new Uint8Array(Math.max(texts.length * 2, begin + length))
      more.set(texts)
      texts = more
    }
    for (let i = 0; i < length; i++) texts[begin + i] = bytes[start + i] ?? 0
    ends[code] = begin + length
    slots[slot] = hash
    slots[slot + 1] = code
    size++
    if (size >= ends.length) grow()
    return code
  }

  function isText(code: number, bytes: Uint8Array, start: number, length: number): boolean {
    const begin = ends[code - 1] ?? 0
    if ((ends[code] ?? 0) - begin !== length) return false
    for (let i = 0; i < length; i++) if (texts[begin + i] !== bytes[start + i]) return false
    return true
  }

  function jsonOf(code: number): unknown {
    if (code > 0 && values[code] === undefined) {
      const begin = ends[code - 1] ?? 0
      values[code] = JSON.parse(Buffer.from(texts.buffer, begin, (ends[code] ?? 0) - begin).toString())
    }
    return values[code]
  }

  /** The table of this key, with what `of` says of the codes that have come since it was last asked for. */
  function filled<T extends Float64Array | Uint8Array>(
    tables: Map<string, Table<T>>,
    key: string,
    make: (length: number) => T,
    of: (code: number) => number,
  ): T {
    const table = tables.get(key) ?? { values: make(64), known: 0 }
    tables.set(key, table)
    if (table.values.length < size) {
      const more = make(lengthFor(size))
      more.set(table.values)
      table.values = more
    }
    for (; table.known < size; table.known++) table.values[table.known] = of(table.known)
    return table.values
  }

  const dictionary: Dictionary = {
    get size() {
      return size
    },
    codeOf(bytes, start, end) {
      const hash = hashOf(bytes, start, end)
      const mask = slots.length - 2
      let slot = (hash * 2) & mask
      for (;;) {
        const code = slots[slot + 1] ?? 0
        if (code === 0) return add(bytes, start, end, hash, slot)
        if (slots[slot] === hash && isText(code, bytes, start, end - start)) return code
        slot = (slot + 2) & mask
      }
    },
    valueOf: jsonOf,
    numbers: (key, of) => filled(numbers, key, (length) => new Float64Array(length), of),
    flags: (key, of) =>
      filled(
        flags,
        key,
        (length) => new Uint8Array(length),
        (code) => (of(code) ? 1 : 0),
      ),
    links: () =>
      dictionary.numbers('link', (code) => {
        if (code === 0) return 0
        const text = JSON.stringify(jsonOf(code))
        const known = linkIds.get(text) ?? linkIds.size + 1
        linkIds.set(text, known)
        return known
      }),
  }
  return dictionary
}

function finite(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN
}

/** The finite numbers among the values; not a number where it is something else. */
export function numbersOf(dictionary: Dictionary): Float64Array {
  return dictionary.numbers('number', (code) => finite(dictionary.valueOf(code)))
}

/** The same as whole millionths. */
export function microsOf(dictionary: Dictionary): Float64Array {
  return dictionary.numbers('micros', (code) => toMicros(finite(dictionary.valueOf(code))))
}

/** The instants (ms) of those that are dates; not a number where it is something else. */
export function datesOf(dictionary: Dictionary, zone: Zone): Float64Array {
  return dictionary.numbers(`date ${zone.name}`, (code) => readDate(dictionary.valueOf(code), zone) ?? Number.NaN)
}

/** The months and days of dates and of texts like `05-06`, by `monthDayIndex`; not a number where it is something else. */
export function monthDaysOf(dictionary: Dictionary, zone: Zone): Float64Array {
  const dates = datesOf(dictionary, zone)
  return dictionary.numbers(`month and day ${zone.name}`, (code) => {
    const date = dates[code] ?? Number.NaN
    return (Number.isNaN(date) ? readMonthDay(dictionary.valueOf(code)) : monthDayAt(date, zone)) ?? Number.NaN
  })
}

/** The dictionaries of all properties that rules read. */
export interface Dictionaries {
  of(property: string): Dictionary
  /** Forgets them if they have become large; whoever holds columns that were read before keeps theirs. */
  tidy(): void
}

/** Of a name for each person, so many take some 50 MB. */
const valuesMax = 300_000

export function createDictionaries(): Dictionaries {
  let links = new Map<string, number>()
  let known = new Map<string, Dictionary>()
  return {
    of(property) {
      const dictionary = known.get(property) ?? createDictionary(links)
      known.set(property, dictionary)
      return dictionary
    },
    tidy() {
      if ([...known.values()].reduce((sum, dictionary) => sum + dictionary.size, 0) < valuesMax) return
      known = new Map()
      links = new Map()
    },
  }
}
