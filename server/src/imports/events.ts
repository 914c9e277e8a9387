import { eventBytesMax } from '@chaoxi/contract'
import type { EventMapping, Mapping, Value } from './mapping.ts'
import { createMessageIds, type MessageIds } from './message-ids.ts'
import { type Cell, cellText, type Row } from './rows.ts'
import { timeReader } from './times.ts'
import { conditionTest, type Given, type IndexOf, type ReadValue, RowError, type Test, valueReader } from './values.ts'

/** A message of Segment's specification, as it goes to `POST /v1/batch`. */
export interface ImportedEvent {
  readonly type: 'track' | 'identify'
  readonly messageId: string
  readonly timestamp: string
  readonly event?: string
  readonly userId?: string
  readonly anonymousId?: string
  readonly properties?: Record<string, unknown>
  readonly traits?: Record<string, unknown>
  readonly context: { readonly library: { readonly name: string } }
}

export interface RejectedRow {
  readonly line: number
  readonly reason: string
  readonly raw: unknown
}

/** An event as it goes over the wire: written out once, for its size decides what fits into a request. */
export interface EncodedEvent {
  readonly messageId: string
  readonly json: string
  readonly bytes: number
}

export interface MappedRows {
  readonly events: EncodedEvent[]
  readonly rejected: RejectedRow[]
}

/** Turns rows into events; remembers what it needs to number repetitions and the lines of an order. */
export interface RowMapper {
  isSkipped(row: Row): boolean
  groupKey(row: Row): string
  /** Consecutive rows of one group; a single row without `groupBy`. */
  map(rows: readonly Row[]): MappedRows
}

/** Where the rest of an order's lines go (mappings/README.md). */
const continuation = 'Order Updated'
/** Under the 32 KB an event may hold, for the wire may write a character in more bytes than we count. */
const eventBytesGoal = eventBytesMax - 2_048
/** Orders whose lines may come in parts far from each other: this many of the latest are remembered. */
const ordersMax = 200_000

const context = { library: { name: 'chaoxi-import' } } as const

interface Compiled {
  readonly mapping: EventMapping
  readonly when: readonly Test[]
  readonly name: (cells: readonly Cell[]) => string
  readonly time: (cells: readonly Cell[]) => number
  readonly values: readonly (readonly [string, ReadValue])[]
  readonly lines: { readonly values: readonly (readonly [string, ReadValue])[]; readonly total: string | null } | null
  readonly key: readonly number[] | null
}

type Fields = Record<string, Exclude<Given, undefined>>

function read(values: Compiled['values'], cells: readonly Cell[]): Fields {
  const fields: Fields = {}
  for (const [name, value] of values) {
    const given = value(cells)
    if (given !== undefined) fields[name] = given
  }
  return fields
}

function compile(event: EventMapping, mapping: Mapping, indexOf: IndexOf): Compiled {
  const readers = (values: Record<string, Value>) =>
    Object.entries(values).map(([name, value]) => [name, valueReader(value, indexOf)] as const)
  const time = event.time ?? mapping.time
  const readTime = timeReader(time.formats, mapping.timeZone)
  const timeIndexes = time.columns.map(indexOf)
  return {
    mapping: event,
    when: event.when.map((condition) => conditionTest(condition, indexOf)),
    name: nameReader(event, indexOf),
    time(cells) {
      const text = timeIndexes.map((i) => cellText(cells[i])).find((candidate) => candidate !== '')
      if (text === undefined) throw new RowError(`${time.columns.join(', ')}: there is no time`)
      const instant = readTime(text)
      if (instant === null) throw new RowError(`"${text}" is not a time like ${time.formats.join(' or ')}`)
      return instant
    },
    values: readers(event.type === 'identify' ? event.traits : event.properties),
    lines: event.type === 'track' && event.lines ? { values: readers(event.lines.properties), total: event.lines.total ?? null } : null,
    key: event.messageId?.map(indexOf) ?? null,
  }
}

