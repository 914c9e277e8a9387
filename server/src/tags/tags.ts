import type { PersonSummary, Rule } from '@chaoxi/contract'
import { hasBit } from '../platform/bits.ts'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db, Sql, Tx } from '../platform/db/postgres.ts'
import type { Ids } from '../platform/ids.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { type Query, type ResolvedRule, resolve } from '../query/index.ts'
import { createByJourney } from './by-journey.ts'
import { createByList } from './by-list.ts'
import { createChanges } from './changes.ts'
import { createJudge } from './comparison.ts'
import { changeNames, lookupIn, namesIn } from './compiled.ts'
import { createDefinitions, type Definitions, type DefinitionsDeps } from './definitions.ts'
import { createEstimate, type SizeEstimate } from './estimate.ts'
import { createEvaluator } from './evaluator.ts'
import { findHistory, findMembersAtArchiving } from './history-store.ts'
import { findPageOf } from './membership-store.ts'
import { membershipsOf } from './memberships.ts'
import { type Carried, carryOver, giveBack, type Merge, movable } from './merges.ts'
import { createOutbox } from './outbox.ts'
import { createOvertaken } from './overtaken.ts'
import * as pending from './pending-store.ts'
import { createPeopleOf, type ValueName } from './people-of.ts'
import { createRecompute, type Recompute } from './recompute.ts'
import { createReconciler } from './reconciler.ts'
import { createRfmModels, type RfmModels } from './rfm.ts'
import { findDefinitions, findValueSizes } from './store.ts'
import type { ChangeListener, DefinitionKind, PersonMemberships } from './types.ts'
import { createWhy, type ExplainedMembership } from './why.ts'

export interface TagsDeps extends Omit<DefinitionsDeps, 'changes' | 'membersAtArchiving'> {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  readonly query: Query
  readonly summaries: (
    workspaceId: number,
    personIds: readonly number[],
    options: { unmasked: boolean },
  ) => Promise<ReadonlyMap<number, PersonSummary>>
  readonly timeZone: (workspaceId: number) => Promise<string>
}

/** Definitions of both kinds and who is in them; segments/ is a thin face on the same. */
export interface Tags {
  readonly definitions: Definitions
  readonly recompute: Recompute
  readonly rfm: RfmModels
  /** Of each asked person, unknown ones included (with empty sets). */
  memberships(workspaceId: number, personIds: readonly number[]): Promise<Map<number, PersonMemberships>>
  /** What a person is in and why, newest first; `numbers` are the person's own and those that went into it. */
  explain(workspaceId: number, personId: number, numbers: readonly number[]): Promise<ExplainedMembership[]>
  /** People in a definition, highest id first, below `before`. */
  members(workspaceId: number, kind: DefinitionKind, key: string, before: number | null, limit: number): Promise<number[]>
  /** The same as a set for other statements, of all of them; of a tag perhaps those with one value. */
  peopleOf(workspaceId: number, name: ValueName): Promise<Sql>
  /** Brings what was committed before the call to ClickHouse, where whoever counts members reads it. */
  settled(): Promise<void>
  /** How many people have each value, by tag and value, as far as it has been settled. */
  valueSizes(workspaceId: number): Promise<Map<string, Map<string, number>>>
  /** Enters and leaves of the last thirty days, by day. */
  history(workspaceId: number, kind: DefinitionKind, key: string): Promise<{ at: string; entered: number; left: number }[]>
  /** [rule][person], exact, from all of history. Throws `invalid_rule` when a rule names what is not there. */
  evaluateRules(workspaceId: number, rules: readonly Rule[], personIds: readonly number[], now: number): Promise<boolean[][]>
  /** Rules with the definitions that they name looked up; what they read is in ClickHouse. Throws `invalid_rule`. */
  resolved(workspaceId: number, rules: readonly Rule[]): Promise<ResolvedRule[]>
  /** The same with the first instant (ms, later than `now`) for each person at which one of the answers may turn without an event. */
  evaluateWithChecks(
    workspaceId: number,
    rules: readonly Rule[],
    personIds: readonly number[],
    now: number,
  ): Promise<{ answers: boolean[][]; checks: number[] }>
  /** Of the next `limit` people after a number those of whom the rule holds; `last` is the last who was asked, null when that was the end. */
  audience(
    workspaceId: number,
    rule: Rule,
    page: { readonly now: number; readonly after: number; readonly limit: number },
  ): Promise<{ people: number[]; last: number | null }>
  estimate(workspaceId: number, rule: Rule, options: { unmasked: boolean; exact: boolean }): Promise<SizeEstimate>
  /** The listener runs in the transaction of every change of membership, whatever its reason. */
  onChanges(listener: ChangeListener): void
  /** What merges are about to move, in their order, for a split to give back. */
  movable(tx: Tx, workspaceId: number, merges: readonly Merge[]): Promise<Carried[][]>
  /** Gives and takes static tags in a journey's transaction; `work.evaluate` is to be woken after its commit. */
  byJourney: ReturnType<typeof createByJourney>
  /** Puts people into a static definition in somebody else's transaction; `work.evaluate` is to be woken after its commit. */
  byList: ReturnType<typeof createByList>
  /** Moves memberships of merged people, inside the merge's transaction; no listener hears of it. */
  mergeConsumer(tx: Tx, workspaceId: number, from: number, into: number): Promise<void>
  /** Gives memberships back when a merge is undone, and has both people judged anew. */
  splitConsumer(
    tx: Tx,
    workspaceId: number,
    split: { person: number; leaves: number; moved: { memberships: readonly Carried[] } },
  ): Promise<void>
  /** One bounded run each, for the loops. */
  readonly work: Record<'evaluate' | 'compute' | 'flush' | 'reconcile' | 'boundaries', () => Promise<boolean>>
}

