import type { Db, Tx } from '../platform/db/postgres.ts'
import { decide, type Graph, type Identifier, type Statement } from './graph.ts'
import type { IdentityCache } from './identity-cache.ts'
import type { Changed } from './profile-copies.ts'
import * as store from './store.ts'
import { type Attributes, applySaying, mergeAttributes, type Saying } from './traits.ts'

/** A message as identity sees it. Times are ms since 1970. */
export interface Subject extends Statement {
  readonly workspaceId: number
  readonly messageId: string
  readonly time: number
  /** What an identify says of attributes; null for anything else, and for a duplicate. */
  readonly saying: Saying | null
  /** The number under which the event is stored already, though nobody may have it yet: after a crash. */
  readonly storedAs: number | null
}

export interface Merge {
  readonly workspaceId: number
  readonly from: number
  readonly into: number
}

/** What a batch will do to identity: decided, with the numbers of new people given, but not written. */
export interface Plan {
  /** The person of each subject, in their order, after all merges of the batch. */
  readonly personIds: number[]
  readonly merges: Merge[]
  /** Writes it, a transaction a workspace. Until that is done no other batch may be planned. */
  commit(): Promise<Changed>
}

const keyOf = (one: Identifier) => `${one.kind}\n${one.value}`

function identifiersOf(subject: Subject): Identifier[] {
  const found: Identifier[] = []
  if (subject.userId !== null) found.push({ kind: 'user_id', value: subject.userId })
  if (subject.anonymousId !== null) found.push({ kind: 'anonymous_id', value: subject.anonymousId })
  if (subject.phone !== null) found.push({ kind: 'phone', value: subject.phone })
  if (subject.email !== null) found.push({ kind: 'email', value: subject.email })
  found.push(...subject.wechat, ...subject.unbind)
  if (subject.previousId !== null)
    found.push({ kind: 'user_id', value: subject.previousId }, { kind: 'anonymous_id', value: subject.previousId })
  return found
}

/** The graph while a batch changes it: cached and loaded owners, overlaid with what the batch did. */
class WorkingGraph implements Graph {
  readonly owners = new Map<string, number>()
  readonly withUser = new Set<number>()
  readonly redirects = new Map<number, number>()

  final(personId: number): number {
    let at = personId
    for (let next = this.redirects.get(at); next !== undefined; next = this.redirects.get(at)) at = next
    return at
  }
  owner(identifier: Identifier): number | null {
    const found = this.owners.get(keyOf(identifier))
    return found === undefined ? null : this.final(found)
  }
  hasUser(personId: number): boolean {
    return this.withUser.has(this.final(personId))
  }
}

interface Writes {
  created: store.NewPerson[]
  links: Map<string, store.Link>
  unlinks: Map<string, store.Link>
  merges: { from: number; into: number; at: Date; reason: string; messageId: string }[]
  sayings: { personId: number; saying: Saying; messageId: string; at: number }[]
}

/** Decides for one workspace's subjects, in their order, on the working graph. */
function walk(subjects: readonly Subject[], graph: WorkingGraph, nextPersonId: () => number): { personIds: number[]; writes: Writes } {
  const writes: Writes = { created: [], links: new Map(), unlinks: new Map(), merges: [], sayings: [] }
  // Numbers that stored events have and no person: given to the people who are created for those events.
  const strangers = new Set(subjects.map((subject) => subject.storedAs).filter((id) => id !== null))
  const personIds = subjects.map((subject) => {
    const at = new Date(subject.time)
    const decision = decide(subject, graph)
    let person = decision.personId
    for (const action of decision.actions) {
      if (action.kind === 'create') {
        const kept = subject.storedAs !== null && strangers.delete(subject.storedAs)
        person = kept && subject.storedAs !== null ? subject.storedAs : nextPersonId()
        writes.created.push({ id: person, createdAt: at })
        continue
      }
      if (person === null) throw new Error('identity decided on actions before a person')
      if (action.kind === 'link') {
        const key = keyOf(action.identifier)
        graph.owners.set(key, person)
        if (action.identifier.kind === 'user_id') graph.withUser.add(person)
        writes.links.set(key, { ...action.identifier, personId: person, at })
        writes.unlinks.delete(key)
      } else if (action.kind === 'unlink') {
        const key = keyOf(action.identifier)
        graph.owners.delete(key)
        writes.links.delete(key)
        writes.unlinks.set(key, { ...action.identifier, personId: person, at })
      } else {
        graph.redirects.set(action.from, person)
        if (graph.withUser.has(action.from)) graph.withUser.add(person)
        writes.merges.push({ from: action.from, into: person, at, reason: action.reason, messageId: subject.messageId })
      }
    }
    if (person === null) throw new Error('identity found no person')
    const { saying, messageId, time } = subject
    if (saying !== null) writes.sayings.push({ personId: person, saying, messageId, at: time })
    return person
  })
  // Left over: the events belong to somebody who was there, or was created under another number.
  subjects.forEach((subject, i) => {
    const [stranger, into] = [subject.storedAs, personIds[i]]
    if (stranger === null || into === undefined || !strangers.delete(stranger)) return
    const at = new Date(subject.time)
    writes.created.push({ id: stranger, createdAt: at })
    graph.redirects.set(stranger, into)
    writes.merges.push({ from: stranger, into, at, reason: 'recovery', messageId: subject.messageId })
  })
  return { personIds, writes }
}

