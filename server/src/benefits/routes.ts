import type { Handlers } from '../platform/http/api.ts'
import type { Benefits } from './benefits.ts'

export function benefitsRoutes(benefits: Benefits): Handlers {
  return {
    coupons: async (caller) => ({ items: await benefits.rows(caller.workspaceId) }),
    couponCreate: (caller, { body }) => benefits.create(caller, body),
    couponArchive: async (caller, { params }) => {
      await benefits.archive(caller, params.key)
      return { ok: true }
    },
    couponClaim: (caller, { params, body }) => benefits.claim(caller.workspaceId, params.key, body),
    couponUse: (caller, { body }) => benefits.use(caller.workspaceId, body),
  }
}
