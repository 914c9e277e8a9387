import { renameSync, writeFileSync } from 'node:fs'

/** Whoever reads the file meanwhile, or after we died here, finds what was in it before or all of `text`. One writer at a time. */
export function writeWholeFile(path: string, text: string, mode = 0o666): void {
  writeFileSync(`${path}.new`, text, { mode })
  renameSync(`${path}.new`, path)
}
