import type { AcceptedEvent } from '../../ingest/index.ts'
import type { Tx } from '../../platform/db/postgres.ts'
import type { Move } from '../../tags/index.ts'
import { membershipKind, membershipNews } from '../core/membership-news.ts'
import { heardNames } from '../store.ts'
import { insertInbox, type NewInboxRow } from './inbox-store.ts'

/**
 * Older news than this is not put into the inbox: a file with last year's orders would fill it, and no run cares. It is
 * also how long the inbox remembers what it took, so that what comes twice within that time counts once.
 */
export const newsAgeMaxMs = 7 * 86_400_000

/** Puts the events that some published journey listens for into the inbox, in the intake's transaction. */
export async function eventConsumer(tx: Tx, events: readonly AcceptedEvent[]): Promise<void> {
  const recent = events.filter((event) => event.receivedAt - event.time <= newsAgeMaxMs)
  const rows: NewInboxRow[] = []
  for (const [workspaceId, own] of Map.groupBy(recent, (event) => event.workspaceId)) {
    const names = await heardNames(tx, workspaceId, 'event', [...new Set(own.map((event) => event.event))])
    for (const event of own) {
      if (!names.has(event.event)) continue
      rows.push({
        workspaceId,
        personId: event.personId,
        sourceKey: `event:${event.messageId}`,
        kind: 'event',
        name: event.event,
        properties: event.properties,
        // A clock that is ahead must not make an event happen after a deadline that it was in time for.
        occurredAt: Math.min(event.time, event.receivedAt),
        receivedAt: event.receivedAt,
      })
    }
  }
  if (rows.length > 0) await insertInbox(tx, rows)
}

/**
 * Puts people who came into a segment or left it, were given a tag or lost it, where that starts a journey, into the inbox. Those
 * whom a new or changed rule found (`definition`) are left alone, as are those who were in it when the journey was published: a
 * journey is entered by what somebody does, not by an operator's edit, and never by a whole customer base at a stroke.
 */
export async function membershipListener(tx: Tx, workspaceId: number, moves: readonly Move[]): Promise<void> {
  const news = moves.filter((move) => move.reason !== 'definition')
  const rows: NewInboxRow[] = []
  for (const [kind, these] of Map.groupBy(news, membershipKind)) {
    const keys = await heardNames(tx, workspaceId, kind, [...new Set(these.map((move) => move.key))])
    for (const move of these) {
      if (!keys.has(move.key)) continue
      for (const personId of move.people) rows.push({ workspaceId, personId, ...membershipNews(move, personId) })
    }
  }
  if (rows.length > 0) await insertInbox(tx, rows)
}
