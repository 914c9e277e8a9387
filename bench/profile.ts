import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { CallInput } from '@chaoxi/contract'
import type { ClickHouse } from '../server/src/platform/db/clickhouse.ts'
import { openEmbeddedClickHouse } from '../server/src/platform/db/embedded-clickhouse.ts'
import { createRandom } from '../server/test/harness/random.ts'
import { call } from './harness/api.ts'
import { createEvents, sendAll, toBodies } from './harness/load.ts'
import { outputOf, scratchFolder, startNode, startServer } from './harness/processes.ts'
import { type Check, finish, percentile, round, say } from './harness/result.ts'

// The page of one person who has done 100,000 things, among the events of everybody else: how long each endpoint of the page
// takes, next to the barest ClickHouse query for the same rows in the same store (a process of its own, after the server has
// stopped). First the answers are compared with what was sent.
// npm run bench -- profile [--quick]

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, raw: { type: 'string' } } })
const size = values.quick ? { own: 10_000, others: 20_000, people: 5_000 } : { own: 100_000, others: 250_000, people: 50_000 }
const rounds = values.quick ? 5 : 30
const warmRounds = 2
const pollEveryMs = 500
const pageSize = 50
const dayMs = 86_400_000
/** Four devices before the account was known: each is a merge. */
const devices = 4

interface OwnEvent {
  readonly type: 'track'
  readonly event: string
  readonly messageId: string
  readonly timestamp: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly userId?: string
  readonly anonymousId?: string
}

const names = [
  'Product Viewed',
  'Product Viewed',
  'Product Viewed',
  'Products Searched',
  'Product Added',
  'Message Delivered',
  'Message Shown',
  'Order Completed',
]

/** A year of one person; a hundredth by devices that no account had yet. */
function ownEvents(count: number): OwnEvent[] {
  const random = createRandom(7)
  const start = Date.UTC(2026, 0, 1)
  return Array.from({ length: count }, (_, i) => {
    const event = names[Math.floor(random() * names.length)] ?? 'Product Viewed'
    const name = `潮汐商品 ${Math.floor(random() * 3_000)}`
    const properties: Record<string, unknown> = event.startsWith('Message ')
      ? { channel: event === 'Message Shown' ? 'popup' : 'sms', template: `t${i % 9}` }
      : event === 'Order Completed'
        ? { order_id: `own-${i}`, total: 10 + (i % 90), products: [{ product_id: `item-${i % 500}`, name, price: 10, quantity: 1 }] }
        : { product_id: `item-${i % 500}`, name, category: `类目${i % 40}`, price: i % 700, source: 'home', position: i % 20 }
    return {
      ...{ type: 'track' as const, event, messageId: `own-${i}`, properties },
      timestamp: new Date(start + Math.floor((i / count) * 200 * dayMs)).toISOString(),
      ...(i < count / 100 ? { anonymousId: `own-d${i % devices}` } : { userId: 'own', anonymousId: `own-d${i % devices}` }),
    }
  })
}

type TimelineQuery = NonNullable<CallInput<'personTimeline'>['query']>
interface Look {
  readonly name: string
  readonly query: TimelineQuery
  readonly keeps: (event: OwnEvent) => boolean
  /** The same in ClickHouse's words. */
  readonly raw: string
}
const day = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)
const [from, to] = [Date.UTC(2026, 2, 1) - 8 * 3_600_000, Date.UTC(2026, 2, 8) - 8 * 3_600_000]
const looks: readonly Look[] = [
  { name: 'timeline', query: {}, keeps: () => true, raw: '1' },
  {
    name: 'timeline by name',
    query: { event: 'Order Completed' },
    keeps: (one) => one.event === 'Order Completed',
    raw: "event = 'Order Completed'",
  },
  {
    name: 'timeline by kind',
    query: { kind: 'message' },
    keeps: (one) => one.event.startsWith('Message '),
    raw: "startsWith(event, 'Message ')",
  },
  {
    name: 'timeline by channel',
    query: { channel: 'popup' },
    keeps: (one) => one.properties.channel === 'popup',
    raw: "JSONExtractString(properties, 'channel') = 'popup'",
  },
  {
    name: 'timeline by days',
    query: { from: day(from), to: day(to - 1) },
    keeps: (one) => Date.parse(one.timestamp) >= from && Date.parse(one.timestamp) < to,
    raw: `time >= fromUnixTimestamp64Milli(${from}) and time < fromUnixTimestamp64Milli(${to})`,
  },
  {
    name: 'timeline by text',
    query: { text: '商品 1234' },
    keeps: (one) => JSON.stringify(one.properties).includes('商品 1234'),
    raw: "position(properties, '商品 1234') > 0",
  },
  {
    name: 'timeline by text that is nowhere',
    query: { text: 'zeppelin' },
    keeps: () => false,
    raw: "position(properties, 'zeppelin') > 0",
  },
]
const rawPage = (person: string, look: Look) =>
  `select message_id, time, event, properties from events where workspace_id = 1 and person_id in (${person}) and ${look.raw}
   order by time desc, message_id desc limit ${pageSize + 1}`

