import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { sql } from '../server/src/platform/db/postgres.ts'
import type { TestApp } from '../server/test/harness/app.ts'
import { leavePicture, type Visitor } from './harness/browser.ts'
import { choose, logIn, newJourney, openPlace } from './harness/console.ts'
import { type Desk, openTestApp } from './harness/desk.ts'

// 新用户激活 from nothing: drawn by clicks, rehearsed on last week's newcomers, handed in, approved by somebody else, released to a tenth,
// raised to all, and watched: from numbers to people, what fails and who is told, and why.

const name = '新用户激活'
const reviewerLogin = { email: 'lan@example.com', password: 'a-long-password' }
const hourMs = 3_600_000
const consent = { consent: { marketing: { sms: true, in_app: true, textVersion: '1', source: 'register' } } }

let app: TestApp
let desk: Desk
let reviewer: Visitor

/** Newcomers who agree to marketing, register now or `hoursAgo`, and of whom every third one pays two hours later. */
async function register(prefix: string, count: number, hoursAgo = 0): Promise<void> {
  const at = (hours: number) => new Date(app.clock.now() - hours * hourMs).toISOString()
  await app.events(
    Array.from({ length: count }, (_, i) => {
      const userId = `${prefix}${i}`
      const phone = `139${prefix.length}${String(i).padStart(4, '0')}${String(prefix.charCodeAt(0)).padStart(3, '0')}`
      const came = { userId, timestamp: at(hoursAgo) }
      return [
        { ...came, type: 'identify', messageId: `${userId}-who`, traits: { phone }, context: consent },
        { ...came, type: 'track', event: 'Signed Up', messageId: `${userId}-in` },
        ...(i % 3 === 0 && hoursAgo > 2
          ? [
              {
                type: 'track',
                userId,
                event: 'Order Paid',
                messageId: `${userId}-paid`,
                timestamp: at(hoursAgo - 2),
                properties: { order_id: userId, total: 99 },
              },
            ]
          : []),
      ]
    }).flat(),
  )
  await app.settle()
}

beforeAll(async () => {
  ;[app, desk] = await openTestApp(async (app) => {
    const workspace = await app.callAsAdmin('workspace')
    await app.callAsAdmin('workspaceUpdate', { body: { ...workspace, journeyReview: true, quietHours: { start: '22:00', end: '08:00' } } })
    await app.callAsAdmin('memberCreate', { body: { name: '兰兰', role: 'reviewer', ...reviewerLogin } })
    await app.call('couponCreate', {
      body: {
        key: 'newcomer',
        name: '新人券',
        kind: 'amount_off',
        value: 2_000,
        thresholdFen: 9_900,
        stock: 1_000,
        perPersonMax: 1,
        validDays: 7,
      },
    })
    const popup = {
      kind: 'popup',
      title: '新人见面礼',
      body: '满 99 减 20',
      button: '立即领取',
      action: { kind: 'coupon', coupon: 'newcomer' },
      validHours: 72,
    } as const
    await app.call('templateCreate', { body: { key: 'welcome', name: '新人券弹窗', channel: 'popup', content: popup, linkUrl: '' } })
    for (const [key, title, text] of [
      ['claim', '领券提醒', '您的新人券还没领取，7 天内有效'],
      ['hot', '热销推荐', '大家都在买：本周热销好物'],
    ] as const)
      await app.call('templateCreate', { body: { key, name: title, channel: 'sms', content: { kind: 'sms', text }, linkUrl: '' } })
  })
  await register('old', 30, 100)
  reviewer = await desk.newVisitor(1440)
  await logIn(reviewer.page, { url: app.url, ...reviewerLogin })
})
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  await leavePicture('journey-activation', desk)
  await leavePicture('journey-activation-reviewer', reviewer)
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})

const side = () => desk.page.locator('.journey-side')
const press = ({ page }: Visitor, button: string) => page.getByRole('button', { name: button, exact: true }).click()
const inDialog = ({ page }: Visitor, button: RegExp) => page.getByRole('dialog').getByRole('button', { name: button }).click()

