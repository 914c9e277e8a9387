import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exitOf, outputOf, peakOfMib, scratchFolder, startNode } from './harness/processes.ts'
import { openProgram } from './harness/program.ts'
import { type Check, finish, round, say } from './harness/result.ts'
import { type EntryFigures, measureEntry } from './journeys/entry.ts'
import { openShop } from './journeys/shop.ts'
import { measureSimulation, type SimulationFigures } from './journeys/simulation.ts'
import { measureTransitions, type TransitionFigures } from './journeys/transitions.ts'
import { measureWaiting, type TickFigures } from './journeys/waiting.ts'
import { generate } from './segments/data.ts'
import { createMeters } from './segments/meter.ts'

// What journeys cost: people on their way through conditions, messages and waits, next to rows that are only claimed and updated; a
// tick while millions wait; everybody of a segment at one stroke. Nothing counts where people are not where SQL written by hand says.
// npm run bench -- journeys [--quick] [--people 1000000] [--waiting 5000000] [--played 100000]
//   [--parts transitions,entry,waiting,simulation]

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    people: { type: 'string' },
    waiting: { type: 'string' },
    played: { type: 'string' },
    parts: { type: 'string', default: 'transitions,entry,waiting,simulation' },
    seed: { type: 'string', default: '1' },
    // For the children that this program starts.
    stage: { type: 'string' },
    folder: { type: 'string' },
    now: { type: 'string' },
  },
})
const people = Number(values.people ?? (values.quick ? 20_000 : 1_000_000))
const waiting = Number(values.waiting ?? (values.quick ? 50_000 : 5_000_000))
/** People whose history is played. */
const played = Number(values.played ?? (values.quick ? 10_000 : 100_000))
const seed = Number(values.seed)
const parts = values.parts.split(',')
/** As the runners take them. */
const batch = 500

interface Played {
  readonly simulation: SimulationFigures
  readonly peakMib: number
}

interface Measured {
  readonly transitions: TransitionFigures | null
  readonly entry: EntryFigures | null
  readonly waiting: { readonly few: TickFigures; readonly many: TickFigures } | null
  readonly peakMib: number
  readonly breakdown: Readonly<Record<string, object>>
}

function startStage(stage: string, folder: string, now: number, count = people) {
  const sizes = ['--people', `${count}`, '--waiting', `${waiting}`, '--parts', values.parts, '--seed', `${seed}`]
  return startNode(['bench/journeys.ts', '--stage', stage, '--folder', folder, '--now', `${now}`, ...sizes])
}

async function prepare(folder: string, now: number): Promise<void> {
  const program = await openProgram(join(folder, 'data'), now, { db: (inner) => inner, clickhouse: (inner) => inner })
  const { db, clickhouse, chaoxi } = program
  const { workspaceId } = chaoxi.first
  say(`data: ${people} people`)
  const { seconds } = await generate(db, clickhouse, { workspaceId, people, seed, now, file: join(folder, 'people.tsv') })
  say(`  ${round(seconds)} s`)
  await program.close()
}

async function measure(folder: string, now: number): Promise<void> {
  const meters = createMeters()
  const shop = await openShop(await openProgram(join(folder, 'data'), now, meters))
  const breakdown: Record<string, object> = {}
  const part = async <T>(name: string, work: () => Promise<T>): Promise<T | null> => {
    if (!parts.includes(name)) return null
    meters.takeBreakdown()
    const done = await work()
    breakdown[name] = meters.takeBreakdown()
    return done
  }
  const transitions = await part('transitions', () => measureTransitions(shop, batch))
  const entry = await part('entry', () => measureEntry(shop, people))
  const waited = await part('waiting', async () => {
    const few = await shop.beside('few')
    const ticks = await measureWaiting(await openShop(few), shop, waiting, people)
    await few.close()
    return ticks
  })
  const peakMib = Math.round(peakOfMib('self'))
  await shop.close()
  process.stdout.write(`${JSON.stringify({ transitions, entry, waiting: waited, peakMib, breakdown } satisfies Measured)}\n`)
}

async function play(folder: string, now: number): Promise<void> {
  const meters = createMeters()
  const shop = await openShop(await openProgram(join(folder, 'data'), now, meters))
  const simulation = await measureSimulation(shop)
  const peakMib = Math.round(peakOfMib('self'))
  await shop.close()
  process.stdout.write(`${JSON.stringify({ simulation, peakMib } satisfies Played)}\n`)
}

/** In a shop of its own. */
async function measurePlayed(now: number): Promise<Played> {
  const folder = scratchFolder()
  if ((await exitOf(startStage('prepare', folder, now, played))) !== 0) throw new Error('the data to be played could not be made')
  return JSON.parse(await outputOf(startStage('play', folder, now, played)))
}

function checksOf({ transitions, entry, waiting: ticks, peakMib }: Measured): Check[] {
  const checks: Check[] = []
  if (transitions) {
    checks.push({ name: 'nodes and messages that the oracle does not see so', value: transitions.differences.length, must: '=', bound: 0 })
    checks.push({ name: 'transitions, share of raw rows', value: transitions.ratio, must: '>=', bound: 0.2 })
  }
  if (entry) {
    checks.push({ name: 'batch entry: numbers that are not so', value: entry.differences.length, must: '=', bound: 0 })
    checks.push({ name: 'batch entry, as often as the raw insert', value: entry.ratio, must: '<=', bound: 40 })
  }
  if (ticks) {
    const { few, many } = ticks
    for (const one of [few, many]) checks.push({ name: `moved by ticks`, value: one.moved, must: '=', bound: one.mustMove })
    checks.push({ name: 'a tick that moves, many to few', value: round(many.movingMs / few.movingMs, 2), must: '<=', bound: 1.2 })
    checks.push({ name: 'an idle tick, many to few', value: round(many.idleMs / few.idleMs, 2), must: '<=', bound: 1.2 })
    checks.push({ name: 'the watchdog, many to few', value: round(many.watchMs / few.watchMs, 2), must: '<=', bound: 1.2 })
  }
  checks.push({ name: 'peak memory, MiB', value: peakMib, must: '<=', bound: 1_536 })
  return checks
}

function playedChecks({ simulation, peakMib }: Played): Check[] {
  return [
    { name: 'played numbers that a query by hand counts otherwise', value: simulation.differences.length, must: '=', bound: 0 },
    { name: 'simulation, times faster than life', value: simulation.speed, must: '>=', bound: 20_000 },
    { name: 'peak memory while playing, MiB', value: peakMib, must: '<=', bound: 1_536 },
  ]
}

async function main(): Promise<void> {
  const folder = scratchFolder()
  const now = Date.now()
  const simulated = parts.includes('simulation') ? await measurePlayed(now) : null
  const inShop = parts.some((part) => part !== 'simulation')
  if (inShop && (await exitOf(startStage('prepare', folder, now))) !== 0) throw new Error('the data could not be made')
  const measured: Measured | null = inShop ? JSON.parse(await outputOf(startStage('measure', folder, now))) : null
  const checks = [...(measured === null ? [] : checksOf(measured)), ...(simulated === null ? [] : playedChecks(simulated))]
  finish('journeys', checks, { quick: values.quick, people, seed, ...measured, simulated })
}

const { stage, folder = '' } = values
if (stage === 'prepare') await prepare(folder, Number(values.now))
else if (stage === 'measure') await measure(folder, Number(values.now))
else if (stage === 'play') await play(folder, Number(values.now))
else await main()
process.exit()
