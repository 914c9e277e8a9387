/** One record of a CSV text: its fields, and the line it starts on. */
export interface CsvRecord {
  readonly line: number
  readonly fields: string[]
}

/** A quote that is never closed would swallow the rest of the file: a record this long is an error. */
const recordCharsMax = 1024 * 1024

const quote = '"'
const lineFeed = 10
const carriageReturn = 13

export class CsvError extends Error {
  readonly line: number
  constructor(line: number, message: string) {
    super(message)
    this.name = 'CsvError'
    this.line = line
  }
}

/**
 * RFC 4180 over pieces of text, with what real exports add: `="…"` counts as a quoted field (and stays as it is, for
 * `cleanCell`), a quote inside an unquoted field is text, and a field may be quoted only in part. Written by hand
 * because csv-parse took 10 microseconds a row where this takes one, on the machine that also runs the server.
 */
export function createCsvReader(delimiter: string): { push(text: string): CsvRecord[]; end(): CsvRecord[] } {
  const delimiterCode = delimiter.charCodeAt(0)
  let rest = ''
  let line = 1
  // Where the record being read has come to in `rest`; -1 when it needs more text.
  let at = 0

  /** The end of a quoted part that opens at `open`, or -1. */
  function closing(open: number, final: boolean): number {
    let from = open + 1
    for (;;) {
      const found = rest.indexOf(quote, from)
      if (found < 0) return -1
      if (found + 1 >= rest.length && !final) return -1
      if (rest.charCodeAt(found + 1) !== 34) return found
      from = found + 2
    }
  }

  /** The first delimiter or line feed from `from`, or the end of the text when it is final, or -1. */
  function fieldEnd(from: number, final: boolean): number {
    for (let i = from; i < rest.length; i++) {
      const code = rest.charCodeAt(i)
      if (code === delimiterCode || code === lineFeed) return i
    }
    return final ? rest.length : -1
  }

  /** The field at `at`; moves `at` behind its delimiter. Null: more text is needed. */
  function field(final: boolean): { text: string; last: boolean } | null {
    const start = at
    const first = rest.charCodeAt(start)
    const formula = first === 61 && rest.charCodeAt(start + 1) === 34
    let text = ''
    let tail = start
    if (first === 34 || formula) {
      const open = formula ? start + 1 : start
      const close = closing(open, final)
      if (close < 0) {
        if (final) throw new CsvError(line, 'a quote that is opened here is never closed')
        return null
      }
      text = formula ? rest.slice(start, close + 1) : rest.slice(open + 1, close).replaceAll('""', quote)
      tail = close + 1
    }
    const end = fieldEnd(tail, final)
    if (end < 0) return null
    const last = end >= rest.length || rest.charCodeAt(end) === lineFeed
    const stop = last && end > tail && rest.charCodeAt(end - 1) === carriageReturn ? end - 1 : end
    at = end + 1
    return { text: text + rest.slice(tail, stop), last }
  }

  function record(final: boolean): string[] | null {
    const fields: string[] = []
    for (;;) {
      const next = field(final)
      if (next === null) return null
      fields.push(next.text)
      if (next.last) return fields
    }
  }

  function read(final: boolean): CsvRecord[] {
    const records: CsvRecord[] = []
    let done = 0
    while (done < rest.length) {
      at = done
      const fields = record(final)
      if (fields === null) break
      // A blank line is no record.
      if (fields.length > 1 || fields[0] !== '') records.push({ line, fields })
      for (let i = done; ; line++) {
        const found = rest.indexOf('\n', i)
        if (found < 0 || found >= at) break
        i = found + 1
      }
      done = at
    }
    rest = rest.slice(done)
    if (rest.length > recordCharsMax) throw new CsvError(line, `a record longer than ${recordCharsMax} characters; is a quote not closed?`)
    return records
  }

  return {
    push(text) {
      rest += text
      return read(false)
    },
    end: () => read(true),
  }
}

/** All records of a text. */
export function csvRecords(text: string): CsvRecord[] {
  const reader = createCsvReader(',')
  return [...reader.push(text.replace(/^\ufeff/, '')), ...reader.end()]
}

/** A text of a spreadsheet program: UTF-8, or what Excel in China writes by itself. */
export function decodedText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/**
 * Rows as CSV for Excel: with a byte-order mark, so that it reads UTF-8, and with cells that it would take for a formula kept as
 * text.
 */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`
}

function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
