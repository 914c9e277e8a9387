import type { NodeKind, TriggerKind } from '@chaoxi/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { TestApp } from '../harness/app.ts'
import { type Definition, end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'
import { openReceiver, type Receiver } from '../harness/receiver.ts'

// Every kind of trigger and of node at the moments that are hard on clocks, through the whole program: a new kind does not compile
// before it says here what it does then.

/** What happens at `at` comes two hours later, at the next midnight, or at the next half past two of New York's clocks. */
interface Moment {
  readonly user: string
  readonly at: string
  readonly twoHours: string
  readonly midnight: string
  readonly halfPastTwo: string
}

const moments: readonly Moment[] = [
  {
    // Half past two is not on the clocks of the eighth of March.
    ...{ user: 'midnight', at: '2026-03-07T23:59:30-05:00', twoHours: '2026-03-08T01:59:30-05:00', midnight: '2026-03-08T00:00:00-05:00' },
    halfPastTwo: '2026-03-08T03:30:00-04:00',
  },
  {
    ...{ user: 'month', at: '2026-03-31T23:59:30-04:00', twoHours: '2026-04-01T01:59:30-04:00', midnight: '2026-04-01T00:00:00-04:00' },
    halfPastTwo: '2026-04-01T02:30:00-04:00',
  },
  {
    // One o'clock is shown twice on the first of November.
    ...{ user: 'twice', at: '2026-11-01T01:30:00-04:00', twoHours: '2026-11-01T02:30:00-05:00', midnight: '2026-11-02T00:00:00-05:00' },
    halfPastTwo: '2026-11-01T02:30:00-05:00',
  },
]
const pause: Moment = {
  ...{ user: 'paused', at: '2026-11-03T12:00:00-05:00', twoHours: '2026-11-03T14:00:00-05:00', midnight: '2026-11-04T00:00:00-05:00' },
  halfPastTwo: '2026-11-04T02:30:00-05:00',
}
const resumed = '2026-11-04T03:10:00-05:00'
const users = [...moments, pause].map(({ user }) => user)
const phoneOf = (user: string) => `1380000000${users.indexOf(user)}`

let shop: NewYorkShop
let app: TestApp
let inbound: string
let crm: Receiver
const ids = new Map<string, number>()

beforeEach(async () => {
  crm = await openReceiver()
  shop = await openNewYorkShop({ CHAOXI_OUTBOUND_ALLOW: '127.0.0.1' })
  app = shop.app
  await shop.at('2026-03-07T12:00:00-05:00')
  await app.events(users.map((userId) => ({ type: 'identify', userId, traits: { phone: phoneOf(userId) } })))
  await app.settle()
  for (const { userId, id } of (await app.call('people', { query: { limit: 100 } })).items) ids.set(userId ?? '', id)
  inbound = z.string().parse((await app.callAsAdmin('channelAccounts')).items.find((one) => one.channel === 'sms')?.callbackPath)
  const cameToday = {
    ...{ kind: 'event' as const, event: 'Came', filters: [], window: { kind: 'calendar' as const, unit: 'day' as const, from: 0, to: 0 } },
    ...{ measure: { fn: 'count' as const }, op: 'gte' as const, value: 1 },
  }
  await app.call('segmentCreate', { body: { key: 'today', name: '今天来过', mode: 'dynamic', rule: cameToday } })
  await app.call('segmentCreate', { body: { key: 'club', name: '会员', mode: 'static', rule: null } })
  for (const key of ['given', 'taken', 'changed'])
    await app.call('tagCreate', { body: { key, name: key, layer: 'basic', mode: 'static', rule: null } })
  await app.call('tagMembers', { params: { key: 'taken' }, body: { add: [...ids.values()] } })
  const content = {
    kind: 'popup' as const,
    title: '你好',
    body: '',
    imageUrl: '',
    button: '好',
    action: { kind: 'close' as const },
    validHours: 48,
  }
  await app.call('templateCreate', { body: { key: 'hello', name: '你好', channel: 'popup', content, linkUrl: '' } })
  await app.callAsAdmin('webhookEndpointCreate', { body: { key: 'crm', name: 'CRM', url: crm.url } })
  await app.call('couponCreate', {
    body: { key: 'ten', name: '十元', kind: 'amount_off', value: 1_000, thresholdFen: 0, stock: 100, perPersonMax: 10, validDays: 30 },
  })
  await app.settle()
})
afterEach(async () => {
  await app.close()
  await crm.close()
})

const idOf = (user: string) => ids.get(user) ?? 0
const clocks = [...new Set([...moments, pause].flatMap(({ at, twoHours, midnight, halfPastTwo }) => [at, twoHours, midnight, halfPastTwo]))]
  .map(instant)
  .sort()
const due = (from: string, to: string) => clocks.filter((one) => one > instant(from) && one < instant(to))

interface TriggerCase {
  readonly trigger: Definition['trigger']
  /** Does to the customer what the trigger is about. */
  cause(moment: Moment, journey: string): Promise<unknown>
  enters(moment: Moment): string
  /** Who was caused in a pause comes in nevertheless, at the next time. */
  readonly later?: string
}
const atOnce = ({ at }: Moment) => at

const triggers = {
  event: {
    trigger: { kind: 'event', event: 'Signed Up', filters: [{ property: 'by', op: 'eq', value: 'phone' }] },
    cause: async ({ user }) => {
      await shop.happens(user, 'Signed Up', { by: 'mail' })
      await shop.happens(user, 'Signed Up', { by: 'phone' })
    },
    enters: atOnce,
  },
  event_absence: {
    trigger: { kind: 'event_absence', event: 'Viewed', none: [{ event: 'Bought' }], within: { amount: 2, unit: 'hour' } },
    cause: ({ user }) => shop.happens(user, 'Viewed'),
    enters: ({ twoHours }) => twoHours,
  },
  segment_entry: { trigger: { kind: 'segment_entry', segment: 'today' }, cause: ({ user }) => shop.happens(user, 'Came'), enters: atOnce },
  segment_exit: {
    trigger: { kind: 'segment_exit', segment: 'today' },
    // The entry above is what ends at midnight.
    cause: async () => {},
    enters: ({ midnight }) => midnight,
  },
  tag_entry: {
    trigger: { kind: 'tag_entry', tag: 'given' },
    cause: ({ user }) => app.call('tagMembers', { params: { key: 'given' }, body: { add: [idOf(user)] } }),
    enters: atOnce,
  },
  tag_exit: {
    trigger: { kind: 'tag_exit', tag: 'taken' },
    cause: ({ user }) => app.call('tagMembers', { params: { key: 'taken' }, body: { remove: [idOf(user)] } }),
    enters: atOnce,
  },
  schedule: {
    trigger: { kind: 'schedule', audience: { kind: 'segment', segment: 'club' }, at: '02:30', repeat: { kind: 'daily' } },
    cause: ({ user }) => app.call('segmentMembers', { params: { key: 'club' }, body: { add: [idOf(user)] } }),
    enters: ({ halfPastTwo }) => halfPastTwo,
    later: '2026-11-05T02:30:00-05:00',
  },
  date: {
    trigger: { kind: 'date', attribute: 'visit', yearly: false, days: 0, at: '02:30' },
    cause: ({ user, halfPastTwo }) => app.events([{ type: 'identify', userId: user, traits: { visit: halfPastTwo.slice(0, 10) } }]),
    enters: ({ halfPastTwo }) => halfPastTwo,
  },
  inbound_message: {
    trigger: { kind: 'inbound_message', match: 'equals', words: ['预约'] },
    cause: ({ user }) => {
      const said = { phone_number: phoneOf(user), content: '预约', send_time: '', dest_code: '10690', sequence_id: `said-${user}` }
      return fetch(`${app.url}${inbound}/uplink`, { method: 'POST', body: JSON.stringify([said]) })
    },
    enters: atOnce,
  },
  item_change: {
    trigger: { kind: 'item_change', change: 'price_drop', interest: ['viewed'], days: 30 },
    cause: async ({ user }) => {
      await app.call('itemsWrite', { body: { items: [{ sku: `cup-${user}`, priceFen: 10_000 }] } })
      await shop.happens(user, 'Product Viewed', { product_id: `cup-${user}`, price: 100 })
      await app.call('itemsWrite', { body: { items: [{ sku: `cup-${user}`, priceFen: 9_000 }] } })
    },
    enters: atOnce,
  },
  call: {
    trigger: { kind: 'call' },
    cause: ({ user }, id) => app.call('journeyEnter', { params: { id }, body: { key: user, people: [{ userId: user }] } }),
    enters: atOnce,
  },
} satisfies Record<TriggerKind, TriggerCase>

/** When each came in. */
async function entries(id: string): Promise<Record<string, string>> {
  const { items } = await app.call('journeyRuns', { params: { id }, query: { limit: 200 } })
  expect(items).toHaveLength(new Set(items.map(({ person }) => person.id)).size)
  return Object.fromEntries(items.map(({ person, enteredAt }) => [person.userId, enteredAt]))
}

test('every trigger lets each in once at its time, over midnight, the end of a month and the changes of clocks, and not for what comes in a pause', async () => {
  const live = new Map<string, string>()
  const cases: [string, TriggerCase][] = Object.entries(triggers)
  for (const [kind, { trigger }] of cases) live.set(kind, await shop.live(kind, 'end', [end()], { trigger, reentry: 'never' }))
  const causeAll = async (moment: Moment) => {
    for (const [kind, one] of cases) {
      // Calls to a paused journey are refused.
      const answered = one.cause(moment, live.get(kind) ?? '')
      await (moment === pause ? answered.catch(() => {}) : answered)
    }
    await app.settle()
  }
  for (const [i, moment] of moments.entries()) {
    await shop.at(moment.at)
    await causeAll(moment)
    for (const time of due(moment.at, (moments[i + 1] ?? pause).at)) await shop.at(time)
  }
  await shop.at(pause.at)
  for (const id of live.values()) await app.call('journeyPause', { params: { id } })
  await causeAll(pause)
  for (const time of due(pause.at, resumed)) await shop.at(time)
  await shop.at(resumed)
  for (const id of live.values()) await app.call('journeyResume', { params: { id } })
  await app.settle()
  await shop.at('2026-11-05T02:30:00-05:00')
  for (const [kind, one] of cases) {
    const expected = moments.map((moment) => [moment.user, instant(one.enters(moment))])
    const later = one.later === undefined ? [] : [[pause.user, instant(one.later)]]
    expect([kind, await entries(live.get(kind) ?? '')]).toEqual([kind, Object.fromEntries([...expected, ...later])])
  }
})

type NodeDraft = Nodes[number]

interface NodeCase {
  /** The node `n`, which leads to `end` whatever comes of it. */
  readonly node: NodeDraft
  /** When it is done with who arrives at the moment. */
  leaves(moment: Moment): string
  readonly outcome?: 'timed_out'
}
const rule = { kind: 'attribute' as const, filter: { property: 'never', op: 'exists' as const } }
const next = { id: 'n', next: 'end' } as const
const twoHours = { amount: 2, unit: 'hour' } as const
const later = ({ twoHours }: Moment) => twoHours

const nodes = {
  send: { node: { ...next, kind: 'send', channel: 'popup', template: 'hello', purpose: 'transactional' }, leaves: atOnce },
  wait: { node: { ...next, kind: 'wait', duration: twoHours }, leaves: later },
  wait_event: {
    node: { ...next, kind: 'wait_event', match: { event: 'Never' }, timeout: twoHours, onTimeout: 'end' },
    ...{ leaves: later, outcome: 'timed_out' },
  },
  wait_rule: { node: { ...next, kind: 'wait_rule', rule, timeout: twoHours, onTimeout: 'end' }, leaves: later, outcome: 'timed_out' },
  repeat_check: {
    node: { ...next, kind: 'repeat_check', rule, every: twoHours, times: 2, onTimeout: 'end' },
    ...{ leaves: later, outcome: 'timed_out' },
  },
  wait_until: { node: { ...next, kind: 'wait_until', until: { kind: 'time', at: '02:30' } }, leaves: ({ halfPastTwo }) => halfPastTwo },
  condition: { node: { ...next, kind: 'condition', rule, otherwise: 'end' }, leaves: atOnce },
  branch: { node: { id: 'n', kind: 'branch', ways: [{ id: 'a', name: 'A', rule, next: 'end' }], otherwise: 'end' }, leaves: atOnce },
  split: {
    node: { id: 'n', kind: 'split', ways: ['a', 'b'].map((id) => ({ id, name: id, share: 50, next: 'end' })) },
    leaves: atOnce,
  },
  holdout: { node: { ...next, kind: 'holdout', share: 50, held: 'end' }, leaves: atOnce },
  grant: { node: { ...next, kind: 'grant', coupon: 'ten', onFailure: 'end' }, leaves: atOnce },
  set_tag: { node: { ...next, kind: 'set_tag', tag: 'changed', change: 'give' }, leaves: atOnce },
  set_attribute: { node: { ...next, kind: 'set_attribute', attribute: 'note', value: { kind: 'literal', value: 'x' } }, leaves: atOnce },
  start_journey: { node: { ...next, kind: 'start_journey', journey: 'called', onFailure: 'end' }, leaves: atOnce },
  stop_journey: { node: { ...next, kind: 'stop_journey', journey: 'called' }, leaves: atOnce },
  human_task: {
    node: { id: 'n', kind: 'human_task', title: 'Call', ways: [{ id: 'done', next: 'end' }], due: twoHours, onTimeout: 'end' },
    ...{ leaves: later, outcome: 'timed_out' },
  },
  webhook: { node: { ...next, kind: 'webhook', endpoint: 'crm', onFailure: 'end' }, leaves: atOnce },
  exit: { node: end('n'), leaves: atOnce },
} satisfies Record<NodeKind, NodeCase>

/** When each was done with the node. */
async function leavings(id: string, outcome: 'passed' | 'timed_out'): Promise<Record<string, string>> {
  const { items } = await app.call('journeyRuns', { params: { id }, query: { limit: 200 } })
  const left: Record<string, string> = {}
  for (const { id: run, person } of items) {
    const { steps } = await app.call('journeyRunSteps', { params: { id, run } })
    const done = steps.filter((step) => step.nodeId === 'n' && step.outcome === outcome)
    expect(done).toHaveLength(1)
    left[person.userId ?? ''] = done[0]?.at ?? ''
  }
  return left
}

test('every node is done with each at its time, over midnight, the end of a month and the changes of clocks, and after a pause', async () => {
  const minute = 60_000
  const called = { trigger: { kind: 'call' as const }, start: 'end', nodes: [end()] }
  const { id } = await app.call('journeyCreate', { body: { key: 'called', name: 'called', definition: called } })
  await app.call('journeyPublish', { params: { id } })
  const live = new Map<string, string>()
  const cases: [string, NodeCase][] = Object.entries(nodes)
  for (const [kind, { node }] of cases) {
    const before = { id: 'before', kind: 'wait' as const, duration: { amount: 1, unit: 'minute' as const }, next: 'n' }
    live.set(kind, await shop.live('Go', 'before', [before, node, ...(node.kind === 'exit' ? [] : [end()])]))
  }
  const arrive = async ({ user, at }: Moment) => {
    await shop.at(new Date(Date.parse(at) - minute).toISOString())
    await shop.happens(user, 'Go')
  }
  for (const [i, moment] of moments.entries()) {
    await arrive(moment)
    const until = (moments[i + 1] ?? pause).at
    for (const time of [instant(moment.at), ...due(moment.at, until)]) await shop.at(time)
  }
  await arrive(pause)
  for (const id of live.values()) await app.call('journeyPause', { params: { id } })
  for (const time of [instant(pause.at), ...due(pause.at, resumed)]) await shop.at(time)
  await shop.at(resumed)
  for (const id of live.values()) await app.call('journeyResume', { params: { id } })
  await app.settle()
  const after: Moment = { ...pause, at: resumed, twoHours: '2026-11-04T05:10:00-05:00', halfPastTwo: '2026-11-05T02:30:00-05:00' }
  for (const time of [after.twoHours, after.halfPastTwo]) await shop.at(time)
  for (const [kind, { leaves, outcome = 'passed' }] of cases) {
    const expected = [...moments, after].map((moment) => [moment.user, instant(leaves(moment))])
    expect([kind, await leavings(live.get(kind) ?? '', outcome)]).toEqual([kind, Object.fromEntries(expected)])
  }
})
