import type { Channel, MessageState, Purpose } from '@chaoxi/contract'
import { type Queryable, type Sql, sql, type Tx } from '../platform/db/postgres.ts'
import { jsonText } from '../platform/json-text.ts'
import type { DecisionRecord, Message, MessageEvent, NewMessage } from './message.ts'
import { eventFields, toldRow } from './store-events.ts'

export interface MessageRow {
  workspace_id: number
  id: string
  person_id: number
  channel: Channel
  purpose: Purpose
  template: string
  journey_id: string | null
  journey_version: number | null
  run_id: string | null
  node_id: string | null
  context: { event?: Record<string, unknown>; coupon?: Record<string, unknown>; webhook?: Record<string, unknown> }
  state: MessageState
  reason: string | null
  attempts: number
  address: string | null
  provider_id: string | null
  rendered: Record<string, unknown> | null
  created_at: Date
  sent_at: Date | null
}

export const messageColumns = sql`workspace_id, id, person_id, channel, purpose, template, journey_id, journey_version, node_id, run_id, context, state, reason,
  attempts, address, provider_id, rendered, created_at, sent_at`

export function toMessage(row: MessageRow): Message {
  return {
    workspaceId: row.workspace_id,
    id: row.id,
    personId: row.person_id,
    channel: row.channel,
    purpose: row.purpose,
    template: row.template,
    journeyId: row.journey_id,
    journeyVersion: row.journey_version,
    runId: row.run_id,
    nodeId: row.node_id,
    event: row.context.event ?? {},
    coupon: row.context.coupon ?? null,
    webhook: row.context.webhook ?? {},
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    address: row.address,
    providerId: row.provider_id,
    rendered: row.rendered ?? {},
    createdAt: row.created_at.getTime(),
    sentAt: row.sent_at?.getTime() ?? null,
  }
}

export const read = async (db: Queryable, statement: Sql) => (await db.many<MessageRow>(statement)).map(toMessage)

export async function insertMessages(tx: Queryable, messages: readonly (NewMessage & { id: string })[], now: Date): Promise<void> {
  await tx.run(sql`
    insert into messages (workspace_id, id, effect_key, person_id, channel, purpose, template, journey_id, journey_version, node_id,
      run_id, context, awaited, state, due_at, created_at)
    select "workspaceId", id, "effectKey", "personId", channel, purpose, template, "journeyId", "journeyVersion", "nodeId",
      "runId", context, coalesce(awaited, false), 'queued', ${now}, ${now}
    from jsonb_to_recordset(${jsonText(messages)}::jsonb) as row (
      "workspaceId" int, id text, "effectKey" text, "personId" bigint, channel text, purpose text, template text, "journeyId" text,
      "journeyVersion" int, "nodeId" text, "runId" text, context jsonb, awaited boolean)
    on conflict (workspace_id, effect_key) do nothing`)
}

/**
 * Due messages, locked until the transaction ends; those that another worker holds are passed over. What is due and not
 * going out is queued or held; said the other way round, the planner without statistics walks the index in its order.
 */
export function claimDue(tx: Tx, now: Date, limit: number): Promise<Message[]> {
  return read(
    tx,
    sql`select ${messageColumns} from messages where due_at <= ${now} and state not in ('sending', 'unknown') order by due_at limit ${limit} for update skip locked`,
  )
}

/** Messages whose sender is gone or whose outcome is unknown. */
export function claimUnknown(tx: Tx, now: Date, limit: number): Promise<Message[]> {
  return read(
    tx,
    sql`select ${messageColumns} from messages where state in ('sending', 'unknown') and due_at <= ${now} and (state = 'unknown' or lost_at <= ${now})
      order by due_at limit ${limit} for update skip locked`,
  )
}

export interface PersonKey {
  readonly workspaceId: number
  readonly personId: number
}
const lockText = ({ workspaceId, personId }: PersonKey) => `message:${workspaceId}:${personId}`
export const personKey = ({ workspaceId, personId }: PersonKey) => `${workspaceId}:${personId}`

/**
 * Takes the turn of each person until the transaction ends, so that two messages of one person are never decided side
 * by side and both pass the cap. Answers whose turn was free.
 */
