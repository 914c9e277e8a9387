import type { Clock } from '../../platform/clock.ts'
import type { Loop } from '../../platform/jobs/loops.ts'
import type { Logger } from '../../platform/log.ts'
import { beijingTime } from '../aliyun/beijing.ts'
import type { ReplyEntry, SmsEntry } from './journal.ts'
import type { StandInState } from './state.ts'

export type PushFetch = (
  url: string,
  init: { method: 'POST'; headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<Response>

/** Aliyun pushes again after 1, 5 and 10 minutes, then no more. */
const retryAfterMs = [60_000, 300_000, 600_000]
const reportsPerPush = 100
const reportsPerRun = 2_000
const pushTimeoutMs = 5_000
const everyMs = 250
/** Receipts go in batches, as the carriers' do. */
const gatherMs = 250

export interface Pushes {
  readonly loop: Loop
  /** Pushes a reply at once; true when it was acknowledged. Otherwise it is tried again by the loop. */
  reply(entry: ReplyEntry): Promise<boolean>
}

/** Receipts and replies on their way to the callback addresses of their accounts. */
export function createPushes(state: StandInState, { clock, log, fetch }: { clock: Clock; log: Logger; fetch: PushFetch }): Pushes {
  /** How often each was tried in vain, and when it is tried again. Forgotten at a restart: then all are tried at once. */
  const tries = new Map<string, { count: number; at: number }>()
  // Everything before this place is done, so that a long journal is not read through again and again.
  let firstOpenReport = 0
  let firstOpenReply = 0

  async function push(url: string, body: readonly object[]): Promise<boolean> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(pushTimeoutMs),
      })
      const answer: unknown = await response.json().catch(() => null)
      return response.ok && typeof answer === 'object' && answer !== null && 'code' in answer && answer.code === 0
    } catch (error) {
      log.debug({ err: error, url }, 'the stand-in could not push')
      return false
    }
  }

  function settle(what: 'report' | 'uplink', ids: readonly string[], acknowledged: boolean): Promise<unknown> {
    const done: Promise<void>[] = []
    for (const id of ids) {
      const key = `${what}:${id}`
      const count = (tries.get(key)?.count ?? 0) + 1
      const wait = retryAfterMs[count - 1]
      if (acknowledged || wait === undefined) {
        tries.delete(key)
        done.push(state.add({ kind: 'pushed', what, id }))
      } else tries.set(key, { count, at: clock.now() + wait })
    }
    return Promise.all(done)
  }

  const isOpen = (key: string) => !state.pushed.has(key) && (tries.get(key)?.at ?? 0) <= clock.now()

  const reportOf = (sms: SmsEntry) => ({
    phone_number: sms.phone,
    send_time: beijingTime(sms.at),
    report_time: beijingTime(sms.receiptAt),
    success: sms.success,
    err_code: sms.errorCode,
    err_msg: sms.success ? '用户接收成功' : '接收失败',
    sms_size: String(sms.text.length <= 70 ? 1 : Math.ceil(sms.text.length / 67)),
    biz_id: sms.bizId,
    out_id: sms.outId,
  })

  async function pushReports(): Promise<boolean> {
    while (firstOpenReport < state.messages.length && state.pushed.has(`report:${state.messages[firstOpenReport]?.bizId}`))
      firstOpenReport++
    const due = state.messages
      .slice(firstOpenReport)
      .filter((sms) => sms.receiptAt <= clock.now() && isOpen(`report:${sms.bizId}`) && state.accounts.get(sms.accessKeyId)?.reportUrl)
      .slice(0, reportsPerRun)
    for (const [accessKeyId, own] of Map.groupBy(due, (sms) => sms.accessKeyId)) {
      const url = state.accounts.get(accessKeyId)?.reportUrl
      for (let i = 0; url && i < own.length; i += reportsPerPush) {
        const group = own.slice(i, i + reportsPerPush)
        const acknowledged = await push(url, group.map(reportOf))
        await settle(
          'report',
          group.map((sms) => sms.bizId),
          acknowledged,
        )
      }
    }
    return due.length > 0
  }

  async function reply(entry: ReplyEntry): Promise<boolean> {
    const url = state.accounts.get(entry.accessKeyId)?.uplinkUrl
    if (!url) return false
    const body = {
      phone_number: entry.phone,
      content: entry.text,
      send_time: beijingTime(entry.at),
      dest_code: '1069',
      sequence_id: entry.id,
    }
    const acknowledged = await push(url, [body])
    await settle('uplink', [String(entry.id)], acknowledged)
    return acknowledged
  }

  async function pushReplies(): Promise<boolean> {
    while (firstOpenReply < state.replies.length && state.pushed.has(`uplink:${state.replies[firstOpenReply]?.id}`)) firstOpenReply++
    const due = state.replies
      .slice(firstOpenReply)
      .filter((entry) => isOpen(`uplink:${entry.id}`) && state.accounts.get(entry.accessKeyId)?.uplinkUrl)
    for (const entry of due) await reply(entry)
    return due.length > 0
  }

  return {
    reply,
    loop: {
      name: 'standin_pushes',
      everyMs,
      restMs: gatherMs,
      gatherMs,
      async run() {
        const replies = await pushReplies()
        return (await pushReports()) || replies
      },
    },
  }
}
