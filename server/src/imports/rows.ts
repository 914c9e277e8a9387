/** What stands in one place of a row. Empty text is `''`; a value missing in JSON or Parquet is null. */
export type Cell = string | number | boolean | null

/** A row as the file has it, its cells in the order of `Source.columns`. */
export interface Row {
  /** Of its first line, counted from 1; for Parquet the number of the row. */
  readonly line: number
  readonly cells: readonly Cell[]
  /** The whole row as text: rows with equal content are repetitions of each other. */
  readonly content: string
  /** What the list of rejected rows shows. */
  readonly raw: unknown
}

/** A row that could not even be read. */
export interface BrokenRow {
  readonly line: number
  readonly reason: string
  readonly raw: unknown
}

export type ReadRow = Row | BrokenRow

export function isBroken(row: ReadRow): row is BrokenRow {
  return 'reason' in row
}

/** Rows of a file in order, in blocks so that a million rows do not cost a million awaits. */
export interface Source {
  readonly columns: readonly string[]
  readonly blocks: AsyncIterable<readonly ReadRow[]>
  /** How far reading has come, 0 to 1. */
  progress(): number
}

const spreadsheetText = /^="(.*)"$/s
const apostrophe = /^'(?=[\d+=-])/

/** Undoes what spreadsheets do to keep long numbers as text: `="5362…"` and a leading apostrophe. */
export function cleanCell(text: string): string {
  const first = text.charCodeAt(0)
  if (first === 61) return spreadsheetText.exec(text)?.[1]?.replaceAll('""', '"') ?? text
  if (first === 39) return text.replace(apostrophe, '')
  return text
}

export function cellText(cell: Cell | undefined): string {
  return cell === null || cell === undefined ? '' : String(cell).trim()
}
