import type { Handlers } from '../platform/http/api.ts'
import type { Accounts } from './accounts.ts'
import type { Recipients } from './trial/recipients.ts'
import type { MessageViews } from './views.ts'

export function deliveryRoutes({
  views,
  accounts,
  recipients,
}: {
  views: MessageViews
  accounts: Accounts
  recipients: Recipients
}): Handlers {
  return {
    messages: (caller, { query }) => views.list(caller, query),
    message: (caller, { params }) => views.one(caller, params.id),
    channelAccounts: async (caller) => ({ items: await accounts.list(caller) }),
    channelAccountUpdate: (caller, { body }) => accounts.update(caller, body),
    testRecipients: async (caller) => ({ items: await recipients.shown(caller) }),
    testRecipientAdd: (caller, { body }) => recipients.add(caller, body),
    testRecipientRemove: (caller, { params }) => recipients.remove(caller, params.id),
  }
}
