import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { type Definition, end, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// What counts as success: once for each run and goal, within its window, whether the run is over or not.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
  const content = {
    kind: 'popup' as const,
    title: 'Hi',
    body: '',
    imageUrl: '',
    button: 'OK',
    action: { kind: 'close' as const },
    validHours: 1,
  }
  await app.call('templateCreate', { body: { key: 'hi', name: 'hi', channel: 'popup', content } })
})
afterAll(() => app.close())

const days = (amount: number) => ({ amount, unit: 'day' as const })
const paid = { event: 'Order Paid', window: days(2) }
const waiting = (amount: number): Nodes => [{ id: 'w', kind: 'wait', duration: days(amount), next: 'end' }, end()]
const goals: Definition['goals'] = [
  {
    id: 'big',
    name: 'Big order',
    event: 'Order Paid',
    filters: [{ property: 'total', op: 'gte', value: 100 }],
    window: days(2),
    leave: true,
  },
]
const order = (id: string, total: number) => ({ order_id: id, total })
async function numbersOf(id: string) {
  const { goals } = await app.call('journeyGoals', { params: { id } })
  return Object.fromEntries(goals.map((goal) => [goal.id, goal]))
}
async function reachedBy(id: string, userId: string) {
  const { items } = await app.call('journeyRuns', { params: { id }, query: { limit: 200 } })
  const runs = items.filter((run) => run.person.userId === userId)
  const found = await Promise.all(runs.map(async (run) => (await app.call('journeyRunSteps', { params: { id, run: run.id } })).goals))
  return found.flat().map((goal) => [goal.id, goal.moneyFen, goal.nodeId])
}

describe('a goal', () => {
  test('is reached once within its window, over midnight and the end of a month, with the money of the first order', async () => {
    await shop.at('2026-01-30T23:30:00-05:00')
    const id = await shop.live('Start', 'w', waiting(10), { goal: paid, reentry: 'never' })
    for (const user of ['ann', 'ben', 'cai']) await shop.happens(user, 'Start')
    await shop.at('2026-02-01T00:10:00-05:00')
    await shop.happens('ann', 'Order Paid', order('a1', 12.5))
    await shop.happens('ann', 'Order Paid', order('a2', 30))
    await shop.at('2026-02-01T23:30:01-05:00')
    await shop.happens('ben', 'Order Paid', order('b1', 10))
    expect((await numbersOf(id)).goal).toMatchObject({
      entered: 3,
      reached: 1,
      moneyFen: 1_250,
      versions: [{ version: 1, entered: 3, reached: 1 }],
    })
    expect(await reachedBy(id, 'ann')).toEqual([['goal', 1_250, null]])
    expect(await reachedBy(id, 'ben')).toEqual([])
    const people = await app.call('people', { query: { journey: id, stage: 'goal' } })
    expect(people.items.map((person) => person.userId)).toEqual(['ann'])
  })

  test('counts when the run is over but its window is not, after another version and the archive too', async () => {
    await shop.at('2026-03-07T12:00:00-05:00')
    const id = await shop.live('Short', 'end', [end()], { goal: paid })
    for (const user of ['dan', 'eve', 'fay']) await shop.happens(user, 'Short')
    await shop.happens('dan', 'Order Paid', order('d1', 5))
    const { draft, draftRevision, name } = await app.call('journey', { params: { id } })
    await app.call('journeyDraft', {
      params: { id },
      body: { name, definition: { ...draft, goal: { ...paid, event: 'Other' } }, draftRevision },
    })
    await app.call('journeyPublish', { params: { id } })
    // The clocks go on by an hour within these two days.
    await shop.at('2026-03-08T12:30:00-04:00')
    await shop.happens('eve', 'Order Paid', order('e1', 6))
    await app.call('journeyArchive', { params: { id } })
    await shop.at('2026-03-09T12:59:59-04:00')
    await shop.happens('fay', 'Order Paid', order('f1', 7))
    expect((await numbersOf(id)).goal).toMatchObject({
      reached: 3,
      moneyFen: 1_800,
      versions: [{ version: 1, reached: 3 }],
    })
  })

  test('may be counted from the first message, and by what was passed last and the group of a split', async () => {
    await shop.at('2026-04-30T20:00:00-04:00')
    const nodes: Nodes = [
      { id: 'wait', kind: 'wait', duration: days(3), next: 'split' },
      {
        id: 'split',
        kind: 'split',
        ways: [
          { id: 'a', share: 99.99, next: 'hi' },
          { id: 'b', share: 0.01, control: true, next: 'end' },
        ],
      },
      { id: 'hi', kind: 'send', channel: 'popup', template: 'hi', next: 'rest' },
      { id: 'rest', kind: 'wait', duration: days(30), next: 'end' },
      end(),
    ]
    const id = await shop.live('Message', 'wait', nodes, { goal: { ...paid, since: 'message' } })
    await shop.happens('gus', 'Message')
    await shop.happens('gus', 'Order Paid', order('g1', 1))
    expect((await numbersOf(id)).goal).toMatchObject({ entered: 1, reached: 0 })
    await shop.at('2026-05-03T20:00:00-04:00')
    await shop.at('2026-05-05T19:59:00-04:00')
    await shop.happens('gus', 'Order Paid', order('g2', 2))
    expect((await numbersOf(id)).goal).toMatchObject({
      reached: 1,
      moneyFen: 200,
      nodes: [{ nodeId: 'hi', reached: 1 }],
      ways: [{ nodeId: 'split', way: 'a', entered: 1, reached: 1 }],
    })
  })

  test('may make whoever reaches it leave at once, in a pause too', async () => {
    await shop.at('2026-06-01T10:00:00-04:00')
    const id = await shop.live('Leave', 'w', waiting(10), { goal: paid, goals })
    for (const user of ['hal', 'ida']) await shop.happens(user, 'Leave')
    await shop.happens('hal', 'Order Paid', order('h1', 99))
    expect((await shop.runsOf(id)).hal).toMatch(/^w 20/)
    await shop.happens('hal', 'Order Paid', order('h2', 100))
    expect((await shop.runsOf(id)).hal).toBe('w exited')
    expect((await shop.storiesOf(id, 'result')).hal?.at(-1)).toEqual(['w', 'left', 'goal.big'])
    await app.call('journeyPause', { params: { id } })
    await shop.happens('ida', 'Order Paid', order('i1', 300))
    expect((await shop.runsOf(id)).ida).toBe('w exited')
    const numbers = await numbersOf(id)
    expect([numbers.goal?.reached, numbers.goal?.moneyFen, numbers.big?.reached, numbers.big?.moneyFen]).toEqual([2, 39_900, 2, 40_000])
  })

  test('is refused when its window is too long or its name is taken', async () => {
    const long = { id: 'goal', name: '', event: 'Order Paid', window: days(91) }
    const definition = { trigger: { kind: 'event' as const, event: 'X' }, start: 'w', nodes: waiting(1), goals: [long] }
    const { problems } = await app.call('journeyCreate', { body: { name: 'X', definition } })
    expect(problems.map((problem) => problem.path)).toEqual(['goals.0.id', 'goals.0.window'])
  })
})