/** Applies traits and merges to the locked rows; later statements of the batch see earlier ones. */
async function writeProfiles(tx: Tx, workspaceId: number, writes: Writes, graph: WorkingGraph, version: number): Promise<void> {
  const ids = new Set<number>()
  for (const merge of writes.merges) ids.add(merge.from).add(graph.final(merge.into))
  for (const one of writes.sayings) ids.add(graph.final(one.personId))
  if (ids.size === 0) return
  const rows = new Map((await store.lockAttributes(tx, workspaceId, [...ids])).map((row) => [row.id, row]))
  const states = new Map<number, Attributes>()
  const stateOf = (id: number): Attributes => {
    const row = rows.get(id)
    return states.get(id) ?? { values: row?.attributes ?? {}, times: row?.attribute_times ?? {} }
  }
  // A statement's own time orders it, so merges may be applied first.
  for (const merge of writes.merges) {
    const into = graph.final(merge.into)
    states.set(into, mergeAttributes(stateOf(into), stateOf(merge.from)))
    const [target, source] = [rows.get(into), rows.get(merge.from)]
    if (target && source && source.created_at < target.created_at) target.created_at = source.created_at
  }
  const sums = writes.sayings.filter((one) => one.saying.operation === 'increment').map((one) => one.messageId)
  // A sum is the one thing that must not be said twice: after a crash the same message may come again.
  const fresh = sums.length === 0 ? null : await store.markApplied(tx, workspaceId, sums)
  for (const one of writes.sayings) {
    if (one.saying.operation === 'increment' && !fresh?.has(one.messageId)) continue
    const id = graph.final(one.personId)
    states.set(id, applySaying(stateOf(id), one.saying, one.at))
  }
  const changed = [...states].map(([id, state]) => ({
    id,
    attributes: state.values,
    times: state.times,
    createdAt: rows.get(id)?.created_at ?? new Date(0),
  }))
  if (changed.length > 0) await store.writeAttributes(tx, workspaceId, changed, version)
}

/** What other rooms do about a merge, in the same transaction. */
export type OnMerge = (tx: Tx, merge: Merge) => Promise<void>

interface Options {
  readonly db: Db
  readonly cache: IdentityCache
  /** Numbers for new people, taken from the database ahead; none is given twice. */
  readonly nextPersonId: () => number
  readonly version: number
  readonly onMerge: OnMerge
}

/** The owners that the cache knows, and the identifiers that must be looked up. */
function cachedGraph(
  workspaceId: number,
  subjects: readonly Subject[],
  cache: IdentityCache,
): { graph: WorkingGraph; missing: Identifier[] } {
  const graph = new WorkingGraph()
  const missing = new Map<string, Identifier>()
  for (const subject of subjects) {
    for (const identifier of identifiersOf(subject)) {
      const key = keyOf(identifier)
      if (graph.owners.has(key) || missing.has(key)) continue
      const cached = cache.get(workspaceId, identifier)
      if (cached === null) missing.set(key, identifier)
      else {
        graph.owners.set(key, cached.personId)
        if (cached.hasUser) graph.withUser.add(cached.personId)
      }
    }
  }
  return { graph, missing: [...missing.values()] }
}

