import {
  AppError,
  attemptsOf,
  bucket,
  type Input,
  type JourneyDefinition,
  journeyAdvice,
  type Output,
  type Rehearsal,
  type RehearsalResult,
  type Rule,
  randomBuckets,
  rehearsalDaysMax,
  rehearsalPeopleMax,
  type TaskAnswers,
} from '@chaoxi/contract'
import type { OfferedCoupon } from '../../benefits/index.ts'
import type { GatePolicy } from '../../compliance/index.ts'
import type { Caller } from '../../platform/http/api.ts'
import type { Loop } from '../../platform/jobs/loops.ts'
import { dayMs, type Query, type ResolvedRule, zoneOf } from '../../query/index.ts'
import { holdoutsByKey } from '../contests/holdout-store.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import type { Definitions } from '../engine/definitions.ts'
import { messageOf } from '../engine/isolate.ts'
import { findJourney } from '../store.ts'
import type { Addressee } from './post.ts'
import * as store from './rehearsal-store.ts'
import { resultOf, type SampledMessage } from './result.ts'
import { simulate } from './simulate.ts'

/** What a rehearsal asks of the other rooms. */
export interface RehearsalWorld {
  readonly query: Pick<Query, 'replay' | 'peopleAfter'>
  resolved(workspaceId: number, rules: readonly Rule[]): Promise<readonly ResolvedRule[]>
  policy(workspaceId: number): Promise<GatePolicy>
  /** `besides`: marketing of the journey itself is left out, it is what is played. */
  addressees(
    workspaceId: number,
    people: readonly number[],
    played: { readonly journeyId: string; readonly from: number; readonly to: number },
  ): Promise<ReadonlyMap<number, Addressee>>
  offered(workspaceId: number, coupon: string, until: number): Promise<OfferedCoupon | null>
  /** Of popups among the templates, how long each waits for its customer (hours). */
  popupHours(workspaceId: number, templates: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** What each of the messages would cost (fen), by rendering it. */
  costs(workspaceId: number, messages: readonly SampledMessage[]): Promise<readonly number[]>
  /** When the last event happened (ms); null when there is none. */
  recordedUntil(workspaceId: number): Promise<number | null>
  /** Values of the tags that have any. */
  tagValues(workspaceId: number): Promise<ReadonlyMap<string, readonly string[]>>
}

export type RehearsalDeps = Pick<EngineDeps, 'db' | 'clock' | 'ids' | 'log' | 'loops' | 'matchesFilters' | 'templates' | 'timeZone'> &
  Pick<DeskDeps, 'audit' | 'summaries'> & { readonly past: RehearsalWorld }

export interface Rehearsals {
  ask(caller: Caller, journeyId: string, input: Input<'journeyRehearse'>['body']): Promise<Rehearsal>
  list(workspaceId: number, journeyId: string): Promise<Output<'journeyRehearsals'>['items']>
  view(caller: Caller, journeyId: string, id: string): Promise<Output<'journeyRehearsal'>>
  cancel(caller: Caller, journeyId: string, id: string): Promise<Rehearsal>
  readonly loop: Loop
}

export const rehearsalLoopName = 'journey_rehearsal'
const everyMs = 2_000
const leaseMs = 60_000
const sayEveryMs = 1_000
const shownMax = 20
const keptMax = 50
/** People who are read at once where everybody is walked through. */
const peopleStep = 50_000
/** Ways that are told in full. */
const storiesMax = 100

class CalledOff extends Error {}

export function createRehearsals(deps: RehearsalDeps, definitions: Definitions): Rehearsals {
  const { db, clock, ids, log, loops, past } = deps
  const now = () => new Date(clock.now())

  async function span(workspaceId: number, { from, to, days }: Input<'journeyRehearse'>['body']): Promise<{ from: number; to: number }> {
    const recorded = to === undefined ? await past.recordedUntil(workspaceId) : null
    const until = to === undefined ? Math.min(recorded ?? clock.now(), clock.now()) : Date.parse(to)
    const since = from === undefined ? until - days * dayMs : Date.parse(from)
    if (since >= until)
      throw new AppError('invalid_request', 'The rehearsal has no time to play', [{ path: 'from', message: 'must be before "to"' }])
    if (until > clock.now())
      throw new AppError('invalid_request', 'What has not happened yet cannot be played', [
        { path: 'to', message: 'must not be in the future' },
      ])
    if (until - since > rehearsalDaysMax * dayMs)
      throw new AppError('invalid_request', `A rehearsal plays at most ${rehearsalDaysMax} days`, [
        { path: 'from', message: `must be at most ${rehearsalDaysMax} days before "to"` },
      ])
    return { from: since, to: until }
  }

  async function found(workspaceId: number, journeyId: string, id: string) {
    const row = await store.findRehearsal(db, workspaceId, journeyId, id)
    if (row === null) throw new AppError('not_found', `There is no rehearsal ${id}`)
    return row
  }

  /** Everybody, or a share of them where they are too many: the same people for the same journey. */
  async function whoPlays(workspaceId: number, journeyId: string): Promise<{ people: number[]; all: number }> {
    const everybody: number[] = []
    for (let after = 0; ; ) {
      const some = await past.query.peopleAfter(workspaceId, after, peopleStep)
      for (const person of some) everybody.push(person)
      if (some.length < peopleStep) break
      after = some.at(-1) ?? after
    }
    if (everybody.length <= rehearsalPeopleMax) return { people: everybody, all: everybody.length }
    const share = Math.floor((randomBuckets * rehearsalPeopleMax) / everybody.length)
    const drawn = everybody.filter((person) => bucket(`${journeyId}:rehearsal`, String(person), randomBuckets) < share)
    return { people: drawn, all: everybody.length }
  }

  async function play(row: store.RehearsalRow): Promise<RehearsalResult> {
    const { workspace_id: workspaceId, journey_id: journeyId, definition } = row
    const began = performance.now()
    const [from, to] = [row.from_at.getTime(), row.to_at.getTime()]
    const sends = definition.nodes.flatMap((node) => (node.kind === 'send' ? attemptsOf(node) : []))
    const coupons = [...new Set(definition.nodes.flatMap((node) => (node.kind === 'grant' ? [node.coupon] : [])))]
    const keys = [...new Set(sends.map((node) => node.template))]
    const [timeZone, policy, templates, validHours, offered, values, { people, all }, holdouts] = await Promise.all([
      deps.timeZone(workspaceId),
      past.policy(workspaceId),
      deps.templates(workspaceId, keys),
      past.popupHours(workspaceId, keys),
      Promise.all(coupons.map((coupon) => past.offered(workspaceId, coupon, to))),
      past.tagValues(workspaceId),
      whoPlays(workspaceId, journeyId),
      holdoutsByKey(db, workspaceId),
    ])
    const zone = zoneOf(timeZone)
    let [done, saidAt] = [0, 0]
    let calledOff = false
    const say = async () => {
      calledOff = !(await store.keepLease(db, row, done, new Date(clock.now() + leaseMs)))
    }
    const simulation = await simulate(
      {
        query: past.query,
        matchesFilters: deps.matchesFilters,
        resolved: (rules) => past.resolved(workspaceId, rules),
        addressees:
          row.reach === 'everyone' || sends.length === 0 ? null : (some) => past.addressees(workspaceId, some, { journeyId, from, to }),
        progress(how) {
          if (calledOff) throw new CalledOff()
          done = how
          if (performance.now() - saidAt < sayEveryMs) return
          saidAt = performance.now()
          say().catch((error: unknown) => log.warn({ err: error }, 'a rehearsal could not say how far it is'))
        },
      },
      {
        workspaceId,
        journeyId,
        version: row.version ?? 0,
        definition,
        zone,
        from,
        to,
        people,
        dense: people.length === all,
        policy,
        coupons: new Map(offered.flatMap((one) => (one === null ? [] : [[one.key, one]]))),
        missingTemplates: new Set(keys.filter((key) => !templates.has(key))),
        holdouts,
        validHours,
        valuesOf: (tag) => values.get(tag) ?? [],
        storiesMax,
        answers: row.answers,
      },
    )
    return resultOf({
      simulation,
      advice: journeyAdvice(definition, {
        answers: row.answers,
        quietHours: policy.quietHours,
        validDays: new Map(offered.flatMap((one) => (one === null ? [] : [[one.key, one.validDays]]))),
      }),
      all,
      played: to - from,
      tookMs: performance.now() - began,
      costs: (messages) => past.costs(workspaceId, messages),
    })
  }

  async function run(): Promise<boolean> {
    const row = await store.claimRehearsal(db, now(), new Date(clock.now() + leaseMs))
    if (row === null) return false
    try {
      const result = await play(row)
      await store.endRehearsal(db, row, { state: 'done', at: now(), reason: null, result })
    } catch (error) {
      if (error instanceof CalledOff) return true
      log.warn({ err: error, rehearsal: row.id }, 'a rehearsal failed')
      await store.endRehearsal(db, row, { state: 'failed', at: now(), reason: messageOf(error), result: null })
    }
    return true
  }

  return {
    async ask(caller, journeyId, input) {
      const { workspaceId } = caller
      const { from, to } = await span(workspaceId, input)
      const id = ids.next('reh')
      await db.tx(async (tx) => {
        const journey = await findJourney(tx, workspaceId, journeyId)
        if (journey === null) throw new AppError('not_found', `There is no journey ${journeyId}`)
        const live = input.version === 'live' ? journey.live_version : null
        if (input.version === 'live' && live === null) throw new AppError('conflict', 'The journey has no live version; play its draft')
        const stored = live === null ? journey.draft : await definitions.of(tx, { workspaceId, journeyId, version: live })
        const definition = input.definition ?? stored
        const answers = input.answers ?? {}
        checkAnswers(definition, answers)
        await store.insertRehearsal(tx, {
          workspace_id: workspaceId,
          journey_id: journeyId,
          id,
          state: 'waiting',
          definition,
          draft_revision: live === null && input.definition === undefined ? journey.draft_revision : null,
          version: input.definition === undefined ? live : null,
          from_at: new Date(from),
          to_at: new Date(to),
          reach: input.reach,
          answers,
          progress: 0,
          asked_by: caller.actor,
          asked_at: now(),
          ended_at: null,
          reason: null,
        })
        await store.deleteOldRehearsals(tx, workspaceId, journeyId, keptMax)
        await deps.audit(tx, caller, 'journey.rehearse', journeyId, { rehearsal: id })
      })
      loops.wake(rehearsalLoopName)
      return viewOf(await found(workspaceId, journeyId, id))
    },
    async list(workspaceId, journeyId) {
      if ((await findJourney(db, workspaceId, journeyId)) === null) throw new AppError('not_found', `There is no journey ${journeyId}`)
      return (await store.listRehearsals(db, workspaceId, journeyId, shownMax)).map((row) => viewOf({ ...row, result: null }))
    },
    async view({ workspaceId, me }, journeyId, id) {
      const row = await found(workspaceId, journeyId, id)
      const people = [...new Set((row.result?.stories ?? []).map((story) => story.personId))]
      const summaries = await deps.summaries(workspaceId, people, { unmasked: me.permissions.includes('people.write') })
      return { ...viewOf(row), definition: row.definition, people: [...summaries.values()] }
    },
    async cancel({ workspaceId }, journeyId, id) {
      await found(workspaceId, journeyId, id)
      await store.cancelRehearsal(db, { workspace_id: workspaceId, journey_id: journeyId, id }, now())
      return viewOf(await found(workspaceId, journeyId, id))
    },
    loop: { name: rehearsalLoopName, everyMs, run },
  }
}

/** Of tasks that are in the journey, results that they have. */
function checkAnswers({ nodes }: JourneyDefinition, answers: TaskAnswers): void {
  const problems = Object.entries(answers).flatMap(([id, shares]) => {
    const node = nodes.find((one) => one.id === id)
    if (node?.kind !== 'human_task') return [{ path: `answers.${id}`, message: `the journey has no task "${id}"; leave it out` }]
    return Object.keys(shares).flatMap((outcome) => {
      if (node.ways.some((way) => way.id === outcome)) return []
      const message = `the task has no result "${outcome}"; choose ${node.ways.map((way) => way.id).join(', ')}`
      return [{ path: `answers.${id}.${outcome}`, message }]
    })
  })
  if (problems.length > 0) throw new AppError('invalid_request', 'The rehearsal cannot take these answers for granted', problems)
}

function viewOf(row: store.RehearsalRow & { result: RehearsalResult | null }): Rehearsal {
  return {
    id: row.id,
    state: row.state,
    progress: row.progress,
    draftRevision: row.draft_revision,
    version: row.version,
    from: row.from_at.toISOString(),
    to: row.to_at.toISOString(),
    reach: row.reach,
    answers: row.answers,
    askedBy: row.asked_by,
    askedAt: row.asked_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    reason: row.reason,
    result: row.result,
  }
}
