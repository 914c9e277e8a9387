import { AppError, type Role } from '@chaoxi/contract'
import type { Clock } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import type { Audit } from './audit.ts'
import { hashPassword } from './passwords.ts'
import * as store from './store.ts'

export interface NewMember {
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly password: string
}

export interface Members {
  list(workspaceId: number): Promise<store.MemberRow[]>
  /** `conflict` when the address works somewhere already. */
  add(caller: Caller, member: NewMember): Promise<store.MemberRow>
  /** `conflict` when it would leave the workspace without an admin. */
  setRole(caller: Caller, accountId: string, role: Role): Promise<store.MemberRow>
  remove(caller: Caller, accountId: string): Promise<void>
}

/** Whether an admin is left when this member changes to `role` (null: goes). */
export function keepsAdmin(members: readonly { account_id: string; role: Role }[], accountId: string, role: Role | null): boolean {
  return members.some((member) => (member.account_id === accountId ? role === 'admin' : member.role === 'admin'))
}

export function createMembers({ db, clock, ids, audit }: { db: Db; clock: Clock; ids: Ids; audit: Audit }): Members {
  async function memberOf(tx: Tx, workspaceId: number, accountId: string): Promise<store.MemberRow> {
    const member = (await store.members(tx, workspaceId)).find((row) => row.account_id === accountId)
    if (!member) throw new AppError('not_found', 'There is no such member')
    return member
  }

  /** Locks the members and answers the one that is to change, or throws. */
  async function changing(tx: Tx, workspaceId: number, accountId: string, role: Role | null): Promise<Role> {
    const members = await store.lockMembers(tx, workspaceId)
    const member = members.find((row) => row.account_id === accountId)
    if (!member) throw new AppError('not_found', 'There is no such member')
    if (!keepsAdmin(members, accountId, role)) {
      throw new AppError('conflict', 'This is the last admin; make somebody else an admin first')
    }
    return member.role
  }

  return {
    list: (workspaceId) => store.members(db, workspaceId),
    async add(caller, { email: given, name, role, password }) {
      const email = given.trim().toLowerCase()
      const passwordHash = await hashPassword(password)
      const at = new Date(clock.now())
      return db.tx(async (tx) => {
        const known = await store.accountByEmail(tx, email)
        if (known && known.workspace_id !== null) throw new AppError('conflict', `${email} has an account already`)
        // A former member comes back under the same account, with the new password.
        const accountId = known?.id ?? ids.next('acc')
        if (known) await store.updateAccount(tx, accountId, { name, passwordHash })
        else await store.insertAccount(tx, { id: accountId, email, name, passwordHash, at })
        await store.putMember(tx, caller.workspaceId, { accountId, role, at })
        await audit(tx, caller, 'member.added', accountId, { email, role })
        return memberOf(tx, caller.workspaceId, accountId)
      })
    },
    setRole: (caller, accountId, role) =>
      db.tx(async (tx) => {
        const before = await changing(tx, caller.workspaceId, accountId, role)
        await store.putMember(tx, caller.workspaceId, { accountId, role, at: new Date(clock.now()) })
        await audit(tx, caller, 'member.role_changed', accountId, { from: before, to: role })
        return memberOf(tx, caller.workspaceId, accountId)
      }),
    remove: (caller, accountId) =>
      db.tx(async (tx) => {
        const role = await changing(tx, caller.workspaceId, accountId, null)
        await store.deleteSessionsOf(tx, caller.workspaceId, accountId)
        await store.deleteMember(tx, caller.workspaceId, accountId)
        await audit(tx, caller, 'member.removed', accountId, { role })
      }),
  }
}
