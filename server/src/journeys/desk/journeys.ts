import { isDeepStrictEqual } from 'node:util'
import {
  AppError,
  type Input,
  type InsidePlan,
  type JourneyDefinition,
  type JourneyDetail,
  type JourneyInside,
  type JourneyStatus,
  type JourneySummary,
  type Output,
  type PausePolicy,
  type Problem,
} from '@chaoxi/contract'
import type { Queryable, Tx } from '../../platform/db/postgres.ts'
import type { Caller } from '../../platform/http/api.ts'
import { holdoutsByKey } from '../contests/holdout-store.ts'
import { fullShare } from '../core/release.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import type { Definitions } from '../engine/definitions.ts'
import { countEntered } from '../engine/limit-store.ts'
import type { RunFilter } from '../engine/run-store.ts'
import { createHistory } from '../history/history.ts'
import { transferLoopName, watchLoopName } from '../loop-names.ts'
import * as store from '../store.ts'
import { deleteAbsencesOf } from '../timed/absence-store.ts'
import { putBack } from '../timed/occurrence-store.ts'
import { createOccurrences } from '../timed/occurrences.ts'
import { runningTrials } from '../trial/trial-store.ts'
import { knownEndpoints as findKnownEndpoints } from '../webhooks/endpoint-store.ts'
import { createGoalDesk } from './goals.ts'
import { createInsideDesk } from './inside.ts'
import { grantedBy, listensOf, type Mention, mentions, problemsOf } from './references.ts'
import { createReviews } from './reviews.ts'
import { countersView, detailView, runView, stepView, summaryView } from './views.ts'

export type JourneyInput = Input<'journeyCreate'>['body']

/** The desk: drafts, publishing, pausing, and answers about what is going on. */
export interface Journeys {
  list(workspaceId: number): Promise<JourneySummary[]>
  create(caller: Caller, input: JourneyInput): Promise<JourneyDetail>
  detail(workspaceId: number, id: string): Promise<JourneyDetail>
  /** What stands in the way of publishing a definition that is stored nowhere. */
  check(workspaceId: number, definition: JourneyDefinition): Promise<Problem[]>
  version(workspaceId: number, id: string, version: number): Promise<Output<'journeyVersion'>>
  saveDraft(caller: Caller, id: string, draft: Input<'journeyDraft'>['body']): Promise<JourneyDetail>
  /** `share`: per cent of those who come in; the others go on coming into the version that was fully released before. */
  publish(caller: Caller, id: string, share?: number): Promise<JourneyDetail>
  /** Releases the live version to more of those who come in, or fewer. */
  setShare(caller: Caller, id: string, share: number): Promise<JourneyDetail>
  requestReview(caller: Caller, id: string, asked: Input<'journeyReviewRequest'>['body']): Promise<JourneyDetail>
  decideReview(caller: Caller, id: string, decision: Input<'journeyReviewDecide'>['body']): Promise<JourneyDetail>
  withdrawReview(caller: Caller, id: string): Promise<JourneyDetail>
  /** `policy`: what becomes of what falls due meanwhile; it may be chosen anew when resuming. */
  pause(caller: Caller, id: string, policy?: PausePolicy): Promise<JourneyDetail>
  resume(caller: Caller, id: string, policy?: PausePolicy): Promise<JourneyDetail>
  archive(caller: Caller, id: string): Promise<JourneyDetail>
  /** Of one that is due by the clock: when next, and what became of the times before. */
  occurrences(workspaceId: number, id: string): Promise<Output<'journeyOccurrences'>>
  counters(workspaceId: number, id: string, version?: number): Promise<Output<'journeyCounters'>>
  /** Where people are inside, by version. */
  inside(workspaceId: number, id: string): Promise<JourneyInside>
  /** What becomes of those inside versions before the live one. */
  planInside(caller: Caller, id: string, plan: InsidePlan): Promise<JourneyInside>
  goals(workspaceId: number, id: string): Promise<Output<'journeyGoals'>>
  runs(caller: Caller, id: string, filter: RunFilter, cursor: string | null, limit: number): Promise<Output<'journeyRuns'>>
  run(caller: Caller, id: string, runId: string): Promise<Omit<Output<'journeyRunSteps'>, 'postings'>>
  /** Live and paused journeys whose published version mentions the thing, or asks for one value of a tag. */
  usersOf(workspaceId: number, what: Mention, key: string, value?: string): Promise<{ key: string; name: string }[]>
  /** Coupons that live and paused journeys give by themselves, each with a journey that does. */
  grants(workspaceId: number): Promise<{ coupon: string; journey: { key: string; name: string } }[]>
}