function nameReader(event: EventMapping, indexOf: IndexOf): (cells: readonly Cell[]) => string {
  if (event.type === 'identify') return () => '$identify'
  const name = event.event
  if (typeof name === 'string') return () => name
  const index = indexOf(name.column)
  return (cells) => {
    const text = cellText(cells[index])
    const found = name.values[text]
    if (found === undefined) throw new RowError(`${name.column}: the mapping has no event for "${text}"`)
    return found
  }
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

/** Cuts lines into parts that fit into one event each beside its other properties. */
function parts(lines: readonly Fields[], otherBytes: number): Fields[][] {
  const cut: Fields[][] = []
  let part: Fields[] = []
  let room = 0
  for (const line of lines) {
    const bytes = bytesOf(line) + 1
    if (part.length === 0 || bytes > room) {
      part = []
      cut.push(part)
      room = eventBytesGoal - otherBytes
    }
    part.push(line)
    room -= bytes
  }
  return cut
}

function encode(event: ImportedEvent): EncodedEvent {
  const json = JSON.stringify(event)
  const bytes = Buffer.byteLength(json)
  if (bytes > eventBytesMax) throw new RowError(`the event has ${bytes} bytes; an event may have ${eventBytesMax}`)
  return { messageId: event.messageId, json, bytes }
}

const numberIn = (fields: Fields, name: string) => (typeof fields[name] === 'number' ? fields[name] : 0)

/** What earlier rows of the same order brought. */
interface OrderSoFar {
  lines: number
  total: number
  parts: number
}

export function createRowMapper(mapping: Mapping, columns: readonly string[]): RowMapper {
  const indexOf: IndexOf = (column) => columns.indexOf(column)
  const skip = mapping.skip.map((condition) => conditionTest(condition, indexOf))
  const userId = mapping.person.userId ? valueReader(mapping.person.userId, indexOf) : () => undefined
  const anonymousId = mapping.person.anonymousId ? valueReader(mapping.person.anonymousId, indexOf) : () => undefined
  const compiled = mapping.events.map((event) => compile(event, mapping, indexOf))
  const groupIndex = mapping.groupBy === undefined ? -1 : indexOf(mapping.groupBy)
  const ids = createMessageIds(mapping.name)
  const orders = new Map<string, OrderSoFar>()

  function personOf(cells: readonly Cell[]): { userId?: string; anonymousId?: string } {
    const user = userId(cells)
    // The anonymous id stands in for a user id that is not there; linking both is an alias, which an import does not make.
    if (user !== undefined && user !== '') return { userId: String(user) }
    const anonymous = anonymousId(cells)
    if (anonymous === undefined || anonymous === '') throw new RowError('the row names no person')
    return { anonymousId: String(anonymous) }
  }

  function orderSoFar(key: string): OrderSoFar {
    // Without groupBy every row is an order of its own.
    if (groupIndex < 0) return { lines: 0, total: 0, parts: 0 }
    const known = orders.get(key)
    if (known) return known
    const fresh = { lines: 0, total: 0, parts: 0 }
    const [oldest] = orders.keys()
    if (orders.size >= ordersMax && oldest !== undefined) orders.delete(oldest)
    orders.set(key, fresh)
    return fresh
  }

  function single(event: Compiled, row: Row): ImportedEvent {
    const fields = read(event.values, row.cells)
    const name = event.name(row.cells)
    return {
      type: event.mapping.type,
      ...(event.mapping.type === 'track' ? { event: name } : {}),
      ...personOf(row.cells),
      messageId: idOf(ids, event, name, row.cells, row.content),
      timestamp: new Date(event.time(row.cells)).toISOString(),
      ...(event.mapping.type === 'track' ? { properties: fields } : { traits: fields }),
      context,
    }
  }

  /** One event, or several when the lines do not fit into one or when rows of the order came before. */
  function withLines(
    event: Compiled,
    shape: NonNullable<Compiled['lines']>,
    rows: readonly Row[],
    lines: readonly Fields[],
  ): ImportedEvent[] {
    const first = rows[0]
    if (!first) return []
    const properties = read(event.values, first.cells)
    const name = event.name(first.cells)
    const order = orderSoFar(`${name}\u0000${String(properties.order_id ?? '')}`)
    const sum = lines.reduce((total, line) => total + numberIn(line, 'price') * numberIn(line, 'quantity'), order.total)
    // To the hundredth: sums of doubles carry dust.
    const total = shape.total === null ? {} : { [shape.total]: Math.round(sum * 100) / 100 }
    const base = {
      type: 'track' as const,
      ...personOf(first.cells),
      timestamp: new Date(event.time(first.cells)).toISOString(),
      context,
    }
    const id = idOf(ids, event, name, first.cells, rows.map((row) => row.content).join('\u001e'))
    const made = parts(lines, bytesOf({ ...base, ...properties, ...total }) + 512).map((products, i): ImportedEvent => {
      const more = order.parts > 0
      const made: ImportedEvent = {
        ...base,
        event: more ? continuation : name,
        // The suffix keeps parts under a key apart; a content's own id is already its own.
        messageId: (event.key === null ? i : order.parts) === 0 ? id : `${id}.${event.key === null ? i : order.parts}`,
        properties: { ...properties, ...total, ...(more ? { line_offset: order.lines } : {}), products },
      }
      order.parts++
      order.lines += products.length
      return made
    })
    order.total = sum
    return made
  }

  function eventsOf(event: Compiled, rows: readonly Row[], rejected: RejectedRow[]): ImportedEvent[] {
    const shape = event.lines
    if (shape === null) return rows.map((row) => single(event, row))
    const good: Row[] = []
    const lines: Fields[] = []
    for (const row of rows) {
      try {
        lines.push(read(shape.values, row.cells))
        good.push(row)
      } catch (error) {
        rejected.push(rejection(row, error))
      }
    }
    return withLines(event, shape, good, lines)
  }

  return {
    isSkipped: (row) => skip.some((test) => test(row.cells)),
    groupKey: (row) => cellText(row.cells[groupIndex]),
    map(rows) {
      const first = rows[0]
      const events: EncodedEvent[] = []
      const rejected: RejectedRow[] = []
      if (!first) return { events, rejected }
      try {
        const fitting = compiled.filter((event) => event.when.every((test) => test(first.cells)))
        if (fitting.length === 0) throw new RowError('no event of the mapping fits the row')
        for (const event of fitting) {
          for (const made of eventsOf(event, rows, rejected)) {
            events.push(encode(made))
          }
        }
      } catch (error) {
        return { events: [], rejected: rows.map((row) => rejection(row, error)) }
      }
      return { events, rejected }
    },
  }
}

function idOf(ids: MessageIds, event: Compiled, name: string, cells: readonly Cell[], content: string): string {
  return event.key === null
    ? ids.ofContent(name, content)
    : ids.ofKey(
        name,
        event.key.map((i) => cellText(cells[i])),
      )
}

function rejection(row: Row, error: unknown): RejectedRow {
  if (!(error instanceof RowError)) throw error
  return { line: row.line, reason: error.message, raw: row.raw }
}
