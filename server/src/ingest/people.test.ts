import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { createIdentity, type Identity } from '../identity/index.ts'
import { sql } from '../platform/db/postgres.ts'
import { createMetrics } from '../platform/metrics.ts'
import { createIngest, type Ingest } from './index.ts'
import { type Message, NaivePeople, type Name } from './people.test-kit.ts'

// Whatever comes in whatever order: who is who, what they did and what is known of them is what a naive model says, in both stores,
// and nobody has two accounts that no hand has joined.

let stores: TestStores
let identity: Identity
let ingest: Ingest
beforeAll(async () => {
  stores = await createTestStores()
  const { clock, ids, log, db, clickhouse } = stores
  identity = createIdentity({ db, clickhouse })
  ingest = createIngest({
    ...{ db, clickhouse, clock, ids, log, identity, metrics: createMetrics() },
    ...{ consumers: [], mergeConsumers: [], splitConsumers: [], movableMemberships: async () => [], onStored: () => {} },
  })
  await ingest.recover()
})
afterAll(() => stores.close())

const minute = 60_000
const userOf = (letter: string) => `u-${letter}`
const deviceOf = (digit: string) => `d-${digit}`
const phoneOf = (value: string) => `+861380000000${value}`
const few = (values: string) => fc.constantFrom(...values)
const maybe = <T>(value: fc.Arbitrary<T>, of = 2) => fc.option(value, { nil: undefined, freq: of })

