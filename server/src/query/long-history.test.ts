import type { Rule } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { hasBit } from '../platform/bits.ts'
import { evaluateInMemory } from './evaluation.test-kit.ts'
import { createQuery, resolve } from './index.ts'
import { evaluatePrinted } from './printed.ts'

const now = Date.parse('2026-03-02T10:00:00+08:00')
const minute = 60_000
/** Few, more than are read with others, more than are read at all. */
const eventsOf = new Map([
  [1, 3],
  [2, 2_500],
  [3, 20_500],
])

const limits = { bytesWanted: 40_000, bytesMax: 400_000 }

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
  const people = [...eventsOf.keys()]
  await stores.clickhouse.insert(
    'profiles',
    people.map((id) => ({ workspace_id: 1, person_id: id, attributes: '{}', merged: 0, created_at: now, version: 1 })),
  )
  const row = { workspace_id: 1, type: 'track', message_id: '', message_hash: 0, user_id: '', anonymous_id: '', context: '{}' }
  const events = [...eventsOf].flatMap(([person, count]) =>
    Array.from({ length: count }, (_, i) => ({
      ...row,
      person_id: person,
      time: now - i * minute,
      event: i % 2 === 0 ? 'Product Viewed' : 'Product Added',
      properties: `{"n":${i}}`,
      received_at: now,
    })),
  )
  await stores.clickhouse.insert('events', events)
})
afterAll(() => stores.close())

const viewed = (value: number): Rule => ({
  kind: 'event',
  event: 'Product Viewed',
  filters: [],
  window: { kind: 'rolling', amount: 30, unit: 'day' },
  measure: { fn: 'count' },
  op: 'gte',
  value,
})
const viewedThenAdded: Rule = {
  kind: 'sequence',
  steps: [
    { event: 'Product Viewed', filters: [{ property: 'n', op: 'gte', value: 2_000 }] },
    { event: 'Product Added', filters: [], within: { amount: 1, unit: 'minute' } },
  ],
  window: { kind: 'ever' },
}

test('people with long and very long histories are answered like others', async () => {
  const query = createQuery({ clickhouse: stores.clickhouse, limits })
  const rules = [viewed(2), viewed(1_250), viewed(10_250), viewedThenAdded].map((rule) => resolve(rule, () => null))
  const input = { workspaceId: 1, rules, now, timeZone: 'Asia/Shanghai' }
  const answers = await evaluateInMemory(stores.clickhouse, { ...input, people: [...eventsOf.keys(), 99] }, limits)
  expect(answers.map((answer) => [...answer.people].sort((a, b) => a - b))).toEqual([[1, 2, 3], [2, 3], [3], [2, 3]])
  const everyone = await evaluatePrinted(stores.clickhouse, { ...input, people: 'everyone' })
  expect(everyone.map((answer) => answer.people)).toEqual(answers.map((answer) => answer.people))
  expect(everyone[0]?.next).toEqual(answers[0]?.next)
  for (const people of [[...eventsOf.keys(), 99], { after: 0, limit: 10 }]) {
    const { people: living, held, due } = await query.ask({ ...input, people })
    expect(living).toEqual([1, 2, 3])
    expect(held.map((bits) => living.filter((_, at) => hasBit(bits, at)))).toEqual([[1, 2, 3], [2, 3], [3], [2, 3]])
    expect([...due]).toEqual(
      living.map((person) => Math.min(...answers.map((answer) => answer.next.get(person) ?? Number.POSITIVE_INFINITY))),
    )
  }
})

test('who is asked some rules only is answered those', async () => {
  const rules = [viewed(2), viewed(1)].map((rule) => resolve(rule, () => null))
  const input = { workspaceId: 1, rules, now, timeZone: 'Asia/Shanghai', people: [1, 2] }
  const [first, second] = await evaluateInMemory(stores.clickhouse, { ...input, asked: new Map([[1, [1]]]) })
  expect([...(first?.people ?? [])]).toEqual([2])
  expect([...(second?.people ?? [])].sort()).toEqual([1, 2])
  const small = createQuery({ clickhouse: stores.clickhouse, limits })
  const { held, due } = await small.ask({
    ...input,
    people: [1, 2, 3],
    asked: new Map([
      [1, [1]],
      [2, []],
      [3, [0]],
    ]),
  })
  expect(held).toEqual([Uint32Array.of(0b100), Uint32Array.of(0b001)])
  expect(due[1]).toBe(Number.POSITIVE_INFINITY)
  expect(due[2]).toBeLessThan(Number.POSITIVE_INFINITY)
})
