import type { Channel, MessageState, Purpose } from '@chaoxi/contract'
import { type Queryable, sql } from '../platform/db/postgres.ts'

export interface ViewRow {
  id: string
  channel: Channel
  purpose: Purpose
  template: string
  journey_id: string | null
  node_id: string | null
  person_id: number
  state: MessageState
  reason: string | null
  created_at: Date
  due_at: Date | null
  sent_at: Date | null
  delivered_at: Date | null
  clicked_at: Date | null
  cost_fen: number
  text: string
}

const columns = sql`id, channel, purpose, template, journey_id, node_id, person_id, state, reason, created_at, due_at, sent_at, delivered_at, clicked_at, cost_fen, text`

export interface MessageFilter {
  readonly state?: MessageState | undefined
  readonly channel?: Channel | undefined
  readonly journey?: string | undefined
  readonly node?: string | undefined
  readonly person?: number | undefined
  readonly reason?: string | undefined
  /** Ids sort by time of creation. */
  readonly before: string | null
  readonly limit: number
}

export function listMessages(db: Queryable, workspaceId: number, filter: MessageFilter): Promise<ViewRow[]> {
  const { state = null, channel = null, journey = null, node = null, person = null, reason = null, before } = filter
  return db.many<ViewRow>(sql`
    select ${columns} from messages
    where workspace_id = ${workspaceId}
      and (${before}::text is null or id < ${before}) and (${state}::text is null or state = ${state})
      and (${channel}::text is null or channel = ${channel}) and (${journey}::text is null or journey_id = ${journey})
      and (${node}::text is null or node_id = ${node})
      and (${person}::bigint is null or person_id = ${person}) and (${reason}::text is null or reason = ${reason})
    order by id desc limit ${filter.limit}`)
}

export function viewOfMessage(db: Queryable, workspaceId: number, id: string): Promise<ViewRow | null> {
  return db.one<ViewRow>(sql`select ${columns} from messages where workspace_id = ${workspaceId} and id = ${id}`)
}

/** Of one person's messages by a journey the newest, newest first. */
export function messagesOfPerson(db: Queryable, workspaceId: number, journeyId: string, personId: number, limit: number) {
  return db.many<ViewRow & { run_id: string | null }>(sql`
    select ${columns}, run_id from messages where workspace_id = ${workspaceId} and person_id = ${personId} and journey_id = ${journeyId}
    order by id desc limit ${limit}`)
}

export interface DecisionRow {
  at: Date
  answer: 'send' | 'hold' | 'drop'
  reason: string
  details: Record<string, unknown>
}

export function decisionsOf(db: Queryable, workspaceId: number, id: string): Promise<DecisionRow[]> {
  return db.many<DecisionRow>(sql`
    select at, answer, reason, details from message_decisions where workspace_id = ${workspaceId} and message_id = ${id} order by seq limit 200`)
}

export interface AttemptRow {
  at: Date
  outcome: string
  provider_id: string | null
  details: Record<string, unknown>
}

export function attemptsOf(db: Queryable, workspaceId: number, id: string): Promise<AttemptRow[]> {
  return db.many<AttemptRow>(sql`
    select at, outcome, provider_id, details from message_attempts where workspace_id = ${workspaceId} and message_id = ${id} order by seq limit 200`)
}