/** Pauses that a journey remembers: what fell due in an older one has gone on long since. */
const pausesKept = 10

export type JourneysDeps = EngineDeps & DeskDeps

export function createJourneyDesk(deps: JourneysDeps, definitions: Definitions): Journeys {
  const { db, clock, ids } = deps
  const now = () => new Date(clock.now())
  const occurrences = createOccurrences(deps)
  const history = createHistory(deps)

  const journeyTriggers = async (workspaceId: number, keys: readonly string[]) =>
    new Map((await store.triggersOf(db, workspaceId, keys)).map((row) => [row.key, row.trigger]))

  const knownEndpoints = (workspaceId: number, keys: readonly string[]) => findKnownEndpoints(db, workspaceId, keys)

  async function allProblems(workspaceId: number, draft: store.JourneyRow['draft']): Promise<Problem[]> {
    return [
      ...(await problemsOf({ ...deps, journeyTriggers, knownEndpoints, holdoutGroups: (of) => holdoutsByKey(db, of) }, workspaceId, draft)),
      ...(await occurrences.problems(workspaceId, draft.trigger)),
    ]
  }
  const insideDesk = createInsideDesk({ db, definitions, ids, now })
  const goalDesk = createGoalDesk({ db, definitions })
  const reviews = createReviews({ ids, now, needed: deps.reviewNeeded })

  async function existing(query: Queryable, workspaceId: number, id: string): Promise<store.JourneyRow> {
    return (await store.findJourney(query, workspaceId, id)) ?? missing(id)
  }

  const trialsOf = async (workspaceId: number) =>
    new Map((await runningTrials(db, workspaceId)).map((row) => [row.journey_id, { id: row.id, draftRevision: row.draft_revision }]))

  async function detail(workspaceId: number, id: string): Promise<JourneyDetail> {
    const row = await existing(db, workspaceId, id)
    const [versions, [totals], problems, live, reviewed, reviewNeeded, next] = await Promise.all([
      store.listVersions(db, workspaceId, id),
      store.totalsOf(db, workspaceId, [id]),
      allProblems(workspaceId, row.draft),
      row.live_version === null ? null : definitions.of(db, { workspaceId, journeyId: id, version: row.live_version }),
      reviews.list(db, workspaceId, id),
      deps.reviewNeeded(workspaceId),
      occurrences.next(workspaceId, row.draft.trigger),
    ])
    const overdue = row.status === 'paused' ? await store.countDue(db, workspaceId, id, now()) : 0
    return {
      ...detailView(row, totals, versions, live, problems, { rows: reviewed, needed: reviewNeeded }, overdue, await trialsOf(workspaceId)),
      next,
    }
  }

  /** A change of one journey, held against all others and against the batches that move its runs, and written down. */
  async function change(
    caller: Caller,
    id: string,
    action: string,
    work: (tx: Tx, row: store.JourneyRow) => Promise<object | null>,
  ): Promise<JourneyDetail> {
    await db.tx(async (tx) => {
      const row = (await store.lockJourney(tx, caller.workspaceId, id)) ?? missing(id)
      const details = await work(tx, row)
      // Null: it was so already.
      if (details) await deps.audit(tx, caller, `journey.${action}`, id, details)
    })
    return detail(caller.workspaceId, id)
  }

  function setStatus(
    caller: Caller,
    id: string,
    action: string,
    status: JourneyStatus,
    from: readonly JourneyStatus[],
    also: (tx: Tx, row: store.JourneyRow) => Promise<object> = async () => ({}),
  ) {
    return change(caller, id, action, async (tx, row) => {
      if (row.status === status) return null
      if (!from.includes(row.status)) throw new AppError('conflict', `The journey is ${row.status}: it cannot become ${status}`)
      await store.updateStatus(tx, caller.workspaceId, id, status, now())
      if (status === 'archived') {
        await store.endListens(tx, caller.workspaceId, id, now())
        await deleteAbsencesOf(tx, caller.workspaceId, id)
        await occurrences.plan(tx, { workspaceId: caller.workspaceId, journeyId: id }, null)
      }
      if (status === 'paused') await putBack(tx, { workspaceId: caller.workspaceId, journeyId: id })
      return { from: row.status, ...(await also(tx, row)) }
    })
  }

  async function publishRow(tx: Tx, caller: Caller, row: store.JourneyRow, share: number): Promise<object | null> {
    const { workspaceId } = caller
    if (row.status === 'archived') throw new AppError('conflict', 'The journey is archived; copy it into a new one')
    const problems = await allProblems(workspaceId, row.draft)
    if (problems.length > 0) throw new AppError('invalid_journey', 'The journey cannot go live as it is', problems)
    await reviews.mayPublish(tx, workspaceId, row)
    const [latest] = await store.listVersions(tx, workspaceId, row.id)
    const number = (latest?.version ?? 0) + 1
    const hundredths = hundredthsOf(share)
    const version = {
      journeyId: row.id,
      number,
      definition: row.draft,
      by: caller.actor,
      share: hundredths,
      base: baseFor(row, hundredths),
    }
    await store.insertVersion(tx, workspaceId, version, now())
    await store.insertListens(tx, workspaceId, row.id, number, listensOf(row.draft))
    if (row.live_version !== null) {
      const before = await definitions.of(tx, { workspaceId, journeyId: row.id, version: row.live_version })
      if (!isDeepStrictEqual(before.trigger, row.draft.trigger)) await deleteAbsencesOf(tx, workspaceId, row.id)
    }
    await occurrences.plan(tx, { workspaceId, journeyId: row.id }, row.draft.trigger)
    await countEntered(tx, { workspaceId, journeyId: row.id }, row.draft.limits, clock.now())
    return { version: number, ...(hundredths < fullShare ? { share } : {}) }
  }

  return {
    async list(workspaceId) {
      const rows = await store.listJourneys(db, workspaceId)
      const ids = rows.map((row) => row.id)
      const totals = new Map((await store.totalsOf(db, workspaceId, ids)).map((row) => [row.journey_id, row]))
      const trials = await trialsOf(workspaceId)
      return rows.map((row) => summaryView(row, totals.get(row.id), trials))
    },

    async create(caller, input) {
      const id = ids.next('jny')
      const key = input.key ?? `journey_${ids.code(8).toLowerCase()}`
      const { name, description, definition: draft } = input
      await db.tx(async (tx) => {
        if (!(await store.insertJourney(tx, caller.workspaceId, { id, key, name, description, draft, by: caller.actor }, now()))) {
          throw new AppError('conflict', `There is already a journey ${key}`)
        }
        await deps.audit(tx, caller, 'journey.create', id, { key, name })
      })
      return detail(caller.workspaceId, id)
    },

    detail,
    check: allProblems,

    async version(workspaceId, id, version) {
      const found = await store.findVersion(db, workspaceId, id, version)
      if (!found) throw new AppError('not_found', `There is no journey ${id} with a version ${version}`)
      return { version, definition: found.definition }
    },

    saveDraft: (caller, id, draft) =>
      change(caller, id, 'draft', async (tx, row) => {
        if (row.status === 'archived') throw new AppError('conflict', 'The journey is archived; copy it into a new one')
        if (row.draft_revision !== draft.draftRevision) {
          throw new AppError('stale_revision', 'The journey was changed by somebody else; load it again')
        }
        await store.updateDraft(tx, caller.workspaceId, id, { ...draft, by: caller.actor }, now())
        return { draftRevision: draft.draftRevision + 1 }
      }),

    publish: (caller, id, share = 100) => change(caller, id, 'publish', (tx, row) => publishRow(tx, caller, row, share)),
    setShare: (caller, id, share) =>
      change(caller, id, 'share', async (tx, row) => {
        if (row.status !== 'live' && row.status !== 'paused')
          throw new AppError('conflict', `The journey is ${row.status}: nothing is released`)
        const hundredths = hundredthsOf(share)
        if (hundredths === row.live_share) return null
        if (row.live_share === fullShare)
          throw new AppError('conflict', 'The version is released to all; publish a new one to release that to a share')
        const base = hundredths === fullShare ? null : row.base_version
        await store.updateShare(tx, caller.workspaceId, id, hundredths, base, now())
        return { from: row.live_share / 100, to: share }
      }),
    requestReview: (caller, id, asked) => change(caller, id, 'review_request', (tx, row) => reviews.request(tx, caller, row, asked)),
    decideReview: (caller, id, decision) =>
      change(caller, id, `review_${decision.answer}`, (tx, row) => reviews.decide(tx, caller, row, decision)),
    withdrawReview: (caller, id) => change(caller, id, 'review_withdraw', (tx, row) => reviews.withdraw(tx, caller, row)),
    pause: (caller, id, policy = 'send') =>
      setStatus(caller, id, 'pause', 'paused', ['live'], async (tx) => {
        await store.beginPause(tx, caller.workspaceId, id, policy, now())
        return { policy }
      }),
    resume: (caller, id, chosen) =>
      setStatus(caller, id, 'resume', 'live', ['paused'], async (tx, row) => {
        const policy = chosen ?? row.pause_policy
        const from = row.paused_at?.getTime() ?? clock.now()
        const own = policy === 'send' ? [] : [{ from, to: clock.now(), policy }]
        await store.endPause(tx, caller.workspaceId, id, [...row.pauses, ...own].slice(-pausesKept))
        return { policy }
      }),

    async archive(caller, id) {
      const archived = await setStatus(caller, id, 'archive', 'archived', ['draft', 'live', 'paused'])
      // The runs inside are ended by the watchdog, a batch at a time: there may be a million.
      deps.loops.wake(watchLoopName)
      return archived
    },

    async occurrences(workspaceId, id) {
      const row = await existing(db, workspaceId, id)
      const live = row.live_version === null ? null : await definitions.of(db, { workspaceId, journeyId: id, version: row.live_version })
      return occurrences.view({ workspaceId, journeyId: id }, live?.trigger ?? null)
    },

    async counters(workspaceId, id, version) {
      await existing(db, workspaceId, id)
      const [nodes, ways, refusals] = await Promise.all([
        store.countersOf(db, workspaceId, id, version),
        store.wayCountersOf(db, workspaceId, id, version),
        store.refusalsOf(db, workspaceId, id, version),
      ])
      return { nodes: nodes.map((row) => countersView(row, ways)), refusals }
    },

    inside: async (workspaceId, id) => insideDesk.view(workspaceId, await existing(db, workspaceId, id)),
    async planInside(caller, id, plan) {
      await change(caller, id, 'inside', (tx, row) => insideDesk.plan(tx, caller, row, plan))
      deps.loops.wake(transferLoopName)
      return insideDesk.view(caller.workspaceId, await existing(db, caller.workspaceId, id))
    },
    goals: async (workspaceId, id) => goalDesk.numbers(workspaceId, await existing(db, workspaceId, id)),

    async runs(caller, id, filter, cursor, limit) {
      await existing(db, caller.workspaceId, id)
      const found = await history.list(caller.workspaceId, id, filter, cursor, limit + 1)
      const page = found.slice(0, limit)
      const people = await peopleOf(caller, page)
      return { items: page.map((run) => runView(run, people)), nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null }
    },

    async run(caller, id, runId) {
      const found = await history.find(caller.workspaceId, id, runId)
      if (!found) throw new AppError('not_found', `There is no run ${runId} of this journey`)
      const [people, goals] = await Promise.all([peopleOf(caller, [found.run]), goalDesk.named(found.run, found.goals)])
      return { run: runView(found.run, people), steps: found.steps.map(stepView), goals }
    },

    async usersOf(workspaceId, what, key, value) {
      const published = await store.publishedDefinitions(db, workspaceId)
      const using = published.filter(({ definition }) => mentions(definition, what, key, value))
      return [...new Map(using.map(({ key: own, name }) => [own, { key: own, name }])).values()]
    },

    async grants(workspaceId) {
      const published = await store.publishedDefinitions(db, workspaceId)
      return published.flatMap(({ key, name, definition }) => grantedBy(definition).map((coupon) => ({ coupon, journey: { key, name } })))
    },
  }

  function peopleOf(caller: Caller, runs: readonly { personId: number }[]) {
    const people = [...new Set(runs.map((run) => run.personId))]
    return deps.summaries(caller.workspaceId, people, { unmasked: caller.me.permissions.includes('people.write') })
  }
}

const hundredthsOf = (share: number): number => Math.round(share * 100)

/** Who takes those whom a new version is not released to: the version that everybody came into last. */
function baseFor(row: store.JourneyRow, share: number): number | null {
  if (share === fullShare) return null
  return row.live_share === fullShare ? row.live_version : row.base_version
}

function missing(id: string): never {
  throw new AppError('not_found', `There is no journey ${id}`)
}
