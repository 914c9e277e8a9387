import { createWriteStream, rmSync, type WriteStream } from 'node:fs'
import type { RejectedRow } from './events.ts'

/** The list of rejected rows: one JSON object a line with the row's line number, the reason and the row itself. */
export interface RejectedRows {
  write(row: RejectedRow): Promise<void>
  close(): Promise<void>
}

/** The file is made with the first row, so an import without rejections leaves none. */
export function createRejectedRows(path: string): RejectedRows {
  let stream: WriteStream | null = null
  let failure: Error | null = null
  rmSync(path, { force: true })
  return {
    async write(row) {
      stream ??= createWriteStream(path).on('error', (error) => {
        failure = error
      })
      if (failure) throw failure
      if (!stream.write(`${JSON.stringify(row)}\n`))
        await new Promise<void>((resolve) => stream?.once('drain', () => resolve()).once('error', () => resolve()))
    },
    async close() {
      if (stream !== null && failure === null) await new Promise<void>((resolve) => stream?.end(() => resolve()))
      if (failure) throw failure
    },
  }
}
