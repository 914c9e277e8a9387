import { AppError, type Input, mainGoalId, type Output, type PersonSummary } from '@chaoxi/contract'
import type { Identity } from '../identity/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db, Sql } from '../platform/db/postgres.ts'
import type { DefinitionKind, ExplainedMembership } from '../tags/index.ts'
import {
  either,
  pastPeople,
  peopleAmong,
  peopleMatching,
  peopleOfCoupon,
  peopleOfGoal,
  peopleOfMessages,
  peopleOfNode,
  peopleOfRuns,
} from './people-store.ts'
import { traitOf } from './people-trait.ts'
import { createPerson } from './person.ts'
import { detailsOf, splitCursor } from './person-parts.ts'
import * as store from './store.ts'

type Detail = Output<'person'>

/** What other rooms know of a person; each is that room's own view. */
export interface PersonViews {
  /** Tags and segments with why, newest first; `numbers` are the person's own and those that went into it. */
  readonly memberships: (workspaceId: number, personId: number, numbers: readonly number[]) => Promise<readonly ExplainedMembership[]>
  /** Who is in a tag or segment now, as a set of ids; of a tag perhaps those with one value. */
  readonly peopleOf: (workspaceId: number, name: { kind: DefinitionKind; key: string; value?: string | undefined }) => Promise<Sql>
  readonly consents: (
    workspaceId: number,
    personId: number,
    phones: readonly string[],
  ) => Promise<Pick<Detail, 'consents' | 'consentHistory' | 'suppressions'>>
  readonly coupons: (workspaceId: number, personId: number) => Promise<Detail['coupons']>
  /** By id. */
  readonly journeyNames: (workspaceId: number) => Promise<ReadonlyMap<string, string>>
  /** Whom the journey's messages of a span brought to its goal. */
  readonly converted: (workspaceId: number, journeyId: string, from: Date | null, to: Date | null) => Promise<readonly number[]>
}

export interface PeopleDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly identity: Identity
  readonly views: PersonViews
  readonly timeZone: (workspaceId: number) => Promise<string>
}

const recentMs = 24 * 3_600_000

/** A text of the address as an instant; what is none is no limit. */
export const dateOf = (text: string | undefined) => (text === undefined || Number.isNaN(Date.parse(text)) ? null : new Date(text))

/** `segment:a,tag:b` */
function namesIn(names: string | undefined) {
  return (names?.split(',') ?? []).map((name) => {
    const [kind, key = ''] = name.split(':')
    return { kind: kind === 'tag' ? ('tag' as const) : ('segment' as const), key, value: undefined }
  })
}

