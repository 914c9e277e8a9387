import { AppError, type Input, type Output } from '@chaoxi/contract'
import type { ContentService } from '../content/index.ts'
import type { Db, Queryable } from '../platform/db/postgres.ts'
import type { Caller } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import * as store from './store-accounts.ts'

type AccountView = Output<'channelAccounts'>['items'][number]

export interface SmsAccountInput {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly signName: string
  readonly optOutText: string
  readonly pricePerSegmentFen: number
}

export interface AccountsDeps {
  readonly db: Db
  readonly ids: Ids
  readonly content: Pick<ContentService, 'forgetFilings'>
  audit(tx: Queryable, caller: Caller, action: string, subject: string, details: object): Promise<void>
  /** Texts may have to be filed anew. */
  accountChanged(): void
}

const providers = ['aliyun']
/** 2-20 characters, as carriers file signatures; brackets are the provider's. */
const signName = /^[^【】[\]]{2,20}$/
const optOutMax = 20
const tokenBytes = 24

/** The program's one way into a provider, per workspace and channel. */
export function createAccounts({ db, ids, content, audit, accountChanged }: AccountsDeps) {
  function check(input: Input<'channelAccountUpdate'>['body']): void {
    const problems = []
    if (!providers.includes(input.provider)) problems.push({ path: 'provider', message: `one of ${providers.join(', ')}` })
    if (!URL.canParse(input.endpoint) || !/^https?:$/.test(new URL(input.endpoint).protocol)) {
      problems.push({ path: 'endpoint', message: 'an address that starts with https:// (or http://)' })
    }
    if (input.accessKeyId === '') problems.push({ path: 'accessKeyId', message: 'needed' })
    if (!signName.test(input.signName)) problems.push({ path: 'signName', message: '2 to 20 characters, without brackets' })
    if (input.optOutText.trim() === '' || input.optOutText.length > optOutMax) {
      problems.push({ path: 'optOutText', message: `how to refuse, e.g. 回T退订; at most ${optOutMax} characters` })
    }
    if (!Number.isInteger(input.pricePerSegmentFen) || input.pricePerSegmentFen < 0) {
      problems.push({ path: 'pricePerSegmentFen', message: 'a whole number of fen, 0 or more' })
    }
    if (problems.length > 0) throw new AppError('invalid_request', 'The SMS account cannot be used as it is', problems)
  }

  const toView = (row: store.AccountRow, { permissions }: Caller['me']): AccountView => ({
    channel: row.channel,
    provider: row.provider,
    endpoint: row.endpoint,
    accessKeyId: row.access_key_id,
    secretSet: row.access_key_secret !== '',
    signName: row.sign_name,
    optOutText: row.opt_out_text,
    pricePerSegmentFen: row.price_per_segment_fen,
    // Whoever knows it can tell us receipts that never were.
    callbackPath: permissions.includes('settings.write') ? `/callbacks/aliyun/${row.callback_token}` : null,
  })

  async function put(
    tx: Queryable,
    workspaceId: number,
    provider: string,
    input: Omit<SmsAccountInput, 'accessKeySecret'> & { accessKeySecret: string | null },
  ) {
    const before = await store.accountOf(tx, workspaceId, 'sms')
    await store.putAccount(tx, {
      workspace_id: workspaceId,
      channel: 'sms',
      provider,
      endpoint: input.endpoint,
      access_key_id: input.accessKeyId,
      access_key_secret: input.accessKeySecret,
      sign_name: input.signName,
      opt_out_text: input.optOutText,
      price_per_segment_fen: input.pricePerSegmentFen,
      callback_token: before?.callback_token ?? ids.secret(tokenBytes),
    })
    // Another endpoint on our own machine (the port changes) is the same provider, as long as the key is the same.
    if (before && before.access_key_id !== input.accessKeyId) await content.forgetFilings(tx, workspaceId)
    const after = await store.accountOf(tx, workspaceId, 'sms')
    if (!after) throw new Error('the account was not written')
    return after
  }

  return {
    async list({ workspaceId, me }: Caller): Promise<AccountView[]> {
      const row = await store.accountOf(db, workspaceId, 'sms')
      return row ? [toView(row, me)] : []
    },

    async update(caller: Caller, body: Input<'channelAccountUpdate'>['body']): Promise<AccountView> {
      check(body)
      const { provider, secret, ...rest } = body
      const row = await db.tx(async (tx) => {
        const written = await put(tx, caller.workspaceId, provider, { ...rest, accessKeySecret: secret ? secret : null })
        await audit(tx, caller, 'channel.update', 'sms', { ...rest, provider, secretChanged: Boolean(secret) })
        return written
      })
      accountChanged()
      return toView(row, caller.me)
    },

    /** For boot and samples: the workspace's SMS account; answers the token of its callbacks. */
    async setUp(workspaceId: number, input: SmsAccountInput): Promise<{ callbackToken: string }> {
      const row = await db.tx((tx) => put(tx, workspaceId, 'aliyun', input))
      accountChanged()
      return { callbackToken: row.callback_token }
    },

    /** The account with its secret, for boot; null when there is none. */
    async input(workspaceId: number): Promise<SmsAccountInput | null> {
      const row = await store.accountOf(db, workspaceId, 'sms')
      if (!row) return null
      return {
        endpoint: row.endpoint,
        accessKeyId: row.access_key_id,
        accessKeySecret: row.access_key_secret,
        signName: row.sign_name,
        optOutText: row.opt_out_text,
        pricePerSegmentFen: row.price_per_segment_fen,
      }
    },

    async sign(workspaceId: number): Promise<{ signName: string; optOutText: string } | null> {
      const row = await store.accountOf(db, workspaceId, 'sms')
      return row ? { signName: row.sign_name, optOutText: row.opt_out_text } : null
    },
  }
}
export type Accounts = ReturnType<typeof createAccounts>
