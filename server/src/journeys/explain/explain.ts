import {
  AppError,
  type Evaluation,
  type JourneyExplanation,
  type Output,
  type PersonJourney,
  type Rule,
  type Verdict,
} from '@chaoxi/contract'
import type { Caller } from '../../platform/http/api.ts'
import { zoneOf } from '../../query/index.ts'
import type { ExplainRule } from '../../tags/index.ts'
import { audienceRule, isTimed } from '../core/occurrence.ts'
import { isReleasedTo } from '../core/release.ts'
import { isOver, type Run } from '../core/run.ts'
import type { DeskDeps, EngineDeps } from '../deps.ts'
import { runView } from '../desk/views.ts'
import type { Definitions } from '../engine/definitions.ts'
import { type RefusalRow, refusalsKeptMs, refusalsOfPerson } from '../engine/refusal-store.ts'
import { findRuns } from '../engine/run-store.ts'
import { createHistory } from '../history/history.ts'
import { findJourney, type JourneyRow } from '../store.ts'
import { decidedBy } from './evaluations.ts'
import * as store from './explain-store.ts'
import { createNewsReader, newsMax } from './news-reader.ts'

/** What answering why needs of other rooms. */
export interface ExplainDeps {
  readonly explainRule: ExplainRule
  /** The person that the id lives on in, with all numbers that are this person's; null: nobody. */
  living(workspaceId: number, personId: number): Promise<{ personId: number; numbers: readonly number[] } | null>
  /** What a journey sent the person or kept back, with every decision, by run. */
  storiesOf(caller: Caller, journeyId: string, personId: number): Promise<ReadonlyMap<string, Output<'message'>[]>>
  /** Brings memberships to where their history is read. */
  settled(): Promise<void>
}

/** Why customers got what journeys send, and why not: from what was written down or can be worked out again, never guessed. */
export interface Explain {
  ofPerson(caller: Caller, personId: number): Promise<PersonJourney[]>
  ofJourney(caller: Caller, journeyId: string, personId: number): Promise<JourneyExplanation>
  ofStep(caller: Caller, journeyId: string, runId: string, step: number): Promise<Evaluation[]>
}

const runsShown = 20
const contacts = ['phone', 'email', 'mobile']
const hiddenFrom = (caller: Caller) => (unmasked(caller) ? [] : contacts)
const unmasked = (caller: Caller) => caller.me.permissions.includes('people.write')
const iso = (at: number) => new Date(at).toISOString()

