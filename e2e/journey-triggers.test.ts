import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../server/test/harness/app.ts'
import { leavePicture } from './harness/browser.ts'
import { choose, newJourney } from './harness/console.ts'
import { type Desk, openTestApp } from './harness/desk.ts'

// Journeys that begin by what does not follow an event, by a schedule and by a date, drawn by clicks; then the clock moves on.

let app: TestApp
let desk: Desk
beforeAll(async () => {
  ;[app, desk] = await openTestApp(async (app) => {
    await app.call('segmentCreate', { body: { key: 'club', name: '会员', mode: 'static', rule: null } })
    const userIds = ['ann', 'ben', 'cai']
    await app.events(userIds.map((userId) => ({ type: 'identify', userId, traits: { birthday: '1990-06-01' } })))
    const { items } = await app.call('people', { query: {} })
    await app.call('segmentMembers', { params: { key: 'club' }, body: { add: items.map((person) => person.id) } })
  })
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await leavePicture('journey-triggers', desk)
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})

const side = () => desk.page.locator('.journey-side')
const picture = async (name: string) => {
  const folder = process.env.CHAOXI_PICTURES
  if (folder !== undefined) await desk.page.screenshot({ path: `${folder}/${name}.png` })
}

async function create(name: string): Promise<void> {
  const { page } = desk
  await newJourney(page, name)
}
async function publish(): Promise<void> {
  const { page } = desk
  await page.getByText('草稿已保存').waitFor()
  await page.getByRole('button', { name: /^发\s*布$/ }).click()
  await page.getByRole('button', { name: '发布并开始运行' }).click()
  await page.getByText('已发布，开始运行').first().waitFor()
}

test('a schedule for a segment shows when it is due, and what became of it', async () => {
  const { page } = desk
  await create('周末问候')
  await choose(side().getByRole('combobox', { name: '触发方式' }), '定时（给一群人）')
  await choose(side().getByRole('combobox', { name: '选择人群' }), '会员')
  await side().getByText('每月', { exact: true }).click()
  const days = side().getByRole('combobox', { name: '哪几天' })
  await days.fill('31')
  await days.press('Enter')
  await days.press('Escape')
  await side().getByText('没有这一天的月份会跳过').waitFor()
  await side().getByText('每天', { exact: true }).click()
  await side().getByLabel('几点').fill('09:30')
  await side().getByText('每次触发都进', { exact: true }).click()
  await side().getByRole('spinbutton', { name: '总共' }).fill('2')
  await page.locator('.flow-summary').filter({ hasText: '每天 09:30，人群「会员」里的所有人' }).waitFor()
  await side()
    .getByText(/接下来：.*09:30.*09:30.*09:30/)
    .waitFor()
  await picture('schedule')
  await publish()
  const { items } = await app.call('journeys')
  const { next } = await app.call('journeyOccurrences', { params: { id: items[0]?.id ?? '' } })
  app.clock.set(next[0] ?? '')
  await app.settle()
  await page.getByRole('tab', { name: '实时' }).click()
  await page.getByText(/最近几次.*3 人/).waitFor()
  await page.getByText('触发了但没有进入：总人数满了 1').waitFor()
  await picture('schedule-live')
})

test('what must not follow an event, and a date of the customer, are said in a sentence', async () => {
  const { page } = desk
  await create('看了没买')
  await choose(side().getByRole('combobox', { name: '触发方式' }), '做了某事后没做另一件事')
  const events = side().getByRole('combobox', { name: '选择行为' })
  await choose(events.nth(0), '浏览商品')
  await choose(events.nth(1), '下单')
  await side().getByText('要是同一个商品（或其它同样的值）才算').click()
  await page.locator('.flow-summary').filter({ hasText: '用户浏览商品后 10 分钟内没有下单' }).waitFor()
  await picture('absence')
  await choose(side().getByRole('combobox', { name: '触发方式' }), '用户的日期（生日等）')
  await choose(side().getByRole('combobox', { name: '选择属性' }), '生日')
  await choose(side().getByRole('combobox', { name: '前后' }), '提前')
  await side().getByRole('spinbutton', { name: '天数' }).fill('3')
  await page.locator('.flow-summary').filter({ hasText: '每年用户的「生日」前 3 天 10:00' }).waitFor()
  await side()
    .getByText(/接下来：/)
    .waitFor()
  await picture('date')
  await publish()
  expect(desk.complaints).toEqual([])
})
