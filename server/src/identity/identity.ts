import type { PersonSummary } from '@chaoxi/contract'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db, Queryable, Tx } from '../platform/db/postgres.ts'
import { jsonText } from '../platform/json-text.ts'
import type { IdentityKind } from './graph.ts'
import { createIdentityCache } from './identity-cache.ts'
import { maskEmail, maskedIdentifier, maskPhone } from './mask.ts'
import { normaliseEmail, normalisePhone } from './normalise.ts'
import { createProfileCopies } from './profile-copies.ts'
import { type Merge, type OnMerge, planBatch, type Separations } from './resolver.ts'
import { numbersUnder, planSplit, type SplitPlan, writeSplit } from './split.ts'
import { findMergesOf, findRefusalsOf, findSeparations, findTree, type MergeHistoryRow, type RefusalHistoryRow } from './split-store.ts'
import * as store from './store.ts'
import type { Subject } from './walk.ts'
import type { Separation } from './working-graph.ts'

export interface Profile {
  readonly id: number
  readonly userId: string | null
  /** E.164. */
  readonly phone: string | null
  readonly email: string | null
  readonly attributes: Record<string, unknown>
  readonly createdAt: number
}

export interface Identity {
  /**
   * Who each subject is about, and what is to be created, linked and merged; `version` is the flush. Nothing is written
   * before `commit`, which also waits until ClickHouse has the attributes and merges (new people of whom nothing is known
   * follow before the next query).
   */
  plan(
    subjects: readonly Subject[],
    version: number,
    onMerge: OnMerge,
  ): Promise<{ personIds: number[]; origins: number[]; merges: Merge[]; commit(): Promise<void> }>
  /** What undoing a merge would do; throws what keeps it from being undone. */
  planSplit(workspaceId: number, mergeId: string): Promise<SplitPlan>
  /** Undoes a merge, in both stores. No batch may be planned meanwhile. */
  split(
    workspaceId: number,
    mergeId: string,
    done: { at: Date; by: string; note: string; version: number; onSplit: (tx: Tx, plan: SplitPlan) => Promise<void> },
  ): Promise<SplitPlan>
  /** Those of the numbers that no person has, dead or alive. */
  strangers(workspaceId: number, personIds: readonly number[]): Promise<Set<number>>
  /** Writes what ClickHouse has not heard of yet. Every query but the intake's own does that by itself. */
  settleCopies(): Promise<void>
  /** The version through which ClickHouse has every profile and merge, if the last one given to `resolve` was `version`. */
  copiedThrough(version: number): number
  /** Copies everything since `version`: after a crash. */
  copySince(version: number): Promise<void>
  /** A merged id answers with the person that it lives on in; unknown ids are left out. */
  profiles(workspaceId: number, personIds: readonly number[]): Promise<Map<number, Profile>>
  /** Of those merged into another: whom they live on in. */
  livesOn(workspaceId: number, personIds: readonly number[]): Promise<Map<number, number>>
  personOf(workspaceId: number, kind: IdentityKind, value: string): Promise<number | null>
  /** Of the people those who live, by rising number, with their attributes as ClickHouse's copies have them. */
  livingProfiles(workspaceId: number, personIds: readonly number[]): Promise<{ person: number; attributes: string }[]>
  /** By user id; unknown ones are left out. */
  peopleOfUsers(workspaceId: number, userIds: readonly string[]): Promise<Map<string, number>>
  summaries(workspaceId: number, personIds: readonly number[], options: { unmasked: boolean }): Promise<Map<number, PersonSummary>>
  identities(
    workspaceId: number,
    personId: number,
    options: { unmasked: boolean },
  ): Promise<{ kind: IdentityKind; value: string; origin: number; linkedAt: string; via: string }[]>
  /** Merges and refusals that the person, or anybody who went into it, took part in. */
  history(workspaceId: number, personId: number): Promise<{ merges: MergeHistoryRow[]; refusals: RefusalHistoryRow[] }>
  /** When each attribute was said (ms), and by which message. */
  attributesSaid(workspaceId: number, personId: number): Promise<Map<string, { at: number; messageId: string | null }>>
  mergedFrom(workspaceId: number, personId: number): Promise<{ personId: number; at: string; reason: string }[]>
  counts(workspaceId: number): Promise<{ people: number; identified: number }>
}

/** Ids taken from the sequence at a time; those left over at a stop are gaps, which nothing minds. */
const personIdBlock = 5_000
/** Merges and refusals shown of one person, of each the newest. */
const historyMax = 200

