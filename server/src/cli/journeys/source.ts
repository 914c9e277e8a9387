import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, type JourneyDetail, type JourneyFile, journeyText, parseJourneyFile, withoutPlaces } from '@chaoxi/contract'
import type { ApiCall } from '../api-client.ts'
import { UsageError } from '../command.ts'
import { jsonIn } from '../json-file.ts'

export interface FoundFile {
  readonly path: string
  readonly file: JourneyFile
}

const isFile = (path: string) => path.endsWith('.json')

/** The journeys in files and folders (every *.json in one). */
export function journeysAt(paths: readonly string[]): FoundFile[] {
  const found = pathsAt(paths).map((path) => ({ path, file: readJourney(path) }))
  const seen = new Map<string, string>()
  for (const { path, file } of found) {
    const before = seen.get(file.key)
    if (before !== undefined) throw new AppError('invalid_request', `${before} and ${path} are both the journey ${file.key}`)
    seen.set(file.key, path)
  }
  return found
}

export function pathsAt(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!existsSync(path)) throw new UsageError(`${path} cannot be read`)
    if (!statSync(path).isDirectory()) return [path]
    const files = readdirSync(path).filter(isFile).sort()
    if (files.length === 0) throw new UsageError(`${path} holds no *.json`)
    return files.map((name) => join(path, name))
  })
}

export const readJourney = (path: string): JourneyFile => parseJourneyFile(jsonIn(readFileSync(path, 'utf8'), path), path)

/** Stands for what is edited, wherever the cards are: the same for the same journey on every server. */
export function fingerprint({ base: _, needs: __, ...file }: JourneyFile): string {
  const text = journeyText({ ...file, definition: withoutPlaces(file.definition) })
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** The draft as a file that knows where it came from. */
export function draftFile({ key, name, description, draft }: JourneyDetail, { places }: { places: boolean }): JourneyFile {
  const file: JourneyFile = { kind: 'journey', key, name, description, definition: places ? draft : withoutPlaces(draft) }
  return { ...file, base: fingerprint(file) }
}

/** Null: the server has no journey with this key. */
export async function findOnServer(call: ApiCall, key: string): Promise<JourneyDetail | null> {
  const { items } = await call('journeys')
  const found = items.find((one) => one.key === key)
  return found === undefined ? null : call('journey', { params: { id: found.id } })
}

export async function onServer(call: ApiCall, key: string): Promise<JourneyDetail> {
  const found = await findOnServer(call, key)
  if (found === null) throw new AppError('not_found', `The server has no journey ${key}`)
  return found
}

/** A journey named on the command line: a file, or KEY (the draft), KEY@live or KEY@3 on the server. */
export async function journeyNamed(name: string, open: () => ApiCall): Promise<{ title: string; file: JourneyFile }> {
  if (isFile(name) || existsSync(name)) {
    if (!existsSync(name)) throw new UsageError(`${name} cannot be read`)
    return { title: name, file: readJourney(name) }
  }
  const [key = '', which = 'draft', ...more] = name.split('@')
  if (more.length > 0 || !/^(draft|live|[1-9]\d*)$/.test(which))
    throw new UsageError(`${name} is neither a file nor KEY, KEY@draft, KEY@live or KEY@VERSION`)
  const call = open()
  const stored = await onServer(call, key)
  const draft = draftFile(stored, { places: false })
  if (which === 'draft') return { title: `${key} (draft)`, file: draft }
  const version = which === 'live' ? stored.version : Number(which)
  if (version === null) throw new AppError('not_found', `The journey ${key} has not been published`)
  const { definition } = await call('journeyVersion', { params: { id: stored.id, version } })
  return { title: `${key} (version ${version})`, file: { ...draft, definition } }
}
