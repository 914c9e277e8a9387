import type { Compliance } from '../compliance/index.ts'
import type { Clock } from '../platform/clock.ts'
import { type Db, postgresCode, type Tx } from '../platform/db/postgres.ts'
import type { Ids } from '../platform/ids.ts'
import type { Loop } from '../platform/jobs/loops.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { createBatcher } from './batcher.ts'
import type { FactsLoader } from './facts.ts'
import { type Message, type MessageEvent, messageEvent, type Timing } from './message.ts'
import { type Consequence, consequenceOf } from './outcomes.ts'
import { type Plan, planMessage } from './plan.ts'
import type { SendOutcome, SmsProvider } from './provider.ts'
import * as store from './store.ts'
import type { AccountRow } from './store-accounts.ts'
import { insertLinks } from './store-links.ts'

export const deliveryLoop = 'delivery'

export interface SenderDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  readonly timing: Timing
  readonly provider: SmsProvider
  readonly compliance: Pick<Compliance, 'suppress'>
  readonly loadFacts: FactsLoader
  /** Something is in `message_events`. */
  eventsWritten(): void
}

/** Messages claimed and not finished. They wait committed as `sending`, so that only so many are in doubt after a crash. */
const outstandingMax = 192
/** Calls of the provider at a time: 960 messages a second at 100 ms a call. */
export const callsMax = 96
const outcomesMax = 128
/** A group costs several times what one more member costs, and nobody waits for its outcome. */
const outcomesGatherMs = 50
const looksGatherMs = 3
const linkCodeLength = 10
const idlePauseMs = 1_000
const undecidedPauseMs = 60_000
/** While calls run, the loop looks for new messages at least this often. */
const busyPauseMs = 20
/** Between two batches: what comes meanwhile goes together. */
const gatherMs = 30

interface Going {
  readonly message: Message
  readonly plan: Extract<Plan, { kind: 'go' }>
  readonly account: AccountRow
  readonly claimedAt: number
}

interface Finished {
  readonly message: Message
  readonly consequence: Consequence
  readonly address: string
}

interface Look {
  readonly key: store.LookKey
  ours: boolean
  refused: boolean
}

interface Planned {
  readonly message: Message
  readonly plan: Plan
  readonly account: AccountRow | null
}

function postpone({ workspaceId, id, rendered }: Message, now: number): Plan {
  // A popup keeps its end: it is asked for by its visitor anyway.
  const due = typeof rendered.expiresAt === 'number' ? Math.min(rendered.expiresAt, now + undecidedPauseMs) : now + undecidedPauseMs
  const reason = 'internal_error'
  return { kind: 'rest', rest: { workspaceId, id, state: 'held', reason, due }, decision: { answer: 'hold', reason, details: {} } }
}

