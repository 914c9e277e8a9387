import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Loop } from '../platform/jobs/loops.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { type Message, type MessageEvent, messageEvent, type Timing } from './message.ts'
import type { FindOutcome, SmsProvider } from './provider.ts'
import * as store from './store.ts'
import { accountOf } from './store-accounts.ts'

export interface ReconcilerDeps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly timing: Timing
  readonly provider: SmsProvider
  eventsWritten(): void
}

const batch = 16
const idlePauseMs = 2_000
/** While one process asks, no other does. Longer than a question takes, records page by page. */
const leaseMs = 120_000
const unansweredPauseMs = 60_000
const looksInVainMax = 2
/** After this the question is given up: the message stays `unknown` and is never sent again. */
const giveUpMs = 72 * 3_600_000

type Settled = Omit<store.Outcome, 'event' | 'toldAnyway'>

function eventOf(message: Message, { state, reason }: Settled, now: number): MessageEvent | null {
  if (state === 'sent') return messageEvent(message, 'Message Sent', message.sentAt ?? now)
  return state === 'failed' ? messageEvent(message, 'Message Failed', now, { properties: { reason } }) : null
}

/**
 * Messages whose fate is unknown: their sender died between committing `sending` and writing the outcome, or the
 * provider's answer was lost. The provider's own records decide (they carry our id). A message goes out again only
 * when two looks, a good while apart, both read the records and did not find it.
 */
export function createReconciler({ db, clock, log, metrics, timing, provider, eventsWritten }: ReconcilerDeps): Loop {
  const reconciled = metrics.counter('messages_reconciled_total', 'Messages of unknown outcome, by what the records said', ['result'])

  async function ask(message: Message): Promise<FindOutcome> {
    const account = await accountOf(db, message.workspaceId, 'sms')
    if (!account || message.address === null || message.sentAt === null)
      return { kind: 'unanswered', error: 'there is no account to ask with' }
    const credentials = {
      endpoint: account.endpoint,
      accessKeyId: account.access_key_id,
      accessKeySecret: account.access_key_secret,
      signName: account.sign_name,
    }
    return provider.find(credentials, { address: message.address, outId: message.id, sentAt: message.sentAt })
  }

  async function settle(message: Message, found: FindOutcome): Promise<void> {
    const now = clock.now()
    const base = { workspaceId: message.workspaceId, id: message.id, providerId: null, wentOut: true }
    const looks = found.kind === 'absent' ? (await store.looksInVain(db, message)) + 1 : 0
    const outcome = ((): Settled => {
      if (found.kind === 'found') {
        const attempt = { outcome: 'found', details: { ...found.message } }
        if (found.message.state === 'failed')
          return { ...base, state: 'failed', reason: found.message.errorCode ?? 'failed', due: null, attempt }
        return { ...base, state: 'sent', reason: null, due: null, attempt }
      }
      const unknown = { ...base, state: 'unknown' as const, reason: 'unknown_outcome' }
      if (found.kind === 'unanswered') {
        const givenUp = now - (message.sentAt ?? message.createdAt) > giveUpMs
        return {
          ...unknown,
          due: givenUp ? null : new Date(now + unansweredPauseMs),
          attempt: { outcome: givenUp ? 'given_up' : 'unanswered', details: { error: found.error } },
        }
      }
      const attempt = { outcome: 'not_found', details: { looks } }
      if (looks < looksInVainMax) return { ...unknown, due: new Date(now + timing.secondLookMs), attempt }
      return { ...base, state: 'queued', reason: null, due: new Date(now), wentOut: false, attempt }
    })()
    await db.tx((tx) => store.finishSending(tx, [{ ...outcome, event: eventOf(message, outcome, now), toldAnyway: false }], new Date(now)))
    reconciled.inc({ result: outcome.state === 'queued' ? 'sent_again' : found.kind })
    log.warn({ message: message.id, found, state: outcome.state }, 'a message of unknown outcome was reconciled')
    eventsWritten()
  }

  return {
    name: 'delivery_reconcile',
    everyMs: idlePauseMs,
    async run() {
      const messages = await db.tx(async (tx) => {
        const claimed = await store.claimUnknown(tx, new Date(clock.now()), batch)
        if (claimed.length > 0) await store.leaseUnknown(tx, claimed, new Date(clock.now() + leaseMs))
        return claimed
      })
      await Promise.all(messages.map(async (message) => settle(message, await ask(message))))
      return messages.length > 0
    },
  }
}
