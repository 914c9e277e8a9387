import type { SegmentView, TagView } from '@chaoxi/contract'
import type { Caller, Handlers } from '../platform/http/api.ts'
import { type CatalogueReader, catalogueProblems } from '../query/index.ts'
import type { Tags } from './tags.ts'
import type { DefinitionKind, StoredDefinition } from './types.ts'

const iso = (ms: number) => new Date(ms).toISOString()

/** What tags and segments show alike; `sizes` of a tag's values. */
export function definitionView(one: StoredDefinition, sizes?: ReadonlyMap<string, number>): SegmentView {
  const { key, name, description, scene, mode, rule, status, owner, revision, size } = one
  return {
    key,
    name,
    description,
    scene,
    mode,
    rule,
    values: one.values.map((value) => ({ ...value, size: sizes?.get(value.value) ?? 0 })),
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
  const viewWith = (one: StoredDefinition, sizes: ReadonlyMap<string, ReadonlyMap<string, number>>): TagView => ({
    ...definitionView(one, sizes.get(one.key)),
    layer: one.layer ?? 'basic',
    several: one.several,
    model: one.model,
  })
  const view = async (workspaceId: number, one: StoredDefinition) =>
    viewWith(one, one.mode === 'valued' ? await tags.valueSizes(workspaceId) : new Map())
  const ok = { ok: true } as const
  return {
    catalogue: (caller) => catalogue.catalogue(caller.workspaceId),
    estimate: async (caller, { body: { rule, exact } }) => {
      const found = await tags.estimate(caller.workspaceId, rule, { unmasked: unmasked(caller), exact })
      const { unknown, clashes } = catalogueProblems(rule, await catalogue.catalogue(caller.workspaceId))
      const warnings = [...clashes, ...unknown]
      return { ...found, warnings: warnings.map(({ path, message }) => ({ path: `rule.${path}`, message })) }
    },
    tags: async (caller, { query }) => {
      const [all, sizes] = await Promise.all([definitions.list(caller.workspaceId, 'tag'), tags.valueSizes(caller.workspaceId)])
      return { items: all.filter((one) => one.status === query.status).map((one) => viewWith(one, sizes)) }
    },
    tagCreate: async (caller, { body }) => view(caller.workspaceId, await definitions.create(caller, 'tag', body)),
    tag: async (caller, { params }) => ({
      ...(await view(caller.workspaceId, await definitions.get(caller.workspaceId, 'tag', params.key))),
      ...(await definitionDetail(tags, caller.workspaceId, 'tag', params.key)),
    }),
    tagUpdate: async (caller, { params, body }) => view(caller.workspaceId, await definitions.update(caller, 'tag', params.key, body)),
    tagBoundaries: async (caller, { params }) => view(caller.workspaceId, await tags.rfm.retake(caller, params.key)),
    rfmPreview: (caller, { body }) => tags.rfm.preview(caller.workspaceId, body),
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
