import { createHash } from 'node:crypto'
import { isOptOut } from '@chaoxi/contract'
import { z } from 'zod'
import type { Compliance } from '../compliance/index.ts'
import { normalisePhone } from '../identity/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db/postgres.ts'
import type { Metrics } from '../platform/metrics.ts'
import { fromBeijingTime } from './aliyun/beijing.ts'
import { type Message, type MessageEvent, messageEvent } from './message.ts'
import * as store from './store.ts'
import { type AccountRow, accountByToken } from './store-accounts.ts'
import { insertEvents } from './store-events.ts'
import { markReplied } from './store-fates.ts'
import * as receipts from './store-receipts.ts'
import { testMessagePrefix } from './trial/trial-post.ts'
import { settleTestReceipt } from './trial/trial-store.ts'

/** Aliyun's pushes. They carry no signature: the token in their path stands for one. */
export interface Callbacks {
  /** Null: the token is nobody's. Else how many entries could be read. */
  report(token: string, body: unknown): Promise<number | null>
  uplink(token: string, body: unknown): Promise<number | null>
}

export interface CallbacksDeps {
  readonly db: Db
  readonly clock: Clock
  readonly metrics: Metrics
  readonly compliance: Pick<Compliance, 'suppress' | 'state'>
  personOf(workspaceId: number, kind: 'phone', value: string): Promise<number | null>
  /** Drops what waits for the person on SMS, in this transaction. */
  dropWaiting(tx: Tx, refusal: { workspaceId: number; personId: number; channel: 'sms'; reason: string }): Promise<void>
  eventsWritten(): void
}

const text = z.union([z.string(), z.number()]).transform(String)
const reportSchema = z.object({
  phone_number: text,
  report_time: text.default(''),
  success: z.union([z.boolean(), z.string()]).transform((value) => value === true || value === 'true'),
  err_code: text.default(''),
  err_msg: text.default(''),
  biz_id: text.default(''),
  out_id: text.default(''),
})
const uplinkSchema = z.object({
  phone_number: text,
  content: text,
  send_time: text.default(''),
  dest_code: text.default(''),
  sequence_id: text.optional(),
  sign_name: text.optional(),
})
type Report = z.infer<typeof reportSchema>
type Uplink = z.infer<typeof uplinkSchema>

const entriesMax = 1_000
const textMax = 500
/** A reply is to a message that went out no longer ago. */
const repliedWithinMs = 72 * 3_600_000
/** Carriers tell the second, by their own clock. */
const clockSkewMs = 60_000
/** A carrier's clock may be off, but nothing was received in the future. */
const timeOf = (written: string, now: number) => Math.min(fromBeijingTime(written) ?? now, now)