/** Puts a step on the way out of another one. */
async function insertOn(edge: string, kind: string): Promise<void> {
  await desk.page.locator(`[data-edge="${edge}"]`).getByRole('button').click()
  const item = desk.page.locator('.ant-dropdown:not(.ant-dropdown-hidden) .rule-add-item')
  await item.filter({ has: desk.page.getByText(kind, { exact: true }) }).click()
  await side().getByRole('heading', { name: kind }).waitFor()
}
async function send(edge: string, channel: '短信' | '弹窗', template: string): Promise<void> {
  await insertOn(edge, '发送')
  await side().getByText(channel, { exact: true }).click()
  await choose(side().getByRole('combobox', { name: '内容模板' }), template)
}
async function waitForEvent(edge: string, event: string, hours: number): Promise<void> {
  await insertOn(edge, '等待行为')
  await choose(side().getByRole('combobox', { name: '选择行为' }), event)
  await side().getByRole('spinbutton', { name: '最多等多久' }).fill(String(hours))
  await choose(side().getByRole('combobox', { name: '最多等多久' }), '小时')
  await side().getByText('进入流程', { exact: true }).click()
}
const journey = async () => {
  const { items } = await app.call('journeys')
  return app.call('journey', { params: { id: items[0]?.id ?? '' } })
}

test('it is drawn from nothing by clicks', async () => {
  const { page } = desk
  await newJourney(page, name)

  const start = page.locator('[data-edge]').first()
  const first = (await start.getAttribute('data-edge')) ?? ''
  await send(first, '弹窗', '新人券弹窗')
  await waitForEvent('send_1.next', '支付订单', 24)
  await send('wait_event_1.onTimeout', '短信', '热销推荐')
  await waitForEvent('send_1.next', '领券', 1)
  await send('wait_event_2.onTimeout', '短信', '领券提醒')
  await choose(side().getByRole('combobox', { name: '接到哪一步' }), '等待行为 · 等支付订单，最晚到进入后 24 小时')

  await page.locator('.flow-entrance').click()
  await side()
    .getByRole('button', { name: /添加退出条件/ })
    .click()
  await page.getByRole('menuitem', { name: '做了某事' }).click()
  await choose(side().locator('.exit-item').filter({ hasText: '做了某事' }).getByRole('combobox', { name: '选择行为' }), '支付订单')
  await page.getByText('没有问题').waitFor()
  await page.getByText('草稿已保存').waitFor()

  const { draft } = await journey()
  expect(draft).toMatchObject({ start: 'send_1', exits: [{ kind: 'event', event: 'Order Paid' }] })
  const nodes = Object.fromEntries(draft.nodes.map((node) => [node.id, node]))
  expect(nodes).toMatchObject({
    send_1: { channel: 'popup', template: 'welcome', next: 'wait_event_2' },
    wait_event_2: {
      match: { event: 'Coupon Claimed' },
      timeout: { amount: 1, unit: 'hour' },
      since: 'entry',
      next: 'wait_event_1',
      onTimeout: 'send_3',
    },
    send_3: { channel: 'sms', template: 'claim', next: 'wait_event_1' },
    wait_event_1: { match: { event: 'Order Paid' }, timeout: { amount: 24, unit: 'hour' }, since: 'entry', onTimeout: 'send_2' },
    send_2: { channel: 'sms', template: 'hot' },
  })
})

test('its rehearsal tells what last week would have come to, and sends nothing', async () => {
  const { page } = desk
  await page.getByRole('tab', { name: '演练' }).click()
  await page.getByText('历史推演', { exact: true }).click()
  await page.getByText('还没有演练过').waitFor()
  await page.locator('[data-rehearse]').click()
  await page.locator('[data-playing]').waitFor()
  await app.settle()
  const result = page.locator('[data-rehearsed]')
  await result.waitFor()
  const stat = (label: string) => result.locator('.stat').filter({ hasText: label }).locator('.stat-value')
  expect(await stat('进入人次').textContent()).toBe('30')
  // A reminder to each of the thirty after an hour, a recommendation to the twenty who had not paid a day later.
  expect(await stat('会发出的消息').textContent()).toBe('50')
  await result.locator('.ant-table-row').first().click()
  await page
    .getByRole('dialog')
    .getByText(/会发出「.*领券提醒/)
    .waitFor()
  await page.keyboard.press('Escape')
  expect((await app.call('messages')).items).toEqual([])
})

test('somebody else approves it, it is released to a tenth and raised to all', async () => {
  const { page } = desk
  await press(desk, '送审')
  await inDialog(desk, /送\s*审/)
  await page.getByText('送审，待别人审核').waitFor()
  await openPlace(reviewer.page, '自动化流程')
  await reviewer.page.getByRole('link', { name }).click()
  await press(reviewer, '通过')
  await inDialog(reviewer, /通\s*过/)
  await reviewer.page.getByText('已通过', { exact: true }).waitFor()

  await page.getByRole('button', { name: '发布', exact: true }).and(page.locator(':enabled')).waitFor()
  await press(desk, '发布')
  await page.getByRole('dialog').getByRole('combobox', { name: '放给' }).click({ force: true })
  await page.locator('.ant-select-item-option[title="10% 进入的人"]').click()
  await inDialog(desk, /发布并开始运行/)
  await page.getByText('灰度 10%').first().waitFor()
  await register('few', 100)
  const few = (await journey()).entered
  expect(few).toBeGreaterThan(1)
  expect(few).toBeLessThan(30)

  await press(desk, '调整灰度')
  await page.getByRole('dialog').getByRole('combobox', { name: '放给' }).click({ force: true })
  await page.locator('.ant-select-item-option[title="全部进入的人"]').click()
  await inDialog(desk, /按此放量/)
  await page.getByText('已调整').waitFor()
  await register('all', 50)
  expect((await journey()).entered).toBe(few + 50)
})