async function write(tx: Tx, workspaceId: number, writes: Writes, graph: WorkingGraph, options: Options): Promise<void> {
  const { version } = options
  if (writes.created.length > 0) await store.insertPersons(tx, workspaceId, writes.created, version)
  const links = [...writes.links.values()].map((link) => ({ ...link, personId: graph.final(link.personId) }))
  if (links.length > 0) await store.upsertLinks(tx, workspaceId, links)
  if (writes.unlinks.size > 0) await store.deleteLinks(tx, workspaceId, [...writes.unlinks.values()])
  for (const merge of writes.merges) {
    const into = graph.final(merge.into)
    await store.moveIdentities(tx, workspaceId, merge.from, into)
    await store.markMerged(tx, workspaceId, { ...merge, into }, version)
    await options.onMerge(tx, { workspaceId, from: merge.from, into })
  }
  await writeProfiles(tx, workspaceId, writes, graph, version)
}

const isEmpty = (writes: Writes) =>
  writes.created.length === 0 &&
  writes.links.size === 0 &&
  writes.unlinks.size === 0 &&
  writes.merges.length === 0 &&
  writes.sayings.length === 0

interface WorkspacePlan {
  readonly personIds: number[]
  readonly merges: Merge[]
  commit(): Promise<Map<number, store.ProfileRow | null>>
}

async function planWorkspace(workspaceId: number, subjects: readonly Subject[], options: Options): Promise<WorkspacePlan> {
  const { db, cache } = options
  const { graph, missing } = cachedGraph(workspaceId, subjects, cache)
  if (missing.length > 0) {
    for (const row of await store.findOwners(db, workspaceId, missing)) {
      graph.owners.set(keyOf(row), row.person_id)
      if (row.has_user) graph.withUser.add(row.person_id)
    }
  }
  const { personIds, writes } = walk(subjects, graph, options.nextPersonId)
  return {
    personIds: personIds.map((id) => graph.final(id)),
    merges: writes.merges.map(({ from, into }) => ({ workspaceId, from, into: graph.final(into) })),
    async commit() {
      // Most batches are of known people who say nothing new of themselves: those write nothing.
      if (!isEmpty(writes)) await db.tx((tx) => write(tx, workspaceId, writes, graph, options))
      // Only what has been committed may be remembered.
      for (const merge of writes.merges) cache.forgetPerson(merge.from)
      // An account's id may have been the last that it had.
      for (const one of writes.unlinks.values()) if (one.kind === 'user_id') cache.forgetPerson(graph.final(one.personId))
      for (const identifier of subjects.flatMap(identifiersOf)) {
        const owner = graph.owner(identifier)
        if (owner !== null) cache.set(workspaceId, identifier, { personId: owner, hasUser: graph.hasUser(owner) })
        else cache.forget(workspaceId, identifier)
      }
      const changed = new Map<number, store.ProfileRow | null>()
      for (const { id, createdAt } of writes.created)
        changed.set(id, {
          workspace_id: workspaceId,
          id,
          attributes: {},
          created_at: createdAt,
          version: options.version,
          merged_into: null,
        })
      for (const merge of writes.merges) changed.set(merge.from, null).set(graph.final(merge.into), null)
      for (const one of writes.sayings) changed.set(graph.final(one.personId), null)
      return changed
    },
  }
}

/** Decides who a batch is about: reads, and writes nothing yet. Batches come one after another, from one process. */
export async function planBatch(subjects: readonly Subject[], options: Options): Promise<Plan> {
  const byWorkspace = Map.groupBy(subjects.keys(), (i) => subjects[i]?.workspaceId ?? 0)
  const personIds = new Array<number>(subjects.length).fill(0)
  const plans = new Map<number, WorkspacePlan>()
  for (const [workspaceId, indexes] of byWorkspace) {
    const own = indexes.map((i) => subjects[i]).filter((subject) => subject !== undefined)
    const plan = await planWorkspace(workspaceId, own, options)
    indexes.forEach((i, nth) => {
      personIds[i] = plan.personIds[nth] ?? 0
    })
    plans.set(workspaceId, plan)
  }
  return {
    personIds,
    merges: [...plans.values()].flatMap((plan) => plan.merges),
    async commit() {
      const changed = new Map<number, Map<number, store.ProfileRow | null>>()
      for (const [workspaceId, plan] of plans) changed.set(workspaceId, await plan.commit())
      return changed
    },
  }
}
