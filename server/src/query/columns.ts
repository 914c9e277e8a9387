import type { Block, Texts } from '../platform/db/native.ts'
import type { Dictionaries } from './dictionary.ts'
import type { Column, EventColumns } from './facts.ts'
import { type Found, scanJson, type Wants, wantsOf } from './json-scan.ts'
import { pathOf } from './property.ts'

// Rows as the stores answer them, turned into columns.

/** Columns of properties that are filled from JSON texts, row by row. */
interface Filling {
  readonly columns: ReadonlyMap<string, Column>
  take(row: number, bytes: Uint8Array, start: number, end: number): void
}

function fill(properties: ReadonlySet<string>, rows: number, dictionaries: Dictionaries): Filling {
  const columns = [...properties].map((name): [string, Column] => [
    name,
    { codes: new Uint32Array(rows), dictionary: dictionaries.of(name) },
  ])
  const wants: Wants[] = wantsOf(columns.map(([name]) => pathOf(name)))
  const found: Found = { starts: new Uint32Array(columns.length), ends: new Uint32Array(columns.length) }
  const filled = columns.map(([, column]) => column)
  return {
    columns: new Map(columns),
    take(row, bytes, start, end) {
      if (end - start <= 2) return
      found.ends.fill(0)
      scanJson(bytes, start, end, wants, found)
      for (let i = 0; i < filled.length; i++) {
        const last = found.ends[i] ?? 0
        const column = filled[i]
        if (last > 0 && column !== undefined) column.codes[row] = column.dictionary.codeOf(bytes, found.starts[i] ?? 0, last)
      }
    },
  }
}

/** One JSON text a person, in the order of the people. */
export function attributeColumns(
  texts: readonly Texts[],
  properties: ReadonlySet<string>,
  dictionaries: Dictionaries,
): ReadonlyMap<string, Column> {
  const filling = fill(
    properties,
    texts.reduce((sum, { starts }) => sum + starts.length, 0),
    dictionaries,
  )
  let row = 0
  for (const { bytes, starts, ends } of texts)
    for (let i = 0; i < starts.length; i++) filling.take(row++, bytes, starts[i] ?? 0, ends[i] ?? 0)
  return filling.columns
}

/** Rows {person, kind, ms, text} in any order. `placeOf` answers the place of a person, or -1 for one who is not among the people. */
export interface EventRows {
  readonly blocks: readonly Block[]
  readonly people: number
  placeOf(person: number): number
}

interface Rows {
  readonly places: Int32Array
  readonly kinds: Float64Array
  readonly times: Float64Array
  readonly texts: Texts
}

function rowsOf(block: Block, placeOf: (person: number) => number): Rows {
  const [people, kinds, times] = ['person', 'kind', 'ms'].map((name) => block.numbers.get(name))
  const texts = block.texts.get('text')
  if (people === undefined || kinds === undefined || times === undefined || texts === undefined)
    throw new Error('a column of events is missing')
  const places = new Int32Array(block.rows)
  // Most rows follow others of the same person.
  let [person, place] = [-1, -1]
  for (let i = 0; i < block.rows; i++) {
    const own = people[i] ?? 0
    if (own !== person) {
      person = own
      place = placeOf(own)
    }
    places[i] = place
  }
  return { places, kinds, times, texts }
}

/** By name. Counting first where each person's events of a name will stand spares sorting the rows. */
export function eventColumns(
  { blocks, people, placeOf }: EventRows,
  needs: ReadonlyMap<string, { readonly properties: ReadonlySet<string> }>,
  dictionaries: Dictionaries,
): Map<string, EventColumns> {
  const read = blocks.map((block) => rowsOf(block, placeOf))
  const starts = [...needs].map(() => new Uint32Array(people + 1))
  for (const { places, kinds } of read)
    for (let i = 0; i < places.length; i++) {
      const place = places[i] ?? -1
      const counts = starts[(kinds[i] ?? 0) - 1]
      if (place >= 0 && counts !== undefined) counts[place + 1] = (counts[place + 1] ?? 0) + 1
    }
  for (const counts of starts) for (let i = 0; i < people; i++) counts[i + 1] = (counts[i + 1] ?? 0) + (counts[i] ?? 0)
  const making = [...needs].map(([name, { properties }], kind) => {
    const own = starts[kind] ?? new Uint32Array(people + 1)
    const count = own[people] ?? 0
    return {
      name,
      starts: own,
      times: new Float64Array(count),
      free: own.slice(),
      filling: fill(properties, count, dictionaries),
      reads: properties.size > 0,
    }
  })
  for (const { places, kinds, times, texts } of read)
    for (let i = 0; i < places.length; i++) {
      const place = places[i] ?? -1
      const into = making[(kinds[i] ?? 0) - 1]
      if (place < 0 || into === undefined) continue
      const row = into.free[place] ?? 0
      into.free[place] = row + 1
      into.times[row] = times[i] ?? 0
      if (into.reads) into.filling.take(row, texts.bytes, texts.starts[i] ?? 0, texts.ends[i] ?? 0)
    }
  const columns = making.map(({ name, starts, times, filling }): [string, EventColumns] => [
    name,
    { starts, times, properties: filling.columns },
  ])
  for (const [, column] of columns) sortByTime(column)
  return new Map(columns.filter(([, { times }]) => times.length > 0))
}

/** Rows come sorted by person and time, but in parts, and those of merged people apart. */
function sortByTime({ starts, times, properties }: EventColumns): void {
  for (let person = 0; person + 1 < starts.length; person++) {
    const [start, end] = [starts[person] ?? 0, starts[person + 1] ?? 0]
    let row = start + 1
    while (row < end && (times[row - 1] ?? 0) <= (times[row] ?? 0)) row++
    if (row >= end) continue
    const order = Uint32Array.from({ length: end - start }, (_, i) => start + i).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0))
    times.set(
      Float64Array.from(order, (from) => times[from] ?? 0),
      start,
    )
    for (const { codes } of properties.values())
      codes.set(
        Uint32Array.from(order, (from) => codes[from] ?? 0),
        start,
      )
  }
}
