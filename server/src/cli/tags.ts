import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  AppError,
  csvTableRecords,
  type DefinitionFile,
  decodedText,
  definitionName,
  definitionPath,
  definitionText,
  importPlan,
  inOrder,
  parseDefinition,
  putDefinition,
  type StoredDefinitionFile,
  storedFiles,
  tagCsv,
  tagsOfRecords,
} from '@chaoxi/contract'
import { tagXlsx, xlsxRecords } from '@chaoxi/contract/tag-xlsx'
import { type ApiCall, openApi } from './api-client.ts'
import { type Command, type ExitCode, exitCodes, type Shell, UsageError } from './command.ts'
import { lineDiff } from './line-diff.ts'

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    throw new UsageError(`${file} cannot be read`)
  }
}

const read = (file: string): string => decodedText(bytesOf(file))

async function definitionsAt(path: string): Promise<DefinitionFile[]> {
  if (!existsSync(path)) throw new UsageError(`${path} cannot be read`)
  if (path.endsWith('.csv')) return tagsOfRecords(csvTableRecords(read(path)), path)
  if (path.endsWith('.xlsx')) return tagsOfRecords(await xlsxRecords(new Blob([new Uint8Array(bytesOf(path))]), path), path)
  if (!statSync(path).isDirectory()) return [parseDefinition(read(path), path)]
  return ['tags', 'segments'].flatMap((kind) => {
    const folder = join(path, kind)
    if (!existsSync(folder)) return []
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
    return files.sort().map((file) => parseDefinition(read(join(folder, file)), join(folder, file)))
  })
}

/** The definitions in a folder (tags/*.json, segments/*.json), in files, or in a table. */
async function definitionsIn(paths: readonly string[]): Promise<DefinitionFile[]> {
  const definitions = (await Promise.all(paths.map(definitionsAt))).flat()
  const seen = new Set<string>()
  for (const one of definitions) {
    if (seen.has(definitionName(one))) throw new AppError('invalid_request', `${definitionName(one)} is defined twice`)
    seen.add(definitionName(one))
  }
  return definitions
}

async function onServer(call: ApiCall): Promise<Map<string, StoredDefinitionFile>> {
  const [tags, segments] = [await call('tags'), await call('segments')]
  return storedFiles(tags.items, segments.items)
}

async function exportTo(path: string, call: ApiCall, shell: Shell): Promise<ExitCode> {
  if (/\.(csv|xlsx)$/.test(path)) {
    const { items } = await call('tags')
    writeFileSync(path, path.endsWith('.csv') ? tagCsv(items) : new Uint8Array(await (await tagXlsx(items)).arrayBuffer()))
    shell.out(`${items.length} tags in ${path}\n`)
    return exitCodes.done
  }
  const stored = await onServer(call)
  for (const { definition } of stored.values()) {
    const file = join(path, definitionPath(definition))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, definitionText(definition))
  }
  shell.out(`${stored.size} tags and segments in ${path}\n`)
  return exitCodes.done
}

async function importFrom(paths: readonly string[], call: ApiCall, dryRun: boolean, shell: Shell): Promise<ExitCode> {
  const steps = importPlan(await definitionsIn(paths), await onServer(call))
  const count = { created: 0, changed: 0, same: 0 }
  for (const step of steps) {
    const { file, what } = step
    count[what]++
    if (what === 'same') continue
    shell.out(`${dryRun ? 'would be ' : ''}${what}: ${definitionName(file)} ${file.name}\n`)
    if (!dryRun) await putDefinition(call, step)
  }
  shell.out(`${count.created} created, ${count.changed} changed, ${count.same} the same${dryRun ? ' (nothing was written)' : ''}\n`)
  return exitCodes.done
}

async function diff(paths: readonly string[], call: ApiCall, shell: Shell): Promise<ExitCode> {
  const files = new Map((await definitionsIn(paths)).map((file) => [definitionName(file), file]))
  const stored = await onServer(call)
  let differences = 0
  for (const name of [...new Set([...stored.keys(), ...files.keys()])].sort()) {
    const [file, known] = [files.get(name), stored.get(name)]
    const [before, after] = [known ? definitionText(known.definition) : '', file ? definitionText(file) : '']
    if (before === after) continue
    differences++
    shell.out(`${name}: ${!known ? 'only in the files' : !file ? 'only on the server' : 'differs (- server, + files)'}\n`)
    if (known && file) shell.out(`${lineDiff(before.trimEnd(), after.trimEnd()).join('\n')}\n`)
  }
  if (differences === 0) shell.out('The files and the server say the same\n')
  return differences === 0 ? exitCodes.done : exitCodes.partly
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { server: { type: 'string' }, 'api-key': { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

export const tags: Command = {
  usage: 'tags export|import|validate|diff FOLDER|FILE... [--server URL] [--api-key KEY] [--dry-run]',
  summary:
    'Tags and segments as files for git (one JSON a definition), or tags as a table (.csv, .xlsx). Diff answers 3 where something differs.',
  async run(args, shell) {
    const { values, positionals } = parse(args)
    const [what, ...paths] = positionals
    const [path] = paths
    if (what === undefined || !['export', 'import', 'validate', 'diff'].includes(what))
      throw new UsageError('tags needs one of export, import, validate, diff')
    if (path === undefined) throw new UsageError(`tags ${what} needs a folder or a file`)
    if (what === 'validate') {
      const files = inOrder(await definitionsIn(paths))
      shell.out(`${files.length} valid tags and segments\n`)
      return exitCodes.done
    }
    const call = openApi({ server: values.server ?? null, apiKey: values['api-key'] ?? null, config: shell.config() })
    if (what === 'export') {
      if (paths.length > 1) throw new UsageError('tags export writes into one folder or table')
      return exportTo(path, call, shell)
    }
    return what === 'import' ? importFrom(paths, call, values['dry-run'], shell) : diff(paths, call, shell)
  },
}
