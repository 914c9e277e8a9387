import { AppError, batchEventsMax, type CatalogueItem, eventBytesMax, type Problem } from '@chaoxi/contract'
import type { Identifier, Identity, SplitPlan } from '../identity/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import type { Db } from '../platform/db/postgres.ts'
import type { Ids } from '../platform/ids.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { AcceptedEvent, EventConsumer, MergeConsumer, MovableMemberships, SplitConsumer } from './accepted-event.ts'
import type { ItemFact } from './commerce.ts'
import { createDedupe } from './dedupe.ts'
import { createIntake, type Incoming } from './intake.ts'
import { createItemWriter } from './item-writer.ts'
import { badValue, needsTextCheck, parseJson } from './json.ts'
import { type Message, type MessageType, parseMessage, type Rejection } from './message.ts'
import { createQuarantine, type Quarantine, type Rejected } from './quarantine.ts'
import { type HouseSaying, identifyOf } from './say.ts'
import { parseSensors, sensorsSource } from './sensors.ts'
import type { SplitRequest } from './split.ts'

export interface InternalEvent {
  readonly personId: number
  readonly event: string
  readonly properties: Record<string, unknown>
  readonly messageId: string
  readonly time: number
}

export interface Accepted {
  readonly accepted: number
  /** By place in the batch; each is in the quarantine too. */
  readonly rejected: readonly { readonly index: number; readonly reason: string; readonly problems: readonly Problem[] }[]
}

export interface Ingest {
  /** Takes a request's text: one message, or `{ batch: [...] }`. Resolves when the good ones are stored and the bad ones quarantined. */
  acceptText(
    workspaceId: number,
    text: string,
    options: { type: MessageType | null; source: string; context?: Record<string, unknown> },
  ): Promise<Accepted>
  /** Takes records of Sensors' form. */
  acceptSensors(workspaceId: number, records: readonly unknown[], context: Record<string, unknown>): Promise<Accepted>
  /** Takes messages of Segment's form that are already parsed (sample data, in-process import). */
  accept(workspaceId: number, messages: readonly object[]): Promise<Accepted>
  /** The ring: what the house itself did becomes an event of the person. Twice with one messageId counts once. */
  record(workspaceId: number, events: readonly InternalEvent[]): Promise<void>
  /** What the house says of people's attributes, each message id once. */
  say(workspaceId: number, sayings: readonly HouseSaying[]): Promise<void>
  /** Makes one person of two: the one that `from` names goes into the one that `into` names. */
  join(workspaceId: number, people: { into: Identifier; from: Identifier; note: string; messageId: string }): Promise<void>
  /** Undoes a merge, in its turn among the groups. */
  split(workspaceId: number, mergeId: string, request: SplitRequest): Promise<SplitPlan>
  replay(workspaceId: number, id: string, raw: string): Promise<void>
  /** What the shop's catalogue says of items, now. */
  catalogue(workspaceId: number, items: readonly CatalogueItem[]): Promise<void>
  readonly quarantine: Quarantine
  /** Before the first message. */
  recover(): Promise<void>
  /** Waits until everything submitted is stored. */
  drain(): Promise<void>
  /** The same, for good. */
  close(): Promise<void>
}

export interface IngestDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  readonly identity: Identity
  readonly consumers: readonly EventConsumer[]
  readonly mergeConsumers: readonly MergeConsumer[]
  readonly splitConsumers: readonly SplitConsumer[]
  readonly movableMemberships: MovableMemberships
  readonly onStored: (events: readonly AcceptedEvent[]) => void
  /** Where known messages are kept for the next start; without it they are read from the store. */
  readonly seenFile?: string
}

type Fields = Record<string, unknown>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

