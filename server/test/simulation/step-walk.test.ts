import type { JourneyDefinition } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { questions } from '../../src/journeys/core/ahead.ts'
import { withAnswer } from '../../src/journeys/core/deed.ts'
import { begin } from '../../src/journeys/core/entering.ts'
import { hear } from '../../src/journeys/core/hear.ts'
import { type Heard, isOver, type Move, type Run } from '../../src/journeys/core/run.ts'
import { step } from '../../src/journeys/core/step.ts'
import { answerNews, openTask } from '../../src/journeys/core/task.ts'
import type { Facts } from '../../src/journeys/core/turn.ts'
import { matchesFilters, zoneOf } from '../../src/query/index.ts'
import { testStart } from '../harness/clock.ts'
import { createRandom } from '../harness/random.ts'
import { type Chance, createChance, eventNames, randomJourney, someAttributes, someContest, someFate } from './journey-graphs.ts'

// Random journeys walked by the pure step alone, with time going from waker to waker or stopping short of it.

const seeds = 3_000
const movesMax = 60

function heardNow(chance: Chance, serial: number, now: number): Heard {
  const name = chance.oneOf(eventNames)
  return { sourceKey: `event:${serial}`, kind: 'event', name, properties: { n: chance.below(4) }, occurredAt: now, receivedAt: now }
}

/** What a colleague says of the run's task, or something that happened. */
function newsNow(definition: JourneyDefinition, run: Run, chance: Chance, serial: number, now: number): Heard {
  const task = openTask(run)
  const node = definition.nodes.find((one) => one.id === run.nodeId)
  if (task === null || node?.kind !== 'human_task' || chance.random() < 0.1) return heardNow(chance, serial, now)
  return answerNews(task, node.id, { outcome: chance.oneOf(node.ways).id, note: '', by: 'acc_a', at: now })
}

interface Walk {
  readonly definition: JourneyDefinition
  readonly moves: readonly Move[]
  readonly run: Run
}

function walk(seed: number): Walk {
  const chance = createChance(createRandom(seed))
  const definition = randomJourney(chance)
  const attributes = someAttributes(chance)
  const zone = zoneOf(chance.oneOf(['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe']))
  let now = Date.parse(chance.oneOf([testStart, '2026-03-07T23:50:00-05:00', '2026-10-31T22:00:00-04:00', '2026-02-28T23:30:00+08:00']))
  const whose = { workspaceId: 1, journeyId: 'jny', version: 1, personId: 1 + chance.below(1_000), runId: 'run' }
  let run = begin(definition, whose, heardNow(chance, 0, now), now)
  const moves: Move[] = []
  for (let i = 1; i < movesMax && !isOver(run); i++) {
    const news =
      chance.random() < (openTask(run) === null ? 0.3 : 0.8)
        ? hear(definition, run, newsNow(definition, run, chance, i, now), now, matchesFilters)
        : null
    const move = answered(news ?? step(definition, run, factsOf(definition, run, now), now), chance)
    checkMove(run, move, now)
    moves.push(move)
    run = done(move, now, chance)
    if (isOver(run)) break
    now = Math.max(now, chance.random() < 0.8 ? (run.wakeAt ?? 0) : now + chance.below(20 * 3_600_000))
  }
  return { definition, moves, run }

  /** Only what was asked: a question that is missing is an error. */
  function factsOf(journey: JourneyDefinition, asked: Run, at: number): Facts {
    const own = questions(journey, asked, at)
    const read = Object.fromEntries(Object.entries(attributes).filter(([name]) => own.attributes.has(name)))
    const answers = new Map([...own.rules.keys()].map((place) => [place, chance.random() < 0.5]))
    const check = chance.random() < 0.2 ? at + 1 + chance.below(3_600_000) : Number.POSITIVE_INFINITY
    const fates = new Map([...own.messages].filter(() => chance.random() < 0.7).map((key) => [key, someFate(chance)]))
    const contests = new Map([...own.contests].map((node) => [node, someContest(chance, at)]))
    const holdouts = new Map([...own.holdouts].map((key) => [key, { share: 50, until: null }]))
    return {
      fates,
      answers,
      check,
      missingTemplates: new Set(),
      attributes: read,
      zone: own.zone ? zone : null,
      contests,
      holdouts,
      answered: new Map(),
    }
  }
}

