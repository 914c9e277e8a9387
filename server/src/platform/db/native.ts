/**
 * ClickHouse's Native (clickhouse.com/docs/interfaces/formats/Native): blocks of columns, each value little-endian, a text as
 * its length (LEB128) and its UTF-8. Numbers are copied out as they lie, texts stay where they are.
 */
export interface Block {
  readonly rows: number
  /** Columns of numbers, which must lie within 2^53. Instants are ms since 1970. */
  readonly numbers: ReadonlyMap<string, Float64Array>
  readonly texts: ReadonlyMap<string, Texts>
  /** Columns of type `LowCardinality(String)`. */
  readonly words: ReadonlyMap<string, Words>
}

/** Text `i` is `words[places[i]]`. */
export interface Words {
  readonly words: readonly string[]
  readonly places: Float64Array
}

/** Text `i` is the bytes from `starts[i]` to `ends[i]`. */
export interface Texts {
  readonly bytes: Uint8Array
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

/** What a block's column of few different texts says of itself: the width of its places, and that the texts stand before them. */
const placeTypes = ['UInt8', 'UInt16', 'UInt32', 'UInt64'] as const
const ownWords = 0x200

type Numbers = (bytes: ArrayBuffer) => Float64Array

/** Two halves of 32 bits each; the upper one with its sign for whatever may be negative. */
function wide(bytes: ArrayBuffer, upper: Uint32Array | Int32Array): Float64Array {
  const halves = new Uint32Array(bytes)
  const values = new Float64Array(halves.length / 2)
  for (let i = 0; i < values.length; i++) values[i] = (halves[2 * i] ?? 0) + (upper[2 * i + 1] ?? 0) * 0x1_0000_0000
  return values
}

interface Width {
  readonly size: number
  readonly read: Numbers
}

const widths: Readonly<Record<string, Width>> = {
  UInt8: { size: 1, read: (bytes) => new Float64Array(new Uint8Array(bytes)) },
  UInt16: { size: 2, read: (bytes) => new Float64Array(new Uint16Array(bytes)) },
  UInt32: { size: 4, read: (bytes) => new Float64Array(new Uint32Array(bytes)) },
  UInt64: { size: 8, read: (bytes) => wide(bytes, new Uint32Array(bytes)) },
  Int64: { size: 8, read: (bytes) => wide(bytes, new Int32Array(bytes)) },
  Float64: { size: 8, read: (bytes) => new Float64Array(bytes) },
}

class Reader {
  at = 0
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
  count(): number {
    let value = 0
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.bytes[this.at++]
      if (byte === undefined) throw new Error('the answer of ClickHouse was cut off')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }
  text(): string {
    const length = this.count()
    const { bytes, at } = this
    this.at += length
    return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString()
  }
  numbers(rows: number, type: Width): Float64Array {
    const length = rows * type.size
    if (this.at + length > this.bytes.length) throw new Error('the answer of ClickHouse was cut off')
    // A copy, because views of numbers must begin at multiples of their width.
    const own = new Uint8Array(length)
    own.set(this.bytes.subarray(this.at, this.at + length))
    this.at += length
    return type.read(own.buffer)
  }
  texts(rows: number): Texts {
    const starts = new Uint32Array(rows)
    const ends = new Uint32Array(rows)
    for (let i = 0; i < rows; i++) {
      const length = this.count()
      starts[i] = this.at
      this.at += length
      ends[i] = this.at
    }
    if (this.at > this.bytes.length) throw new Error('the answer of ClickHouse was cut off')
    return { bytes: this.bytes, starts, ends }
  }
  wide(): number {
    return this.numbers(1, widthOf('UInt64'))[0] ?? 0
  }
  words(rows: number): Words {
    const version = this.wide()
    if (rows === 0) return { words: [], places: new Float64Array(0) }
    const kind = this.wide()
    const type = placeTypes[kind & 0xff]
    if (version !== 1 || type === undefined || (kind & ownWords) === 0)
      throw new Error(`a column of few texts cannot be read: ${version}, ${kind}`)
    const words = Array.from({ length: this.wide() }, () => this.text())
    return { words, places: this.numbers(this.wide(), widthOf(type)) }
  }
}

function widthOf(type: string): Width {
  const width = widths[type]
  if (width === undefined) throw new Error(`a column of type ${type} cannot be read`)
  return width
}

export function readNative(bytes: Uint8Array): Block[] {
  const reader = new Reader(bytes)
  const blocks: Block[] = []
  while (reader.at < bytes.length) {
    const columns = reader.count()
    const rows = reader.count()
    const numbers = new Map<string, Float64Array>()
    const texts = new Map<string, Texts>()
    const words = new Map<string, Words>()
    for (let i = 0; i < columns; i++) {
      const name = reader.text()
      const type = reader.text()
      if (type === 'String') texts.set(name, reader.texts(rows))
      else if (type === 'LowCardinality(String)') words.set(name, reader.words(rows))
      else numbers.set(name, reader.numbers(rows, widthOf(type)))
    }
    if (rows > 0) blocks.push({ rows, numbers, texts, words })
  }
  return blocks
}
