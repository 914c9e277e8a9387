import type { PreferenceRule, PreferenceSubject } from '@chaoxi/contract'
import { microsPerUnit } from './amount.ts'
import { microsOf, numbersOf } from './dictionary.ts'
import { type Column, columnIn, type EventColumns, type Facts, placeFrom } from './facts.ts'
import { hitsOver, matchOf } from './hits.ts'
import { never, slabMax } from './slab.ts'
import type { Moment } from './window.ts'
import { eventWindow } from './window-turns.ts'

/** What is ranked, whichever of it a leaf asks for. */
export type Ranked = Omit<PreferenceRule, 'rank' | 'least' | 'values'>

/** The values of a slab's people by rank: those of the person at a place from `starts[place]` to `starts[place + 1]`. */
export interface RankedSlab {
  readonly starts: Uint32Array
  /** Of a value, as `wanted` knows it. */
  readonly codes: Uint32Array
  /** Events that have it. */
  readonly counts: Uint32Array
  /** By place: until then the same events are found, but for those that leave the window. */
  readonly next: Float64Array
  /** By place: when the first of them leaves the window. */
  readonly leaves: Float64Array
  /** By code: 1 where it is one of these values. */
  wanted(values: PreferenceRule['values']): Uint8Array
}

export interface Ranking {
  /** Null where nobody has such an event. Good until it is asked about other people. */
  over(facts: Facts, from: number, to: number): RankedSlab | null
}

/** The values of events in columns. */
interface Values {
  /** A number that equal values have in common; 0 for an event without a value. */
  keyOf(row: number): number
  codeOf(row: number): number
  wanted: RankedSlab['wanted']
  /** Negative where the first comes before the second of two that are equal otherwise. */
  compare(code: number, other: number): number
}

const isValue = (value: unknown) => typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))

/** Texts by code point, then numbers by size. */
function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return typeof a === 'string' ? -1 : 1
}

function valuesOfProperty({ codes, dictionary }: Column): Values {
  const links = dictionary.links()
  const keys = dictionary.numbers('value', (code) => (isValue(dictionary.valueOf(code)) ? (links[code] ?? 0) : 0))
  return {
    keyOf: (row) => keys[codes[row] ?? 0] ?? 0,
    codeOf: (row) => codes[row] ?? 0,
    wanted: (values) =>
      dictionary.flags(`wanted ${JSON.stringify(values)}`, (code) => values.some((value) => value === dictionary.valueOf(code))),
    compare: (code, other) => compareValues(dictionary.valueOf(code), dictionary.valueOf(other)),
  }
}

/** Bands have their places as codes, counted from 1. */
function valuesOfBands(edges: readonly number[], bandOf: (row: number) => number): Values {
  return {
    keyOf: bandOf,
    codeOf: bandOf,
    wanted: (values) => Uint8Array.from([0, ...edges], (edge, band) => (band > 0 && values.includes(edge) ? 1 : 0)),
    compare: (band, other) => band - other,
  }
}

/** The band that a number lies in; 0 below the first edge. */
const bandIn = (edges: readonly number[], number: number) => edges.findLastIndex((edge) => edge <= number) + 1

function valuesOf(of: PreferenceSubject, events: EventColumns, { zone }: Moment): Values {
  if (of.kind === 'property') return valuesOfProperty(columnIn(events.properties, of.property))
  const { edges } = of
  if (of.kind === 'bands') {
    const { codes, dictionary } = columnIn(events.properties, of.property)
    const numbers = numbersOf(dictionary)
    const bands = dictionary.numbers(`band ${JSON.stringify(edges)}`, (code) => bandIn(edges, numbers[code] ?? Number.NaN))
    return valuesOfBands(edges, (row) => bands[codes[row] ?? 0] ?? 0)
  }
  const bands = Array.from({ length: 24 }, (_, hour) => bandIn(edges, hour) || edges.length)
  const { times } = events
  return valuesOfBands(edges, (row) => {
    const ms = times[row] ?? 0
    const hours = Math.floor((ms + zone.offsetMs(ms)) / hourMs)
    return bands[((hours % 24) + 24) % 24] ?? 0
  })
}
const hourMs = 3_600_000

/** The different values of one person after the other, in columns that are used again. */
interface Groups {
  count: number
  readonly keys: Float64Array
  readonly codes: Uint32Array
  readonly counts: Uint32Array
  readonly lasts: Float64Array
  /** Whole millionths, while they are exact. */
  readonly micros: Float64Array
  readonly scores: Float64Array
  /** Their places, to be put in order. */
  readonly order: Uint32Array
}

const groupsFor = (length: number): Groups => ({
  count: 0,
  keys: new Float64Array(length),
  codes: new Uint32Array(length),
  counts: new Uint32Array(length),
  lasts: new Float64Array(length),
  micros: new Float64Array(length),
  scores: new Float64Array(length),
  order: new Uint32Array(length),
})

/** More of them are looked up by key, fewer one after the other. */
const searchedMax = 16

/** Answers the place of a key, which is a new one where it has not come yet. */
function placer(groups: Groups): (key: number, code: number) => number {
  const { keys, codes, counts, micros } = groups
  let places: Map<number, number> | null = null
  return (key, code) => {
    if (places !== null) {
      const known = places.get(key)
      if (known !== undefined) return known
    } else for (let place = 0; place < groups.count; place++) if (keys[place] === key) return place
    const place = groups.count++
    keys[place] = key
    codes[place] = code
    counts[place] = 0
    micros[place] = 0
    places?.set(key, place)
    if (groups.count === searchedMax) places = new Map(Array.from(keys.subarray(0, searchedMax), (own, at) => [own, at]))
    return place
  }
}