/** What is done after the commit wakes the run, sooner or later. */
function done({ run, deed }: Move, now: number, chance: Chance): Run {
  const { wait } = run.context
  if (deed?.kind !== 'attribute' || !wait || chance.random() < 0.2) return run
  return { ...run, state: 'active', wakeAt: now, context: { ...run.context, wait: { ...wait, answer: { ok: true } } } }
}

/** A deed is answered in the transaction of its move. */
function answered(move: Move, chance: Chance): Move {
  return move.deed && move.deed.kind !== 'attribute'
    ? withAnswer(move, chance.random() < 0.5 ? { ok: true, coupon: { code: 'A' } } : { ok: false, reason: 'limit' })
    : move
}

/** Whoever is inside rests with a waker ahead or is due, and the story grows without a gap. */
function checkMove(before: Run, { run, steps }: Move, now: number): void {
  expect(steps.map((one) => one.seq)).toEqual(steps.map((_, i) => before.steps + i))
  expect(run.steps).toBe(before.steps + steps.length)
  expect(run.visit - before.visit).toBe(
    steps.filter((one) => one.outcome === 'entered').length - (run.state === 'exited' && !run.context.wait ? 1 : 0),
  )
  if (isOver(run)) expect(run.wakeAt).toBeNull()
  if (run.state === 'waiting') {
    expect(run.wakeAt).toBe(run.context.wait?.check ?? run.context.wait?.until)
    // News may have its rules asked at once.
    if (steps.length > 0) expect(run.wakeAt).toBeGreaterThan(now)
  }
  if (run.state === 'active') expect(run.wakeAt).toBe(now)
}

test(`every run ends or rests with a waker ahead, enters no node without a visit, and keys each effect once (${seeds} seeds)`, () => {
  const seen: Record<string, number> = {
    finished: 0,
    exited: 0,
    effects: 0,
    wait_until: 0,
    branch: 0,
    split: 0,
    grant: 0,
    set_tag: 0,
    set_attribute: 0,
    wait_rule: 0,
    repeat_check: 0,
    human_task: 0,
    start_journey: 0,
    stop_journey: 0,
    holdout: 0,
  }
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      const { definition, moves, run } = walk(seed)
      const keys = moves.flatMap((move) =>
        [...move.effects, ...(move.deed && move.deed.kind !== 'withdraw' ? [move.deed] : [])].map((effect) => effect.effectKey),
      )
      expect(new Set(keys).size).toBe(keys.length)
      seen.effects = (seen.effects ?? 0) + keys.length
      if (run.state in seen) seen[run.state] = (seen[run.state] ?? 0) + 1
      const kinds = new Map(definition.nodes.map((node) => [node.id, node.kind]))
      for (const { nodeId, outcome } of moves.flatMap((move) => move.steps)) {
        const kind = kinds.get(nodeId)
        if (outcome === 'passed' && kind !== undefined && kind in seen) seen[kind] = (seen[kind] ?? 0) + 1
      }
      for (const [nodeId, way] of Object.entries(run.context.variants ?? {})) {
        const taken = moves.flatMap((move) => move.steps).filter((one) => one.nodeId === nodeId && one.outcome === 'passed')
        // By lot it is the same on every visit; of what colleagues say the last one counts.
        const kept = kinds.get(nodeId) === 'split' ? taken : taken.slice(-1)
        expect(new Set(kept.map((one) => one.way))).toEqual(new Set([way]))
      }
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(seeds / 20)
})
