import { AppError } from '@chaoxi/contract'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { ReadRow } from './rows.ts'
import type { CsvOptions } from './text-sources.ts'
import { namedColumns, toCell } from './text-sources.ts'

// Rows held at a time, so that a file of one huge row group does not come in whole.
const blockRows = 10_000

export interface ParquetRows {
  readonly columns: string[]
  readonly rows: number
  readonly blocks: AsyncIterable<ReadRow[]>
}

export async function readParquet(file: string, options: Pick<CsvOptions, 'aliases' | 'needed'>): Promise<ParquetRows> {
  const buffer = await asyncBufferFromFile(file)
  const metadata = await parquetMetadataAsync(buffer).catch((error: unknown) => {
    throw new AppError('invalid_request', `${file} is not a Parquet file: ${error instanceof Error ? error.message : String(error)}`)
  })
  const top = metadata.schema.slice(1)
  // Children of nested columns follow their parent in the list; only the top level is read.
  const header: string[] = []
  for (let i = 0; i < top.length; ) {
    const element = top[i]
    if (!element) break
    header.push(element.name)
    i = after(top, i)
  }
  const columns = namedColumns(header, options)
  const total = Number(metadata.num_rows)
  async function* blocks(): AsyncGenerator<ReadRow[]> {
    for (let start = 0; start < total; start += blockRows) {
      const objects = await parquetReadObjects({
        file: buffer,
        metadata,
        compressors,
        rowStart: start,
        rowEnd: Math.min(total, start + blockRows),
      })
      yield objects.map((object, i) => {
        const cells = header.map((name) => toCell(object[name]))
        const raw = Object.fromEntries(columns.map((name, c) => [name, cells[c]]))
        return { line: start + i + 1, cells, content: JSON.stringify(cells), raw }
      })
    }
  }
  return { columns, rows: total, blocks: blocks() }
}

function after(elements: readonly { num_children?: number }[], i: number): number {
  let next = i + 1
  for (let child = 0; child < (elements[i]?.num_children ?? 0); child++) next = after(elements, next)
  return next
}
