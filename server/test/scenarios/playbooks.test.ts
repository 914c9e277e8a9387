import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Playbook, playbookSchema, type RehearsalResult } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/app.ts'
import { playbookHistory, playedFrom, playedTo, shopOpened } from '../harness/playbook-history.ts'

// Every playbook that is shipped, installed into one shop and played over one history in which somebody of each kind does what it is
// about. What people get is written down here by hand, from the history and what the playbook says that it does.

const folder = join(import.meta.dirname, '../../../playbooks')
const playbooks: Playbook[] = readdirSync(folder).map((file) => playbookSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))))
const journeys = playbooks.flatMap((playbook) => playbook.journeys)
/** Prices and stock that were are kept nowhere, so journeys that begin with their changes are lived and not played. */
const keys = journeys.flatMap(({ key, definition }) => (definition.trigger.kind === 'item_change' ? [] : [key]))

let app: TestApp
const results = new Map<string, RehearsalResult>()
const users = new Map<number, string>()
const problems = new Map<string, unknown>()

beforeAll(async () => {
  app = await startTestApp()
  app.clock.set(shopOpened)
  const ids: string[] = []
  for (const { key } of playbooks) ids.push(...(await app.call('playbookInstall', { params: { key } })).journeyIds)
  for (const id of ids) {
    const journey = await app.call('journey', { params: { id } })
    problems.set(journey.key, journey.problems)
  }
  app.clock.set(playedTo)
  const history = playbookHistory()
  for (let i = 0; i < history.length; i += 200) await app.events(history.slice(i, i + 200))
  await app.settle()
  for (const id of ids) {
    const journey = await app.call('journey', { params: { id } })
    if (!keys.includes(journey.key)) continue
    const body = { from: playedFrom, to: playedTo, reach: 'everyone' as const }
    const { id: rehearsal } = await app.call('journeyRehearse', { params: { id }, body })
    await app.settle()
    const { state, reason, result, people } = await app.call('journeyRehearsal', { params: { id, rehearsal } })
    if (result === null) throw new Error(`${journey.key} ended ${state}: ${reason}`)
    results.set(journey.key, result)
    for (const person of people) users.set(person.id, person.userId ?? '')
  }
}, 280_000)
afterAll(() => app.close())

function resultOf(journey: string): RehearsalResult {
  const result = results.get(journey)
  if (result === undefined) throw new Error(`${journey} was not played`)
  return result
}

/** Local times of the history's shop, which has no summer time. */
const local = (at: string) => new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(5, 16).replace('T', ' ')

/** A person's ways through the journey: each message that went out, or did not and why, and how it ended. */
function wayOf(journey: string, user: string): string[][] {
  return resultOf(journey)
    .stories.filter((story) => users.get(story.personId) === user)
    .map((story) => [
      ...story.messages.map(({ at, nodeId, outcome, reason }) => `${local(at)} ${nodeId}${outcome === 'sent' ? '' : ` ${reason}`}`),
      `= ${story.result}`,
    ])
}

describe.each(keys)('%s', (key) => {
  test('is ready to go live, lets somebody in, and writes to people by day', () => {
    expect(problems.get(key)).toEqual([])
    const result = resultOf(key)
    expect(result.entries).toBeGreaterThan(0)
    const sent = result.nodes.reduce((sum, node) => sum + node.sent, 0)
    expect(sent).toBeGreaterThan(0)
    expect(result.hours.filter((count, hour) => count > 0 && (hour < 8 || hour >= 21))).toEqual([])
    expect(result.leftOut).toBe(0)
  })
})

