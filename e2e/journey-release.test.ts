import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../server/test/harness/app.ts'
import { defineJourney, wait } from '../server/test/harness/journeys.ts'
import { leavePicture, type Visitor } from './harness/browser.ts'
import { logIn, openPlace } from './harness/console.ts'
import { type Desk, openTestApp } from './harness/desk.ts'

// A journey is handed in, sent back, approved by somebody else, released to a tenth, and raised to all.

const name = '新客问候'
const reviewerLogin = { email: 'lan@example.com', password: 'a-long-password' }

let app: TestApp
let desk: Desk
let reviewer: Visitor
beforeAll(async () => {
  ;[app, desk] = await openTestApp(async (app) => {
    const definition = defineJourney('w', [wait('w', 'end', 1), { id: 'end', kind: 'exit' }], { reentry: 'every_time' })
    await app.call('journeyCreate', { body: { name, definition } })
    await app.callAsAdmin('memberCreate', { body: { name: '兰兰', role: 'reviewer', ...reviewerLogin } })
  })
  reviewer = await desk.newVisitor(1440)
  await logIn(reviewer.page, { url: app.url, ...reviewerLogin })
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await leavePicture('journey-release', desk)
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})

async function openJourney({ page }: Visitor): Promise<void> {
  await openPlace(page, '自动化流程')
  await page.getByRole('link', { name }).click()
  await page.getByRole('heading', { name }).waitFor()
}
const press = ({ page }: Visitor, button: string) => page.getByRole('button', { name: button, exact: true }).click()
const inDialog = ({ page }: Visitor, button: RegExp) => page.getByRole('dialog').getByRole('button', { name: button }).click()
async function write({ page }: Visitor, label: string, words: string): Promise<void> {
  await page.getByRole('dialog').getByLabel(label).fill(words)
}
async function signUp(round: string): Promise<void> {
  await app.events(
    Array.from({ length: 200 }, (_, i) => ({ type: 'track', userId: `new${i}`, event: 'Signed Up', messageId: `${round}-${i}` })),
  )
  await app.settle()
}
const entered = async () => (await app.call('journeys')).items[0]?.entered ?? 0

test('with the review asked for in the settings, a draft waits for somebody else', async () => {
  const { page } = desk
  await openPlace(page, '工作区')
  await page.getByRole('switch', { name: '流程发布前要审核' }).click()
  await page.getByRole('button', { name: /保\s*存/ }).click()
  await page.getByText('已保存，几秒内生效').waitFor()
  await openJourney(desk)
  await page.getByRole('button', { name: '发布', exact: true }).and(page.locator(':disabled')).waitFor()
  await press(desk, '送审')
  await write(desk, '给审核人的话', '新客首单，预算 200 元')
  await inDialog(desk, /送\s*审/)
  await page.getByText('送审，待别人审核').waitFor()
  expect(await page.getByRole('button', { name: '通过', exact: true }).count()).toBe(0)
})

test('the reviewer sends it back with words, and approves what comes again', async () => {
  await openJourney(reviewer)
  await press(reviewer, '退回')
  await inDialog(reviewer, /退\s*回/)
  await reviewer.page.getByText('写明要改什么').waitFor()
  await write(reviewer, '意见', '等太久了')
  await inDialog(reviewer, /退\s*回/)
  await desk.page.getByText('被退回：等太久了').waitFor()

  await press(desk, '送审')
  await inDialog(desk, /送\s*审/)
  await reviewer.page.getByText('送审，待别人审核').waitFor()
  await press(reviewer, '通过')
  await inDialog(reviewer, /通\s*过/)
  await reviewer.page.getByText('已通过', { exact: true }).waitFor()
})

test('it is released to a tenth, then to all, and the record stays', async () => {
  const { page } = desk
  await page.getByRole('button', { name: '发布', exact: true }).and(page.locator(':enabled')).waitFor()
  await press(desk, '发布')
  await page.getByRole('dialog').getByRole('combobox', { name: '放给' }).click({ force: true })
  await page.locator('.ant-select-item-option[title="10% 进入的人"]').click()
  await page.getByText('其余的人这次不进入流程').waitFor()
  await inDialog(desk, /发布并开始运行/)
  await page.getByText('已发布，开始运行').waitFor()
  await page.getByText('灰度 10%').first().waitFor()
  await signUp('first')
  const few = await entered()
  expect(few).toBeGreaterThan(5)
  expect(few).toBeLessThan(45)

  await press(desk, '调整灰度')
  await page.getByRole('dialog').getByRole('combobox', { name: '放给' }).click({ force: true })
  await page.locator('.ant-select-item-option[title="全部进入的人"]').click()
  await inDialog(desk, /按此放量/)
  await page.getByText('已调整').waitFor()
  await signUp('second')
  expect(await entered()).toBe(few + 200)
  await page.getByText(`累计进入 ${few + 200} 人`).waitFor()

  await page.getByRole('tab', { name: '版本' }).click()
  for (const words of ['新客首单，预算 200 元', '等太久了']) await page.getByText(words).waitFor()
  expect([...desk.complaints, ...reviewer.complaints]).toEqual([])
})
