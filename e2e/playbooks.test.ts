import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../server/test/harness/app.ts'
import { settled } from './harness/console.ts'
import { type Desk, openTestApp } from './harness/desk.ts'

// From the list of playbooks to a draft: looked for, looked at, installed.

let app: TestApp
let desk: Desk
beforeAll(async () => {
  ;[app, desk] = await openTestApp(async (app) => {
    await app.events([{ type: 'track', userId: 'u1', event: 'Order Completed', properties: { order_id: 'o1', total: 10 } }])
    const content = { kind: 'sms' as const, text: '我们自己的催付短信' }
    await app.call('templateCreate', { body: { key: 'unpaid_first_sms', name: '自己的催付', channel: 'sms', content, linkUrl: '' } })
  })
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})

test('a playbook is found, says what it needs and what is there, and three clicks from the menu its draft is open', async () => {
  const { page } = desk
  await page.getByRole('navigation').getByRole('link', { name: '玩法库', exact: true }).click()
  await settled(page)
  await page.getByPlaceholder('搜索玩法').fill('催付')
  const card = page.getByRole('link', { name: /下单未付款催付/ })
  await card.getByText('还没收到过：支付订单、取消订单').waitFor()
  await card.click()
  await page.getByText('收到过 1 次').waitFor()
  await page.getByText('第一波短信', { exact: true }).waitFor()
  expect(await page.getByText('已有，保持不变').count()).toBe(1)
  await page.getByRole('button', { name: /^安\s?装$/ }).click()
  await page.waitForURL(/\/journeys\/jny_/)
  await page.getByText('原来就有的 1 项保持不变：催付·第一波').waitFor()
  await page.getByRole('heading', { name: '下单未付款催付' }).waitFor()
  expect((await app.call('template', { params: { key: 'unpaid_first_sms' } })).name).toBe('自己的催付')
})
