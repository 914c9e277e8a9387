import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createRandom } from '../../server/test/harness/random.ts'
import { call } from '../harness/api.ts'
import { peakOfMib } from '../harness/processes.ts'
import { percentile, round, say } from '../harness/result.ts'
import { type BenchDefinition, typical } from './definitions.ts'
import { createFreshEvents } from './fresh.ts'
import { createMeters } from './meter.ts'
import { readWitnesses } from './oracle.ts'
import { expectedOf, type Prepared, readPrepared } from './prepare.ts'
import { openProduct, type Product } from './product.ts'

// The program in this process, with its loops in our hand: everything for everyone, then little for few, then nothing.

const handWrittenRuns = 5
const changedPeople = 1_000
const changeRounds = 3
const idleTicks = 50
const estimatesMax = 30
const pages = 21
/** Texts whose planning is timed; the rest is taken to cost the same. */
const plannedMax = 60
const differencesShownMax = 20

type Meters = ReturnType<typeof createMeters>
export interface Breakdown {
  readonly [name: string]: { seconds: number; count: number }
}

/** What the oracle found. Where it differs nothing is timed any further: figures of wrong answers mean nothing. */
export interface OracleFigures {
  readonly people: number
  readonly definitions: number
  readonly memberships: number
  readonly differences: number
  readonly first: readonly string[]
}

export interface FullFigures {
  readonly oracle: OracleFigures
  readonly changedOracle: { people: number; differences: number; first: readonly string[] }
  readonly memberships: number
  readonly sizes: { median: number; max: number; empty: number }
  readonly full: {
    seconds: number
    computeSeconds: number
    flushSeconds: number
    mainThreadSeconds: number
    planningSeconds: number
    statements: number
    breakdown: Breakdown
  }
  readonly handWritten: { ms: number; people: number; stored: number }
  readonly changes: { ms: number; flushMs: number; rounds: readonly number[]; breakdown: Breakdown }
  readonly idle: { clickhouseQueries: number; medianMs: number }
  readonly estimateMs: { median: number; max: number; slowest: string }
  readonly pageMs: { median: number; max: number }
  readonly catchUp: { minutes: number; seconds: number }
  readonly peakMib: number
}

/** `FullFigures`, or only the first of them where the oracle differs. */
export type Measured = FullFigures | { readonly oracle: OracleFigures; readonly full?: undefined }

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const handWritten = `
  select dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id) as person
  from events
  where workspace_id = {workspace:UInt32} and event = {event:String}
    and time > fromUnixTimestamp64Milli({now:Int64} - {days:Int64} * 86400000) and time <= fromUnixTimestamp64Milli({now:Int64})
    and JSONExtractString(properties, 'category') = {category:String}
    and person in (
      select person_id from profiles final
      where workspace_id = {workspace:UInt32} and merged = 0 and JSONExtractString(attributes, 'city') = {city:String})
  group by person having count() >= {atLeast:UInt32}`

async function runHandWritten({ clickhouse, workspaceId }: Product, now: number): Promise<{ ms: number; people: number }> {
  const params = { workspace: workspaceId, now, ...typical }
  let people = 0
  const times: number[] = []
  for (let run = 0; run < handWrittenRuns; run++)
    times.push(
      await timed(async () => {
        people = (await clickhouse.column('batch', handWritten, params)).length
      }),
    )
  return { ms: percentile(times, 0.5), people }
}

/** Seconds that ClickHouse needs to plan what was asked: each text that differs is explained once. */
async function planningSeconds({ clickhouse }: Product, asked: ReturnType<Meters['takeAsked']>): Promise<number> {
  const [chosen, rest] = [asked.slice(0, plannedMax), asked.slice(plannedMax)]
  let [ms, statements] = [0, 0]
  for (const { text, params, count } of chosen) {
    ms += count * (await timed(() => clickhouse.query('batch', `explain ${text}`, params)))
    statements += count
  }
  const others = rest.reduce((sum, { count }) => sum + count, 0)
  return statements === 0 ? 0 : (ms * (1 + others / statements)) / 1000
}

