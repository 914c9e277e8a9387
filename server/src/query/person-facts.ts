import type { Block } from '../platform/db/native.ts'
import { attributeColumns, eventColumns } from './columns.ts'
import { createDictionaries } from './dictionary.ts'
import type { Facts, PersonFacts } from './facts.ts'
import type { Needs } from './needs.ts'
import { memberName } from './resolved.ts'

const encoder = new TextEncoder()

/** JSON texts one after the other. */
export function textsOf(documents: readonly object[]) {
  const encoded = documents.map((document) => encoder.encode(JSON.stringify(document)))
  const bytes = new Uint8Array(encoded.reduce((sum, one) => sum + one.length, 0))
  const [starts, ends] = [new Uint32Array(documents.length), new Uint32Array(documents.length)]
  let at = 0
  for (const [i, one] of encoded.entries()) {
    bytes.set(one, at)
    starts[i] = at
    at += one.length
    ends[i] = at
  }
  return { bytes, starts, ends }
}

/** One person in memory, as columns of one. */
export function columnsOf(person: PersonFacts, needs: Needs): Facts {
  const dictionaries = createDictionaries()
  const names = [...needs.events.keys()]
  const events = person.events.filter(({ event }) => needs.events.has(event))
  const block: Block = {
    rows: events.length,
    numbers: new Map([
      ['person', new Float64Array(events.length)],
      ['ms', Float64Array.from(events, ({ time }) => time)],
    ]),
    texts: new Map([['text', textsOf(events.map(({ properties }) => properties))]]),
    words: new Map([['event', { words: names, places: Float64Array.from(events, ({ event }) => names.indexOf(event)) }]]),
  }
  const held = Uint8Array.of(1)
  const tags = [...person.tags].map(([key, values]): [string, Map<string, Uint8Array>] => [
    memberName('tag', key),
    new Map([...values].map((value) => [value, held])),
  ])
  const segments = [...person.segments].map((key): [string, Map<string, Uint8Array>] => [memberName('segment', key), new Map([['', held]])])
  return {
    people: [person.personId],
    attributes: attributeColumns([textsOf([person.attributes])], needs.attributes, dictionaries),
    events: eventColumns({ blocks: [block], people: 1, placeOf: () => 0 }, needs.events, dictionaries),
    members: new Map([...tags, ...segments]),
  }
}
