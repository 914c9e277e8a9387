import { type ExitCondition, exitsAt, type JourneyDefinition, type JourneyNode, type NodeKind } from '@chaoxi/contract'
import { exitPlace, nodeOf, rests, stands } from './ahead.ts'
import { patienceMs } from './deed.ts'
import { heardDetails, iso } from './details.ts'
import { asksRules } from './rule-news.ts'
import {
  fail,
  leave,
  type MessageEffect,
  type Move,
  type NodeDraw,
  type Run,
  type StepOutcome,
  type StepRecord,
  stumble,
  type Wait,
  withSteps,
} from './run.ts'
import type { TaskChange } from './task.ts'
import type { Facts, Nodes, Rest, Stand, Turn, Turns } from './turn.ts'
import { answer } from './turns/asking.ts'
import { choiceTurns } from './turns/choices.ts'
import { deedTurns } from './turns/deeds.ts'
import { lotTurns } from './turns/lots.ts'
import { sendTurn } from './turns/send.ts'
import { taskTurns } from './turns/task.ts'
import { waitTurns } from './turns/waits.ts'

/** Nodes that one call goes through at most; a longer way goes on at the next one. */
export const nodesPerStepMax = 50
/** Nodes that one run enters at most: nothing that people draw comes near, and a circle ends here at last. */
export const visitsMax = 10_000

const turns: Turns<NodeKind> = { ...waitTurns, ...choiceTurns, ...lotTurns, ...deedTurns, ...taskTurns, send: sendTurn }

function turnOf<K extends NodeKind>(kind: K, node: Nodes[K], stand: Stand): Turn {
  return turns[kind](node, stand)
}

/**
 * Moves a run as far as it gets at `now`: asks the exit rules, then goes from node to node until it rests, ends, or has
 * gone far enough for one call. Pure: live, test and simulation differ in the clock alone.
 */
export function step(definition: JourneyDefinition, run: Run, facts: Facts, now: number): Move {
  if (rests(run, now))
    return { run: { ...run, state: 'waiting', wakeAt: run.context.wait?.check ?? run.context.wait?.until ?? now }, effects: [], steps: [] }
  const asked = askedExits(definition.exits, facts)
  const reason = asked.find((one) => one.holds)
  if (reason) return leave(run, now, `exit_rule.${reason.exit}`, { exits: asked })

  const effects: MessageEffect[] = []
  const steps: StepRecord[] = []
  const tasks: TaskChange[] = []
  const draws: NodeDraw[] = []
  let current = run
  // What was asked before the first node, and what brought the person in, is told with the first line of the story.
  let preface: Record<string, unknown> = asked.length > 0 ? { exits: asked } : {}
  if (run.steps === 0) preface = { ...preface, trigger: heardDetails(run.context.trigger), ...entryDetails(run) }

  function note(nodeId: string, outcome: StepOutcome, details: Record<string, unknown>, way?: string): void {
    const named = way === undefined ? {} : { way }
    const written = withSteps(current, now, [{ nodeId, outcome, ...named, details: { ...preface, ...details, ...named } }])
    preface = {}
    current = written.run
    steps.push(...written.steps)
  }
  const drawn = () => (draws.length > 0 ? { draws } : {})
  const done = (change: Partial<Run>): Move => ({
    ...{ run: { ...current, tries: 0, result: null, ...change }, effects, steps },
    ...(tasks.length > 0 ? { tasks } : {}),
    ...drawn(),
  })
  /** Trouble takes nothing back: what came before it is done and written. */
  function after(last: Move): Move {
    const all = [...tasks, ...(last.tasks ?? [])]
    return { run: last.run, effects, steps: [...steps, ...last.steps], ...(all.length > 0 ? { tasks: all } : {}), ...drawn() }
  }

  for (let count = 0; count < nodesPerStepMax; count++) {
    const node = nodeOf(definition, current.nodeId)
    const wait = current.context.wait
    if (!wait && current.visit >= visitsMax) return after(fail(current, now, `it entered ${visitsMax} nodes`, 1))
    if (stands(current)) {
      const [held, details] = exitOf(node, facts)
      if (held !== null) return after(leave(current, now, held, details))
    }
    const turn = turnOf(node.kind, node, {
      definition,
      run: current,
      wait: wait?.replan === undefined ? wait : undefined,
      facts,
      now,
      from: wait?.replan ?? now,
    })
    if ('draw' in turn && turn.draw) draws.push({ ...turn.draw, nodeId: node.id, at: now })
    if (turn.kind === 'trouble') return after(stumble(current, now, turn.reason))
    if (!wait) {
      note(node.id, 'entered', arrivalDetails(turn))
      current = { ...current, visit: current.visit + 1 }
    }
    if (turn.kind === 'rest') {
      current = { ...current, context: { ...current.context, ...sentFirst(current, turn, now), ...turn.keep } }
      const begun = restOf(wait, turn, now, asksRules(definition, node) ? facts.check : Number.POSITIVE_INFINITY)
      const [held, details] = exitOf(node, facts)
      if (held !== null) {
        const { task: _, ...unasked } = begun
        const stood = turn.task?.kind === 'open' ? unasked : begun
        return after(leave({ ...current, context: { ...current.context, wait: stood } }, now, held, details))
      }
      if (turn.effect) effects.push(turn.effect)
      if (turn.task) tasks.push(turn.task)
      const { missed: _missed, ...context } = current.context
      return done({ state: 'waiting', wakeAt: begun.check ?? begun.until, context: { ...context, wait: begun } })
    }
    if (turn.kind === 'ask') {
      const wait = {
        ...restOf(undefined, { kind: 'rest', until: now + patienceMs }, now, Number.POSITIVE_INFINITY),
        asks: turn.deed.effectKey,
      }
      return { ...done({ state: 'waiting', wakeAt: wait.until, context: { ...current.context, wait } }), deed: turn.deed }
    }
    if (turn.kind === 'do') {
      const { check: _, ...stood } = wait ?? { since: now }
      const context = { ...current.context, wait: { ...stood, until: now } }
      return { ...done({ state: 'active', wakeAt: now, context }), deed: turn.deed }
    }
    if (turn.kind === 'end') {
      note(node.id, 'passed', { ...turn.details, result: turn.result }, turn.way)
      return done({ state: 'finished', wakeAt: null, result: turn.result, context: { ...current.context, ...turn.keep } })
    }
    note(node.id, turn.outcome, { ...turn.details, to: turn.to }, turn.way)
    if (turn.effect) effects.push(turn.effect)
    if (turn.task) tasks.push(turn.task)
    const { wait: _ended, ...rest } = current.context
    current = {
      ...current,
      nodeId: turn.to,
      context: { ...rest, ...sentFirst(current, turn, now), passed: node.id, ...turn.keep },
      tries: 0,
    }
  }
  return done({ state: 'active', wakeAt: now })
}