export function createPeople(deps: PeopleDeps) {
  const { db, clickhouse, clock, identity, views } = deps

  /** Summaries in the order of the ids, with when each was last seen. */
  async function summaries(workspaceId: number, ids: readonly number[], unmasked: boolean): Promise<PersonSummary[]> {
    if (ids.length === 0) return []
    const [found, activity] = await Promise.all([
      identity.summaries(workspaceId, ids, { unmasked }),
      store.activity(clickhouse, workspaceId, ids),
    ])
    const last = new Map(activity.map((row) => [row.person, row.last]))
    return ids.flatMap((id) => {
      const summary = found.get(id)
      const seen = last.get(id)
      return summary ? [{ ...summary, lastSeenAt: seen === undefined ? null : new Date(seen).toISOString() }] : []
    })
  }

  /** With those of runs that are history. */
  async function withPast(workspaceId: number, journeyId: string, here: Sql, passage: Parameters<typeof pastPeople>[3]): Promise<Sql> {
    const past = await pastPeople(clickhouse, workspaceId, journeyId, passage)
    return past.length === 0 ? here : either(here, peopleAmong(past))
  }

  /** The sets of people behind the numbers that the filter names. */
  async function setsOf(workspaceId: number, filter: Input<'people'>['query']): Promise<Sql[]> {
    const { journey, stage, node, outcome, way, coupon, claim } = filter
    const span = { from: dateOf(filter.from), to: dateOf(filter.to) }
    const sets = coupon === undefined ? [] : [peopleOfCoupon(workspaceId, coupon, claim)]
    if (journey === undefined) {
      if (stage === undefined && node === undefined) return sets
      throw new AppError('invalid_request', 'Of which journey?', [{ path: 'query.journey', message: 'is needed with stage and node' }])
    }
    if (node !== undefined) {
      const here = peopleOfNode(workspaceId, journey, node, outcome, way)
      sets.push(outcome === 'waiting' ? here : await withPast(workspaceId, journey, here, { nodeId: node, outcome, way }))
    }
    switch (stage) {
      case 'sent':
      case 'reached':
      case 'clicked':
        return [...sets, peopleOfMessages(workspaceId, journey, stage, span)]
      case 'goal':
        return [...sets, peopleOfGoal(workspaceId, journey, filter.goal ?? mainGoalId)]
      case 'converted':
        return [...sets, peopleAmong(await views.converted(workspaceId, journey, span.from, span.to))]
      case undefined:
        return node === undefined
          ? [...sets, await withPast(workspaceId, journey, peopleOfRuns(workspaceId, journey, 'entered'), null)]
          : sets
      default:
        if (stage === 'inside') return [...sets, peopleOfRuns(workspaceId, journey, stage)]
        return [...sets, await withPast(workspaceId, journey, peopleOfRuns(workspaceId, journey, stage), null)]
    }
  }

  async function list(workspaceId: number, filter: Input<'people'>['query'], unmasked: boolean): Promise<Output<'people'>> {
    const before = filter.cursor === undefined ? null : Number(filter.cursor)
    if (before !== null && !Number.isSafeInteger(before))
      throw new AppError('invalid_request', 'The cursor is not one of ours', [
        { path: 'query.cursor', message: 'pass back nextCursor as it came' },
      ])
    const { tag = null, tagValue, segment = null } = filter
    if (tagValue !== undefined && tag === null)
      throw new AppError('invalid_request', 'A value of which tag?', [{ path: 'query.tag', message: 'is needed with tagValue' }])
    const attribute = traitOf(filter)
    const named = [
      ...(tag === null ? [] : [{ kind: 'tag' as const, key: tag, value: tagValue }]),
      ...(segment === null ? [] : [{ kind: 'segment' as const, key: segment, value: undefined }]),
      ...namesIn(filter.in),
    ]
    const sets = (names: typeof named) => Promise.all(names.map((name) => views.peopleOf(workspaceId, name)))
    const within = [...(await setsOf(workspaceId, filter)), ...(await sets(named))]
    const wanted = { text: filter.q.trim(), within, without: await sets(namesIn(filter.notIn)), attribute }
    const ids = await peopleMatching(db, workspaceId, wanted, before, filter.limit + 1)
    const page = ids.slice(0, filter.limit)
    return { items: await summaries(workspaceId, page, unmasked), nextCursor: ids.length > filter.limit ? String(page.at(-1)) : null }
  }

  /** The id that the person lives under now; `not_found` for nobody of this workspace. */
  async function living(workspaceId: number, personId: number): Promise<number> {
    const profile = (await identity.profiles(workspaceId, [personId])).get(personId)
    if (!profile) throw new AppError('not_found', `There is no customer ${personId}`)
    return profile.id
  }

  async function orders(workspaceId: number, personId: number, query: { cursor?: string; limit: number }): Promise<Output<'personOrders'>> {
    const id = await living(workspaceId, personId)
    const [time, orderId] = splitCursor(query.cursor)
    const rows = await store.ordersOf(db, workspaceId, id, time === null ? null : { at: new Date(time), id: orderId }, query.limit + 1)
    const page = rows.slice(0, query.limit)
    const last = page.at(-1)
    return {
      items: page.map((row) => ({
        orderId: row.order_id,
        status: row.status,
        totalFen: row.total_fen,
        paidFen: row.paid_fen,
        refundedFen: row.refunded_fen,
        currency: row.currency,
        createdAt: row.created_at.toISOString(),
        paidAt: row.paid_at?.toISOString() ?? null,
        lines: (row.lines ?? []).map((line) => ({
          lineNo: line.line_no,
          itemId: line.item_id,
          name: line.name,
          quantity: line.quantity,
          priceFen: line.price_fen,
        })),
      })),
      nextCursor: rows.length > query.limit && last ? `${last.created_at.getTime()}:${last.order_id}` : null,
    }
  }

  async function recent(workspaceId: number, limit: number, unmasked: boolean): Promise<Output<'recentEvents'>> {
    const rows = await store.recentEvents(clickhouse, workspaceId, clock.now() - recentMs, limit)
    const people = await identity.summaries(
      workspaceId,
      rows.map((row) => row.person),
      { unmasked },
    )
    return {
      items: rows.map((row) => ({
        messageId: row.message_id,
        at: new Date(row.time).toISOString(),
        receivedAt: new Date(row.received_at).toISOString(),
        event: row.event,
        person: people.get(row.person) ?? null,
        properties: detailsOf(row.properties, unmasked),
      })),
    }
  }

  return {
    list,
    orders,
    recent,
    summaries,
    living,
    ...createPerson({ clickhouse, clock, db, identity, views, timeZone: deps.timeZone, living }),
  }
}