function eventOf(message: Message, { state, reason }: Consequence, now: number): MessageEvent | null {
  if (state === 'sent') return messageEvent(message, 'Message Sent', now)
  return state === 'failed' ? messageEvent(message, 'Message Failed', now, { properties: { reason } }) : null
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export interface Sender {
  readonly loop: Loop
  /** Resolves when every call that runs has ended and is written. */
  settle(): Promise<void>
}

/**
 * Takes due messages, asks the gate, and sends. A message is committed as `sending` before the provider is called, so
 * that after a crash it is asked about instead of sent again (see reconcile.ts).
 */
export function createSender(deps: SenderDeps): Sender {
  const { db, clock, ids, log, metrics, timing, provider, compliance, loadFacts } = deps
  const decisions = metrics.counter('message_decisions_total', 'Answers of the gate', ['channel', 'answer', 'reason'])
  const attempts = metrics.counter('message_attempts_total', 'Calls of a provider', ['outcome'])
  const pausedGauge = metrics.gauge('sms_account_paused', '1 while sending stands still after an error of the account', ['workspace'])
  const delay = metrics.histogram(
    'message_delay_seconds',
    'From the wish to send until the provider is called, for messages that were not held',
  )
  const outstanding = new Set<Promise<void>>()
  const pausedUntil = new Map<number, number>()
  let calls = 0
  const callers: (() => void)[] = []

  async function takeCall(): Promise<void> {
    if (calls >= callsMax) await new Promise<void>((resolve) => callers.push(resolve))
    calls++
  }
  function giveCall(): void {
    calls--
    callers.shift()?.()
  }

  const finished = createBatcher<Finished>(
    async (group) => {
      const now = clock.now()
      await db.tx(async (tx) => {
        await store.finishSending(
          tx,
          group.map(({ message, consequence }) => ({
            ...consequence,
            workspaceId: message.workspaceId,
            id: message.id,
            due: consequence.dueInMs === null ? null : new Date(now + consequence.dueInMs),
            event: eventOf(message, consequence, now),
            toldAnyway: consequence.state === 'sent',
          })),
          new Date(now),
        )
        for (const { message, consequence, address } of group) {
          if (consequence.suppress === null) continue
          const evidence = { message: message.id, ...consequence.attempt.details }
          await compliance.suppress(tx, {
            workspaceId: message.workspaceId,
            channel: 'sms',
            address,
            reason: consequence.suppress,
            at: now,
            evidence,
          })
        }
      })
      deps.eventsWritten()
    },
    outcomesMax,
    outcomesGatherMs,
  )

  /** Calls that begin together look together. */
  const looks = createBatcher<Look>(
    async (group) => {
      const found = await store.lookOnceMore(
        db,
        group.map((look) => look.key),
      )
      for (const look of group) Object.assign(look, found.get(look.key.id))
    },
    callsMax,
    looksGatherMs,
  )

  async function planTogether(tx: Tx, workspaceId: number, messages: readonly Message[], now: number): Promise<Planned[]> {
    const facts = await loadFacts(tx, workspaceId, messages, now)
    return messages.map((message) => {
      const plan = planMessage(message, facts.of(message), now, () => ids.code(linkCodeLength))
      if (plan.kind === 'go') facts.goes(message, now)
      return { message, plan, account: facts.account }
    })
  }

  /** One person whose facts cannot be loaded must not stop everybody else: the batch is then decided person by person. */
  async function planWorkspace(tx: Tx, workspaceId: number, messages: readonly Message[], now: number): Promise<Planned[]> {
    try {
      return await planTogether(tx, workspaceId, messages, now)
    } catch (error) {
      // A transaction that failed in the store cannot go on; the loop tries the whole batch again.
      if (postgresCode(error) !== null) throw error
      const people = [...Map.groupBy(messages, (message) => message.personId).values()]
      if (people.length > 1) {
        const planned: Planned[] = []
        for (const own of people) planned.push(...(await planWorkspace(tx, workspaceId, own, now)))
        return planned
      }
      log.error({ err: error, messages: messages.map((message) => message.id) }, 'messages cannot be decided; they are tried again later')
      return messages.map((message) => ({ message, plan: postpone(message, now), account: null }))
    }
  }

  /** Messages of a paused account wait out the pause; the gate is not asked about what cannot go. */
  function isPaused(message: Message, now: number): boolean {
    return message.channel === 'sms' && (pausedUntil.get(message.workspaceId) ?? 0) > now
  }

  /** One batch, decided and written in one transaction. */
  async function claim(limit: number): Promise<{ seen: number; handled: number; going: Going[] }> {
    const now = clock.now()
    for (const [workspaceId, until] of pausedUntil) {
      if (until > now) continue
      pausedUntil.delete(workspaceId)
      pausedGauge.set({ workspace: String(workspaceId) }, 0)
    }
    const result = await db.tx(async (tx) => {
      const due = await store.claimDue(tx, new Date(now), limit)
      if (due.length === 0) return { seen: 0, handled: 0, planned: [] }
      const turns = await store.tryPersonTurns(tx, due)
      const own = due.filter((message) => turns.has(store.personKey(message)))
      const paused = own.filter((message) => isPaused(message, now))
      await store.restMessages(
        tx,
        paused.map(({ workspaceId, id, reason }) => ({
          workspaceId,
          id,
          state: 'held',
          reason: reason ?? 'account_paused',
          due: new Date(pausedUntil.get(workspaceId) ?? now),
        })),
      )
      const open = own.filter((message) => !isPaused(message, now))
      const planned = []
      for (const [workspaceId, messages] of Map.groupBy(open, (message) => message.workspaceId)) {
        planned.push(...(await planWorkspace(tx, workspaceId, messages, now)))
      }
      await write(tx, planned, now)
      return { seen: due.length, handled: own.length, planned }
    })
    const going = result.planned.flatMap(({ message, plan, account }): Going[] => {
      decisions.inc({ channel: message.channel, answer: plan.decision.answer, reason: plan.decision.reason })
      if (plan.kind === 'go' && message.attempts === 0 && message.state === 'queued') delay.observe((now - message.createdAt) / 1000)
      return plan.kind === 'go' && account ? [{ message, plan, account, claimedAt: now }] : []
    })
    return { seen: result.seen, handled: result.handled, going }
  }

  async function write(tx: Tx, planned: readonly { message: Message; plan: Plan }[], now: number): Promise<void> {
    const at = new Date(now)
    const departures: store.Departure[] = []
    const rests: store.Rest[] = []
    const links: { code: string; url: string; workspaceId: number; messageId: string }[] = []
    for (const { message, plan } of planned) {
      if (plan.kind === 'rest') rests.push({ ...plan.rest, due: plan.rest.due === null ? null : new Date(plan.rest.due) })
      else {
        departures.push(plan.departure)
        if (plan.link) links.push({ ...plan.link, workspaceId: message.workspaceId, messageId: message.id })
      }
    }
    await store.insertDecisions(
      tx,
      planned.map(({ message, plan }) => ({ ...plan.decision, workspaceId: message.workspaceId, id: message.id })),
      at,
    )
    await store.restMessages(tx, rests)
    await insertLinks(tx, links, at)
    await store.startSending(tx, departures, at, new Date(now + timing.sendingMs))
  }

  /** The last look before the call, since the batch was decided a moment ago. Null: go. */
  async function lastLook({ message, plan, account, claimedAt }: Going): Promise<Consequence | 'not_ours' | null> {
    const attempt = message.attempts + 1
    const { address } = plan.request
    const look: Look = {
      key: { workspaceId: message.workspaceId, id: message.id, attempts: attempt, marketing: message.purpose === 'marketing', address },
      ours: false,
      refused: false,
    }
    await looks.add(look)
    // Having waited for its turn (or slept with the whole process), it must win its time anew from the reconciler.
    const late = clock.now() - claimedAt > (timing.sendingMs - timing.callMs) / 2
    const ours = look.ours && (!late || (await store.renewSending(db, message, attempt, new Date(clock.now() + timing.sendingMs))))
    if (!ours) return 'not_ours'
    const nothing = { providerId: null, suppress: null, pauseAccount: false, wentOut: false }
    if (look.refused) {
      const details = { why: 'refused after the gate was asked' }
      return { ...nothing, state: 'dropped', reason: 'suppressed', dueInMs: null, attempt: { outcome: 'not_sent', details } }
    }
    const until = pausedUntil.get(account.workspace_id) ?? 0
    if (until <= clock.now()) return null
    const details = { why: 'the account is paused' }
    return { ...nothing, state: 'held', reason: 'account_paused', dueInMs: until - clock.now(), attempt: { outcome: 'not_sent', details } }
  }

  async function send(going: Going): Promise<void> {
    const { message, plan, account } = going
    await takeCall()
    let consequence: Consequence
    try {
      const stopped = await lastLook(going)
      if (stopped === 'not_ours') return
      consequence = stopped ?? consequenceOf(await call(account, plan), message.attempts + 1, timing)
    } finally {
      giveCall()
    }
    attempts.inc({ outcome: consequence.attempt.outcome })
    if (consequence.pauseAccount) {
      pausedUntil.set(message.workspaceId, clock.now() + timing.accountPauseMs)
      pausedGauge.set({ workspace: String(message.workspaceId) }, 1)
      log.error({ workspace: message.workspaceId, code: consequence.reason }, 'the SMS account refuses everything; sending pauses')
    }
    await finished.add({ message, consequence, address: plan.request.address })
  }

  async function call(account: AccountRow, plan: Going['plan']): Promise<SendOutcome> {
    const credentials = {
      endpoint: account.endpoint,
      accessKeyId: account.access_key_id,
      accessKeySecret: account.access_key_secret,
      signName: account.sign_name,
    }
    return provider.send(credentials, plan.request)
  }

  function start(going: Going): void {
    const work = send(going)
      // It stays `sending` in the store, where the reconciler finds it.
      .catch((error) => log.error({ err: error, message: going.message.id }, 'sending did not come to an end'))
      .finally(() => {
        outstanding.delete(work)
        if (hasRoom()) roomMade()
      })
    outstanding.add(work)
  }

  const hasRoom = () => outstanding.size <= outstandingMax / 2
  let roomMade = () => {}
  const room = () =>
    new Promise<void>((resolve) => {
      roomMade = resolve
    })

  async function run(): Promise<boolean> {
    if (!hasRoom()) {
      await Promise.race([room(), pause(busyPauseMs)])
      return true
    }
    const { seen, handled, going } = await claim(outstandingMax - outstanding.size)
    for (const one of going) start(one)
    if (handled > 0) return true
    // Other workers have the turn of all these people: they will be free in a moment.
    if (seen > 0) await pause(busyPauseMs)
    else if (outstanding.size > 0) await Promise.race([Promise.all(outstanding), pause(busyPauseMs)])
    else return false
    return true
  }

  return {
    loop: { name: deliveryLoop, everyMs: idlePauseMs, gatherMs, run },
    settle: async () => {
      await Promise.all([...outstanding])
    },
  }
}
