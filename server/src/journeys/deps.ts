import type { Channel, measuredResults, PersonSummary, Problem, Purpose, Role, Rule } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db, Queryable, Tx } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import type { Loops } from '../platform/jobs/loops.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Post } from '../platform/outbound/post.ts'
import type { DefinitionKind, Tags } from '../tags/index.ts'
import type { Deed } from './core/deed.ts'
import type { MatchesFilters } from './core/heard-match.ts'
import type { MessageFates } from './core/messages.ts'
import type { OpenedTask, TaskAnswer, TaskChange } from './core/task.ts'
import type { KeptAnswers } from './core/webhook.ts'
import type { JourneySaying } from './deeds/deed-runner.ts'
import type { Doers } from './deeds/perform.ts'

/** A message as delivery takes it; one per effect key, ever. */
export interface NewMessage {
  readonly workspaceId: number
  readonly effectKey: string
  readonly personId: number
  readonly channel: Channel
  readonly purpose: Purpose
  readonly template: string
  readonly journeyId: string
  readonly journeyVersion: number
  readonly nodeId: string
  readonly runId: string
  /** Delivery tells what becomes of it. */
  readonly awaited?: true
  /** `event`: the trigger's properties, which the template reads as `event.*`; `coupon`: what the run was given, as `coupon.*`; `webhook`: what systems outside answered, as `webhook.<node>.<name>`. */
  readonly context: {
    readonly event: Readonly<Record<string, unknown>>
    readonly coupon?: Readonly<Record<string, unknown>>
    readonly webhook?: KeptAnswers
  }
}

/** What journeys do with tasks, all of it in the transaction of a move: whoever answers waits for it, or is before it. */
export interface JourneyTasks {
  open(tx: Tx, workspaceId: number, tasks: readonly RunTask[]): Promise<void>
  /** Those that are closed already stay as they are. */
  change(tx: Tx, workspaceId: number, changes: readonly Exclude<TaskChange, OpenedTask>[]): Promise<void>
  /** What was answered of these, by effect key; none of them is answered meanwhile. */
  answered(tx: Tx, workspaceId: number, effectKeys: readonly string[]): Promise<ReadonlyMap<string, TaskAnswer>>
  /** Their runs go into history. */
  forget(tx: Tx, workspaceId: number, runIds: readonly string[]): Promise<void>
}

/** A task with the run that waits for it. */
export interface RunTask extends OpenedTask {
  readonly journeyId: string
  readonly runId: string
  readonly personId: number
  readonly context: NewMessage['context']
}

/** What journeys ask of a template: that it can be sent on the channel, and with which coupon on its button. */
export interface TemplateFacts {
  readonly channel: Channel
  readonly coupon: string | null
  /** Of what the run has come to know, what it reads: `webhook.<node>.<name>`. */
  readonly reads?: readonly string[]
}

/** What moving runs needs. */
export interface EngineDeps extends Pick<Tags, 'evaluateRules' | 'evaluateWithChecks' | 'audience'> {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  readonly loops: Loops
  readonly matchesFilters: MatchesFilters
  /** To addresses that the workspace has typed. */
  readonly post: Post
  /** Where the console is reached, without a slash at the end. */
  readonly publicUrl: string
  attributes(workspaceId: number, personIds: readonly number[]): Promise<ReadonlyMap<number, Readonly<Record<string, unknown>>>>
  timeZone(workspaceId: number): Promise<string>
  /** The active ones among the keys. */
  templates(workspaceId: number, keys: readonly string[]): Promise<ReadonlyMap<string, TemplateFacts>>
  enqueue(tx: Tx, messages: readonly NewMessage[]): Promise<void>
  /** What became of messages, by effect key; those that are not there are left out. */
  fates(workspaceId: number, effectKeys: readonly string[]): Promise<MessageFates>
  /** Of messages of those nodes, by run when that first became of one of them (ms). */
  messageResults(
    query: Queryable,
    whose: { readonly workspaceId: number; readonly journeyId: string; readonly version: number },
    nodeIds: readonly string[],
    result: (typeof measuredResults)[number],
  ): Promise<ReadonlyMap<string, number>>
  readonly doers: Doers
  readonly tasks: JourneyTasks
  /** Ended runs older than this are history. */
  readonly runsKeptDays: number
  /** Whom people live on in, for those merged into another; ids that stand for themselves may be left out. */
  livesOn(workspaceId: number, personIds: readonly number[]): Promise<ReadonlyMap<number, number>>
  /** Called after messages were queued and committed. */
  messagesQueued(): void
  /** Called after something else was done and committed. */
  deedsDone(kinds: ReadonlySet<Deed['kind']>): void
  /** Tells the intake, each effect key once; answers why somebody's was not said. */
  say(workspaceId: number, sayings: readonly JourneySaying[]): Promise<ReadonlyMap<string, string>>
}

/** What the desk (drafts, publishing, answers) needs besides. */
export interface DeskDeps {
  /** Whether the workspace wants drafts approved by somebody else before they go live. */
  reviewNeeded(workspaceId: number): Promise<boolean>
  /** Problems of a rule beyond its schema: depth, unknown tags and segments; paths relative to the rule. */
  ruleProblems(workspaceId: number, rule: Rule): Promise<readonly Problem[]>
  /** The active ones among the keys. */
  activeDefinitions(workspaceId: number, kind: DefinitionKind, keys: readonly string[]): Promise<ReadonlySet<string>>
  /** By user id; unknown ones are left out. */
  peopleOfUsers(workspaceId: number, userIds: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** The active ones among the keys that people are given by hand. */
  staticTags(workspaceId: number, keys: readonly string[]): Promise<ReadonlySet<string>>
  activeCoupons(workspaceId: number, keys: readonly string[]): Promise<ReadonlySet<string>>
  summaries(workspaceId: number, personIds: readonly number[], options: { unmasked: boolean }): Promise<ReadonlyMap<number, PersonSummary>>
  /** Who works here, with their roles. */
  members(workspaceId: number): Promise<readonly { readonly email: string; readonly role: Role }[]>
  /** What stands against a text with variables that colleagues read; null: nothing. */
  textProblem(source: string): string | null
  audit(tx: Queryable, caller: Caller, action: string, subject: string, details: object): Promise<void>
}