/** Where what is stored is not what the oracle says. */
async function differences(product: Product, expected: Prepared['expected']): Promise<string[]> {
  const stored = await product.memberships(expected.map(([person]) => person))
  return expected.flatMap(([person, names]) => {
    const [held, wanted] = [stored.get(person) ?? new Set<string>(), new Set(names)]
    return [
      ...[...wanted].filter((name) => !held.has(name)).map((name) => `person ${person} is not in ${name}`),
      ...[...held].filter((name) => !wanted.has(name)).map((name) => `person ${person} is in ${name}`),
    ]
  })
}

async function sizesOf({ url }: Product): Promise<Map<string, number>> {
  const [tags, segments] = [
    await call(url, 'tags', { query: { status: 'active' } }),
    await call(url, 'segments', { query: { status: 'active' } }),
  ]
  return new Map([
    ...tags.items.map((one) => [`tag:${one.key}`, one.size] as const),
    ...segments.items.map((one) => [`segment:${one.key}`, one.size] as const),
  ])
}

async function computeAll(product: Product, meters: Meters): Promise<FullFigures['full']> {
  meters.takeAsked()
  meters.takeBreakdown()
  const idle = performance.eventLoopUtilization()
  const computeMs = await timed(product.drain.compute)
  say(`  computed in ${round(computeMs / 1000)} s`)
  const flushMs = await timed(product.drain.flush)
  say(`  told to ClickHouse in ${round(flushMs / 1000)} s`)
  const { active } = performance.eventLoopUtilization(idle)
  const breakdown = meters.takeBreakdown()
  const asked = meters.takeAsked()
  return {
    seconds: round((computeMs + flushMs) / 1000, 2),
    computeSeconds: round(computeMs / 1000, 2),
    flushSeconds: round(flushMs / 1000, 2),
    mainThreadSeconds: round(active / 1000, 2),
    planningSeconds: round(await planningSeconds(product, asked), 2),
    statements: asked.reduce((sum, one) => sum + one.count, 0),
    breakdown,
  }
}

/** Every time another thousand people get an event; the first of them are looked at again by the oracle. */
async function changeFew(product: Product, meters: Meters, people: number): Promise<FullFigures['changes'] & { changed: number[] }> {
  const random = createRandom(11)
  const fresh = createFreshEvents(12)
  const rounds: number[] = []
  const flushes: number[] = []
  const changed: number[] = []
  let breakdown: Breakdown = {}
  for (let round = 0; round < changeRounds; round++) {
    const ids = new Set<number>()
    while (ids.size < Math.min(changedPeople, people / 2)) ids.add(1 + Math.floor(random() * people))
    changed.push(...ids)
    await product.record([...ids].map((personId) => ({ personId, ...fresh() })))
    meters.takeBreakdown()
    rounds.push(await timed(product.drain.evaluate))
    flushes.push(await timed(product.drain.flush))
    breakdown = meters.takeBreakdown()
    say(`  ${Math.round(rounds.at(-1) ?? 0)} ms`)
  }
  return {
    ms: round(percentile(rounds, 0.5)),
    flushMs: round(percentile(flushes, 0.5)),
    rounds: rounds.map((ms) => round(ms)),
    breakdown,
    changed,
  }
}

async function idle(product: Product, meters: Meters): Promise<FullFigures['idle']> {
  const before = meters.clickhouseQueries()
  const times: number[] = []
  for (let tick = 0; tick < idleTicks; tick++)
    times.push(
      await timed(async () => {
        if (await product.tick()) throw new Error('there was still work when there was to be none')
      }),
    )
  return { clickhouseQueries: meters.clickhouseQueries() - before, medianMs: round(percentile(times, 0.5), 2) }
}

