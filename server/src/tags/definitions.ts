import { isDeepStrictEqual } from 'node:util'
import { AppError, type Problem, type Rule, rulesOf, type TagMode, type TagValue, type ValueModel } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Db, Queryable, Tx } from '../platform/db/postgres.ts'
import type { Ids } from '../platform/ids.ts'
import { type CatalogueReader, catalogueProblems } from '../query/index.ts'
import { emptyDefinition, moveByHand } from './by-hand.ts'
import type { Changes } from './changes.ts'
import { changeNames, dependentsOf, lookupIn, resolvedParts, usersOf, usersOfValue } from './compiled.ts'
import { checkedParts, checkedRule, checkMode, type Rules, withRulePath } from './definition-checks.ts'
import { generatedKey } from './key.ts'
import * as pending from './pending-store.ts'
import { addSlots, shareSlots } from './slot-store.ts'
import * as store from './store.ts'
import type { DefinitionKind, Layer, StoredDefinition, Usage } from './types.ts'
import { type DefinitionVersion, findVersion, findVersions, insertVersion } from './version-store.ts'

/** Who does it: enough of a caller for the audit log. */
export interface Actor {
  readonly workspaceId: number
  readonly actor: string
}

export interface DefinitionInput {
  readonly name: string
  readonly description: string
  /** Tags only. */
  readonly layer: Layer | null
  readonly scene: string
  readonly rule: Rule | null
  /** Of a tag with values. */
  readonly values?: readonly TagValue[] | undefined
  /** What wrote the values. */
  readonly several?: boolean | undefined
  readonly model?: ValueModel | null | undefined
}

export interface Definitions {
  list(workspaceId: number, kind: DefinitionKind): Promise<StoredDefinition[]>
  /** Throws `not_found`. */
  get(workspaceId: number, kind: DefinitionKind, key: string): Promise<StoredDefinition>
  /** The active ones among the keys. */
  active(workspaceId: number, kind: DefinitionKind, keys: readonly string[]): Promise<Set<string>>
  usedBy(workspaceId: number, kind: DefinitionKind, key: string): Promise<Usage[]>
  create(
    actor: Actor,
    kind: DefinitionKind,
    input: DefinitionInput & { key?: string | undefined; mode: TagMode },
  ): Promise<StoredDefinition>
  update(
    actor: Actor,
    kind: DefinitionKind,
    key: string,
    input: DefinitionInput & { revision: number },
    change?: 'changed' | 'boundaries',
  ): Promise<StoredDefinition>
  archive(actor: Actor, kind: DefinitionKind, key: string): Promise<void>
  /** Takes an archived one up again; a static one with the people that it had. */
  restore(actor: Actor, kind: DefinitionKind, key: string): Promise<StoredDefinition>
  /** What it has been, newest first. */
  versions(workspaceId: number, kind: DefinitionKind, key: string): Promise<DefinitionVersion[]>
  /** Makes it what it was at revision `to`, as a new revision after `revision`. */
  revert(actor: Actor, kind: DefinitionKind, key: string, input: { to: number; revision: number }): Promise<StoredDefinition>
  /** Puts people into a static definition and takes others out; ids that were merged count as the person they live on in. */
  setMembers(actor: Actor, kind: DefinitionKind, key: string, moves: { add: readonly number[]; remove: readonly number[] }): Promise<void>
  /** Throws `invalid_rule`, with paths that start at `rule`. */
  checkRule(workspaceId: number, rule: Rule): Promise<void>
  /** Everything wrong with a rule; paths start within it. */
  ruleProblems(workspaceId: number, rule: Rule): Promise<Problem[]>
}

export interface DefinitionsDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  readonly changes: Changes
  readonly catalogue: CatalogueReader
  readonly audit: (tx: Queryable, actor: Actor, action: string, subject: string, details: object) => Promise<void>
  /** The living person behind each id; unknown ids are left out. */
  readonly people: (workspaceId: number, personIds: readonly number[]) => Promise<ReadonlyMap<number, { readonly id: number }>>
  /** Journeys that name a definition, or one value of a tag; wired, because journeys stand above. */
  readonly usedByJourneys: (workspaceId: number, kind: DefinitionKind, key: string, value?: string) => Promise<Usage[]>
  /** Who was in a definition when it was archived at this instant, under the ids they live on in. */
  readonly membersAtArchiving: (workspaceId: number, kind: DefinitionKind, key: string, at: number) => Promise<number[]>
  /** Called after a commit that leaves something to compute. */
  readonly wake: () => void
}

