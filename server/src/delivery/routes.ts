import type { Handlers } from '../platform/http/api.ts'
import type { Accounts } from './accounts.ts'
import type { MessageViews } from './views.ts'

export function deliveryRoutes({ views, accounts }: { views: MessageViews; accounts: Accounts }): Handlers {
  return {
    messages: (caller, { query }) => views.list(caller, query),
    message: (caller, { params }) => views.one(caller, params.id),
    channelAccounts: async (caller) => ({ items: await accounts.list(caller) }),
    channelAccountUpdate: (caller, { body }) => accounts.update(caller, body),
  }
}
