import type { Channel, PersonSummary, Purpose, WorkspaceSettings } from '@chaoxi/contract'
import type { Hono } from 'hono'
import type { Compliance } from '../compliance/index.ts'
import type { ContentService } from '../content/index.ts'
import type { IdentityKind, Profile } from '../identity/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db, Queryable, Tx } from '../platform/db/postgres.ts'
import type { Caller, Handlers } from '../platform/http/api.ts'
import type { Ids } from '../platform/ids.ts'
import type { Loop } from '../platform/jobs/loops.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { createAccounts, type SmsAccountInput } from './accounts.ts'
import { createAliyun, type Fetch } from './aliyun/client.ts'
import { createKeptAlive } from './aliyun/kept-alive.ts'
import { createCallbacks } from './callbacks.ts'
import { createFactsLoader } from './facts.ts'
import { createFiling, filingLoop } from './filing.ts'
import { callbackRoutes, linkRoutes, popupRoutes } from './http.ts'
import { createLinks } from './links.ts'
import { defaultTiming, type Message, type NewMessage, type Timing } from './message.ts'
import { createNews, type MessagesMoved, newsLoop } from './news.ts'
import { createPopups, type Popups } from './popups.ts'
import { createReconciler } from './reconcile.ts'
import { deliveryRoutes } from './routes.ts'
import { callsMax, createSender, deliveryLoop } from './sender.ts'
import * as store from './store.ts'
import { accountOf } from './store-accounts.ts'
import { type Fate, fatesOf, firstResults, withdraw } from './store-fates.ts'
import { createTelling, type RecordEvents, tellLoop } from './tell.ts'
import { createRecipients, type Recipients } from './trial/recipients.ts'
import { createTrialPost, type TrialPost } from './trial/trial-post.ts'
import { createTrialWriter, type TrialWriter } from './trial/trial-writer.ts'
import { createMessageViews, type MessageViews } from './views.ts'

export interface DeliveryDeps {
  readonly db: Db
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  readonly content: Pick<ContentService, 'templates' | 'variables' | 'linkPrefix' | 'active' | 'setFiling' | 'forgetFilings'>
  readonly compliance: Pick<Compliance, 'consents' | 'suppressions' | 'suppress' | 'state' | 'onRefusal'>
  settings(workspaceId: number): Promise<WorkspaceSettings>
  profiles(workspaceId: number, personIds: readonly number[]): Promise<Map<number, Profile>>
  personOf(workspaceId: number, kind: IdentityKind, value: string): Promise<number | null>
  summaries(workspaceId: number, personIds: readonly number[], options: { unmasked: boolean }): Promise<Map<number, PersonSummary>>
  unmasked(caller: Caller): boolean
  /** Of messages that waited, those that have become pointless, with the reason. */
  unwanted?(workspaceId: number, messages: readonly Message[], now: number): Promise<ReadonlyMap<string, string>>
  /** Told of what becomes of messages that somebody waits for. */
  readonly messagesMoved?: MessagesMoved
  journeyNames?(workspaceId: number, journeyIds: readonly string[]): Promise<Map<string, string>>
  workspaceOfWriteKey(key: string): Promise<number | null>
  audit(tx: Queryable, caller: Caller, action: string, subject: string, details: object): Promise<void>
  /** The intake's `record`. */
  readonly record: RecordEvents
  /** `loops.wake`. */
  wake(loop: string): void
  readonly fetch?: Fetch
  readonly timing?: Partial<Timing>
}

