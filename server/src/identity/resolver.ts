import type { Db, Tx } from '../platform/db/postgres.ts'
import { decide, type Graph, type Identifier, type Statement } from './graph.ts'
import type { IdentityCache } from './identity-cache.ts'
import type { Changed } from './profile-copies.ts'
import * as store from './store.ts'
import { type Attributes, applyTraits, mergeAttributes } from './traits.ts'

/** A message as identity sees it. Times are ms since 1970. */
export interface Subject extends Statement {
  readonly workspaceId: number
  readonly messageId: string
  readonly time: number
  /** Attributes said by an identify; null for anything else, and for a duplicate. */
  readonly traits: Readonly<Record<string, unknown>> | null
}

export interface Merge {
  readonly workspaceId: number
  readonly from: number
  readonly into: number
}

export interface Resolution {
  /** The person of each subject, in their order, after all merges of the batch. */
  readonly personIds: number[]
  /** People whose copy in ClickHouse is out of date. */
  readonly changed: Changed
  readonly merges: Merge[]
}

const keyOf = (one: Identifier) => `${one.kind}\n${one.value}`

function identifiersOf(subject: Subject): Identifier[] {
  const found: Identifier[] = []
  if (subject.userId !== null) found.push({ kind: 'user_id', value: subject.userId })
  if (subject.anonymousId !== null) found.push({ kind: 'anonymous_id', value: subject.anonymousId })
  if (subject.phone !== null) found.push({ kind: 'phone', value: subject.phone })
  if (subject.email !== null) found.push({ kind: 'email', value: subject.email })
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
  merges: { from: number; into: number; at: Date; reason: string; messageId: string }[]
  traits: { personId: number; traits: Readonly<Record<string, unknown>>; at: number }[]
}

/** Decides for one workspace's subjects, in their order, on the working graph. */
function walk(subjects: readonly Subject[], graph: WorkingGraph, nextPersonId: () => number): { personIds: number[]; writes: Writes } {
  const writes: Writes = { created: [], links: new Map(), merges: [], traits: [] }
  const personIds = subjects.map((subject) => {
    const at = new Date(subject.time)
    const decision = decide(subject, graph)
    let person = decision.personId
    for (const action of decision.actions) {
      if (action.kind === 'create') {
        person = nextPersonId()
        writes.created.push({ id: person, createdAt: at })
        continue
      }
      if (person === null) throw new Error('identity decided on actions before a person')
      if (action.kind === 'link') {
        const key = keyOf(action.identifier)
        graph.owners.set(key, person)
        if (action.identifier.kind === 'user_id') graph.withUser.add(person)
        writes.links.set(key, { ...action.identifier, personId: person, at })
      } else {
        graph.redirects.set(action.from, person)
        if (graph.withUser.has(action.from)) graph.withUser.add(person)
        writes.merges.push({ from: action.from, into: person, at, reason: action.reason, messageId: subject.messageId })
      }
    }
    if (person === null) throw new Error('identity found no person')
    if (subject.traits !== null) writes.traits.push({ personId: person, traits: subject.traits, at: subject.time })
    return person
  })
  return { personIds, writes }
}

/** Applies traits and merges to the locked rows; later statements of the batch see earlier ones. */
async function writeProfiles(tx: Tx, workspaceId: number, writes: Writes, graph: WorkingGraph, version: number): Promise<void> {
  const ids = new Set<number>()
  for (const merge of writes.merges) ids.add(merge.from).add(graph.final(merge.into))
  for (const one of writes.traits) ids.add(graph.final(one.personId))
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
  for (const one of writes.traits) {
    const id = graph.final(one.personId)
    states.set(id, applyTraits(stateOf(id), one.traits, one.at))
  }
  const changed = [...states].map(([id, state]) => ({
    id,
    attributes: state.values,
    times: state.times,
    createdAt: rows.get(id)?.created_at ?? new Date(0),
  }))
  if (changed.length > 0) await store.writeAttributes(tx, workspaceId, changed, version)
}

/** Numbers for new people, taken from the database ahead. Those given since the last `keep` are given again after `restart`. */
export interface PersonIds {
  next(): number
  restart(): void
  keep(): void
}

/** What other rooms do about a merge, in the same transaction. */
export type OnMerge = (tx: Tx, merge: Merge) => Promise<void>

