import type { JourneyDefinition, JourneyNode, NodeKind } from '@chaoxi/contract'
import type { Zone } from '../../query/index.ts'
import type { ContestFact } from './contest.ts'
import type { DoneAtOnce, DoneLater } from './deed.ts'
import type { HoldoutGroup } from './holdout.ts'
import type { MessageFates } from './messages.ts'
import type { MessageEffect, NodeDraw, Run, RunContext, Wait } from './run.ts'
import type { TaskAnswer, TaskChange } from './task.ts'

// What a node is asked, and what it makes of a run.

/** What is true of the person at `now`, as far as `questions` asked. */
export interface Facts {
  /** Answers by place. */
  readonly answers: ReadonlyMap<string, boolean>
  /** When one of them may turn without news, later than `now`; infinity: never. */
  readonly check: number
  /** Of the templates asked about, those that cannot be sent. */
  readonly missingTemplates: ReadonlySet<string>
  /** The person's attributes. */
  readonly attributes: Readonly<Record<string, unknown>>
  /** The workspace's; null when nobody asked for it. */
  readonly zone: Zone | null
  /** What became of the run's own messages, as far as it is known. */
  readonly fates: MessageFates
  /** Of the tasks that runs wait for, those that somebody has answered, by effect key. */
  readonly answered: ReadonlyMap<string, TaskAnswer>
  /** Of splits that look for a winner, by node. */
  readonly contests: ReadonlyMap<string, ContestFact>
  /** Holdout groups by key, as far as they are there. */
  readonly holdouts: ReadonlyMap<string, HoldoutGroup>
}

export interface Stand {
  readonly definition: JourneyDefinition
  readonly run: Run
  readonly wait: Wait | undefined
  readonly facts: Facts
  readonly now: number
  /** From when its wait is counted: now, unless an earlier one is planned anew. */
  readonly from: number
}

/** What a node makes of a run: on to another one, rest here, the end, or trouble. */
export type Turn =
  | Go
  | Rest
  /** Something is done in the move's own transaction, and the run goes on at once. */
  | { kind: 'do'; deed: DoneAtOnce }
  /** Something is done after the commit; the run rests until it is. */
  | { kind: 'ask'; deed: DoneLater }
  | End
  | { kind: 'trouble'; reason: string }

export interface End extends Partial<Pick<Go, 'way' | 'keep' | 'draw' | 'details'>> {
  readonly kind: 'end'
  readonly result: string
}

/** What chance or a decision made of the person at a node that people part at by chance. */
export type Draw = Omit<NodeDraw, 'nodeId' | 'at'>

export interface Rest extends Pick<Wait, 'looks' | 'tried' | 'gone' | 'late'> {
  readonly kind: 'rest'
  readonly until: number
  /** What the story tells of the arrival besides. */
  readonly known?: Record<string, unknown>
  readonly keep?: Pick<RunContext, 'sent'>
  readonly effect?: MessageEffect
  readonly task?: TaskChange
  readonly draw?: Draw
}

export interface Go {
  readonly kind: 'go'
  readonly to: string
  readonly outcome: 'passed' | 'timed_out'
  readonly details: Record<string, unknown>
  /** Of several ways, where the outcome does not say which. */
  readonly way?: string
  /** What the run keeps in mind besides. */
  readonly keep?: Pick<RunContext, 'variants' | 'spreadAt' | 'coupon' | 'sent' | 'webhook'>
  readonly effect?: MessageEffect
  readonly task?: TaskChange
  readonly draw?: Draw
}

/** The kind of node with what it makes of a run. */
export type Turns<Kind extends NodeKind> = { readonly [K in Kind]: (node: Nodes[K], stand: Stand) => Turn }

export type Nodes = { [K in NodeKind]: Extract<JourneyNode, { kind: K }> }

/** Of the visit about to be made: a circle comes to the same node again, with another number. */
export const effectKeyOf = (run: Run, node: JourneyNode) => `${run.journeyId}:${run.version}:${run.id}:${node.id}:${run.visit + 1}`