export interface Delivery {
  /** Queues messages in the caller's transaction. After its commit, wake the loop `deliveryLoop`. */
  enqueue(tx: Tx, messages: readonly NewMessage[]): Promise<void>
  /** What a journey sent one person or kept back, with why, by run. */
  readonly storiesOf: MessageViews['ofPerson']
  /** What became of messages, by effect key. */
  fates(workspaceId: number, effectKeys: readonly string[]): Promise<ReadonlyMap<string, Fate>>
  /** Of messages that nodes of a journey's version sent, by run when that first became of one of them (ms). */
  readonly firstResults: typeof firstResults
  /** Takes back messages that wait, since another one goes instead; answers those that wait no more. */
  withdraw(tx: Tx, workspaceId: number, effectKeys: readonly string[]): Promise<ReadonlySet<string>>
  mergeConsumer(tx: Tx, workspaceId: number, from: number, into: number): Promise<void>
  readonly loops: readonly Loop[]
  readonly routes: Handlers
  /** By where they stand. */
  readonly publicRoutes: Readonly<Record<'/v1/popups' | '/l' | '/callbacks/aliyun', Hono>>
  readonly popups: Popups
  /** The SMS account of a workspace, for boot and samples. */
  setUpSmsAccount(workspaceId: number, input: SmsAccountInput): Promise<{ callbackToken: string }>
  /** With its secret; null when there is none. */
  smsAccountInput(workspaceId: number): Promise<SmsAccountInput | null>
  smsAccount(workspaceId: number): Promise<{ signName: string; optOutText: string } | null>
  /** When marketing that no run of the journey sent went to the people, since then (ms). */
  marketingBeside(workspaceId: number, personIds: readonly number[], since: number, journeyId: string): Promise<Map<number, number[]>>
  /** For trials of journeys: whom messages go to, the sending, and the writing of texts that go nowhere else. */
  readonly recipients: Pick<Recipients, 'list'>
  readonly trialPost: TrialPost
  readonly trialWriter: TrialWriter
  /** Lets running calls end and be written. */
  stop(): Promise<void>
}

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { db, clock, ids, compliance } = deps
  const timing = { ...defaultTiming, ...deps.timing }
  const provider = createAliyun({ clock, ids, fetch: deps.fetch ?? createKeptAlive(callsMax), timeoutMs: timing.callMs })
  const { messagesMoved } = deps
  const eventsWritten = () => {
    deps.wake(tellLoop)
    deps.wake(newsLoop)
  }
  const loadFacts = createFactsLoader(deps)
  const accounts = createAccounts({ ...deps, accountChanged: () => deps.wake(filingLoop) })
  const sender = createSender({ ...deps, timing, provider, loadFacts, eventsWritten })
  const popups = createPopups({ db, clock, loadFacts, eventsWritten })

  async function dropWaiting(tx: Tx, refusal: { workspaceId: number; personId: number; channel: Channel; reason: string }): Promise<void> {
    const { workspaceId, personId, channel, reason } = refusal
    const purposes: Purpose[] = ['marketing']
    const dropped = await store.dropWaiting(tx, workspaceId, [personId], channel, purposes, reason)
    await store.insertDecisions(
      tx,
      dropped.map((id) => ({ workspaceId, id, answer: 'drop', reason, details: { why: 'refused while it waited' } })),
      new Date(clock.now()),
    )
  }
  compliance.onRefusal((tx, refusal) => dropWaiting(tx, { ...refusal, reason: 'no_consent' }))

  const recipients = createRecipients(deps)
  const trialPost = createTrialPost({ db, clock, ids, provider, compliance })
  const callbacks = createCallbacks({ ...deps, dropWaiting, eventsWritten })
  const links = createLinks({ db, clock, ids, eventsWritten })

  const views = createMessageViews(deps)

  return {
    storiesOf: views.ofPerson,
    async enqueue(tx, messages) {
      if (messages.length === 0) return
      await store.insertMessages(
        tx,
        messages.map((message) => ({ ...message, id: ids.next('msg') })),
        new Date(clock.now()),
      )
    },
    fates: (workspaceId, effectKeys) => fatesOf(db, workspaceId, effectKeys),
    firstResults,
    withdraw: (tx, workspaceId, effectKeys) => withdraw(tx, workspaceId, effectKeys, 'fallback', new Date(clock.now())),
    mergeConsumer: store.moveMessages,
    loops: [
      sender.loop,
      createReconciler({ ...deps, timing, provider, eventsWritten }),
      createFiling({ ...deps, provider, messagesDue: () => deps.wake(deliveryLoop) }),
      createTelling(deps),
      trialPost.loop,
      ...(messagesMoved ? [createNews({ db, messagesMoved })] : []),
    ],
    routes: deliveryRoutes({ views, accounts, recipients }),
    publicRoutes: {
      '/v1/popups': popupRoutes({ ...deps, popups, trialPost }),
      '/l': linkRoutes(links),
      '/callbacks/aliyun': callbackRoutes(callbacks),
    },
    popups,
    setUpSmsAccount: accounts.setUp,
    smsAccountInput: accounts.input,
    smsAccount: accounts.sign,
    marketingBeside: (workspaceId, people, since, journeyId) => store.marketingBeside(db, workspaceId, people, new Date(since), journeyId),
    recipients,
    trialPost,
    trialWriter: createTrialWriter({ ...deps, smsAccount: (workspaceId) => accountOf(db, workspaceId, 'sms') }),
    stop: sender.settle,
  }
}