export async function tryPersonTurns(tx: Tx, people: readonly PersonKey[]): Promise<Set<string>> {
  const keys = [...new Map(people.map((person) => [personKey(person), lockText(person)]))]
  const rows = await tx.many<{ key: string; free: boolean }>(sql`
    select key, pg_try_advisory_xact_lock(hashtextextended(lock, 0)) as free
    from unnest(${keys.map(([key]) => key)}::text[], ${keys.map(([, lock]) => lock)}::text[]) as person (key, lock)`)
  return new Set(rows.filter((row) => row.free).map((row) => row.key))
}

export async function awaitPersonTurn(tx: Tx, person: PersonKey): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${lockText(person)}, 0))`)
}

/** When marketing messages went to people over any channel since `since`; what failed never reached them. */
/** When marketing that no run of the journey sent went to the people, since then. */
export async function marketingBeside(
  query: Queryable,
  workspaceId: number,
  personIds: readonly number[],
  since: Date,
  journeyId: string,
): Promise<Map<number, number[]>> {
  const rows = await query.many<{ person_id: number; sent_at: Date }>(sql`
    select m.person_id, m.sent_at from unnest(${personIds}::bigint[]) as asked (id)
    cross join lateral (select person_id, sent_at from messages
      where workspace_id = ${workspaceId} and person_id = asked.id and sent_at > ${since} and journey_id is distinct from ${journeyId}
        and purpose = 'marketing' and state in ('sending', 'sent', 'delivered', 'unknown') offset 0) m`)
  const sent = new Map<number, number[]>()
  for (const { person_id: person, sent_at } of rows) sent.set(person, [...(sent.get(person) ?? []), sent_at.getTime()])
  return sent
}

export async function recentMarketing(
  tx: Queryable,
  workspaceId: number,
  personIds: readonly number[],
  since: Date,
): Promise<Map<number, { id: string; at: number }[]>> {
  const rows = await tx.many<{ person_id: number; id: string; sent_at: Date }>(sql`
    select m.person_id, m.id, m.sent_at from unnest(${personIds}::bigint[]) as asked (id)
    cross join lateral (select person_id, id, sent_at from messages
      where workspace_id = ${workspaceId} and person_id = asked.id and sent_at > ${since}
        and purpose = 'marketing' and state in ('sending', 'sent', 'delivered', 'unknown') offset 0) m`)
  return Map.groupBy(
    rows.map((row) => ({ ...row, at: row.sent_at.getTime() })),
    (row) => row.person_id,
  )
}

export async function insertDecisions(
  tx: Queryable,
  decisions: readonly (DecisionRecord & { workspaceId: number; id: string })[],
  now: Date,
): Promise<void> {
  if (decisions.length === 0) return
  await tx.run(sql`
    insert into message_decisions (workspace_id, message_id, seq, at, answer, reason, details)
    select row."workspaceId", row.id,
      (select coalesce(max(seq), 0) + 1 from message_decisions d where d.workspace_id = row."workspaceId" and d.message_id = row.id),
      ${now}, row.answer, row.reason, row.details
    from jsonb_to_recordset(${jsonText(decisions)}::jsonb) as row ("workspaceId" int, id text, answer text, reason text, details jsonb)`)
}

/** New states of messages that do not go out now. `due` null: nothing more to do. */
export interface Rest {
  readonly workspaceId: number
  readonly id: string
  readonly state: 'held' | 'dropped'
  readonly reason: string
  readonly due: Date | null
  readonly rendered?: Record<string, unknown>
}

export async function restMessages(tx: Queryable, rests: readonly Rest[]): Promise<void> {
  if (rests.length === 0) return
  await tx.run(sql`
    update messages m set state = row.state, reason = row.reason, due_at = row.due, rendered = coalesce(row.rendered, m.rendered), sent_at = null,
      news = m.awaited
    from jsonb_to_recordset(${jsonText(rests)}::jsonb) as row (
      "workspaceId" int, id text, state text, reason text, due timestamptz, rendered jsonb)
    where m.workspace_id = row."workspaceId" and m.id = row.id`)
}

export interface Departure {
  readonly workspaceId: number
  readonly id: string
  readonly address: string
  readonly text: string
  readonly segments: number
  readonly costFen: number
  readonly rendered: Record<string, unknown>
}

/** Marks messages as going out; committed before the provider is called. */
export async function startSending(tx: Queryable, departures: readonly Departure[], now: Date, lostAt: Date): Promise<void> {
  if (departures.length === 0) return
  await tx.run(sql`
    update messages m set state = 'sending', reason = null, lost_at = ${lostAt}, sent_at = ${now}, attempts = attempts + 1,
      address = row.address, text = row.text, segments = row.segments, cost_fen = row."costFen", rendered = row.rendered
    from jsonb_to_recordset(${jsonText(departures)}::jsonb) as row (
      "workspaceId" int, id text, address text, text text, segments int, "costFen" bigint, rendered jsonb)
    where m.workspace_id = row."workspaceId" and m.id = row.id`)
}

export interface LookKey {
  readonly workspaceId: number
  readonly id: string
  readonly attempts: number
  readonly marketing: boolean
  readonly address: string
}

/** Which are still ours to send (nobody has reconciled them meanwhile), and whose number was refused since the gate was asked. */
export async function lookOnceMore(db: Queryable, messages: readonly LookKey[]): Promise<Map<string, { ours: boolean; refused: boolean }>> {
  const rows = await db.many<{ id: string; ours: boolean; refused: boolean }>(sql`
    select row.id,
      exists (select from messages m where m.workspace_id = row."workspaceId" and m.id = row.id and m.state = 'sending' and m.attempts = row.attempts) as ours,
      exists (select from suppressions s where s.workspace_id = row."workspaceId" and s.channel = 'sms' and s.address = row.address
        and (row.marketing or s.reason in ('bad_address', 'refused_all'))) as refused
    from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) as row ("workspaceId" int, id text, attempts int, marketing boolean, address text)`)
  return new Map(rows.map((row) => [row.id, row]))
}

/** False when the reconciler has it. */
export async function renewSending(db: Queryable, message: Message, attempts: number, lostAt: Date): Promise<boolean> {
  return (
    (await db.run(sql`
      update messages set lost_at = ${lostAt}
      where workspace_id = ${message.workspaceId} and id = ${message.id} and state = 'sending' and attempts = ${attempts}`)) === 1
  )
}

export interface Outcome {
  readonly workspaceId: number
  readonly id: string
  readonly state: MessageState
  readonly reason: string | null
  readonly due: Date | null
  readonly providerId: string | null
  /** False: it never went out, so it has no time and no cost. */
  readonly wentOut: boolean
  readonly attempt: { readonly outcome: string; readonly details: Record<string, unknown> }
  /** What the intake is told when the message moves. */
  readonly event: MessageEvent | null
  /** The event is told even if the message does not move: it went out, whatever came back sooner. */
  readonly toldAnyway: boolean
}

/**
 * Writes what calls came to, each with its attempt and its event, in one statement. Only a message that is still going out moves: a receipt may have
 * been faster than the answer to the call. Answers the ids that moved.
 */
export async function finishSending(tx: Queryable, outcomes: readonly Outcome[], now: Date): Promise<Set<string>> {
  const rows = await tx.many<{ id: string }>(sql`
    with row as materialized (
      select * from jsonb_to_recordset(${jsonText(outcomes.map(toldRow))}::jsonb) as row (
        "workspaceId" int, id text, state text, reason text, due timestamptz, "providerId" text, "wentOut" boolean, attempt jsonb,
        event jsonb, "toldAnyway" boolean)
    ), attempt as (
      insert into message_attempts (workspace_id, message_id, seq, at, outcome, provider_id, details)
      select row."workspaceId", row.id,
        (select coalesce(max(seq), 0) + 1 from message_attempts a where a.workspace_id = row."workspaceId" and a.message_id = row.id),
        ${now}, row.attempt->>'outcome', row."providerId", row.attempt->'details'
      from row
    ), moved as (
      update messages m set state = row.state, reason = row.reason, due_at = row.due, provider_id = coalesce(row."providerId", m.provider_id),
        sent_at = case when row."wentOut" then m.sent_at end, cost_fen = case when row."wentOut" then m.cost_fen else 0 end,
        news = m.awaited
      from row where m.workspace_id = row."workspaceId" and m.id = row.id and m.state in ('sending', 'unknown')
      returning m.id
    ), told as (
      insert into message_events (workspace_id, person_id, event, properties, message_id, at)
      select ${eventFields} from row
      where row.event is not null and (row."toldAnyway" or row.id in (select id from moved))
      on conflict (workspace_id, message_id) do nothing
    )
    select id from moved`)
  return new Set(rows.map((row) => row.id))
}

/** Leases a message to the reconciler that asks about it. */
export async function leaseUnknown(tx: Queryable, messages: readonly Message[], until: Date): Promise<void> {
  await tx.run(sql`
    update messages m set state = 'unknown', reason = 'unknown_outcome', due_at = ${until}
    from unnest(${messages.map((m) => m.workspaceId)}::int[], ${messages.map((m) => m.id)}::text[]) as row (workspace_id, id)
    where m.workspace_id = row.workspace_id and m.id = row.id`)
}

/** How often the provider's records were looked at in vain since the message last went out. */
export async function looksInVain(db: Queryable, message: Message): Promise<number> {
  const row = await db.one<{ count: number }>(sql`
    select count(*) as count from message_attempts
    where workspace_id = ${message.workspaceId} and message_id = ${message.id} and outcome = 'not_found' and at >= ${new Date(message.sentAt ?? 0)}`)
  return row?.count ?? 0
}

/** Drops what waits for a person on a channel; answers what was dropped. */
export async function dropWaiting(
  tx: Queryable,
  workspaceId: number,
  personIds: readonly number[],
  channel: Channel,
  purposes: readonly Purpose[],
  reason: string,
): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    update messages set state = 'dropped', reason = ${reason}, due_at = null, news = awaited
    where workspace_id = ${workspaceId} and person_id = any(${personIds}::bigint[]) and channel = ${channel}
      and purpose = any(${purposes}) and state in ('queued', 'held')
    returning id`)
  return rows.map((row) => row.id)
}

