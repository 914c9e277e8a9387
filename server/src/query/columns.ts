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

/** Texts of which fewer than half were seen before are not looked up after so many. */
const triedMax = 32_768
const seenAgain = 0.5

function fill(whose: string, properties: ReadonlySet<string>, rows: number, dictionaries: Dictionaries): Filling {
  const columns = [...properties].map((name): [string, Column] => [
    name,
    { codes: new Uint32Array(rows), dictionary: dictionaries.of(name) },
  ])
  const wants = wantsOf(columns.map(([name]) => pathOf(name)))
  const found = { starts: new Uint32Array(columns.length), ends: new Uint32Array(columns.length) }
  const filled = columns.map(([, { codes, dictionary }]) => ({ codes, codeOf: dictionary.codeOf }))

  function scan(row: number, bytes: Uint8Array, start: number, end: number): void {
    found.ends.fill(0)
    scanJson(bytes, start, end, wants, found)
    for (let i = 0; i < filled.length; i++) {
      const last = found.ends[i] ?? 0
      const column = filled[i]
      if (last > 0 && column !== undefined) column.codes[row] = column.codeOf(bytes, found.starts[i] ?? 0, last)
    }
  }

  // A shop has some thousand products, and each is viewed with the same words.
  const known = dictionaries.texts(whose)
  const { texts } = known
  const tables = columns.map(([name, { codes }]) => ({ name, codes, ofText: known.codes.get(name) ?? new Uint32Array(64) }))
  function note(text: number, row: number): void {
    for (const table of tables) {
      if (text >= table.ofText.length) {
        const more = new Uint32Array(text * 2)
        more.set(table.ofText)
        table.ofText = more
      }
      known.codes.set(table.name, table.ofText)
      table.ofText[text] = table.codes[row] ?? 0
    }
  }

  return {
    columns: new Map(columns),
    take(row, bytes, start, end) {
      if (end - start <= 2) return
      if (known.looked > triedMax && texts.size > known.looked * (1 - seenAgain)) {
        scan(row, bytes, start, end)
        return
      }
      known.looked++
      const before = texts.size
      const text = texts.codeOf(bytes, start, end)
      if (text === before) {
        scan(row, bytes, start, end)
        note(text, row)
        return
      }
      for (let i = 0; i < tables.length; i++) {
        const table = tables[i]
        if (table !== undefined) table.codes[row] = table.ofText[text] ?? 0
      }
    },
  }
}

const [ofPeople, ofEvents] = ['people', 'events ']

/** One JSON text a person, in the order of the people. */
export function attributeColumns(
  texts: readonly Texts[],
  properties: ReadonlySet<string>,
  dictionaries: Dictionaries,
): ReadonlyMap<string, Column> {
  const filling = fill(
    ofPeople,
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
  const width = people + 1
  const starts = new Uint32Array(needs.size * width)
  for (const rows of read) count(rows, width, starts)
  for (let at = 1; at < starts.length; at++) if (at % width !== 0) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0)
  const free = starts.slice()
  const targets = read.map((rows) => targetsOf(rows, width, free))
  const columns = new Map<string, EventColumns>()
  for (const [kind, [name, { properties }]] of [...needs].entries()) {
    const own = starts.subarray(kind * width, (kind + 1) * width)
    const events = own[people] ?? 0
    if (events === 0) continue
    const times = new Float64Array(events)
    const filling = fill(`${ofEvents}${name}`, properties, events, dictionaries)
    for (const [i, rows] of read.entries()) {
      const into = targets[i] ?? new Uint32Array(0)
      putTimes(rows, kind, into, times)
      if (properties.size > 0) putTexts(rows, kind, into, filling)
    }
    const column = { owners: ownersOf(own), starts: own, times, properties: filling.columns }
    sortByTime(column)
    columns.set(name, column)
  }
  return columns
}

// Each of these goes through a million rows and is a loop over numbers of its own, which the engine compiles as such.

/** The events of each name and person, in the place after the person's. */
function count({ places, kinds }: Rows, width: number, counts: Uint32Array): void {
  for (let i = 0; i < places.length; i++) {
    const place = places[i] ?? -1
    const kind = kinds[i] ?? -1
    if (place < 0 || kind < 0) continue
    const at = kind * width + place + 1
    counts[at] = (counts[at] ?? 0) + 1
  }
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
    const at = kind * width + place
    const row = free[at] ?? 0
    targets[i] = row
    free[at] = row + 1
  }
  return targets
}

function putTimes({ kinds, times }: Rows, kind: number, targets: Uint32Array, into: Float64Array): void {
  for (let i = 0; i < kinds.length; i++) if (kinds[i] === kind) into[targets[i] ?? 0] = times[i] ?? 0
}

function putTexts({ kinds, texts }: Rows, kind: number, targets: Uint32Array, filling: Filling): void {
  const { bytes, starts, ends } = texts
  for (let i = 0; i < kinds.length; i++) if (kinds[i] === kind) filling.take(targets[i] ?? 0, bytes, starts[i] ?? 0, ends[i] ?? 0)
}

function ownersOf(starts: Uint32Array): Uint32Array {
  const owners = new Uint32Array(starts.length)
  let count = 0
  for (let person = 0; person + 1 < starts.length; person++) if (starts[person] !== starts[person + 1]) owners[count++] = person
  return owners.slice(0, count)
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
