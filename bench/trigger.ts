import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { call } from './harness/api.ts'
import { sendAll, sendAtRate, toBodies } from './harness/load.ts'
import { scratchFolder, startNode, startServer } from './harness/processes.ts'
import { finish, percentile, round, say } from './harness/result.ts'

// From the acknowledgement of an event to the message that it triggers at the SMS provider. Every event starts a journey
// of another customer, and every journey sends at once; the provider is the stand-in as a process of its own, whose
// journal says when it took each message. npm run bench -- trigger [--quick] [--rate 500]

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, rate: { type: 'string', default: '500' } } })
const rate = Number(values.rate)
const seconds = values.quick ? 5 : 30
const warmSeconds = values.quick ? 1 : 3
const batch = 5
const reviewTimeoutMs = 60_000
const arrivalTimeoutMs = 120_000

async function startStandIn(file: string): Promise<string> {
  const child = startNode(['server/src/delivery/standin/main.ts', '--port', '0', '--file', file])
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').once('data', resolve)
    child.once('exit', () => reject(new Error('the stand-in did not start')))
  })
  const { port }: { port: number } = JSON.parse(line)
  return `http://127.0.0.1:${port}/standin/aliyun/`
}

/** Everything the provider took: when, by telephone number. A number gets one message. */
function arrivals(file: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.includes('"kind":"sms"')) continue
    const { phone, at }: { phone: string; at: number } = JSON.parse(line)
    found.set(phone, at)
  }
  return found
}

async function installJourney(url: string): Promise<void> {
  await call(url, 'templateCreate', {
    body: { key: 'bench', name: 'bench', channel: 'sms', content: { kind: 'sms', text: '您的订单已收到，我们会尽快发货。' } },
  })
  const journey = await call(url, 'journeyCreate', {
    body: {
      key: 'bench',
      name: 'bench',
      definition: {
        trigger: { kind: 'event', event: 'Bench Ordered', filters: [] },
        reentry: 'every_time',
        start: 'send',
        nodes: [
          // Transactional: the hour at which the benchmark runs must not matter.
          { id: 'send', kind: 'send', channel: 'sms', template: 'bench', purpose: 'transactional', next: 'end' },
          { id: 'end', kind: 'exit' },
        ],
      },
    },
  })
  await call(url, 'journeyPublish', { params: { id: journey.id } })
}

const phoneOf = (i: number) => `138${String(i).padStart(8, '0')}`
const identifyOf = (i: number) => ({ type: 'identify', userId: `u${i}`, messageId: `id-${i}`, traits: { phone: phoneOf(i) } })
const orderOf = (i: number) => ({
  type: 'track',
  event: 'Bench Ordered',
  userId: `u${i}`,
  messageId: `order-${i}`,
  properties: { total: 10 + (i % 90) },
})
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

/** Waits until the provider has so many messages, or gives up: then what is missing is counted as such. */
async function untilArrived(file: string, count: number, timeoutMs: number): Promise<Map<string, number>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = arrivals(file)
    if (found.size >= count || performance.now() > deadline) return found
    await sleep(250)
  }
}

const folder = scratchFolder()
const journal = join(folder, 'standin.jsonl')
const standInUrl = await startStandIn(journal)
const server = await startServer(join(folder, 'data'), { CHAOXI_STANDIN_URL: standInUrl })
await installJourney(server.url)
const warm = rate * warmSeconds
const total = warm + rate * seconds
say(`${total} customers with a telephone number`)
await sendAll(server.url, toBodies(range(0, total).map(identifyOf), 100), 4)
// The first message shows that the provider has the text on file.
await sendAll(server.url, toBodies([orderOf(0)], 1), 1)
if ((await untilArrived(journal, 1, reviewTimeoutMs)).size === 0) throw new Error('no message came to the provider')
await sendAtRate(server.url, toBodies(range(1, warm).map(orderOf), batch), rate / batch)
await untilArrived(journal, warm, arrivalTimeoutMs)

say(`${rate} events/s for ${seconds} s, each starting a journey that sends`)
const orders = range(warm, total)
const acknowledged: number[] = []
const acknowledgeMs = await sendAtRate(server.url, toBodies(orders.map(orderOf), batch), rate / batch, (index) => {
  acknowledged[index] = Date.now()
})
const found = await untilArrived(journal, total, arrivalTimeoutMs)
const late = orders.flatMap((person, i) => {
  const at = found.get(phoneOf(person)) ?? found.get(`86${phoneOf(person)}`) ?? found.get(`+86${phoneOf(person)}`)
  const from = acknowledged[Math.floor(i / batch)]
  return at === undefined || from === undefined ? [] : [Math.max(0, at - from)]
})
await server.stop()
const figures = { p50: percentile(late, 0.5), p95: percentile(late, 0.95), p99: percentile(late, 0.99), max: percentile(late, 1) }
finish(
  'trigger',
  [
    { name: 'messages at the provider', value: late.length, must: '=', bound: orders.length },
    { name: 'p95 from acknowledgement to provider, ms', value: figures.p95, must: '<', bound: 2_000 },
  ],
  { quick: values.quick, eventsPerSecond: rate, seconds, triggerMs: figures, acknowledgeP99Ms: round(percentile(acknowledgeMs, 0.99)) },
)
process.exit()
