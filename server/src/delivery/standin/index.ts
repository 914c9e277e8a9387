import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import type { Loop } from '../../platform/jobs/loops.ts'
import type { Logger } from '../../platform/log.ts'
import { actions, refused } from './actions.ts'
import { type Behaviour, behaviourSchema, goodNatured } from './behaviour.ts'
import { openJournal, type ReplyEntry } from './journal.ts'
import { createPushes, type PushFetch } from './pushes.ts'
import { createState, phoneOf } from './state.ts'
import { dateSkewMaxMs, type RpcRequest, verify } from './verify.ts'

export interface StandInDeps {
  /** Where it keeps its journal. */
  readonly file: string
  readonly clock: Clock
  readonly log: Logger
  readonly fetch?: PushFetch
}

export interface StandIn {
  /** To be mounted at `/standin`: `/aliyun/` speaks Aliyun's protocol, `/phones/:number` is the customer's phone. */
  readonly app: Hono
  /** A call of Aliyun's protocol, as `app` takes it. */
  rpc(request: RpcRequest): Promise<{ status: number; body: object }>
  /** Pushes receipts, and replies that were not acknowledged at once. */
  readonly loop: Loop
  /** Makes an access key known, and where its receipts and replies go (loopback addresses only). */
  register(account: { accessKeyId: string; accessKeySecret: string; reportUrl: string | null; uplinkUrl: string | null }): void
  behave(behaviour: Partial<Behaviour>): void
  /** Everything it accepted for a number, oldest first. */
  inbox(phone: string): { id: string; text: string; at: string; outId: string }[]
  close(): void
}

export const bodyMax = 64 * 1024
const noncesMax = 200_000
const loopback = new Set(['127.0.0.1', 'localhost', '[::1]'])

const callbackUrl = z
  .url()
  .max(500)
  .refine((url) => loopback.has(new URL(url).hostname), 'the stand-in calls back loopback addresses only')
  .nullable()
const accountSchema = z.object({
  accessKeyId: z.string().min(1).max(100),
  accessKeySecret: z.string().min(1).max(200),
  reportUrl: callbackUrl,
  uplinkUrl: callbackUrl,
})
const replySchema = z.object({ text: z.string().min(1).max(500) })

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/**
 * A stand-in for the SMS provider, for demo and tests: it speaks Aliyun's RPC, checks what Aliyun checks, pushes receipts
 * and replies back, remembers over restarts, and misbehaves on demand. No message leaves the machine.
 */
