import type { Handlers } from '../platform/http/api.ts'
import type { Benefits } from './benefits.ts'

export function benefitsRoutes(benefits: Benefits): Handlers {
  return {
    coupons: async (caller) => ({ items: await benefits.list(caller.workspaceId) }),
    couponCreate: (caller, { body }) => benefits.create(caller, body),
    couponClaim: (caller, { params, body }) => benefits.claim(caller.workspaceId, params.key, body),
    couponUse: (caller, { body }) => benefits.use(caller.workspaceId, body),
  }
}