const historyDays = 30

export function createTags(deps: TagsDeps): Tags {
  const { db, clickhouse, clock, query } = deps
  const changes = createChanges()
  const outbox = createOutbox({ db, clickhouse })
  const judge = createJudge({ query, outbox })
  const overtaken = createOvertaken()
  const evaluator = createEvaluator({ ...deps, changes, judge, overtaken })
  const recompute = createRecompute({ ...deps, changes, judge, outbox, overtaken })
  const reconciler = createReconciler({ ...deps, changes, judge, overtaken })

  /** Rules with their names looked up, and what they read brought to ClickHouse. */
  async function ready(workspaceId: number, rules: readonly Rule[]): Promise<ResolvedRule[]> {
    const named = rules.some((rule) => namesIn(rule).size > 0)
    const lookup = lookupIn(named ? await findDefinitions(db, workspaceId) : [])
    const resolved = rules.map((rule) => resolve(rule, lookup))
    if (named) await outbox.flushAll()
    return resolved
  }

  const evaluateWithChecks: Tags['evaluateWithChecks'] = async (workspaceId, rules, personIds, now) => {
    const never = Number.POSITIVE_INFINITY
    if (rules.length === 0 || personIds.length === 0)
      return { answers: rules.map(() => personIds.map(() => false)), checks: personIds.map(() => never) }
    const timeZone = await deps.timeZone(workspaceId)
    const { people, held, due } = await query.ask({ workspaceId, rules: await ready(workspaceId, rules), people: personIds, now, timeZone })
    const places = new Map(people.map((person, place) => [person, place]))
    const placesOf = personIds.map((person) => places.get(person))
    return {
      answers: held.map((bits) => placesOf.map((place) => place !== undefined && hasBit(bits, place))),
      checks: placesOf.map((place) => (place === undefined ? never : (due[place] ?? never))),
    }
  }

  const definitions = createDefinitions({
    ...deps,
    changes,
    async membersAtArchiving(workspaceId, kind, key, at) {
      await outbox.flushAll()
      return findMembersAtArchiving(clickhouse, workspaceId, { kind, key }, at)
    },
  })

  const peopleOf = createPeopleOf({ db, clickhouse, outbox })
  const rfm = createRfmModels({ ...deps, definitions })

  return {
    definitions,
    recompute,
    rfm,
    async memberships(workspaceId, personIds) {
      const held = await membershipsOf(db, workspaceId, personIds, await findDefinitions(db, workspaceId))
      const keysOf = (person: number, kind: DefinitionKind) =>
        new Set((held.get(person) ?? []).filter(({ definition }) => definition.kind === kind).map(({ definition }) => definition.key))
      return new Map(personIds.map((id) => [id, { tags: keysOf(id, 'tag'), segments: keysOf(id, 'segment') }]))
    },
    explain: createWhy({ db, clickhouse, outbox }),
    peopleOf,
    members: async (workspaceId, kind, key, before, limit) => findPageOf(db, await peopleOf(workspaceId, { kind, key }), before, limit),
    valueSizes: (workspaceId) => findValueSizes(db, workspaceId),
    settled: () => outbox.flushAll(),
    async history(workspaceId, kind, key) {
      await outbox.flushAll()
      const since = clock.now() - historyDays * 86_400_000
      const rows = await findHistory(clickhouse, workspaceId, { kind, key }, since, await deps.timeZone(workspaceId))
      return rows.map(({ day, entered, left }) => ({ at: new Date(day * 1000).toISOString(), entered, left }))
    },
    evaluateRules: async (...asked) => (await evaluateWithChecks(...asked)).answers,
    evaluateWithChecks,
    resolved: ready,
    async audience(workspaceId, rule, { now, after, limit }) {
      const timeZone = await deps.timeZone(workspaceId)
      const rules = await ready(workspaceId, [rule])
      const { people, held } = await query.ask({ workspaceId, rules, people: { after, limit }, now, timeZone })
      const [bits] = held
      const last = people.at(-1)
      return {
        people: people.filter((_, place) => bits !== undefined && hasBit(bits, place)),
        last: people.length < limit || last === undefined ? null : last,
      }
    },
    estimate: createEstimate({ ...deps, checkRule: definitions.checkRule, ready }),
    onChanges: (listener) => changes.listen(listener),
    byJourney: createByJourney({ changes, clock }),
    byList: createByList({ changes, clock }),
    movable,
    async mergeConsumer(tx, workspaceId, from, into) {
      const now = clock.now()
      await carryOver(tx, changes, workspaceId, { from, into }, now)
      // The merged person is named, so that the evaluator can wait until ClickHouse knows of the merge.
      await pending.insertTouched(tx, workspaceId, [into], [changeNames.merge, `${changeNames.merge}:${from}`], now)
    },
    async splitConsumer(tx, workspaceId, { person, leaves, moved }) {
      const now = clock.now()
      await giveBack(tx, changes, workspaceId, { from: leaves, into: person }, moved.memberships, now)
      await pending.insertTouched(tx, workspaceId, [person, leaves], [changeNames.merge], now)
    },
    work: {
      evaluate: () => evaluator.run(),
      compute: () => recompute.runPending(),
      flush: () => outbox.flush(),
      reconcile: () => reconciler.run(),
      boundaries: () => rfm.runDue(),
    },
  }
}
