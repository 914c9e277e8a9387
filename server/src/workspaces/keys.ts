import { AppError, rolePermissions } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Queryable } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import { createCache } from './cache.ts'
import { apiKeyHint, secretHash } from './secrets.ts'
import type { SettingsReader } from './settings.ts'
import * as store from './store.ts'

/** How long another process may still take a key that was revoked. */
const keyLifeMs = 5_000
const keysCachedMax = 10_000
const keyLengthMax = 200
/** A program may do what an operator may, and cannot change settings, members or keys. It answers no reviews: those are somebody's word. */
const programRole = 'operator'
const programPermissions = rolePermissions[programRole].filter((permission) => permission !== 'journeys.review')
const prefixes = { write: 'cxw_', api: 'cxa_' } as const

export interface Keys {
  /** Makes a key, of random text unless one is given. */
  create(tx: Queryable, workspaceId: number, kind: store.KeyKind, name: string, given?: string): Promise<{ row: store.KeyRow; key: string }>
  /** Null when it is no live key of that kind. */
  workspaceOfWriteKey(key: string): Promise<number | null>
  callerOfApiKey(key: string): Promise<Caller | null>
  revoke(tx: Queryable, workspaceId: number, id: string): Promise<{ name: string; forget(): void }>
}

export function createKeys({ db, clock, ids, settings }: { db: Queryable; clock: Clock; ids: Ids; settings: SettingsReader }): Keys {
  const cache = createCache<string, store.KeyRow | null>({ clock, lifeMs: keyLifeMs, sizeMax: keysCachedMax })

  async function liveKey(kind: store.KeyKind, key: string): Promise<store.KeyRow | null> {
    if (key === '' || key.length > keyLengthMax) return null
    const keyHash = secretHash(key)
    const row = await cache.get(keyHash.toString('base64'), () => store.keyByHash(db, keyHash))
    return row?.kind === kind && row.revoked_at === null ? row : null
  }

  return {
    async create(tx, workspaceId, kind, name, given) {
      const key = given ?? `${prefixes[kind]}${ids.secret(24)}`
      if (key === '' || key.length > keyLengthMax) throw new AppError('invalid_request', `A key has 1 to ${keyLengthMax} characters`)
      // A write key is public (it stands in web pages), so the console may show it again; an api key is shown once.
      const hint = kind === 'write' ? key : apiKeyHint(key)
      const keyHash = secretHash(key)
      const row = await store.insertKey(tx, workspaceId, { id: ids.next('key'), kind, name, keyHash, hint, at: new Date(clock.now()) })
      cache.forget(keyHash.toString('base64'))
      return { row, key }
    },
    workspaceOfWriteKey: async (key) => (await liveKey('write', key))?.workspace_id ?? null,
    async callerOfApiKey(key) {
      const row = await liveKey('api', key)
      if (!row) return null
      const { name, timeZone } = await settings.get(row.workspace_id)
      return {
        workspaceId: row.workspace_id,
        actor: row.id,
        me: {
          account: { id: row.id, email: '', name: row.name },
          workspace: { id: row.workspace_id, name, timeZone },
          role: programRole,
          permissions: [...programPermissions],
        },
      }
    },
    async revoke(tx, workspaceId, id) {
      const row = await store.revokeKey(tx, workspaceId, id, new Date(clock.now()))
      if (!row) throw new AppError('not_found', 'There is no such key, or it is revoked already')
      return { name: row.name, forget: () => cache.forget(row.key_hash.toString('base64')) }
    },
  }
}
