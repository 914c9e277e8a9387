import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exitOf, outputOf, scratchFolder, startNode } from './harness/processes.ts'
import { type Check, finish, round } from './harness/result.ts'
import { type FullFigures, type Measured, measureFull } from './segments/full.ts'
import { type LiveFigures, measureLive } from './segments/live.ts'
import { prepare, readPrepared } from './segments/prepare.ts'

// What 200 tags and segments cost over 20 events for each of a million people: all of them for everyone, next to one query
// written by hand for one of them; for people who did something; for nobody; and how long it takes until an event shows in a
// membership. Nothing counts where a sample of people is not where the naive reading of the tests puts them.
// npm run bench -- segments [--quick] [--people 1000000] [--parts full,live] [--seed 1]

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    people: { type: 'string' },
    parts: { type: 'string', default: 'full,live' },
    seed: { type: 'string', default: '1' },
    // For the children that this program starts.
    stage: { type: 'string' },
    folder: { type: 'string' },
    now: { type: 'string' },
  },
})
const people = Number(values.people ?? (values.quick ? 20_000 : 1_000_000))
const seed = Number(values.seed)
const live = values.quick ? { perSecond: 1_000, seconds: 5, warmSeconds: 2 } : { perSecond: 1_000, seconds: 30, warmSeconds: 5 }

const startStage = (stage: string, folder: string, now: number) =>
  startNode(['bench/segments.ts', '--stage', stage, '--folder', folder, '--people', `${people}`, '--seed', `${seed}`, '--now', `${now}`])

/** For so many people the hand-written query is the measure; its own cost grows less evenly with them than that of everything. */
const ratioPeople = 1_000_000

function fullChecks({ changedOracle, full, handWritten, changes, idle, estimateMs, pageMs, peakMib }: FullFigures): Check[] {
  const ratio: Check = {
    name: 'all for everyone, as often as the hand-written query',
    value: round((full.seconds * 1000) / handWritten.ms),
    must: '<=',
    bound: 20,
  }
  return [
    { name: 'memberships of changed people that the oracle does not see so', value: changedOracle.differences, must: '=', bound: 0 },
    { name: 'people of the hand-written query', value: handWritten.people, must: '=', bound: handWritten.stored },
    ...(people === ratioPeople ? [ratio] : []),
    { name: '1,000 changed people, share of all for everyone', value: round(changes.ms / 1000 / full.seconds, 4), must: '<=', bound: 0.03 },
    { name: 'queries to ClickHouse while idle', value: idle.clickhouseQueries, must: '=', bound: 0 },
    { name: 'idle tick, ms', value: idle.medianMs, must: '<=', bound: 5 },
    { name: 'estimate, ms', value: estimateMs.median, must: '<', bound: 1_000 },
    { name: "a person's page, ms", value: pageMs.median, must: '<', bound: 300 },
    { name: 'peak memory, MiB', value: peakMib, must: '<=', bound: 3_072 },
  ]
}

function liveChecks({ probes, seen, visibleMs, peakMib }: LiveFigures): Check[] {
  return [
    { name: 'memberships that showed', value: seen, must: '=', bound: probes },
    { name: 'p95 from acknowledgement to membership, ms', value: visibleMs.p95, must: '<=', bound: 2_000 },
    { name: "peak of the live server's memory, MiB", value: peakMib, must: '<=', bound: 3_072 },
  ]
}

async function main(): Promise<void> {
  const folder = scratchFolder()
  const now = Date.now()
  if ((await exitOf(startStage('prepare', folder, now))) !== 0) throw new Error('the data could not be made')
  const { data, definitions } = readPrepared(folder)
  const measured: Measured = JSON.parse(await outputOf(startStage('full', folder, now)))
  const made = {
    quick: values.quick,
    people,
    seed,
    events: data.events,
    definitions: definitions.length,
    generateSeconds: round(data.seconds),
    clickhouseBytes: data.clickhouseBytes,
  }
  if (measured.full === undefined) {
    const differences = {
      name: 'memberships that the oracle does not see so',
      value: measured.oracle.differences,
      must: '=',
      bound: 0,
    } as const
    finish('segments', [differences], { ...made, oracle: measured.oracle })
    return
  }
  const { full, handWritten, changes } = measured
  const checks = fullChecks(measured)
  const lived = values.parts.split(',').includes('live') ? await measureLive({ folder: join(folder, 'data'), people, ...live }) : null
  if (lived !== null) checks.push(...liveChecks(lived))
  finish('segments', checks, {
    ...made,
    ratio: round((full.seconds * 1000) / handWritten.ms),
    changedShare: round(changes.ms / 1000 / full.seconds, 4),
    ...measured,
    live: lived,
  })
}

const { stage, folder = '' } = values
if (stage === 'prepare') await prepare(folder, { people, seed, now: Number(values.now) })
else if (stage === 'full') await measureFull(folder, people)
else await main()
process.exit()
