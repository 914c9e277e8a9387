import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** Which folder of server/src may import which: only what stands above it. Upward calls are wired in wiring.ts. */
const kernel = ['platform', 'query']
const people = ['platform', 'identity']
const engagement = [...kernel, 'workspaces', 'identity', 'ingest', 'content', 'tags', 'segments', 'compliance', 'benefits', 'delivery']
const mayImport: Record<string, readonly string[]> = {
  platform: [],
  query: ['platform'],
  stats: [],
  workspaces: ['platform'],
  identity: ['platform'],
  content: ['platform'],
  ingest: people,
  imports: [...people, 'ingest'],
  tags: [...kernel, 'stats', 'identity'],
  segments: [...kernel, 'stats', 'identity', 'tags'],
  compliance: people,
  benefits: people,
  tasks: ['platform'],
  delivery: [...people, 'content', 'compliance'],
  journeys: [...engagement, 'stats'],
  reports: [...engagement, 'journeys'],
}
/** The app: may import everything, is imported by nothing but tests. Files of server/src itself belong to it too. */
const app = ['cli', 'demo']

/** Faces besides a folder's own: the SMS provider's stand-in is a program of its own that lives beside its protocol. */
const moreFaces = ['server/src/delivery/standin/index.ts']

/** What code outside the server may import besides itself. Packages: null = any that its package.json names. */
const packagesOf: Record<string, readonly string[] | null> = {
  contract: ['zod', 'read-excel-file/universal', 'write-excel-file/universal'],
  sdk: [],
  console: null,
  server: null,
}

/** The contract's faces; the workbook's stands apart so that only who reads or writes one loads the format, the builder's for code outside. */
const contractFaces = ['@chaoxi/contract', '@chaoxi/contract/journey-builder', '@chaoxi/contract/tag-xlsx']

/** Files that may do what the others may not, each with its reason. */
const readsEnvironment = [
  'server/src/platform/config.ts',
  'server/src/platform/db/embedded-postgres.ts', // hands the environment on to its child process
]
const readsWallClock = [
  'server/src/platform/clock.ts',
  'server/src/platform/db/embedded-postgres.ts', // waits for a real process, whatever time the program lives in
]
const writesSql = ['server/src/wiring.ts'] // asks whether PostgreSQL answers, nothing else
const linesMax = 400
/** A test tells stories one after the other; it is split by noun a little later. */
const testLinesMax = 600
const longFiles: readonly string[] = []

interface Source {
  readonly path: string
  readonly text: string
  readonly isTest: boolean
}

function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8'), isTest: /\.test(-kit)?\.tsx?$/.test(path) }))
}

/** Specifiers of every import and re-export, static or not. */
function importsOf({ text }: Source): string[] {
  const pattern = /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '')
}

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')

const sources = ['contract/src', 'server/src', 'console/src', 'sdk/src']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap(sourcesIn)
const serverSources = sources.filter(({ path }) => path.startsWith('server/src/'))

/** `server/src/tags/x.ts` → `tags`; a file of server/src itself → ''. */
const domainOf = (path: string) => /^server\/src\/([^/]+)\//.exec(path)?.[1] ?? ''
const isApp = (domain: string) => domain === '' || app.includes(domain)

function serverImportProblem(source: Source, target: string): string | null {
  const from = domainOf(source.path)
  const to = domainOf(target)
  if (from === to) return null
  if (!target.startsWith('server/src/')) return source.isTest && target.startsWith('server/test/harness/') ? null : 'leaves server/src'
  if (isApp(to)) return isApp(from) ? null : 'imports the app'
  // The platform has no face: its files are the face.
  const throughFace = to === 'platform' || target === `server/src/${to}/index.ts` || (isApp(from) && moreFaces.includes(target))
  if (!throughFace) return `goes past ${to}/index.ts`
  if (isApp(from) || source.isTest) return null
  return mayImport[from]?.includes(to) ? null : `${from} may not import ${to}`
}

describe('imports', () => {
  test('every folder of the server stands in the table', () => {
    const folders = new Set(serverSources.map(({ path }) => domainOf(path)).filter((domain) => !isApp(domain)))
    expect([...folders].filter((folder) => !(folder in mayImport))).toEqual([])
  })

  test('the table has no way back: a folder imports only folders that never import it', () => {
    const reach = (from: string, seen = new Set<string>()): Set<string> => {
      for (const to of mayImport[from] ?? []) {
        if (seen.has(to)) continue
        seen.add(to)
        reach(to, seen)
      }
      return seen
    }
    expect(Object.keys(mayImport).filter((folder) => reach(folder).has(folder))).toEqual([])
  })

  test('domains import only what the table allows, and only through their faces', () => {
    const problems = serverSources.flatMap((source) =>
      importsOf(source)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative(root, resolve(root, dirname(source.path), specifier)))
        .map((target) => ({ target, problem: serverImportProblem(source, target) }))
        .filter(({ problem }) => problem !== null)
        .map(({ target, problem }) => `${source.path} → ${target}: ${problem}`),
    )
    expect(problems).toEqual([])
  })

  test('contract, console and sdk reach nobody but the contract, and only named packages', () => {
    const problems = sources
      .filter((source) => !source.isTest)
      .flatMap((source) => {
        const place = source.path.split('/')[0] ?? ''
        const allowed = packagesOf[place]
        return importsOf(source)
          .filter((specifier) => {
            if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(source.path), specifier)).split('/')[0] !== place
            if (specifier.startsWith('@chaoxi/')) return !contractFaces.includes(specifier) || place === 'contract'
            if (specifier.startsWith('node:')) return place !== 'server'
            return allowed !== null && !allowed?.includes(specifier)
          })
          .map((specifier) => `${source.path} → ${specifier}`)
      })
    expect(problems).toEqual([])
  })
})

/** Non-test files of the server where the pattern stands outside comments. */
function found(pattern: RegExp, allowed: (path: string) => boolean): string[] {
  return serverSources
    .filter((source) => !source.isTest && !allowed(source.path) && pattern.test(withoutComments(source.text)))
    .map(({ path }) => path)
}

describe('places', () => {
  test('the environment is read in the configuration only', () => {
    expect(found(/process\.env\b/, (path) => readsEnvironment.includes(path))).toEqual([])
  })

  test('the time comes from the clock', () => {
    expect(found(/Date\.now\(|new Date\(\)/, (path) => readsWallClock.includes(path))).toEqual([])
  })

  test('SQL stands in stores', () => {
    const isStore = (path: string) =>
      path.startsWith('server/src/platform/') || /\/(store|store-[a-z-]+|[a-z-]+-store)\.ts$/.test(path) || writesSql.includes(path)
    expect(found(/\bsql`/, isStore)).toEqual([])
  })

  test(`no file is longer than ${linesMax} lines, no test than ${testLinesMax}`, () => {
    const long = sources.filter(({ path, text, isTest }) => {
      return text.trimEnd().split('\n').length > (isTest ? testLinesMax : linesMax) && !longFiles.includes(path)
    })
    expect(long.map(({ path }) => path)).toEqual([])
  })

  test('exceptions that are not needed any more are gone', () => {
    expect([...readsEnvironment, ...readsWallClock, ...writesSql, ...longFiles].filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})
