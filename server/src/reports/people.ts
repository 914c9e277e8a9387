import { AppError, type Input, type Output, type PersonSummary } from '@chaoxi/contract'
import type { Identity } from '../identity/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db, Sql } from '../platform/db/postgres.ts'
import { peopleAmong, peopleMatching, peopleOfCoupon, peopleOfMessages, peopleOfNode, peopleOfRuns } from './people-store.ts'
import { traitOf } from './people-trait.ts'
import * as store from './store.ts'

type Detail = Output<'person'>

/** What other rooms know of a person; each is that room's own view. */
export interface PersonViews {
  /** Tags and segments, newest first; `since` in ms. */
  readonly memberships: (
    workspaceId: number,
    personId: number,
  ) => Promise<readonly { kind: 'tag' | 'segment'; key: string; name: string; layer: string | null; since: number }[]>
  readonly consents: (
    workspaceId: number,
    personId: number,
    phones: readonly string[],
  ) => Promise<Pick<Detail, 'consents' | 'suppressions'>>
  readonly coupons: (workspaceId: number, personId: number) => Promise<Detail['coupons']>
  /** Whom the journey's messages of a span brought to its goal. */
  readonly converted: (workspaceId: number, journeyId: string, from: Date | null, to: Date | null) => Promise<readonly number[]>
}

export interface PeopleDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly identity: Identity
  readonly views: PersonViews
}

const recentMs = 24 * 3_600_000

/** A text of the address as an instant; what is none is no limit. */
export const dateOf = (text: string | undefined) => (text === undefined || Number.isNaN(Date.parse(text)) ? null : new Date(text))

