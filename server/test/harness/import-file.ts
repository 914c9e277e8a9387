import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCheckpointStore, createRejectedRows, type ImportResult, importFile, parseMapping } from '../../src/imports/index.ts'
import { type TestApp, writeKey } from './app.ts'

const root = join(import.meta.dirname, '../../..')

/** Real data that lies beside the project and is not part of it. */
export const sharedData = (name: string) => join(root, '../shared/data', name)

/** Imports a file through the app's own intake, over HTTP, with one of the shipped mappings. */
export function importInto(app: TestApp, file: string, mapping: string): Promise<ImportResult> {
  const scratch = join(app.scratchFolder, `import-${mapping}`)
  return importFile({
    file,
    mapping: parseMapping(readFileSync(join(root, 'mappings', `${mapping}.json`), 'utf8')),
    target: { url: app.url, writeKey },
    post: (url, init) => fetch(url, init),
    sleep: () => Promise.resolve(),
    signal: new AbortController().signal,
    checkpoints: createCheckpointStore(scratch, [file]),
    rejectedRows: createRejectedRows(`${scratch}.rejected.jsonl`),
    onState: () => {},
  })
}