const speech = fc.record({
  kind: fc.constant('speak' as const),
  user: maybe(few('abc').map(userOf), 1),
  device: few('1234').map(deviceOf),
  openid: maybe(few('xy'), 1),
  phone: maybe(few('56'), 1),
  city: maybe(few('杭沪京')),
})
const step = fc.oneof(
  { weight: 10, arbitrary: speech },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('alias' as const),
      user: few('abc').map(userOf),
      previous: fc.oneof(few('abc').map(userOf), few('1234').map(deviceOf)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('merge' as const), into: fc.nat(20), from: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('split' as const), which: fc.nat(20) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

class World {
  readonly model = new NaivePeople()
  readonly workspaceId: number
  private waiting: object[] = []
  private sent = 0

  constructor(workspaceId: number) {
    this.workspaceId = workspaceId
  }

  /** Messages wait for each other, so that batches have several. */
  private queue(message: Message): void {
    const { id, time, user, device, openid, phone, previous, traits } = message
    this.model.take(message)
    this.waiting.push({
      messageId: id,
      timestamp: new Date(time).toISOString(),
      ...(user === undefined ? {} : { userId: user }),
      ...(device === undefined ? {} : { anonymousId: device }),
      ...(openid === undefined ? {} : { context: { externalIds: [{ id: openid, type: 'wechat_openid:app' }] } }),
      ...(previous === undefined
        ? { type: 'identify', traits: { ...traits, ...(phone === undefined ? {} : { phone: phoneOf(phone) }) } }
        : { type: 'alias', previousId: previous }),
    })
  }
  async flush(): Promise<void> {
    const batch = this.waiting
    this.waiting = []
    if (batch.length > 0) expect((await ingest.accept(this.workspaceId, batch)).rejected).toEqual([])
  }
  private next(): { id: string; time: number } {
    stores.clock.advance(minute)
    return { id: `m${this.sent++}`, time: stores.clock.now() }
  }

  async take(one: Step): Promise<void> {
    if (one.kind === 'speak') {
      const { kind: _, city, ...names } = one
      const traits: Record<string, string> = {}
      if (city !== undefined) traits.city = city
      if (names.phone !== undefined) traits.phone = phoneOf(names.phone)
      this.queue({ ...this.next(), ...defined(names), ...(Object.keys(traits).length === 0 ? {} : { traits }) })
      return
    }
    if (one.kind === 'alias') return this.queue({ ...this.next(), user: one.user, previous: one.previous })
    await this.flush()
    if (one.kind === 'merge') await this.merge(one)
    else await this.split(one.which)
    await this.check()
  }

  private async merge({ into, from }: { into: number; from: number }): Promise<void> {
    const names = [...this.model.owner.keys()].filter((name) => name.startsWith('user:') || name.startsWith('device:'))
    const [left, right] = [names[into % names.length], names[from % names.length]]
    if (left === undefined || right === undefined || this.model.personOf(left) === this.model.personOf(right)) return
    const { id, time } = this.next()
    const value = rawOf(left)
    this.model.take({ id, time, ...(left.startsWith('user:') ? { user: value } : { device: value }), previous: rawOf(right), byHand: true })
    const identifier = (name: Name) => ({
      kind: name.startsWith('user:') ? ('user_id' as const) : ('anonymous_id' as const),
      value: rawOf(name),
    })
    await ingest.join(this.workspaceId, { into: identifier(left), from: identifier(right), note: '', messageId: id })
  }

  private async split(which: number): Promise<void> {
    const open = this.model.merges.filter((merge) => merge.open)
    const merge = open[which % open.length]
    if (merge === undefined) return
    const from = (await this.numbers()).get(this.model.madeBy[merge.from] ?? '')
    const request = { at: stores.clock.now(), by: 'acc_test', note: 'test', audit: async () => {} }
    const done = ingest.split(this.workspaceId, `${merge.messageId}:${from}`, request)
    if (this.model.isNameless(merge)) return expect(done).rejects.toThrow('recognise')
    await done
    this.model.split(merge)
  }

  /** The numbers that events lie under, and the person that they count for, by message. */
  private async rows() {
    return stores.clickhouse.query<{ message_id: string; number: number; person: number }>(
      'interactive',
      `select message_id, person_id as number, dictGetOrDefault('person_override_map', 'person_id', (workspace_id, person_id), person_id) as person
       from events where workspace_id = {w:UInt32}`,
      { w: this.workspaceId },
    )
  }
  private async numbers(): Promise<Map<string, number>> {
    return new Map((await this.rows()).map((row) => [row.message_id, row.number]))
  }

  async check(): Promise<void> {
    const { model, workspaceId } = this
    for (const person of model.people()) {
      const joined = model.merges.some((merge) => merge.open && merge.byHand && model.living(merge.from) === person)
      if (!joined) expect(model.usersOf(person).length).toBeLessThanOrEqual(1)
    }
    const rows = await this.rows()
    const numbers = new Map(rows.map((row) => [row.message_id, row.number]))
    const numberOf = (person: number) => numbers.get(model.madeBy[person] ?? '') ?? 0
    const sorted = (pairs: (readonly [string, number])[]) => pairs.map(([name, person]) => `${name} ${person}`).sort()
    expect(sorted(rows.map((row) => [row.message_id, row.person]))).toEqual(
      sorted(model.events.map((event) => [event.id, numberOf(model.living(event.number))])),
    )
    const owned = await stores.db.many<{ kind: string; value: string; person_id: number }>(
      sql`select kind, value, person_id from person_identities where workspace_id = ${workspaceId}`,
    )
    expect(sorted(owned.map((row) => [`${row.kind} ${row.value}`, row.person_id]))).toEqual(
      sorted([...model.owner].map(([name, number]) => [identifierOf(name), numberOf(model.living(number))])),
    )
    const living = model.people()
    expect((await identity.counts(workspaceId)).people).toBe(living.length)
    const profiles = await identity.profiles(workspaceId, living.map(numberOf))
    const copies = await stores.clickhouse.query<{ id: number; attributes: string }>(
      'interactive',
      `select person_id as id, argMax(attributes, version) as attributes from profiles where workspace_id = {w:UInt32}
       group by person_id having argMax(merged, version) = 0`,
      { w: workspaceId },
    )
    const expected = living.map((person) => [numberOf(person), model.attributesOf(person)] as const).sort(([a], [b]) => a - b)
    expect([...profiles.values()].map((one) => [one.id, one.attributes] as const).sort(([a], [b]) => a - b)).toEqual(expected)
    expect(copies.map((one) => [one.id, JSON.parse(one.attributes)] as const).sort(([a], [b]) => a - b)).toEqual(expected)
  }
}

const rawOf = (name: Name) => name.slice(name.indexOf(':') + 1)
function identifierOf(name: Name): string {
  const value = rawOf(name)
  if (name.startsWith('user:')) return `user_id ${value}`
  if (name.startsWith('device:')) return `anonymous_id ${value}`
  return name.startsWith('openid:') ? `openid app:${value}` : `phone ${phoneOf(value)}`
}
function defined<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept: Partial<Record<string, unknown>> = {}
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value
  return kept as { [K in keyof T]?: NonNullable<T[K]> }
}

test('random messages, merges and splits agree with the naive model', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const world = new World(await stores.createWorkspace())
      for (const one of steps) await world.take(one)
      await world.flush()
      await world.check()
    }),
    { numRuns: 40, seed: 11 },
  )
})
