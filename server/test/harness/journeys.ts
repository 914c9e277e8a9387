import { bucket, type JourneyDefinition, journeyDefinitionSchema, permissions, type Rule, type RuleFilter } from '@chaoxi/contract'
import { createBenefits } from '../../src/benefits/index.ts'
import { fatesOf, firstResults, withdraw } from '../../src/delivery/store-fates.ts'
import type { AcceptedEvent } from '../../src/ingest/index.ts'
import {
  createJourneys,
  type JourneySaying,
  type NewMessage,
  type RehearsalWorld,
  type TemplateFacts,
  type TrialOutlets,
} from '../../src/journeys/index.ts'
import { type Db, sql, type Tx } from '../../src/platform/db/postgres.ts'
import type { Caller } from '../../src/platform/http/api.ts'
import type { Ids } from '../../src/platform/ids.ts'
import type { Loops } from '../../src/platform/jobs/loops.ts'
import type { Metrics } from '../../src/platform/metrics.ts'
import type { Posted } from '../../src/platform/outbound/post.ts'
import { createSeal } from '../../src/platform/seal.ts'
import { matchesFilters } from '../../src/query/index.ts'
import { createTasks } from '../../src/tasks/index.ts'
import type { TestStores } from './stores.ts'

/** The journeys' room with the rooms around it replaced by what a test says about them; its own store is real. */
export interface JourneyWorld {
  /** person → tags; `tag` rules are answered from it, and `all` and `not` around them. */
  readonly tags: Map<number, Set<string>>
  readonly attributes: Map<number, Record<string, unknown>>
  /** Everyone whom a schedule may mean. */
  readonly people: Set<number>
  /** What the intake was told, as often as it was. */
  readonly said: JourneySaying[]
  /** `webhook-id`s of what systems outside were told, as often as they were. */
  readonly posted: string[]
  /** People whom nothing leads to. */
  readonly nameless: Set<number>
  timeZone: string
  /** Drafts must be approved. */
  reviewNeeded: boolean
  readonly templates: Map<string, TemplateFacts>
  /** Rules naming these tags cannot be answered. */
  readonly brokenTags: Set<string>
}

export const createJourneyWorld = (): JourneyWorld => ({
  tags: new Map(),
  attributes: new Map(),
  people: new Set(),
  said: [],
  posted: [],
  nameless: new Set(),
  timeZone: 'Asia/Shanghai',
  reviewNeeded: false,
  templates: new Map(),
  brokenTags: new Set(),
})

/** Whether a local date without a time lies within what a date of the customer asks for. */
function isDay(value: unknown, filter: RuleFilter): boolean {
  if (typeof value !== 'string') return false
  if (filter.op === 'month_day') return /^(\d{4}-)?\d\d-\d\d$/.test(value) && filter.from <= value.slice(-5) && value.slice(-5) <= filter.to
  if (filter.op === 'date_in' && filter.window.kind === 'dates')
    return /^\d{4}-\d\d-\d\d$/.test(value) && (filter.window.from ?? '') <= value && value <= (filter.window.to ?? '')
  throw new Error(`this world does not answer ${filter.op}`)
}

export function answer(world: JourneyWorld, rule: Rule, personId: number): boolean {
  switch (rule.kind) {
    case 'all':
      return rule.rules.every((child) => answer(world, child, personId))
    case 'not':
      return !answer(world, rule.rule, personId)
    case 'tag':
      if (world.brokenTags.has(rule.tag)) throw new Error(`tag ${rule.tag} cannot be asked`)
      return world.tags.get(personId)?.has(rule.tag) ?? false
    case 'attribute':
      return isDay(world.attributes.get(personId)?.[rule.filter.property], rule.filter)
    case 'preference':
      return rule.values.includes(personId % 24)
    default:
      throw new Error(`this world does not answer rules of kind ${rule.kind}`)
  }
}

export async function enqueueMessages(tx: Tx, messages: readonly NewMessage[], ids: Ids, at: number): Promise<void> {
  for (const one of messages) {
    await tx.run(sql`
      insert into messages (workspace_id, id, effect_key, person_id, channel, purpose, template, journey_id, journey_version, node_id, run_id,
        context, awaited, state, due_at, created_at)
      values (${one.workspaceId}, ${ids.next('msg')}, ${one.effectKey}, ${one.personId}, ${one.channel}, ${one.purpose}, ${one.template},
        ${one.journeyId}, ${one.journeyVersion}, ${one.nodeId}, ${one.runId}, ${JSON.stringify(one.context)}, ${one.awaited ?? false}, 'queued', ${new Date(at)}, ${new Date(at)})`)
  }
}

