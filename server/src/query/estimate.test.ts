import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { createQuery } from './query.ts'
import type { ResolvedRule } from './resolved.ts'

// Of very many people some are drawn: evenly over all numbers, and each with all that is known of them.

const people = 150_000
const workspaceId = 1

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
  const { clickhouse } = stores
  // Another shop's people lie between ours, a tenth has merged into somebody else, and the last fifth came by another way.
  await clickhouse.command(`
    insert into profiles (workspace_id, person_id, attributes, merged, created_at, version)
    select if(number % 3 = 0, 2, ${workspaceId}), 1000 + number, concat('{"city":"', if(number % 7 = 0, '上海', '北京'), '","from":"', if(number < ${(people * 8) / 6}, '微信', '抖音'), '"}'), number % 10 = 1, toDateTime64('2026-01-01', 3, 'UTC'), 1
    from numbers(${(people * 10) / 6})`)
  await clickhouse.command(`
    insert into events (workspace_id, person_id, time, event, type, message_id, message_hash, user_id, anonymous_id, properties, context, received_at)
    select ${workspaceId}, person_id, toDateTime64('2026-01-02', 3, 'UTC'), 'Order Paid', 'track', toString(person_id), person_id, '', '', '{}', '{}', toDateTime64('2026-01-02', 3, 'UTC')
    from profiles where workspace_id = ${workspaceId} and person_id % 11 = 0`)
})
afterAll(() => stores.close())

const is = (property: string, value: string): ResolvedRule => ({ kind: 'attribute', filter: { property, op: 'eq', value } })
const inShanghai = is('city', '上海')
const paid: ResolvedRule = {
  ...{ kind: 'event', event: 'Order Paid', filters: [], window: { kind: 'ever' }, measure: { fn: 'count' }, op: 'gte', value: 1 },
}

async function sizes(rule: ResolvedRule, exact: boolean) {
  const now = Date.parse('2026-02-01T00:00:00Z')
  const found = await createQuery(stores).estimate({ workspaceId, rule, now, timeZone: 'Asia/Shanghai', sampleMax: 10, exact })
  const asked = found.clusters.reduce((sum, one) => sum + one.size, 0)
  const count = found.clusters.reduce((sum, one) => sum + one.count, 0)
  return { ...found, asked, count }
}

test.each([
  ['an attribute', inShanghai, 1 / 7],
  ['an event', paid, 1 / 11],
  ['an attribute of those who came last', is('from', '抖音'), 1 / 5],
])('people are drawn evenly: %s', async (_, rule, share) => {
  const [drawn, exact] = [await sizes(rule, false), await sizes(rule, true)]
  expect(exact.clusters).toHaveLength(1)
  expect(exact.asked).toBe(exact.total)
  expect(drawn.total).toBe(exact.total)
  expect(exact.count / exact.total).toBeCloseTo(share, 3)
  expect(drawn.clusters.length).toBe(200)
  expect(drawn.asked).toBeGreaterThan(18_000)
  expect(drawn.asked).toBeLessThan(22_000)
  expect(drawn.count / drawn.asked).toBeCloseTo(share, 2)
  expect(drawn.sample).toHaveLength(10)
})

test('who lives nowhere is nobody', async () => {
  const query = createQuery(stores)
  const input = { workspaceId: 3, rule: inShanghai, now: 0, timeZone: 'UTC', sampleMax: 10, exact: false }
  expect(await query.estimate(input)).toEqual({ total: 0, clusters: [], sample: [] })
})
