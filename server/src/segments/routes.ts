import type { Handlers } from '../platform/http/api.ts'
import { definitionDetail, definitionView, type Tags } from '../tags/index.ts'

/** Segments live in the same table and engine as tags; what differs is that they have no layer and no values. */
export function segmentsRoutes({ tags }: { tags: Tags }): Handlers {
  const { definitions } = tags
  const plain = { layer: null } as const
  const ok = { ok: true } as const
  return {
    segments: async (caller, { query }) => ({
      items: (await definitions.list(caller.workspaceId, 'segment'))
        .filter((one) => one.status === query.status)
        .map((one) => definitionView(one)),
    }),
    segmentCreate: async (caller, { body }) => definitionView(await definitions.create(caller, 'segment', { ...body, ...plain })),
    segment: async (caller, { params }) => ({
      ...definitionView(await definitions.get(caller.workspaceId, 'segment', params.key)),
      ...(await definitionDetail(tags, caller.workspaceId, 'segment', params.key)),
    }),
    segmentUpdate: async (caller, { params, body }) =>
      definitionView(await definitions.update(caller, 'segment', params.key, { ...body, ...plain })),
    segmentArchive: async (caller, { params }) => {
      await definitions.archive(caller, 'segment', params.key)
      return ok
    },
    segmentMembers: async (caller, { params, body }) => {
      await definitions.setMembers(caller, 'segment', params.key, body)
      return ok
    },
  }
}
