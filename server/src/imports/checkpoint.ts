import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeWholeFile } from '../platform/whole-file.ts'

const checkpointSchema = z.object({
  file: z.string(),
  eventsDone: z.number().int().nonnegative(),
  quarantined: z.number().int().nonnegative(),
})
/** How far an import has come: the first `eventsDone` events of the file are acknowledged. */
export type Checkpoint = z.infer<typeof checkpointSchema>

export interface CheckpointStore {
  load(): Checkpoint | null
  save(checkpoint: Checkpoint): void
  clear(): void
}

/**
 * A checkpoint belongs to a file's content, a mapping's text and the server it went to. It is removed when the import is
 * complete: importing again then sends everything again, and the server knows the ids.
 */
export function createCheckpointStore(folder: string, key: readonly string[]): CheckpointStore {
  const name = createHash('sha256').update(key.join('\u0000')).digest('hex').slice(0, 32)
  const path = join(folder, `${name}.json`)
  return {
    load() {
      try {
        const parsed = checkpointSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
        return parsed.success ? parsed.data : null
      } catch {
        // None there, or half written by a crash: the import starts anew, which adds nothing twice.
        return null
      }
    },
    save(checkpoint) {
      mkdirSync(folder, { recursive: true })
      writeWholeFile(path, JSON.stringify(checkpoint))
    },
    clear: () => rmSync(path, { force: true }),
  }
}