function createSeparations(db: Db): Separations {
  const known = new Map<number, readonly Separation[]>()
  return {
    async of(workspaceId) {
      const found = known.get(workspaceId) ?? (await findSeparations(db, workspaceId))
      known.set(workspaceId, found)
      return found
    },
    changed: (workspaceId) => known.delete(workspaceId),
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

export function createIdentity({ db, clickhouse }: { db: Db; clickhouse: ClickHouse }): Identity {
  const cache = createIdentityCache()
  const copies = createProfileCopies({ db, clickhouse })
  const separations = createSeparations(db)
  let free = { next: 0, end: 0 }

  function nextPersonId(): number {
    if (free.next >= free.end) throw new Error('person ids were not reserved for this batch')
    return free.next++
  }

  async function reserve(count: number): Promise<void> {
    if (free.end - free.next >= count) return
    const size = Math.max(count, personIdBlock)
    const first = await store.reservePersonIds(db, size)
    free = { next: first, end: first + size }
  }

  async function load(query: Queryable, workspaceId: number, personIds: readonly number[]) {
    const wanted = [...new Set(personIds)]
    const rows = new Map((await store.findProfiles(query, workspaceId, wanted)).map((row) => [row.id, row]))
    const finals = [...rows.values()].map((row) => row.merged_into).filter((id) => id !== null && !rows.has(id))
    if (finals.length > 0)
      for (const row of await store.findProfiles(
        query,
        workspaceId,
        finals.filter((id) => id !== null),
      ))
        rows.set(row.id, row)
    const users = new Map<number, { userId: string | null; phone: string | null; email: string | null }>()
    for (const one of await store.findIdentities(query, workspaceId, [...rows.keys()])) {
      const known = users.get(one.person_id) ?? { userId: null, phone: null, email: null }
      if (one.kind === 'user_id') known.userId ??= one.value
      if (one.kind === 'phone') known.phone = one.value
      if (one.kind === 'email') known.email = one.value
      users.set(one.person_id, known)
    }
    const found = new Map<number, Profile>()
    for (const id of wanted) {
      const own = rows.get(id)
      const row = own?.merged_into == null ? own : rows.get(own.merged_into)
      if (!row) continue
      const ids = users.get(row.id)
      const [phone, email] = [text(row.attributes.phone), text(row.attributes.email)]
      found.set(id, {
        id: row.id,
        userId: ids?.userId ?? null,
        attributes: row.attributes,
        createdAt: row.created_at.getTime(),
        phone: (phone === null ? null : normalisePhone(phone)) ?? ids?.phone ?? null,
        email: (email === null ? null : normaliseEmail(email)) ?? ids?.email ?? null,
      })
    }
    return found
  }

  return {
    async plan(subjects, version, onMerge) {
      await reserve(subjects.length)
      const plan = await planBatch(subjects, { db, cache, nextPersonId, version, onMerge, separations })
      return {
        personIds: plan.personIds,
        origins: plan.origins,
        merges: plan.merges,
        async commit() {
          const changed = await plan.commit()
          copies.owe(changed, version)
          if ([...changed.values()].some((people) => [...people.values()].includes(null))) await copies.settle()
        },
      }
    },
    planSplit: (workspaceId, mergeId) => planSplit(db, workspaceId, mergeId),
    async split(workspaceId, mergeId, done) {
      const plan = await writeSplit(db, workspaceId, mergeId, done)
      for (const identifier of plan.identities) cache.forget(workspaceId, identifier)
      for (const id of [plan.leaves, ...plan.numbers]) cache.forgetPerson(id)
      separations.changed(workspaceId)
      copies.oweSplit(workspaceId, plan.numbers, plan.leaves, done.version)
      await copies.settle()
      return plan
    },
    async strangers(workspaceId, personIds) {
      const known = new Set((await store.findProfiles(db, workspaceId, personIds)).map((row) => row.id))
      return new Set(personIds.filter((id) => !known.has(id)))
    },
    settleCopies: copies.settle,
    copiedThrough: copies.through,
    copySince: copies.since,
    profiles: (workspaceId, personIds) => load(db, workspaceId, personIds),
    livesOn: async (workspaceId, personIds) =>
      new Map((await store.findMerged(db, workspaceId, personIds)).map((row) => [row.id, row.merged_into])),
    async livingProfiles(workspaceId, personIds) {
      const rows = await store.findLiving(db, workspaceId, personIds)
      return rows.map((row) => ({ person: row.id, attributes: jsonText(row.attributes) }))
    },
    async personOf(workspaceId, kind, value) {
      const [row] = await store.findOwners(db, workspaceId, [{ kind, value }])
      return row?.person_id ?? null
    },
    async peopleOfUsers(workspaceId, userIds) {
      const asked = [...new Set(userIds)].map((value) => ({ kind: 'user_id' as const, value }))
      return new Map((await store.findOwners(db, workspaceId, asked)).map((row) => [row.value, row.person_id]))
    },
    async summaries(workspaceId, personIds, { unmasked }) {
      const found = new Map<number, PersonSummary>()
      for (const [id, profile] of await load(db, workspaceId, personIds)) {
        const { phone, email } = profile
        found.set(id, {
          id: profile.id,
          name: text(profile.attributes.name),
          userId: profile.userId,
          phone: phone === null || unmasked ? phone : maskPhone(phone),
          email: email === null || unmasked ? email : maskEmail(email),
          createdAt: new Date(profile.createdAt).toISOString(),
          lastSeenAt: null,
        })
      }
      return found
    },
    identities: async (workspaceId, personId, { unmasked }) =>
      (await store.findIdentities(db, workspaceId, [personId])).map((row) => ({
        kind: row.kind,
        value: unmasked ? row.value : maskedIdentifier(row),
        origin: row.origin,
        linkedAt: row.linked_at.toISOString(),
        via: row.via,
      })),
    async history(workspaceId, personId) {
      const numbers = numbersUnder(personId, await findTree(db, workspaceId, personId))
      const [merges, refusals] = await Promise.all([
        findMergesOf(db, workspaceId, numbers, historyMax),
        findRefusalsOf(db, workspaceId, numbers, historyMax),
      ])
      return { merges, refusals }
    },
    async attributesSaid(workspaceId, personId) {
      const row = await store.findAttributesSaid(db, workspaceId, personId)
      return new Map(Object.entries(row?.times ?? {}).map(([name, at]) => [name, { at, messageId: row?.sources[name] ?? null }]))
    },
    mergedFrom: async (workspaceId, personId) =>
      (await store.findMerges(db, workspaceId, personId)).map((row) => ({
        personId: row.from_person,
        at: row.at.toISOString(),
        reason: row.reason,
      })),
    counts: (workspaceId) => store.countPeople(db, workspaceId),
  }
}
