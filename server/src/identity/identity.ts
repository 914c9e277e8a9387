import type { PersonSummary } from '@chaoxi/contract'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db, Queryable } from '../platform/db/postgres.ts'
import { jsonText } from '../platform/json-text.ts'
import type { IdentityKind } from './graph.ts'
import { createIdentityCache } from './identity-cache.ts'
import { maskEmail, maskPhone } from './mask.ts'
import { normaliseEmail, normalisePhone } from './normalise.ts'
import { type OnMerge, type PersonIds, type Resolution, resolveBatch, type Subject } from './resolver.ts'
import * as store from './store.ts'

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
  /** Who each subject is about, creating, linking and merging as it says, committed. `version` is the flush. */
  resolve(subjects: readonly Subject[], version: number, onMerge: OnMerge): Promise<Resolution>
  /** Copies people's rows, and merges, to ClickHouse: every one changed since `version`, or the given ones. */
  syncProfiles(changed: ReadonlyMap<number, ReadonlySet<number>>): Promise<void>
  syncSince(version: number): Promise<void>
  /** A merged id answers with the person that it lives on in; unknown ids are left out. */
  profiles(workspaceId: number, personIds: readonly number[]): Promise<Map<number, Profile>>
  /** Of those merged into another: whom they live on in. */
  livesOn(workspaceId: number, personIds: readonly number[]): Promise<Map<number, number>>
  personOf(workspaceId: number, kind: IdentityKind, value: string): Promise<number | null>
  summaries(workspaceId: number, personIds: readonly number[], options: { unmasked: boolean }): Promise<Map<number, PersonSummary>>
  identities(
    workspaceId: number,
    personId: number,
    options: { unmasked: boolean },
  ): Promise<{ kind: string; value: string; linkedAt: string }[]>
  mergedFrom(workspaceId: number, personId: number): Promise<{ personId: number; at: string; reason: string }[]>
  counts(workspaceId: number): Promise<{ people: number; identified: number }>
}

/** Ids taken from the sequence at a time; those left over at a stop are gaps, which nothing minds. */
const personIdBlock = 5_000

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

export function createIdentity({ db, clickhouse }: { db: Db; clickhouse: ClickHouse }): Identity {
  const cache = createIdentityCache()
  let free = { first: 0, given: 0, count: 0 }

  const ids: PersonIds = {
    next() {
      if (free.given >= free.count) throw new Error('person ids were not reserved for this batch')
      return free.first + free.given++
    },
    restart() {
      free.given = 0
    },
    keep() {
      free = { first: free.first + free.given, given: 0, count: free.count - free.given }
    },
  }

  async function reserve(count: number): Promise<void> {
    if (free.count >= count) return
    const size = Math.max(count, personIdBlock)
    free = { first: await store.reservePersonIds(db, size), given: 0, count: size }
  }

  async function insertProfiles(rows: readonly store.ProfileRow[]): Promise<void> {
    await clickhouse.insert(
      'profiles',
      rows.map((row) => ({
        workspace_id: row.workspace_id,
        person_id: row.id,
        attributes: jsonText(row.attributes),
        merged: row.merged_into === null ? 0 : 1,
        created_at: row.created_at.getTime(),
        version: row.version,
      })),
    )
  }

  async function insertOverrides(rows: readonly store.OverrideRow[]): Promise<void> {
    if (rows.length === 0) return
    await clickhouse.insert(
      'person_overrides',
      rows.map((row) => ({
        workspace_id: row.workspace_id,
        old_person_id: row.from_person,
        person_id: row.into_person,
        version: row.version,
      })),
    )
    await clickhouse.command('system reload dictionary person_override_map')
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
    async resolve(subjects, version, onMerge) {
      await reserve(subjects.length)
      return resolveBatch(subjects, { db, cache, ids, version, onMerge })
    },
    async syncProfiles(changed) {
      for (const [workspaceId, ids] of changed) {
        const rows = await store.findProfiles(db, workspaceId, [...ids])
        await insertProfiles(rows)
        const merged = rows.filter((row) => row.merged_into !== null).map((row) => row.id)
        if (merged.length > 0) await insertOverrides(await store.findOverridesOf(db, workspaceId, merged))
      }
    },
    async syncSince(version) {
      await insertProfiles(await store.findProfilesSince(db, version))
      await insertOverrides(await store.findOverridesSince(db, version))
    },
    profiles: (workspaceId, personIds) => load(db, workspaceId, personIds),
    livesOn: async (workspaceId, personIds) =>
      new Map((await store.findMerged(db, workspaceId, personIds)).map((row) => [row.id, row.merged_into])),
    async personOf(workspaceId, kind, value) {
      const [row] = await store.findOwners(db, workspaceId, [{ kind, value }])
      return row?.person_id ?? null
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
        value: unmasked ? row.value : row.kind === 'phone' ? maskPhone(row.value) : row.kind === 'email' ? maskEmail(row.value) : row.value,
        linkedAt: row.linked_at.toISOString(),
      })),
    mergedFrom: async (workspaceId, personId) =>
      (await store.findMerges(db, workspaceId, personId)).map((row) => ({
        personId: row.from_person,
        at: row.at.toISOString(),
        reason: row.reason,
      })),
    counts: (workspaceId) => store.countPeople(db, workspaceId),
  }
}