/** When the run's first message went into the queue. */
const sentFirst = ({ context }: Run, { effect }: { effect?: MessageEffect }, now: number) =>
  effect && context.sentAt === undefined ? { sentAt: now } : {}

/** The rules among exit conditions with their answers, by place. */
function askedExits(exits: readonly ExitCondition[], facts: Facts, nodeId?: string): { exit: number; holds: boolean }[] {
  return exits.flatMap((exit, i) => (exit.kind === 'rule' ? [{ exit: i, holds: answer(facts, exitPlace(i, nodeId)) }] : []))
}

/** The result with which whoever stands at the node leaves by a rule of its own, and what was asked; null: stays. */
function exitOf(node: JourneyNode, facts: Facts): [string | null, { exits: readonly object[] }] {
  const exits = askedExits(exitsAt(node), facts, node.id)
  const found = exits.find((one) => one.holds)
  return [found ? `exit_rule.${node.id}.${found.exit}` : null, { exits }]
}

function restOf(wait: Wait | undefined, turn: Rest, now: number, check: number): Wait {
  const { check: _check, answer: _answer, replan, gone, late, ...kept } = wait ?? { since: now }
  const stood = replan === undefined ? kept : { since: replan, ...(wait?.task === undefined ? {} : { task: wait.task }) }
  // Another attempt is neither gone nor late.
  const before = turn.tried ? { ...stood, tried: turn.tried } : { ...stood, ...(gone ? { gone } : {}), ...(late ? { late } : {}) }
  return {
    ...before,
    until: turn.until,
    ...(turn.looks === undefined ? {} : { looks: turn.looks }),
    ...(turn.task?.kind === 'open' ? { task: turn.task.effectKey } : {}),
    ...(turn.gone ? { gone: turn.gone } : {}),
    ...(turn.late ? { late: turn.late } : {}),
    ...(check < turn.until ? { check } : {}),
  }
}

function arrivalDetails(turn: Turn): Record<string, unknown> {
  if (turn.kind === 'rest' && turn.effect) {
    const { channel, template, effectKey } = turn.effect
    return { channel, template, effectKey, until: iso(turn.until) }
  }
  if (turn.kind === 'rest') return { until: iso(turn.until), ...turn.known }
  return turn.kind === 'do' || turn.kind === 'ask' ? { effectKey: turn.deed.effectKey } : {}
}

const entryDetails = (run: Run) => (run.context.entryRuleHeld ? { entryRule: true } : {})
