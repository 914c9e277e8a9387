import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Block } from '../platform/db/native.ts'
import { createDictionaries } from './dictionary.ts'
import { createLens, type Lens } from './lens.ts'
import { needsOf } from './needs.ts'
import { createFactsReader, factsOf, type ProfilesOf, peopleOf } from './people-facts.ts'
import { textsOf } from './person-facts.ts'
import { type PieceLimits, piecesOf } from './pieces.ts'
import { membersOf } from './print-facts.ts'
import { printFirsts, printHappenings, printPresence, printTurns } from './print-replay.ts'
import type { Statement, Whom } from './print-source.ts'
import { type DefinitionKind, distinctLeaves, type ResolvedRule } from './resolved.ts'
import { zoneOf } from './zone.ts'

export interface ReplayInput {
  readonly workspaceId: number
  readonly rules: readonly ResolvedRule[]
  readonly timeZone: string
  /** Rising; `dense`: all the living of their range. */
  readonly people: readonly number[]
  readonly dense: boolean
  /** What happened later than `from`, until `to` (ms), is told one by one. */
  readonly from: number
  readonly to: number
  /** Names of events that are told. */
  readonly listens: readonly string[]
  /** Events that say what people are, of all time; empty where nobody asks for attributes. */
  readonly sayings: readonly string[]
  /** Attributes that are read besides those that the rules read. */
  readonly attributes: readonly string[]
  /** Whether it is told when people did anything at all. */
  readonly presence: boolean
  /** What is made up: what really happened after `from` is not seen then, neither by rules nor one by one, and these are in its place. */
  readonly instead?: readonly MadeUp[]
}

export interface MadeUp {
  readonly person: number
  /** ms, not before `from`. */
  readonly at: number
  readonly event: string
  readonly properties: Readonly<Record<string, unknown>>
}

/** What was recorded of some people: what rules ask of them at any moment, and what happened, person by person. */
export interface ReplayPiece {
  readonly people: readonly number[]
  readonly lens: Lens
  /** Attributes as they are today, by place. */
  attributesOf(place: number): Readonly<Record<string, unknown>>
  readonly events: Happenings
  readonly sayings: Happenings
  /** Stored memberships by place, oldest first. */
  readonly turns: ReadonlyMap<number, readonly Turn[]>
  /** When they were first heard of (ms); infinity: never. */
  readonly firsts: Float64Array
  /** Of those who did anything, when, by place. */
  readonly presence: Happenings
}

export interface Turn {
  readonly at: number
  readonly of: DefinitionKind
  readonly key: string
  readonly value: string
  readonly held: boolean
}

/** Of place `i` the rows from `starts[i]` to `starts[i + 1]`, oldest first. */
export interface Happenings {
  readonly starts: Uint32Array
  readonly times: Float64Array
  name(row: number): string
  properties(row: number): Record<string, unknown>
}

const limits: PieceLimits = { bytesWanted: 24 << 20, bytesMax: 256 << 20 }

/** The people in pieces, with all that was recorded of them. Whoever has more than can be held is told to `tooLarge` and left out. */
export async function* replay(
  { clickhouse, profilesOf }: { readonly clickhouse: ClickHouse; readonly profilesOf: ProfilesOf | undefined },
  input: ReplayInput,
  tooLarge: (person: number) => void,
): AsyncGenerator<ReplayPiece> {
  const { workspaceId, rules, from, to, people, dense } = input
  const leaves = [...distinctLeaves(rules).values()]
  const found = needsOf(leaves, { now: from, zone: zoneOf(input.timeZone) })
  const members = membersOf(found)
  const needs = { ...found, attributes: new Set([...found.attributes, ...input.attributes]), members: [] }
  const reader = createFactsReader({ clickhouse, work: 'batch', profilesOf: dense ? undefined : profilesOf })
  const dictionaries = createDictionaries()
  const blocks = (statement: Statement) => clickhouse.blocks('batch', statement.text, statement.params)
  const between = { after: from, until: to }
  const { instead } = input
  const knownUntil = instead === undefined ? to : from

  async function readBeside(whom: Whom) {
    const asked = { workspaceId, people: whom }
    const events = instead === undefined ? printHappenings(asked, input.listens, between) : null
    const told = instead?.filter(({ event }) => input.listens.includes(event)) ?? []
    return {
      events: input.listens.length === 0 ? [] : events === null ? [blockOf(told)] : await blocks(events),
      sayings: input.sayings.length === 0 ? [] : await blocks(printHappenings(asked, input.sayings, { after: null, until: knownUntil })),
      turns: members.length === 0 ? [] : await blocks(printTurns(asked, members, knownUntil)),
      firsts: await blocks(printFirsts(asked)),
      presence: input.presence ? await blocks(printPresence(asked, between)) : [],
    }
  }

  for await (const piece of piecesOf(reader, { workspaceId, needs, people, dense }, limits)) {
    if ('tooLarge' in piece) {
      tooLarge(piece.tooLarge)
      continue
    }
    const rows = instead === undefined ? piece.rows : { ...piece.rows, events: withInstead(piece.rows.events, instead, from) }
    const living = peopleOf(rows)
    const order = Uint32Array.from(living, (_, place) => place)
    const places = new Map(living.map((person, place) => [person, place]))
    const placeOf = (person: number) => places.get(person) ?? -1
    const beside = await readBeside(piece.whom)
    yield {
      people: living,
      lens: createLens(factsOf(rows, { workspaceId, needs, people: piece.whom }, order, dictionaries), dictionaries),
      attributesOf: attributesIn(rows.profiles),
      events: happeningsOf(beside.events, living.length, placeOf),
      sayings: happeningsOf(beside.sayings, living.length, placeOf),
      turns: turnsOf(beside.turns, members, placeOf),
      firsts: firstsOf(beside.firsts, living.length, placeOf),
      presence: happeningsOf(beside.presence, living.length, placeOf),
    }
  }
}

