import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../src/platform/db/postgres.ts'
import type { TestApp } from '../harness/app.ts'
import { end, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'

// Numbers that go over their limits are told once, in the console and to the workspace's outlet.

let shop: NewYorkShop
let app: TestApp
let outlet: Server
const heard: { state: string; kind: string; signed: boolean }[] = []
let answer = 200
const secret = 'a-secret-of-the-shop'

beforeAll(async () => {
  shop = await openNewYorkShop({ CHAOXI_OUTBOUND_ALLOW: '127.0.0.1' })
  app = shop.app
  outlet = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const signed = `v1,${createHmac('sha256', secret)
        .update(`${request.headers['webhook-id']}.${request.headers['webhook-timestamp']}.${body}`)
        .digest('base64')}`
      const { state, kind } = JSON.parse(body)
      heard.push({ state, kind, signed: signed === request.headers['webhook-signature'] })
      response.writeHead(answer).end()
    })
  })
  await new Promise<void>((resolve) => outlet.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  outlet.close()
  await app.close()
})

const address = () => `http://127.0.0.1:${(outlet.address() as AddressInfo).port}/alarms`
const waiting: Nodes = [{ id: 'w', kind: 'wait', duration: { amount: 1, unit: 'hour' }, next: 'end' }, end()]
const openKinds = async () => (await app.call('alarms')).items.map((one) => one.kind)

describe('alarms', () => {
  let late: string

  test('an outlet needs a secret, and is told signed what opens and what closes, again when it does not answer well', async () => {
    await shop.at('2026-03-06T10:00:00-05:00')
    await expect(app.callAsAdmin('alarmOutletUpdate', { body: { outlet: { url: address() } } })).rejects.toThrow('needs a secret')
    await app.callAsAdmin('alarmOutletUpdate', { body: { outlet: { url: address(), secret } } })

    const id = await shop.live('Late', 'w', waiting)
    late = id
    await shop.happens('ann', 'Late')
    // Nobody moves the run, as if the process had been down.
    await app.db.run(sql`update journeys set status = 'paused' where id = ${id}`)
    await shop.at('2026-03-06T12:00:00-05:00')
    expect(await openKinds()).toEqual([])
    await app.db.run(sql`update journeys set status = 'live' where id = ${id}`)
    answer = 500
    await app.chaoxi.loops.runOnce('journey_alarms')
    expect((await app.call('alarms')).items).toMatchObject([
      { kind: 'lag', journeyId: id, journeyName: 'Late', closedAt: null, stands: { value: 60, limit: 30 } },
    ])
    expect((await app.call('alarmOutlet')).outlet).toMatchObject({ problem: 'it answered 500', secretSet: true })
    answer = 200
    await app.settle()
    expect(await openKinds()).toEqual([])
    await shop.at('2026-03-06T12:05:00-05:00')
    expect(heard).toEqual([
      { state: 'opened', kind: 'lag', signed: true },
      { state: 'opened', kind: 'lag', signed: true },
      { state: 'closed', kind: 'lag', signed: true },
    ])
    expect((await app.call('alarmOutlet')).outlet?.problem).toBeNull()
    const { items } = await app.call('journeyAlarms', { params: { id } })
    expect(items).toMatchObject([{ kind: 'lag', openedWith: { value: 60 }, stands: { value: 0 } }])
    expect(items[0]?.closedAt).not.toBeNull()
  })

  test('entries that stay away are held against the same hours of seven days, over a change of clocks', async () => {
    await shop.at('2026-03-07T09:00:00-05:00')
    const id = await shop.live('Visit', 'end', [end()])
    const young = await shop.live('Visit', 'end', [end()])
    await app.call('journeyAlarmLimits', {
      params: { id: young },
      body: { failurePercent: null, dropPercent: null, costFen: null, lagMinutes: null },
    })
    // The clocks go forward on the 8th; hours are those of the world.
    for (let day = 0; day < 8; day++) {
      app.clock.set(new Date(Date.parse('2026-03-08T15:00:00Z') + day * 86_400_000).toISOString())
      await app.events(
        Array.from({ length: 25 }, (_, i) => ({ type: 'track', userId: `u${i}`, event: 'Visit', messageId: `v${day}-${i}` })),
      )
      await app.settle()
    }
    app.clock.set('2026-03-16T16:30:00Z')
    await app.settle()
    expect(await app.call('alarms')).toMatchObject({ items: [{ kind: 'drop', journeyId: id, stands: { value: 100, usual: 25 } }] })
    await app.call('journeyPause', { params: { id } })
    await app.settle()
    expect(await openKinds()).toEqual([])
  })

  test('a journey of which nothing came for three months is named with the reason, and alarms closed before are forgotten', async () => {
    await shop.at('2026-04-01T10:00:00-04:00')
    expect((await app.call('journeyAlarms', { params: { id: late } })).items).toHaveLength(1)
    const nobody = await shop.live('Never', 'end', [end()])
    const some = await shop.live('Sometimes', 'end', [end()])
    await shop.at('2026-06-01T10:00:00-04:00')
    await shop.happens('ben', 'Sometimes')
    const before = (await app.call('alarms')).unproductive.map((one) => one.journeyId)
    expect(before).not.toContain(nobody)
    await shop.at('2026-07-02T10:00:00-04:00')
    const { unproductive } = await app.call('alarms')
    expect(unproductive).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ journeyId: nobody, reason: 'no_entries' }),
        expect.objectContaining({ journeyId: some, reason: 'no_goals' }),
      ]),
    )
    expect((await app.call('journeyAlarms', { params: { id: late } })).items).toEqual([])
  })
})
