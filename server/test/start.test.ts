import { spawn, spawnSync } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, inject, test } from 'vitest'

// Starting, as a person at a terminal meets it: one clear line for what she can mend, and a clean stop.

const main = join(import.meta.dirname, '../src/main.ts')
const folder = join(inject('scratchFolder'), `start-${process.pid}`)
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, CHAOXI_DATA_DIR: folder, CHAOXI_SAMPLE: 'none', CHAOXI_PORT: '0' }

function startFailing(extra: Record<string, string>): { status: number | null; lines: string[] } {
  const result = spawnSync(process.execPath, [main], { env: { ...environment, ...extra }, encoding: 'utf8', timeout: 60_000 })
  return { status: result.status, lines: result.stderr.trim().split('\n') }
}

interface Running {
  readonly output: () => string
  readonly stop: () => Promise<number | null>
}

async function start(): Promise<Running> {
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.includes('Ctrl-C')) resolve()
    })
    void ended.then((code) => reject(new Error(`it ended with ${code}: ${output}`)))
  })
  return {
    output: () => output,
    stop: () => {
      child.kill('SIGINT')
      return ended
    },
  }
}

const taken: Server = createServer()
afterAll(() => taken.close())

test('a configuration that cannot be used is one line that names the variable and the mend', () => {
  const { status, lines } = startFailing({ CHAOXI_PORT: 'seven' })
  expect(status).toBe(1)
  expect(lines).toEqual([expect.stringMatching(/^chaoxi: .*CHAOXI_PORT.*"seven"/)])
  expect(startFailing({ CHAOXI_PUBLIC_URL: 'https://shop.example/chaoxi' }).lines).toEqual([expect.stringContaining('without a path')])
  expect(startFailing({ DATABASE_URL: 'mysql://x' }).lines).toEqual([expect.stringContaining('DATABASE_URL: must begin with postgres://')])
})

test('a taken port is one line', async () => {
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, () => {
      const address = taken.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  const { status, lines } = startFailing({ CHAOXI_PORT: String(port) })
  expect(status).toBe(1)
  expect(lines).toEqual([`chaoxi: port ${port} is taken; stop what listens there, or set CHAOXI_PORT`])
})

test('stores that do not answer are one line', () => {
  const { status, lines } = startFailing({ DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' })
  expect(status).toBe(1)
  expect(lines).toEqual([expect.stringMatching(/^chaoxi: .*PostgreSQL does not answer/)])
})

test('it starts on nothing, says where everything is, stops cleanly, and a second one on the same folder is refused', async () => {
  const running = await start()
  expect(running.output()).toMatch(/Console\s+http:\/\/127\.0\.0\.1:\d+/)
  expect(running.output()).toMatch(/Login\s+\S+@\S+\s+\S+/)
  expect(running.output()).toMatch(/Write key\s+\S+/)
  const second = startFailing({})
  expect(second.status).toBe(1)
  expect(second.lines).toEqual([expect.stringMatching(/^chaoxi: the data folder .* is in use by process \d+/)])
  expect(await running.stop()).toBe(0)

  const again = await start()
  expect(again.output()).not.toContain('shown this once')
  expect(await again.stop()).toBe(0)
})
