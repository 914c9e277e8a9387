import { setTimeout as sleep } from 'node:timers/promises'
import { type Db, openPostgres, sql } from '../../server/src/platform/db/postgres.ts'
import { createLogger } from '../../server/src/platform/log.ts'
import { createRandom } from '../../server/test/harness/random.ts'
import { call } from '../harness/api.ts'
import { sendAtRate, toBodies } from '../harness/load.ts'
import { peakOfMib, postgresUrlOf, startServer } from '../harness/processes.ts'
import { percentile, round, say } from '../harness/result.ts'
import { probe } from './definitions.ts'
import { createFreshEvents } from './fresh.ts'
import { userId } from './world.ts'

// The real server, events over HTTP at a steady rate. Every twentieth is a probe: a coupon that puts its person into a segment
// that nobody is in. That the person is in it is seen in the store, where it is from the commit on at which journeys hear of it; a
// look takes a millisecond. The console's list of the segment is asked for every five seconds, as operators would, and must show all of
// them at the end: asked for five times in two seconds it took so much of two cores that people showed a second later.

const batch = 10
const probeEvery = 20
const lookEveryMs = 40
const listEveryMs = 5_000
const pageSize = 100
const arrivalTimeoutMs = 120_000

export interface LiveFigures {
  readonly eventsPerSecond: number
  readonly seconds: number
  readonly probes: number
  readonly seen: number
  readonly visibleMs: { p50: number; p95: number; p99: number; max: number }
  readonly acknowledgeP99Ms: number
  /** What the console's list of the segment took meanwhile. */
  readonly listMedianMs: number
  readonly peakMib: number
}

export interface LiveInput {
  readonly folder: string
  readonly people: number
  readonly perSecond: number
  readonly seconds: number
  readonly warmSeconds: number
}

/** Who of the people from `first` on is in the segment, of whom nobody had been seen before. */
async function look(store: Db, first: number, seen: Map<number, number>): Promise<void> {
  const rows = await store.many<{ person_id: number }>(sql`
    select m.person_id from membership_slots s, person_memberships m
    where s.kind = 'segment' and s.key = ${probe.key} and m.workspace_id = s.workspace_id and m.person_id >= ${first}
      and octet_length(m.held) * 8 > s.slot and get_bit(m.held, s.slot) = 1`)
  const at = performance.now()
  for (const { person_id: person } of rows) if (!seen.has(person)) seen.set(person, at)
}

/** Everyone whom the console lists in the segment. */
async function listed(url: string): Promise<Set<number>> {
  const people = new Set<number>()
  for (let cursor: string | undefined; ; ) {
    const page = await call(url, 'people', { query: { segment: probe.key, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) } })
    for (const { id } of page.items) people.add(id)
    if (page.nextCursor === null) return people
    cursor = page.nextCursor
  }
}

export async function measureLive({ folder, people, perSecond, seconds, warmSeconds }: LiveInput): Promise<LiveFigures> {
  const server = await startServer(folder)
  const random = createRandom(21)
  const fresh = createFreshEvents(22)
  const count = perSecond * (seconds + warmSeconds)
  const firstProbe = people - Math.ceil(count / probeEvery)
  const personOf = (i: number) => (i % probeEvery === 0 ? firstProbe + i / probeEvery + 1 : 1 + Math.floor(random() * firstProbe))
  const run = Date.now().toString(36)
  const events = Array.from({ length: count }, (_, i) => {
    const one = i % probeEvery === 0 ? { event: probe.event, properties: { coupon_id: probe.coupon, promotion: '满减' } } : fresh()
    return { type: 'track', ...one, userId: userId(personOf(i)), messageId: `live-${run}-${i}` }
  })
  const seen = new Map<number, number>()
  let sending = true
  const store = openPostgres(postgresUrlOf(folder), createLogger('warn'), { connectionsMax: 1 })
  const watching = (async () => {
    while (sending) {
      await look(store, firstProbe, seen)
      await sleep(lookEveryMs)
    }
  })()
  const listMs: number[] = []
  const listing = (async () => {
    while (sending) {
      const start = performance.now()
      await call(server.url, 'people', { query: { segment: probe.key, limit: pageSize } })
      listMs.push(performance.now() - start)
      await sleep(listEveryMs)
    }
  })()
  const bodies = toBodies(events, batch)
  const warm = (perSecond * warmSeconds) / batch
  say(`${perSecond} events/s: ${warmSeconds} s to warm up`)
  await sendAtRate(server.url, bodies.slice(0, warm), perSecond / batch)
  say(`  ${seconds} s`)
  const acknowledged: number[] = []
  const acknowledgeMs = await sendAtRate(server.url, bodies.slice(warm), perSecond / batch, (index) => {
    acknowledged[index] = performance.now()
  })
  const probes = Array.from({ length: (perSecond * seconds) / probeEvery }, (_, i) => {
    const place = perSecond * warmSeconds + i * probeEvery
    return { person: personOf(place), acknowledgedAt: acknowledged[Math.floor(place / batch) - warm] ?? Number.NaN }
  })
  const deadline = performance.now() + arrivalTimeoutMs
  while (performance.now() < deadline && !probes.every(({ person }) => seen.has(person))) await sleep(lookEveryMs)
  sending = false
  await Promise.all([watching, listing])
  await store.close()
  const list = await listed(server.url)
  const ms = probes.flatMap(({ person, acknowledgedAt }) => {
    const at = seen.get(person)
    return at === undefined || !list.has(person) ? [] : [Math.max(0, at - acknowledgedAt)]
  })
  const peakMib = Math.round(peakOfMib(server.pid))
  await server.stop()
  const at = (share: number) => round(percentile(ms, share))
  return {
    eventsPerSecond: perSecond,
    seconds,
    probes: probes.length,
    seen: ms.length,
    visibleMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
    acknowledgeP99Ms: round(percentile(acknowledgeMs, 0.99)),
    listMedianMs: round(percentile(listMs, 0.5)),
    peakMib,
  }
}
