import type { Channel, Purpose } from '@chaoxi/contract'
import type { Answer, Deed } from './deed.ts'
import { reopened, type TaskChange, withdrawn } from './task.ts'
import type { KeptAnswers } from './webhook.ts'

export type HeardKind =
  | 'event'
  | 'segment_entry'
  | 'segment_exit'
  | 'tag_entry'
  | 'tag_exit'
  | 'event_absence'
  | 'schedule'
  | 'date'
  | 'item_change'
  | 'call'
  | 'stop'
  | 'task'
  | 'membership'

/** The run whose step let somebody into a journey, or ended what they had under way. */
export interface CallerRun {
  readonly journeyId: string
  readonly nodeId: string
  readonly runId: string
  /** How many journeys started each other until then, this one included. */
  readonly depth: number
}

/**
 * What the inbox heard: an event of the person; that the person came into or left a segment, was given or lost a tag (`name` is its
 * key); that an event was not followed by others in time (`name` is the journey, of a run's trigger the event's own); that the
 * journey was due by the clock, was called, or is stopped by another run, or that an item of interest has changed (`name` is the journey); that a colleague has answered a task of a run (`task`; `name` is the node); that the person came into or left what a rule asks of (`membership`,
 * by which nobody enters; `name` is `tag:<key>` or `segment:<key>`).
 */
export interface Heard {
  /** `event:<messageId>`; `segment:<key>:<person>:<instant>`, `tag:<key>:<value>:<person>:<instant>`, before the instant `out:` where it was left; `absence:<journey>:<key of the event>`; `schedule:<journey>:<instant>:<person>`, `date:<journey>:<day>:<person>`; `call:<journey>:<key>:<person>`; `stop:<effect key>`; `task:<effect key>`; `item:<journey>:<change>:<person>`. */
  readonly sourceKey: string
  readonly kind: HeardKind
  readonly name: string
  readonly properties: Record<string, unknown>
  /** ms since 1970, by the shop's word; never later than it was received. */
  readonly occurredAt: number
  readonly receivedAt: number
  /** Of what another run did; a program's call has none. */
  readonly caller?: CallerRun
}

/** A wait that the run has begun at its node: it ends at `until`, or with the event. */
export interface Wait {
  readonly since: number
  readonly until: number
  readonly heard?: Heard
  /** Before `until`: when a rule that is asked here may turn by time alone, or did by something that happened. */
  readonly check?: number
  /** The wait is to be planned anew, counted from then (ms), by whatever the node says now. */
  readonly replan?: number
  /** Of a repeated check: how often the rule was asked. */
  readonly looks?: number
  /** The key of the deed that the run waits for. */
  readonly asks?: string
  /** What came of the node's deed. */
  readonly answer?: Answer
  /** Effect key of the task that a colleague has to do. */
  readonly task?: string
  /** Of a send with several attempts. */
  readonly tried?: readonly Tried[]
  /** The last attempt has gone out; `until` is when its receipt is given up. */
  readonly gone?: true
  /** Its time is over, and it is still on its way. */
  readonly late?: true
}

export interface RunContext {
  readonly trigger: Heard
  /** The entry rule was asked and held; absent when the journey has none. */
  readonly entryRuleHeld?: true
  /** Present from when the run's node was entered until it is left, at nodes that wait. */
  readonly wait?: Wait
  /** Which way it took at each split and task, by node: reports tell the groups of a test apart by it. */
  readonly variants?: Readonly<Record<string, string>>
  /** When chance led it there (ms), by node, where an event within a time from then counts. */
  readonly spreadAt?: Readonly<Record<string, number>>
  /** It fell due in a pause whose messages are skipped: until it rests again, it sends nothing. */
  readonly missed?: true
  /** When it sent something first (ms). */
  readonly sentAt?: number
  /** The node that it has passed last. */
  readonly passed?: string
  /** The coupon that the run was given last, as texts read it. */
  readonly coupon?: Readonly<Record<string, unknown>>
  /** What systems outside have answered, by node: of the newest visit. */
  readonly webhook?: KeptAnswers
  /** By send node, of the newest visit: messages that the journey asks about. */
  readonly sent?: Readonly<Record<string, SentMessage>>
}

/** A message of the run that it may ask about later. */
export interface SentMessage {
  readonly key: string
  /** Of several attempts, how many were made; later ones have keys of their own. */
  readonly attempts?: number
}

/** An attempt to send that was made at the node. */
export interface Tried {
  readonly channel: Channel
  readonly template: string
  readonly effectKey: string
  /** What came of it, once it is known; `late`: not what was wanted in time. */
  readonly result?: TriedResult
  readonly reason?: string
}
export type TriedResult = 'delivered' | 'opened' | 'sent' | 'shown_later' | 'failed' | 'dropped' | 'late'

export type RunState = 'active' | 'waiting' | 'finished' | 'exited' | 'failed'

/** One person on the way through one version of a journey. */
export interface Run {
  readonly workspaceId: number
  readonly id: string
  readonly journeyId: string
  readonly version: number
  readonly personId: number
  /** active: due to move. waiting: rests at its node. The others are over. */
  readonly state: RunState
  /** Where it is: entered when `context.wait` says so, else about to be. */
  readonly nodeId: string
  /** How often this run has entered a node. */
  readonly visit: number
  readonly wakeAt: number | null
  readonly context: RunContext
  /** How it ended; of a run in trouble, with what. */
  readonly result: string | null
  /** Steps written so far: the number of the next one. */
  readonly steps: number
  /** Failures in a row. */
  readonly tries: number
  readonly enteredAt: number
}

/** `by_hand`: somebody let a run that had failed try again, or gave it up; no counter counts it. */
export type StepOutcome = 'entered' | 'passed' | 'timed_out' | 'failed' | 'left' | 'moved' | 'by_hand'

