import { popupContentSchema, type WaitingPopup } from '@chaoxi/contract'
import { z } from 'zod'
import type { Compliance } from '../../compliance/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db, Queryable, Tx } from '../../platform/db/postgres.ts'
import type { Ids } from '../../platform/ids.ts'
import type { Loop } from '../../platform/jobs/loops.ts'
import type { SmsProvider } from '../provider.ts'
import { accountOf } from '../store-accounts.ts'
import * as store from './trial-store.ts'

export const trialPostLoop = 'delivery_trial'
export const testMessagePrefix = 'tms'
const everyMs = 2_000
const batchMax = 20
/** A call takes ten seconds at most; who has not answered by then has gone. */
const sendingMs = 60_000
const popupMark = '[测试] '

const smsSchema = z.object({ code: z.string(), params: z.record(z.string(), z.string()) })

export interface TrialPostDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  readonly provider: Pick<SmsProvider, 'send'>
  readonly compliance: Pick<Compliance, 'suppressions'>
}

/** What trials send of messages: to colleagues, through the same provider, once. */
export interface TrialPost {
  /** One per key, ever. After the commit wake `trialPostLoop`. */
  enqueue(tx: Tx, messages: readonly store.TestMessage[]): Promise<void>
  fates(workspaceId: number, trialId: string): Promise<readonly store.TestFate[]>
  load(db: Queryable, workspaceId: number, trialId: string): ReturnType<typeof store.testLoad>
  /** What waits goes no more. */
  stop(tx: Queryable, workspaceId: number, trialId: string): Promise<void>
  forget(tx: Queryable, workspaceId: number, trialId: string): Promise<void>
  popupFor(workspaceId: number, userId: string): Promise<WaitingPopup | null>
  act(workspaceId: number, id: string, act: 'shown' | 'clicked' | 'closed'): Promise<boolean>
  readonly loop: Loop
}

export function createTrialPost({ db, clock, ids, provider, compliance }: TrialPostDeps): TrialPost {
  async function send(
    row: store.TestMessageRow,
  ): Promise<{ state: 'sent' | 'failed' | 'unknown'; reason: string | null; providerId: string | null }> {
    const failed = (reason: string) => ({ state: 'failed', reason, providerId: null }) as const
    if (row.reason !== null) return failed(row.reason)
    const account = await accountOf(db, row.workspace_id, 'sms')
    const content = smsSchema.safeParse(row.content)
    if (account === null || !content.success) return failed('no_sms_account')
    // A colleague who has refused is asked no more often than a customer.
    if ((await compliance.suppressions(db, row.workspace_id, [row.address])).has(`sms:${row.address}`)) return failed('suppressed')
    const outcome = await provider.send(
      {
        endpoint: account.endpoint,
        accessKeyId: account.access_key_id,
        accessKeySecret: account.access_key_secret,
        signName: account.sign_name,
      },
      { address: row.address, templateCode: content.data.code, params: content.data.params, outId: row.id },
    )
    if (outcome.kind === 'accepted') return { state: 'sent', reason: null, providerId: outcome.providerId }
    if (outcome.kind === 'refused') return failed(outcome.code)
    return outcome.kind === 'not_sent' ? failed('not_sent') : { state: 'unknown', reason: null, providerId: null }
  }

  async function run(): Promise<boolean> {
    const now = clock.now()
    await store.giveUpLost(db, new Date(now))
    const claimed = await db.tx((tx) => store.claimTestMessages(tx, new Date(now), new Date(now + sendingMs), batchMax))
    for (const row of claimed) await store.settleTestMessage(db, row, { ...(await send(row)), at: new Date(clock.now()) })
    return claimed.length > 0
  }

  return {
    enqueue: (tx, messages) =>
      store.insertTestMessages(
        tx,
        messages.map((one) => ({ ...one, id: ids.next(testMessagePrefix) })),
        new Date(clock.now()),
      ),
    fates: (workspaceId, trialId) => store.testFates(db, workspaceId, trialId),
    load: store.testLoad,
    stop: store.stopTestMessages,
    forget: store.deleteTestMessages,
    async popupFor(workspaceId, userId) {
      const row = await store.waitingTestPopup(db, workspaceId, userId, new Date(clock.now()))
      const content = popupContentSchema.safeParse(row?.content)
      if (row === null || !content.success) return null
      await store.actOnTestPopup(db, workspaceId, row.id, 'handed', new Date(clock.now()))
      const { title, body, imageUrl, button, action } = content.data
      return { id: row.id, title: popupMark + title, body, imageUrl, button, action }
    },
    act: (workspaceId, id, act) => store.actOnTestPopup(db, workspaceId, id, act, new Date(clock.now())),
    loop: { name: trialPostLoop, everyMs, run },
  }
}
