import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openPostgres } from '../../src/platform/db/postgres.ts'
import { createChangedTags } from '../harness/journeys.ts'
import { createTestStores, type TestStores } from '../harness/stores.ts'
import { playLife } from './journey-life.ts'

/**
 * Random journeys, people, events and clock; two runners and the intake, whose statements are shuffled into each other
 * and which are killed between any two of them. A failure is a seed: `CHAOXI_SEED=17 npx vitest run …` plays it alone;
 * `CHAOXI_SEEDS=20000` plays so many, `CHAOXI_FIRST_SEED` says from which on.
 */
const seedsPlayed = Number(process.env.CHAOXI_SEEDS ?? 500)
const firstSeed = Number(process.env.CHAOXI_FIRST_SEED ?? 1)
const seeds = process.env.CHAOXI_SEED ? [Number(process.env.CHAOXI_SEED)] : Array.from({ length: seedsPlayed }, (_, i) => firstSeed + i)
/** A long run says how far it has come. */
const toldEvery = 500
/** On a quiet machine it takes a sixth of this. */
const timeoutMs = 1_200 * Math.max(500, seedsPlayed)

/** Read at each start of a process, and there are a hundred in a story. */
const noPlaybooks = join(inject('scratchFolder'), 'no-playbooks')
mkdirSync(noPlaybooks, { recursive: true })

let stores: TestStores
beforeAll(async () => {
  const opened = await createTestStores()
  // It is our process that is killed here, not the database: its commits need not wait for the disk. And a statement
  // that waits for a lock waits for somebody who has no turn: that is an error of the simulation, to be seen. Statements are
  // planned once: on so few rows planning them is most of the work.
  const url = `${opened.postgresUrl}?options=${encodeURIComponent('-c synchronous_commit=off -c lock_timeout=10s -c plan_cache_mode=force_generic_plan')}`
  stores = { ...opened, db: openPostgres(url, opened.log, { prepared: true }) }
  await createChangedTags(stores.db)
  close = async () => {
    await stores.db.close()
    await opened.close()
  }
})
let close = async () => {}
afterAll(() => close())

test(
  `nothing is lost, doubled or sent after an exit, whatever is killed when (${seeds.length} seeds)`,
  async () => {
    const total = {
      runs: 0,
      messages: 0,
      given: 0,
      refused: 0,
      tagged: 0,
      said: 0,
      called: 0,
      stopped: 0,
      exited: 0,
      kills: 0,
      timedOut: 0,
      moved: 0,
      goals: 0,
      answered: 0,
      overdue: 0,
      withdrawn: 0,
      decided: 0,
    }
    for (const seed of seeds) {
      try {
        const { outcome, kills, decided } = await playLife(stores, noPlaybooks, seed)
        if (seeds.length > toldEvery && seed % toldEvery === 0) process.stdout.write(`seeds up to ${seed}: ${JSON.stringify(total)}\n`)
        total.runs += outcome.runs.length
        total.messages += outcome.messages.length
        total.given += outcome.claims.length
        total.tagged += outcome.tags.length
        total.said += outcome.steps.filter((step) => step.outcome === 'entered' && step.details.effectKey !== undefined).length
        total.refused += outcome.steps.filter((step) => step.details.way === 'onFailure').length
        total.called += outcome.runs.filter((run) => run.context.trigger.sourceKey.startsWith('call:')).length
        total.stopped += outcome.steps.filter((step) => step.details.result === 'stopped_by_journey').length
        total.exited += outcome.runs.filter((run) => run.state === 'exited').length
        total.timedOut += outcome.steps.filter((step) => step.outcome === 'timed_out').length
        total.moved += outcome.steps.filter((step) => step.outcome === 'moved').length
        total.goals += outcome.goals.length
        for (const state of ['overdue', 'withdrawn'] as const) total[state] += outcome.tasks.filter((task) => task.state === state).length
        total.answered += outcome.tasks.filter((task) => task.state === 'done').length
        total.kills += kills
        total.decided += decided
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      }
    }
    // A simulation in which nothing happens proves nothing.
    const { stopped, moved, withdrawn, ...often } = total
    if (seeds.length >= 100) for (const [name, count] of Object.entries(often)) expect(count, name).toBeGreaterThan(seeds.length / 25)
    // Rare: another journey has to come to its stop, a new version to be published, or a task to lose its run, while somebody is inside.
    if (seeds.length >= 100) expect(Math.min(stopped, moved, withdrawn), 'stopped, moved and withdrawn').toBeGreaterThan(0)
  },
  timeoutMs,
)

test(
  'a seed plays the same way every time',
  async () => {
    const story = async (seed: number) => {
      const { outcome, kills } = await playLife(stores, noPlaybooks, seed)
      return JSON.stringify({ ...outcome, inbox: outcome.inbox.map(({ id: _, ...row }) => row), kills })
    }
    for (const seed of seeds.slice(0, 3)) expect(await story(seed)).toBe(await story(seed))
  },
  timeoutMs,
)
