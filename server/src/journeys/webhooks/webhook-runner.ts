import type { PersonSummary } from '@chaoxi/contract'
import type { Seal } from '../../platform/seal.ts'
import type { EngineDeps } from '../deps.ts'
import { deedLoopName } from '../loop-names.ts'
import { attemptOf, isFailure, isGone, judgeAttempt, type Verdict } from './attempt.ts'
import { type EndpointRow, endpointsDue, noteFailure, noteSuccess } from './endpoint-store.ts'
import { postingFor, secretsOf } from './envelope.ts'
import { claimForlorn, type DuePosting, forgetPostings, handBack, leasePostings, type Outcome, settlePosting } from './posting-store.ts'

/** Posts under way to one endpoint: a slow one has no more of ours than this. */
const perEndpointMax = 4
const underWayMax = 48
const forlornMax = 200
/** Beyond the endpoint's own time to answer: then whoever has taken a posting is taken to have died. */
const leaseSpareMs = 60_000
/** So many failures in a row, over at least this time: it is paused. */
const failuresMax = 20
const failingMs = 10 * 60_000
/** As long as one run waits for answers before it looks what else is due. */
const lookMs = 250
const dayMs = 86_400_000
const valuesKeptMs = 7 * dayMs
const postingsKeptMs = 30 * dayMs

export interface WebhookRunner {
  /** Posts what is due; answers whether anything was, or still is under way. */
  run(): Promise<boolean>
  /** Forgets what is over for long. */
  upkeep(): Promise<void>
  /** Gives up waiting for answers; what was under way is posted again at the next start. */
  stop(): Promise<void>
}

export interface WebhookRunnerDeps extends Pick<EngineDeps, 'db' | 'clock' | 'loops' | 'log' | 'post'> {
  readonly seal: Seal
  summaries(workspaceId: number, personIds: readonly number[], options: { unmasked: boolean }): Promise<ReadonlyMap<number, PersonSummary>>
  /** One after the other, each to its end: for tests that say which statement comes next. */
  readonly webhooksInTurn?: boolean
}

/**
 * Tells systems outside what moves have put down, and lets their runs go on. Each posting is made at least once, always under the same id;
 * whoever died between the post and its being written down is followed when the lease is over.
 */
