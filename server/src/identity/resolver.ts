import type { Db, Tx } from '../platform/db/postgres.ts'
import type { Identifier } from './graph.ts'
import type { IdentityCache } from './identity-cache.ts'
import type { Changed } from './profile-copies.ts'
import { writeProfiles } from './profile-writes.ts'
import { deleteSeparations, insertMergeHistory, joinMoved, type Moved } from './split-store.ts'
import * as store from './store.ts'
import { isEmpty, type RefusalNote, type Subject, type Writes, walk } from './walk.ts'
import { keyOf, type Separation, WorkingGraph } from './working-graph.ts'

export interface Merge {
  readonly workspaceId: number
  readonly from: number
  readonly into: number
}

/** What a batch will do to identity: decided, with the numbers of new people given, but not written. */
export interface Plan {
  /** The person of each subject, in their order, after all merges of the batch. */
  readonly personIds: number[]
  /** The number under which each subject's event is stored: what it was recognised by had it before any merge. */
  readonly origins: number[]
  readonly merges: Merge[]
  /** Writes it, a transaction a workspace. Until that is done no other batch may be planned. */
  commit(): Promise<Changed>
}

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

/** What other rooms do about merges, in the same transaction. */
export interface OnMerge {
  /** The rows that each merge is about to move, in their order, for a split to give back. */
  movable(tx: Tx, workspaceId: number, merges: readonly Merge[]): Promise<Moved[]>
  move(tx: Tx, merge: Merge): Promise<void>
}

interface Options {
  readonly db: Db
  readonly cache: IdentityCache
  /** Numbers for new people, taken from the database ahead; none is given twice. */
  readonly nextPersonId: () => number
  readonly version: number
  readonly onMerge: OnMerge
  readonly separations: Separations
}

/** The people of a workspace who were split; kept in memory, read again after a split or a merge. */
export interface Separations {
  of(workspaceId: number): Promise<readonly Separation[]>
  changed(workspaceId: number): void
}

/** The owners that the cache knows, and the identifiers that must be looked up. */
function cachedGraph(
  workspaceId: number,
  subjects: readonly Subject[],
  cache: IdentityCache,
  separations: readonly Separation[],
): { graph: WorkingGraph; missing: Identifier[] } {
  const graph = new WorkingGraph(separations)
  const missing = new Map<string, Identifier>()
  for (const subject of subjects) {
    for (const identifier of identifiersOf(subject)) {
      const key = keyOf(identifier)
      if (graph.owners.has(key) || missing.has(key)) continue
      const cached = cache.get(workspaceId, identifier)
      if (cached === null) missing.set(key, identifier)
      else {
        graph.owners.set(key, cached)
        if (cached.hasUser) graph.withUser.add(cached.personId)
      }
    }
  }
  return { graph, missing: [...missing.values()] }
}

async function writeMerges(tx: Tx, workspaceId: number, writes: Writes, graph: WorkingGraph, { onMerge, version }: Options): Promise<void> {
  const merges = writes.merges.map((merge) => ({ ...merge, workspaceId, direct: merge.into, into: graph.final(merge.into) }))
  const moved = await onMerge.movable(tx, workspaceId, merges)
  const told = new Map<number, Moved>()
  for (const [i, merge] of merges.entries()) {
    await store.markMerged(tx, workspaceId, merge, version)
    if (merge.reason === 'hand') await deleteSeparations(tx, workspaceId, [merge.from, merge.into])
    await onMerge.move(tx, merge)
    // Whoever went into this one in the same batch has gone on with it.
    const earlier = merges.slice(0, i).filter((one) => one.direct === merge.from)
    const own = moved[i]
    if (own)
      told.set(
        i,
        earlier.reduce((all, one) => joinMoved(all, told.get(merges.indexOf(one)) ?? all), own),
      )
  }
  const history = merges.flatMap((merge, i) => {
    const rows = told.get(i)
    return rows === undefined || merge.reason === 'recovery' ? [] : [{ ...merge, moved: rows }]
  })
  if (history.length > 0) await insertMergeHistory(tx, workspaceId, history)
}

async function write(tx: Tx, workspaceId: number, writes: Writes, graph: WorkingGraph, options: Options): Promise<void> {
  const { version } = options
  if (writes.created.length > 0) await store.insertPersons(tx, workspaceId, writes.created, version)
  const links = [...writes.links.values()].map((link) => ({ ...link, personId: graph.final(link.personId) }))
  if (links.length > 0) await store.upsertLinks(tx, workspaceId, links)
  if (writes.unlinks.size > 0) await store.deleteLinks(tx, workspaceId, [...writes.unlinks.values()])
  if (writes.merges.length > 0) await writeMerges(tx, workspaceId, writes, graph, options)
  if (writes.refusals.size > 0) await store.addRefusals(tx, workspaceId, [...writes.refusals.values()])
  await writeProfiles(tx, workspaceId, writes, graph, version)
}

