import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  createCheckpointStore,
  createProgress,
  createRejectedRows,
  duration,
  fingerprintOf,
  type ImportResult,
  importFile,
  parseMapping,
} from '../imports/index.ts'
import { type Command, exitCodes, type Shell, UsageError } from './command.ts'
import { isAlive, post, startOwnServer } from './servers.ts'
import { openTarget } from './target.ts'

interface Options {
  readonly file: string
  readonly mapping: string
  readonly server: string | null
  readonly writeKey: string | null
  readonly rejected: string | null
  readonly restart: boolean
}

function parse(args: readonly string[]): Options {
  let parsed: ReturnType<typeof parseImportArgs>
  try {
    parsed = parseImportArgs(args)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
  const { values, positionals } = parsed
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw new UsageError('import needs one file')
  if (values.mapping === undefined) throw new UsageError('import needs --mapping MAPPING.json (mappings/ has some)')
  const { mapping, server = null, rejected = null, restart = false } = values
  return { file, mapping, server, rejected, restart, writeKey: values['write-key'] ?? null }
}

function parseImportArgs(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      mapping: { type: 'string' },
      server: { type: 'string' },
      'write-key': { type: 'string' },
      rejected: { type: 'string' },
      restart: { type: 'boolean' },
    },
  })
}

function readMapping(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new UsageError(`the mapping ${path} cannot be read`)
  }
}

function checkFile(path: string): void {
  try {
    if (statSync(path).isFile()) return
  } catch {
    throw new UsageError(`${path} cannot be read`)
  }
  throw new UsageError(`${path} is not a file`)
}

/** Beside the file, or in the data folder when the file lies where we may not write. */
function rejectedPath(file: string, folder: string): string {
  try {
    accessSync(dirname(resolve(file)), constants.W_OK)
    return `${file}.rejected.jsonl`
  } catch {
    return join(folder, `${basename(file)}.rejected.jsonl`)
  }
}

function summary(result: ImportResult, elapsedMs: number, rejected: string): string {
  const n = (value: number) => value.toLocaleString('en-US')
  const rate = elapsedMs > 0 ? Math.round(result.rows / (elapsedMs / 1000)) : result.rows
  const lines = [`${n(result.rows)} rows read, ${n(result.events)} events in ${duration(elapsedMs)} (${n(rate)} rows/s)`]
  if (result.sent < result.events) lines.push(`${n(result.events - result.sent)} of the events were already acknowledged before this run`)
  if (result.skipped > 0) lines.push(`${n(result.skipped)} rows skipped by the mapping`)
  if (result.rejected > 0) lines.push(`${n(result.rejected)} rows rejected; they are in ${rejected}`)
  if (result.quarantined > 0) lines.push(`${n(result.quarantined)} events refused by the server; they are in its quarantine`)
  return `${lines.join('\n')}\n`
}

async function run(args: readonly string[], shell: Shell) {
  const options = parse(args)
  const config = shell.config()
  const mappingText = readMapping(options.mapping)
  const mapping = parseMapping(mappingText)
  checkFile(options.file)
  const folder = join(config.dataFolder, 'imports')
  const fingerprint = await fingerprintOf(options.file)
  const target = await openTarget({ server: options.server, writeKey: options.writeKey, config, start: startOwnServer, isAlive })
  const progress = createProgress({ write: shell.error, ...shell.terminal }, shell.now)
  try {
    const checkpoints = createCheckpointStore(folder, [fingerprint, mappingText, target.started ? 'own' : target.url, target.writeKey])
    if (options.restart) checkpoints.clear()
    const earlier = checkpoints.load()
    if (earlier) shell.error(`Going on after ${earlier.eventsDone.toLocaleString('en-US')} acknowledged events (--restart begins anew)\n`)
    const path = options.rejected ?? rejectedPath(options.file, folder)
    const start = shell.now()
    const result = await importFile({
      file: options.file,
      mapping,
      target,
      post,
      sleep: shell.sleep,
      signal: shell.signal,
      checkpoints,
      rejectedRows: createRejectedRows(path),
      onState: (state) => progress.show(state),
    })
    progress.end()
    shell.out(summary(result, shell.now() - start, path))
    return result.rejected + result.quarantined > 0 ? exitCodes.partly : exitCodes.done
  } finally {
    progress.end()
    await target.close()
  }
}

export const importCommand: Command = {
  usage: 'import FILE --mapping MAPPING.json [--server URL --write-key KEY] [--rejected FILE] [--restart]',
  summary: 'Sends the rows of a CSV, JSON Lines or Parquet file (or gzip of these) as events; again adds nothing.',
  run,
}
