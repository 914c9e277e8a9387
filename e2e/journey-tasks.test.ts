import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { adminPassword, type TestApp } from '../server/test/harness/app.ts'
import { leavePicture, type Visitor } from './harness/browser.ts'
import { logIn, newJourney, settled } from './harness/console.ts'
import { type Desk, openTestApp } from './harness/desk.ts'

// A journey with a task for a colleague, built by clicks; the colleague does it, and the customer goes that way.

let app: TestApp
let desk: Desk
let agent: Visitor
let journey: string
beforeAll(async () => {
  ;[app, desk] = await openTestApp(async (app) => {
    const member = { email: 'li@example.com', name: '李梅', role: 'agent' as const, password: adminPassword }
    await app.callAsAdmin('memberCreate', { body: member })
    await app.events([{ type: 'identify', userId: 'wang', traits: { name: '王芳', phone: '13800138000' } }])
  })
  agent = await desk.newVisitor(1440)
  await logIn(agent.page, { url: app.url, email: 'li@example.com', password: adminPassword })
})
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  await leavePicture('journey-tasks', desk)
  await leavePicture('journey-tasks-agent', agent)
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})

const side = () => desk.page.locator('.journey-side')

test('an operator draws a task with two results', async () => {
  const { page } = desk
  await newJourney(page, '回访大客户')
  await page.getByRole('button', { name: '在这里添加一步' }).first().click()
  const kinds = page.locator('.ant-dropdown:not(.ant-dropdown-hidden) .rule-add-item')
  await kinds.filter({ has: page.getByText('人工任务', { exact: true }) }).click()
  await side().getByRole('heading', { name: '人工任务' }).waitFor()
  await side().getByLabel('要做什么').fill('回访 {{ customer.name }}')
  await side().getByLabel('说明').fill('打 {{ customer.phone }}，问问这次的体验')
  await side().getByText('一种角色', { exact: true }).click()
  await side().getByText('高', { exact: true }).click()
  await side()
    .getByRole('button', { name: /加一路/ })
    .click()
  await side().locator('[data-way="done"] input').fill('满意')
  await side().locator('[data-way="a"] input').fill('要跟进')
  await page.getByText('没有问题').waitFor()
  await page.getByText('草稿已保存').waitFor()
  const card = page.locator('.flow-human_task')
  await card.getByText('回访 {{ customer.name }} · 客服 · 1 天内 · 2 个结果 · 高优先级').waitFor()
  for (const word of ['满意', '要跟进', '超时']) await page.locator('.flow-word').getByText(word, { exact: true }).waitFor()
  const { items } = await app.call('journeys')
  journey = items[0]?.id ?? ''
  await app.call('journeyPublish', { params: { id: journey } })
})

test('a colleague takes it, and the customer goes the way of the result', async () => {
  const { page } = agent
  const { live } = await app.call('journey', { params: { id: journey } })
  const event = live?.trigger.kind === 'event' ? live.trigger.event : ''
  await app.events([
    { type: 'track', userId: 'wang', event, messageId: 'asked', properties: { order_id: 'o1', total: 9, currency: 'CNY' } },
  ])
  await app.settle()
  await page.getByRole('navigation').getByRole('link', { name: /待办/ }).click()
  await settled(page)
  await page.getByText('我能领的 1', { exact: true }).click()
  const row = page.locator('.row-open').filter({ hasText: '回访 王芳' })
  await row.waitFor()
  // By keys: to the row, and open it.
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  const panel = page.locator('.task-panel')
  await panel.getByText(/打 .*138/).waitFor()
  await panel.locator('[data-take]').click()
  await panel.getByText('我在做').waitFor()
  await panel.getByLabel(/写下情况/).fill('周五再打一次')
  await panel.locator('[data-outcome="a"]').click()
  await panel.getByText('选了“要跟进”').waitFor()
  await app.settle()
  const { items } = await app.call('journeyRuns', { params: { id: journey } })
  const { steps } = await app.call('journeyRunSteps', { params: { id: journey, run: items[0]?.id ?? '' } })
  const passed = steps.find((step) => step.outcome === 'passed' && step.details.outcome !== undefined)
  expect(passed?.details).toMatchObject({ way: 'a', outcome: '要跟进', note: '周五再打一次' })
  expect(items[0]?.state).toBe('finished')
})

test('the customer’s story says who chose what, and the drawing how many', async () => {
  const { page } = desk
  await page.reload()
  await settled(page)
  await page.locator('.flow-taken, .flow-word').getByText('要跟进').first().waitFor()
  await page.goto(`${app.url}/journeys/${journey}?tab=monitor`)
  await settled(page)
  expect([...desk.complaints, ...agent.complaints]).toEqual([])
})