/** What the people of the history get, by journey; an empty list: they do not come in. */
const ways: Record<string, Record<string, string[][]>> = {
  new_user_activation: {
    newcomer: [['09-02 14:00 welcome', '09-02 15:00 remind_claim', '09-03 14:00 hot_items', '= done']],
    starter: [['09-02 14:00 welcome', '= exit_event.0']],
  },
  abandoned_cart: {
    'cart-dear': [['09-03 16:00 remind', '09-04 16:00 coupon_sms', '= done']],
    'cart-cheap': [['09-03 16:00 remind', '09-05 12:00 popup', '= done']],
    'cart-quick': [],
    'cart-night': [['09-04 08:00 remind exited', '= exit_event.0']],
  },
  browse_abandonment: {
    looker: [['09-07 15:00 popup', '09-08 12:00 remind', '= done']],
    'looker-adds': [['09-07 15:00 popup', '= exit_event.0']],
  },
  interest_group_care: {
    interested: [['09-15 11:00 beauty', '09-17 20:00 popup', '= done']],
    'interested-buys': [['09-15 11:00 beauty', '= exit_event.1']],
  },
  repurchase_reminder: {
    eater: [['09-27 10:00 food_sms', '10-02 12:00 popup', '= done']],
    'eater-again': [['= exit_event.food_days.0'], ['10-16 10:00 food_sms', '10-24 10:00 popup expired', '= done']],
    serum: [['10-21 10:00 beauty_sms', '10-29 10:00 popup expired', '= done']],
    receiver: [['= not_consumable']],
  },
  unused_coupon: {
    'coupon-left': [['09-20 12:00 remind', '09-21 15:00 popup', '= done']],
    'coupon-used': [],
    'coupon-late': [['09-20 12:00 remind', '= exit_rule.0']],
  },
  birthday_care: {
    birthday: [['09-15 10:00 gift_sms', '09-18 12:00 wishes', '09-20 10:30 remind', '= done']],
    'birthday-used': [['09-15 10:00 gift_sms', '09-18 12:00 wishes', '= used']],
    leapling: [],
  },
  tier_gold_upgrade: {
    golden: [['09-08 20:30 congratulate', '09-09 10:00 tell', '09-23 10:00 remind', '= done']],
    // Gold once, in spite of coming back to it from diamond; the order of 12 September makes the reminder needless.
    climber: [['09-08 12:00 tell', '09-08 12:00 congratulate', '= active']],
  },
  tier_diamond_upgrade: { climber: [['10-08 12:00 tell', '10-08 12:00 congratulate', '10-22 12:00 remind', '= done']], golden: [] },
  unpaid_order: {
    debtor: [['09-10 12:15 first', '09-10 16:00 popup', '09-11 09:00 last', '= unpaid']],
    'debtor-pays': [['09-10 12:15 first', '= exit_event.0']],
    'debtor-cancels': [],
    // She pays before the text of the night may go; the popup would have met her on her way to pay.
    'debtor-night': [['09-11 07:30 popup exited', '09-11 08:00 first exited', '= exit_event.0']],
  },
  rescue_payment_failed: { failing: [['09-11 12:11 tell', '09-11 16:00 popup', '= unpaid']], 'failing-pays': [] },
  rescue_cancelled: { 'debtor-cancels': [['09-11 12:10 tell', '= done']] },
  rescue_refund: {
    refunded: [['09-13 08:00 received', '09-17 12:00 sorry', '= refunded']],
    returner: [['09-18 12:00 received', '= kept']],
  },
  post_purchase_care: {
    receiver: [['09-16 18:00 thanks', '09-21 18:00 invite', '09-30 18:00 match', '= done']],
    reviewer: [['09-16 18:00 thanks', '09-18 12:00 review_thanks', '= exit_event.wait_match.0']],
    returner: [['09-16 18:00 thanks', '= exit_event.0']],
  },
  second_order: {
    'silent-0': [['09-04 10:00 tell', '09-11 20:00 popup', '09-12 10:00 last', '= done']],
    reviewer: [['09-21 12:00 tell', '= exit_event.0']],
    vip: [['= exit_event.0']],
  },
  dormant_points: { saver: [['11-01 10:30 tell', '11-09 12:00 popup', '= done']], 'saver-small': [] },
  vip_care: { vip: [['09-07 10:00 welcome', '10-07 10:00 coupon_sms', '= done']], eater: [] },
  d11_warmup: { fan: [['10-20 10:00 tell', '10-23 12:00 popup', '= done']], planner: [] },
  d11_deposit: {
    fan: [['10-24 10:00 tell', '10-27 12:00 popup', '= no_deposit']],
    planner: [['10-24 10:00 tell', '= exit_event.0']],
  },
  d11_tail: { planner: [['10-31 17:00 tell', '= exit_event.0']], half: [['10-31 17:00 tell', '11-01 10:00 last', '= unpaid']], fan: [] },
  d11_sale: { buyer: [['11-10 18:30 tell', '= exit_event.0']], half: [['11-10 18:30 tell', '11-11 12:00 popup', '= not_bought']], fan: [] },
  d11_return: { fan: [['11-13 10:00 tell', '= done']], buyer: [] },
}

