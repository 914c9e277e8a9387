import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/platform/db/postgres.ts'
import type { TestApp } from '../harness/app.ts'
import { end, type NewYorkShop, type Nodes, openNewYorkShop } from '../harness/new-york-shop.ts'
import { openRobots, type Robots, robotSecret } from '../harness/robots.ts'

// Alarms in the groups where operators are.

let shop: NewYorkShop
let app: TestApp
let robots: Robots
const journeys: string[] = []
const waiting: Nodes = [{ id: 'w', kind: 'wait', duration: { amount: 1, unit: 'hour' }, next: 'end' }, end()]
const outletTo = (kind: 'dingtalk' | 'feishu' | 'wecom', more: { secret?: string; language?: 'zh' | 'en' } = {}) =>
  app.callAsAdmin('alarmOutletUpdate', { body: { outlet: { kind, url: robots.url(kind), ...more } } })

beforeAll(async () => {
  shop = await openNewYorkShop({ CHAOXI_OUTBOUND_ALLOW: '127.0.0.1' })
  app = shop.app
  robots = await openRobots(() => app.clock.now())
  await shop.at('2026-03-07T22:00:00-05:00')
  for (let i = 0; i < 30; i++) {
    journeys.push(await shop.live(`Late${i}`, 'w', waiting))
    await shop.happens('ann', `Late${i}`)
  }
})
afterAll(async () => {
  robots.close()
  await app.close()
})

/** All journeys run late, and are well again: over midnight, a month's end and a change of clocks. */
async function troubled(from: string, later: string): Promise<void> {
  await app.db.run(sql`update journeys set status = 'paused'`)
  await shop.at(from)
  await app.db.run(sql`update journeys set status = 'live'`)
  await app.db.run(sql`update journey_runs set state = 'waiting', wake_at = ${new Date(app.clock.now() - 7_200_000)}`)
  // Watched and told, before anybody moves.
  while (await app.chaoxi.loops.runOnce('journey_alarms'));
  await shop.at(later)
}

test('a robot is tested, and says why it takes nothing', async () => {
  await expect(app.callAsAdmin('alarmOutletTest')).rejects.toThrow('save one first')
  await expect(outletTo('dingtalk')).rejects.toThrow('needs a secret')
  await outletTo('dingtalk', { secret: 'SEC-this-is-another-secret' })
  expect(await app.callAsAdmin('alarmOutletTest')).toEqual({ problem: 'it answered code 310000: refused' })
  expect((await app.callAsAdmin('alarmOutlet')).outlet).toMatchObject({ kind: 'dingtalk', problem: 'it answered code 310000: refused' })
  for (const kind of ['dingtalk', 'feishu', 'wecom'] as const) {
    await outletTo(kind, kind === 'wecom' ? {} : { secret: robotSecret })
    expect(await app.callAsAdmin('alarmOutletTest'), kind).toEqual({ problem: null })
  }
  expect(robots.seen.map((one) => [one.robot, one.text.includes('这是一条测试消息')])).toEqual([
    ['dingtalk', true],
    ['feishu', true],
    ['wecom', true],
  ])
  // Another kind keeps no secret of the one before.
  await expect(outletTo('feishu')).rejects.toThrow('needs a secret')
  const { items } = await app.callAsAdmin('audit')
  expect(JSON.stringify(items)).not.toContain('access_token')
})

test.each([
  ['dingtalk', '2026-03-08T04:00:00-04:00'],
  ['feishu', '2026-03-20T23:59:00-04:00'],
  ['wecom', '2026-03-31T23:58:00-04:00'],
] as const)('thirty alarms at once are few messages of %s, each told once, and so is their end', async (kind, from) => {
  robots.seen.length = 0
  await outletTo(kind, kind === 'wecom' ? {} : { secret: robotSecret })
  const later = new Date(Date.parse(from) + 60_000).toISOString()
  await troubled(from, later)
  for (let i = 1; i <= 5; i++) await shop.at(new Date(app.clock.now() + 60_000).toISOString())
  expect(robots.refused.filter((one) => one.code !== 310000)).toEqual([])
  const text = robots.seen.map((one) => one.text).join('\n')
  for (const [i, id] of journeys.entries()) {
    expect(text.split(`/journeys/${id}?`).length - 1, `Late${i}`).toBe(2)
  }
  expect(text).toContain('走得太慢：最长拖延 120 分钟，上限 30 分钟')
  expect(text).toContain('恢复正常')
  expect(robots.seen.length).toBeLessThanOrEqual(8)
  expect(await app.call('alarms')).toMatchObject({ items: [] })
  expect((await app.callAsAdmin('alarmOutlet')).outlet?.problem).toBeNull()
})
