import type { Identity, Merge } from '../identity/index.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Db, postgresCode, type Tx } from '../platform/db/postgres.ts'
import type { Ids } from '../platform/ids.ts'
import { jsonText } from '../platform/json-text.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { AcceptedEvent, EventConsumer, MergeConsumer } from './accepted-event.ts'
import { commerceFacts } from './commerce.ts'
import type { Dedupe } from './dedupe.ts'
import { createGrouping } from './grouping.ts'
import { createItemCache } from './item-cache.ts'
import type { Message } from './message.ts'
import * as store from './store.ts'

/** A message on its way in. `personId` is known only for what the house itself reports (receipts, claims). */
export interface Incoming {
  readonly workspaceId: number
  readonly message: Message & { readonly messageId: string }
  readonly receivedAt: number
  readonly personId: number | null
}

export interface IntakeDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly identity: Identity
  readonly dedupe: Dedupe
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  /** Called in this order, inside the transaction. */
  readonly consumers: readonly EventConsumer[]
  readonly mergeConsumers: readonly MergeConsumer[]
  /** After a group is in both stores. */
  readonly onStored: (events: readonly AcceptedEvent[]) => void
  /** A message that alone cannot be stored, with what the store said. */
  readonly onPoison: (incoming: Incoming, error: unknown) => Promise<void>
}

/** About 40 MB of waiting messages at a typical kilobyte each; a group is what ClickHouse takes in a quarter of a second. */
const limits = { quietMs: 3, restMs: 100, waitMsMax: 150, sizeMax: 10_000, waitingMax: 40_000 }

/** Failures of the data (class 22: data exception, 23: integrity), not of the stores: sending again would not help. */
const isDataError = (error: unknown) =>
  /^2[23]/.test(postgresCode(error) ?? '') || (error instanceof Error && /CANNOT_PARSE|INCORRECT_DATA/.test(error.message))

/**
 * Writes groups of messages to both stores. The order of the writes makes a crash anywhere harmless:
 * 1. who it is about (PostgreSQL, committed): creating a person twice is impossible, the identifiers are unique;
 * 2. events, attributes and merges to ClickHouse while the transaction of step 3 runs (rows of new people of whom nothing is
 *    known follow before anybody can ask for them);
 * 3. orders, what other rooms keep of the events, and who is to be evaluated (PostgreSQL): committed only after 2.
 * Only then the sender hears 200. A sender who heard nothing sends again: stored ids are not stored twice, but steps 1 and 3
 * run again and are idempotent. What nobody sends again is finished at the next start (`recover`).
 */
