import { AppError, mainGoalId, type PeopleFilter } from '@chaoxi/contract'
import { markOf } from '../journeys/index.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db, Sql } from '../platform/db/postgres.ts'
import type { DefinitionKind } from '../tags/index.ts'
import * as journey from './journey-people-store.ts'
import { countMatching, peopleAmong, peopleMatching, peopleOfCoupon } from './people-store.ts'
import { traitOf } from './people-trait.ts'

export interface PeopleSetsDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  /** Who is in a tag or segment now, as a set of ids; of a tag perhaps those with one value. */
  readonly peopleOf: (workspaceId: number, name: { kind: DefinitionKind; key: string; value?: string | undefined }) => Promise<Sql>
  /** Whom the journey's messages of a span brought to its goal. */
  readonly converted: (workspaceId: number, journeyId: string, from: Date | null, to: Date | null) => Promise<readonly number[]>
}

/** A page of ids, the highest first, below `before`. */
type Page = (before: number | null, limit: number) => Promise<number[]>

/** People behind a number of a journey: a set, and those of runs that are history. */
interface Source {
  readonly here: Sql
  readonly past: { readonly page: Page; count(): Promise<number> } | null
}

/** People whom a filter holds for. */
export interface PeopleSet {
  readonly page: Page
  /** As many at most: who is in runs here and in history counts twice. */
  count(): Promise<number>
}

/** Asked of history at once, of whom the rest of the filter leaves some. */
const pastAtOnce = 5_000

/** A text of the address as an instant; what is none is no limit. */
export const dateOf = (text: string | undefined) => (text === undefined || Number.isNaN(Date.parse(text)) ? null : new Date(text))

type Named = Parameters<PeopleSetsDeps['peopleOf']>[1]

/** `segment:a,tag:b` */
function namesIn(names: string | undefined): Named[] {
  return (names?.split(',') ?? []).map((name) => {
    const [kind, key = ''] = name.split(':')
    return { kind: kind === 'tag' ? ('tag' as const) : ('segment' as const), key, value: undefined }
  })
}

/** The tags and segments that a filter names. */
export const namedIn = (filter: PeopleFilter): Named[] => [...withinOf(filter), ...namesIn(filter.notIn)]

const withinOf = ({ tag, tagValue, segment, in: within }: PeopleFilter): Named[] => [
  ...(tag === undefined ? [] : [{ kind: 'tag' as const, key: tag, value: tagValue }]),
  ...(segment === undefined ? [] : [{ kind: 'segment' as const, key: segment, value: undefined }]),
  ...namesIn(within),
]

const refuse = (path: string, message: string, what: string): never => {
  throw new AppError('invalid_request', what, [{ path: `query.${path}`, message }])
}

/** Answers which people a filter holds for, a page at a time. */
export function createPeopleSets({ db, clickhouse, peopleOf, converted }: PeopleSetsDeps) {
  async function sourceOf(workspaceId: number, filter: PeopleFilter): Promise<Source | null> {
    const { journey: journeyId, stage, node, outcome, way, goal = mainGoalId, version = null, reason } = filter
    if (journeyId === undefined) {
      if (stage !== undefined || node !== undefined) refuse('journey', 'is needed with stage and node', 'Of which journey?')
      return null
    }
    const of = { workspaceId, journeyId, version, from: dateOf(filter.from), to: dateOf(filter.to) }
    const known = await journey.hasPast(db, workspaceId, journeyId)
    const withPast = (here: Sql, question: journey.PastQuestion): Source => ({
      here,
      past: known
        ? {
            page: (before, limit) => journey.pastPeople(clickhouse, of, question, before, limit),
            count: () => journey.countPast(clickhouse, of, question),
          }
        : null,
    })
    const now = (here: Sql): Source => ({ here, past: null })
    switch (stage) {
      case 'sent':
      case 'reached':
      case 'clicked':
      case 'stopped':
        return now(journey.peopleOfMessages(of, stage, { node, reason }))
      case 'refused':
        return now(journey.peopleRefused(of, reason))
      case 'goal':
        return withPast(journey.peopleOfGoal(of, { goal, node, way }), { kind: 'goal', goal, node, way })
      case 'converted':
        return now(peopleAmong(await converted(workspaceId, journeyId, of.from, of.to)))
      case 'inside':
        return now(journey.peopleOfRuns(of, 'inside', node))
      case 'entered':
      case 'ended':
      case 'finished':
      case 'exited':
      case 'failed':
        if (node !== undefined) refuse('node', 'goes without stages of whole runs; say outcome', 'What happened there?')
        return withPast(journey.peopleOfRuns(of, stage), { kind: stage })
      case undefined:
        break
    }
    if (node === undefined) return withPast(journey.peopleOfRuns(of, 'entered'), { kind: 'entered' })
    if (outcome === 'waiting') return now(journey.peopleOfRuns({ ...of, from: null, to: null }, 'inside', node))
    const versions = version === null ? await journey.versionsOf(db, workspaceId, journeyId) : [version]
    const marks = versions.map((one) => markOf({ workspaceId, journeyId, version: one, nodeId: node, outcome, way }))
    return withPast(journey.peopleOfMarks(of, marks), { kind: 'marks', marks })
  }

  /** Looks its names up and checks what it says. */
  return async function peopleOfFilter(workspaceId: number, filter: PeopleFilter): Promise<PeopleSet> {
    const { tag, tagValue, coupon, claim } = filter
    if (tagValue !== undefined && tag === undefined) refuse('tag', 'is needed with tagValue', 'A value of which tag?')
    const attribute = traitOf(filter)
    const source = await sourceOf(workspaceId, filter)
    const sets = (names: readonly Named[]) => Promise.all(names.map((name) => peopleOf(workspaceId, name)))
    const others = [...(coupon === undefined ? [] : [peopleOfCoupon(workspaceId, coupon, claim)]), ...(await sets(withinOf(filter)))]
    const rest = { text: filter.q.trim(), without: await sets(namesIn(filter.notIn)), attribute }
    const matching = (within: readonly Sql[], before: number | null, limit: number) =>
      peopleMatching(db, workspaceId, { ...rest, within }, before, limit)

    async function ofPast(past: Page, before: number | null, limit: number): Promise<number[]> {
      const found: number[] = []
      for (let from = before; ; ) {
        const some = await past(from, pastAtOnce)
        const last = some.at(-1)
        if (last !== undefined) found.push(...(await matching([peopleAmong(some), ...others], from, limit - found.length)))
        if (last === undefined || some.length < pastAtOnce || found.length >= limit) return found
        from = last
      }
    }

    const page: Page = async (before, limit) => {
      if (source === null) return matching(others, before, limit)
      const here = await matching([source.here, ...others], before, limit)
      if (source.past === null) return here
      const past = await ofPast(source.past.page, before, limit)
      return [...new Set([...here, ...past])].sort((a, b) => b - a).slice(0, limit)
    }
    const within = source === null ? others : [source.here, ...others]
    return {
      page,
      async count() {
        const here = await countMatching(db, workspaceId, { ...rest, within })
        return here + ((await source?.past?.count()) ?? 0)
      },
    }
  }
}