/** Rows of nobody are left out by whoever reads them. */
const noPerson = -1

/** The rows until `from`, and behind them what is made up. */
function withInstead(blocks: readonly Block[], instead: readonly MadeUp[], from: number): Block[] {
  const kept = blocks.map((block) => {
    const ms = block.numbers.get('ms')
    const persons = block.numbers.get('person')?.map((person, i) => ((ms?.[i] ?? 0) > from ? noPerson : person))
    return persons === undefined ? block : { ...block, numbers: new Map([...block.numbers, ['person', persons]]) }
  })
  return [...kept, blockOf(instead)]
}

/** By person and time, as the store answers. */
function blockOf(events: readonly MadeUp[]): Block {
  const rows = events.toSorted((a, b) => a.person - b.person || a.at - b.at)
  const names = [...new Set(rows.map(({ event }) => event))]
  return {
    rows: rows.length,
    numbers: new Map([
      ['person', Float64Array.from(rows, ({ person }) => person)],
      ['ms', Float64Array.from(rows, ({ at }) => at)],
    ]),
    texts: new Map([['text', textsOf(rows.map(({ properties }) => properties))]]),
    words: new Map([['event', { words: names, places: Float64Array.from(rows, ({ event }) => names.indexOf(event)) }]]),
  }
}

function attributesIn(profiles: readonly Block[]): ReplayPiece['attributesOf'] {
  return (place) => {
    let at = place
    for (const block of profiles) {
      if (at >= block.rows) {
        at -= block.rows
        continue
      }
      const texts = block.texts.get('attributes')
      return texts === undefined ? {} : objectIn(texts.bytes, texts.starts[at] ?? 0, texts.ends[at] ?? 0)
    }
    return {}
  }
}

function objectIn(bytes: Uint8Array, start: number, end: number): Record<string, unknown> {
  return end - start <= 2 ? {} : JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString())
}

/** Rows come by rising person and time. */
function happeningsOf(blocks: readonly Block[], people: number, placeOf: (person: number) => number): Happenings {
  const all = blocks.reduce((sum, block) => sum + block.rows, 0)
  const [starts, times, at] = [new Uint32Array(people + 1), new Float64Array(all), new Uint32Array(all)]
  const firsts: number[] = []
  let rows = 0
  let place = -1
  let seen = 0
  for (const block of blocks) {
    firsts.push(seen)
    const [persons, ms] = [block.numbers.get('person'), block.numbers.get('ms')]
    for (let i = 0; i < block.rows; i++, seen++) {
      const own = placeOf(persons?.[i] ?? 0)
      if (own < 0) continue
      for (; place < own; ) starts[++place] = rows
      times[rows] = ms?.[i] ?? 0
      at[rows++] = seen
    }
  }
  for (; place < people; ) starts[++place] = rows
  function rowOf(row: number): { block: Block | undefined; i: number } {
    const whole = at[row] ?? 0
    let own = firsts.length - 1
    while (own > 0 && (firsts[own] ?? 0) > whole) own--
    return { block: blocks[own], i: whole - (firsts[own] ?? 0) }
  }
  return {
    starts,
    times,
    name(row) {
      const { block, i } = rowOf(row)
      const names = block?.words.get('event')
      return names?.words[names.places[i] ?? 0] ?? ''
    },
    properties(row) {
      const { block, i } = rowOf(row)
      const texts = block?.texts.get('text')
      return texts === undefined ? {} : objectIn(texts.bytes, texts.starts[i] ?? 0, texts.ends[i] ?? 0)
    },
  }
}

function turnsOf(
  blocks: readonly Block[],
  members: readonly { of: string; key: string }[],
  placeOf: (person: number) => number,
): Map<number, Turn[]> {
  const turns = new Map<number, Turn[]>()
  for (const block of blocks) {
    const { numbers, texts } = block
    const values = texts.get('value')
    for (let i = 0; i < block.rows; i++) {
      const place = placeOf(numbers.get('person')?.[i] ?? 0)
      const one = members[(numbers.get('member')?.[i] ?? 0) - 1]
      if (place < 0 || one === undefined || values === undefined) continue
      const own = turns.get(place) ?? []
      turns.set(place, own)
      const value = Buffer.from(
        values.bytes.buffer,
        values.bytes.byteOffset + (values.starts[i] ?? 0),
        (values.ends[i] ?? 0) - (values.starts[i] ?? 0),
      )
      own.push({
        at: numbers.get('ms')?.[i] ?? 0,
        of: one.of === 'tag' ? 'tag' : 'segment',
        key: one.key,
        value: value.toString(),
        held: numbers.get('entered')?.[i] === 1,
      })
    }
  }
  return turns
}

function firstsOf(blocks: readonly Block[], people: number, placeOf: (person: number) => number): Float64Array {
  const firsts = new Float64Array(people).fill(Number.POSITIVE_INFINITY)
  for (const { rows, numbers } of blocks) {
    const [persons, ms] = [numbers.get('person'), numbers.get('ms')]
    for (let i = 0; i < rows; i++) {
      const place = placeOf(persons?.[i] ?? 0)
      if (place >= 0) firsts[place] = Math.min(firsts[place] ?? Number.POSITIVE_INFINITY, ms?.[i] ?? 0)
    }
  }
  return firsts
}