/** Mostly there are few, and sorting them by hand costs less than being called back. */
function putInOrder({ count, order }: Groups, isBefore: (place: number, other: number) => boolean): void {
  for (let place = 0; place < count; place++) order[place] = place
  if (count > searchedMax) {
    order.subarray(0, count).sort((a, b) => (isBefore(a, b) ? -1 : 1))
    return
  }
  for (let i = 1; i < count; i++) {
    const own = order[i] ?? 0
    let to = i
    while (to > 0 && isBefore(own, order[to - 1] ?? 0)) {
      order[to] = order[to - 1] ?? 0
      to--
    }
    order[to] = own
  }
}

/** Of the rows with a key, where doubles would lose a millionth on the way. */
function exactMicros(
  rows: Uint32Array,
  count: number,
  key: number,
  keyOf: (row: number) => number,
  microsAt: (row: number) => number,
): number {
  let sum = 0n
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0
    const micros = keyOf(row) === key ? microsAt(row) : Number.NaN
    if (!Number.isNaN(micros)) sum += BigInt(micros)
  }
  return Number(sum)
}

export function createRanking(ranked: Ranked, moment: Moment): Ranking {
  const match = matchOf(ranked, moment)
  const window = eventWindow(ranked.window, moment)
  let groups = groupsFor(64)
  const starts = new Uint32Array(slabMax + 1)
  const [next, leaves] = [new Float64Array(slabMax), new Float64Array(slabMax)]
  let [codes, counts] = [new Uint32Array(slabMax), new Uint32Array(slabMax)]
  /** Of the facts the people alone: the rest is not to stay in memory for it. */
  let last: { people: Facts['people']; from: number; to: number; slab: RankedSlab | null } | null = null

  function reserve(length: number): void {
    if (codes.length >= length) return
    const [moreCodes, moreCounts] = [new Uint32Array(2 * length), new Uint32Array(2 * length)]
    moreCodes.set(codes)
    moreCounts.set(counts)
    ;[codes, counts] = [moreCodes, moreCounts]
  }

  function microsIn(events: EventColumns): ((row: number) => number) | null {
    if (ranked.sum === undefined) return null
    const column = columnIn(events.properties, ranked.sum)
    const micros = microsOf(column.dictionary)
    return (row) => micros[column.codes[row] ?? 0] ?? Number.NaN
  }

  /** The values of a person's events, in order. */
  function rankRows(
    rows: Uint32Array,
    count: number,
    times: Float64Array,
    values: Values,
    microsAt: ((row: number) => number) | null,
  ): void {
    if (groups.keys.length < count) groups = groupsFor(2 * count)
    groups.count = 0
    const placeOf = placer(groups)
    const own = groups
    for (let i = 0; i < count; i++) {
      const row = rows[i] ?? 0
      const key = values.keyOf(row)
      if (key === 0) continue
      const place = placeOf(key, values.codeOf(row))
      own.counts[place] = (own.counts[place] ?? 0) + 1
      own.lasts[place] = times[row] ?? 0
      const micros = microsAt === null ? Number.NaN : microsAt(row)
      if (!Number.isNaN(micros)) own.micros[place] = (own.micros[place] ?? 0) + micros
    }
    for (let place = 0; place < own.count; place++) {
      const micros = own.micros[place] ?? 0
      if (microsAt === null) own.scores[place] = own.counts[place] ?? 0
      else if (Number.isSafeInteger(micros)) own.scores[place] = micros / microsPerUnit
      else own.scores[place] = exactMicros(rows, count, own.keys[place] ?? 0, values.keyOf, microsAt) / microsPerUnit
    }
    putInOrder(own, (place, other) => {
      const more = (own.scores[place] ?? 0) - (own.scores[other] ?? 0)
      if (more !== 0) return more > 0
      const later = (own.lasts[place] ?? 0) - (own.lasts[other] ?? 0)
      return later === 0 ? values.compare(own.codes[place] ?? 0, own.codes[other] ?? 0) < 0 : later > 0
    })
  }

  function rank(facts: Facts, from: number, to: number): RankedSlab | null {
    const events = facts.events.get(ranked.event)
    if (events === undefined) return null
    const { owners, lasts, times } = events
    const hits = hitsOver(match, events, window, window.over(facts.attributes), moment.now)
    const values = valuesOf(ranked.of, events, moment)
    const microsAt = microsIn(events)
    next.fill(never)
    leaves.fill(never)
    let entries = 0
    let place = 0
    const end = placeFrom(owners, to)
    for (let at = placeFrom(owners, from); at < end; at++) {
      if ((lasts[at] ?? 0) <= hits.least) continue
      const person = owners[at] ?? 0
      const count = hits.of(person)
      next[person - from] = hits.next
      if (count === 0) continue
      const { rows } = hits
      if (window.turns !== null) leaves[person - from] = window.turns.leaves(times[rows[0] ?? 0] ?? 0)
      rankRows(rows, count, times, values, microsAt)
      for (; place <= person - from; place++) starts[place] = entries
      reserve(entries + groups.count)
      for (let i = 0; i < groups.count; i++) {
        const own = groups.order[i] ?? 0
        codes[entries] = groups.codes[own] ?? 0
        counts[entries++] = groups.counts[own] ?? 0
      }
    }
    for (; place <= to - from; place++) starts[place] = entries
    return { starts, codes, counts, next, leaves, wanted: values.wanted }
  }

  return {
    over(facts, from, to) {
      const { people } = facts
      if (last === null || last.people !== people || last.from !== from || last.to !== to)
        last = { people, from, to, slab: rank(facts, from, to) }
      return last.slab
    },
  }
}
