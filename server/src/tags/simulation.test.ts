import type { EventRule, Rule, TagValue } from '@chaoxi/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRandom } from '../../test/harness/random.ts'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import { all, any, did, inCity, type MembershipChange, not, openShop, type Shop, tag } from './tags.test-kit.ts'

// The real-time answer equals a full recomputation (T2): a shop lives through random days, and at every evening each
// definition is computed anew for everyone and must find nothing to mend. A failure prints its seed.

const seeds = [1, 2]
const eveningsSimulated = 3
const stepsPerEvening = 16
const hour = 3_600_000

let stores: TestStores
beforeAll(async () => {
  stores = await createTestStores()
})
afterAll(() => stores.close())

const spent = (amount: number): Rule => ({
  kind: 'event',
  event: 'Order Paid',
  filters: [{ property: 'channel', op: 'neq', value: 'gift' }],
  window: { kind: 'rolling', amount: 48, unit: 'hour' },
  measure: { fn: 'sum', property: 'total' },
  op: 'gte',
  value: amount,
})

const viewed: EventRule = {
  kind: 'event',
  event: 'Product Viewed',
  filters: [],
  window: { kind: 'ever' },
  measure: { fn: 'count' },
  op: 'gte',
  value: 1,
}

const rules: Record<string, Rule> = {
  carted: did('Product Added', 2, 2),
  rarely: not(did('Product Viewed', 3, 1)),
  spender: spent(500),
  local: all(inCity('上海'), any(did('Product Viewed', 1, 1), tag('vip'))),
  sleeping: all(not(tag('carted')), not(did('Order Paid', 1, 3)), did('Product Viewed', 1, 4)),
  yesterday: { ...viewed, window: { kind: 'calendar', unit: 'day', from: -1, to: -1 } },
  cooling: { ...viewed, window: { kind: 'relative', from: 40, to: 10, unit: 'hour' } },
  loyal: { ...viewed, measure: { fn: 'current_streak' }, value: 2 },
  absent: { ...viewed, measure: { fn: 'days_absent' }, value: 1 },
  undecided: {
    kind: 'sequence',
    steps: [
      { event: 'Product Viewed', filters: [], link: 'channel' },
      {
        event: 'Product Added',
        filters: [],
        link: 'channel',
        within: { amount: 20, unit: 'hour' },
        without: [{ event: 'Order Paid', filters: [] }],
      },
    ],
    window: { kind: 'rolling', amount: 30, unit: 'hour' },
    noneAfter: [{ event: 'Order Paid', filters: [] }],
  },
  returned: {
    kind: 'sequence',
    steps: [
      { event: 'Product Viewed', filters: [] },
      {
        event: 'Product Viewed',
        filters: [],
        when: { kind: 'rolling', amount: 10, unit: 'hour' },
        after: { amount: 8, unit: 'hour' },
        without: [{ event: 'Product Viewed', filters: [] }],
      },
    ],
    window: { kind: 'ever' },
  },
  nightly: { ...viewed, clock: { hours: { from: '21:00', to: '03:00' } }, window: { kind: 'rolling', amount: 30, unit: 'hour' } },
  prefers_app: {
    kind: 'preference',
    event: 'Product Viewed',
    filters: [],
    window: { kind: 'rolling', amount: 30, unit: 'hour' },
    of: { kind: 'property', property: 'channel' },
    rank: 1,
    least: 1,
    values: ['app'],
  },
  debut: {
    kind: 'occurrence',
    which: 'first',
    event: 'Order Paid',
    filters: [],
    window: { kind: 'ever' },
    when: { kind: 'calendar', unit: 'day', from: 0, to: 0 },
    where: [{ property: 'channel', op: 'eq', value: 'app' }],
  },
  celebrating: {
    kind: 'attribute',
    filter: { property: 'birthday', op: 'anniversary', window: { kind: 'calendar', unit: 'day', from: 0, to: 1 } },
  },
  welcome: { ...viewed, window: { kind: 'since', attribute: 'joined', within: { amount: 1, unit: 'day' } } },
  share: all({ kind: 'random', seed: 'x', from: 0, to: 60 }, not(did('Order Paid', 1, 2))),
}

/** Values that overlap, go back and forth with events, and change by time alone; one rule names another tag. */
const stages: readonly TagValue[] = [
  { value: 'regained', rule: all(did('Order Paid', 1, 1), not(did('Order Paid', 2, 2)), did('Product Viewed', 2, 4)) },
  { value: 'active', rule: did('Order Paid', 1, 1) },
  { value: 'interested', rule: any(did('Product Added', 1, 1), tag('carted')) },
  { value: 'at risk', rule: did('Order Paid', 1, 2) },
  { value: 'lost', rule: all(did('Product Viewed', 1, 4), not(did('Product Viewed', 1, 1))) },
]

