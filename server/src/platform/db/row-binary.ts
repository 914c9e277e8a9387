/**
 * ClickHouse's RowBinary (clickhouse.com/docs/interfaces/formats/RowBinary): the columns of each row one after the other,
 * little-endian, a string as its length (LEB128) and its UTF-8, an array as its length and its elements. Less work than JSON on both sides.
 */
export type ColumnType = 'UInt8' | 'UInt32' | 'UInt64' | 'String' | 'DateTime64(3)' | 'Array(UInt64)'

/** The columns of a table in the order in which they are packed. UInt64 below 2^53; DateTime64(3) is ms since 1970. */
export interface Layout {
  readonly table: string
  readonly columns: Readonly<Record<string, ColumnType>>
  /** Of ClickHouse, for these inserts. */
  readonly settings?: Readonly<Record<string, number>>
}

class Writer {
  #bytes = Buffer.allocUnsafe(64 * 1024)
  #length = 0

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + count))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
  u8(value: number): void {
    this.#room(1)
    this.#bytes[this.#length++] = value
  }
  u32(value: number): void {
    this.#room(4)
    this.#length = this.#bytes.writeUInt32LE(value, this.#length)
  }
  u64(value: number): void {
    this.#room(8)
    this.#bytes.writeUInt32LE(value % 0x1_0000_0000, this.#length)
    this.#bytes.writeUInt32LE(Math.floor(value / 0x1_0000_0000), this.#length + 4)
    this.#length += 8
  }
  i64(value: number): void {
    this.#room(8)
    this.#length = this.#bytes.writeBigInt64LE(BigInt(value), this.#length)
  }
  length(value: number): void {
    this.#room(5)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
  }
  u64s(values: readonly number[]): void {
    this.length(values.length)
    this.#room(values.length * 8)
    const words = new Uint32Array(values.length * 2)
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0
      words[i * 2] = value
      words[i * 2 + 1] = value / 0x1_0000_0000
    }
    this.#bytes.set(new Uint8Array(words.buffer), this.#length)
    this.#length += words.byteLength
  }
  text(value: string): void {
    // A UTF-16 unit is at most three bytes, so the length of a short text fits one byte and need not be known before.
    this.#room(value.length * 3 + 5)
    if (value.length * 3 < 0x80) {
      const written = this.#bytes.write(value, this.#length + 1)
      this.#bytes[this.#length] = written
      this.#length += written + 1
      return
    }
    this.length(Buffer.byteLength(value))
    this.#length += this.#bytes.write(value, this.#length)
  }
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}

const put: Record<ColumnType, (writer: Writer, value: never) => void> = {
  UInt8: (writer, value) => writer.u8(value),
  UInt32: (writer, value) => writer.u32(value),
  UInt64: (writer, value) => writer.u64(value),
  'DateTime64(3)': (writer, value) => (value >= 0 ? writer.u64(value) : writer.i64(value)),
  String: (writer, value) => writer.text(value),
  'Array(UInt64)': (writer, value) => writer.u64s(value),
}

export function packRows(layout: Layout, rows: readonly object[]): Buffer {
  const writer = new Writer()
  const columns = Object.entries(layout.columns).map(([name, type]) => ({ name, put: put[type] }))
  for (const row of rows) {
    for (const column of columns) column.put(writer, Reflect.get(row, column.name) as never)
  }
  return writer.bytes
}