export function createPeople({ db, clickhouse, clock, identity, views }: PeopleDeps) {
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

  /** The sets of people behind the numbers that the filter names. */
  async function setsOf(workspaceId: number, filter: Input<'people'>['query']): Promise<Sql[]> {
    const { journey, stage, node, outcome, coupon, claim } = filter
    const span = { from: dateOf(filter.from), to: dateOf(filter.to) }
    const sets = coupon === undefined ? [] : [peopleOfCoupon(workspaceId, coupon, claim)]
    if (journey === undefined) {
      if (stage === undefined && node === undefined) return sets
      throw new AppError('invalid_request', 'Of which journey?', [{ path: 'query.journey', message: 'is needed with stage and node' }])
    }
    if (node !== undefined) sets.push(peopleOfNode(workspaceId, journey, node, outcome))
    switch (stage) {
      case 'sent':
      case 'reached':
      case 'clicked':
        return [...sets, peopleOfMessages(workspaceId, journey, stage, span)]
      case 'converted':
        return [...sets, peopleAmong(await views.converted(workspaceId, journey, span.from, span.to))]
      case undefined:
        return node === undefined ? [...sets, peopleOfRuns(workspaceId, journey, 'entered')] : sets
      default:
        return [...sets, peopleOfRuns(workspaceId, journey, stage)]
    }
  }

  async function list(workspaceId: number, filter: Input<'people'>['query'], unmasked: boolean): Promise<Output<'people'>> {
    const before = filter.cursor === undefined ? null : Number(filter.cursor)
    if (before !== null && !Number.isSafeInteger(before))
      throw new AppError('invalid_request', 'The cursor is not one of ours', [
        { path: 'query.cursor', message: 'pass back nextCursor as it came' },
      ])
    const { tag = null, segment = null } = filter
    const { within, without, attribute } = traitOf(workspaceId, filter)
    const sets = [...(await setsOf(workspaceId, filter)), ...within]
    const wanted = { text: filter.q.trim(), tag, segment, within: sets, without, attribute }
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

  async function detail(workspaceId: number, personId: number, unmasked: boolean): Promise<Detail> {
    const id = await living(workspaceId, personId)
    const profile = (await identity.profiles(workspaceId, [id])).get(id)
    const [[summary], [activity], stats, identities, mergedFrom, memberships, consent, coupons] = await Promise.all([
      summaries(workspaceId, [id], unmasked),
      store.activity(clickhouse, workspaceId, [id]),
      store.orderStats(db, workspaceId, id),
      identity.identities(workspaceId, id, { unmasked }),
      identity.mergedFrom(workspaceId, id),
      views.memberships(workspaceId, id),
      views.consents(workspaceId, id, profile?.phone ? [profile.phone] : []),
      views.coupons(workspaceId, id),
    ])
    if (!profile || !summary) throw new AppError('not_found', `There is no customer ${personId}`)
    const named = (kind: 'tag' | 'segment') =>
      memberships
        .filter((one) => one.kind === kind)
        .map((one) => ({ key: one.key, name: one.name, layer: one.layer ?? '', since: new Date(one.since).toISOString() }))
    const attributes = unmasked ? profile.attributes : { ...profile.attributes, ...maskedContacts(profile.attributes, summary) }
    return {
      ...summary,
      attributes,
      identities,
      mergedFrom,
      coupons,
      consents: consent.consents,
      tags: named('tag'),
      segments: named('segment'),
      suppressions: consent.suppressions.map((one) => ({ ...one, address: unmasked ? one.address : (summary.phone ?? '') })),
      stats: {
        orders: stats.orders,
        paidFen: stats.paid_fen,
        lastPaidAt: stats.last_paid_at?.toISOString() ?? null,
        events: activity?.events ?? 0,
      },
    }
  }

  async function timeline(
    workspaceId: number,
    personId: number,
    query: { cursor?: string; limit: number; event?: string },
    unmasked: boolean,
  ): Promise<Output<'personTimeline'>> {
    const id = await living(workspaceId, personId)
    const merged = await identity.mergedFrom(workspaceId, id)
    const [time, messageId] = splitCursor(query.cursor)
    const before = { time: time ?? clock.now() + recentMs, id: messageId }
    const rows = await store.timeline(
      clickhouse,
      workspaceId,
      [id, ...merged.map((one) => one.personId)],
      query.event ?? null,
      before,
      query.limit + 1,
    )
    const page = rows.slice(0, query.limit)
    const last = page.at(-1)
    return {
      items: page.map((row) => ({
        id: row.message_id,
        kind: row.event.startsWith('Message ') ? 'message' : 'event',
        at: new Date(row.time).toISOString(),
        title: row.event,
        details: detailsOf(row.properties, unmasked),
      })),
      nextCursor: rows.length > query.limit && last ? `${last.time}:${last.message_id}` : null,
    }
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

  return { list, detail, timeline, orders, recent, summaries }
}

function maskedContacts(attributes: Record<string, unknown>, summary: PersonSummary): Record<string, unknown> {
  return {
    ...('phone' in attributes ? { phone: summary.phone ?? '****' } : {}),
    ...('email' in attributes ? { email: summary.email ?? '****' } : {}),
  }
}

/** An event's properties, or traits: contact data in them is masked like anywhere else. */
function detailsOf(text: string, unmasked: boolean): Record<string, unknown> {
  const details: Record<string, unknown> = JSON.parse(text)
  if (unmasked) return details
  const hidden = ['phone', 'email', 'mobile'].filter((name) => name in details)
  return { ...details, ...Object.fromEntries(hidden.map((name) => [name, '****'])) }
}

/** `<ms>:<id>`; nothing before it when there is no cursor. */
function splitCursor(cursor: string | undefined): [number | null, string] {
  if (cursor === undefined) return [null, '']
  const colon = cursor.indexOf(':')
  const time = Number(cursor.slice(0, colon))
  if (colon < 1 || !Number.isSafeInteger(time))
    throw new AppError('invalid_request', 'The cursor is not one of ours', [
      { path: 'query.cursor', message: 'pass back nextCursor as it came' },
    ])
  return [time, cursor.slice(colon + 1)]
}
