import type { Rule, TagValue } from '@chaoxi/contract'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import type { ClickHouse } from '../platform/db/clickhouse.ts'
import { type Db, sql } from '../platform/db/postgres.ts'
import { createCatalogue, createQuery, type Query } from '../query/index.ts'
import { createInsight } from '../segments/index.ts'
import { createTags, type Move, type Tags, type Usage } from './index.ts'
import { membershipsOf } from './memberships.ts'
import { findDefinitions } from './store.ts'

/** One person's part in a move. */
export type MembershipChange = Omit<Move, 'people'> & { readonly personId: number }

/** A shop without intake: people and events are put into the stores as the intake would. */
export interface Shop {
  readonly stores: TestStores
  readonly workspaceId: number
  readonly tags: Tags
  readonly heard: MembershipChange[]
  readonly journeys: Usage[]
  readonly actor: { workspaceId: number; actor: string }
  addPerson(attributes?: object): Promise<number>
  setAttributes(id: number, attributes: object): Promise<void>
  track(id: number, event: string, properties?: object, time?: number): Promise<void>
  /** The intake's three steps: merge in PostgreSQL, copy to ClickHouse, touch. */
  merge(from: number, into: number): Promise<void>
  mergeInPostgres(from: number, into: number): Promise<void>
  mergeInClickHouse(from: number, into: number): Promise<void>
  touch(id: number, changes: string[]): Promise<void>
  /** Runs the loops until nothing is left. */
  settle(): Promise<void>
  members(kind: 'tag' | 'segment', key: string): Promise<number[]>
  dynamicTag(key: string, rule: Rule): Promise<void>
  staticTag(key: string): Promise<void>
  valuedTag(key: string, values: readonly TagValue[], several?: boolean): Promise<void>
  /** Who has which value of a tag, and since when: [person, value, since]. */
  held(key: string): Promise<[number, string, number][]>
}

interface Options {
  readonly stores?: TestStores
  readonly db?: Db
  readonly clickhouse?: ClickHouse
  readonly query?: Query
}

