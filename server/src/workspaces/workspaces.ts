import { AppError, type WorkspaceSettings } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Credentials } from '../platform/http/endpoints.ts'
import type { Ids } from '../platform/ids.ts'
import { type Audit, createAudit } from './audit.ts'
import { createFirstWorkspace, type FirstWorkspace, type FirstWorkspaceInput } from './first-workspace.ts'
import { createKeys } from './keys.ts'
import { createMembers, type Members } from './members.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSettings } from './settings.ts'
import * as store from './store.ts'

export interface WorkspacesDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
}

export interface Workspaces {
  /** Cached for a few seconds; `not_found` for an unknown workspace. */
  settings(workspaceId: number): Promise<WorkspaceSettings>
  updateSettings(caller: Caller, settings: WorkspaceSettings): Promise<WorkspaceSettings>
  /** Ids of all workspaces, for work that goes round them. */
  all(): Promise<number[]>
  readonly audit: Audit
  auditPage(workspaceId: number, cursor: string | null, limit: number): Promise<{ rows: store.AuditRow[]; nextCursor: string | null }>
  /** Null when it is not a live write key. Cached for a few seconds. */
  workspaceOfWriteKey(key: string): Promise<number | null>
  keys(workspaceId: number): Promise<store.KeyRow[]>
  createKey(caller: Caller, kind: store.KeyKind, name: string): Promise<{ row: store.KeyRow; key: string }>
  revokeKey(caller: Caller, id: string): Promise<void>
  readonly sessions: Sessions
  readonly members: Members
  authenticate(credentials: Credentials): Promise<Caller | null>
  /** Prepares a store for use at start; doing it again changes nothing. */
  ensureFirstWorkspace(input: FirstWorkspaceInput): Promise<FirstWorkspace>
}

export function createWorkspaces({ db, clock, ids }: WorkspacesDeps): Workspaces {
  const audit = createAudit({ clock, ids })
  const settings = createSettings({ db, clock })
  const keys = createKeys({ db, clock, ids, settings })
  const sessions = createSessions({ db, clock, ids, audit })

  return {
    settings: settings.get,
    async updateSettings(caller, { name, timeZone, ...rules }) {
      await db.tx(async (tx) => {
        const changed = await store.updateWorkspace(tx, caller.workspaceId, { name, timeZone, settings: rules })
        if (changed === 0) throw new AppError('not_found', 'There is no such workspace')
        await audit(tx, caller, 'workspace.updated', String(caller.workspaceId), { name, timeZone, ...rules })
      })
      settings.changed(caller.workspaceId)
      return settings.get(caller.workspaceId)
    },
    all: () => store.workspaceIds(db),
    audit,
    async auditPage(workspaceId, cursor, limit) {
      const rows = await store.auditPage(db, workspaceId, cursor, limit + 1)
      const page = rows.slice(0, limit)
      return { rows: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null }
    },
    workspaceOfWriteKey: keys.workspaceOfWriteKey,
    keys: (workspaceId) => store.keys(db, workspaceId),
    createKey: (caller, kind, name) =>
      db.tx(async (tx) => {
        const made = await keys.create(tx, caller.workspaceId, kind, name)
        await audit(tx, caller, 'api_key.created', made.row.id, { kind, name })
        return made
      }),
    async revokeKey(caller, id) {
      const { forget } = await db.tx(async (tx) => {
        const revoked = await keys.revoke(tx, caller.workspaceId, id)
        await audit(tx, caller, 'api_key.revoked', id, { name: revoked.name })
        return revoked
      })
      // After the commit: a lookup before it would remember the live key again.
      forget()
    },
    sessions,
    members: createMembers({ db, clock, ids, audit }),
    async authenticate({ sessionToken, apiKey }) {
      if (apiKey !== null) return keys.callerOfApiKey(apiKey)
      return sessionToken === null ? null : sessions.callerOfToken(sessionToken)
    },
    ensureFirstWorkspace: createFirstWorkspace({ db, clock, ids, keys }),
  }
}
