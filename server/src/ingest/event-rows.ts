import { jsonText } from '../platform/json-text.ts'
import type { AcceptedEvent } from './accepted-event.ts'
import { messageTypes } from './message.ts'
import type { EventRow } from './store.ts'

export function eventRow(event: AcceptedEvent, hash: number): EventRow {
  return {
    workspace_id: event.workspaceId,
    person_id: event.storedAs,
    time: event.time,
    event: event.event,
    type: event.type,
    message_id: event.messageId,
    message_hash: hash,
    user_id: event.userId ?? '',
    anonymous_id: event.anonymousId ?? '',
    properties: jsonText(event.properties),
    context: jsonText(event.context),
    received_at: event.receivedAt,
  }
}

export function acceptedEvent(row: EventRow): AcceptedEvent {
  return {
    workspaceId: row.workspace_id,
    personId: row.person_id,
    storedAs: row.person_id,
    type: messageTypes.find((type) => type === row.type) ?? 'track',
    event: row.event,
    messageId: row.message_id,
    time: row.time,
    receivedAt: row.received_at,
    properties: JSON.parse(row.properties),
    context: JSON.parse(row.context),
    userId: row.user_id || null,
    anonymousId: row.anonymous_id || null,
  }
}
