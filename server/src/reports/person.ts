import { AppError, type Input, type Output, type PersonSummary } from '@chaoxi/contract'
import { type Identity, maskedIdentifier } from '../identity/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { ChangeReason } from '../tags/index.ts'
import type { PersonViews } from './people.ts'
import { contactProperties, detailsOf, splitCursor } from './person-parts.ts'
import * as events from './person-store.ts'
import * as store from './store.ts'

type Detail = Output<'person'>

export interface PersonDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly identity: Identity
  readonly views: PersonViews
  readonly timeZone: (workspaceId: number) => Promise<string>
  /** The id that the person lives under now; `not_found` for nobody of this workspace. */
  readonly living: (workspaceId: number, personId: number) => Promise<number>
}

/** The page of one person. Every list is bounded, so it costs the same for somebody with 100,000 events, but for counting those. */
export function createPerson({ db, clickhouse, clock, identity, views, timeZone, living }: PersonDeps) {
  async function detail(workspaceId: number, personId: number, unmasked: boolean): Promise<Detail> {
    const id = await living(workspaceId, personId)
    const [profiles, summaries, mergedFrom] = await Promise.all([
      identity.profiles(workspaceId, [id]),
      identity.summaries(workspaceId, [id], { unmasked }),
      identity.mergedFrom(workspaceId, id),
    ])
    const [profile, summary] = [profiles.get(id), summaries.get(id)]
    if (!profile || !summary) throw new AppError('not_found', `There is no customer ${personId}`)
    const numbers = [id, ...mergedFrom.map((one) => one.personId)]
    const [seen, stats, identities, said, memberships, consent, coupons, journeys] = await Promise.all([
      events.seenBy(clickhouse, workspaceId, numbers),
      store.orderStats(db, workspaceId, id),
      identity.identities(workspaceId, id, { unmasked }),
      identity.attributesSaid(workspaceId, id),
      views.memberships(workspaceId, id, numbers),
      views.consents(workspaceId, id, profile.phone ? [profile.phone] : []),
      views.coupons(workspaceId, id),
      views.journeyNames(workspaceId),
    ])
    const last = seen.reduce((latest, row) => Math.max(latest, row.last), 0)
    return {
      ...summary,
      lastSeenAt: seen.length === 0 ? null : new Date(last).toISOString(),
      attributes: unmasked ? profile.attributes : { ...profile.attributes, ...maskedContacts(profile.attributes, summary) },
      attributeSources: await sourcesOf(workspaceId, numbers, profile.attributes, said),
      identities: identities.map(({ origin, ...one }) => ({ ...one, number: origin, ...seenOf(one, seen) })),
      mergedFrom,
      coupons,
      consents: consent.consents,
      consentHistory: consent.consentHistory,
      ...membershipsOf(memberships, journeys),
      suppressions: consent.suppressions.map((one) => ({ ...one, address: unmasked ? one.address : (summary.phone ?? '') })),
      stats: {
        orders: stats.orders,
        paidFen: stats.paid_fen,
        lastPaidAt: stats.last_paid_at?.toISOString() ?? null,
        events: seen.reduce((sum, row) => sum + row.events, 0),
      },
    }
  }

  async function sourcesOf(
    workspaceId: number,
    numbers: readonly number[],
    attributes: Readonly<Record<string, unknown>>,
    said: Awaited<ReturnType<Identity['attributesSaid']>>,
  ): Promise<Detail['attributeSources']> {
    const shown = [...said].filter(([name]) => name in attributes)
    const ids = [...new Set(shown.flatMap(([, one]) => one.messageId ?? []))]
    const rows = ids.length === 0 ? [] : await events.messagesOf(clickhouse, workspaceId, numbers, ids)
    const byId = new Map(rows.map((row) => [row.message_id, row]))
    return Object.fromEntries(
      shown.map(([name, { at, messageId }]) => {
        const row = messageId === null ? undefined : byId.get(messageId)
        const cause = row && { messageId: row.message_id, event: row.event, at: new Date(row.time).toISOString(), library: row.library }
        return [name, { at: new Date(at).toISOString(), cause: cause ?? null }]
      }),
    )
  }

  async function timeline(
    workspaceId: number,
    personId: number,
    query: Input<'personTimeline'>['query'],
    unmasked: boolean,
  ): Promise<Output<'personTimeline'>> {
    const id = await living(workspaceId, personId)
    const merged = await identity.mergedFrom(workspaceId, id)
    const [time, messageId] = splitCursor(query.cursor)
    const before = { time: time ?? clock.now() + aheadMs, id: messageId }
    const numbers = [id, ...merged.map((one) => one.personId)]
    const { from = null, to = null } = query
    if (from !== null && to !== null && from > to)
      throw new AppError('invalid_request', 'The days are the wrong way round', [{ path: 'query.to', message: 'must not be before from' }])
    const filter = {
      events: (query.event ?? '')
        .split(',')
        .filter((name) => name !== '')
        .map(decoded),
      kind: query.kind ?? null,
      channel: query.channel ?? null,
      ...{ from, to, zone: from === null && to === null ? 'UTC' : await timeZone(workspaceId) },
      text: query.text.trim(),
      hidden: unmasked ? [] : contactProperties,
    }
    const rows = await events.timeline(clickhouse, workspaceId, numbers, filter, before, query.limit + 1)
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

  async function identityHistory(workspaceId: number, personId: number, unmasked: boolean): Promise<Output<'personIdentity'>> {
    const id = await living(workspaceId, personId)
    const { merges, refusals } = await identity.history(workspaceId, id)
    const numbers = [
      ...new Set([
        ...merges.flatMap((row) => [row.from_person, row.into_person]),
        ...refusals.flatMap((row) => [row.person_id, row.other_id]),
      ]),
    ]
    const [people, alive] = await Promise.all([
      identity.summaries(workspaceId, numbers, { unmasked }),
      identity.livesOn(workspaceId, numbers),
    ])
    const party = (number: number) => ({ number, person: people.get(number) ?? null })
    return {
      merges: merges.map((row) => ({
        id: row.id,
        at: row.at.toISOString(),
        reason: row.reason,
        from: party(row.from_person),
        into: party(row.into_person),
        undone: row.undone_at === null ? null : { at: row.undone_at.toISOString(), by: row.undone_by ?? '', note: row.undone_note ?? '' },
        open: row.undone_at === null && alive.get(row.from_person) === id,
      })),
      decisions: refusals.map((row) => ({
        kind: row.kind,
        person: party(row.person_id),
        other: party(row.other_id),
        identifier: {
          kind: row.identifier_kind,
          value: unmasked ? row.identifier_value : maskedIdentifier({ kind: row.identifier_kind, value: row.identifier_value }),
        },
        firstAt: row.first_at.toISOString(),
        lastAt: row.last_at.toISOString(),
        times: row.times,
      })),
    }
  }

  return { detail, timeline, identityHistory }
}

const dayMs = 86_400_000
/** Events may lie a little ahead of our clock. */
const aheadMs = dayMs

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** When events carried the identifier first and last; those of phone, e-mail and WeChat do not say. */
function seenOf({ kind, value }: { kind: string; value: string }, seen: readonly events.SeenRow[]) {
  const rows = seen.filter((row) => (kind === 'user_id' ? row.user_id === value : kind === 'anonymous_id' && row.anonymous_id === value))
  if (rows.length === 0) return { firstSeenAt: null, lastSeenAt: null }
  return {
    firstSeenAt: new Date(Math.min(...rows.map((row) => row.first))).toISOString(),
    lastSeenAt: new Date(Math.max(...rows.map((row) => row.last))).toISOString(),
  }
}

function membershipsOf(
  memberships: Awaited<ReturnType<PersonViews['memberships']>>,
  journeys: ReadonlyMap<string, string>,
): Pick<Detail, 'tags' | 'segments'> {
  const view = (one: (typeof memberships)[number]) => ({
    key: one.key,
    name: one.name,
    value: one.value,
    layer: one.layer ?? '',
    since: new Date(one.since).toISOString(),
    rule: one.rule,
    ...reasonView(one.reason, journeys),
    cause: one.cause && { ...one.cause, at: new Date(one.cause.at).toISOString() },
  })
  return {
    tags: memberships.filter((one) => one.kind === 'tag').map(view),
    segments: memberships.filter((one) => one.kind === 'segment').map(({ layer: _, ...one }) => view({ ...one, layer: null })),
  }
}

const journeyReason = /^journey:(.*)$/

/** A journey is told by its name. */
function reasonView(reason: ChangeReason, journeys: ReadonlyMap<string, string>): Pick<Detail['tags'][number], 'reason' | 'journey'> {
  switch (reason) {
    case 'event':
    case 'time':
    case 'definition':
    case 'manual':
    case 'merge':
    case 'repair':
      return { reason, journey: null }
    default:
      return { reason: 'journey', journey: journeys.get(journeyReason.exec(reason)?.[1] ?? '') ?? null }
  }
}

function maskedContacts(attributes: Record<string, unknown>, summary: PersonSummary): Record<string, unknown> {
  return {
    ...('phone' in attributes ? { phone: summary.phone ?? '****' } : {}),
    ...('email' in attributes ? { email: summary.email ?? '****' } : {}),
  }
}
