import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../harness/app.ts'
import { end, instant, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// Waits for the customer's best hour, through the whole program.

let shop: NewYorkShop
let app: TestApp
beforeAll(async () => {
  shop = await openNewYorkShop()
  app = shop.app
})
afterAll(() => app.close())

const nodes: Nodes = [
  { id: 'w', kind: 'wait_until', until: { kind: 'best_hour', event: 'Product Viewed', days: 30, least: 2, defaultHour: 9 }, next: 'end' },
  end(),
]
async function views(userId: string, ...times: string[]): Promise<void> {
  const events = times.map((at, i) => ({
    ...{ type: 'track', userId, event: 'Product Viewed', messageId: `${userId}${at}${i}`, timestamp: instant(at), properties: {} },
  }))
  await app.events(events)
  await app.settle()
}

test('by their own views and the clocks of the shop, over midnight and the day when clocks change; the default where too little is known', async () => {
  await shop.at('2026-03-07T22:30:00-05:00')
  await views('ann', '2026-03-05T00:10:00-05:00', '2026-03-06T00:40:00-05:00', '2026-03-06T15:00:00-05:00')
  await views('ben', '2026-03-05T20:10:00-05:00', '2026-03-06T20:40:00-05:00')
  await views('cai', '2026-03-06T20:40:00-05:00')
  await views('dan', '2026-03-05T22:10:00-05:00', '2026-03-06T22:40:00-05:00')
  const id = await shop.live('Best', 'w', nodes)
  for (const userId of ['ann', 'ben', 'cai', 'dan']) await shop.happens(userId, 'Best')
  expect(await shop.runsOf(id)).toEqual({
    ann: `w ${instant('2026-03-08T00:00:00-05:00')}`,
    ben: `w ${instant('2026-03-08T20:00:00-04:00')}`,
    cai: `w ${instant('2026-03-08T09:00:00-04:00')}`,
    dan: 'end finished',
  })
  expect((await shop.storiesOf(id, 'hour')).cai?.[0]).toEqual(['w', 'entered', null])
  await shop.at('2026-03-08T00:00:00-05:00')
  expect(await shop.runsOf(id)).toMatchObject({ ann: 'end finished' })
  await shop.at('2026-03-08T09:00:00-04:00')
  expect(await shop.runsOf(id)).toMatchObject({ cai: 'end finished' })
  await shop.at('2026-03-08T20:00:00-04:00')
  expect(await shop.runsOf(id)).toMatchObject({ ben: 'end finished' })
})

test('over the end of a month; who is late by a pause waits for the next one', async () => {
  await shop.at('2026-03-31T21:30:00-04:00')
  await views('eve', '2026-03-30T20:10:00-04:00', '2026-03-31T20:40:00-04:00')
  const id = await shop.live('Late', 'w', nodes)
  await shop.happens('eve', 'Late')
  expect(await shop.runsOf(id)).toEqual({ eve: `w ${instant('2026-04-01T20:00:00-04:00')}` })
  await app.call('journeyPause', { params: { id } })
  await shop.at('2026-04-02T03:00:00-04:00')
  await app.call('journeyResume', { params: { id } })
  await app.settle()
  expect(await shop.runsOf(id)).toEqual({ eve: `w ${instant('2026-04-02T20:00:00-04:00')}` })
  await shop.at('2026-04-02T20:00:00-04:00')
  expect(await shop.runsOf(id)).toEqual({ eve: 'end finished' })
})