export function createWebhookRunner(deps: WebhookRunnerDeps): WebhookRunner {
  const { db, clock, loops, log, post, seal } = deps
  const underWay = new Map<Promise<void>, string>()
  const stopping = new AbortController()
  let failure: unknown = null

  const laneOf = (endpoint: Pick<EndpointRow, 'workspace_id' | 'key'>) => `${endpoint.workspace_id}:${endpoint.key}`

  async function settle(
    posting: DuePosting,
    outcome: Outcome,
    health?: { endpoint: EndpointRow; failed: boolean; gone: boolean },
  ): Promise<void> {
    const now = clock.now()
    const paused = await db.tx(async (tx) => {
      const written = await settlePosting(tx, posting, outcome, new Date(now))
      if (!written || health === undefined) return false
      const { endpoint, failed, gone } = health
      if (!failed) await noteSuccess(tx, endpoint.workspace_id, endpoint.key)
      const measure = { gone, failuresMax, failingBefore: new Date(now - failingMs) }
      return failed && noteFailure(tx, endpoint.workspace_id, endpoint.key, measure, new Date(now))
    })
    if (paused) log.warn({ workspaceId: posting.workspace_id, endpoint: posting.endpoint }, 'a webhook endpoint is paused')
    if (outcome.answer !== null) loops.wake(deedLoopName)
  }

  async function attempt(endpoint: EndpointRow, posting: DuePosting): Promise<void> {
    const { run_state: state, resent, deed, person_id: person } = posting
    const left = state !== 'active' && state !== 'waiting'
    if (left && !resent)
      return settle(posting, { state: 'dropped', reason: 'left', dueAt: null, answer: { ok: false, reason: 'left' }, attempt: null })
    const secrets = secretsOf(seal, endpoint)
    if (secrets === null)
      return settle(posting, { state: 'failed', reason: 'unsealed', dueAt: null, answer: { ok: false, reason: 'unsealed' }, attempt: null })
    const known = person === null ? null : (await deps.summaries(posting.workspace_id, [person], { unmasked: true })).get(person)
    const began = clock.now()
    const told = {
      ...{ id: posting.effect_key, at: posting.asked_at, data: deed.values },
      ...{ journey: { key: posting.journey_key, name: posting.journey_name }, node: posting.node_id, run: posting.run_id },
      person: known ? { id: known.id, userId: known.userId } : null,
    }
    const posted = await post({ ...postingFor(endpoint, secrets, told, began), signal: stopping.signal }, began)
    if (posted.kind === 'failed' && posted.reason === 'stopped') {
      await handBack(db, posting.workspace_id, posting.effect_key, new Date(began))
      return
    }
    const tries = posting.tries + 1
    const { effect_key: effectKey, until } = posting
    const now = clock.now()
    const verdict = judgeAttempt(posted, { effectKey, tries, until: until.getTime(), answers: deed.answers }, now)
    const health = { endpoint, failed: isFailure(posted), gone: isGone(posted) }
    await settle(posting, { ...outcomeOf(verdict, tries), attempt: attemptOf(posted, began, now) }, health)
  }

  function start(endpoint: EndpointRow, posting: DuePosting): Promise<void> {
    const work = attempt(endpoint, posting)
      .catch((error: unknown) => {
        failure ??= error
      })
      .finally(() => underWay.delete(work))
    underWay.set(work, laneOf(endpoint))
    return work
  }

  async function take(): Promise<number> {
    let taken = 0
    for (const endpoint of await endpointsDue(db, new Date(clock.now()))) {
      const lane = laneOf(endpoint)
      const busy = [...underWay.values()].filter((one) => one === lane).length
      const free = Math.min(perEndpointMax - busy, underWayMax - underWay.size)
      if (free <= 0) continue
      const now = clock.now()
      const again = new Date(now + endpoint.timeout_seconds * 1_000 + leaseSpareMs)
      const whose = { workspaceId: endpoint.workspace_id, endpoint: endpoint.key }
      const postings = await leasePostings(db, whose, new Date(now), again, free)
      for (const posting of postings) {
        const work = start(endpoint, posting)
        if (deps.webhooksInTurn) await work
      }
      taken += postings.length
    }
    return taken
  }

  /** Whoever waits for an endpoint that nothing is posted to goes on when their time is over. */
  async function giveUp(): Promise<number> {
    const count = await db.tx(async (tx) => {
      const now = new Date(clock.now())
      const forlorn = await claimForlorn(tx, now, forlornMax)
      for (const posting of forlorn) {
        const answer = { ok: false as const, reason: posting.why, tries: posting.tries }
        await settlePosting(tx, posting, { state: 'failed', reason: posting.why, dueAt: null, answer, attempt: null }, now)
      }
      return forlorn.length
    })
    if (count > 0) loops.wake(deedLoopName)
    return count
  }

  /** Until one answer is there, or it is time to look what else is due. */
  async function someAnswer(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const look = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, lookMs)
    })
    await Promise.race([look, ...underWay.keys()])
    clearTimeout(timer)
  }

  return {
    async run() {
      const taken = await take()
      const forlorn = await giveUp()
      const busy = underWay.size > 0
      if (busy) await someAnswer()
      if (failure !== null) {
        const told = failure
        failure = null
        throw told
      }
      return taken > 0 || forlorn > 0 || busy
    },

    async upkeep() {
      const now = clock.now()
      await forgetPostings(db, new Date(now - valuesKeptMs), new Date(now - postingsKeptMs))
    },

    async stop() {
      stopping.abort()
      while (underWay.size > 0) await Promise.all(underWay.keys())
    },
  }
}

function outcomeOf(verdict: Verdict, tries: number): Omit<Outcome, 'attempt'> {
  if (verdict.kind === 'again') return { state: 'due', reason: verdict.reason, dueAt: new Date(verdict.at), answer: null }
  if (verdict.kind === 'failed')
    return { state: 'failed', reason: verdict.reason, dueAt: null, answer: { ok: false, reason: verdict.reason, tries } }
  return { state: 'answered', reason: null, dueAt: null, answer: { ok: true, heeded: verdict.heeded, tries } }
}
