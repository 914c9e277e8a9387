import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openEmbeddedClickHouse } from '../../src/platform/db/embedded-clickhouse.ts'
import { createRandom } from '../harness/random.ts'

// The real program as a process, killed with SIGKILL at moments that the load decides, and started again on the same data.
// The SMS provider's stand-in is a process of its own: a provider does not die with its client.

const kills = 30
const senders = 4
const seed = 20_261_122
const writeKey = 'wk_crash_0123456789'
const apiKey = 'ak_crash_0123456789abcdef'
const startTimeoutMs = 60_000
/** A message whose outcome nobody knows is looked up twice, a minute apart, before it is sent again. */
const deliveryTimeoutMs = 150_000

const root = join(import.meta.dirname, '../../..')
const folder = join(inject('scratchFolder'), `crash-${process.pid}`)
let port = 0
let standIn: { process: ChildProcess; url: string }
let server: ChildProcess

beforeAll(async () => {
  port = await freePort()
  standIn = await startStandIn()
  server = await startServer()
})
afterAll(() => {
  killHard(server)
  standIn.process.kill('SIGKILL')
})

async function freePort(): Promise<number> {
  const probe = createServer()
  return new Promise((resolve) => {
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function startStandIn(): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    [join(root, 'server/src/delivery/standin/main.ts'), '--port', '0', '--file', `${folder}-standin.jsonl`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const line = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve))
  const { port: chosen }: { port: number } = JSON.parse(line)
  return { process: child, url: `http://127.0.0.1:${chosen}/standin/` }
}

/** Polls until the condition holds; there is nothing to wait on between processes. */
async function until(what: string, timeoutMs: number, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function startServer(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(root, 'server/src/main.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      CHAOXI_PORT: String(port),
      CHAOXI_DATA_DIR: folder,
      CHAOXI_SAMPLE: 'none',
      CHAOXI_WRITE_KEY: writeKey,
      CHAOXI_API_KEY: apiKey,
      CHAOXI_ADMIN_PASSWORD: 'correct-horse-battery',
      CHAOXI_STANDIN_URL: `${standIn.url}aliyun/`,
      CHAOXI_LOG_LEVEL: 'fatal',
    },
  })
  const ready = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
  await until('the start', startTimeoutMs, async () => {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode} instead of starting`)
    return ready()
  })
  return child
}

function killHard(child: ChildProcess): void {
  child.kill('SIGKILL')
}

/** PostgreSQL goes down too, as hard, as if the machine had lost power. */
function killPostgres(): void {
  const pid = Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
  process.kill(pid, 'SIGKILL')
}

async function api(path: string, body: object): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const output: unknown = await answer.json()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(output)}`)
  return output
}

const phoneOf = (customer: number) => `+86137${String(customer).padStart(8, '0')}`
const messagesOf = (customer: number) => [
  { type: 'identify', userId: `c${customer}`, messageId: `identify-${customer}`, traits: { phone: phoneOf(customer) } },
  { type: 'track', userId: `c${customer}`, event: 'Signed Up', messageId: `signed-up-${customer}` },
  {
    type: 'track',
    userId: `c${customer}`,
    event: 'Product Viewed',
    messageId: `viewed-${customer}`,
    properties: { product_id: `p${customer % 7}` },
  },
]

/** True when the program said that it has them. Whatever else happens, the same messages are sent again. */
async function post(customer: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch: messagesOf(customer) }),
    })
    const text = await answer.text()
    if (answer.status === 400 || answer.status === 401) throw new Error(`refused: ${text}`)
    return answer.ok
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('refused')) throw error
    return false
  }
}

test('30 kills: no acknowledged event missing, none double, no message twice', async () => {
  await api('/api/templates', {
    key: 'hello',
    name: '欢迎',
    channel: 'sms',
    content: { kind: 'sms', text: '欢迎加入，点击 {{ link }} 查看。' },
    linkUrl: 'https://shop.example/',
  })
  const journey = await api('/api/journeys', {
    name: '欢迎',
    definition: {
      trigger: { kind: 'event', event: 'Signed Up' },
      start: 'sms',
      nodes: [
        { id: 'sms', kind: 'send', channel: 'sms', template: 'hello', purpose: 'transactional', next: 'pause' },
        { id: 'pause', kind: 'wait', duration: { amount: 2, unit: 'second' }, next: 'again' },
        { id: 'again', kind: 'send', channel: 'sms', template: 'hello', purpose: 'transactional', next: 'end' },
        { id: 'end', kind: 'exit' },
      ],
    },
  })
  const id = typeof journey === 'object' && journey !== null && 'id' in journey ? String(journey.id) : ''
  await api(`/api/journeys/${id}/publish`, {})

  const random = createRandom(seed)
  const acknowledged = new Set<number>()
  let next = 0
  let sending = true
  const load = Array.from({ length: senders }, async () => {
    while (sending) {
      const customer = next++
      while (!(await post(customer))) {
        // Refused or cut off: a client waits a moment and sends the same again.
        await new Promise((resolve) => setTimeout(resolve, 20))
        if (!sending) return
      }
      acknowledged.add(customer)
    }
  })
  for (let round = 0; round < kills; round++) {
    const target = acknowledged.size + 1 + Math.floor(random() * 60)
    await until(`load in round ${round}`, startTimeoutMs, async () => acknowledged.size >= target)
    const died = new Promise((resolve) => server.once('exit', resolve))
    if (random() < 0.3) killPostgres()
    killHard(server)
    await died
    server = await startServer()
  }
  sending = false
  await Promise.all(load)

  const received = async (customer: number) => {
    const answer = await fetch(`${standIn.url}phones/${encodeURIComponent(phoneOf(customer))}`)
    const { messages }: { messages: { outId: string }[] } = JSON.parse(await answer.text())
    return messages.map((message) => message.outId)
  }
  const waiting = new Set(acknowledged)
  await until('the last message', deliveryTimeoutMs, async () => {
    for (const customer of waiting) if ((await received(customer)).length >= 2) waiting.delete(customer)
    return waiting.size === 0
  })
  for (const customer of acknowledged) {
    const ids = await received(customer)
    expect({ customer, messages: ids.length, different: new Set(ids).size }).toEqual({ customer, messages: 2, different: 2 })
  }

  const stopped = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await stopped
  const clickhouse = openEmbeddedClickHouse(join(folder, 'clickhouse'))
  const rows = await clickhouse.query<{ message_id: string; times: number; people: number }>(
    'batch',
    'select message_id, count() as times, uniqExact(user_id) as people from events group by message_id',
  )
  await clickhouse.close()
  expect(rows.filter((row) => row.times !== 1)).toEqual([])
  const stored = new Set(rows.map((row) => row.message_id))
  const missing = [...acknowledged]
    .flatMap((customer) => messagesOf(customer).map((message) => message.messageId))
    .filter((messageId) => !stored.has(messageId))
  expect(missing).toEqual([])
  expect(acknowledged.size).toBeGreaterThan(kills)
}, 900_000)
