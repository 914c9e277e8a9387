// Builds what browsers load: the console (vite) and the SDK (esbuild), with compressed copies beside them.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib'
import { ensure, fail, root, run } from './ensure.mjs'

/** What is built: from which sources, by which command, to where. `extra` = configuration that changes the result. */
const targets = {
  console: {
    sources: ['console', 'contract/src', 'package-lock.json'],
    folder: 'console/dist',
    args: ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'],
    cwd: 'console',
  },
  sdk: {
    sources: ['sdk/src', 'package-lock.json', 'scripts/build-sdk.mjs'],
    folder: 'sdk/dist',
    args: ['scripts/build-sdk.mjs'],
    cwd: '.',
  },
}

const stampOf = (folder) => join(root, folder, '.built')
const skipped = new Set(['node_modules', 'dist'])

function newest(path) {
  if (!existsSync(path)) return 0
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  const inside = readdirSync(path).filter((name) => !skipped.has(name))
  return Math.max(stat.mtimeMs, ...inside.map((name) => newest(join(path, name))))
}

function isFresh({ sources, folder }) {
  const stamp = stampOf(folder)
  if (!existsSync(stamp)) return false
  const builtAt = statSync(stamp).mtimeMs
  return sources.every((source) => newest(join(root, source)) <= builtAt)
}

const compressible = new Set(['.js', '.css', '.html', '.svg', '.json', '.map'])
/** Smaller files gain nothing. */
const compressBytesMin = 1024

function compress(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name)
    if (!entry.isFile() || !compressible.has(extname(entry.name))) continue
    const content = readFileSync(path)
    if (content.byteLength < compressBytesMin) continue
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
    writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [zlib.BROTLI_PARAM_QUALITY]: 9 } }))
  }
}

function build(node, name) {
  const { folder, args, cwd } = targets[name]
  const startedAt = new Date()
  process.stderr.write(`Building ${name} …\n`)
  const [script, ...rest] = args
  rmSync(stampOf(folder), { force: true })
  if (!run(node, [join(root, script), ...rest], join(root, cwd))) fail(`${name} could not be built (see above).`)
  compress(join(root, folder))
  mkdirSync(dirname(stampOf(folder)), { recursive: true })
  writeFileSync(stampOf(folder), `${startedAt.toISOString()}\n`)
}

/** Builds what is missing or older than its sources. */
export function buildStale(node) {
  for (const name of Object.keys(targets)) if (!isFresh(targets[name])) build(node, name)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const node = ensure()
  for (const name of Object.keys(targets)) build(node, name)
}
