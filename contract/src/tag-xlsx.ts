import { readSheet } from 'read-excel-file/universal'
import writeXlsx from 'write-excel-file/universal'
import type { CsvRecord } from './csv.ts'
import { AppError, type Problem } from './errors.ts'
import { tagRows } from './tag-table.ts'
import type { TagView } from './views.ts'

// The tag table as a workbook. It stands apart from the rest of the contract, so that only who reads or writes one loads the format.

/** What a cell of a workbook holds. */
const cellCharsMax = 32_767
const widths = [8, 24, 22, 8, 60, 22, 40, 14, 10]

/** Throws `invalid_request` where a rule is longer than a cell may be; CSV and files take any. */
export async function tagXlsx(tags: readonly TagView[], who?: (owner: string) => string): Promise<Blob> {
  const rows = tagRows(tags, who)
  const problems = rows.flatMap((row, i): Problem[] =>
    row.some((cell) => String(cell).length > cellCharsMax)
      ? [{ path: `line ${i + 1}`, message: `"${row[1]}" has more than the ${cellCharsMax} characters that a cell takes; use CSV` }]
      : [],
  )
  if (problems.length > 0) throw new AppError('invalid_request', 'Some rules are too long for a workbook; use CSV or files', problems)
  const cells = rows.map((row, i) =>
    row.map((value) => {
      if (value === '') return null
      if (typeof value === 'number') return { value, type: Number }
      return i === 0 ? { value, type: String, fontWeight: 'bold' as const } : { value, type: String }
    }),
  )
  return writeXlsx(cells, { columns: widths.map((width) => ({ width })), stickyRowsCount: 1 }).toBlob()
}

/** The rows of the first sheet. Throws `invalid_request` for what is no workbook. */
export async function xlsxRecords(workbook: Blob, file: string): Promise<CsvRecord[]> {
  const rows = await readSheet(workbook).catch(() => {
    const message = 'is no workbook (.xlsx); save it as one, or as CSV'
    throw new AppError('invalid_request', `${file} ${message}`, [{ path: '', message }])
  })
  return rows.map((row, i) => ({ line: i + 1, fields: row.map(cellText) }))
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  return cell instanceof Date ? cell.toISOString() : String(cell)
}
