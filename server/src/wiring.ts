import { join } from 'node:path'
import type { Hono } from 'hono'
import { createApi } from './api.ts'
import { benefitsLoops, benefitsRoutes, createBenefits } from './benefits/index.ts'
import { complianceRoutes, createCompliance } from './compliance/index.ts'
import { contentRoutes, createContent, houseTextProblem, renderHouseText, runVariables } from './content/index.ts'
import { createDelivery, deliveryLoop } from './delivery/index.ts'
import { createIdentity } from './identity/index.ts'
import { createIngest, createIntakeHandlers, createIntakeRoutes, createSensorsRoutes, type Ingest, peopleHandlers } from './ingest/index.ts'
import { createJourneySay, createJourneys, inboxLoopName, type JourneysRoom } from './journeys/index.ts'
import type { Clock } from './platform/clock.ts'
import type { ClickHouse } from './platform/db/clickhouse.ts'
import { type Db, sql } from './platform/db/postgres.ts'
import type { Caller, Handlers } from './platform/http/api.ts'
import type { Ids } from './platform/ids.ts'
import type { Loops } from './platform/jobs/loops.ts'
import type { Logger } from './platform/log.ts'
import type { Metrics } from './platform/metrics.ts'
import { createPost } from './platform/outbound/post.ts'
import type { Seal } from './platform/seal.ts'
import { createCatalogue, createQuery, matchesFilters } from './query/index.ts'
import { createRehearsalWorld } from './rehearsal-world.ts'
import {
  createEffects,
  createHotItems,
  createOverview,
  createPeople,
  createPeopleSaves,
  createPeopleSets,
  reportRoutes,
} from './reports/index.ts'
import { createInsight, insightRoutes, segmentsRoutes } from './segments/index.ts'
import {
  addTagLoops,
  createGovernance,
  createRuleInputs,
  createTags,
  governanceRoutes,
  type Tags,
  tagLoops,
  tagsRoutes,
} from './tags/index.ts'
import { createReading, createTasks, taskRoutes } from './tasks/index.ts'
import { createWorkspaces, workspacesRoutes } from './workspaces/index.ts'

export interface WiringDeps {
  readonly db: Db
  readonly clickhouse: ClickHouse
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  readonly loops: Loops
  /** Where we are reached, without a slash at the end. */
  readonly publicUrl: string
  /** Tests hold every answer against its schema. */
  readonly checkResponses: boolean
  /** Ended runs of journeys older than this go into history. */
  readonly runsKeptDays: number
  /** What workspaces may have called besides the public Internet. */
  readonly outboundAllow: readonly string[]
  /** For secrets that have to be read again. */
  readonly seal: Seal
  /** Where the intake keeps what it knows for the next start. */
  readonly seenFile?: string
}

const root = join(import.meta.dirname, '../..')

/** Customers' contact data is shown whole to those who may change it. */
const unmasked = (caller: Caller) => caller.me.permissions.includes('people.write')

/**
 * Builds every room and ties the upward calls: a room that is told of something (events, merges, refusals) is passed to the
 * one that tells, never imported by it. Nothing runs yet.
 */
