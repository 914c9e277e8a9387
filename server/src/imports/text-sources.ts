import { AppError, CsvError, createCsvReader } from '@chaoxi/contract'
import { replacement, type TextPieces } from './decode.ts'
import { type Cell, cleanCell, type ReadRow } from './rows.ts'

const notText = 'the row is not in the encoding that the mapping names'

/** Rows of a CSV text. The header must hold every column in `needed` (a column or one of its aliases). */
export interface CsvOptions {
  readonly delimiter: string
  /** Null: the first record names the columns. */
  readonly columns: readonly string[] | null
  readonly aliases: Readonly<Record<string, readonly string[]>>
  readonly needed: ReadonlySet<string>
}

/** The columns by their own names, whatever alias the file uses. */
export function namedColumns(header: readonly string[], options: Pick<CsvOptions, 'aliases' | 'needed'>): string[] {
  const names = header.map((name) => {
    const clean = cleanCell(name.trim())
    const own = Object.entries(options.aliases).find(([, others]) => others.includes(clean))
    return own && !header.includes(own[0]) ? own[0] : clean
  })
  const missing = [...options.needed].filter((name) => !names.includes(name))
  if (missing.length > 0)
    throw new AppError(
      'invalid_request',
      `The file has no column ${missing.map((name) => `"${name}"`).join(', ')}; it has ${names.map((name) => `"${name}"`).join(', ')}`,
    )
  return names
}

function csvRow(line: number, fields: string[], width: number): ReadRow {
  if (fields.length !== width) return { line, reason: `the row has ${fields.length} cells where the header has ${width}`, raw: fields }
  const content = fields.join('\u001f')
  if (content.includes(replacement)) return { line, reason: notText, raw: fields }
  return { line, cells: fields.map(cleanCell), content, raw: fields }
}

/** Calls `onColumns` before the first block. */
export async function* csvRows(text: TextPieces, options: CsvOptions, onColumns: (columns: string[]) => void): AsyncGenerator<ReadRow[]> {
  const reader = createCsvReader(options.delimiter)
  let width = 0
  if (options.columns !== null) {
    width = options.columns.length
    onColumns(namedColumns(options.columns, options))
  }
  function* take(records: ReturnType<typeof reader.end>): Generator<ReadRow> {
    for (const { line, fields } of records) {
      if (width === 0) {
        width = fields.length
        onColumns(namedColumns(fields, options))
      } else yield csvRow(line, fields, width)
    }
  }
  try {
    for await (const piece of text.pieces) yield [...take(reader.push(piece))]
    yield [...take(reader.end())]
  } catch (error) {
    if (error instanceof CsvError) throw new AppError('invalid_request', `Line ${error.line}: ${error.message}`)
    throw error
  }
  if (width === 0) throw new AppError('invalid_request', 'The file is empty')
}

/** A value inside a JSON object by its own name, else by a path with dots. */
function reach(object: Record<string, unknown>, name: string): unknown {
  if (name in object) return object[name]
  let value: unknown = object
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return null
    value = Reflect.get(value, part)
  }
  return value
}

export function toCell(value: unknown): Cell {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (value instanceof Date) return value.toISOString()
  return JSON.stringify(value)
}

// Order numbers exceed 2^53: such a number stays text, digit by digit.
const longInteger = /\d{16}/
function exactInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '') ? context?.source : value
}

export function parseJsonLine(line: string): unknown {
  return longInteger.test(line) ? JSON.parse(line, exactInteger) : JSON.parse(line)
}

function jsonRow(line: number, text: string, columns: readonly string[], aliases: CsvOptions['aliases']): ReadRow {
  if (text.includes(replacement)) return { line, reason: notText, raw: text }
  let value: unknown
  try {
    value = parseJsonLine(text)
  } catch (error) {
    return { line, reason: `not JSON: ${error instanceof Error ? error.message : String(error)}`, raw: text }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { line, reason: 'not a JSON object', raw: text }
  const object: Record<string, unknown> = { ...value }
  const cells = columns.map((name) => {
    for (const candidate of [name, ...(aliases[name] ?? [])]) {
      const found = reach(object, candidate)
      if (found !== null && found !== undefined) return toCell(found)
    }
    return null
  })
  return { line, cells, content: text, raw: text }
}

const lineCharsMax = 1024 * 1024

export async function* jsonRows(text: TextPieces, columns: readonly string[], aliases: CsvOptions['aliases']): AsyncGenerator<ReadRow[]> {
  let rest = ''
  let line = 0
  const take = (lines: string[]): ReadRow[] => {
    const rows: ReadRow[] = []
    for (const raw of lines) {
      line++
      const clean = raw.trim()
      if (clean !== '') rows.push(jsonRow(line, clean, columns, aliases))
    }
    return rows
  }
  for await (const piece of text.pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > lineCharsMax)
      throw new AppError('invalid_request', `Line ${line + lines.length + 1} is longer than ${lineCharsMax} characters`)
    yield take(lines)
  }
  yield take([rest])
}
