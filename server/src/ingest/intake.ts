import type { Identity, Merge, OnMerge, SplitPlan, Subject } from '../identity/index.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Ids } from '../platform/ids.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { AcceptedEvent, EventConsumer, MergeConsumer, MovableMemberships, SplitConsumer } from './accepted-event.ts'
import { commerceFacts } from './commerce.ts'
import { isDataError } from './data-error.ts'
import type { Dedupe } from './dedupe.ts'
import { acceptedEvent, eventRow } from './event-rows.ts'
import { createGrouping } from './grouping.ts'
import type { ItemWriter } from './item-writer.ts'
import { contactsOf, type Message, sayingOf } from './message.ts'
import { type SplitRequest, undoMerge } from './split.ts'
import { findMovable } from './split-store.ts'
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
  readonly items: ItemWriter
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  /** Called in this order, inside the transaction. */
  readonly consumers: readonly EventConsumer[]
  readonly mergeConsumers: readonly MergeConsumer[]
  readonly splitConsumers: readonly SplitConsumer[]
  readonly movableMemberships: MovableMemberships
  /** After a group is in both stores. */
  readonly onStored: (events: readonly AcceptedEvent[]) => void
  /** A message that alone cannot be stored, with what the store said. */
  readonly onPoison: (incoming: Incoming, error: unknown) => Promise<void>
}

/** About 40 MB of waiting messages at a typical kilobyte each; a group is what ClickHouse takes in a quarter of a second. */
const limits = { quietMs: 3, restMs: 100, waitMsMax: 150, sizeMax: 10_000, waitingMax: 40_000 }

/**
 * Writes groups of messages to both stores, one group after the other. For each:
 * 1. it is decided who the messages are about (reads only; new people get their numbers);
 * 2. at the same time: events to ClickHouse; people, attributes and merges to PostgreSQL and from there to ClickHouse (rows
 *    of new people of whom nothing is known follow before anybody can ask for them); orders, what other rooms keep of the
 *    events, and who is to be evaluated, to PostgreSQL;
 * 3. the last of these is committed when the other two are done. Only then the sender hears 200.
 * A sender who heard nothing sends again: stored ids are not stored twice, but everything else runs again and is idempotent.
 * What was cut off between 2 and 3 is finished before anything else is taken (`finish`): the events in ClickHouse say what
 * is to be done, and a person number that nobody got is given to whom the events are about.
 * Merges move rows that step 2 writes too, so a group with one decides, writes people, and goes on, one after the other.
 */
