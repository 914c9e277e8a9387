import { AppError, type Me, rolePermissions } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import type { Audit } from './audit.ts'
import { createLoginLimit } from './login-limit.ts'
import { verifyPassword } from './passwords.ts'
import { secretHash } from './secrets.ts'
import * as store from './store.ts'

export const sessionLifeMs = 30 * 86_400_000

export interface Sessions {
  /** The same `login_failed`, after the same time, whether the account or the password is wrong. */
  login(input: { email: string; password: string; ip: string }): Promise<{ me: Me; token: string; lifeMs: number }>
  logout(token: string): Promise<void>
  callerOfToken(token: string): Promise<Caller | null>
}

function callerOf(row: store.SessionRow): Caller {
  return {
    workspaceId: row.workspace_id,
    actor: row.account_id,
    me: {
      account: { id: row.account_id, email: row.email, name: row.name },
      workspace: { id: row.workspace_id, name: row.workspace_name, timeZone: row.time_zone },
      role: row.role,
      permissions: [...rolePermissions[row.role]],
    },
  }
}

export function createSessions({ db, clock, ids, audit }: { db: Db; clock: Clock; ids: Ids; audit: Audit }): Sessions {
  const limit = createLoginLimit(clock)

  return {
    async login({ email: given, password, ip }) {
      const email = given.trim().toLowerCase()
      limit.attempt(email, ip)
      const account = await store.accountByEmail(db, email)
      const matches = await verifyPassword(account?.password_hash ?? null, password)
      const workspaceId = account?.workspace_id ?? null
      if (!matches || !account || workspaceId === null) throw new AppError('login_failed', 'The e-mail address or the password is wrong')
      limit.succeeded(email, ip)
      const token = ids.secret(32)
      const at = new Date(clock.now())
      const caller = await db.tx(async (tx) => {
        await store.deleteExpiredSessions(tx, account.id, at)
        const expiresAt = new Date(clock.now() + sessionLifeMs)
        await store.insertSession(tx, workspaceId, { tokenHash: secretHash(token), accountId: account.id, at, expiresAt })
        const row = await store.liveSession(tx, secretHash(token), at)
        if (!row) return null
        await audit(tx, callerOf(row), 'session.started', account.id, { ip })
        return callerOf(row)
      })
      // Removed from the workspace between the two reads: nobody may log in as such.
      if (!caller) throw new AppError('login_failed', 'The e-mail address or the password is wrong')
      return { me: caller.me, token, lifeMs: sessionLifeMs }
    },
    async logout(token) {
      await store.deleteSession(db, secretHash(token))
    },
    async callerOfToken(token) {
      const row = await store.liveSession(db, secretHash(token), new Date(clock.now()))
      return row ? callerOf(row) : null
    },
  }
}