export function createExplain(deps: EngineDeps & DeskDeps & ExplainDeps, definitions: Definitions): Explain {
  const { db, clock } = deps
  const newsOf = createNewsReader(deps, definitions)
  const history = createHistory(deps)

  async function living(workspaceId: number, personId: number) {
    const found = await deps.living(workspaceId, personId)
    if (!found) throw new AppError('not_found', `There is no customer ${personId}`)
    return found
  }

  async function summaryOf(caller: Caller, personId: number) {
    const people = await deps.summaries(caller.workspaceId, [personId], { unmasked: unmasked(caller) })
    return (
      people.get(personId) ?? {
        ...{ id: personId, name: null, userId: null, phone: null, email: null },
        createdAt: iso(0),
        lastSeenAt: null,
      }
    )
  }

  async function asked(
    caller: Caller,
    personId: number,
    place: Evaluation['place'],
    rule: Rule,
    at: number,
    recorded: boolean | null,
    name = '',
  ) {
    const inputs = await deps.explainRule(caller.workspaceId, personId, rule, at, { hidden: hiddenFrom(caller) })
    return { place, name, recorded, inputs }
  }

  /** The entry rule and the audience, as they would be answered now. */
  async function askedNow(caller: Caller, row: JourneyRow, personId: number): Promise<Evaluation[]> {
    if (row.live_version === null) return []
    const { workspaceId } = caller
    const { trigger, entryRule } = await definitions.of(db, { workspaceId, journeyId: row.id, version: row.live_version })
    const now = clock.now()
    const audience = isTimed(trigger) ? audienceRule(trigger, now, zoneOf(await deps.timeZone(workspaceId))) : null
    return [
      ...(audience ? [await asked(caller, personId, 'trigger', audience, now, null)] : []),
      ...(entryRule ? [await asked(caller, personId, 'entry', entryRule, now, null)] : []),
    ]
  }

  return {
    async ofPerson(caller, id) {
      const { workspaceId } = caller
      const { personId, numbers } = await living(workspaceId, id)
      const [rows, refused] = await Promise.all([
        store.journeysOfPerson(db, workspaceId, personId),
        refusalsOfPerson(db, workspaceId, personId),
      ])
      const past = new Map(
        rows.some((row) => row.past)
          ? (await store.pastRunsOf(deps.clickhouse, workspaceId, numbers)).map((one) => [one.journey_id, one])
          : [],
      )
      const runs = new Map<string, Run>()
      const here = rows.flatMap((row) => row.last_run ?? [])
      for (const run of await findRuns(db, workspaceId, here)) runs.set(run.journeyId, run)
      for (const row of rows) {
        const last = row.last_run === null ? past.get(row.id)?.last_run : undefined
        const found = last === undefined ? null : await history.find(workspaceId, row.id, last)
        if (found) runs.set(row.id, found.run)
      }
      const refusals = new Map(refused.map((row) => [row.journey_id, row]))
      return rows.map((row) => {
        const run = runs.get(row.id)
        const refusal = refusals.get(row.id)
        const view = run && runView(run, new Map())
        return {
          journey: { id: row.id, name: row.name, status: row.status },
          entered: row.entered + (past.get(row.id)?.runs ?? 0),
          last: view ? withoutPerson(view) : null,
          refused: refusal ? { count: refusal.count, at: refusal.last_at.toISOString(), reason: refusal.recent[0]?.reason ?? '' } : null,
        }
      })
    },

    async ofJourney(caller, journeyId, id) {
      const { workspaceId } = caller
      const row = await findJourney(db, workspaceId, journeyId)
      if (!row) throw new AppError('not_found', `There is no journey ${journeyId}`)
      const { personId, numbers } = await living(workspaceId, id)
      const now = clock.now()
      const [person, runs, refused, times, stories, evaluations] = await Promise.all([
        summaryOf(caller, personId),
        history.list(workspaceId, journeyId, { person: personId }, null, runsShown + 1),
        refusalsOfPerson(db, workspaceId, personId),
        store.versionTimes(db, workspaceId, journeyId),
        deps.storiesOf(caller, journeyId, personId),
        askedNow(caller, row, personId),
      ])
      const refusals = refused.find((one) => one.journey_id === journeyId) ?? null
      const live = row.live_version === null ? null : await definitions.of(db, { workspaceId, journeyId, version: row.live_version })
      const journey = { id: row.id, status: row.status, updatedAt: row.updated_at.getTime() }
      const news = live ? await newsOf({ workspaceId, journey, trigger: live.trigger, personId, numbers, runs, refusals, now }) : []
      const released =
        row.live_version !== null &&
        (row.base_version !== null || isReleasedTo(row.id, { ...row, live_version: row.live_version }, personId))
      const views = runs.slice(0, runsShown).map((run) => ({
        ...runView(run, new Map([[personId, person]])),
        messages: stories.get(run.id) ?? [],
      }))
      return {
        journey: {
          ...{ id: row.id, name: row.name, status: row.status, version: row.live_version },
          publishedAt: times[0]?.published_at.toISOString() ?? null,
        },
        person,
        verdict: verdictOf(row, runs, refusals, news),
        trigger: live?.trigger ?? null,
        runs: views,
        moreRuns: runs.length > runsShown,
        refusals: refusals && refusalView(refusals),
        refusalsSince: iso(now - refusalsKeptMs),
        news: news.slice(0, newsMax),
        moreNews: news.length > newsMax,
        now: evaluations,
        released,
      }
    },

    async ofStep(caller, journeyId, runId, place) {
      const { workspaceId } = caller
      const found = await history.find(workspaceId, journeyId, runId)
      if (!found) throw new AppError('not_found', `There is no run ${runId} of this journey`)
      const { run } = found
      const step = found.steps[place]
      if (!step) throw new AppError('not_found', `The story of run ${runId} has no line ${place}`)
      const definition = await definitions.of(db, run)
      const evaluations: Evaluation[] = []
      for (const { place: where, name, rule, recorded } of decidedBy(definition, run, step))
        evaluations.push(await asked(caller, run.personId, where, rule, step.at.getTime(), recorded, name))
      return evaluations
    },
  }
}

function withoutPerson({ person: _, ...view }: ReturnType<typeof runView>): NonNullable<PersonJourney['last']> {
  return view
}

const refusalView = (row: RefusalRow): NonNullable<JourneyExplanation['refusals']> => ({
  count: row.count,
  firstAt: row.first_at.toISOString(),
  lastAt: row.last_at.toISOString(),
  recent: row.recent.map(({ at, version, reason, name, kind, occurredAt }) => ({ at, version, reason, name, kind, occurredAt })),
})

const verdictOfNews: Readonly<Partial<Record<JourneyExplanation['news'][number]['outcome'], Verdict>>> = {
  waiting: 'waiting',
  ended: 'missed',
  filtered: 'filtered',
  not_meant: 'not_meant',
  before_publish: 'missed',
  archived: 'missed',
  old: 'missed',
  definition: 'missed',
  merge: 'missed',
  skipped: 'missed',
  dropped: 'unknown',
  open: 'waiting',
  unknown: 'unknown',
}

/** Somebody inside is inside; else what happened last speaks: an entry, a refusal, or what could have been one. */
function verdictOf(
  row: JourneyRow,
  runs: readonly Parameters<typeof isOver>[0][],
  refusals: RefusalRow | null,
  news: JourneyExplanation['news'],
): Verdict {
  if (row.live_version === null) return 'never_published'
  const [last] = runs
  if (runs.some((run) => !isOver(run))) return 'inside'
  if (last) return last.state === 'failed' ? 'failed' : last.state === 'exited' ? 'left' : 'finished'
  if (refusals) return 'refused'
  const [newest] = news
  return newest ? (verdictOfNews[newest.outcome] ?? 'unknown') : 'never_triggered'
}
