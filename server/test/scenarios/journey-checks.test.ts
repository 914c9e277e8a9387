import type { Rule } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { type Definition, end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// Rules that are asked while people wait: waits for a rule, repeated checks, and rules that make people leave.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
  await app.call('tagCreate', { body: { key: 'gold', name: 'gold', layer: 'basic', mode: 'static', rule: null } })
})
afterAll(() => app.close())

const day = (amount: number) => ({ amount, unit: 'day' as const })
const bought = (times: number): Rule => ({
  kind: 'event',
  event: 'Order Paid',
  filters: [],
  window: { kind: 'ever' },
  measure: { fn: 'count' },
  op: 'gte',
  value: times,
})
const viewedLately: Rule = {
  kind: 'event',
  event: 'Viewed',
  filters: [],
  window: { kind: 'rolling', amount: 3, unit: 'day' },
  measure: { fn: 'count' },
  op: 'gte',
  value: 1,
}
const gold: Rule = { kind: 'tag', tag: 'gold' }
const silent: Rule = { kind: 'not', rule: viewedLately }
const until = (rule: Rule, timeout = day(30)): Nodes => [
  { id: 'w', kind: 'wait_rule', rule, timeout, next: 'end', onTimeout: 'late' },
  end(),
  end('late'),
]
async function give(userId: string, tag: string): Promise<void> {
  const { items } = await app.call('people', { query: { q: userId } })
  await app.call('tagMembers', { params: { key: tag }, body: { add: items.map((person) => person.id) } })
  await app.settle()
}

describe('a wait for a rule', () => {
  test('ends with the event, the tag or the attribute that makes it hold, and at once where it holds already', async () => {
    await shop.at('2026-03-02T10:00:00-05:00')
    const twice = await shop.live('Start', 'w', until(bought(2)))
    const tagged = await shop.live('Start', 'w', until(gold))
    const level = await shop.live('Start', 'w', until({ kind: 'attribute', filter: { property: 'level', op: 'gte', value: 3 } }))
    await shop.happens('ann', 'Order Paid')
    await shop.happens('ann', 'Start')
    const waiting = { ann: `w ${instant('2026-04-01T11:00:00-04:00')}` }
    for (const id of [twice, tagged, level]) expect(await shop.runsOf(id)).toEqual(waiting)
    await shop.happens('ann', 'Viewed')
    expect(await shop.runsOf(twice)).toEqual(waiting)
    await shop.happens('ann', 'Order Paid')
    expect(await shop.runsOf(twice)).toEqual({ ann: 'end finished' })
    await give('ann', 'gold')
    expect(await shop.runsOf(tagged)).toEqual({ ann: 'end finished' })
    await app.events([{ type: 'identify', userId: 'ann', traits: { level: 3 } }])
    await app.settle()
    expect(await shop.runsOf(level)).toEqual({ ann: 'end finished' })
    await shop.happens('ann', 'Start')
    for (const id of [twice, tagged, level]) expect(await shop.runsOf(id)).toEqual({ ann: 'end finished' })
    expect((await shop.storiesOf(twice, 'since')).ann?.slice(0, 2)).toEqual([
      ['w', 'entered', undefined],
      ['w', 'passed', undefined],
    ])
  })

  test('ends when a window closes by itself: over midnight, the end of a month and the day when clocks change', async () => {
    const ids: string[] = []
    for (const viewed of ['2026-03-05T23:30:00-05:00', '2026-03-30T23:59:59-04:00']) {
      await shop.at(viewed)
      await shop.happens('ben', 'Viewed')
      const id = await shop.live(`Quiet ${ids.length}`, 'w', until(silent))
      ids.push(id)
      await shop.happens('ben', `Quiet ${ids.length - 1}`)
      const ahead = Date.parse(viewed) + 3 * 86_400_000
      await shop.at(new Date(ahead - 1_000).toISOString())
      expect((await shop.runsOf(id)).ben).toMatch(/^w /)
      await shop.at(new Date(ahead + 1_000).toISOString())
      expect(await shop.runsOf(id)).toEqual({ ben: 'end finished' })
    }
  })

  test('that never comes true times out; in a pause what came true counts when resumed', async () => {
    await shop.at('2026-04-10T10:00:00-04:00')
    const short = await shop.live('Short', 'w', until(gold, day(1)))
    const paused = await shop.live('Short', 'w', until(bought(1)))
    await shop.happens('cai', 'Short')
    await app.call('journeyPause', { params: { id: paused } })
    await shop.happens('cai', 'Order Paid')
    await shop.at('2026-04-11T10:00:00-04:00')
    expect(await shop.runsOf(short)).toEqual({ cai: 'late finished' })
    expect((await shop.runsOf(paused)).cai).toMatch(/^w /)
    await app.call('journeyResume', { params: { id: paused } })
    await app.settle()
    expect(await shop.runsOf(paused)).toEqual({ cai: 'end finished' })
  })

  test('is no wait for a circle that its rule may let through at once', async () => {
    const circle: Definition = {
      trigger: { kind: 'event', event: 'X' },
      start: 'w',
      nodes: [{ id: 'w', kind: 'wait_rule', rule: gold, timeout: day(1), next: 'w', onTimeout: 'end' }, end()],
    }
    const { problems } = await app.call('journeyCreate', { body: { name: 'X', definition: circle } })
    expect(problems).toMatchObject([{ path: 'nodes.0', message: expect.stringContaining('circle without a wait') }])
  })
})