/** Texts in review became sendable, or did not: what waits for them is looked at now. */
export async function wakeHeld(db: Queryable, workspaceId: number, template: string, reason: string, now: Date): Promise<number> {
  return db.run(sql`
    update messages set due_at = ${now}
    where workspace_id = ${workspaceId} and template = ${template} and state = 'held' and reason = ${reason} and due_at > ${now}`)
}

export async function moveMessages(tx: Queryable, workspaceId: number, from: number, into: number): Promise<void> {
  await tx.run(sql`update messages set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}`)
  await tx.run(sql`update message_events set person_id = ${into} where workspace_id = ${workspaceId} and person_id = ${from}`)
}

export async function messageById(db: Queryable, workspaceId: number, id: string): Promise<Message | null> {
  return (await read(db, sql`select ${messageColumns} from messages where workspace_id = ${workspaceId} and id = ${id}`))[0] ?? null
}

/** Popups that wait for the person, and those handed out but never seen (the page closed too soon), oldest first. */
export function openPopups(tx: Tx, person: PersonKey, now: Date, limit: number): Promise<Message[]> {
  return read(
    tx,
    sql`select ${messageColumns} from messages
      where workspace_id = ${person.workspaceId} and person_id = ${person.personId} and channel = 'popup'
        and (rendered->>'expiresAt')::bigint > ${now.getTime()}
        and (state = 'held' or (state = 'sent' and shown_at is null))
      order by created_at, id limit ${limit} for update`,
  )
}

