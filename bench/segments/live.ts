import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../server/test/harness/random.ts'
import { call } from '../harness/api.ts'
import { sendAtRate, toBodies } from '../harness/load.ts'
import { peakOfMib, startServer } from '../harness/processes.ts'
import { percentile, round, say } from '../harness/result.ts'
import { probe } from './definitions.ts'
import { createFreshEvents } from './fresh.ts'
import { userId } from './world.ts'

// The real server, events over HTTP at a steady rate. Every twentieth is a probe: a coupon that puts its person into a segment
// that nobody is in. That the person is there is seen as an operator sees it, in the list of people of that segment, which is
// asked for five times in two seconds; so what is measured is up to 0.4 s more than it took. Asking more often would
// be a load that no operator is.

const batch = 10
const probeEvery = 20
const pollEveryMs = 400
const pageSize = 100
const arrivalTimeoutMs = 120_000

export interface LiveFigures {
  readonly eventsPerSecond: number
  readonly seconds: number
  readonly probes: number
  readonly seen: number
  readonly visibleMs: { p50: number; p95: number; p99: number; max: number }
  readonly acknowledgeP99Ms: number
  readonly peakMib: number
}

export interface LiveInput {
  readonly folder: string
  readonly people: number
  readonly perSecond: number
  readonly seconds: number
  readonly warmSeconds: number
}

/** Newest ids first: probes go to people with rising ids, so whoever is new stands on the first pages. */
async function look(url: string, seen: Map<number, number>, toTheEnd = false): Promise<void> {
  for (let cursor: string | undefined; ; ) {
    const page = await call(url, 'people', { query: { segment: probe.key, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) } })
    const at = performance.now()
    const fresh = page.items.filter((person) => !seen.has(person.id))
    for (const person of fresh) seen.set(person.id, at)
    // Not everyone comes in the order of ids: whoever was passed by is found on the last look.
    if ((fresh.length === 0 && !toTheEnd) || page.nextCursor === null) return
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
  const watching = (async () => {
    while (sending) {
      await look(server.url, seen)
      await sleep(pollEveryMs)
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
  while (performance.now() < deadline && !probes.every(({ person }) => seen.has(person))) {
    await look(server.url, seen, true)
    await sleep(pollEveryMs)
  }
  sending = false
  await watching
  const ms = probes.flatMap(({ person, acknowledgedAt }) => {
    const at = seen.get(person)
    return at === undefined ? [] : [Math.max(0, at - acknowledgedAt)]
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
    peakMib,
  }
}