export function createIntake(deps: IntakeDeps) {
  const { db, clickhouse, identity, dedupe, items, log } = deps
  const stored = deps.metrics.counter('events_stored_total', 'Events stored for the first time')
  const duplicates = deps.metrics.counter('events_duplicate_total', 'Messages whose id was stored before')
  const groupSeconds = deps.metrics.histogram('ingest_group_seconds', 'From taking a group of messages to both stores having it')
  let flushNumber = 0
  let flushNumbersLeft = 0
  // Something was begun and not committed: the next group waits until it is finished.
  let unfinished = false
  // When the newest of what was taken came.
  let newest = 0

  async function nextFlush(): Promise<number> {
    if (flushNumbersLeft === 0) {
      flushNumber = await store.reserveFlushNumbers(db)
      flushNumbersLeft = 10_000
    }
    flushNumbersLeft--
    return flushNumber++
  }

  const onMerge: OnMerge = {
    async movable(tx, workspaceId, merges) {
      const memberships = await deps.movableMemberships(tx, workspaceId, merges)
      return (await findMovable(tx, workspaceId, merges)).map((rows, i) => ({ ...rows, memberships: memberships[i] ?? [] }))
    },
    async move(tx, { workspaceId, from, into }) {
      await store.moveOrders(tx, workspaceId, from, into)
      for (const consumer of deps.mergeConsumers) await consumer(tx, workspaceId, from, into)
    },
  }

  /** Orders, what other rooms keep, and who is to be evaluated; the commit waits for `elsewhere`. */
  async function writeFacts(
    events: readonly AcceptedEvent[],
    merges: readonly Merge[],
    flush: number,
    elsewhere: Promise<unknown>,
  ): Promise<void> {
    const receivedAt = events.reduce((latest, event) => Math.max(latest, event.receivedAt), 0)
    const facts = factsByWorkspace(events)
    await db.tx(async (tx) => {
      for (const one of facts) await store.writeOrders(tx, one.workspaceId, one)
      for (const consumer of deps.consumers) await consumer(tx, events)
      await store.insertTouched(tx, touched(events, merges), new Date(receivedAt))
      await elsewhere
      await store.writeCheckpoint(tx, { flush: identity.copiedThrough(flush), receivedAt, itemsReceivedAt: items.through() })
    })
    await items.take(facts, receivedAt)
  }

  async function write(group: readonly Incoming[]): Promise<void> {
    if (unfinished) await finish()
    const endTimer = groupSeconds.startTimer()
    const flush = await nextFlush()
    const keys = group.map(({ workspaceId, message }) => ({ workspaceId, messageId: message.messageId }))
    const hashes = keys.map((key) => dedupe.hash(key))
    const firsts = await dedupe.firsts(keys, hashes)
    const { events, people } = await planPeople(group, firsts, flush)
    const rows = events.flatMap((event, i) => (firsts[i] ? [eventRow(event, hashes[i] ?? 0)] : []))
    // Before they are stored: should something fail after it, a second one must be looked up.
    dedupe.remember(hashes.filter((_, i) => firsts[i]))
    if (canFinish(group) && people.merges.length === 0) {
      unfinished = true
      const elsewhere = Promise.all([store.insertEvents(clickhouse, rows), people.commit()])
      // writeFacts awaits it too, but may fail before it gets there.
      elsewhere.catch(() => {})
      await writeFacts(events, [], flush, elsewhere).finally(() => elsewhere.catch(() => {}))
      unfinished = false
    } else {
      await people.commit()
      const elsewhere = store.insertEvents(clickhouse, rows)
      elsewhere.catch(() => {})
      await writeFacts(events, people.merges, flush, elsewhere)
    }
    newest = events.reduce((latest, event) => Math.max(latest, event.receivedAt), newest)
    stored.inc(rows.length)
    duplicates.inc(events.length - rows.length)
    endTimer()
    deps.onStored(events)
  }

  /** Whether `finish` could find all of the group and read the same again out of what is stored. */
  const canFinish = (group: readonly Incoming[]) =>
    group.every(({ receivedAt, message }) => receivedAt >= newest - marginMs && isToldByItsEvent(message))

  async function planPeople(group: readonly Incoming[], firsts: readonly boolean[], flush: number) {
    const unknown = group.flatMap((one, i) => (one.personId === null ? [{ one, first: firsts[i] ?? false }] : []))
    const people = await identity.plan(
      unknown.map(({ one: { workspaceId, message }, first }) => subjectOf(workspaceId, message, first, null)),
      flush,
      onMerge,
    )
    let next = 0
    const personOf = (known: number | null) => {
      if (known !== null) return { personId: known, storedAs: known }
      const i = next++
      return { personId: people.personIds[i] ?? 0, storedAs: people.origins[i] ?? 0 }
    }
    const events = group.map(
      (one): AcceptedEvent => ({
        workspaceId: one.workspaceId,
        ...personOf(one.personId),
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
    return { events, people }
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

  /** Finishes what a crash or a failure cut off between the stores. */
  async function finish(): Promise<void> {
    const checkpoint = await store.readCheckpoint(db)
    newest = Math.max(newest, checkpoint?.receivedAt ?? 0)
    const flush = await nextFlush()
    await identity.copySince(checkpoint?.flush ?? 0)
    const rows = await store.findReceivedSince(clickhouse, checkpoint === null ? 0 : checkpoint.receivedAt - marginMs)
    if (rows.length > 0) log.info({ events: rows.length }, 'finishing what the last stop or failure may have cut off')
    for (let i = 0; i < rows.length; i += limits.sizeMax) await finishOrSplit(rows.slice(i, i + limits.sizeMax).map(acceptedEvent), flush)
    unfinished = false
  }

  /** What a crash kept from the items: they had not heard of events that are whole otherwise. */
  async function finishItems(checkpoint: store.Checkpoint | null): Promise<void> {
    if (checkpoint === null) return
    const rows = await store.findReceivedSince(clickhouse, checkpoint.itemsReceivedAt - marginMs)
    await items.take(factsByWorkspace(rows.map(acceptedEvent)), Math.max(checkpoint.receivedAt, checkpoint.itemsReceivedAt))
    await items.settle()
  }

  async function finishOrSplit(events: readonly AcceptedEvent[], flush: number): Promise<void> {
    try {
      await writeFacts(await adopt(events, flush), [], flush, Promise.resolve())
    } catch (error) {
      if (!isDataError(error)) throw error
      const [only] = events
      if (events.length === 1 && only) {
        // It is in ClickHouse, and was never acknowledged: its sender is told so when it is sent again.
        log.error({ err: error, messageId: only.messageId }, 'an event could not be finished')
        return
      }
      const middle = events.length >> 1
      await finishOrSplit(events.slice(0, middle), flush)
      await finishOrSplit(events.slice(middle), flush)
    }
  }

  /** Gives events whose person was never committed their person, and says again what identifies said. */
  async function adopt(events: readonly AcceptedEvent[], flush: number): Promise<AcceptedEvent[]> {
    const strangers = new Map<number, Set<number>>()
    for (const [workspaceId, own] of Map.groupBy(events, (event) => event.workspaceId))
      strangers.set(workspaceId, await identity.strangers(workspaceId, [...new Set(own.map((event) => event.personId))]))
    const isStranger = (event: AcceptedEvent) => strangers.get(event.workspaceId)?.has(event.personId) ?? false
    const asked = events.filter((event) => isStranger(event) || event.type === 'identify')
    if (asked.length === 0) return living(events)
    const subjects = asked.map((event) =>
      subjectOf(
        event.workspaceId,
        { ...event, ...contactsOf(event.type, event.properties, event.context), previousId: null, unbind: [] },
        true,
        isStranger(event) ? event.personId : null,
      ),
    )
    const people = await identity.plan(subjects, flush, onMerge)
    await people.commit()
    const found = new Map(asked.map((event, i) => [event, people.personIds[i]]))
    return living(events.map((event) => ({ ...event, personId: (isStranger(event) ? found.get(event) : null) ?? event.personId })))
  }

  /** Events are stored under the number they came by; everything else is said of whom it lives on in. */
  async function living(events: readonly AcceptedEvent[]): Promise<AcceptedEvent[]> {
    const merged = new Map<number, ReadonlyMap<number, number>>()
    for (const [workspaceId, own] of Map.groupBy(events, (event) => event.workspaceId))
      merged.set(workspaceId, await identity.livesOn(workspaceId, [...new Set(own.map((event) => event.personId))]))
    return events.map((event) => ({ ...event, personId: merged.get(event.workspaceId)?.get(event.personId) ?? event.personId }))
  }

  // Groups, and what must not happen beside one, take turns.
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work, work)
    turn = next.catch(() => {})
    return next
  }

  async function split(workspaceId: number, mergeId: string, request: SplitRequest): Promise<SplitPlan> {
    if (unfinished) await finish()
    return undoMerge(deps, workspaceId, mergeId, request, await nextFlush())
  }

  async function drain(): Promise<void> {
    await grouping.drain()
    await Promise.all([identity.settleCopies(), items.settle()])
  }

  const grouping = createGrouping<Incoming>(limits, (group) => inTurn(() => writeOrSplit(group)))

  return {
    /** Resolves when all of them are in both stores. */
    submit: (items: readonly Incoming[]) => (items.length === 0 ? Promise.resolve() : grouping.submit(items)),
    split: (workspaceId: number, mergeId: string, done: SplitRequest) => inTurn(() => split(workspaceId, mergeId, done)),
    drain,
    async close() {
      await drain()
      await dedupe.save()
    },
    /** Before the first message: loads the filter of known ids and finishes what a crash cut off. */
    async recover(): Promise<void> {
      await dedupe.load()
      const checkpoint = await store.readCheckpoint(db)
      if (checkpoint) items.resume(checkpoint.itemsReceivedAt)
      await finish()
      await finishItems(checkpoint)
    },
  }
}

/** The clocks of two groups that follow each other may cross by this much. */
const marginMs = 2_000

type Said = Omit<Message, 'messageId' | 'context'> & { readonly messageId: string }

/** Not so: what only alias or an unbinding says, and contacts that came beside the attributes. */
function isToldByItsEvent({ type, properties, context, phone, email, unbind }: Message): boolean {
  if (type === 'alias' || unbind.length > 0) return false
  if (phone === null && email === null) return true
  const told = contactsOf(type, properties, context)
  return told.phone === phone && told.email === email
}

/** What a message says of who it is about. Attributes count the first time only. */
function subjectOf(workspaceId: number, said: Said, first: boolean, storedAs: number | null): Subject {
  return {
    workspaceId,
    messageId: said.messageId,
    time: said.time,
    userId: said.userId,
    anonymousId: said.anonymousId,
    previousId: said.previousId,
    byHand: said.byHand ?? false,
    first,
    phone: said.phone,
    email: said.email,
    wechat: said.wechat,
    unbind: said.unbind,
    saying: first ? sayingOf(said) : null,
    storedAs,
  }
}

const factsByWorkspace = (events: readonly AcceptedEvent[]) =>
  [...Map.groupBy(events, (event) => event.workspaceId)].map(([workspaceId, own]) => ({ workspaceId, ...commerceFacts(own) }))

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
