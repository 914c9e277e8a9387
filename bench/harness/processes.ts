import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = join(import.meta.dirname, '../..')
/** A start reads the hashes of all messages: half a minute for twenty million of them. */
const startTimeoutMs = 600_000
const sampleEveryMs = 100

export const writeKey = 'bench_write_key'
export const apiKey = 'bench_api_key_0123456789'

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** A folder that is gone when the benchmark ends. `CHAOXI_BENCH_DIR` puts it on the disk that is to be measured. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(process.env.CHAOXI_BENCH_DIR ?? tmpdir(), 'chaoxi-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs one of our programs with the Node that runs us; its errors go to our standard error. */
export function startNode(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  const [file = '', ...rest] = args
  const child = spawn(process.execPath, [join(root, file), ...rest], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  // Not SIGKILL: the server's own PostgreSQL would live on.
  process.once('exit', () => child.kill('SIGTERM'))
  return child
}

export async function exitOf(child: ChildProcess): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve))
  return child.exitCode ?? 1
}

/** Standard output of a program that ends by itself. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const code = await exitOf(child)
  if (code !== 0) throw new Error(`${child.spawnargs.slice(1).join(' ')} ended with ${code}`)
  return output
}

export interface ServerProcess {
  readonly url: string
  readonly pid: number
  readonly folder: string
  stop(): Promise<void>
}

/** The server's configuration, on a free port. */
export const serverEnvironment = (folder: string): Readonly<Record<string, string>> => ({
  CHAOXI_PORT: '0',
  CHAOXI_DATA_DIR: folder,
  CHAOXI_SAMPLE: 'none',
  CHAOXI_ADMIN_EMAIL: 'bench@example.com',
  CHAOXI_ADMIN_PASSWORD: 'bench-password',
  CHAOXI_WRITE_KEY: writeKey,
  CHAOXI_API_KEY: apiKey,
})

/** The real server as its own process on a fresh data folder. */
export async function startServer(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const child = startNode(['server/src/main.ts'], { ...serverEnvironment(folder), ...environment })
  child.stdout?.resume()
  const deadline = performance.now() + startTimeoutMs
  for (;;) {
    if (child.exitCode !== null) throw new Error('the server did not start')
    const url = runningAt(folder)
    if (url !== null && (await isReady(url))) {
      return {
        url,
        pid: child.pid ?? 0,
        folder,
        async stop() {
          child.kill('SIGINT')
          await exitOf(child)
        },
      }
    }
    if (performance.now() > deadline) throw new Error(`the server was not ready in ${startTimeoutMs} ms`)
    await sleep(50)
  }
}

/** Of the PostgreSQL that the server on this folder runs: its port and its socket's folder stand in lines 4 and 5 of `postmaster.pid`. */
export function postgresUrlOf(folder: string, database = 'chaoxi'): string {
  const lines = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  return `postgres://chaoxi:chaoxi@${encodeURIComponent(lines[4] ?? '')}:${lines[3]}/${database}`
}

function runningAt(folder: string): string | null {
  try {
    const { url }: { url: string } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))
    return url
  } catch {
    return null
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  )
}

/** Resident memory of a process in MiB, from /proc (Linux). */
function residentMib(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib ?? 0) / 1024
}

/** The most that a process ever had in memory, MiB. */
export function peakOfMib(pid: number | 'self'): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

/** Watches a process's memory; `stop` answers the highest seen and the samples, MiB. */
export function watchMemory(pid: number): { stop(): { peakMib: number; startMib: number; endMib: number } } {
  const startMib = residentMib(pid)
  let peakMib = startMib
  const timer = setInterval(() => {
    peakMib = Math.max(peakMib, residentMib(pid))
  }, sampleEveryMs)
  return {
    stop() {
      clearInterval(timer)
      const endMib = residentMib(pid)
      return { peakMib: Math.max(peakMib, endMib), startMib, endMib }
    },
  }
}
