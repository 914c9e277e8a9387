import { stat } from 'node:fs/promises'
import { AppError } from '@chaoxi/contract'
import { readText } from './decode.ts'
import { columnsOf, type Mapping } from './mapping.ts'
import { readParquet } from './parquet-source.ts'
import type { ReadRow, Source } from './rows.ts'
import { csvRows, jsonRows } from './text-sources.ts'

type Format = 'csv' | 'jsonl' | 'parquet'

const formatsByEnding: Record<string, Format> = {
  csv: 'csv',
  txt: 'csv',
  tsv: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'jsonl',
  parquet: 'parquet',
}

function formatOf(file: string, mapping: Mapping): Format {
  if (mapping.source.format !== undefined) return mapping.source.format
  const ending = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase() ?? ''
  const format = formatsByEnding[ending]
  if (format === undefined)
    throw new AppError('invalid_request', `The name ${file} does not tell its format; name it in the mapping as source.format`)
  return format
}

/** Opens a file of rows as its mapping describes it. */
export async function openSource(file: string, mapping: Mapping): Promise<Source> {
  const size = (await stat(file)).size
  const format = formatOf(file, mapping)
  const needed = columnsOf(mapping)
  const { aliases, delimiter, encoding, header } = mapping.source
  if (format === 'parquet') {
    const parquet = await readParquet(file, { aliases, needed })
    let read = 0
    async function* counted(): AsyncGenerator<ReadRow[]> {
      for await (const block of parquet.blocks) {
        read += block.length
        yield block
      }
    }
    return { columns: parquet.columns, blocks: counted(), progress: () => (parquet.rows === 0 ? 1 : read / parquet.rows) }
  }
  const text = await readText(file, encoding)
  const progress = () => (size === 0 ? 1 : text.bytesRead() / size)
  if (format === 'jsonl') {
    const columns = [...needed]
    return { columns, blocks: jsonRows(text, columns, aliases), progress }
  }
  const given = header ? null : (mapping.source.columns ?? null)
  let columns: string[] = []
  const rows = csvRows(text, { delimiter, columns: given, aliases, needed }, (names) => {
    columns = names
  })
  // The first block brings the header with it.
  const first = await rows.next()
  async function* blocks(): AsyncGenerator<ReadRow[]> {
    if (!first.done) yield first.value
    yield* rows
  }
  return { columns, blocks: blocks(), progress }
}