describe('a repeated check', () => {
  const looking = (times: number): Nodes => [
    { id: 'r', kind: 'repeat_check', rule: gold, every: { amount: 6, unit: 'hour' }, times, next: 'end', onTimeout: 'gave_up' },
    end(),
    end('gave_up'),
  ]

  test('looks on arrival and every six hours, over midnight and when clocks change, and gives up after its last look', async () => {
    await shop.at('2026-10-31T20:00:00-04:00')
    const id = await shop.live('Check', 'r', looking(3))
    await shop.happens('dan', 'Check')
    await shop.happens('eve', 'Check')
    expect(await shop.runsOf(id)).toEqual({
      dan: `r ${instant('2026-11-01T01:00:00-05:00')}`,
      eve: `r ${instant('2026-11-01T01:00:00-05:00')}`,
    })
    await shop.at('2026-11-01T01:00:00-05:00')
    await give('eve', 'gold')
    // In between nobody looks.
    expect((await shop.runsOf(id)).eve).toBe(`r ${instant('2026-11-01T07:00:00-05:00')}`)
    await shop.at('2026-11-01T07:00:00-05:00')
    expect(await shop.runsOf(id)).toEqual({ dan: 'gave_up finished', eve: 'end finished' })
    const stories = await shop.storiesOf(id, 'looks')
    expect([stories.dan?.[1], stories.eve?.[1]]).toEqual([
      ['r', 'timed_out', 3],
      ['r', 'passed', 3],
    ])
  })

  test('that fell due in a pause looks once when resumed, and counts its pause from then', async () => {
    await shop.at('2026-11-30T20:00:00-05:00')
    const id = await shop.live('Paused', 'r', looking(3))
    await shop.happens('fay', 'Paused')
    await app.call('journeyPause', { params: { id } })
    await shop.at('2026-12-02T20:00:00-05:00')
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect(await shop.runsOf(id)).toEqual({ fay: `r ${instant('2026-12-03T02:00:00-05:00')}` })
  })
})

describe('a rule that makes people leave', () => {
  const waiting: Nodes = [{ id: 'w', kind: 'wait', duration: day(30), next: 'end' }, end()]

  test('ends the run when it turns true and not at the next wake-up: by an event, a tag, and time alone', async () => {
    await shop.at('2026-12-30T10:00:00-05:00')
    const leaving = (rule: Rule) => shop.live('Leave', 'w', waiting, { exits: [{ kind: 'rule', rule }] })
    const [byEvent, byTag, byTime] = [await leaving(bought(1)), await leaving(gold), await leaving(silent)]
    await shop.happens('gus', 'Viewed')
    await shop.happens('gus', 'Leave')
    await shop.happens('gus', 'Order Paid')
    expect(await shop.runsOf(byEvent)).toEqual({ gus: 'w exited' })
    expect((await shop.runsOf(byTag)).gus).toMatch(/^w 20/)
    await give('gus', 'gold')
    expect(await shop.runsOf(byTag)).toEqual({ gus: 'w exited' })
    await shop.at('2027-01-02T09:59:59-05:00')
    expect((await shop.runsOf(byTime)).gus).toMatch(/^w 20/)
    await shop.at('2027-01-02T10:00:01-05:00')
    expect(await shop.runsOf(byTime)).toEqual({ gus: 'w exited' })
    expect((await shop.storiesOf(byTime, 'result')).gus?.at(-1)).toEqual(['w', 'left', 'exit_rule.0'])
  })

  test('is asked when a paused journey is resumed', async () => {
    const id = await shop.live('Hold', 'w', waiting, { exits: [{ kind: 'rule', rule: bought(1) }] })
    await shop.happens('hal', 'Hold')
    await app.call('journeyPause', { params: { id } })
    await shop.happens('hal', 'Order Paid')
    expect((await shop.runsOf(id)).hal).toMatch(/^w /)
    await app.call('journeyResume', { params: { id } })
    await app.settle()
    expect(await shop.runsOf(id)).toEqual({ hal: 'w exited' })
  })
})
