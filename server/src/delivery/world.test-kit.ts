import { join } from 'node:path'
import type { Content, Me, PersonSummary } from '@chaoxi/contract'
import { Hono } from 'hono'
import { inject } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { type Compliance, createCompliance } from '../compliance/index.ts'
import { type ContentService, createContent } from '../content/index.ts'
import type { Profile } from '../identity/index.ts'
import { sql } from '../platform/db/postgres.ts'
import type { Caller, Exchange } from '../platform/http/api.ts'
import { createMetrics } from '../platform/metrics.ts'
import type { Fetch } from './aliyun/client.ts'
import { createDelivery, type Delivery, type DeliveryDeps } from './delivery.ts'
import type { NewMessage } from './message.ts'
import { createStandIn, type StandIn } from './standin/index.ts'

export interface RecordedEvent {
  personId: number
  event: string
  properties: Record<string, unknown>
  messageId: string
  time: number
}

/** Content, gate and delivery on real stores, with the stand-in at the edge of the network. People are plain data. */
export interface World {
  readonly stores: TestStores
  readonly workspaceId: number
  readonly caller: Caller
  readonly compliance: Compliance
  readonly content: ContentService
  readonly delivery: Delivery
  readonly standIn: StandIn
  readonly recorded: RecordedEvent[]
  readonly settings: {
    name: string
    timeZone: string
    quietHours: { start: string; end: string }
    marketingCap: { max: number; hours: number }
    journeyReview: boolean
  }
  /** What stands between us and the provider: replace it to lose answers. */
  network: { fetch: Fetch }
  readonly http: Hono
  /** What journeys say of a message that waited: a reason to drop it, or null. */
  unwanted: (personId: number) => string | null
  person(
    id: number,
    options?: { phone?: string | null; sms?: boolean; popup?: boolean; attributes?: Record<string, unknown> },
  ): Promise<void>
  template(key: string, content: Content, linkUrl?: string): Promise<void>
  send(personId: number, template: string, options?: Partial<NewMessage>): Promise<void>
  drain(): Promise<void>
  /** The day after tomorrow at ten in the morning, in Shanghai: caps and quiet hours are far away. */
  newDay(): void
  /** Another process on the same stores, with a network of its own. */
  secondWorker(fetch?: Fetch): Delivery
  message(
    personId: number,
    template?: string,
  ): Promise<{ id: string; state: string; reason: string | null; due_at: Date | null; attempts: number; cost_fen: number }>
  decisions(messageId: string): Promise<{ answer: string; reason: string }[]>
  close(): Promise<void>
}

/** Handlers of this domain do not look at it. */
export const exchange: Exchange = { ip: '127.0.0.1', sessionToken: null, setSession: () => {} }

export const phoneNumber = (id: number) => `+86139${String(id).padStart(8, '0')}`
const providerHost = 'http://127.0.0.1:7799'
const ownHost = 'http://127.0.0.1:7700'

