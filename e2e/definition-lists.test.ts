import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminEmail, adminPassword, startTestApp, type TestApp } from '../server/test/harness/app.ts'
import { launchBrowser, openVisitor, type Visitor } from './harness/browser.ts'
import { logIn, settled } from './harness/console.ts'

// The lists of tags and segments: found by typing, narrowed by choices, put into folders, and all of that in the address.

let app: TestApp
let browser: Browser
let desk: Visitor
beforeAll(async () => {
  ;[app, browser] = await Promise.all([startTestApp(), launchBrowser()])
  desk = await openVisitor(browser, { ignore: [/401.*\/api\/me$/] })
  await app.call('playbookInstall', { params: { key: 'starter-tags' } })
  const rule = { kind: 'all' as const, rules: [] }
  await app.call('segmentCreate', { body: { key: 'all', name: '所有人', scene: '大促', mode: 'dynamic', rule } })
  await app.call('segmentCreate', { body: { key: 'staff', name: '员工', mode: 'static', rule: null } })
  await app.settle()
  await logIn(desk.page, { url: app.url, email: adminEmail, password: adminPassword })
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

const rows = () => desk.page.locator('tbody tr.row-open')
const folder = (name: string) => desk.page.locator('tbody tr.row-folder').filter({ hasText: name })
async function choose(label: string, option: string): Promise<void> {
  await desk.page.getByRole('combobox', { name: label, exact: true }).click({ force: true })
  await desk.page.locator(`.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option[title="${option}"]`).click()
}

test('tags are found by the keyboard, narrowed by counted choices, and lost ones have a way out', async () => {
  const { page } = desk
  await page.goto(`${app.url}/tags`)
  await settled(page)
  const total = await rows().count()
  expect(total).toBeGreaterThanOrEqual(30)
  await page.keyboard.press('/')
  await page.keyboard.type('生命 lifecycle')
  await expect.poll(() => rows().count()).toBe(1)
  await page.getByText(`筛出 1 条，共 ${total} 条`).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => rows().count()).toBe(total)
  await choose('更新方式', '多值 3')
  await expect.poll(() => rows().count()).toBe(3)
  await page.reload()
  await expect.poll(() => rows().count()).toBe(3)
  await page.keyboard.press('/')
  await page.keyboard.type('没有这样的')
  await page.getByText('没有符合条件的记录').waitFor()
  await page.getByRole('button', { name: '清空条件' }).click()
  await expect.poll(() => rows().count()).toBe(total)
  expect(new URL(page.url()).search).toBe('')
})

test('folders of one purpose open and close, by mouse and keyboard, and stay so in the address', async () => {
  const { page } = desk
  await page.goto(`${app.url}/tags`)
  await settled(page)
  const total = await rows().count()
  await choose('分组', '按用途分组')
  const shoppers = folder('复购提醒')
  const held = Number(await shoppers.locator('.folder-name .num').textContent())
  expect(held).toBeGreaterThan(0)
  await shoppers.click()
  await expect.poll(() => rows().count()).toBe(total - held)
  await page.reload()
  await expect.poll(() => rows().count()).toBe(total - held)
  await shoppers.focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => rows().count()).toBe(total)
  await page.getByRole('button', { name: '全部收起' }).click()
  await expect.poll(() => rows().count()).toBe(0)
  // Who searches sees into closed folders.
  await page.keyboard.press('/')
  await page.keyboard.type('lifecycle')
  await expect.poll(() => rows().count()).toBe(1)
  await rows().first().getByRole('link').click()
  await page.getByRole('heading', { name: '生命周期' }).waitFor()
})

test('segments have purposes too', async () => {
  const { page } = desk
  await page.goto(`${app.url}/segments?folders=on`)
  await folder('大促').waitFor()
  await folder('未填写').waitFor()
  await rows().filter({ hasText: '员工' }).click()
  await page.getByRole('button', { name: '编辑', exact: true }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel('用途').fill('大')
  await page.locator('.ant-select-dropdown .ant-select-item-option').filter({ hasText: '大促' }).first().click()
  await page.locator('.drawer-foot .ant-btn-primary').click()
  await drawer.waitFor({ state: 'hidden' })
  expect(await app.call('segment', { params: { key: 'staff' } })).toMatchObject({ scene: '大促' })
  expect(desk.complaints).toEqual([])
})
