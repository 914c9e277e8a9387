import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { ClickHouse } from '../server/src/platform/db/clickhouse.ts'
import { openEmbeddedClickHouse } from '../server/src/platform/db/embedded-clickhouse.ts'
import { createRandom } from '../server/test/harness/random.ts'
import { createEvents, sendAll, sendAtRate, toBodies } from './harness/load.ts'
import { exitOf, outputOf, type ServerProcess, scratchFolder, startNode, startServer, watchMemory, writeKey } from './harness/processes.ts'
import { type Check, finish, percentile, round, say } from './harness/result.ts'

// How fast events come in, next to the same rows written into the same ClickHouse with nothing around them; how long an
// acknowledgement takes at a steady rate; and how much memory the server needs while a large file comes in.
// A sender that waits for its answers has 400 events under way at most, so the raw writer is given as many: that ratio is
// the intake's own cost. What ClickHouse does with thousands of rows at a time is said beside it.
// npm run bench -- ingest [--quick] [--parts throughput,latency,import]

const connections = 4
const batch = 100
const ratePerSecond = 5_000
/** At the steady rate events come in smaller batches, as from many senders. */
const rateBatch = 10

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    parts: { type: 'string', default: 'throughput,latency,import' },
    raw: { type: 'string' },
  },
})
const size = values.quick
  ? { correct: 5_000, warm: 5_000, events: 30_000, people: 5_000, rateSeconds: 5, importRows: 50_000 }
  : { correct: 20_000, warm: 20_000, events: 200_000, people: 50_000, rateSeconds: 30, importRows: 2_000_000 }

/** What the child finds in the stopped server's ClickHouse. */
interface RawResult {
  readonly events: number
  readonly messages: number
  readonly correctEvents: number
  readonly rows: number
  /** Rows a second with as many rows under way as the HTTP senders had: the best way of writing them. */
  readonly perSecond: number
  /** Rows a second in the best of the large batches. */
  readonly largePerSecond: number
  readonly largeBatch: number
}

const largeBatches = [1_000, 5_000, 10_000, 20_000]

/** Writers that wait for their insert before they begin the next, as the senders do. */
async function insertRaw(clickhouse: ClickHouse, rows: readonly object[], size: number, writers = 1): Promise<number> {
  await clickhouse.command('drop table if exists bench_events')
  await clickhouse.command('create table bench_events as events')
  const start = performance.now()
  let next = 0
  const write = async () => {
    while (next < rows.length) {
      const from = next
      next += size
      await clickhouse.insert('bench_events', rows.slice(from, from + size))
    }
  }
  await Promise.all(Array.from({ length: writers }, write))
  const perSecond = rows.length / ((performance.now() - start) / 1000)
  say(`  raw, ${writers} x ${size} rows an insert: ${Math.round(perSecond)} rows/s`)
  return perSecond
}

