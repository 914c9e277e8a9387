// Makes a fresh clone runnable: installs what is missing and finds the Node that runs TypeScript files. Plain
// JavaScript for the machine's own Node (20 or newer), without any package.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const inRoot = (...parts) => join(root, ...parts)
const stamp = inRoot('node_modules/.chaoxi-installed')

/** Ends the program with one line for a person. */
export function fail(line) {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex')
}

function isInstalled(hash) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true
  // npm leaves a copy of the lock file; one newer than ours means that somebody ran `npm install` by hand.
  const copy = inRoot('node_modules/.package-lock.json')
  return existsSync(copy) && statSync(copy).mtimeMs >= statSync(inRoot('package-lock.json')).mtimeMs
}

function install() {
  const hash = lockHash()
  if (isInstalled(hash)) return
  process.stderr.write('Installing packages; this takes a minute or two, once …\n')
  // Under `npm start`, npm names itself; by hand it is on the path.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  const [command, ...first] = npm
  const result = spawnSync(command, [...first, 'ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (result.status !== 0) fail('npm ci failed (see above); chaoxi needs npm and a way to its registry for the first start.')
  writeFileSync(stamp, hash)
}

/** Node runs `.ts` files without a flag since 22.18 and 23.6. */
function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)
}

function versionOf(node) {
  const result = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return result.status === 0 ? result.stdout.trim() : null
}

function findNode() {
  const own = inRoot('node_modules/node/bin/node')
  if (existsSync(own) && versionOf(own)) return own
  if (runsTypeScript(process.version)) return process.execPath
  return fail(
    `Chaoxi needs Node 22.18 or newer; this is ${process.version}, and the Node that npm installs with it is missing (are install scripts blocked?). Allow them and run npm ci, or install a newer Node.`,
  )
}

/** Installs if needed; answers the path of the Node to use. */
export function ensure() {
  if (process.platform === 'win32') fail('Chaoxi runs on Linux and macOS; on Windows use WSL2.')
  install()
  return findNode()
}

// Ctrl-C reaches us from the terminal and again from npm: two within this time are one.
const sameSignalMs = 1_000
const parentCheckMs = 500

/**
 * Runs `node` with `args` to its end and then ends with its code. The child has a process group of its own, so that a
 * Ctrl-C reaches it once, through us, and it can stop in order; a second Ctrl-C a moment later is passed on too.
 */
export function runToEnd(node, args) {
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', detached: true, env: surroundings() })
  const last = new Map()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = performance.now()
      if (now - (last.get(signal) ?? Number.NEGATIVE_INFINITY) > sameSignalMs) child.kill(signal)
      last.set(signal, now)
    })
  }
  // npm passes SIGTERM to the shell between it and us, which dies of it and leaves us behind.
  const parent = process.ppid
  if (process.env.npm_lifecycle_event) {
    setInterval(() => {
      if (process.ppid !== parent) child.kill('SIGTERM')
    }, parentCheckMs).unref()
  }
  child.on('error', (error) => fail(`${node} could not be started: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

/** Runs `node` with `args` and waits; answers whether it went well. */
export function run(node, args, cwd = root) {
  return spawnSync(node, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], env: surroundings() }).status === 0
}

/** What the child starts with `node` should be the same Node; and what was compiled once is not compiled at every start. */
function surroundings() {
  const folders = [inRoot('node_modules/node/bin'), inRoot('node_modules/.bin'), process.env.PATH ?? '']
  return { NODE_COMPILE_CACHE: inRoot('node_modules/.cache/node'), ...process.env, PATH: folders.join(':') }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensure()