interface Options {
  readonly db: Db
  readonly cache: IdentityCache
  readonly ids: PersonIds
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

async function write(tx: Tx, workspaceId: number, writes: Writes, graph: WorkingGraph, options: Options): Promise<Merge[]> {
  const { version } = options
  if (writes.created.length > 0) await store.insertPersons(tx, workspaceId, writes.created, version)
  const links = [...writes.links.values()].map((link) => ({ ...link, personId: graph.final(link.personId) }))
  if (links.length > 0) await store.upsertLinks(tx, workspaceId, links)
  const merges: Merge[] = []
  for (const merge of writes.merges) {
    const into = graph.final(merge.into)
    await store.moveIdentities(tx, workspaceId, merge.from, into)
    await store.markMerged(tx, workspaceId, { ...merge, into }, version)
    merges.push({ workspaceId, from: merge.from, into })
    await options.onMerge(tx, { workspaceId, from: merge.from, into })
  }
  await writeProfiles(tx, workspaceId, writes, graph, version)
  return merges
}

const isEmpty = (writes: Writes) =>
  writes.created.length === 0 && writes.links.size === 0 && writes.merges.length === 0 && writes.traits.length === 0

async function resolveWorkspace(
  workspaceId: number,
  subjects: readonly Subject[],
  options: Options,
): Promise<{ personIds: number[]; changed: Map<number, store.ProfileRow | null>; merges: Merge[] }> {
  const { db, cache, ids } = options
  const attempt = cachedGraph(workspaceId, subjects, cache)
  // Most batches are of known people who say nothing new of themselves: those need no database at all.
  if (attempt.missing.length === 0 && subjects.every((subject) => subject.traits === null)) {
    const { personIds, writes } = walk(subjects, attempt.graph, () => 0)
    if (isEmpty(writes)) return { personIds, changed: new Map(), merges: [] }
  }
  const { graph, personIds, writes, merges } = await db.tx(async (tx) => {
    const { graph, missing } = cachedGraph(workspaceId, subjects, cache)
    if (missing.length > 0) {
      for (const row of await store.findOwners(tx, workspaceId, missing)) {
        graph.owners.set(keyOf(row), row.person_id)
        if (row.has_user) graph.withUser.add(row.person_id)
      }
    }
    // A transaction that is tried again takes the same ids again.
    ids.restart()
    const { personIds, writes } = walk(subjects, graph, ids.next)
    return { graph, personIds, writes, merges: await write(tx, workspaceId, writes, graph, options) }
  })
  ids.keep()
  // Only what has been committed may be remembered.
  for (const merge of merges) cache.forgetPerson(merge.from)
  for (const identifier of subjects.flatMap(identifiersOf)) {
    const owner = graph.owner(identifier)
    if (owner !== null) cache.set(workspaceId, identifier, { personId: owner, hasUser: graph.hasUser(owner) })
  }
  const changed = new Map<number, store.ProfileRow | null>()
  for (const { id, createdAt } of writes.created)
    changed.set(id, { workspace_id: workspaceId, id, attributes: {}, created_at: createdAt, version: options.version, merged_into: null })
  for (const merge of merges) changed.set(merge.from, null).set(merge.into, null)
  for (const one of writes.traits) changed.set(graph.final(one.personId), null)
  return { personIds: personIds.map((id) => graph.final(id)), changed, merges }
}

/** Resolves a batch and commits what it creates, links and merges, a transaction a workspace. */
export async function resolveBatch(subjects: readonly Subject[], options: Options): Promise<Resolution> {
  const byWorkspace = Map.groupBy(subjects.keys(), (i) => subjects[i]?.workspaceId ?? 0)
  const personIds = new Array<number>(subjects.length).fill(0)
  const changed = new Map<number, Map<number, store.ProfileRow | null>>()
  const merges: Merge[] = []
  for (const [workspaceId, indexes] of byWorkspace) {
    const own = indexes.map((i) => subjects[i]).filter((subject) => subject !== undefined)
    const result = await resolveWorkspace(workspaceId, own, options)
    indexes.forEach((i, nth) => {
      personIds[i] = result.personIds[nth] ?? 0
    })
    changed.set(workspaceId, result.changed)
    merges.push(...result.merges)
  }
  return { personIds, changed, merges }
}