/** Times of `work` in ms, after some that do not count. */
async function timed(work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let i = -warmRounds; i < rounds; i++) {
    const start = performance.now()
    await work()
    if (i >= 0) times.push(performance.now() - start)
  }
  return times
}
const median = (times: readonly number[]) => percentile(times, 0.5)

interface RawAsk {
  readonly folder: string
  readonly queries: Readonly<Record<string, string>>
}

/** Runs in a child: a process has one chdb, and the folder was the server's. */
async function measureRaw({ folder, queries }: RawAsk): Promise<void> {
  const clickhouse: ClickHouse = openEmbeddedClickHouse(join(folder, 'clickhouse'))
  const found: Record<string, number> = {}
  for (const [name, text] of Object.entries(queries)) found[name] = median(await timed(() => clickhouse.query('interactive', text)))
  await clickhouse.close()
  process.stdout.write(JSON.stringify(found))
}

async function prepare(url: string): Promise<OwnEvent[]> {
  const own = ownEvents(size.own)
  for (const name of ['Product Viewed', 'Product Added', 'Order Completed', 'Products Searched']) {
    const rule = {
      kind: 'event',
      event: name,
      filters: [],
      window: { kind: 'ever' },
      measure: { fn: 'count' },
      op: 'gte',
      value: 1,
    } as const
    const key = name.toLowerCase().replaceAll(' ', '-')
    await call(url, 'tagCreate', { body: { key, name, layer: 'behaviour', mode: 'dynamic', rule } })
  }
  say(`${size.others} events of ${size.people} others, ${size.own} of one person`)
  await sendAll(url, toBodies(createEvents('other', size.others, size.people), 500), 4)
  // In order: the devices must be strangers when they first speak, and one connection keeps the batches so.
  await sendAll(url, toBodies(own.slice(0, size.own / 100), 500), 1)
  const traits = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`trait_${i}`, `value ${i}`]))
  await sendAll(url, toBodies([{ type: 'identify', userId: 'own', messageId: 'own-id', traits: { name: '老客', ...traits } }], 1), 1)
  await sendAll(url, toBodies(own.slice(size.own / 100), 500), 2)
  return own
}

/** Pages of each look against what was sent; answers what is wrong. */
async function compare(url: string, id: number, own: readonly OwnEvent[]): Promise<string[]> {
  const wrong: string[] = []
  const newest = [...own].sort((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp) || (a.messageId < b.messageId ? 1 : -1))
  for (const look of looks) {
    const expected = newest.filter(look.keeps).map((one) => one.messageId)
    const found: string[] = []
    let cursor: string | undefined
    for (let page = 0; page < 4; page++) {
      const answer = await call(url, 'personTimeline', {
        params: { id },
        query: { ...look.query, limit: 200, ...(cursor === undefined ? {} : { cursor }) },
      })
      found.push(...answer.items.map((one) => one.id).filter((one) => /^own-\d+$/.test(one)))
      if (answer.nextCursor === null) break
      cursor = answer.nextCursor
    }
    if (found.length === 0 && expected.length > 0) wrong.push(`${look.name}: nothing`)
    if (found.some((one, i) => one !== expected[i])) wrong.push(`${look.name}: not the events that were sent, or not in their order`)
    if (found.length < Math.min(expected.length, 700)) wrong.push(`${look.name}: ${found.length} of ${expected.length}`)
  }
  const person = await call(url, 'person', { params: { id } })
  const orders = own.filter((one) => one.event === 'Order Completed').length
  // The one more is the identify.
  if (person.stats.events !== own.length + 1) wrong.push(`events: ${person.stats.events} of ${own.length + 1}`)
  if (person.stats.orders !== orders) wrong.push(`orders: ${person.stats.orders} of ${orders}`)
  if (person.mergedFrom.length !== devices) wrong.push(`merges: ${person.mergedFrom.length} of ${devices}`)
  if (person.tags.length !== 4) wrong.push(`tags: ${person.tags.length} of 4`)
  return wrong
}