export const openBenefits = ({ db, clock }: TestStores, ids: Ids) =>
  createBenefits({
    db,
    clock,
    ids,
    identity: { personOf: async () => null },
    audit: async () => {},
    offers: async () => new Map(),
    wake: () => {},
  })

/** Where tags given by journeys are written down, in the transaction that gives them; each key once. */
export const createChangedTags = (db: Db) =>
  db.run(sql`
    create table changed_tags (workspace_id int, effect_key text, tag text, change text, primary key (workspace_id, effect_key))`)

/** A system outside, which fails every now and then, the same way each time that a seed is played. */
function answerOutside(world: JourneyWorld, id: string): Posted {
  world.posted.push(id)
  const lot = bucket('outside', `${id}:${world.posted.filter((one) => one === id).length}`, 10)
  if (lot === 9) return { kind: 'failed', reason: 'unreachable', detail: 'it could not be reached' }
  const status = lot < 6 ? 200 : lot === 6 ? 404 : 503
  return { kind: 'answered', status, retryAfter: null, body: lot === 5 ? 'OK' : JSON.stringify({ n: lot }) }
}

/** An endpoint that journeys may name, put there without its settings. */
export async function addEndpoint(db: Db, workspace: number, key: string): Promise<void> {
  const secrets = createSeal(sealKey).seal(JSON.stringify({ secret: 'of a test', before: null, headers: {} }))
  await db.run(sql`
    insert into webhook_endpoints (workspace_id, key, name, url, secrets, header_names, timeout_seconds, enabled, created_at)
    values (${workspace}, ${key}, ${key}, 'http://outside.example/', ${secrets}, '{}', 10, true, now())`)
}
const sealKey = 'of a test'

/** For tests that rehearse nothing. */
const nothingRecorded: RehearsalWorld = {
  query: { replay: async function* () {}, peopleAfter: async () => [] },
  resolved: async () => [],
  policy: async () => ({ timeZone: 'Asia/Shanghai', quietHours: { start: '00:00', end: '00:00' }, marketingCap: { max: 1, hours: 1 } }),
  addressees: async () => new Map(),
  offered: async () => null,
  popupHours: async () => new Map(),
  costs: async () => [],
  recordedUntil: async () => null,
  tagValues: async () => new Map(),
}

/** For tests that try nothing. */
const refuse = async (): Promise<never> => {
  throw new Error('this world sends no messages of trials')
}
const noTrials: TrialOutlets = {
  writer: { load: refuse },
  post: {
    enqueue: refuse,
    fates: async () => [],
    load: async () => [],
    stop: refuse,
    forget: async () => {},
    popupFor: refuse,
    act: refuse,
    loop: { name: 'delivery_trial', everyMs: 1_000, run: async () => false },
  },
  recipients: async () => [],
}