test.each(Object.entries(ways).flatMap(([journey, people]) => Object.entries(people).map(([user, way]) => [journey, user, way] as const)))(
  '%s: what %s gets is what the playbook says',
  (journey, user, way) => {
    expect(wayOf(journey, user)).toEqual(way)
  },
)

test('every journey has somebody whose way is written down here; who is won back is drawn by lot', () => {
  expect(keys.filter((key) => !(key in ways))).toEqual(['win_back'])
  const meant = { looks: 'silent-looks', buys: 'silent-buys', silent: 'silent-0' }
  const fallen = Object.fromEntries(Object.entries(meant).map(([name, user]) => [name, wayOf('win_back', user)]))
  const control = [['= control']]
  expect([control, [['09-27 12:00 news', '= returned']]]).toContainEqual(fallen.looks)
  expect([control, [['09-27 12:00 news', '09-30 12:00 coupon_sms', '= exit_event.0']]]).toContainEqual(fallen.buys)
  expect([control, [['09-27 10:30 news', '09-30 10:30 coupon_sms', '= not_returned']]]).toContainEqual(fallen.silent)
  const { entries, results, coupons, nodes } = resultOf('win_back')
  const count = (result: string) => results.find((one) => one.result === result)?.count ?? 0
  const given = coupons.find(({ coupon }) => coupon === 'comeback_30')?.given
  expect(nodes.find(({ nodeId }) => nodeId === 'news')?.sent).toBe(entries - count('control'))
  expect(given).toBe(nodes.find(({ nodeId }) => nodeId === 'coupon_sms')?.sent)
})

test('a price that falls by a tenth and an item that comes back bring in who wanted them, and write by day', async () => {
  const { items } = await app.call('journeys')
  const idOf = (key: string) => items.find((one) => one.key === key)?.id ?? ''
  for (const key of ['price_drop', 'back_in_stock']) {
    expect(problems.get(key)).toEqual([])
    await app.call('journeyPublish', { params: { id: idOf(key) } })
  }
  const write = async (...said: { sku: string; priceFen?: number; stock?: number }[]) => {
    await app.call('itemsWrite', { body: { items: said } })
    await app.settle()
  }
  // At ten in the evening. The fan saw the dress at 299 on 5 November, the buyer had the mug in the cart and bought it.
  await write({ sku: 'p01', priceFen: 29_900, stock: 0 }, { sku: 'p08', priceFen: 7_900 })
  await write({ sku: 'p01', priceFen: 26_000, stock: 3 }, { sku: 'p08', priceFen: 7_000 })
  const messages = async (key: string) =>
    (await app.call('messages', { query: { journey: idOf(key) } })).items.map(({ person, template, createdAt }) => [
      person.userId,
      template,
      local(createdAt),
    ])
  expect(await messages('price_drop')).toEqual([])
  app.clock.set('2026-11-26T10:00:00+08:00')
  await app.settle()
  expect(await messages('price_drop')).toEqual([['fan', 'price_drop_sms', '11-26 10:00']])
  expect(await messages('back_in_stock')).toEqual([['fan', 'back_in_stock_sms', '11-26 10:00']])
})

test('installed in August, Double 11 is due in this year; what is there already is kept and said', async () => {
  const dates = new Map<string, unknown>()
  for (const { id, key } of (await app.call('journeys')).items) {
    const { trigger } = (await app.call('journey', { params: { id } })).draft
    if (trigger.kind === 'schedule' && trigger.repeat.kind === 'once') dates.set(key, trigger.repeat.date)
  }
  expect(Object.fromEntries(dates)).toEqual({
    d11_warmup: '2026-10-20',
    d11_deposit: '2026-10-24',
    d11_tail: '2026-10-31',
    d11_sale: '2026-11-10',
    d11_return: '2026-11-13',
  })
  const { parts } = await app.call('playbookInstall', { params: { key: 'double-11' } })
  expect(parts).toHaveLength(5 + 9 + 1 + 1)
  expect(parts.filter((part) => part.added)).toEqual([])
  const listed = (await app.call('playbooks')).items
  expect(listed.filter((one) => one.parts.journeys > 0).length).toBeGreaterThanOrEqual(14)
  expect(listed.find((one) => one.key === 'unpaid-order')).toMatchObject({
    installed: true,
    events: [
      { name: 'Order Completed', starts: true },
      { name: 'Order Paid', starts: false },
      { name: 'Order Cancelled', starts: false },
    ],
    attributes: [],
  })
  expect(listed.find((one) => one.key === 'birthday')?.attributes).toEqual(['birthday'])
})