test('the monitor shows where everybody is', async () => {
  const { page } = desk
  const { entered } = await journey()
  app.clock.advance(hourMs + 60_000)
  await app.settle()
  await page.getByRole('tab', { name: '实时' }).click()
  const card = (words: string) => page.locator('.flow-card').filter({ hasText: words })
  await card('领券提醒').locator('.flow-count-entered').getByText(String(entered), { exact: true }).waitFor()
  await card('支付订单').locator('.flow-count-waiting').getByText(String(entered), { exact: true }).waitFor()
})

test('over time and by version, and from a number to its people, who become a segment', async () => {
  const { page } = desk
  await press(desk, '看走势')
  await choose(page.locator('[data-trend]').getByRole('combobox', { name: '怎么分' }), '按版本')
  const sums = page.locator('[data-trend-sums]')
  const { entered } = await journey()
  await sums.getByRole('link', { name: String(entered), exact: true }).click()
  await page.getByText(/流程「新用户激活」 · 累计进入 · 第 1 版 · .+ 起/).waitFor()
  await press(desk, '存为人群')
  await page.getByRole('dialog').getByLabel('人群名称').fill('激活过的人')
  await inDialog(desk, /存为人群/)
  await page.locator('[data-saving]').waitFor()
  await app.settle()
  await page.getByRole('heading', { name: '激活过的人' }).waitFor()
  const saved = (await app.call('segments')).items.find((one) => one.name === '激活过的人')
  const members = await app.call('people', { query: { segment: saved?.key, limit: 200 } })
  expect(members.items).toHaveLength(entered)
})

test('who has failed is listed by step and reason, told of, and tries again, one or all', async () => {
  const { page } = desk
  await app.db.run(sql`update templates set status = 'archived' where key = 'hot'`)
  app.clock.advance(24 * hourMs)
  // Ten tries, with pauses that double.
  for (let minute = 0; minute < 20; minute++) {
    await app.settle()
    app.clock.advance(60_000)
  }
  await app.settle()
  const { id, entered } = await journey()
  await page.goto(`${app.url}/journeys/${id}?tab=live`)
  const health = page.locator('[data-health]')
  await health.getByText(`${entered} 人失败`).waitFor()
  await page.locator('[data-alarm="failures"]').waitFor()
  await page.getByRole('button', { name: /流程告警：1 个/ }).click()
  await page.getByRole('link', { name }).first().waitFor()
  await page.keyboard.press('Escape')
  await press(desk, '告警设置')
  await page.locator('[data-outlet]').waitFor()
  await page.keyboard.press('Escape')
  await health.getByRole('button', { name: '查看' }).click()
  const failures = page.locator('[data-failures]')
  await failures.getByText('模板「hot」不在了，恢复它再重试').waitFor()
  await app.db.run(sql`update templates set status = 'active' where key = 'hot'`)
  await page.keyboard.press('Escape')
  // One of them from her story, then all the others.
  await page.locator('.run-list').getByRole('button', { name: '经过' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: '重试', exact: true }).click()
  await page.getByText('1 人重新往下走', { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await health.getByRole('button', { name: '查看' }).click()
  await failures.getByRole('button', { name: '全部重试' }).click()
  await page.getByText(`${entered - 1} 人重新往下走`, { exact: true }).waitFor()
  await app.settle()
  const { items } = await app.call('journeyRuns', { params: { id }, query: { state: 'failed' } })
  expect(items).toEqual([])
  await page.keyboard.press('Escape')
})

test('the tab Why says what one customer met', async () => {
  const { page } = desk
  const [person] = (await app.call('people', { query: { q: 'all1', limit: 1 } })).items
  const { id } = await journey()
  await page.goto(`${app.url}/journeys/${id}?tab=why&person=${person?.id}`)
  await page.locator('[data-verdict="finished"]').waitFor()
  await page.goto(`${app.url}/people/${person?.id}?tab=journeys`)
  await page.getByText(name).first().waitFor()
  expect([...desk.complaints, ...reviewer.complaints]).toEqual([])
})