/** One line of a run's story, with the inputs that decided it. */
export interface StepRecord {
  readonly seq: number
  readonly nodeId: string
  readonly at: number
  readonly outcome: StepOutcome
  /** Where it is not the run's own any more. */
  readonly version?: number
  /** Of a node that people part at: the way that was taken, counted by its own. */
  readonly way?: string
  readonly details: Record<string, unknown>
}

/** A message to be queued; its key is the same however often the step is computed. */
export interface MessageEffect {
  readonly effectKey: string
  readonly nodeId: string
  readonly channel: Channel
  readonly purpose: Purpose
  readonly template: string
  /** Somebody may wait for what becomes of it. */
  readonly awaited?: true
}

/** Which way chance or a decision led the person at a node; `way` null: to wait for the decision. */
export interface NodeDraw {
  readonly nodeId: string
  readonly at: number
  readonly way: string | null
  /** By chance, after a decision, or as before. */
  readonly how: 'lot' | 'winner' | 'before'
  /** Of the first who comes to a split that looks for a winner. */
  readonly opens?: ContestOpening
}

/** When a search for a winner begins and is to be decided (ms); earlier, once each of so many ways has had so many people. */
export interface ContestOpening {
  readonly startedAt: number
  readonly dueAt: number
  readonly people: number | null
  readonly ways: number
  readonly withinMs: number
}

/** What a move comes to: the run as it is after it, what goes out, and what is written down. */
export interface Move {
  readonly run: Run
  readonly effects: readonly MessageEffect[]
  /** What is done besides; the run rests at the node until it has been answered, so there is one at most. */
  readonly deed?: Deed
  /** What becomes of tasks, in this order. */
  readonly tasks?: readonly TaskChange[]
  readonly steps: readonly StepRecord[]
  readonly draws?: readonly NodeDraw[]
}

export const isOver = (run: Run): boolean => run.state !== 'active' && run.state !== 'waiting'

/** `run` with `records` appended to its story at `now`. */
export function withSteps(run: Run, now: number, records: readonly Omit<StepRecord, 'seq' | 'at'>[]): { run: Run; steps: StepRecord[] } {
  const steps = records.map((record, i) => ({ ...record, at: now, seq: run.steps + i }))
  return { run: { ...run, steps: run.steps + steps.length }, steps }
}

/** Takes the run off its node for good: an exit condition, a merge, an archived journey. */
export function leave(run: Run, now: number, result: string, details: Record<string, unknown>): Move {
  const over: Run = { ...run, state: 'exited', wakeAt: null, result, tries: 0 }
  return {
    ...withSteps(over, now, [
      ...arrival(run),
      { nodeId: run.nodeId, outcome: 'left', details: { result, ...triedDetails(run), ...details } },
    ]),
    effects: [],
    ...withdrawn(run, result),
  }
}

const triedDetails = ({ context: { wait } }: Run) => (wait?.tried ? { attempts: wait.tried } : {})

/** Failures in a row before a run is given up: with pauses that double from a second this is about 17 minutes. */
export const triesMax = 10
const firstPauseMs = 1_000

export const pauseMs = (tries: number): number => firstPauseMs * 2 ** (tries - 1)

/** The run could not move: it tries again later, and fails with the reason when it has tried enough. */
export function stumble(run: Run, now: number, reason: string): Move {
  const tries = run.tries + 1
  if (tries >= triesMax) return fail(run, now, reason, tries)
  return { run: { ...run, tries, wakeAt: now + pauseMs(tries), result: reason }, effects: [], steps: [] }
}

/** A run in trouble, or overdue, to move at once and with all its tries; null where it rests as it should. */
export function tryAgain(run: Run, now: number): Run | null {
  const late = run.wakeAt !== null && run.wakeAt <= now
  return run.tries > 0 || late ? { ...run, tries: 0, wakeAt: now, result: null } : null
}

/** One that has failed goes on where it failed. Run, node and visit stay, so what it does keeps its effect keys. */
export function revive(run: Run, now: number, by: string): Move {
  const back = { nodeId: run.nodeId, outcome: 'by_hand' as const, details: { action: 'retry', by } }
  // Whoever stood at the node when it failed has left its numbers and stands there again.
  const again = run.context.wait ? [{ nodeId: run.nodeId, outcome: 'entered' as const, details: { action: 'retry' } }] : []
  return {
    ...withSteps({ ...run, state: 'active', wakeAt: now, tries: 0, result: null }, now, [back, ...again]),
    effects: [],
    ...reopened(run),
  }
}

/** One that has failed is given up: nobody is asked about it any more. */
export function giveUp(run: Run, now: number, details: Record<string, unknown>): Move {
  const line = { nodeId: run.nodeId, outcome: 'by_hand' as const, details: { action: 'leave', reason: run.result, ...details } }
  return { ...withSteps({ ...run, state: 'exited', result: 'by_hand' }, now, [line]), effects: [] }
}

export function fail(run: Run, now: number, reason: string, tries: number): Move {
  const over: Run = { ...run, state: 'failed', wakeAt: null, tries, result: reason }
  const steps = [...arrival(run), { nodeId: run.nodeId, outcome: 'failed' as const, details: { reason, tries } }]
  return { ...withSteps(over, now, steps), effects: [], ...withdrawn(run, 'failed') }
}

/** One that ends before it has entered its node came there too, or the node's numbers would not add up. */
export function arrival(run: Run): { nodeId: string; outcome: StepOutcome; details: Record<string, unknown> }[] {
  return run.context.wait ? [] : [{ nodeId: run.nodeId, outcome: 'entered', details: {} }]
}