export function createCallbacks(deps: CallbacksDeps): Callbacks {
  const { db, clock, metrics, compliance } = deps
  const received = metrics.counter('sms_callbacks_total', 'Entries that the SMS provider pushed', ['kind', 'result'])

  /** What a receipt does to its message, or why nothing: the same one again, or a later one that disagrees, changes nothing. */
  function settle(message: Message | undefined, report: Report, now: number): string | receipts.Receipt {
    if (!message) return 'no_message'
    if (message.address !== normalisePhone(report.phone_number)) return 'other_number'
    // Held or queued again after a look in vain, or after an answer that was lost: the receipt proves that it went out.
    if (['delivered', 'failed', 'dropped'].includes(message.state) || message.attempts === 0) return 'known'
    const at = timeOf(report.report_time, now)
    const details = { code: report.err_code, message: report.err_msg.slice(0, textMax) }
    const base = { workspaceId: message.workspaceId, id: message.id, providerId: report.biz_id || null, details }
    if (report.success) {
      return { ...base, state: 'delivered', reason: null, deliveredAt: new Date(at), event: messageEvent(message, 'Message Delivered', at) }
    }
    const reason = report.err_code || 'failed'
    const event = messageEvent(message, 'Message Failed', at, { properties: { reason } })
    return { ...base, state: 'failed', reason, deliveredAt: null, event }
  }

  /** Of what trials sent to colleagues. */
  async function takeTestReports(account: AccountRow, reports: readonly Report[]): Promise<string[]> {
    const now = clock.now()
    const results: string[] = []
    for (const { out_id: id, success, err_code, report_time } of reports) {
      const at = new Date(timeOf(report_time, now))
      const receipt = success
        ? ({ state: 'delivered', reason: null, at } as const)
        : ({ state: 'failed', reason: err_code || 'failed', at } as const)
      results.push((await settleTestReceipt(db, account.workspace_id, id, receipt)) ? receipt.state : 'known')
    }
    return results
  }

  async function takeReports(account: AccountRow, reports: readonly Report[]): Promise<string[]> {
    const [ours, tests] = [reports.filter((one) => !isTest(one)), reports.filter(isTest)]
    return [...(await takeOurReports(account, ours)), ...(await takeTestReports(account, tests))]
  }

  /** A push of receipts, in one transaction. */
  async function takeOurReports(account: AccountRow, reports: readonly Report[]): Promise<string[]> {
    if (reports.length === 0) return []
    const now = clock.now()
    return db.tx(async (tx) => {
      const byId = new Map(
        (await receipts.messagesOfReceipts(tx, account.workspace_id, [...new Set(reports.map((report) => report.out_id))])).map((one) => [
          one.id,
          one,
        ]),
      )
      const strangers = reports.flatMap((report) => (byId.has(report.out_id) || report.biz_id === '' ? [] : report.biz_id))
      const found = strangers.length === 0 ? [] : await receipts.messagesOfProvider(tx, account.workspace_id, [...new Set(strangers)])
      const byProviderId = new Map(found.map((message) => [message.providerId, message]))
      const settled = new Map<string, receipts.Receipt>()
      const results = reports.map((report) => {
        const message = byId.get(report.out_id) ?? (report.biz_id ? byProviderId.get(report.biz_id) : undefined)
        const result = settle(message, report, now)
        if (typeof result === 'string') return result
        if (settled.has(result.id)) return 'known'
        settled.set(result.id, result)
        return result.state
      })
      await receipts.settleReceipts(tx, [...settled.values()], new Date(now))
      return results
    })
  }

  /** In force when this has committed, and only then is the push answered. */
  async function takeUplink(account: AccountRow, uplink: Uplink): Promise<string> {
    const now = clock.now()
    const address = normalisePhone(uplink.phone_number)
    if (address === null) return 'no_number'
    const { workspace_id: workspaceId } = account
    const personId = await deps.personOf(workspaceId, 'phone', address)
    const at = timeOf(uplink.send_time, now)
    const key = keyOf(address, uplink)
    const optOut = isOptOut(uplink.content)
    const evidence = {
      text: uplink.content.slice(0, textMax),
      destCode: uplink.dest_code,
      sequenceId: uplink.sequence_id ?? null,
      provider: account.provider,
      sendTime: uplink.send_time,
      receivedAt: new Date(now).toISOString(),
    }
    await db.tx(async (tx) => {
      if (optOut) {
        // The person's turn: a message that the gate is just passing is committed before, and looks once more before its call.
        if (personId !== null) await store.awaitPersonTurn(tx, { workspaceId, personId })
        await compliance.suppress(tx, { workspaceId, channel: 'sms', address, reason: 'opt_out', at, evidence })
        if (personId !== null) {
          await deps.dropWaiting(tx, { workspaceId, personId, channel: 'sms', reason: 'suppressed' })
          await compliance.state(tx, {
            workspaceId,
            personId,
            channel: 'sms',
            granted: false,
            at,
            source: 'sms_reply',
            sourceKey: key,
            evidence,
          })
        }
      }
      if (personId === null) return
      const properties = { channel: 'sms', text: evidence.text, dest_code: uplink.dest_code }
      const between = { since: new Date(at - repliedWithinMs), until: new Date(at + clockSkewMs) }
      const message = optOut ? null : await markReplied(tx, { workspaceId, personId, address }, new Date(at), between)
      const event: MessageEvent = message
        ? { ...messageEvent(message, 'Message Replied', at, { properties }), messageId: key }
        : { workspaceId, personId, event: optOut ? 'Message Unsubscribed' : 'Message Replied', properties, messageId: key, at }
      await insertEvents(tx, [event])
    })
    if (optOut) return 'opt_out'
    return personId === null ? 'unknown_person' : 'reply'
  }

  async function take<T>(
    kind: string,
    token: string,
    body: unknown,
    schema: z.ZodType<T>,
    all: (account: AccountRow, entries: readonly T[]) => Promise<string[]>,
  ): Promise<number | null> {
    const account = await accountByToken(db, token)
    if (!account) return null
    const entries = (Array.isArray(body) ? body : [body]).slice(0, entriesMax).map((entry) => schema.safeParse(entry))
    const readable = entries.flatMap((entry) => (entry.success ? [entry.data] : []))
    received.inc({ kind, result: 'unreadable' }, entries.length - readable.length)
    for (const result of await all(account, readable)) received.inc({ kind, result })
    deps.eventsWritten()
    return readable.length
  }

  return {
    report: (token, body) => take('report', token, body, reportSchema, takeReports),
    uplink: (token, body) =>
      take('uplink', token, body, uplinkSchema, async (account, uplinks) => {
        const results = []
        for (const uplink of uplinks) results.push(await takeUplink(account, uplink))
        return results
      }),
  }
}

const isTest = ({ out_id }: Report) => out_id.startsWith(`${testMessagePrefix}_`)

/** The same push again has the same key; without a sequence id the reply itself is the key. */
function keyOf(address: string, { sequence_id, content, send_time }: Uplink): string {
  const id = sequence_id ?? `${send_time}:${content}`
  return `uplink:${createHash('sha256').update(`${address}:${id}`).digest('hex').slice(0, 32)}`
}