export function wire(deps: WiringDeps): House {
  const { db, clickhouse, clock, ids, log, metrics, loops, publicUrl } = deps
  const wake = (name: string) => loops.wake(name)
  const workspaces = createWorkspaces({ db, clock, ids })
  const { audit, settings, workspaceOfWriteKey } = workspaces
  const identity = createIdentity({ db, clickhouse })
  const { profiles, summaries, personOf } = identity
  const timeZone = async (workspaceId: number) => (await settings(workspaceId)).timeZone
  const numbersOf = async (workspaceId: number, personId: number) => [
    personId,
    ...(await identity.mergedFrom(workspaceId, personId)).map((one) => one.personId),
  ]
  const query = createQuery({ clickhouse, profilesOf: identity.livingProfiles })
  const catalogue = createCatalogue({ clickhouse, clock })
  const journeyNames = async (workspaceId: number) =>
    new Map((await journeysRoom.journeys.list(workspaceId)).map((one) => [one.id, one.name]))
  const benefits = createBenefits({
    db,
    clock,
    ids,
    identity,
    audit,
    wake,
    async offers(workspaceId) {
      const offering = (await content.active(workspaceId)).flatMap(({ key, content: body }) =>
        body.kind === 'popup' && body.action.kind === 'coupon' ? [{ key, coupon: body.action.coupon }] : [],
      )
      const users = await Promise.all(
        offering.map(async ({ key, coupon }) =>
          (await journeysRoom.journeys.usersOf(workspaceId, 'template', key)).map((journey) => ({ coupon, journey })),
        ),
      )
      const byCoupon = Map.groupBy([...users.flat(), ...(await journeysRoom.journeys.grants(workspaceId))], ({ coupon }) => coupon)
      return new Map([...byCoupon].map(([key, rows]) => [key, [...new Map(rows.map(({ journey }) => [journey.key, journey])).values()]]))
    },
  })
  const compliance = createCompliance({ db, clock, ids, audit })
  const content = createContent({
    db,
    clock,
    ids,
    publicUrl,
    settings,
    profiles,
    summaries,
    audit,
    smsAccount: (workspaceId) => delivery.smsAccount(workspaceId),
    hotItems: createHotItems({ db, clock }),
    coupon: benefits.couponFacts,
    claimedCoupons: benefits.claimedCoupons,
    usage: (workspaceId, key) => journeysRoom.journeys.usersOf(workspaceId, 'template', key),
  })
  const tags: Tags = createTags({
    db,
    clickhouse,
    clock,
    ids,
    log,
    metrics,
    query,
    catalogue,
    summaries,
    people: profiles,
    audit,
    timeZone,
    usedByJourneys: async (workspaceId, kind, key, value) =>
      (await journeysRoom.journeys.usersOf(workspaceId, kind, key, value)).map((one) => ({ kind: 'journey', ...one })),
    wake: () => wake(tagLoops.compute),
  })
  const delivery = createDelivery({
    db,
    clock,
    ids,
    log,
    metrics,
    content,
    compliance,
    settings,
    profiles,
    personOf,
    summaries,
    unmasked,
    workspaceOfWriteKey,
    audit,
    wake,
    record: (workspaceId, events) => ingest.record(workspaceId, events),
    messagesMoved: (tx, workspaceId, messages) => journeysRoom.messageListener(tx, workspaceId, messages),
    unwanted: (workspaceId, messages, now) => journeysRoom.unwanted(workspaceId, messages, now),
    journeyNames,
  })
  const members = async (workspaceId: number) =>
    (await workspaces.members.list(workspaceId)).map(({ account_id: account, email, name, role }) => ({ account, email, name, role }))
  const tasks = createTasks({
    db,
    clock,
    ids,
    audit,
    members,
    programs: async (workspaceId) => new Map((await workspaces.keys(workspaceId)).map((key) => [key.id, key.name])),
    journeyNames,
    summaries,
    unmasked,
    read: createReading({ profiles, summaries, settings, render: renderHouseText }),
    answered: (tx, workspaceId, answer) => journeysRoom.taskListener(tx, workspaceId, answer),
    answersGiven: () => wake(inboxLoopName),
  })
  const journeysRoom: JourneysRoom = createJourneys({
    db,
    clickhouse,
    runsKeptDays: deps.runsKeptDays,
    clock,
    ids,
    log,
    metrics,
    loops,
    matchesFilters,
    post: createPost(deps.outboundAllow),
    seal: deps.seal,
    summaries,
    audit,
    playbooksFolder: join(root, 'playbooks'),
    publicUrl,
    shopUrl: `${publicUrl}/demo`,
    explainRule: createRuleInputs({
      ...{ clickhouse, timeZone, profiles, numbersOf },
      settled: tags.settled,
      attributesSaid: identity.attributesSaid,
    }),
    settled: tags.settled,
    storiesOf: delivery.storiesOf,
    async living(workspaceId, personId) {
      const id = (await profiles(workspaceId, [personId])).get(personId)?.id
      return id === undefined ? null : { personId: id, numbers: await numbersOf(workspaceId, id) }
    },
    evaluateRules: tags.evaluateRules,
    evaluateWithChecks: tags.evaluateWithChecks,
    audience: tags.audience,
    peopleOfUsers: identity.peopleOfUsers,
    attributes: async (workspaceId, people) =>
      new Map([...(await profiles(workspaceId, people))].map(([id, profile]) => [id, profile.attributes])),
    timeZone,
    enqueue: delivery.enqueue,
    fates: delivery.fates,
    messageResults: delivery.firstResults,
    messagesQueued: () => wake(deliveryLoop),
    doers: { grant: benefits.grant, tag: tags.byJourney, withdraw: delivery.withdraw },
    deedsDone(kinds) {
      if (kinds.has('grant')) benefits.granted()
      if (kinds.has('tag')) wake(tagLoops.evaluate)
    },
    say: createJourneySay({
      identities: identity.identities,
      say: (workspaceId, sayings) => ingest.say(workspaceId, sayings),
      journeyNames,
    }),
    livesOn: identity.livesOn,
    templates: async (workspaceId, keys) => {
      const found = [...(await content.templates(workspaceId, keys)).values()].filter((one) => one.status === 'active')
      return new Map(
        found.map(({ key, channel, content: body, linkUrl }) => [
          key,
          {
            channel,
            coupon: body.kind === 'popup' && body.action.kind === 'coupon' ? body.action.coupon : null,
            reads: runVariables(body, linkUrl),
          },
        ]),
      )
    },
    trials: { writer: delivery.trialWriter, post: delivery.trialPost, recipients: delivery.recipients.list },
    past: createRehearsalWorld({ db, clickhouse, query, tags, settings, profiles, compliance, delivery, benefits, content }),
    tasks,
    members,
    textProblem: houseTextProblem,
    reviewNeeded: async (workspaceId) => (await settings(workspaceId)).journeyReview,
    ruleProblems: tags.definitions.ruleProblems,
    activeDefinitions: tags.definitions.active,
    staticTags: async (workspaceId, keys) =>
      new Set(
        (await tags.definitions.list(workspaceId, 'tag'))
          .filter((one) => one.mode === 'static' && one.status === 'active' && keys.includes(one.key))
          .map((one) => one.key),
      ),
    activeCoupons: async (workspaceId, keys) =>
      new Set((await benefits.list(workspaceId)).filter((one) => one.status === 'active' && keys.includes(one.key)).map((one) => one.key)),
    createTemplate: content.create,
    createCoupon: benefits.create,
    createTag: (caller, tag) => tags.definitions.create(caller, 'tag', tag),
    createSegment: (caller, segment) => tags.definitions.create(caller, 'segment', { ...segment, layer: null }),
  })
  const ingest: Ingest = createIngest({
    db,
    clickhouse,
    clock,
    ids,
    log,
    metrics,
    identity,
    ...(deps.seenFile === undefined ? {} : { seenFile: deps.seenFile }),
    consumers: [compliance.identifyConsumer, journeysRoom.eventConsumer],
    movableMemberships: tags.movable,
    splitConsumers: [tags.splitConsumer],
    // Journeys first: their moves hold runs while they write what the others move, so that nothing is written behind a merge's back.
    mergeConsumers: [
      journeysRoom.mergeConsumer,
      tasks.mergeConsumer,
      compliance.mergeConsumer,
      benefits.mergeConsumer,
      tags.mergeConsumer,
      delivery.mergeConsumer,
    ],
    onStored: () => {
      wake(inboxLoopName)
      wake(tagLoops.evaluate)
    },
  })
  tags.onChanges(journeysRoom.membershipListener)

  for (const loop of [...benefitsLoops({ db, clock, record: ingest.record }), ...delivery.loops]) loops.add(loop)
  addTagLoops(loops, tags)

  const effects = createEffects({ db, clickhouse })
  const sets = createPeopleSets({ db, clickhouse, peopleOf: tags.peopleOf, converted: effects.convertedOf })
  const saves = createPeopleSaves({
    ...{ db, clock, ids, sets, audit, wake },
    createSegment: (caller, segment) =>
      tags.definitions.create(caller, 'segment', { ...segment, layer: null, scene: '', mode: 'static', rule: null }),
    active: tags.definitions.active,
    putIn: (tx, workspaceId, key, some) => tags.byList(tx, workspaceId, { kind: 'segment', key }, some),
    settled: () => wake(tagLoops.evaluate),
  })
  loops.add(saves.loop)
  const people = createPeople({
    db,
    clickhouse,
    clock,
    identity,
    sets,
    views: {
      memberships: tags.explain,
      consents: compliance.views,
      coupons: benefits.couponsOf,
      journeyNames,
    },
    timeZone,
  })
  const livingPerson = async (workspaceId: number, personId: number) => (await profiles(workspaceId, [personId])).get(personId)?.id ?? null
  const handlers: Handlers[] = [
    workspacesRoutes(workspaces),
    createIntakeHandlers(ingest),
    benefitsRoutes(benefits),
    contentRoutes(content),
    complianceRoutes(compliance, livingPerson),
    peopleHandlers({ db, clickhouse, clock, ids, identity, ingest, audit, unmasked }),
    tagsRoutes({ tags, catalogue }),
    segmentsRoutes({ tags }),
    governanceRoutes({
      definitions: tags.definitions,
      governance: createGovernance({ db, clickhouse, clock, catalogue, timeZone, definitions: tags.definitions, settled: tags.settled }),
    }),
    insightRoutes(createInsight({ clickhouse, clock, tags, summaries, timeZone })),
    delivery.routes,
    journeysRoom.handlers,
    taskRoutes(tasks),
    reportRoutes({ effects, overview: createOverview({ db, clickhouse, clock }), people, saves, unmasked }),
  ]
  const parts = {
    workspaces,
    identity,
    ingest,
    benefits,
    compliance,
    content,
    tags,
    delivery,
    journeys: journeysRoom.journeys,
    stopWebhooks: journeysRoom.stop,
    playbooks: journeysRoom.playbooks,
    handlers,
  }
  return {
    ...parts,
    createApp: (besides, startingWith) =>
      createApi({
        startingWith,
        handlers,
        log,
        metrics,
        ids,
        authenticate: workspaces.authenticate,
        checkResponses: deps.checkResponses,
        // The longer path first: /v1/popups is delivery's, the rest of /v1 the intake's.
        publicRoutes: {
          ...delivery.publicRoutes,
          '/v1': createIntakeRoutes({ ingest, workspaceOfWriteKey, publicHost: (request) => new URL(request.url).host }),
          '/sa': createSensorsRoutes({ ingest, workspaceOfWriteKey }, false),
          '/sa.gif': createSensorsRoutes({ ingest, workspaceOfWriteKey }, true),
          ...besides,
        },
        readyChecks: { postgres: () => db.one(sql`select 1`), clickhouse: () => clickhouse.query('interactive', 'select 1') },
        files: { console: join(root, 'console/dist'), sdk: join(root, 'sdk/dist/chaoxi.js') },
      }),
  }
}

/** The rooms, and the HTTP face of all of them together with what stands beside the product. */
export interface House {
  readonly workspaces: ReturnType<typeof createWorkspaces>
  readonly identity: ReturnType<typeof createIdentity>
  readonly ingest: Ingest
  readonly benefits: ReturnType<typeof createBenefits>
  readonly compliance: ReturnType<typeof createCompliance>
  readonly content: ReturnType<typeof createContent>
  readonly tags: Tags
  readonly delivery: ReturnType<typeof createDelivery>
  readonly journeys: JourneysRoom['journeys']
  stopWebhooks: JourneysRoom['stop']
  readonly playbooks: JourneysRoom['playbooks']
  readonly handlers: readonly Handlers[]
  createApp(besides: Readonly<Record<string, Hono>>, startingWith: () => string | null): Hono
}
