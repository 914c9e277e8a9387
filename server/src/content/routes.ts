import type { Handlers } from '../platform/http/api.ts'
import type { ContentService } from './content.ts'

export function contentRoutes(content: ContentService): Handlers {
  return {
    templates: async ({ workspaceId }) => ({ items: await content.list(workspaceId) }),
    template: ({ workspaceId }, { params }) => content.view(workspaceId, params.key),
    templateCreate: (caller, { body }) => content.create(caller, body),
    templateUpdate: (caller, { params, body }) => content.update(caller, params.key, body),
    templateArchive: async (caller, { params }) => {
      await content.archive(caller, params.key)
      return { ok: true }
    },
    templatePreview: (caller, { body }) => content.preview(caller, body),
  }
}