export async function handOut(tx: Queryable, message: Message, rendered: Record<string, unknown>, text: string, now: Date): Promise<void> {
  await tx.run(sql`
    update messages set state = 'sent', reason = null, due_at = null, sent_at = ${now}, rendered = ${jsonText(rendered)}, text = ${text}, attempts = attempts + 1,
      news = awaited
    where workspace_id = ${message.workspaceId} and id = ${message.id}`)
}

export async function markShown(tx: Queryable, message: Message, now: Date): Promise<boolean> {
  return (
    (await tx.run(sql`
      update messages set state = 'delivered', shown_at = ${now}, delivered_at = ${now}, news = awaited
      where workspace_id = ${message.workspaceId} and id = ${message.id} and shown_at is null and state = 'sent'`)) === 1
  )
}

/** The first click counts; whoever clicked has also received it. */
export async function markClicked(tx: Queryable, workspaceId: number, id: string, now: Date): Promise<void> {
  await tx.run(sql`
    update messages set clicked_at = coalesce(clicked_at, ${now}), delivered_at = coalesce(delivered_at, ${now}),
      state = case when state in ('sent', 'unknown', 'sending') then 'delivered' else state end, due_at = case when state in ('unknown', 'sending') then null else due_at end,
      news = awaited
    where workspace_id = ${workspaceId} and id = ${id}`)
}
