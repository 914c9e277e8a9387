import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface RunningServer {
  readonly url: string
  readonly email: string
  readonly password: string
  readonly apiKey: string
  close(): Promise<void>
}

/** A first start creates both stores and may load the sample, on a machine that may be busy with other tests. */
const startMsMax = 120_000
const pollMs = 200

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok
  } catch {
    return false
  }
}

function urlIn(runFile: string): string | null {
  if (!existsSync(runFile)) return null
  const content: { url?: unknown } = JSON.parse(readFileSync(runFile, 'utf8'))
  return typeof content.url === 'string' ? content.url : null
}

/** The real program as a process of its own, on a free port, with a data folder that goes with it. */
export async function startServer({ sample }: { sample: 'demo' | 'none' }): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), 'chaoxi-e2e-'))
  const [email, password, apiKey] = ['owner@example.cn', 'tide-and-time-1', 'cxa_browser_test_0001']
  const child = spawn(process.execPath, ['server/src/main.ts'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      CHAOXI_PORT: '0',
      CHAOXI_DATA_DIR: folder,
      CHAOXI_SAMPLE: sample,
      CHAOXI_ADMIN_EMAIL: email,
      CHAOXI_ADMIN_PASSWORD: password,
      CHAOXI_API_KEY: apiKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const note = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000)
  }
  child.stdout.on('data', note)
  child.stderr.on('data', note)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  // Whatever ends the test, the server does not outlive it.
  process.once('exit', () => child.kill('SIGKILL'))
  const close = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }

  for (const began = performance.now(); performance.now() - began < startMsMax; await pause(pollMs)) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output}`)
    const url = urlIn(join(folder, 'run.json'))
    if (url !== null && (await isReady(url))) return { url, email, password, apiKey, close }
  }
  await close()
  throw new Error(`the server was not ready after ${startMsMax} ms:\n${output}`)
}