export function createIntake(deps: IntakeDeps) {
  const { db, clickhouse, identity, dedupe, log } = deps
  const stored = deps.metrics.counter('events_stored_total', 'Events stored for the first time')
  const duplicates = deps.metrics.counter('events_duplicate_total', 'Messages whose id was stored before')
  const groupSeconds = deps.metrics.histogram('ingest_group_seconds', 'From taking a group of messages to both stores having it')
  const items = createItemCache()
  let flushNumber = 0
  let flushNumbersLeft = 0

  async function nextFlush(): Promise<number> {
    if (flushNumbersLeft === 0) {
      flushNumber = await store.reserveFlushNumbers(db)
      flushNumbersLeft = 10_000
    }
    flushNumbersLeft--
    return flushNumber++
  }

  async function onMerge(tx: Tx, merge: Merge): Promise<void> {
    await store.moveOrders(tx, merge.workspaceId, merge.from, merge.into)
    for (const consumer of deps.mergeConsumers) await consumer(tx, merge.workspaceId, merge.from, merge.into)
  }

  /** Step 3, up to the commit, which waits for `inClickHouse`. */
  async function writeFacts(
    events: readonly AcceptedEvent[],
    merges: readonly Merge[],
    flush: number,
    inClickHouse: Promise<unknown>,
  ): Promise<void> {
    const receivedAt = new Date(events.reduce((latest, event) => Math.max(latest, event.receivedAt), 0))
    const facts = [...Map.groupBy(events, (event) => event.workspaceId)].map(([workspaceId, own]) => {
      const all = commerceFacts(own)
      return { workspaceId, facts: { ...all, items: items.news(workspaceId, all.items) } }
    })
    await db.tx(async (tx) => {
      for (const one of facts) await store.writeCommerce(tx, one.workspaceId, one.facts)
      for (const consumer of deps.consumers) await consumer(tx, events)
      await store.insertTouched(tx, touched(events, merges), receivedAt)
      await store.writeCheckpoint(tx, identity.copiedThrough(flush), receivedAt)
      await inClickHouse
    })
    for (const one of facts) items.remember(one.workspaceId, one.facts.items)
  }

  async function write(group: readonly Incoming[]): Promise<void> {
    const endTimer = groupSeconds.startTimer()
    const flush = await nextFlush()
    const keys = group.map(({ workspaceId, message }) => ({ workspaceId, messageId: message.messageId }))
    const hashes = keys.map((key) => dedupe.hash(key))
    const firsts = await dedupe.firsts(keys, hashes)
    const { events, merges, urgent } = await resolvePeople(group, firsts, flush)
    const rows = events.flatMap((event, i) => (firsts[i] ? [eventRow(event, hashes[i] ?? 0)] : []))
    const inClickHouse = Promise.all([store.insertEvents(clickhouse, rows), urgent ? identity.settleCopies() : null])
    // writeFacts awaits it too, but may fail before it gets there.
    inClickHouse.catch(() => {})
    await writeFacts(events, merges, flush, inClickHouse)
    dedupe.remember(hashes.filter((_, i) => firsts[i]))
    stored.inc(rows.length)
    duplicates.inc(events.length - rows.length)
    endTimer()
    deps.onStored(events)
  }

  async function resolvePeople(group: readonly Incoming[], firsts: readonly boolean[], flush: number) {
    const unknown = group.flatMap((one, i) => (one.personId === null ? [{ one, first: firsts[i] ?? false }] : []))
    const resolution = await identity.resolve(
      unknown.map(({ one: { workspaceId, message }, first }) => ({
        workspaceId,
        messageId: message.messageId,
        time: message.time,
        userId: message.userId,
        anonymousId: message.anonymousId,
        previousId: message.previousId,
        phone: message.phone,
        email: message.email,
        traits: first && message.type === 'identify' && Object.keys(message.properties).length > 0 ? message.properties : null,
      })),
      flush,
      onMerge,
    )
    let next = 0
    const events = group.map(
      (one): AcceptedEvent => ({
        workspaceId: one.workspaceId,
        personId: one.personId ?? resolution.personIds[next++] ?? 0,
        type: one.message.type,
        event: one.message.event,
        messageId: one.message.messageId,
        time: one.message.time,
        receivedAt: one.receivedAt,
        properties: one.message.properties,
        context: one.message.context,
        userId: one.message.userId,
        anonymousId: one.message.anonymousId,
      }),
    )
    return { events, merges: resolution.merges, urgent: resolution.urgent }
  }

  /** A group with something that cannot be stored is halved until only that is left, which goes to quarantine. */
  async function writeOrSplit(group: readonly Incoming[]): Promise<void> {
    try {
      await write(group)
    } catch (error) {
      if (!isDataError(error)) {
        log.error({ err: error, messages: group.length }, 'a group of messages could not be stored')
        throw error
      }
      const [only] = group
      if (group.length === 1 && only) return deps.onPoison(only, error)
      const middle = group.length >> 1
      await writeOrSplit(group.slice(0, middle))
      await writeOrSplit(group.slice(middle))
    }
  }

  const grouping = createGrouping<Incoming>(limits, writeOrSplit)

  return {
    /** Resolves when all of them are in both stores. */
    submit: (items: readonly Incoming[]) => (items.length === 0 ? Promise.resolve() : grouping.submit(items)),
    async drain() {
      await grouping.drain()
      await identity.settleCopies()
    },
    /** Before the first message: loads the filter of known ids and finishes the groups that a crash cut off. */
    async recover(): Promise<void> {
      await dedupe.load()
      const checkpoint = await store.readCheckpoint(db)
      const flush = await nextFlush()
      await identity.copySince(checkpoint?.flush ?? 0)
      const rows = await store.findReceivedSince(clickhouse, checkpoint === null ? 0 : checkpoint.receivedAt - recoveryMarginMs)
      if (rows.length === 0) return
      log.info({ events: rows.length }, 'finishing what the last stop may have cut off')
      for (let i = 0; i < rows.length; i += limits.sizeMax)
        await writeFacts(rows.slice(i, i + limits.sizeMax).map(acceptedEvent), [], flush, Promise.resolve())
    },
  }
}

/** The clocks of two groups that overlap may cross by this much. */
const recoveryMarginMs = 2_000

function touched(events: readonly AcceptedEvent[], merges: readonly Merge[]) {
  const people = new Map<string, { workspaceId: number; personId: number; changes: Set<string> }>()
  const touch = (workspaceId: number, personId: number, change: string) => {
    const key = `${workspaceId}:${personId}`
    const known = people.get(key)
    if (known) known.changes.add(change)
    else people.set(key, { workspaceId, personId, changes: new Set([change]) })
  }
  for (const event of events) {
    touch(event.workspaceId, event.personId, event.event)
    if (event.type === 'identify') touch(event.workspaceId, event.personId, '@attributes')
  }
  for (const merge of merges) touch(merge.workspaceId, merge.into, '@merge')
  return [...people.values()].map((one) => ({ ...one, changes: [...one.changes] }))
}

function eventRow(event: AcceptedEvent, hash: number): store.EventRow {
  return {
    workspace_id: event.workspaceId,
    person_id: event.personId,
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

const types: Record<string, AcceptedEvent['type']> = {
  track: 'track',
  identify: 'identify',
  page: 'page',
  screen: 'screen',
  group: 'group',
  alias: 'alias',
}

function acceptedEvent(row: store.EventRow): AcceptedEvent {
  return {
    workspaceId: row.workspace_id,
    personId: row.person_id,
    type: types[row.type] ?? 'track',
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
