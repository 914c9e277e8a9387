import { AppError, type Input, type Output, type PersonSummary } from '@chaoxi/contract'
import type { Identity } from '../identity/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { ExplainedMembership } from '../tags/index.ts'
import type { createPeopleSets } from './people-sets.ts'
import { createPerson } from './person.ts'
import { detailsOf, splitCursor } from './person-parts.ts'
import * as store from './store.ts'

type Detail = Output<'person'>

/** What other rooms know of a person; each is that room's own view. */
export interface PersonViews {
  /** Tags and segments with why, newest first; `numbers` are the person's own and those that went into it. */
  readonly memberships: (workspaceId: number, personId: number, numbers: readonly number[]) => Promise<readonly ExplainedMembership[]>
  readonly consents: (
    workspaceId: number,
    personId: number,
    phones: readonly string[],
  ) => Promise<Pick<Detail, 'consents' | 'consentHistory' | 'suppressions'>>
  readonly coupons: (workspaceId: number, personId: number) => Promise<Detail['coupons']>
  /** By id. */
  readonly journeyNames: (workspaceId: number) => Promise<ReadonlyMap<string, string>>
}

export interface PeopleDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly identity: Identity
  readonly views: PersonViews
  readonly sets: ReturnType<typeof createPeopleSets>
  readonly timeZone: (workspaceId: number) => Promise<string>
}

const recentMs = 24 * 3_600_000

export function createPeople(deps: PeopleDeps) {
  const { db, clickhouse, clock, identity, views, sets } = deps

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

  async function list(workspaceId: number, filter: Input<'people'>['query'], unmasked: boolean): Promise<Output<'people'>> {
    const before = filter.cursor === undefined ? null : Number(filter.cursor)
    if (before !== null && !Number.isSafeInteger(before))
      throw new AppError('invalid_request', 'The cursor is not one of ours', [
        { path: 'query.cursor', message: 'pass back nextCursor as it came' },
      ])
    const ids = await (await sets(workspaceId, filter)).page(before, filter.limit + 1)
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
