import type { ExitCondition, Rule } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// What makes people leave while they stand at one node, and only there.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
})
afterAll(() => app.close())

const paid: ExitCondition = { kind: 'event', event: 'Order Paid', filters: [{ property: 'total', op: 'gte', value: 100 }] }
const viewedLately: Rule = {
  kind: 'event',
  event: 'Viewed',
  filters: [],
  window: { kind: 'rolling', amount: 1, unit: 'day' },
  measure: { fn: 'count' },
  op: 'gte',
  value: 1,
}
const silent: ExitCondition = { kind: 'rule', rule: { kind: 'not', rule: viewedLately } }
const viewed: ExitCondition = { kind: 'rule', rule: viewedLately }
const days = (amount: number) => ({ amount, unit: 'day' as const })
/** First a wait that may be left early, then one that may not. */
const twice = (exits: ExitCondition[]): Nodes => [
  { id: 'first', kind: 'wait', duration: days(3), exits, next: 'second' },
  { id: 'second', kind: 'wait', duration: days(3), next: 'end' },
  end(),
]

describe('exit conditions of a node', () => {
  test('end the journey at once while somebody stands there, over midnight and the end of a month, and nowhere else', async () => {
    await shop.at('2026-01-30T23:50:00-05:00')
    const id = await shop.live('Start', 'first', twice([paid]))
    for (const user of ['ann', 'ben', 'cai']) await shop.happens(user, 'Start')
    await shop.at('2026-02-01T00:10:00-05:00')
    await shop.happens('ann', 'Order Paid', { total: 100 })
    await shop.happens('ben', 'Order Paid', { total: 99 })
    const until = `first ${instant('2026-02-02T23:50:00-05:00')}`
    expect(await shop.runsOf(id)).toEqual({ ann: 'first exited', ben: until, cai: until })
    expect((await shop.storiesOf(id, 'result')).ann?.at(-1)).toEqual(['first', 'left', 'exit_event.first.0'])
    await shop.at('2026-02-03T00:00:00-05:00')
    await shop.happens('ben', 'Order Paid', { total: 200 })
    expect((await shop.runsOf(id)).ben).toBe(`second ${instant('2026-02-06T00:00:00-05:00')}`)
  })

  test('that are rules count on arrival, by news and by time alone, on the day when clocks change too', async () => {
    await shop.at('2026-03-07T12:00:00-05:00')
    const [byTime, byNews] = [await shop.live('Watch', 'first', twice([silent])), await shop.live('Watch', 'first', twice([viewed]))]
    await shop.happens('dan', 'Viewed')
    await shop.happens('dan', 'Watch')
    await shop.happens('eve', 'Watch')
    expect((await shop.runsOf(byNews)).dan).toBe('first exited')
    expect((await shop.runsOf(byTime)).eve).toBe('first exited')
    // A day has 24 hours; the clocks show 13 instead of 12.
    await shop.at('2026-03-08T12:59:59-04:00')
    expect((await shop.runsOf(byTime)).dan).toMatch(/^first 20/)
    await shop.at('2026-03-08T13:00:01-04:00')
    expect((await shop.runsOf(byTime)).dan).toBe('first exited')
    expect((await shop.runsOf(byNews)).eve).toMatch(/^first 20/)
    await shop.happens('eve', 'Viewed')
    expect((await shop.runsOf(byNews)).eve).toBe('first exited')
    expect((await shop.storiesOf(byNews, 'result')).eve?.at(-1)).toEqual(['first', 'left', 'exit_rule.first.0'])
  })

  test('in a pause: events are heard until the wait is over, rules are asked when the pause ends', async () => {
    await shop.at('2026-04-01T10:00:00-04:00')
    const events = await shop.live('Hold', 'first', twice([paid]))
    const rules = await shop.live('Hold', 'first', twice([viewed]))
    for (const user of ['fay', 'gus']) await shop.happens(user, 'Hold')
    for (const id of [events, rules]) await app.call('journeyPause', { params: { id } })
    await shop.happens('fay', 'Order Paid', { total: 100 })
    await shop.happens('fay', 'Viewed')
    expect((await shop.runsOf(events)).fay).toBe('first exited')
    expect((await shop.runsOf(rules)).fay).toMatch(/^first 20/)
    await app.call('journeyResume', { params: { id: rules } })
    await app.settle()
    expect((await shop.runsOf(rules)).fay).toBe('first exited')
    await shop.at('2026-04-05T10:00:00-04:00')
    await shop.happens('gus', 'Order Paid', { total: 100 })
    await app.call('journeyResume', { params: { id: events } })
    await app.settle()
    expect((await shop.runsOf(events)).gus).toBe(`second ${instant('2026-04-08T10:00:00-04:00')}`)
  })

  test('are checked before publishing like those of the journey', async () => {
    const missing: ExitCondition = { kind: 'rule', rule: { kind: 'tag', tag: 'gone' } }
    const definition = { trigger: { kind: 'event' as const, event: 'X' }, start: 'first', nodes: twice([paid, missing]) }
    const { problems } = await app.call('journeyCreate', { body: { name: 'X', definition } })
    expect(problems).toMatchObject([{ path: expect.stringContaining('nodes.0.exits.1.rule') }])
  })
})