export function createStandIn({ file, clock, log, fetch: push = fetch }: StandInDeps): StandIn {
  const journal = openJournal(file)
  const state = createState(journal)
  const pushes = createPushes(state, { clock, log, fetch: push })
  const nonces = new Map<string, number>()
  let behaviour = goodNatured
  let left: number | null = null
  let number = Math.max(clock.now(), ...state.messages.slice(-1).map((sms) => Number.parseInt(sms.bizId, 10)))

  function nonceSeen(nonce: string): boolean {
    const now = clock.now()
    // Older ones are refused by their date anyway.
    for (const [old, at] of nonces) {
      if (nonces.size < noncesMax && at > now - 2 * dateSkewMaxMs) break
      nonces.delete(old)
    }
    if (nonces.has(nonce)) return true
    nonces.set(nonce, now)
    return false
  }

  function nextNumber(): number {
    number++
    return number
  }

  /** The behaviour for this call; one that was told a number of times runs out. */
  function behaviourFor(phone: string | null): Behaviour {
    const current = behaviour
    if (current.phone !== null && phoneOf(current.phone) !== phone) return { ...current, mode: 'accept', delayMs: 0 }
    if (left !== null && --left <= 0) {
      behaviour = { ...behaviour, mode: 'accept' }
      left = null
    }
    return current
  }

  async function rpc(request: RpcRequest): Promise<{ status: 200 | 400 | 404 | 500; body: object }> {
    const requestId = `REQ-${nextNumber()}`
    const caller = verify(request, clock.now(), (id) => state.accounts.get(id)?.accessKeySecret ?? null, nonceSeen)
    if ('code' in caller) {
      return { status: caller.status === 404 ? 404 : 400, body: { Code: caller.code, Message: caller.message, RequestId: requestId } }
    }
    const name = request.headers['x-acs-action'] ?? ''
    const action = actions[name]
    if (!action)
      return { status: 404, body: { Code: 'InvalidAction.NotFound', Message: `There is no action ${name}`, RequestId: requestId } }
    const isSend = name === 'SendSms'
    const current = isSend ? behaviourFor(phoneOf(request.query.PhoneNumbers ?? '')) : { ...behaviour, mode: 'accept' as const, delayMs: 0 }
    if (current.delayMs > 0) await pause(current.delayMs)
    const broken = { status: 500 as const, body: { Code: 'InternalError', Message: 'told to fail', RequestId: requestId } }
    if (current.mode === 'fail') return broken
    if (current.mode === 'refuse') return { status: 200, body: { ...refused(current.code), RequestId: requestId } }
    const answer = await action(state, {
      accessKeyId: caller.accessKeyId,
      query: request.query,
      now: clock.now(),
      behaviour: current,
      nextNumber,
    })
    if (current.mode === 'lose') return broken
    if (current.mode === 'hang') await pause(current.hangMs)
    return { status: 200, body: { ...answer, RequestId: requestId } }
  }

  function behave(told: Partial<Behaviour>): void {
    behaviour = behaviourSchema.parse(told)
    left = behaviour.times
  }

  function inbox(text: string): { id: string; text: string; at: string; outId: string }[] {
    const messages = state.byPhone.get(phoneOf(text) ?? '') ?? []
    return messages.map((sms) => ({ id: sms.bizId, text: sms.text, at: new Date(sms.at).toISOString(), outId: sms.outId }))
  }

  const app = new Hono()
  app.use(bodyLimit({ maxSize: bodyMax }))
  app.on(['GET', 'POST'], ['/aliyun', '/aliyun/'], async (c) => {
    const url = new URL(c.req.url)
    const headers = Object.fromEntries(c.req.raw.headers)
    const { status, body } = await rpc({
      method: c.req.method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: headers.host ?? url.host },
      body: await c.req.text(),
    })
    return c.json(body, status)
  })

  const bad = (error: z.ZodError) => ({ error: { code: 'invalid_request', message: z.prettifyError(error), problems: [] } })
  app.post('/aliyun/behaviour', async (c) => {
    const told = behaviourSchema.safeParse(await c.req.json().catch(() => null))
    if (!told.success) return c.json(bad(told.error), 400)
    behave(told.data)
    return c.json(behaviour)
  })
  app.post('/aliyun/accounts', async (c) => {
    const account = accountSchema.safeParse(await c.req.json().catch(() => null))
    if (!account.success) return c.json(bad(account.error), 400)
    register(account.data)
    return c.json({ ok: true })
  })
  app.get('/phones/:number', (c) => {
    const phone = phoneOf(c.req.param('number'))
    if (phone === null) return c.json({ error: { code: 'invalid_request', message: 'That is no mobile number', problems: [] } }, 400)
    const replies = state.replies.filter((reply) => reply.phone === phone).map(({ text, at }) => ({ text, at: new Date(at).toISOString() }))
    c.header('cache-control', 'no-store')
    return c.json({ number: phone, messages: inbox(phone), replies })
  })
  app.post('/phones/:number/reply', async (c) => {
    const phone = phoneOf(c.req.param('number'))
    const body = replySchema.safeParse(await c.req.json().catch(() => null))
    if (!body.success) return c.json(bad(body.error), 400)
    // A phone replies to who wrote to it last.
    const last = phone === null ? undefined : state.byPhone.get(phone)?.at(-1)
    if (phone === null || !last)
      return c.json({ error: { code: 'not_found', message: 'This phone has received nothing to reply to', problems: [] } }, 404)
    const entry: ReplyEntry = {
      kind: 'reply',
      id: nextNumber(),
      accessKeyId: last.accessKeyId,
      phone,
      text: body.data.text,
      at: clock.now(),
    }
    await state.add(entry)
    return c.json({ ok: true, acknowledged: await pushes.reply(entry) })
  })

  function register(account: z.infer<typeof accountSchema>): void {
    const entry = { kind: 'account' as const, ...accountSchema.parse(account) }
    if (JSON.stringify(state.accounts.get(entry.accessKeyId)) !== JSON.stringify(entry)) {
      state.add(entry).catch((error: unknown) => log.error({ err: error }, 'the stand-in could not write its journal'))
    }
  }

  return { app, rpc, loop: pushes.loop, register, behave, inbox, close: () => journal.close() }
}