/** Another process of the same program: pass its own `db` and `loops`. */
export function openJourneys(
  stores: TestStores,
  world: JourneyWorld,
  own: { db?: Db; loops?: Loops; ids?: Ids; metrics?: Metrics; playbooksFolder?: string } = {},
) {
  const { clock, log } = stores
  const ids = own.ids ?? stores.ids
  const benefits = openBenefits(stores, ids)
  const tasks = createTasks({
    ...{ db: own.db ?? stores.db, clock, ids },
    audit: async () => {},
    members: async () => [],
    programs: async () => new Map(),
    journeyNames: async () => new Map(),
    summaries: async () => new Map(),
    unmasked: () => true,
    read: async (_, asked) => asked.map(({ texts }) => [...texts]),
    answered: (tx, workspaceId, given) => room.taskListener(tx, workspaceId, given),
    answersGiven: () => {},
  })
  const room = createJourneys({
    db: own.db ?? stores.db,
    clickhouse: stores.clickhouse,
    runsKeptDays: 30,
    loops: own.loops ?? stores.loops,
    clock,
    log,
    metrics: own.metrics ?? stores.metrics,
    ids,
    matchesFilters,
    explainRule: async () => {
      throw new Error('this world does not explain rules')
    },
    settled: async () => {},
    storiesOf: async () => new Map(),
    living: async (_, personId) => ({ personId, numbers: [personId] }),
    evaluateRules: async (_, rules, people) => rules.map((rule) => people.map((person) => answer(world, rule, person))),
    evaluateWithChecks: async (_, rules, people) => ({
      answers: rules.map((rule) => people.map((person) => answer(world, rule, person))),
      checks: people.map(() => Number.POSITIVE_INFINITY),
    }),
    attributes: async () => world.attributes,
    timeZone: async () => world.timeZone,
    templates: async (_, keys) =>
      new Map(
        keys.flatMap((key) => {
          const found = world.templates.get(key)
          return found ? [[key, found]] : []
        }),
      ),
    audience: async (_, rule, { after, limit }) => {
      const people = [...world.people].filter((person) => person > after).toSorted((a, b) => a - b)
      const page = people.slice(0, limit)
      return { people: page.filter((person) => answer(world, rule, person)), last: people.length > limit ? (page.at(-1) ?? null) : null }
    },
    enqueue: (tx, messages) => enqueueMessages(tx, messages, ids, clock.now()),
    fates: (workspaceId, keys) => fatesOf(own.db ?? stores.db, workspaceId, keys),
    messageResults: firstResults,
    livesOn: async () => new Map(),
    messagesQueued: () => {},
    doers: {
      withdraw: (tx, workspaceId, keys) => withdraw(tx, workspaceId, keys, 'fallback', new Date(clock.now())),
      grant: benefits.grant,
      async tag(tx, workspaceId, changes) {
        for (const { effectKey, tag, change } of changes)
          await tx.run(
            sql`insert into changed_tags (workspace_id, effect_key, tag, change) values (${workspaceId}, ${effectKey}, ${tag}, ${change})`,
          )
        return new Map()
      },
    },
    async say(_, sayings) {
      const unsaid = sayings.filter((one) => world.nameless.has(one.personId))
      for (const one of sayings) if (!unsaid.includes(one)) world.said.push(one)
      return new Map(unsaid.map((one) => [one.effectKey, 'no_identity']))
    },
    staticTags: async (_, keys) => new Set(keys.filter((key) => !key.startsWith('no_'))),
    deedsDone: () => {},
    seal: createSeal(sealKey),
    post: async ({ id }) => answerOutside(world, id),
    webhooksInTurn: true,
    peopleOfUsers: async (_, userIds) =>
      new Map(userIds.flatMap((id) => (world.people.has(Number(id)) ? [[id, Number(id)] as const] : []))),
    past: nothingRecorded,
    trials: noTrials,
    tasks,
    members: async () => [],
    textProblem: () => null,
    reviewNeeded: async () => world.reviewNeeded,
    ruleProblems: async () => [],
    activeDefinitions: async (_, __, keys) => new Set(keys.filter((key) => !key.startsWith('no_'))),
    activeCoupons: async (_, keys) => new Set(keys.filter((key) => !key.startsWith('no_'))),
    summaries: async () => new Map(),
    audit: async () => {},
    createTemplate: async (_, template) => {
      world.templates.set(template.key, { channel: template.channel, coupon: null })
    },
    publicUrl: 'https://chaoxi.example',
    shopUrl: 'https://shop.example',
    createCoupon: async () => {},
    createTag: async () => {},
    createSegment: async () => {},
    playbooksFolder: own.playbooksFolder ?? new URL('../../../playbooks', import.meta.url).pathname,
  })
  return { ...room, tasks }
}

export function callerOf(workspaceId: number): Caller {
  return {
    workspaceId,
    actor: 'acc_test',
    me: {
      account: { id: 'acc_test', email: 'a@b.example', name: 'A' },
      workspace: { id: workspaceId, name: 'Test', timeZone: 'Asia/Shanghai' },
      role: 'admin',
      permissions: [...permissions],
    },
  }
}

export const defineJourney = (start: string, nodes: unknown[], more: object = {}): JourneyDefinition =>
  journeyDefinitionSchema.parse({ trigger: { kind: 'event', event: 'Signed Up' }, start, nodes, ...more })
export const send = (id: string, next: string, template = 'hello') => ({ id, kind: 'send', channel: 'sms', template, next })
export const wait = (id: string, next: string, hours = 1) => ({ id, kind: 'wait', duration: { amount: hours, unit: 'hour' }, next })

export function acceptedEvent(
  workspaceId: number,
  personId: number,
  event: string,
  at: number,
  more: Partial<AcceptedEvent> = {},
): AcceptedEvent {
  return {
    workspaceId,
    personId,
    storedAs: personId,
    type: 'track',
    event,
    messageId: `${event}-${personId}-${at}`,
    time: at,
    receivedAt: at,
    properties: {},
    context: {},
    userId: null,
    anonymousId: null,
    ...more,
  }
}