export function createIngest(deps: IngestDeps): Ingest {
  const { clock, ids, metrics } = deps
  const quarantine = createQuarantine(deps)
  const itemWriter = createItemWriter(deps)
  const rejectedTotal = metrics.counter('events_rejected_total', 'Messages that went to the quarantine', ['reason'])
  const intake = createIntake({
    ...deps,
    dedupe: createDedupe({ ...deps, file: deps.seenFile ?? null }),
    items: itemWriter,
    onPoison: async ({ workspaceId, message }, error) => {
      deps.log.error({ err: error, messageId: message.messageId }, 'a message could not be stored')
      const problem = { path: '', message: `could not be stored: ${error instanceof Error ? error.message : String(error)}` }
      await reject(workspaceId, 'store', [{ reason: 'not_storable', problems: [problem], raw: JSON.stringify(message) }])
    },
  })

  async function reject(workspaceId: number, source: string, rejected: readonly Rejected[]): Promise<void> {
    for (const { reason } of rejected) rejectedTotal.inc({ reason })
    await quarantine.add(workspaceId, source, rejected)
  }

  interface Batch {
    messages: readonly unknown[]
    type: MessageType | null
    sentAt: unknown
    checkText: boolean
    source: string
    context: Fields | undefined
    sized: boolean
  }

  const take = (workspaceId: number, batch: Batch): Promise<Accepted> =>
    takeParsed(workspaceId, batch, (raw, receivedAt) =>
      parseMessage(raw, batch.type, { receivedAt, sentAt: batch.sentAt, checkText: batch.checkText }),
    )

  async function takeParsed(
    workspaceId: number,
    batch: Pick<Batch, 'messages' | 'type' | 'source' | 'context' | 'sized'>,
    /** Null: taken, but no event. */
    parse: (raw: unknown, receivedAt: number) => Message | Rejection | null,
  ): Promise<Accepted> {
    const receivedAt = clock.now()
    const incoming: Incoming[] = []
    const bad: { index: number; reason: string; problems: readonly Problem[]; raw: string }[] = []
    batch.messages.forEach((raw, index) => {
      const refuse = (reason: string, problems: readonly Problem[]) => bad.push({ index, reason, problems, raw: rawText(raw, batch.type) })
      if (batch.sized && isTooLarge(raw)) {
        refuse('event_too_large', [{ path: '', message: `is larger than ${eventBytesMax / 1024} KB; send less with one event` }])
        return
      }
      const message = parse(raw, receivedAt)
      if (message === null) return
      if ('reason' in message) refuse(message.reason, message.problems)
      else {
        const context = batch.context === undefined ? message.context : { ...batch.context, ...message.context }
        incoming.push({
          workspaceId,
          receivedAt,
          personId: null,
          message: { ...message, context, messageId: message.messageId ?? ids.next('evt') },
        })
      }
    })
    await Promise.all([intake.submit(incoming), reject(workspaceId, batch.source, bad)])
    return { accepted: incoming.length, rejected: bad.map(({ index, reason, problems }) => ({ index, reason, problems })) }
  }

  async function acceptText(
    workspaceId: number,
    text: string,
    options: { type: MessageType | null; source: string; context?: Fields },
  ): Promise<Accepted> {
    let parsed: unknown
    try {
      parsed = parseJson(text)
    } catch (error) {
      const problems = [{ path: '', message: `is no JSON: ${error instanceof Error ? error.message : String(error)}` }]
      await reject(workspaceId, options.source, [{ reason: 'invalid_json', problems, raw: text }])
      throw new AppError('invalid_request', 'The body is no valid JSON; it is kept in the quarantine', problems)
    }
    const common = {
      checkText: needsTextCheck(text),
      source: options.source,
      context: options.context,
      sized: text.length > eventBytesMax / 3,
    }
    if (options.type !== null) return take(workspaceId, { ...common, messages: [parsed], type: options.type, sentAt: undefined })
    if (!isFields(parsed) || !Array.isArray(parsed.batch)) {
      const problems = [{ path: 'batch', message: 'must be an array of messages' }]
      await reject(workspaceId, options.source, [{ reason: 'invalid_batch', problems, raw: text }])
      throw new AppError('invalid_request', 'The body has no batch; it is kept in the quarantine', problems)
    }
    if (parsed.batch.length > batchEventsMax)
      throw new AppError(
        'body_too_large',
        `A batch takes at most ${batchEventsMax} messages; this one has ${parsed.batch.length}: split it`,
      )
    // Segment's libraries put what all messages share into the batch's own context.
    const context =
      isFields(parsed.context) && badValue(parsed.context, common.checkText) === null
        ? { ...options.context, ...parsed.context }
        : options.context
    return take(workspaceId, { ...common, messages: parsed.batch, type: null, sentAt: parsed.sentAt, context })
  }

  /** Items that no event tells of: written before the sender hears that they were taken. */
  async function writeItems(workspaceId: number, items: readonly ItemFact[]): Promise<void> {
    if (items.length === 0) return
    await itemWriter.take([{ workspaceId, items }], 0)
    await itemWriter.settle()
  }

  async function acceptSensors(workspaceId: number, records: readonly unknown[], context: Fields): Promise<Accepted> {
    const items: ItemFact[] = []
    const accepted = await takeParsed(
      workspaceId,
      { messages: records, type: null, source: sensorsSource, context, sized: true },
      (raw, receivedAt) => {
        const parsed = parseSensors(raw, receivedAt)
        if (!('item' in parsed)) return parsed
        items.push(parsed.item)
        return null
      },
    )
    await writeItems(workspaceId, items)
    return { ...accepted, accepted: accepted.accepted + items.length }
  }

  return {
    quarantine,
    acceptText,
    acceptSensors,
    accept: (workspaceId, messages) =>
      take(workspaceId, { messages, type: null, sentAt: undefined, checkText: true, source: 'program', context: undefined, sized: true }),
    async record(workspaceId, events) {
      const receivedAt = clock.now()
      await intake.submit(
        events.map((one) => ({
          workspaceId,
          receivedAt,
          personId: one.personId,
          message: {
            type: 'track',
            event: one.event,
            messageId: one.messageId,
            userId: null,
            anonymousId: null,
            previousId: null,
            phone: null,
            email: null,
            wechat: [],
            unbind: [],
            properties: one.properties,
            context: {},
            time: one.time,
          },
        })),
      )
    },
    async say(workspaceId, sayings) {
      const receivedAt = clock.now()
      await intake.submit(sayings.map((one) => ({ workspaceId, receivedAt, personId: null, message: identifyOf(one) })))
    },
    async join(workspaceId, { into, from, note, messageId }) {
      const now = clock.now()
      const message: Message & { messageId: string } = {
        type: 'alias',
        event: '$alias',
        messageId,
        userId: into.kind === 'user_id' ? into.value : null,
        anonymousId: into.kind === 'anonymous_id' ? into.value : null,
        previousId: from.value,
        byHand: true,
        phone: null,
        email: null,
        wechat: [],
        unbind: [],
        properties: { previousId: from.value, ...(note === '' ? {} : { note }) },
        context: {},
        time: now,
      }
      await intake.submit([{ workspaceId, receivedAt: now, personId: null, message }])
    },
    split: intake.split,
    async replay(workspaceId, id, raw) {
      const item = await quarantine.find(workspaceId, id)
      if (item.status !== 'open') throw new AppError('conflict', `Quarantined event ${id} is already ${item.status}`)
      let parsed: unknown
      try {
        parsed = parseJson(raw)
      } catch (error) {
        throw new AppError('invalid_request', 'The corrected text is no valid JSON', [
          { path: 'raw', message: error instanceof Error ? error.message : String(error) },
        ])
      }
      const messages: readonly unknown[] = isFields(parsed) && Array.isArray(parsed.batch) ? parsed.batch : [parsed]
      const receivedAt = Date.parse(item.receivedAt)
      const sentAt = isFields(parsed) ? parsed.sentAt : undefined
      const items: ItemFact[] = []
      const checked = messages.map((message) => {
        if (item.source !== sensorsSource) return parseMessage(message, null, { receivedAt, sentAt, checkText: true })
        const record = parseSensors(message, receivedAt)
        if (!('item' in record)) return record
        items.push(record.item)
        return null
      })
      const problems = checked.flatMap((one, i) =>
        one !== null && 'reason' in one
          ? one.problems.map((problem) => (messages.length === 1 ? problem : { ...problem, path: `${i}.${problem.path}` }))
          : [],
      )
      if (problems.length > 0) throw new AppError('invalid_request', 'The corrected event is still not acceptable', problems)
      // The id of the quarantine entry stands in where there is none, so that replaying twice counts once.
      await intake.submit(
        checked.flatMap((message, i) =>
          message === null || 'reason' in message
            ? []
            : [{ workspaceId, receivedAt, personId: null, message: { ...message, messageId: message.messageId ?? `${id}:${i}` } }],
        ),
      )
      await writeItems(workspaceId, items)
      await quarantine.close(workspaceId, id, 'replayed')
    },
    async catalogue(workspaceId, items) {
      const at = clock.now()
      // The last word on an item counts.
      const said = new Map(items.map((item) => [item.sku, item]))
      const facts = [...said.values()].map(
        ({ sku, name, category, brand, priceFen, stock, imageUrl, url }): ItemFact => ({
          ...{ itemId: sku, at, name: name ?? null, category: category ?? null, brand: brand ?? null, orderedFen: null },
          ...{ priceFen: priceFen ?? null, stock: stock ?? null, imageUrl: imageUrl ?? null, url: url ?? null },
        }),
      )
      await writeItems(workspaceId, facts)
    },
    recover: () => intake.recover(),
    drain: () => intake.drain(),
    close: () => intake.close(),
  }
}

/** What came, such that it can be replayed: the type that its path said is written into it. */
function rawText(raw: unknown, pathType: MessageType | null): string {
  return JSON.stringify(pathType !== null && isFields(raw) ? { type: pathType, ...raw } : raw) ?? 'undefined'
}

/** Only what could be too large is written out to be measured: doing so for every message would cost as much as parsing it. */
function isTooLarge(raw: unknown): boolean {
  return roughLength(raw) * bytesPerCharacterMax > eventBytesMax && Buffer.byteLength(JSON.stringify(raw) ?? '') > eventBytesMax
}

/** A UTF-16 unit is at most 3 bytes of UTF-8, or 6 characters when it is escaped. */
const bytesPerCharacterMax = 6

/** Not less than the characters of the value's JSON, escapes apart. */
function roughLength(value: unknown): number {
  if (typeof value === 'string') return value.length + 3
  if (typeof value !== 'object' || value === null) return 26
  let length = 2
  for (const key in value) length += key.length + 4 + roughLength(Reflect.get(value, key))
  return length
}
