import { type ContentService, smsProviderText, type Template } from '../content/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Loop } from '../platform/jobs/loops.ts'
import type { Logger } from '../platform/log.ts'
import { templateReview } from './message.ts'
import type { SmsProvider } from './provider.ts'
import { wakeHeld } from './store.ts'
import { type AccountRow, accounts } from './store-accounts.ts'

export interface FilingDeps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Logger
  readonly provider: SmsProvider
  readonly content: Pick<ContentService, 'active' | 'setFiling' | 'linkPrefix'>
  /** Messages that waited for a review became due. */
  messagesDue(): void
}

export const filingLoop = 'delivery_filing'
const everyMs = 10_000

/**
 * Files the texts of SMS templates at the provider and follows their review, ahead of the first message. Messages of a
 * text that is not approved yet are held, and woken when its review ends. Filing twice (after a crash in between) is
 * harmless: the newer code is used.
 */
export function createFiling({ db, clock, log, provider, content, messagesDue }: FilingDeps): Loop {
  /** True when the review of a text ended. */
  async function follow(account: AccountRow, template: Template): Promise<boolean> {
    if (template.content.kind !== 'sms') return false
    const credentials = {
      endpoint: account.endpoint,
      accessKeyId: account.access_key_id,
      accessKeySecret: account.access_key_secret,
      signName: account.sign_name,
    }
    const { workspaceId, key, name } = template
    const text = smsProviderText(template.content.text, content.linkPrefix, account.opt_out_text)
    let { providerCode: code, providerStatus: status } = template
    if (template.providerText !== text) {
      const filed = await provider.fileTemplate(credentials, { name, text })
      if (filed.kind === 'unanswered') {
        log.warn({ template: key, error: filed.error }, 'a template could not be filed at the SMS provider')
        return false
      }
      code = filed.kind === 'filed' ? filed.code : null
      status = filed.kind === 'filed' ? 'pending' : 'rejected'
      if (filed.kind === 'refused')
        log.error({ template: key, code: filed.code, message: filed.message }, 'the SMS provider refused a template')
      await content.setFiling(db, workspaceId, key, { code, text, status })
    }
    if (status === 'pending' && code !== null) {
      const review = await provider.reviewOf(credentials, code)
      if (review === 'pending' || review === 'unanswered') return false
      status = review
      await content.setFiling(db, workspaceId, key, { code, text, status })
    }
    return (await wakeHeld(db, workspaceId, key, templateReview, new Date(clock.now()))) > 0
  }

  return {
    name: filingLoop,
    everyMs,
    async run() {
      let woken = false
      for (const account of await accounts(db)) {
        if (account.channel !== 'sms') continue
        for (const template of await content.active(account.workspace_id)) {
          if (await follow(account, template)) woken = true
        }
      }
      if (woken) messagesDue()
      return woken
    },
  }
}