/** One of every shape after the other, as the console asks while a rule is edited. */
async function estimate({ url }: Product, definitions: readonly BenchDefinition[]): Promise<FullFigures['estimateMs']> {
  const shapes = [...Map.groupBy(definitions, (one) => one.shape).values()]
  const chosen = Array.from({ length: estimatesMax }, (_, i) => shapes[i % shapes.length]?.[Math.floor(i / shapes.length)]).filter(
    (one) => one !== undefined,
  )
  const times: { key: string; ms: number }[] = []
  for (const { key, rule } of chosen) times.push({ key, ms: await timed(() => call(url, 'estimate', { body: { rule } })) })
  const slowest = times.reduce((a, b) => (b.ms > a.ms ? b : a))
  return {
    median: round(
      percentile(
        times.map((one) => one.ms),
        0.5,
      ),
    ),
    max: round(slowest.ms),
    slowest: slowest.key,
  }
}

/** A person's page asks for the person and the first page of the timeline. */
async function openPages({ url }: Product, ids: readonly number[]): Promise<FullFigures['pageMs']> {
  const times: number[] = []
  for (const id of ids)
    times.push(
      await timed(() =>
        Promise.all([
          call(url, 'person', { params: { id: String(id) } }),
          call(url, 'personTimeline', { params: { id: String(id) }, query: {} }),
        ]),
      ),
    )
  return { median: round(percentile(times, 0.5)), max: round(percentile(times, 1)) }
}

/** A child's work; answers its figures on standard output. */
export async function measureFull(folder: string, people: number): Promise<void> {
  const { definitions, expected, now } = readPrepared(folder)
  const meters = createMeters()
  const product = await openProduct(join(folder, 'data'), now, meters)
  say(`${definitions.length} definitions for ${people} people`)
  await product.define(definitions)
  const full = await computeAll(product, meters)
  const sizes = await sizesOf(product)
  const memberships = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  say(`  ${memberships} memberships`)
  const found = await differences(product, expected)
  for (const line of found.slice(0, differencesShownMax)) say(`  DIFFERS: ${line}`)
  const oracle: OracleFigures = {
    people: expected.length,
    definitions: definitions.length,
    memberships: expected.reduce((sum, [, names]) => sum + names.length, 0),
    differences: found.length,
    first: found.slice(0, differencesShownMax),
  }
  if (found.length > 0) {
    await product.close()
    process.stdout.write(`${JSON.stringify({ oracle } satisfies Measured)}\n`)
    return
  }

  const byHand = await runHandWritten(product, now)
  say(`hand-written: ${round(byHand.ms)} ms; ${round((full.seconds * 1000) / byHand.ms)} times that for all`)
  say(`${changedPeople} changed people`)
  const { changed, ...changes } = await changeFew(product, meters, people)
  say(`  ${changes.ms} ms`)
  say('idle, estimates, pages')
  const idleFigures = await idle(product, meters)
  const estimateMs = await estimate(product, definitions)
  const pageMs = await openPages(product, changed.slice(0, pages))
  const peakMib = peakOfMib('self')

  const looked = changed.slice(0, changedPeople)
  const changedFound = await differences(
    product,
    expectedOf(await readWitnesses(product.clickhouse, product.workspaceId, looked), definitions, now),
  )
  for (const line of changedFound.slice(0, differencesShownMax)) say(`  DIFFERS after a change: ${line}`)

  const at = Date.now()
  say(`windows that closed in the ${round((at - now) / 60_000)} min that this has taken`)
  product.clock.set(at)
  const catchUpMs = await timed(async () => {
    await product.drain.evaluate()
    await product.drain.flush()
  })
  await product.close()
  const sorted = [...sizes.values()]
  const figures: FullFigures = {
    oracle,
    changedOracle: { people: looked.length, differences: changedFound.length, first: changedFound.slice(0, differencesShownMax) },
    memberships,
    sizes: { median: percentile(sorted, 0.5), max: percentile(sorted, 1), empty: sorted.filter((size) => size === 0).length },
    full,
    handWritten: { ms: round(byHand.ms), people: byHand.people, stored: sizes.get('segment:typical') ?? -1 },
    changes,
    idle: idleFigures,
    estimateMs,
    pageMs,
    catchUp: { minutes: round((at - now) / 60_000), seconds: round(catchUpMs / 1000) },
    peakMib: Math.round(peakMib),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
