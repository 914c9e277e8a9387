import { type ClickHouse, TooLarge, type WorkClass } from '../platform/db/clickhouse.ts'
import type { Block } from '../platform/db/native.ts'
import { attributeColumns, eventColumns } from './columns.ts'
import type { Dictionaries } from './dictionary.ts'
import type { Facts } from './facts.ts'
import { type FactsInput, membersOf, printFactEvents, printFactMembers, printFactSizes, printPeople } from './print-facts.ts'
import type { Statement } from './print-source.ts'

/** What the stores say of people, as they say it. */
export interface FactRows {
  readonly profiles: readonly Block[]
  readonly events: readonly Block[]
  readonly members: readonly Block[]
  /** About how many all that takes. */
  readonly bytes: number
}

export interface FactsReader {
  /** Null where it would be more bytes than wanted. */
  read(input: FactsInput, bytesMax: number): Promise<FactRows | null>
  /** How many bytes the events of each person take. */
  sizes(input: FactsInput): Promise<Map<number, number>>
}

/** Of the people those who live, by rising number, with their attributes as JSON. */
export type ProfilesOf = (workspaceId: number, people: readonly number[]) => Promise<readonly { person: number; attributes: string }[]>

export interface FactSources {
  readonly clickhouse: ClickHouse
  readonly work: WorkClass
  /** Where profiles are kept that ClickHouse has copies of: a list of people is looked up there sooner. */
  readonly profilesOf: ProfilesOf | undefined
}

export function createFactsReader({ clickhouse, work, profilesOf }: FactSources): FactsReader {
  async function profiles(input: FactsInput, bytesMax: number): Promise<Block[]> {
    const { people, workspaceId } = input
    if (profilesOf === undefined || people === 'everyone' || 'first' in people) return blocks(printPeople(input), bytesMax)
    const rows = await profilesOf(workspaceId, people)
    return rows.length === 0 ? [] : [profileBlock(rows)]
  }
  const blocks = ({ text, params }: Statement, bytesMax?: number) => clickhouse.blocks(work, text, params, bytesMax)
  return {
    async read(input, bytesMax) {
      const { needs } = input
      try {
        const [living, events, members] = await Promise.all([
          profiles(input, bytesMax),
          needs.events.size > 0 ? blocks(printFactEvents(input), bytesMax) : [],
          needs.members.length > 0 ? blocks(printFactMembers(input)) : [],
        ])
        return { profiles: living, events, members, bytes: bytesOf(living) + bytesOf(events) + bytesOf(members) }
      } catch (error) {
        if (error instanceof TooLarge) return null
        throw error
      }
    },
    async sizes(input) {
      const sizes = new Map<number, number>()
      for (const block of await blocks(printFactSizes(input))) {
        const people = block.numbers.get('person')
        const bytes = block.numbers.get('bytes')
        for (let i = 0; i < block.rows; i++) sizes.set(people?.[i] ?? 0, bytes?.[i] ?? 0)
      }
      return sizes
    },
  }
}

function profileBlock(rows: readonly { person: number; attributes: string }[]): Block {
  const texts = rows.map((row) => Buffer.from(row.attributes))
  const [starts, ends] = [new Uint32Array(rows.length), new Uint32Array(rows.length)]
  for (const [i, text] of texts.entries()) {
    starts[i] = ends[i - 1] ?? 0
    ends[i] = (starts[i] ?? 0) + text.length
  }
  return {
    rows: rows.length,
    numbers: new Map([['person', Float64Array.from(rows, (row) => row.person)]]),
    texts: new Map([['attributes', { bytes: Buffer.concat(texts), starts, ends }]]),
    words: new Map(),
  }
}

function bytesOf(blocks: readonly Block[]): number {
  let bytes = 0
  for (const { rows, numbers, texts } of blocks) {
    bytes += rows * numbers.size * Float64Array.BYTES_PER_ELEMENT
    for (const { starts, ends } of texts.values()) bytes += (ends[rows - 1] ?? 0) - (starts[0] ?? 0)
  }
  return bytes
}

/** The living people of the rows, by ascending number. */
export const peopleOf = (rows: FactRows): number[] => rows.profiles.flatMap((block) => [...(block.numbers.get('person') ?? [])])

/** The rows as columns, in the order of `order`: places in `peopleOf`. */
export function factsOf(rows: FactRows, { needs }: FactsInput, order: Uint32Array, dictionaries: Dictionaries): Facts {
  const living = peopleOf(rows)
  const people = Array.from(order, (place) => living[place] ?? 0)
  const places = new Map<number, number>()
  for (let place = 0; place < people.length; place++) places.set(people[place] ?? 0, place)
  const placeOf = (person: number) => places.get(person) ?? -1
  const attributes = attributeColumns(
    rows.profiles.flatMap((block) => block.texts.get('attributes') ?? []),
    needs.attributes,
    dictionaries,
  )
  return {
    people,
    attributes: new Map(
      [...attributes].map(([name, { codes, dictionary }]) => [name, { dictionary, codes: order.map((place) => codes[place] ?? 0) }]),
    ),
    events: eventColumns({ blocks: rows.events, people: people.length, placeOf }, needs.events, dictionaries),
    members: membersIn(rows.members, membersOf(needs), people.length, placeOf),
  }
}

function membersIn(
  blocks: readonly Block[],
  asked: readonly { of: string; key: string }[],
  people: number,
  placeOf: (person: number) => number,
): Map<string, Map<string, Uint8Array>> {
  const members = new Map<string, Map<string, Uint8Array>>()
  for (const block of blocks) {
    const [persons, places, values] = [block.numbers.get('person'), block.numbers.get('member'), block.texts.get('value')]
    if (values === undefined) throw new Error('a column of memberships is missing')
    const { bytes, starts, ends } = values
    for (let i = 0; i < block.rows; i++) {
      const one = asked[(places?.[i] ?? 0) - 1]
      const place = placeOf(persons?.[i] ?? 0)
      if (one === undefined || place < 0) continue
      const name = `${one.of}:${one.key}`
      const value = Buffer.from(bytes.buffer, bytes.byteOffset + (starts[i] ?? 0), (ends[i] ?? 0) - (starts[i] ?? 0)).toString()
      const byValue = members.get(name) ?? new Map<string, Uint8Array>()
      members.set(name, byValue)
      const held = byValue.get(value) ?? new Uint8Array(people)
      byValue.set(value, held)
      held[place] = 1
    }
  }
  return members
}