async function untilTagged(url: string, id: number): Promise<void> {
  const deadline = performance.now() + 120_000
  while ((await call(url, 'person', { params: { id } })).tags.length < 4 && performance.now() < deadline)
    // Tags come some seconds after the events; the page itself asks no more often.
    await sleep(pollEveryMs)
}

async function main(): Promise<void> {
  const server = await startServer(scratchFolder())
  const { url } = server
  const own = await prepare(url)
  const [found] = (await call(url, 'people', { query: { q: 'own' } })).items
  if (!found) throw new Error('the person is not there')
  const { id } = found
  await untilTagged(url, id)
  const wrong = await compare(url, id, own)
  for (const line of wrong) say(`WRONG ${line}`)
  const person = await call(url, 'person', { params: { id } })
  const numbers = [id, ...person.mergedFrom.map((one) => one.personId)].join(', ')
  const deep = `${Date.parse(own[Math.floor(own.length / 2)]?.timestamp ?? '')}:`

  const times: Record<string, number[]> = {}
  const queries: Record<string, string> = {}
  const add = async (name: string, work: () => Promise<unknown>, raw: string | null) => {
    times[name] = await timed(work)
    if (raw !== null) queries[name] = raw
    say(`  ${name}: ${round(median(times[name]))} ms, p95 ${round(percentile(times[name], 0.95))} ms`)
  }
  await add(
    'person',
    () => call(url, 'person', { params: { id } }),
    `select user_id, anonymous_id, count(), min(time), max(time) from events where workspace_id = 1 and person_id in (${numbers}) group by user_id, anonymous_id`,
  )
  await add('identity', () => call(url, 'personIdentity', { params: { id } }), null)
  for (const look of looks)
    await add(
      look.name,
      () => call(url, 'personTimeline', { params: { id }, query: { ...look.query, limit: pageSize } }),
      rawPage(numbers, look),
    )
  await add(
    'timeline from its middle',
    () => call(url, 'personTimeline', { params: { id }, query: { cursor: deep, limit: pageSize } }),
    rawPage(numbers, { name: '', query: {}, keeps: () => true, raw: `time < fromUnixTimestamp64Milli(${deep.slice(0, -1)})` }),
  )
  await add('orders', () => call(url, 'personOrders', { params: { id } }), null)
  await add('messages', () => call(url, 'messages', { query: { person: id } }), null)
  await server.stop()

  const ask: RawAsk = { folder: server.folder, queries }
  const raw: Record<string, number> = JSON.parse(await outputOf(startNode(['bench/profile.ts', '--raw', JSON.stringify(ask)])))
  const endpoints = Object.fromEntries(
    Object.entries(times).map(([name, own]) => [
      name,
      {
        medianMs: round(median(own)),
        p95Ms: round(percentile(own, 0.95)),
        rawMs: raw[name] === undefined ? null : round(raw[name]),
        ratio: raw[name] === undefined ? null : round(median(own) / raw[name], 2),
      },
    ]),
  )
  const checks: Check[] = [
    { name: 'answers that differ from what was sent', value: wrong.length, must: '=', bound: 0 },
    ...Object.entries(endpoints).map(([name, { p95Ms }]): Check => ({ name: `${name}, p95 ms`, value: p95Ms, must: '<', bound: 300 })),
  ]
  finish('profile', checks, { quick: values.quick, ...size, endpoints })
}

if (values.raw === undefined) {
  await main()
  process.exit()
} else {
  const ask: RawAsk = JSON.parse(values.raw)
  await measureRaw(ask)
  process.exit()
}
