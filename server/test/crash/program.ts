import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

// The real program as processes of their own, to be killed. The SMS provider's stand-in is one too: a provider does not die with its client.

const startTimeoutMs = 60_000
const writeKey = 'wk_crash_0123456789'
const apiKey = 'ak_crash_0123456789abcdef'
const root = join(import.meta.dirname, '../../..')

/** Polls until the condition holds; there is nothing to wait on between processes. */
export async function until(what: string, timeoutMs: number, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  return new Promise((resolve) => {
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function startStandIn(file: string): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(root, 'server/src/delivery/standin/main.ts'), '--port', '0', '--file', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve))
  const { port: chosen }: { port: number } = JSON.parse(line)
  return { process: child, url: `http://127.0.0.1:${chosen}/standin/` }
}

/** Resolves when it is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const died = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await died
}

export interface CrashProgram {
  /** Where the stand-in tells of what it took. */
  readonly standInUrl: string
  startServer(): Promise<ChildProcess>
  startWorker(): ChildProcess
  /** PostgreSQL goes down as hard, as if the machine had lost power. */
  killPostgres(): void
  api(path: string, body: object): Promise<unknown>
  /** True when the program said that it has them. Whatever else happens, the same messages are to be sent again. */
  post(batch: readonly object[]): Promise<boolean>
  end(): void
}

export async function createCrashProgram(folder: string): Promise<CrashProgram> {
  const port = await freePort()
  const standIn = await startStandIn(`${folder}-standin.jsonl`)
  const env = {
    ...process.env,
    CHAOXI_PORT: String(port),
    CHAOXI_DATA_DIR: folder,
    CHAOXI_SAMPLE: 'none',
    CHAOXI_WRITE_KEY: writeKey,
    CHAOXI_API_KEY: apiKey,
    CHAOXI_ADMIN_PASSWORD: 'correct-horse-battery',
    CHAOXI_STANDIN_URL: `${standIn.url}aliyun/`,
    CHAOXI_LOG_LEVEL: 'fatal',
  }
  const url = `http://127.0.0.1:${port}`
  return {
    standInUrl: standIn.url,
    async startServer() {
      const child = spawn(process.execPath, [join(root, 'server/src/main.ts')], { stdio: ['ignore', 'ignore', 'inherit'], env })
      const ready = () =>
        fetch(`${url}/readyz`).then(
          (answer) => answer.ok,
          () => false,
        )
      await until('the start', startTimeoutMs, async () => {
        if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode} instead of starting`)
        return ready()
      })
      return child
    },
    startWorker: () =>
      spawn(process.execPath, [join(root, 'server/src/cli/main.ts'), 'worker'], { stdio: ['ignore', 'ignore', 'inherit'], env }),
    killPostgres() {
      const pid = Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(pid, 'SIGKILL')
    },
    async api(path, body) {
      const answer = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const output: unknown = await answer.json()
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(output)}`)
      return output
    },
    async post(batch) {
      try {
        const answer = await fetch(`${url}/v1/batch`, {
          method: 'POST',
          headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
          body: JSON.stringify({ batch }),
        })
        const text = await answer.text()
        if (answer.status === 400 || answer.status === 401) throw new Error(`refused: ${text}`)
        return answer.ok
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('refused')) throw error
        return false
      }
    },
    end: () => void standIn.process.kill('SIGKILL'),
  }
}