export async function openShop(options: Options = {}): Promise<Shop> {
  const stores = options.stores ?? (await createTestStores())
  const { clock, ids, log, metrics } = stores
  const db = options.db ?? stores.db
  const clickhouse = options.clickhouse ?? stores.clickhouse
  const workspaceId = await stores.createWorkspace()
  const heard: MembershipChange[] = []
  const journeys: Usage[] = []
  const versions = new Map<number, number>()
  const into = new Map<number, number>()
  let nextId = workspaceId * 10_000

  const living = (id: number): number => {
    const to = into.get(id)
    return to === undefined ? id : living(to)
  }
  const summary = (id: number) => ({ id, name: null, userId: `u${id}`, phone: null, email: null, createdAt: '', lastSeenAt: null })
  const tags = createTags({
    db,
    clickhouse,
    clock,
    ids,
    log,
    metrics: { ...metrics, counter: once(metrics.counter), histogram: once(metrics.histogram) },
    query: options.query ?? createQuery({ clickhouse }),
    catalogue: createCatalogue({ clickhouse, clock }),
    audit: async (tx, caller, action, subject, details) => {
      await tx.run(sql`insert into audit_entries (workspace_id, id, at, account, action, subject, details)
        values (${caller.workspaceId}, ${ids.next('aud')}, ${new Date(clock.now())}, ${caller.actor}, ${action}, ${subject}, ${JSON.stringify(details)})`)
    },
    people: async (_workspace, asked) => new Map(asked.filter((id) => versions.has(id)).map((id) => [id, { id: living(id) }])),
    usedByJourneys: async (_workspace, kind, key, value) =>
      journeys.filter((one) => one.name.includes(value === undefined ? `${kind}:${key}` : `${kind}:${key}=${value}`)),
    wake: () => {},
    summaries: async (_workspace, asked) => new Map(asked.map((id) => [id, summary(id)])),
    timeZone: async (asked) =>
      (await db.one<{ time_zone: string }>(sql`select time_zone from workspaces where id = ${asked}`))?.time_zone ?? 'UTC',
  })
  tags.onChanges(async (_tx, _workspace, moves) => {
    for (const { people, ...move } of moves) heard.push(...people.map((personId) => ({ ...move, personId })))
  })

  async function putProfile(id: number, attributes: object, merged = 0): Promise<void> {
    const version = (versions.get(id) ?? 0) + 1
    versions.set(id, version)
    await stores.clickhouse.insert('profiles', [
      { workspace_id: workspaceId, person_id: id, attributes: JSON.stringify(attributes), merged, created_at: clock.now(), version },
    ])
  }

  /** Out of PostgreSQL. */
  async function holders(kind: 'tag' | 'segment', key: string): Promise<[number, string][]> {
    const rows = await db.many<{ person_id: number }>(sql`select person_id from person_memberships where workspace_id = ${workspaceId}`)
    const people = rows.map((row) => row.person_id)
    const held = await membershipsOf(db, workspaceId, people, await findDefinitions(db, workspaceId))
    const own = [...held].flatMap(([person, all]) =>
      all
        .filter(({ definition }) => definition.kind === kind && definition.key === key)
        .map(({ value }): [number, string] => [person, value]),
    )
    return own.sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1))
  }

  const shop: Shop = {
    stores,
    workspaceId,
    tags,
    heard,
    journeys,
    actor: { workspaceId, actor: 'acc_test' },
    async addPerson(attributes = {}) {
      const id = nextId++
      await putProfile(id, attributes)
      return id
    },
    async setAttributes(id, attributes) {
      await putProfile(id, attributes)
      await shop.touch(id, ['$identify', '@attributes'])
    },
    async track(id, event, properties = {}, time = clock.now()) {
      const row = {
        type: 'track',
        message_id: ids.next('evt'),
        message_hash: 0,
        user_id: '',
        anonymous_id: '',
        context: '{}',
        received_at: clock.now(),
      }
      await stores.clickhouse.insert('events', [
        { ...row, workspace_id: workspaceId, person_id: id, time, event, properties: JSON.stringify(properties) },
      ])
      await shop.touch(living(id), [event])
    },
    async merge(from, to) {
      await shop.mergeInPostgres(from, to)
      await shop.mergeInClickHouse(from, to)
    },
    async mergeInPostgres(from, to) {
      into.set(from, to)
      await stores.db.tx((tx) => tags.mergeConsumer(tx, workspaceId, from, to))
    },
    async mergeInClickHouse(from, to) {
      await putProfile(from, {}, 1)
      const old = [...into.keys()].filter((id) => living(id) === to)
      await stores.clickhouse.insert(
        'person_overrides',
        old.map((id) => ({ workspace_id: workspaceId, old_person_id: id, person_id: to, version: ++nextVersion })),
      )
      await stores.clickhouse.command('system reload dictionary person_override_map')
      await shop.touch(to, ['@merge'])
    },
    async touch(id, changes) {
      await stores.db.run(sql`insert into touched_people (workspace_id, person_id, changes, touched_at)
        values (${workspaceId}, ${id}, ${changes}, ${new Date(clock.now())})`)
    },
    async settle() {
      for (let worked = true; worked; ) {
        worked = await tags.work.compute()
        worked = (await tags.work.evaluate()) || worked
        worked = (await tags.work.flush()) || worked
      }
    },
    async members(kind, key) {
      const members = (await tags.members(workspaceId, kind, key, null, 1000)).sort((a, b) => a - b)
      const stored = [...new Set((await holders(kind, key)).map(([person]) => person))]
      expect(members, 'what ClickHouse lists is what PostgreSQL has').toEqual(stored.slice(-1000))
      return members
    },
    async dynamicTag(key, rule) {
      await tags.definitions.create(shop.actor, 'tag', {
        key,
        name: key,
        description: '',
        layer: 'behaviour',
        scene: '',
        mode: 'dynamic',
        rule,
      })
    },
    async valuedTag(key, values, several = false) {
      const common = { name: key, description: '', layer: 'value' as const, scene: '' }
      await tags.definitions.create(shop.actor, 'tag', { key, ...common, mode: 'valued', rule: null, values, several })
    },
    async held(key) {
      await tags.settled()
      const rows = await stores.clickhouse.query<{ person: number; value: string; since: number }>(
        'interactive',
        `select person_id as person, value, toUnixTimestamp64Milli(argMax(c.at, seq)) as since from membership_changes as c
         where workspace_id = {workspace:UInt32} and kind = 'tag' and key = {key:String} and value != ''
         group by person_id, value having argMax(c.entered, seq) = 1 order by person_id, value`,
        { workspace: workspaceId, key },
      )
      const stored = await holders('tag', key)
      expect(rows.map((row) => [row.person, row.value])).toEqual(stored)
      return rows.map((row) => [row.person, row.value, row.since])
    },
    async staticTag(key) {
      await tags.definitions.create(shop.actor, 'tag', {
        key,
        name: key,
        description: '',
        layer: 'basic',
        scene: '',
        mode: 'static',
        rule: null,
      })
    },
  }
  return shop
}

/** Gives each test of a file a shop of its own, in stores that they share. */
export function shopForEachTest(begin: (shop: Shop) => void | Promise<void>): void {
  let stores: TestStores
  beforeAll(async () => {
    stores = await createTestStores()
  })
  afterAll(() => stores.close())
  beforeEach(async () => begin(await openShop({ stores })))
}

/** What is told of a shop's definitions, with its days. */
export const insightOf = ({ stores, tags }: Shop) => ({
  insight: createInsight({
    clickhouse: stores.clickhouse,
    clock: stores.clock,
    tags,
    summaries: async () => new Map(),
    timeZone: async () => 'Asia/Shanghai',
  }),
  today: () => new Date(stores.clock.now() + 8 * 3_600_000).toISOString().slice(0, 10),
})

let nextVersion = 0

/** Several shops of a test share one registry, which takes each name once. */
function once<Metric>(make: (name: string, help: string, labels?: readonly string[]) => Metric) {
  return (name: string, help: string, labels?: readonly string[]): Metric => {
    const known = made.get(name)
    if (known !== undefined) return known as Metric
    const metric = make(name, help, labels)
    made.set(name, metric)
    return metric
  }
}
const made = new Map<string, unknown>()

/** `event` happened at least `value` times within `days`. */
export const did = (event: string, value = 1, days = 3): Rule => ({
  kind: 'event',
  event,
  filters: [],
  window: { kind: 'rolling', amount: days, unit: 'day' },
  measure: { fn: 'count' },
  op: 'gte',
  value,
})
export const not = (rule: Rule): Rule => ({ kind: 'not', rule })
export const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules })
export const any = (...rules: Rule[]): Rule => ({ kind: 'any', rules })
export const tag = (key: string): Rule => ({ kind: 'tag', tag: key })
export const inCity = (city: string): Rule => ({ kind: 'attribute', filter: { property: 'city', op: 'eq', value: city } })