/** Runs in a child: a process has one chdb, and the folder was the server's. */
async function measureRaw(folder: string): Promise<void> {
  const clickhouse = openEmbeddedClickHouse(join(folder, 'clickhouse'))
  const [counts] = await clickhouse.query<{ events: number; messages: number; correctEvents: number }>(
    'batch',
    `select count() as events, uniqExact(message_id) as messages, countIf(startsWith(message_id, 'correct-')) as correctEvents from events`,
  )
  const rows = await clickhouse.query<object>(
    'batch',
    `select workspace_id, person_id, toUnixTimestamp64Milli(time) as time, event, type, message_id, message_hash, user_id, anonymous_id, properties, context,
       toUnixTimestamp64Milli(received_at) as received_at
     from events where startsWith(message_id, 'load-') order by message_id`,
  )
  const together = await insertRaw(clickhouse, rows, connections * batch)
  const apart = await insertRaw(clickhouse, rows, batch, connections)
  let large = { largePerSecond: 0, largeBatch: 0 }
  for (const size of largeBatches) {
    const perSecond = await insertRaw(clickhouse, rows, size)
    if (perSecond > large.largePerSecond) large = { largePerSecond: perSecond, largeBatch: size }
  }
  await clickhouse.command('drop table bench_events')
  await clickhouse.close()
  const result: RawResult = {
    events: counts?.events ?? 0,
    messages: counts?.messages ?? 0,
    correctEvents: counts?.correctEvents ?? 0,
    rows: rows.length,
    perSecond: Math.max(together, apart),
    ...large,
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

/** Every event twice, the second time in other company, while the first may still be on its way. */
async function sendTwice(server: ServerProcess): Promise<void> {
  const events = createEvents('correct', size.correct, 1_000)
  const mixed = events.flatMap((event, i) => [event, events[(i * 7919) % events.length] ?? event])
  await sendAll(server.url, toBodies([...mixed, ...events], batch), connections)
}

async function throughput(checks: Check[]): Promise<object> {
  const server = await startServer(join(scratchFolder(), 'data'))
  say('every event twice or more')
  await sendTwice(server)
  await sendAll(server.url, toBodies(createEvents('warm', size.warm, size.people, 2), batch), connections)
  const bodies = toBodies(createEvents('load', size.events, size.people, 3), batch)
  say(`${size.events} events in batches of ${batch} on ${connections} connections`)
  const seconds = await sendAll(server.url, bodies, connections)
  const perSecond = size.events / seconds
  say(`  HTTP: ${Math.round(perSecond)} events/s`)
  await server.stop()
  const raw: RawResult = JSON.parse(await outputOf(startNode(['bench/ingest.ts', '--raw', server.folder])))
  const ratio = perSecond / raw.perSecond
  checks.push(
    { name: 'events stored', value: raw.events, must: '=', bound: size.correct + size.warm + size.events },
    { name: 'distinct messages', value: raw.messages, must: '=', bound: size.correct + size.warm + size.events },
    { name: 'events that came often, once', value: raw.correctEvents, must: '=', bound: size.correct },
    { name: 'rows written raw', value: raw.rows, must: '=', bound: size.events },
    { name: 'ratio to raw inserts of as many rows under way', value: round(ratio, 3), must: '>=', bound: 0.35 },
  )
  return {
    eventsPerSecond: Math.round(perSecond),
    rawRowsPerSecond: Math.round(raw.perSecond),
    ratio: round(ratio, 3),
    largeBatch: raw.largeBatch,
    largeRowsPerSecond: Math.round(raw.largePerSecond),
    ratioToLarge: round(perSecond / raw.largePerSecond, 3),
  }
}

async function latency(checks: Check[]): Promise<object> {
  const server = await startServer(join(scratchFolder(), 'data'))
  await sendAll(server.url, toBodies(createEvents('warm', size.warm, size.people, 2), batch), connections)
  const bodies = toBodies(createEvents('rate', ratePerSecond * size.rateSeconds, size.people, 4), rateBatch)
  say(`${ratePerSecond} events/s for ${size.rateSeconds} s`)
  const memory = watchMemory(server.pid)
  const ms = await sendAtRate(server.url, bodies, ratePerSecond / rateBatch)
  const { peakMib } = memory.stop()
  await server.stop()
  const figures = {
    p50: round(percentile(ms, 0.5)),
    p95: round(percentile(ms, 0.95)),
    p99: round(percentile(ms, 0.99)),
    max: round(percentile(ms, 1)),
  }
  checks.push({ name: 'p99 to acknowledge, ms', value: figures.p99, must: '<', bound: 1_000 })
  return { acknowledgeMs: figures, rateMemoryMib: Math.round(peakMib) }
}

/** A file like Taobao's, of any length. */
async function writeFile(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path)
  const random = createRandom(5)
  const behaviours = ['pv', 'pv', 'pv', 'pv', 'pv', 'pv', 'pv', 'cart', 'fav', 'buy']
  const piece = 10_000
  for (let done = 0; done < rows; done += piece) {
    const lines = Array.from({ length: Math.min(piece, rows - done) }, (_, i) => {
      const second = 1_511_544_000 + Math.floor(((done + i) / rows) * 777_600)
      return `${Math.floor(random() ** 2 * 100_000)},${Math.floor(random() ** 2 * 50_000)},${Math.floor(random() * 900)},${behaviours[Math.floor(random() * 10)]},${second}\n`
    })
    if (!file.write(lines.join(''))) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

async function largeImport(checks: Check[]): Promise<object> {
  const folder = scratchFolder()
  const file = join(folder, 'rows.csv')
  await writeFile(file, size.importRows)
  const server = await startServer(join(folder, 'data'))
  say(`a file of ${size.importRows} rows`)
  const memory = watchMemory(server.pid)
  const start = performance.now()
  const cli = startNode(
    [
      'server/src/cli/main.ts',
      'import',
      file,
      '--mapping',
      'mappings/taobao-behaviour.json',
      '--server',
      server.url,
      '--write-key',
      writeKey,
    ],
    {
      CHAOXI_DATA_DIR: join(folder, 'cli'),
    },
  )
  cli.stdout?.pipe(process.stderr)
  const code = await exitOf(cli)
  const seconds = (performance.now() - start) / 1000
  const { peakMib, startMib, endMib } = memory.stop()
  await server.stop()
  checks.push(
    { name: 'exit code of the import', value: code, must: '=', bound: 0 },
    { name: "peak of the server's memory, MiB", value: Math.round(peakMib), must: '<', bound: 1_024 },
  )
  return {
    importRows: size.importRows,
    importRowsPerSecond: Math.round(size.importRows / seconds),
    importMemoryMib: { start: Math.round(startMib), peak: Math.round(peakMib), end: Math.round(endMib) },
  }
}

if (values.raw !== undefined) await measureRaw(values.raw)
else {
  const parts = values.parts.split(',')
  const checks: Check[] = []
  const figures = {
    ...(parts.includes('throughput') ? await throughput(checks) : {}),
    ...(parts.includes('latency') ? await latency(checks) : {}),
    ...(parts.includes('import') ? await largeImport(checks) : {}),
  }
  finish('ingest', checks, { quick: values.quick, ...figures })
}
