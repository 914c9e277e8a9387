import type { Block, Texts } from '../platform/db/native.ts'
import type { Dictionaries } from './dictionary.ts'
import type { Column, EventColumns } from './facts.ts'
import { scanJson, wantsOf } from './json-scan.ts'
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
  const wants = wantsOf(columns.map(([name]) => pathOf(name)))
  const found = { starts: new Uint32Array(columns.length), ends: new Uint32Array(columns.length) }
  const filled = columns.map(([, { codes, dictionary }]) => ({ codes, codeOf: dictionary.codeOf }))

  return {
    columns: new Map(columns),
    take(row, bytes, start, end) {
      found.ends.fill(0)
      scanJson(bytes, start, end, wants, found)
      for (let i = 0; i < filled.length; i++) {
        const last = found.ends[i] ?? 0
        const column = filled[i]
        if (last > 0 && column !== undefined) column.codes[row] = column.codeOf(bytes, found.starts[i] ?? 0, last)
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

/** Rows {person, event, ms, text} in any order. `placeOf` answers the place of a person, or -1 for one who is not among the people. */
export interface EventRows {
  readonly blocks: readonly Block[]
  readonly people: number
  placeOf(person: number): number
}

interface Rows {
  readonly places: Int32Array
  /** Of the event's name among the needed ones. */
  readonly kinds: Int32Array
  readonly times: Float64Array
  readonly texts: Texts
}

function rowsOf(block: Block, kindOf: (name: string) => number, placeOf: (person: number) => number): Rows {
  const [people, times] = [block.numbers.get('person'), block.numbers.get('ms')]
  const [events, texts] = [block.words.get('event'), block.texts.get('text')]
  if (people === undefined || times === undefined || events === undefined || texts === undefined)
    throw new Error('a column of events is missing')
  const kindOfWord = Int32Array.from(events.words, kindOf)
  const kinds = new Int32Array(block.rows)
  const places = new Int32Array(block.rows)
  // Most rows follow others of the same person.
  let person = -1
  let place = -1
  for (let i = 0; i < block.rows; i++) {
    const own = people[i] ?? 0
    if (own !== person) {
      person = own
      place = placeOf(own)
    }
    places[i] = place
    kinds[i] = kindOfWord[events.places[i] ?? 0] ?? -1
  }
  return { places, kinds, times, texts }
}

/** By name. Counting first where each person's events of a name will stand spares sorting the rows. */
export function eventColumns(
  { blocks, people, placeOf }: EventRows,
  needs: ReadonlyMap<string, { readonly properties: ReadonlySet<string> }>,
  dictionaries: Dictionaries,
): Map<string, EventColumns> {
  const names = new Map([...needs.keys()].map((name, kind) => [name, kind]))
  const read = blocks.map((block) => rowsOf(block, (name) => names.get(name) ?? -1, placeOf))
  const kinds = needs.size
  // By person and then by name, as the rows come: what is near in the rows is near here.
  const counts = new Uint32Array(people * kinds)
  for (const rows of read) count(rows, kinds, counts)
  const starts = startsOf(counts, people, kinds)
  const targets = read.map((rows) => targetsOf(rows, kinds, counts))
  const making = [...needs].map(([name, { properties }], kind) => {
    const own = starts[kind] ?? new Uint32Array(people + 1)
    const events = own[people] ?? 0
    return { name, starts: own, times: new Float64Array(events), filling: fill(properties, events, dictionaries) }
  })
  const times = making.map((one) => one.times)
  const fillings = making.map((one) => one.filling)
  for (const [i, rows] of read.entries()) {
    const into = targets[i] ?? new Uint32Array(0)
    putTimes(rows, into, times)
    putTexts(rows, into, fillings)
  }
  const columns = new Map<string, EventColumns>()
  for (const { name, starts, times, filling } of making) {
    if (times.length === 0) continue
    sortByTime(starts, times, filling.columns)
    const owners = ownersOf(starts)
    columns.set(name, { owners, lasts: lastsOf(owners, starts, times), starts, times, properties: filling.columns })
  }
  return columns
}

// Each of these goes through a million rows and is a loop over numbers of its own, which the engine compiles as such.

function count({ places, kinds }: Rows, width: number, counts: Uint32Array): void {
  for (let i = 0; i < places.length; i++) {
    const place = places[i] ?? -1
    const kind = kinds[i] ?? -1
    if (place < 0 || kind < 0) continue
    const at = place * width + kind
    counts[at] = (counts[at] ?? 0) + 1
  }
}

/** By name where each person's events begin; the counts become the same, as the rows that are free. */
function startsOf(counts: Uint32Array, people: number, width: number): Uint32Array[] {
  const starts = Array.from({ length: width }, () => new Uint32Array(people + 1))
  for (const [kind, own] of starts.entries()) {
    let begin = 0
    for (let place = 0, at = kind; place < people; place++, at += width) {
      own[place] = begin
      const events = counts[at] ?? 0
      counts[at] = begin
      begin += events
    }
    own[people] = begin
  }
  return starts
}

/** Where each row goes in the columns of its name. */
function targetsOf({ places, kinds }: Rows, width: number, free: Uint32Array): Uint32Array {
  const targets = new Uint32Array(places.length)
  for (let i = 0; i < places.length; i++) {
    const place = places[i] ?? -1
    const kind = kinds[i] ?? -1
    if (place < 0 || kind < 0) {
      kinds[i] = -1
      continue
    }
    const at = place * width + kind
    const row = free[at] ?? 0
    targets[i] = row
    free[at] = row + 1
  }
  return targets
}

function putTimes({ kinds, times }: Rows, targets: Uint32Array, into: readonly Float64Array[]): void {
  for (let i = 0; i < kinds.length; i++) {
    const own = into[kinds[i] ?? -1]
    if (own !== undefined) own[targets[i] ?? 0] = times[i] ?? 0
  }
}

/** In the order in which the texts lie in memory. */
function putTexts({ kinds, texts }: Rows, targets: Uint32Array, fillings: readonly Filling[]): void {
  const { bytes, starts, ends } = texts
  for (let i = 0; i < kinds.length; i++) {
    const start = starts[i] ?? 0
    const end = ends[i] ?? 0
    // `{}` has nothing to tell.
    if (end - start > 2) fillings[kinds[i] ?? -1]?.take(targets[i] ?? 0, bytes, start, end)
  }
}

function ownersOf(starts: Uint32Array): Uint32Array {
  const owners = new Uint32Array(starts.length)
  let count = 0
  for (let person = 0; person + 1 < starts.length; person++) if (starts[person] !== starts[person + 1]) owners[count++] = person
  return owners.slice(0, count)
}

function lastsOf(owners: Uint32Array, starts: Uint32Array, times: Float64Array): Float64Array {
  const lasts = new Float64Array(owners.length)
  for (let i = 0; i < owners.length; i++) lasts[i] = times[(starts[(owners[i] ?? 0) + 1] ?? 0) - 1] ?? 0
  return lasts
}

/** Rows come sorted by person and time, but in parts, and those of merged people apart. */
function sortByTime(starts: Uint32Array, times: Float64Array, properties: ReadonlyMap<string, Column>): void {
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