/** A birthday and a day of joining near the days that the shop lives through. */
function dates(random: () => number): object {
  const near = () => new Date(stores.clock.now() + Math.floor((random() * 6 - 2) * 24 * hour)).toISOString()
  return { birthday: `1990${near().slice(4, 10)}`, joined: near().slice(0, 19).replace('T', ' ') }
}

async function step(shop: Shop, people: number[], random: () => number): Promise<void> {
  const pick = <T>(list: readonly T[]): T => {
    const found = list[Math.floor(random() * list.length)]
    if (found === undefined) throw new Error('nothing to pick from')
    return found
  }
  const dice = random()
  if (people.length < 3 || dice < 0.08)
    people.push(await shop.addPerson(random() < 0.5 ? { city: pick(['上海', '北京']), ...dates(random) } : {}))
  else if (dice < 0.14) await shop.setAttributes(pick(people), { city: pick(['上海', '北京']), ...dates(random) })
  else if (dice < 0.2) {
    const from = pick(people)
    const into = pick(people)
    if (from !== into) {
      await shop.merge(from, into)
      people.splice(people.indexOf(from), 1)
    }
  } else if (dice < 0.26) {
    const moves = random() < 0.6 ? { add: [pick(people)], remove: [] } : { add: [], remove: [pick(people)] }
    await shop.tags.definitions.setMembers(shop.actor, 'tag', 'vip', moves)
  } else {
    const event = pick(['Product Viewed', 'Product Viewed', 'Product Added', 'Order Paid'])
    // Late by up to a day, or ahead by an hour: clocks of phones.
    const time = stores.clock.now() - Math.floor(random() * random() * 24 * hour) + (random() < 0.05 ? hour : 0)
    await shop.track(pick(people), event, { total: Math.floor(random() * 400) + 0.1, channel: pick(['app', 'gift']) }, time)
  }
  // A newcomer whom nobody touched yet is not there for the evaluator; the intake always touches.
  const newest = people.at(-1)
  if (newest !== undefined) await shop.touch(newest, ['@attributes'])
}

test.for(seeds)('memberships kept by events and checks are those of a full recomputation (seed %i)', { timeout: 180_000 }, async (seed) => {
  const shop = await openShop({ stores })
  const random = createRandom(seed)
  const people: number[] = []
  await shop.staticTag('vip')
  for (const [key, rule] of Object.entries(rules)) await shop.dynamicTag(key, rule)
  await shop.valuedTag('stage', stages)
  await shop.dynamicTag('asks_for_stage', all({ kind: 'tag', tag: 'stage', values: ['lost', 'at risk'] }, not(inCity('北京'))))
  const computed = [...Object.keys(rules), 'stage', 'asks_for_stage']
  await shop.settle()
  for (let day = 0; day < eveningsSimulated; day++) {
    for (let i = 0; i < stepsPerEvening; i++) {
      await step(shop, people, random)
      stores.clock.advance(Math.floor((random() * 48 * hour) / stepsPerEvening))
      if (random() < 0.3) await shop.settle()
    }
    await shop.settle()
    const names = computed.map((key) => ({ kind: 'tag' as const, key }))
    expect(await shop.tags.recompute.run(shop.workspaceId, names), `seed ${seed}, evening ${day}`).toEqual({ entered: 0, left: 0 })
  }
  await shop.settle()
  for (const key of ['vip', ...computed])
    expect((await shop.tags.definitions.get(shop.workspaceId, 'tag', key)).size, `size of ${key}`).toBe(
      (await shop.members('tag', key)).length,
    )
  expect(shop.heard.length).toBeGreaterThan(10)
  const held = await shop.held('stage')
  const sizes = (await shop.tags.valueSizes(shop.workspaceId)).get('stage')
  for (const { value } of stages) expect(sizes?.get(value) ?? 0, value).toBe(held.filter(([, own]) => own === value).length)
  expect(oneValueEach(shop.heard.filter((change) => change.key === 'stage'))).toEqual([])
})

/** Whoever came to a value while having another, by what the listeners heard; merges are silent and start anew. */
function oneValueEach(changes: readonly MembershipChange[]): string[] {
  const held = new Map<number, string>()
  const wrong: string[] = []
  for (const { personId, value, entered, reason } of changes) {
    const own = held.get(personId)
    if (entered && own !== undefined && reason !== 'merge') wrong.push(`${personId} came to ${value} with ${own}`)
    if (entered) held.set(personId, value)
    else if (own === value) held.delete(personId)
  }
  return wrong
}
