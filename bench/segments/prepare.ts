import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rule } from '@chaoxi/contract'
import { round, say } from '../harness/result.ts'
import { type DataFigures, generate } from './data.ts'
import { type BenchDefinition, drawDefinitions } from './definitions.ts'
import { createOracle, lookupOf, readWitnesses, type Witness } from './oracle.ts'
import { openProduct } from './product.ts'

/** What is worked out before the program computes anything: the definitions, and who of the sample belongs in them. */
export interface Prepared {
  readonly now: number
  readonly definitions: readonly BenchDefinition[]
  /** Names `kind:key`, by person of the sample. */
  readonly expected: readonly (readonly [person: number, names: readonly string[]])[]
  readonly data: DataFigures
}

const sampleMax = 2_000
/** Every so many of the sample are asked while definitions are drawn. */
const drawnFromEvery = 4
const preparedFile = (folder: string) => join(folder, 'prepared.json')
export const readPrepared = (folder: string): Prepared => JSON.parse(readFileSync(preparedFile(folder), 'utf8'))

const nameOf = ({ kind, key }: BenchDefinition) => `${kind}:${key}`

/** Ids from 1 to `people`, evenly spread. */
export function spreadIds(people: number, count: number): number[] {
  const size = Math.min(people, count)
  return Array.from({ length: size }, (_, i) => 1 + Math.floor((i * people) / size))
}

export function expectedOf(witnesses: readonly Witness[], definitions: readonly BenchDefinition[], now: number): [number, string[]][] {
  const oracle = createOracle(witnesses, now, lookupOf(definitions))
  return witnesses.map(({ facts }, i) => [facts.personId, definitions.filter(({ rule }) => oracle.answers(rule)[i]).map(nameOf)])
}

/** A child's work: fills the folder, draws the definitions, and asks the oracle. */
export async function prepare(folder: string, options: { people: number; seed: number; now: number }): Promise<void> {
  const { people, seed, now } = options
  const product = await openProduct(join(folder, 'data'), now, { db: (inner) => inner, clickhouse: (inner) => inner })
  const { db, clickhouse, workspaceId } = product
  say(`data: ${people} people`)
  const data = await generate(db, clickhouse, { workspaceId, people, seed, now, file: join(folder, 'people.tsv') })
  say(`  ${data.events} events, at most ${data.eventsOfBusiest} of one person, in ${round(data.seconds)} s`)
  const witnesses = await readWitnesses(clickhouse, workspaceId, spreadIds(people, sampleMax))
  say(`definitions, and who of ${witnesses.length} people is in them by the oracle`)
  const start = performance.now()
  // One oracle for all draws: rules that named definitions share are answered once.
  const drawn = new Map<string, Rule>()
  const asked = witnesses.filter((_, i) => i % drawnFromEvery === 0)
  const oracle = createOracle(asked, now, (kind, key) => {
    const rule = drawn.get(`${kind}:${key}`)
    return rule === undefined ? null : { mode: 'dynamic', rule }
  })
  const definitions = drawDefinitions(seed, now, (rule, before) => {
    for (const one of before.slice(drawn.size)) drawn.set(nameOf(one), one.rule)
    return oracle.answers(rule).filter(Boolean).length / asked.length
  })
  const prepared: Prepared = { now, definitions, expected: expectedOf(witnesses, definitions, now), data }
  writeFileSync(preparedFile(folder), JSON.stringify(prepared))
  say(`  ${round((performance.now() - start) / 1000)} s`)
  await product.close()
}
