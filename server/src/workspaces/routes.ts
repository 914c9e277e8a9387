import type { Handlers } from '../platform/http/api.ts'
import type { AuditRow, KeyRow, MemberRow } from './store.ts'
import type { Workspaces } from './workspaces.ts'

function keyView(row: KeyRow) {
  const { id, kind, name, hint } = row
  return { id, kind, name, hint, createdAt: row.created_at.toISOString(), revokedAt: row.revoked_at?.toISOString() ?? null }
}

function memberView(row: MemberRow) {
  const { email, name, role } = row
  return { accountId: row.account_id, email, name, role, createdAt: row.created_at.toISOString() }
}

function auditView(row: AuditRow) {
  return { ...row, at: row.at.toISOString() }
}

export function workspacesRoutes(workspaces: Workspaces): Handlers {
  const { sessions, members } = workspaces
  return {
    login: async (_, { body }, exchange) => {
      const { me, token, lifeMs } = await sessions.login({ ...body, ip: exchange.ip })
      exchange.setSession({ token, lifeMs })
      return me
    },
    logout: async (_, __, exchange) => {
      if (exchange.sessionToken !== null) await sessions.logout(exchange.sessionToken)
      exchange.setSession(null)
      return { ok: true }
    },
    me: async (caller) => caller.me,

    workspace: (caller) => workspaces.settings(caller.workspaceId),
    workspaceUpdate: (caller, { body }) => workspaces.updateSettings(caller, body),

    apiKeys: async (caller) => ({ items: (await workspaces.keys(caller.workspaceId)).map(keyView) }),
    apiKeyCreate: async (caller, { body }) => {
      const { row, key } = await workspaces.createKey(caller, body.kind, body.name)
      return { ...keyView(row), key }
    },
    apiKeyRevoke: async (caller, { params }) => {
      await workspaces.revokeKey(caller, params.id)
      return { ok: true }
    },

    members: async (caller) => ({ items: (await members.list(caller.workspaceId)).map(memberView) }),
    memberCreate: async (caller, { body }) => memberView(await members.add(caller, body)),
    memberUpdate: async (caller, { params, body }) => memberView(await members.setRole(caller, params.id, body.role)),
    memberRemove: async (caller, { params }) => {
      await members.remove(caller, params.id)
      return { ok: true }
    },

    audit: async (caller, { query }) => {
      const { rows, nextCursor } = await workspaces.auditPage(caller.workspaceId, query.cursor ?? null, query.limit)
      return { items: rows.map(auditView), nextCursor }
    },
  }
}