/** A carrier gives a number out again after 90 days at the earliest (工信部); by then its earlier customer has said it no more. */
const contactRestMs = 90 * 86_400_000

/** A phone or e-mail whose account has not said it for long, said by another: it is that one's now, and still joins nobody. */
async function handOnContacts(db: Db, workspaceId: number, writes: Writes, graph: WorkingGraph): Promise<void> {
  const contests = [...writes.refusals].filter(([, note]) => note.refusal === 'contact_kept')
  if (contests.length === 0) return
  const saidAt = await store.findContactTimes(db, workspaceId, [...new Set(contests.map(([, note]) => note.other))])
  for (const [key, note] of contests) {
    const { identifier, other, lastAt } = note
    const last = saidAt.get(`${other} ${identifier.kind}`)
    if (last !== undefined && lastAt - last < contactRestMs) continue
    if (graph.owner(identifier) !== graph.final(other)) continue
    writes.refusals.set(key, { ...note, refusal: 'handed_on' })
    take(note, writes, graph)
  }
}

function take({ identifier, personId, origin, via, messageId, lastAt }: RefusalNote, writes: Writes, graph: WorkingGraph): void {
  graph.owners.set(keyOf(identifier), { personId, origin })
  writes.links.set(keyOf(identifier), { ...identifier, personId, origin, via, messageId, at: new Date(lastAt) })
}

interface WorkspacePlan {
  readonly personIds: number[]
  readonly origins: number[]
  readonly merges: Merge[]
  commit(): Promise<Map<number, store.ProfileRow | null>>
}

async function planWorkspace(workspaceId: number, subjects: readonly Subject[], options: Options): Promise<WorkspacePlan> {
  const { db, cache } = options
  const { graph, missing } = cachedGraph(workspaceId, subjects, cache, await options.separations.of(workspaceId))
  if (missing.length > 0) {
    for (const row of await store.findOwners(db, workspaceId, missing)) {
      graph.owners.set(keyOf(row), { personId: row.person_id, origin: row.origin })
      if (row.has_user) graph.withUser.add(row.person_id)
    }
  }
  const { found, writes } = walk(subjects, graph, options.nextPersonId)
  await handOnContacts(db, workspaceId, writes, graph)
  return {
    personIds: found.map((one) => graph.final(one.personId)),
    origins: found.map((one) => one.origin),
    merges: writes.merges.map(({ from, into }) => ({ workspaceId, from, into: graph.final(into) })),
    async commit() {
      // Most batches are of known people who say nothing new of themselves: those write nothing.
      if (!isEmpty(writes)) await db.tx((tx) => write(tx, workspaceId, writes, graph, options))
      // Only what has been committed may be remembered.
      for (const merge of writes.merges) cache.forgetPerson(merge.from)
      if (writes.merges.length > 0) options.separations.changed(workspaceId)
      // An account's id may have been the last that it had.
      for (const one of writes.unlinks.values()) if (one.kind === 'user_id') cache.forgetPerson(graph.final(one.personId))
      for (const identifier of subjects.flatMap(identifiersOf)) {
        const owner = graph.owner(identifier)
        const origin = graph.origin(identifier)
        if (owner !== null && origin !== null)
          cache.set(workspaceId, identifier, { personId: owner, origin, hasUser: graph.hasUser(owner) })
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
  const origins = new Array<number>(subjects.length).fill(0)
  const plans = new Map<number, WorkspacePlan>()
  for (const [workspaceId, indexes] of byWorkspace) {
    const own = indexes.map((i) => subjects[i]).filter((subject) => subject !== undefined)
    const plan = await planWorkspace(workspaceId, own, options)
    indexes.forEach((i, nth) => {
      personIds[i] = plan.personIds[nth] ?? 0
      origins[i] = plan.origins[nth] ?? 0
    })
    plans.set(workspaceId, plan)
  }
  return {
    personIds,
    origins,
    merges: [...plans.values()].flatMap((plan) => plan.merges),
    async commit() {
      const changed = new Map<number, Map<number, store.ProfileRow | null>>()
      for (const [workspaceId, plan] of plans) changed.set(workspaceId, await plan.commit())
      return changed
    },
  }
}