export async function createWorld(seed = 1): Promise<World> {
  const stores = await createTestStores(seed)
  const { db, clock, log } = stores
  const workspaceId = await stores.createWorkspace()
  const me: Me = {
    account: { id: 'acc_1', email: 'a@b.c', name: 'A' },
    workspace: { id: workspaceId, name: 'Test', timeZone: 'Asia/Shanghai' },
    role: 'admin',
    permissions: [],
  }
  const caller = { workspaceId, me, actor: 'acc_1' }
  const people = new Map<number, Profile>()
  const recorded: RecordedEvent[] = []
  const settings = {
    name: '潮汐小店',
    timeZone: 'Asia/Shanghai',
    quietHours: { start: '21:00', end: '08:00' },
    marketingCap: { max: 3, hours: 24 },
    journeyReview: false,
  }
  const http = new Hono()
  const standIn = createStandIn({
    file: join(inject('scratchFolder'), `standin-${process.pid}-${seed}.jsonl`),
    clock,
    log,
    fetch: async (url, init) => http.fetch(new Request(url, init)),
  })
  const standInApp = new Hono().route('/standin', standIn.app)
  const honest: Fetch = async (url, init) => standInApp.fetch(new Request(url, init))
  const network = { fetch: honest }
  const audit = async () => {}
  const summaries = async (_: number, ids: readonly number[]) =>
    new Map(
      ids.map((id): [number, PersonSummary] => [
        id,
        { id, name: null, userId: `u${id}`, phone: null, email: null, createdAt: '', lastSeenAt: null },
      ]),
    )
  const profiles = async (_: number, ids: readonly number[]) => {
    const wanted = new Set(ids)
    return new Map([...people].filter(([id]) => wanted.has(id)))
  }

  const compliance = createCompliance({ ...stores, audit })
  const content = createContent({
    ...stores,
    publicUrl: ownHost,
    settings: async () => settings,
    profiles,
    summaries,
    audit,
    smsAccount: (id) => delivery.smsAccount(id),
  })
  const deps: DeliveryDeps = {
    ...stores,
    content,
    compliance,
    settings: async () => settings,
    profiles,
    summaries,
    audit,
    unmasked: () => true,
    personOf: async (_, kind, value) => {
      for (const person of people.values()) {
        if (kind === 'phone' ? person.phone === value : kind === 'user_id' && person.userId === value) return person.id
      }
      return null
    },
    workspaceOfWriteKey: async (key) => (key === 'wk_1' ? workspaceId : null),
    record: async (_, events) => {
      for (const event of events) if (!recorded.some(({ messageId }) => messageId === event.messageId)) recorded.push(event)
    },
    wake: () => {},
    unwanted: async (_, messages) =>
      new Map(
        messages.flatMap((message): [string, string][] => {
          const reason = world.unwanted(message.personId)
          return reason === null ? [] : [[message.id, reason]]
        }),
      ),
    fetch: (url, init) => network.fetch(url, init),
    timing: { callMs: 1_000, sendingMs: 15_000, secondLookMs: 60_000, accountPauseMs: 300_000 },
  }
  const delivery: Delivery = createDelivery(deps)
  for (const [path, app] of Object.entries(delivery.publicRoutes)) http.route(path, app)
  http.route('/standin', standIn.app)
  const { loops } = stores
  for (const loop of [...delivery.loops, standIn.loop]) loops.add(loop)

  const { callbackToken } = await delivery.setUpSmsAccount(workspaceId, {
    endpoint: `${providerHost}/standin/aliyun/`,
    accessKeyId: `key-${workspaceId}`,
    accessKeySecret: 'secret',
    signName: '潮汐小店',
    optOutText: '回T退订',
    pricePerSegmentFen: 5,
  })
  standIn.register({
    accessKeyId: `key-${workspaceId}`,
    accessKeySecret: 'secret',
    reportUrl: `${ownHost}/callbacks/aliyun/${callbackToken}/report`,
    uplinkUrl: `${ownHost}/callbacks/aliyun/${callbackToken}/uplink`,
  })

  let count = 0
  const world: World = {
    stores,
    workspaceId,
    caller,
    compliance,
    content,
    delivery,
    standIn,
    recorded,
    settings,
    network,
    http,
    unwanted: () => null,
    async person(id, { phone = phoneNumber(id), sms = true, popup = true, attributes = {} } = {}) {
      people.set(id, { id, userId: `u${id}`, phone, email: null, attributes, createdAt: 0 })
      const now = clock.now()
      const event = { workspaceId, personId: id, type: 'identify', messageId: `consent-${id}-${++count}`, time: now, receivedAt: now }
      await db.tx((tx) =>
        compliance.identifyConsumer(tx, [{ ...event, context: { consent: { marketing: { sms, in_app: popup, textVersion: 'v1' } } } }]),
      )
    },
    async template(key, body, linkUrl = '') {
      await content.create(caller, { key, name: key, channel: body.kind, content: body, linkUrl })
    },
    async send(personId, template, options = {}) {
      const message: NewMessage = {
        workspaceId,
        effectKey: `e-${++count}`,
        personId,
        channel: 'sms',
        purpose: 'marketing',
        template,
        journeyId: null,
        journeyVersion: null,
        nodeId: null,
        runId: null,
        context: {},
        ...options,
      }
      await db.tx((tx) => delivery.enqueue(tx, [message]))
    },
    drain: () => loops.drain(),
    newDay: () => clock.set(new Date((Math.floor(clock.now() / 86_400_000) + 2) * 86_400_000 + 2 * 3_600_000).toISOString()),
    secondWorker: (fetch = deps.fetch) => createDelivery({ ...deps, metrics: createMetrics(), fetch }),
    async message(personId, template) {
      const row = await db.one<{
        id: string
        state: string
        reason: string | null
        due_at: Date | null
        attempts: number
        cost_fen: number
      }>(sql`
        select id, state, reason, due_at, attempts, cost_fen from messages
        where workspace_id = ${workspaceId} and person_id = ${personId} and (${template ?? null}::text is null or template = ${template ?? null})
        order by created_at desc, id desc limit 1`)
      if (!row) throw new Error(`no message of person ${personId}`)
      return row
    },
    decisions: (messageId) =>
      db.many(
        sql`select answer, reason from message_decisions where workspace_id = ${workspaceId} and message_id = ${messageId} order by seq`,
      ),
    async close() {
      await delivery.stop()
      standIn.close()
      await stores.close()
    },
  }
  return world
}