const generatedKeyTriesMax = 5
const unknownPeopleShownMax = 10
const versionsMax = 200
/** People put back by one statement. */
const restoredAtOnce = 50_000

export function createDefinitions(deps: DefinitionsDeps): Definitions {
  const { db, clock, ids, changes } = deps

  const missing = (kind: DefinitionKind, key: string) => new AppError('not_found', `There is no ${kind} with the key "${key}"`)

  /** For writing: the workspace's definitions under its lock, and the named one. */
  async function open(tx: Tx, workspaceId: number, kind: DefinitionKind, key: string) {
    await store.lockWorkspace(tx, workspaceId)
    const all = await store.findDefinitions(tx, workspaceId)
    const current = all.find((one) => one.kind === kind && one.key === key && one.status === 'active')
    if (!current) throw missing(kind, key)
    return { all, current }
  }

  async function usedBy(
    workspaceId: number,
    definitions: readonly StoredDefinition[],
    kind: DefinitionKind,
    key: string,
  ): Promise<Usage[]> {
    return [...usersOf(definitions, kind, key), ...(await deps.usedByJourneys(workspaceId, kind, key))]
  }

  /** A test that nothing that came so far could pass is a slip; a name that is not known yet may still come. */
  async function refuseClashes(workspaceId: number, rules: Pick<Rules, 'rule' | 'values'>): Promise<void> {
    const placed = rulesOf(rules)
    if (placed.length === 0) return
    const catalogue = await deps.catalogue.catalogue(workspaceId)
    const clashes = placed.flatMap(({ path: place, rule }) =>
      catalogueProblems(rule, catalogue).clashes.map(({ path, message }) => ({ path: path === '' ? place : `${place}.${path}`, message })),
    )
    if (clashes.length > 0) throw new AppError('invalid_rule', 'The rule asks for values of another type than those that came', clashes)
  }

  /** A value that a rule or a journey asks for stays under its name. */
  async function refuseLostValues(workspaceId: number, all: readonly StoredDefinition[], before: StoredDefinition, after: Rules) {
    const kept = new Set(after.values.map((one) => one.value))
    const problems: Problem[] = []
    for (const { value } of before.values) {
      if (kept.has(value)) continue
      const users = [...usersOfValue(all, before.key, value), ...(await deps.usedByJourneys(workspaceId, 'tag', before.key, value))]
      for (const one of users)
        problems.push({ path: 'values', message: `${one.kind} "${one.name}" (${one.key}) asks for the value "${value}"` })
    }
    if (problems.length > 0)
      throw new AppError('in_use', 'A value that is in use cannot be removed or renamed; take it out of what asks for it first', problems)
  }

  async function insert(tx: Tx, workspaceId: number, one: StoredDefinition, chosen: boolean): Promise<StoredDefinition> {
    if (await store.insertDefinition(tx, workspaceId, one)) return one
    if (chosen) {
      const message = `the key "${one.key}" is taken (perhaps by an archived ${one.kind}); choose another`
      throw new AppError('conflict', message, [{ path: 'key', message }])
    }
    for (let tries = 0; tries < generatedKeyTriesMax; tries++) {
      const other = { ...one, key: `${one.key.slice(0, 50)}_${ids.code(6).toLowerCase()}` }
      if (await store.insertDefinition(tx, workspaceId, other)) return other
    }
    throw new AppError('conflict', 'No free key was found for this name; give one', [{ path: 'key', message: 'give a key' }])
  }

  const definitions: Definitions = {
    list: async (workspaceId, kind) => (await store.findDefinitions(db, workspaceId)).filter((one) => one.kind === kind),
    async get(workspaceId, kind, key) {
      const found = await store.findDefinition(db, workspaceId, kind, key)
      if (!found) throw missing(kind, key)
      return found
    },
    async active(workspaceId, kind, keys) {
      const wanted = new Set(keys)
      const all = await store.findDefinitions(db, workspaceId)
      return new Set(all.filter((one) => one.kind === kind && one.status === 'active' && wanted.has(one.key)).map((one) => one.key))
    },
    usedBy: async (workspaceId, kind, key) => usedBy(workspaceId, await store.findDefinitions(db, workspaceId), kind, key),

    async create(actor, kind, { key, mode, values = [], several = false, model = null, ...input }) {
      const { workspaceId } = actor
      const rules = { mode, rule: input.rule, values, several, model }
      checkMode(rules)
      await refuseClashes(workspaceId, rules)
      const created = await db.tx(async (tx) => {
        await store.lockWorkspace(tx, workspaceId)
        const now = clock.now()
        const computed = mode === 'static' ? { computedRevision: 1, computedAt: now } : { computedRevision: 0, computedAt: null }
        const computedTimeZone = null
        const one: StoredDefinition = {
          ...input,
          ...computed,
          computedTimeZone,
          kind,
          key: key ?? generatedKey(kind, input.name, ids),
          mode,
          values,
          several,
          model,
          status: 'active',
          owner: actor.actor,
          revision: 1,
          createdAt: now,
          updatedAt: now,
          size: 0,
        }
        if (mode !== 'static') await checkedParts(one, await store.findDefinitions(tx, workspaceId))
        const inserted = await insert(tx, workspaceId, one, key !== undefined)
        await addSlots(tx, workspaceId, inserted, slotValues(inserted))
        await insertVersion(tx, workspaceId, inserted, { change: 'created', account: actor.actor })
        await deps.audit(tx, actor, `${kind}.create`, inserted.key, { name: input.name, ...rules })
        return inserted
      })
      if (mode !== 'static') deps.wake()
      return created
    },

    async update(actor, kind, key, { revision, values = [], several = false, model = null, ...input }, change = 'changed') {
      const { workspaceId } = actor
      const before = await store.findDefinition(db, workspaceId, kind, key)
      if (before === null || !sameRules(before, { ...input, values, several })) await refuseClashes(workspaceId, { ...input, values })
      const updated = await db.tx(async (tx) => {
        const { all, current } = await open(tx, workspaceId, kind, key)
        if (current.revision !== revision)
          throw new AppError(
            'stale_revision',
            `Someone else changed this ${kind} meanwhile (it is at revision ${current.revision}); load it again`,
          )
        const rules = { mode: current.mode, rule: input.rule, values, several, model }
        checkMode(rules)
        const ruleChanged = !sameRules(current, rules)
        await refuseLostValues(workspaceId, all, current, rules)
        const next: StoredDefinition = {
          ...current,
          ...input,
          values,
          several,
          model,
          layer: kind === 'tag' ? (input.layer ?? current.layer) : null,
          revision: revision + 1,
          updatedAt: clock.now(),
          // Only another rule has to be computed anew; a definition that still waits for that goes on waiting.
          computedRevision: !ruleChanged && current.computedRevision === revision ? revision + 1 : current.computedRevision,
        }
        if (ruleChanged) await checkedParts(next, all)
        await store.updateDefinition(tx, workspaceId, next)
        await addSlots(tx, workspaceId, next, slotValues(next))
        await insertVersion(tx, workspaceId, next, { change, account: actor.actor })
        const dependents = ruleChanged ? dependentsOf(all, kind, key) : []
        // Those that name this one take its rule into theirs, which may grow too large by it.
        const lookup = lookupIn(all.map((one) => (one === current ? next : one)))
        await withRulePath(async () => {
          for (const one of dependents) resolvedParts(one, lookup)
        })
        for (const [dependentKind, those] of Map.groupBy(dependents, (one) => one.kind))
          await store.markUncomputed(
            tx,
            workspaceId,
            dependentKind,
            those.map((one) => one.key),
          )
        await deps.audit(tx, actor, `${kind}.update`, key, { from: changedParts(current, next), to: changedParts(next, current) })
        return next
      })
      deps.wake()
      return updated
    },

    async archive(actor, kind, key) {
      const { workspaceId } = actor
      await db.tx(async (tx) => {
        const { all, current } = await open(tx, workspaceId, kind, key)
        const users = await usedBy(workspaceId, all, kind, key)
        if (users.length > 0) {
          const problems = users.map((one) => ({ path: 'key', message: `${one.kind} "${one.name}" (${one.key}) uses it` }))
          throw new AppError('in_use', `This ${kind} is in use; take it out of the rules that name it first`, problems)
        }
        const now = clock.now()
        const archived: StoredDefinition = { ...current, status: 'archived', revision: current.revision + 1, updatedAt: now }
        await store.updateDefinition(tx, workspaceId, archived)
        await insertVersion(tx, workspaceId, archived, { change: 'archived', account: actor.actor })
        await emptyDefinition(tx, workspaceId, { kind, key }, now)
        await deps.audit(tx, actor, `${kind}.archive`, key, {})
      })
    },

    async restore(actor, kind, key) {
      const { workspaceId } = actor
      const before = await definitions.get(workspaceId, kind, key)
      const people = before.mode === 'static' ? await deps.membersAtArchiving(workspaceId, kind, key, before.updatedAt) : []
      const restored = await db.tx(async (tx) => {
        await store.lockWorkspace(tx, workspaceId)
        const all = await store.findDefinitions(tx, workspaceId)
        const current = all.find((one) => one.kind === kind && one.key === key)
        if (current?.status !== 'archived' || current.revision !== before.revision)
          throw new AppError('conflict', `This ${kind} is not archived; load it again`)
        if (current.mode !== 'static') await checkedParts(current, all)
        const now = clock.now()
        const revision = current.revision + 1
        const computedRevision = current.mode === 'static' ? revision : 0
        const next: StoredDefinition = { ...current, status: 'active', revision, updatedAt: now, computedRevision }
        await store.updateDefinition(tx, workspaceId, next)
        await insertVersion(tx, workspaceId, next, { change: 'restored', account: actor.actor })
        await addSlots(tx, workspaceId, next, slotValues(next))
        for (let from = 0; from < people.length; from += restoredAtOnce)
          await moveByHand(
            tx,
            changes,
            workspaceId,
            next,
            { add: people.slice(from, from + restoredAtOnce), remove: [] },
            { at: now, reason: 'definition' },
          )
        await deps.audit(tx, actor, `${kind}.restore`, key, { people: people.length })
        return next
      })
      deps.wake()
      return restored
    },

    async versions(workspaceId, kind, key) {
      await definitions.get(workspaceId, kind, key)
      return findVersions(db, workspaceId, { kind, key }, versionsMax)
    },

    async revert(actor, kind, key, { to, revision }) {
      await definitions.get(actor.workspaceId, kind, key)
      const old = await findVersion(db, actor.workspaceId, { kind, key }, to)
      if (old === null)
        throw new AppError('invalid_request', 'There was no such revision', [{ path: 'body.to', message: `there was no revision ${to}` }])
      const { name, description, layer, scene, rule, values, several, model } = old
      return definitions.update(actor, kind, key, { name, description, layer, scene, rule, values, several, model, revision })
    },

    async setMembers(actor, kind, key, moves) {
      const { workspaceId } = actor
      const found = await deps.people(workspaceId, [...moves.add, ...moves.remove])
      const unknown = moves.add.filter((id) => !found.has(id))
      if (unknown.length > 0)
        throw new AppError(
          'invalid_request',
          'Some of these people are not known',
          unknown.slice(0, unknownPeopleShownMax).map((id) => ({ path: 'add', message: `there is no person ${id}` })),
        )
      const finals = (list: readonly number[]) => [...new Set(list.flatMap((id) => found.get(id)?.id ?? []))]
      await db.tx(async (tx) => {
        // Until this is committed it cannot be archived.
        await shareSlots(tx, workspaceId)
        const current = await store.findDefinition(tx, workspaceId, kind, key)
        if (current?.status !== 'active') throw missing(kind, key)
        if (current.mode !== 'static')
          throw new AppError('conflict', `The people of this ${kind} follow from its rule; change the rule instead`)
        const now = clock.now()
        const added = new Set(finals(moves.add))
        const removed = finals(moves.remove).filter((id) => !added.has(id))
        const moved = await moveByHand(
          tx,
          changes,
          workspaceId,
          current,
          { add: [...added], remove: removed },
          { at: now, reason: 'manual' },
        )
        const people = moved.flatMap((move) => move.people)
        await pending.insertTouched(tx, workspaceId, people, [changeNames.member(kind, key)], now)
        await deps.audit(tx, actor, `${kind}.members`, key, { added: added.size, removed: removed.length })
      })
      deps.wake()
    },

    checkRule: (workspaceId, rule) => withRulePath(async () => checkedRule(rule, await store.findDefinitions(db, workspaceId))),
    async ruleProblems(workspaceId, rule) {
      try {
        checkedRule(rule, await store.findDefinitions(db, workspaceId))
        return []
      } catch (error) {
        if (error instanceof AppError && error.code === 'invalid_rule') return [...error.problems]
        throw error
      }
    },
  }
  return definitions
}

type Meaning = Pick<Rules, 'rule' | 'values' | 'several'>

const sameRules = (one: Meaning, other: Meaning) =>
  isDeepStrictEqual(one.rule, other.rule) && isDeepStrictEqual(one.values, other.values) && one.several === other.several

/** The parts of `one` that differ from `other`, for the audit log. */
function changedParts(one: StoredDefinition, other: StoredDefinition): object {
  const parts = ['name', 'description', 'layer', 'scene', 'rule', 'values', 'several', 'model'] as const
  return Object.fromEntries(parts.filter((part) => !isDeepStrictEqual(one[part], other[part])).map((part) => [part, one[part]]))
}

/** One for the definition, and of a tag with values one for each. */
const slotValues = (one: StoredDefinition) => ['', ...one.values.map(({ value }) => value)]
