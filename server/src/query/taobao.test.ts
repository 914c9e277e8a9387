import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import type { Rule } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { createQuery, type FactEvent, matches, type PersonFacts, type Query, resolve } from './index.ts'
import { evaluatePrinted } from './printed.ts'

// Real behaviour of 815 shoppers; the figures were computed independently of this program.

const data = join(import.meta.dirname, '../../../../shared/data')
const expected = JSON.parse(readFileSync(join(data, 'expected.json'), 'utf8'))['taobao-behaviour']
const workspaceId = 1
const nobody: PersonFacts = { personId: 1, attributes: {}, events: [], tags: new Map(), segments: new Set() }
const eventNames: Record<string, string> = {
  pv: 'Product Viewed',
  cart: 'Product Added',
  fav: 'Product Added to Wishlist',
  buy: 'Order Completed',
}
const dayMs = 86_400_000
const firstDay = Date.parse('2017-11-25T00:00:00+08:00')
const asOf = Date.parse('2017-12-04T00:00:00+08:00')

let stores: TestStores
let query: Query
const histories = new Map<number, FactEvent[]>()

beforeAll(async () => {
  stores = await createTestStores()
  query = createQuery({ clickhouse: stores.clickhouse })
  const events: object[] = []
  const lines = createInterface({ input: createReadStream(join(data, 'taobao-behaviour.csv.gz')).pipe(createGunzip()) })
  for await (const line of lines) {
    const [user = '', item, category, behaviour = '', seconds] = line.split(',')
    const personId = Number(user)
    const fact = { event: eventNames[behaviour] ?? '', time: Number(seconds) * 1000, properties: { product_id: item, category } }
    const row = { type: 'track', message_id: '', message_hash: 0, user_id: user, anonymous_id: '', context: '{}', received_at: fact.time }
    events.push({ ...row, ...fact, workspace_id: workspaceId, person_id: personId, properties: JSON.stringify(fact.properties) })
    const history = histories.get(personId)
    if (history) history.push(fact)
    else histories.set(personId, [fact])
  }
  await stores.clickhouse.insert('events', events)
  await stores.clickhouse.insert(
    'profiles',
    [...histories.keys()].map((id) => ({
      workspace_id: workspaceId,
      person_id: id,
      attributes: '{}',
      merged: 0,
      created_at: firstDay,
      version: 1,
    })),
  )
})
afterAll(() => stores.close())

const did = (event: string, op: 'gte' | 'lt', value: number, window: Extract<Rule, { kind: 'event' }>['window']): Rule => ({
  kind: 'event',
  event,
  filters: [],
  window,
  measure: { fn: 'count' },
  op,
  value,
})

async function sizes(rules: readonly Rule[]): Promise<number[]> {
  const resolved = rules.map((rule) => resolve(rule, () => null))
  const answers = await evaluatePrinted(stores.clickhouse, {
    workspaceId,
    rules: resolved,
    people: 'everyone',
    now: asOf,
    timeZone: 'Asia/Shanghai',
  })
  return answers.map((answer) => answer.people.size)
}

test('the tag "cart >= 3 in 3 days" holds for 238 of 815, in SQL and in memory', async () => {
  const rule = resolve(did('Product Added', 'gte', 3, { kind: 'rolling', amount: 3, unit: 'day' }), () => null)
  const { clusters } = await query.estimate({ workspaceId, rule, now: asOf, timeZone: 'Asia/Shanghai', sampleMax: 10, exact: true })
  expect(clusters).toEqual([{ size: expected.users, count: expected['cohorts_asof_2017-12-04']['cart>=3 in 3d'] }])
  const inMemory = [...histories].filter(([, events]) => matches(rule, { ...nobody, events }, asOf, 'Asia/Shanghai')).map(([id]) => id)
  const [everyone] = await evaluatePrinted(stores.clickhouse, {
    workspaceId,
    rules: [rule],
    people: 'everyone',
    now: asOf,
    timeZone: 'Asia/Shanghai',
  })
  expect([...(everyone?.people ?? [])].sort()).toEqual(inMemory.sort())
})

test('people active on each day, and buyers, in one pass', async () => {
  const days = expected.DAU.map((_: number, day: number) => ({
    kind: 'between' as const,
    from: new Date(firstDay + day * dayMs).toISOString(),
    to: new Date(firstDay + (day + 1) * dayMs).toISOString(),
  }))
  const active = days.map(
    (window: Parameters<typeof did>[3]): Rule => ({
      kind: 'any',
      rules: Object.values(eventNames).map((event) => did(event, 'gte', 1, window)),
    }),
  )
  const bought: Rule = did('Order Completed', 'gte', 1, {
    kind: 'between',
    from: new Date(firstDay).toISOString(),
    to: new Date(asOf).toISOString(),
  })
  const never: Rule = { kind: 'not', rule: bought }
  expect(await sizes([...active, bought, never])).toEqual([...expected.DAU, expected.buyers, expected.users - expected.buyers])
})
