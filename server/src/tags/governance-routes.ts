import type { DefinitionVersionView } from '@chaoxi/contract'
import type { Handlers } from '../platform/http/api.ts'
import type { Definitions } from './definitions.ts'
import type { Governance } from './governance.ts'
import type { DefinitionVersion } from './version-store.ts'

const ok = { ok: true } as const

function versionView({ at, account, values, ...version }: DefinitionVersion): DefinitionVersionView {
  return { ...version, values: [...values], at: new Date(at).toISOString(), by: account }
}

export function governanceRoutes({ definitions, governance }: { definitions: Definitions; governance: Governance }): Handlers {
  return {
    governance: (caller) => governance.overview(caller.workspaceId),
    governanceReport: (caller, { query }) => governance.report(caller.workspaceId, query.month),
    definitionVersions: async (caller, { params }) => ({
      items: (await definitions.versions(caller.workspaceId, params.kind, params.key)).map(versionView),
    }),
    definitionRevert: async (caller, { params, body }) => {
      await definitions.revert(caller, params.kind, params.key, body)
      return ok
    },
    definitionRestore: async (caller, { params }) => {
      await definitions.restore(caller, params.kind, params.key)
      return ok
    },
  }
}
