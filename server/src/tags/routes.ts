import type { SegmentView, TagView } from '@chaoxi/contract'
import type { Caller, Handlers } from '../platform/http/api.ts'
import { type CatalogueReader, catalogueProblems } from '../query/index.ts'
import type { Tags } from './tags.ts'
import type { DefinitionKind, StoredDefinition } from './types.ts'

const iso = (ms: number) => new Date(ms).toISOString()

/** What tags and segments show alike. */
export function definitionView(one: StoredDefinition): SegmentView {
  const { key, name, description, mode, rule, status, owner, revision, size } = one
  return {
    key,
    name,
    description,
    mode,
    rule,
    status,
    owner,
    revision,
    createdAt: iso(one.createdAt),
    updatedAt: iso(one.updatedAt),
    size,
    computedAt: one.computedAt === null ? null : iso(one.computedAt),
  }
}

/** The detail parts of both kinds. */
export async function definitionDetail(tags: Tags, workspaceId: number, kind: DefinitionKind, key: string) {
  const [usedBy, history] = await Promise.all([tags.definitions.usedBy(workspaceId, kind, key), tags.history(workspaceId, kind, key)])
  return { usedBy, history }
}

/** Whoever may work with people sees contact data in full. */
const unmasked = (caller: Caller) => caller.me.permissions.includes('people.write')

export function tagsRoutes({ tags, catalogue }: { tags: Tags; catalogue: CatalogueReader }): Handlers {
  const { definitions } = tags
  const view = (one: StoredDefinition): TagView => ({ ...definitionView(one), layer: one.layer ?? 'basic', scene: one.scene })
  const ok = { ok: true } as const
  return {
    catalogue: (caller) => catalogue.catalogue(caller.workspaceId),
    estimate: async (caller, { body: { rule } }) => {
      const found = await tags.estimate(caller.workspaceId, rule, { unmasked: unmasked(caller) })
      const { unknown, clashes } = catalogueProblems(rule, await catalogue.catalogue(caller.workspaceId))
      const warnings = [...clashes, ...unknown]
      return { ...found, warnings: warnings.map(({ path, message }) => ({ path: `rule.${path}`, message })) }
    },
    tags: async (caller, { query }) => ({
      items: (await definitions.list(caller.workspaceId, 'tag')).filter((one) => one.status === query.status).map(view),
    }),
    tagCreate: async (caller, { body }) => view(await definitions.create(caller, 'tag', body)),
    tag: async (caller, { params }) => ({
      ...view(await definitions.get(caller.workspaceId, 'tag', params.key)),
      ...(await definitionDetail(tags, caller.workspaceId, 'tag', params.key)),
    }),
    tagUpdate: async (caller, { params, body }) => view(await definitions.update(caller, 'tag', params.key, body)),
    tagArchive: async (caller, { params }) => {
      await definitions.archive(caller, 'tag', params.key)
      return ok
    },
    tagMembers: async (caller, { params, body }) => {
      await definitions.setMembers(caller, 'tag', params.key, body)
      return ok
    },
  }
}
